"""Who may read which rows: conditions for the database, never row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from bregma.alyx.actions.models import Session, WaterAdministration, WaterRestriction, Weighing
from bregma.alyx.data.models import Dataset, FileRecord, Tag
from bregma.alyx.experiments.models import (
    FOV,
    Channel,
    ChronicInsertion,
    FOVLocation,
    ImagingStack,
    ProbeInsertion,
    TrajectoryEstimate,
)
from bregma.alyx.misc.models import Lab, LabMember, Note
from bregma.alyx.policy.people import is_member, standing_of
from bregma.alyx.policy.rules import Reading, rule_of
from bregma.alyx.subjects.models import Project, Subject

if TYPE_CHECKING:
    from collections.abc import Callable

    from bregma.alyx.policy.people import User
    from bregma.alyx.policy.rules import Rule

Row = TypeVar("Row", bound=Model)


def may_read(user: User, obj: Model) -> bool:
    """Tell whether a person may see a row."""
    rule = rule_of(obj.__class__)
    if rule is not None and rule.reading in (Reading.MEMBERS, Reading.EVERYONE) and is_member(user):
        return True
    return readable(user, obj.__class__._default_manager.filter(pk=obj.pk)).exists()


def readable(user: User, rows: QuerySet[Row]) -> QuerySet[Row]:
    """Return the rows that a person may see; at most one query, and that once in a request."""
    if not user.is_authenticated or not user.is_active:
        return rows.none()
    assert isinstance(user, LabMember)
    if user.is_superuser and not user.is_public_user:
        return rows
    rule = rule_of(rows.model)
    if rule is None or rule.reading is Reading.ADMIN:
        return rows.none()
    if rule.reading is Reading.OWN:
        return rows.filter(**{rule.person: user.pk})
    if user.is_public_user:
        return _readable_by_public(user, rows, rule)
    return rows if is_member(user) else _readable_by_guest(user, rows, rule)


def describable(user: User, rows: QuerySet[Dataset]) -> QuerySet[Dataset]:
    """Return the datasets of which a person may ask what they are, by their uuid.

    To the public these are all of a session that it sees; only those with a public tag are listed and sent.
    """
    readings = readable(user, rows)
    if not user.is_authenticated or not user.is_active or not user.is_public_user:
        return readings
    return rows.filter(Q(session__in=_public_sessions()))


def _readable_by_public(user: LabMember, rows: QuerySet[Row], rule: Rule) -> QuerySet[Row]:
    if rows.model is LabMember:
        return rows.filter(pk=user.pk)
    condition = _PUBLIC.get(rows.model._meta.concrete_model or rows.model)
    if condition is not None:
        return rows.filter(condition())
    return rows if rule.reading is Reading.EVERYONE else rows.none()


def _readable_by_guest(user: LabMember, rows: QuerySet[Row], rule: Rule) -> QuerySet[Row]:
    """Return what hangs on the subjects and labs that a guest visits, and on the subjects of the own projects."""
    if rule.reading is Reading.EVERYONE:
        return rows
    labs = standing_of(user).labs
    special: dict[type[Model], Q] = {
        LabMember: Q(pk=user.pk),
        Lab: Q(pk__in=labs),
        Project: Q(users=user.pk),
        Tag: Q(public=True),
    }
    if rows.model in special:
        return rows.filter(special[rows.model])
    subjects = _subjects_of_guest(user, labs)
    condition = Q(pk__in=[])
    if rule.subject is not None:
        condition |= Q(**{"__".join((*rule.subject, "in") if rule.subject else ("pk", "in")): subjects.values("pk")})
    for path in rule.labs:
        condition |= Q(**{"__".join((*path, "in")): labs})
    if rule.person:
        condition |= Q(**{rule.person: user.pk})
    if rule.about_anything:
        condition |= _about(subjects)
    if rows.model is ImagingStack:
        views = FOV.objects.order_by().filter(session__subject__in=subjects.values("pk"))
        condition |= Q(pk__in=views.values("stack"))
    return rows.filter(condition)


def _subjects_of_guest(user: LabMember, labs: list[Any]) -> QuerySet[Subject]:
    listed = Project.users.through.objects.filter(labmember=user.pk).values("project")
    mine = Subject.projects.through.objects.filter(project__in=listed).values("subject")
    return Subject.objects.filter(Q(lab__in=labs) | Q(pk__in=mine))


def _about(subjects: QuerySet[Subject]) -> Q:
    """Return the condition on rows that are about a subject, a session of one, or a note on either."""
    sessions = Session.objects.filter(subject__in=subjects.values("pk"))
    kinds = ContentType.objects.get_for_models(Subject, Session, Note)
    direct = Q(content_type=kinds[Subject], object_id__in=subjects.values("pk")) | Q(
        content_type=kinds[Session], object_id__in=sessions.values("pk")
    )
    notes = Note.objects.filter(direct).order_by()
    return direct | Q(content_type=kinds[Note], object_id__in=notes.values("pk"))


def _public_datasets() -> QuerySet[Dataset]:
    return Dataset.objects.filter(Exists(Tag.objects.filter(datasets=OuterRef("pk"), public=True)))


def _public_sessions() -> QuerySet[Session]:
    return Session.objects.filter(Exists(_public_datasets().filter(session=OuterRef("pk"))))


def _public_subjects() -> QuerySet[Subject]:
    return Subject.objects.filter(Exists(_public_sessions().filter(subject=OuterRef("pk"))))


def _public_insertions() -> QuerySet[ProbeInsertion]:
    return ProbeInsertion.objects.order_by().filter(session__in=_public_sessions())


def _public_trajectories() -> QuerySet[TrajectoryEstimate]:
    chronic = _public_insertions().filter(chronic_insertion__isnull=False).values("chronic_insertion")
    return TrajectoryEstimate.objects.filter(
        Q(probe_insertion__in=_public_insertions()) | Q(chronic_insertion__in=chronic)
    )


def _public_views() -> QuerySet[FOV]:
    return FOV.objects.order_by().filter(session__in=_public_sessions())


_PUBLIC: dict[type[Model], Callable[[], Q]] = {
    Tag: lambda: Q(public=True),
    Dataset: lambda: Q(pk__in=_public_datasets().values("pk")),
    FileRecord: lambda: Q(dataset__in=_public_datasets()),
    Session: lambda: Q(pk__in=_public_sessions().values("pk")),
    ProbeInsertion: lambda: Q(session__in=_public_sessions()),
    ChronicInsertion: lambda: Q(pk__in=_public_insertions().values("chronic_insertion")),
    TrajectoryEstimate: lambda: Q(pk__in=_public_trajectories().values("pk")),
    Channel: lambda: Q(trajectory_estimate__in=_public_trajectories().values("pk")),
    FOV: lambda: Q(session__in=_public_sessions()),
    FOVLocation: lambda: Q(field_of_view__session__in=_public_sessions()),
    ImagingStack: lambda: Q(pk__in=_public_views().values("stack")),
    Subject: lambda: Q(pk__in=_public_subjects().values("pk")),
    Project: lambda: Q(pk__in=_public_sessions().values("projects")),
    Weighing: lambda: Q(subject__in=_public_subjects()),
    WaterAdministration: lambda: Q(subject__in=_public_subjects()),
    WaterRestriction: lambda: Q(subject__in=_public_subjects()),
    Lab: lambda: Q(pk__in=_public_subjects().values("lab")),
}
