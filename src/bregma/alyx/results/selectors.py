"""What the pages show of Alyx's rows: each list costs a constant number of queries, and only what a user may read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from bregma.alyx.actions.models import Session, WaterAdministration, WaterRestriction, Weighing
from bregma.alyx.colony.models import Cage
from bregma.alyx.data.models import Dataset, FileRecord
from bregma.alyx.experiments.models import ProbeInsertion
from bregma.alyx.misc.models import Lab, LabMember
from bregma.alyx.policy import is_member, readable
from bregma.alyx.results.credits import is_simulated, simulated_welfare
from bregma.alyx.subjects.models import Subject
from bregma.alyx.subjects.water import WaterControl, load_water_of

if TYPE_CHECKING:
    from datetime import date, datetime

    from django.db.models import QuerySet

    from bregma.alyx.policy import User


class AmbiguousSubject(LookupError):
    """Several subjects that the user may read have this nickname."""


@dataclass(frozen=True)
class SubjectFilter:
    """Which subjects a list shows; empty fields do not filter."""

    search: str = ""
    lab: str = ""
    responsible: str = ""
    alive_only: bool = False

    def apply(self, subjects: QuerySet[Subject]) -> QuerySet[Subject]:
        """Return the subjects that match."""
        if self.search:
            subjects = subjects.filter(Q(nickname__icontains=self.search) | Q(line__name__icontains=self.search))
        if self.lab:
            subjects = subjects.filter(lab__name=self.lab)
        if self.responsible:
            subjects = subjects.filter(responsible_user__username=self.responsible)
        if self.alive_only:
            subjects = subjects.filter(Q(death_date__isnull=True) | Q(death_date__gt=timezone.localdate()))
        return subjects


@dataclass(frozen=True)
class SessionFilter:
    """Which sessions a list shows; empty fields do not filter."""

    search: str = ""
    lab: str = ""
    protocol: str = ""
    first: date | None = None
    last: date | None = None
    with_ephys: bool = False
    subject: UUID | None = None

    def apply(self, sessions: QuerySet[Session]) -> QuerySet[Session]:
        """Return the sessions that match."""
        if self.search:
            sessions = sessions.filter(_session_search(self.search))
        if self.lab:
            sessions = sessions.filter(lab__name=self.lab)
        if self.protocol:
            sessions = sessions.filter(task_protocol__icontains=self.protocol)
        if self.first:
            sessions = sessions.filter(start_time__date__gte=self.first)
        if self.last:
            sessions = sessions.filter(start_time__date__lte=self.last)
        if self.subject:
            sessions = sessions.filter(subject=self.subject)
        if self.with_ephys:
            sessions = sessions.filter(Exists(ProbeInsertion.objects.filter(session=OuterRef("pk"))))
        return sessions


def find_subjects(user: User, wanted: SubjectFilter) -> QuerySet[Subject]:
    """List subjects with their last weight, open water restriction and last session, newest session first.

    Adds to each subject ``n_sessions``, ``last_session``, ``last_weight`` (g), ``last_weighed`` and
    ``reference_weight`` (g, as entered with the open restriction; None when there is none). What these weights mean is
    for :mod:`bregma.alyx.subjects.water` to say.
    """
    weighings = readable(user, Weighing.objects.filter(subject=OuterRef("pk"))).order_by("-date_time")
    restrictions = readable(user, _open_restrictions()).filter(subject=OuterRef("pk")).order_by("-start_time")
    sessions = readable(user, Session.objects.all()).filter(subject=OuterRef("pk")).order_by()
    counted = sessions.values("subject").annotate(n=Count("pk", distinct=True)).values("n")
    subjects = wanted.apply(readable(user, Subject.objects.all())).annotate(
        n_sessions=Coalesce(Subquery(counted), 0),
        last_session=Subquery(sessions.order_by("-start_time").values("start_time")[:1]),
        last_weight=Subquery(weighings.values("weight")[:1]),
        last_weighed=Subquery(weighings.values("date_time")[:1]),
        reference_weight=Subquery(restrictions.values("reference_weight")[:1]),
    )
    return subjects.select_related("lab", "responsible_user", "line").order_by(
        F("last_session").desc(nulls_last=True), "nickname"
    )


def find_sessions(user: User, wanted: SessionFilter) -> QuerySet[Session]:
    """List sessions, newest first, each with ``n_datasets`` and ``n_insertions``."""
    datasets = readable(user, Dataset.objects.all()).filter(session=OuterRef("pk")).order_by()
    insertions = ProbeInsertion.objects.filter(session=OuterRef("pk")).order_by()
    sessions = wanted.apply(readable(user, Session.objects.all())).annotate(
        n_datasets=Coalesce(Subquery(datasets.values("session").annotate(n=Count("pk", distinct=True)).values("n")), 0),
        n_insertions=Coalesce(Subquery(insertions.values("session").annotate(n=Count("pk")).values("n")), 0),
    )
    return sessions.select_related("subject", "lab").prefetch_related("users").order_by("-start_time", "-number", "pk")


def load_subject(user: User, reference: str) -> Subject:
    """Return one subject by uuid or nickname; its ``cage_pk`` is the key of the open cage it lives in, if any.

    Raises
    ------
    Subject.DoesNotExist
        If there is none, or the user may not know that there is.
    AmbiguousSubject
        If several subjects have this nickname.
    """
    subjects = readable(user, Subject.objects.all()).select_related(
        "lab", "responsible_user", "line", "strain", "species", "source", "litter"
    )
    cages = Cage.objects.filter(lab=OuterRef("lab"), name=OuterRef("cage"), closed_on__isnull=True)
    subjects = subjects.annotate(cage_pk=Subquery(cages.values("pk")[:1]))
    found = list(subjects.filter(_uuid_or(reference, "nickname"))[:2])
    if not found:
        raise Subject.DoesNotExist(f"no subject {reference!r}")
    if len(found) > 1:
        raise AmbiguousSubject(reference)
    return found[0]


def load_session(user: User, eid: UUID) -> Session:
    """Return one session that the user may read, or raise ``Session.DoesNotExist``."""
    sessions = readable(user, Session.objects.all()).select_related("subject", "lab", "location")
    return sessions.prefetch_related("users", "projects", "procedures").get(pk=eid)


def neighbours(user: User, session: Session) -> tuple[UUID | None, UUID | None]:
    """Return the sessions of the same subject just before and just after one: one query."""
    if session.start_time is None:
        return None, None
    others = readable(user, Session.objects.filter(subject=session.subject_id).exclude(pk=session.pk)).order_by()
    moment = (session.start_time, session.number if session.number is not None else 0)
    dated = others.filter(start_time__isnull=False)
    before = dated.filter(_earlier(*moment)).order_by("-start_time", "-number").annotate(side=Value("before"))
    after = dated.exclude(_earlier(*moment)).order_by("start_time", "number").annotate(side=Value("after"))
    sides = [rows.values_list("side", "pk")[:1] for rows in (before, after)]
    found = dict(sides[0].union(sides[1], all=True))
    return found.get("before"), found.get("after")


def load_insertions(user: User, eid: UUID) -> list[ProbeInsertion]:
    """Return the insertions of a session that the user may read, by name."""
    insertions = readable(user, ProbeInsertion.objects.all()).filter(session=eid)
    return list(insertions.select_related("model").order_by("name"))


def load_insertion(user: User, eid: UUID, pid: UUID) -> ProbeInsertion:
    """Return one insertion of a session that the user may read, or raise ``ProbeInsertion.DoesNotExist``."""
    insertions = readable(user, ProbeInsertion.objects.select_related("session__subject__lab", "session__lab"))
    return insertions.get(pk=pid, session=eid)


def load_datasets(user: User, eid: UUID) -> list[Dataset]:
    """Return a session's datasets with their file records: three queries, whatever the number."""
    datasets = readable(user, Dataset.objects.all()).filter(session=eid).select_related("revision", "session__lab")
    datasets = datasets.prefetch_related("file_records__data_repository", "tags")
    return list(datasets.order_by("collection", "name", "revision__name"))


@dataclass(frozen=True)
class Totals:
    """How much there is that a user may read."""

    subjects: int
    sessions: int
    insertions: int
    datasets: int
    size: int


def count_all(user: User) -> Totals:
    """Count subjects, sessions, insertions, datasets and bytes."""
    datasets = readable(user, Dataset.objects.all()).order_by()
    files = datasets.aggregate(n=Count("pk"), size=Sum("file_size"))
    return Totals(
        subjects=readable(user, Subject.objects.all()).order_by().count(),
        sessions=readable(user, Session.objects.all()).order_by().count(),
        insertions=readable(user, ProbeInsertion.objects.all()).order_by().count(),
        datasets=files["n"],
        size=files["size"] or 0,
    )


@dataclass(frozen=True)
class Welfare:
    """A subject's weights, water and restrictions, oldest first."""

    weighings: list[Weighing]
    water: list[WaterAdministration]
    restrictions: list[WaterRestriction]
    control: WaterControl
    simulated: bool = False


def load_welfare(subject: Subject) -> Welfare:
    """Read a subject's weighings, water and restrictions, and what follows from them: five queries."""
    weighings = list(Weighing.objects.filter(subject=subject).order_by("date_time"))
    water = list(WaterAdministration.objects.filter(subject=subject).order_by("date_time"))
    restrictions = list(WaterRestriction.objects.filter(subject=subject).order_by("start_time"))
    rows: list[Any] = [*weighings, *water, *restrictions]
    made_up = simulated_welfare(subject) or any(is_simulated(row) for row in rows)
    return Welfare(weighings, water, restrictions, load_water_of(subject), simulated=made_up)


def load_file_records(dataset_ids: list[UUID]) -> dict[UUID, FileRecord]:
    """Return the existing copy of each dataset in this installation's own store."""
    records = FileRecord.objects.filter(dataset__in=dataset_ids, exists=True, data_repository__data_url__isnull=True)
    return {record.dataset_id: record for record in records.select_related("data_repository")}


def list_labs(user: User) -> list[str]:
    """Return the names of the labs that a user may read."""
    return list(readable(user, Lab.objects.order_by("name")).values_list("name", flat=True))


def list_responsible(user: User) -> list[str]:
    """Return the names of the people who are responsible for subjects; none for public accounts."""
    if not is_member(user):
        return []
    people = LabMember.objects.filter(Exists(Subject.objects.filter(responsible_user=OuterRef("pk"))))
    return list(people.order_by("username").values_list("username", flat=True))


def _open_restrictions() -> QuerySet[WaterRestriction]:
    now = timezone.now()
    return WaterRestriction.objects.filter(Q(end_time__isnull=True) | Q(end_time__gt=now), start_time__lte=now)


def _earlier(start: datetime | None, number: int) -> Q:
    return Q(start_time__lt=start) | Q(start_time=start, number__lt=number)


def _uuid_or(reference: str, field_name: str) -> Q:
    try:
        return Q(pk=UUID(reference))
    except ValueError:
        return Q(**{field_name: reference})


def _session_search(text: str) -> Q:
    by_user = Session.users.through.objects.filter(session=OuterRef("pk"), labmember__username__iexact=text)
    found = Q(subject__nickname__icontains=text) | Q(task_protocol__icontains=text) | Q(Exists(by_user))
    try:
        return found | Q(pk=UUID(text))
    except ValueError:
        return found
