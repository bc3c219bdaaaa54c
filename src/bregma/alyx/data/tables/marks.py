"""How far the tables have come: which changes they hold, told by the events of history.

An event is written when a row changes but seen when its transaction ends, so the last key says nothing of what still
comes. A mark therefore counts the events since the oldest transaction that was under way; one more, and the tables
are old. Restored backups are noticed by the last event, which is another one then.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Q

from bregma.alyx.history.models import Event

if TYPE_CHECKING:
    from django.db.models import QuerySet

NAMED = ("name",)
SESSION = ("subject_id", "lab_id", "start_time", "number", "task_protocol", "qc", "type", "location_id")
TRIALS = ("n_trials", "n_correct_trials")
SUBJECT = ("nickname", "lab_id", "species_id", "strain_id", "line_id", "sex", "birth_date", "death_date")
DATASET = ("name", "session_id", "collection", "revision_id", "file_size", "hash", "default_dataset", "qc")
TYPE = ("dataset_type_id",)
INSERTION = ("session_id", "name", "model_id", "serial", "json")
WATCHED: dict[str, tuple[str, ...]] = {
    "actions_proceduretype": NAMED,
    "actions_session": (*SESSION, *TRIALS),
    "actions_session_procedures": (),
    "actions_session_projects": (),
    "actions_session_users": (),
    "data_datarepository": ("globus_is_personal",),
    "data_dataset": (*DATASET, *TYPE),
    "data_dataset_tags": (),
    "data_datasettype": NAMED,
    "data_filerecord": ("dataset_id", "data_repository_id", "exists"),
    "data_revision": NAMED,
    "data_tag": ("name", "description", "protected", "public", "hash"),
    "experiments_brainregion": ("acronym", "name", "parent_id", "level"),
    "experiments_channel": ("trajectory_estimate_id", "brain_region_id"),
    "experiments_probeinsertion": INSERTION,
    "experiments_probeinsertion_datasets": (),
    "experiments_probemodel": NAMED,
    "experiments_trajectoryestimate": ("probe_insertion_id", "provenance"),
    "misc_lab": NAMED,
    "misc_lablocation": NAMED,
    "misc_labmember": ("username",),
    "subjects_line": ("nickname",),
    "subjects_project": NAMED,
    "subjects_species": ("nickname",),
    "subjects_strain": NAMED,
    "subjects_subject": SUBJECT,
    "subjects_subject_projects": (),
}
"""The columns on which cache tables depend; of the others, and of tables of links, rows that come and go."""

MARGIN = timedelta(seconds=1)
_FLOOR = """
    SELECT least(statement_timestamp(), min(xact_start)) FROM pg_stat_activity
    WHERE backend_xid IS NOT NULL AND datname = current_database()
"""


@dataclass(frozen=True)
class Mark:
    """A state of the rows: all changes before a moment, and so many since."""

    floor: datetime
    seen: int
    last: int
    last_at: datetime

    def to_dict(self) -> dict[str, Any]:
        """Return what JSON can hold."""
        return self.__dict__ | {"floor": self.floor.isoformat(), "last_at": self.last_at.isoformat()}

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> Mark:
        """Read what :meth:`to_dict` wrote."""
        moments = {key: datetime.fromisoformat(content[key]) for key in ("floor", "last_at")}
        return cls(seen=content["seen"], last=content["last"], **moments)


def read_floor() -> datetime:
    """Return the moment before which nothing more can come; ask before the transaction that reads the rows begins."""
    with connection.cursor() as cursor:
        cursor.execute(_FLOOR)
        oldest: datetime = cursor.fetchone()[0]
    return oldest - MARGIN


def events_since(floor: datetime) -> QuerySet[Event]:
    """Return the events since a moment that may have changed a cache table."""
    relevant = Q()
    for table, columns in WATCHED.items():
        other = ~Q(kind=Event.Kind.UPDATED)
        relevant |= Q(table=table) & (other | Q(after__has_any_keys=columns) if columns else Q())
    return Event.objects.order_by().filter(relevant, at__gte=floor)


def read_mark(floor: datetime) -> Mark:
    """Return the state of the rows that this transaction sees."""
    last = Event.objects.order_by("-id").values_list("id", "at").first()
    key, at = last or (0, datetime.min.replace(tzinfo=UTC))
    return Mark(floor, events_since(floor).count(), key, at)


def is_current(mark: Mark) -> bool:
    """Tell whether nothing changed since a state: two queries."""
    return is_known(mark) and events_since(mark.floor).values("pk")[: mark.seen + 1].count() == mark.seen


def is_known(mark: Mark) -> bool:
    """Tell whether the database ever was in this state; a restored backup may not have been."""
    return not mark.last or Event.objects.filter(pk=mark.last, at=mark.last_at).exists()
