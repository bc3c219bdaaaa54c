"""Which files a client would load of a session: chosen as ONE chooses, for many sessions at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Prefetch, Q

from bregma.alf import QC, InvalidALFName, SessionParts, is_id
from bregma.alyx import policy
from bregma.alyx.actions.models import Session
from bregma.alyx.data.models import Dataset, FileRecord
from bregma.alyx.data.selectors import on_a_server
from bregma.alyx.errors import AlyxError, AmbiguousName, InvalidRequest, NothingFound
from bregma.alyx.records import UtcDate
from bregma.one import records
from bregma.one.errors import AmbiguousDataset, DatasetNotFound
from bregma.one.selection import Selection, complete_filename
from bregma.one.selection.expectation import expect_one, expect_one_object
from bregma.one.selection.revisions import choose_revisions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bregma.one.selection import Pattern

Name = UUID | SessionParts
"""A session by its key, or by subject, date and number."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Files of one session.

    Attributes
    ----------
    session : str
        Its key, or a path that ends in subject/YYYY-MM-DD/number.
    name : str or None
        One file: its name, ``object.attribute``, or its path in the session.
    parts : mapping
        Parts of the names, such as ``{"object": "trials"}``: all files of one object.
    collection, revision : str or None
        As ``ONE.load_object`` takes them.
    worst_qc : QC
        Files of a worse quality are left out.
    """

    session: str
    name: str | None = None
    parts: Mapping[str, Pattern] = field(default_factory=dict)
    collection: Pattern = None
    revision: str | None = None
    worst_qc: QC = QC.FAIL

    def choose(self, available: list[records.Dataset]) -> list[records.Dataset]:
        """Choose among the files of the session: one by name, those of one object, or the newest of each file."""
        wanted = self.name or self.parts.get("object") or "with these parts"
        where = f"{wanted!r} in session {self.session}"
        if self.name and "/" in self.name:
            found = [one for one in available if one.rel_path == self.name and one.qc <= self.worst_qc]
            return [expect_one(found, where, available)]
        name = complete_filename(self.name) if self.name else None
        selection = Selection(name, self.collection, self.parts, self.worst_qc)
        found = choose_revisions(selection.of(available), self.revision)
        if self.name:
            return [expect_one(found, where, available)]
        return expect_one_object(found, where, available) if "object" in self.parts else found


@dataclass(frozen=True, slots=True)
class Found:
    """A session and the rows of its chosen files."""

    session: Session
    datasets: list[Dataset]


def resolve_files(wanted: Sequence[Wanted], *, by: policy.User) -> list[Found | AlyxError]:
    """Find files of sessions that a person may read: four queries, however many are wanted.

    Returns
    -------
    list
        For each wish what was found, or why nothing was.
    """
    names = [_name(one.session) for one in wanted]
    sessions = _find_sessions({name for name in names if not isinstance(name, AlyxError)}, by)
    rows = _read_datasets({row.pk for found in sessions.values() for row in found}, by)
    return [_answer(one, name, sessions, rows) for one, name in zip(wanted, names, strict=True)]


def _name(text: str) -> Name | AlyxError:
    if is_id(text):
        return UUID(text)
    try:
        return SessionParts.of(text)
    except InvalidALFName as error:
        return InvalidRequest(str(error))


def _find_sessions(names: Iterable[Name], by: policy.User) -> dict[Name, list[Session]]:
    """Read sessions by what names them."""
    names = set(names)
    condition = Q(pk__in=[name for name in names if isinstance(name, UUID)])
    for name in names:
        if isinstance(name, SessionParts):
            condition |= _named(name)
    rows = Session.objects.select_related("subject", "lab").prefetch_related("projects")
    rows = policy.readable(by, rows.annotate(day=UtcDate("start_time"))).filter(condition)
    found: dict[Name, list[Session]] = {}
    for row in rows:
        keys: list[Name] = [row.pk, *_names_of(row)]
        for name in keys:
            found.setdefault(name, []).append(row)
    return found


def _named(name: SessionParts) -> Q:
    condition = Q(subject__nickname=name.subject, day=name.date, number=name.number)
    return condition & Q(lab__name=name.lab) if name.lab else condition


def _names_of(row: Session) -> Iterable[SessionParts]:
    if row.start_time is None:
        return []
    day, number = row.start_time.astimezone(UTC).date(), row.number or 0
    labs = {None, row.lab.name if row.lab else None}
    return [SessionParts(lab, row.subject.nickname, day, number) for lab in labs]


def _read_datasets(sessions: set[UUID], by: policy.User) -> dict[UUID, list[Dataset]]:
    """Read what can be downloaded of sessions."""
    held = FileRecord.objects.filter(exists=True).select_related("data_repository").order_by("pk")
    rows = Dataset.objects.filter(on_a_server(), session__in=sessions)
    rows = rows.select_related("revision", "dataset_type", "session__lab").prefetch_related(
        Prefetch("file_records", held)
    )
    found: dict[UUID, list[Dataset]] = {}
    for row in policy.readable(by, rows):
        assert row.session_id is not None
        found.setdefault(row.session_id, []).append(row)
    return found


def _answer(
    wanted: Wanted, name: Name | AlyxError, sessions: dict[Name, list[Session]], rows: dict[UUID, list[Dataset]]
) -> Found | AlyxError:
    if isinstance(name, AlyxError):
        return name
    found = sessions.get(name, [])
    if not found:
        return NothingFound(f"no session {wanted.session!r} that you may read; give its key or subject/date/number")
    if len(found) > 1:
        return AmbiguousName(f"several sessions are called {wanted.session!r}; ask with the lab or the key")
    datasets = {row.pk: row for row in rows.get(found[0].pk, [])}
    try:
        chosen = wanted.choose([_record(row) for row in datasets.values()])
    except DatasetNotFound as error:
        return NothingFound(str(error))
    except AmbiguousDataset as error:
        return AmbiguousName(str(error))
    return Found(found[0], [datasets[one.id] for one in chosen])


def path_in_session(row: Dataset) -> str:
    """Return ``collection/#revision#/name`` of a dataset."""
    revision = f"#{row.revision.name}#" if row.revision else ""
    return "/".join(part for part in (row.collection, revision, row.name) if part)


def _record(row: Dataset) -> records.Dataset:
    assert row.session_id is not None
    return records.Dataset(
        row.pk, row.session_id, path_in_session(row), qc=QC(row.qc), default_revision=row.default_dataset
    )
