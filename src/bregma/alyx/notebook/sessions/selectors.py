"""What the record of a session shows: a constant number of queries, whatever hangs on it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, Window
from django.http import Http404

from bregma.alyx import policy
from bregma.alyx.actions.models import Session, WaterAdministration, Weighing
from bregma.alyx.data.models import Dataset, FileRecord
from bregma.alyx.experiments.models import FOV, Channel, FOVLocation, ProbeInsertion, TrajectoryEstimate
from bregma.alyx.jobs.models import Task
from bregma.alyx.misc.days import lab_day_bounds, lab_zone
from bregma.alyx.results.selectors import neighbours
from bregma.alyx.together import Part, read_together

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from django.db.models import QuerySet

    from bregma.alyx.policy import User

DATASETS_ON_PAGE = 25
REGIONS_SHOWN = 8
Facts = dict[str, Any]


@dataclass(frozen=True)
class Track:
    """A trajectory, and the regions in which its channels lie, the commonest first."""

    estimate: TrajectoryEstimate
    regions: list[tuple[str, int]] = field(default_factory=list)
    n_channels: int = 0

    @property
    def hidden(self) -> int:
        """How many more regions there are than are shown."""
        return max(0, len(self.regions) - REGIONS_SHOWN)

    @property
    def shown(self) -> list[tuple[str, int]]:
        """The regions with most channels."""
        return self.regions[:REGIONS_SHOWN]


@dataclass(frozen=True)
class Insertion:
    """A probe of a session with its trajectories, the best known first."""

    row: ProbeInsertion
    tracks: list[Track]


def load_session_row(user: User, pk: UUID) -> Session:
    """Return a session that somebody may read, with its subject.

    Raises
    ------
    Http404
        If there is none.
    """
    rows = policy.readable(user, Session.objects.filter(pk=pk))
    found = rows.select_related("subject__lab", "subject__responsible_user", "lab", "location", "parent_session")
    session = found.first()
    if session is None:
        raise Http404(f"no session {pk} that you may read")
    return session


def describe_session(session: Session, user: User) -> Facts:
    """Return what the first screen of a record shows besides the session itself."""
    before, after = neighbours(user, session)
    member = policy.is_member(user)
    return {
        "session": session,
        "subject": session.subject,
        "zone": lab_zone(session.lab),
        "before": before,
        "after": after,
        "duration": _duration(session),
        "percent_correct": _percent(session),
        **_read_facts(session, user),
        "insertions": list_insertions([session.pk], user),
        "fields_of_view": _fields_of_view(session) if member else [],
        "tasks": list(policy.readable(user, Task.objects.filter(session=session)).defer("log")),
        "checks": read_checks(session.extended_qc),
        "verdicts": _verdicts(session),
        **list_datasets(session, user, page=1),
    }


def list_datasets(session: Session, user: User, *, page: int) -> Facts:
    """Return one page of a session's files: two queries, and one for a page after the last."""
    rows = policy.readable(user, Dataset.objects.filter(session=session)).order_by("collection", "name", "pk")
    personal = Q(data_repository__globus_is_personal=True)
    on_server = FileRecord.objects.filter(~personal, dataset=OuterRef("pk"), exists=True)
    shown = rows.annotate(on_server=Exists(on_server), n_rows=Window(Count("pk"))).prefetch_related("tags")
    start = (max(page, 1) - 1) * DATASETS_ON_PAGE
    datasets: list[Any] = list(shown.select_related("dataset_type", "revision")[start : start + DATASETS_ON_PAGE])
    total = datasets[0].n_rows if datasets else rows.count() if start else 0
    return {
        "datasets": datasets,
        "n_datasets": total,
        "datasets_page": page,
        "datasets_next": page + 1 if start + DATASETS_ON_PAGE < total else None,
        "datasets_before": page - 1 if page > 1 else None,
    }


def list_insertions(sessions: Sequence[UUID], user: User) -> list[Insertion]:
    """Return the probes of sessions with trajectories and regions: three queries."""
    tracks = TrajectoryEstimate.objects.select_related("coordinate_system").order_by("-provenance")
    rows = policy.readable(user, ProbeInsertion.objects.filter(session__in=sessions))
    rows = rows.select_related("model", "session__subject", "chronic_insertion").order_by("session", "name")
    insertions = list(rows.prefetch_related(Prefetch("trajectory_estimate", tracks)))
    keys = [track.pk for row in insertions for track in row.trajectory_estimate.all()]
    regions = _regions(keys)
    return [
        Insertion(row, [_track(one, regions[one.pk]) for one in row.trajectory_estimate.all()]) for row in insertions
    ]


def read_checks(extended: Any, start: str = "") -> list[tuple[str, Any]]:
    """Return the entries of an extended QC as pairs; those within others are named with a dot."""
    if not isinstance(extended, dict):
        return []
    found: list[tuple[str, Any]] = []
    for name, value in extended.items():
        if isinstance(value, dict):
            found += read_checks(value, f"{start}{name}.")
        else:
            found.append((f"{start}{name}", value))
    return found


def _regions(tracks: Sequence[UUID]) -> dict[UUID, list[tuple[str, int]]]:
    found: dict[UUID, list[tuple[str, int]]] = defaultdict(list)
    if not tracks:
        return found
    counted = Channel.objects.filter(trajectory_estimate__in=tracks).order_by()
    rows = counted.values("trajectory_estimate", acronym=F("brain_region__acronym")).annotate(n=Count("pk"))
    for row in rows.order_by("-n", "acronym"):
        found[row["trajectory_estimate"]].append((row["acronym"] or "not known", row["n"]))
    return found


def _track(estimate: TrajectoryEstimate, regions: list[tuple[str, int]]) -> Track:
    return Track(estimate, regions, sum(n for _, n in regions))


def _fields_of_view(session: Session) -> list[FOV]:
    locations = FOVLocation.objects.order_by("-default_provenance", "provenance").prefetch_related("brain_region")
    rows = FOV.objects.filter(session=session).select_related("imaging_type", "stack").order_by("name")
    return list(rows.prefetch_related(Prefetch("location", locations)))


def _read_facts(session: Session, user: User) -> Facts:
    """Name people, procedures and projects, and read the water of the session and the weights of its day: one query."""
    water = policy.readable(user, WaterAdministration.objects.filter(session=session))
    found = read_together(
        people=Part(session.users.all(), {"name": "username"}),
        procedures=Part(session.procedures.all(), {"name": "name"}),
        projects=Part(session.projects.all(), {"name": "name"}),
        water=Part(water, {"at": "date_time", "mL": "water_administered", "kind": "water_type__name"}),
        weighings=Part(_weighings(session, user), {"at": "date_time", "grams": "weight"}),
    )
    names = {part: sorted(row["name"] for row in found[part]) for part in ("people", "procedures", "projects")}
    return {**names, **{part: sorted(found[part], key=lambda row: row["at"] or "") for part in ("water", "weighings")}}


def _weighings(session: Session, user: User) -> QuerySet[Weighing]:
    """Return the weighings of the day on which the session was, where the lab is."""
    if session.start_time is None:
        return Weighing.objects.none()
    zone = lab_zone(session.lab)
    first, last = lab_day_bounds(session.lab, session.start_time.astimezone(zone).date())
    rows = policy.readable(user, Weighing.objects.filter(subject=session.subject_id))
    return rows.filter(date_time__gte=first, date_time__lt=last)


def _duration(session: Session) -> str:
    if not session.start_time or not session.end_time:
        return ""
    minutes = round((session.end_time - session.start_time).total_seconds() / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"


def _percent(session: Session) -> float | None:
    if not session.n_trials or session.n_correct_trials is None:
        return None
    return 100 * session.n_correct_trials / session.n_trials


def _verdicts(session: Session) -> list[Any]:
    kept = session.json.get("qc_verdicts") if isinstance(session.json, dict) else None
    return [one for one in kept if isinstance(one, dict)][::-1] if isinstance(kept, list) else []
