"""Who may read and write what: one set of rules for pages, REST, admin and store.

Members read everything of the collaboration. Accounts for the public read what carries a public tag. A subject and
all that hangs on it is written by superusers, stock managers, its responsible user, that user's delegates, and the
people who now work in its lab.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils import timezone

from bregma.alyx.actions.models import Session, WaterAdministration, WaterRestriction, Weighing
from bregma.alyx.data.models import Dataset, DatasetType, FileRecord, Tag
from bregma.alyx.experiments.models import ProbeInsertion
from bregma.alyx.misc.models import Lab, LabLocation, LabMember, LabMembership
from bregma.alyx.subjects.models import Allele, Line, Litter, Project, Source, Species, Strain, Subject, Zygosity

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from django.contrib.auth.models import AnonymousUser

    User = LabMember | AnonymousUser

Row = TypeVar("Row", bound=Model)

ANIMAL_VOCABULARY = (Species, Strain, Line, Source, Litter, Allele)
OPEN_TO_MEMBERS = (Project, DatasetType)
HIDDEN_FROM_PUBLIC = (Weighing, WaterAdministration, WaterRestriction, LabMembership, LabLocation, Zygosity)


class Role(Enum):
    """What a person is to a subject, the strongest role first."""

    SUPERUSER = "superuser"
    STOCK_MANAGER = "stock manager"
    OWNER = "owner"
    DELEGATE = "delegate"
    LAB_MATE = "lab mate"
    STRANGER = "stranger"
    PUBLIC = "public"
    ANONYMOUS = "anonymous"

    @property
    def writes(self) -> bool:
        """Whether people of this role may change the subject and what hangs on it."""
        return self not in (Role.STRANGER, Role.PUBLIC, Role.ANONYMOUS)


def is_member(user: User) -> bool:
    """Tell whether this is an active account of the collaboration, not one for the public."""
    return bool(user.is_authenticated and user.is_active and not user.is_public_user)


def role_of(user: User, subject: Subject) -> Role:
    """Return what a person is to a subject; two queries at most."""
    if not user.is_authenticated or not user.is_active:
        return Role.ANONYMOUS
    if user.is_public_user:
        return Role.PUBLIC
    if user.is_superuser:
        return Role.SUPERUSER
    if user.is_stock_manager:
        return Role.STOCK_MANAGER
    if subject.responsible_user_id == user.pk:
        return Role.OWNER
    owner = subject.responsible_user_id
    if owner is not None and user.delegated_by.filter(pk=owner).exists():
        return Role.DELEGATE
    return Role.LAB_MATE if works_in(user, subject.lab_id) else Role.STRANGER


def works_in(user: LabMember, lab: UUID) -> bool:
    """Tell whether a person has an open membership in a lab today."""
    return open_memberships(user).filter(lab_id=lab).exists()


def open_memberships(user: LabMember) -> QuerySet[LabMembership]:
    """Return the memberships of a person that are open today."""
    today = timezone.now().date()
    started = Q(start_date__isnull=True) | Q(start_date__lte=today)
    not_ended = Q(end_date__isnull=True) | Q(end_date__gte=today)
    return LabMembership.objects.filter(started, not_ended, user=user)


def may_read(user: User, obj: Model) -> bool:
    """Tell whether a person may see a row."""
    if is_member(user):
        return True
    return readable(user, type(obj)._default_manager.filter(pk=obj.pk)).exists()


def may_write(user: User, obj: Model) -> bool:
    """Tell whether a person may create, change or delete a row; it need not be saved yet."""
    if not is_member(user):
        return False
    assert isinstance(user, LabMember)
    if user.is_superuser:
        return True
    subject = subject_of(obj)
    if subject is not None:
        return role_of(user, subject).writes
    return _may_write_other(user, obj)


def may_add(user: User, model: type[Model]) -> bool:
    """Tell whether a person may create any row of a table; :func:`may_write` then judges the row."""
    if not is_member(user):
        return False
    assert isinstance(user, LabMember)
    if user.is_superuser or issubclass(model, (*SUBJECT_PATHS, *OPEN_TO_MEMBERS)):
        return True
    return user.is_stock_manager and issubclass(model, ANIMAL_VOCABULARY)


def may_entrust(user: User, subject: Subject) -> bool:
    """Tell whether a person may give a subject to another responsible user."""
    return role_of(user, subject) in (Role.SUPERUSER, Role.STOCK_MANAGER, Role.OWNER)


def check_may_write(user: User, obj: Model) -> None:
    """Refuse what :func:`may_write` refuses.

    Raises
    ------
    PermissionDenied
        Naming the row and whom to ask.
    """
    if not may_write(user, obj):
        raise PermissionDenied(f"{user} may not write {obj._meta.verbose_name} {obj}: {_whom_to_ask(obj)}")


def readable(user: User, rows: QuerySet[Row]) -> QuerySet[Row]:
    """Return the rows that a person may see; no query of its own."""
    if is_member(user):
        return rows
    if not user.is_authenticated or not user.is_active or issubclass(rows.model, HIDDEN_FROM_PUBLIC):
        return rows.none()
    if issubclass(rows.model, LabMember):
        return rows.filter(pk=user.pk)
    rule = _PUBLIC.get(rows.model)
    return rows.filter(rule()) if rule else rows


def subject_of(obj: Model) -> Subject | None:
    """Return the subject that a row belongs to, or None."""
    for model, path in SUBJECT_PATHS.items():
        if isinstance(obj, model):
            found: Any = obj
            for step in path:
                found = getattr(found, step, None)
            return found if isinstance(found, Subject) else None
    return None


SUBJECT_PATHS: dict[type[Model], tuple[str, ...]] = {
    Subject: (),
    Session: ("subject",),
    Weighing: ("subject",),
    WaterAdministration: ("subject",),
    WaterRestriction: ("subject",),
    Zygosity: ("subject",),
    ProbeInsertion: ("session", "subject"),
    Dataset: ("session", "subject"),
    FileRecord: ("dataset", "session", "subject"),
}


def _may_write_other(user: LabMember, obj: Model) -> bool:
    """Judge rows that belong to no subject: accounts, projects, dataset types, vocabulary."""
    if isinstance(obj, LabMember):
        return bool(obj.pk == user.pk and not obj._state.adding)
    if isinstance(obj, Project):
        return obj._state.adding or obj.users.filter(pk=user.pk).exists()
    if isinstance(obj, DatasetType):
        return obj._state.adding or obj.created_by_id == user.pk
    if isinstance(obj, LabLocation):
        return works_in(user, obj.lab_id)
    return user.is_stock_manager and isinstance(obj, ANIMAL_VOCABULARY)


def _whom_to_ask(obj: Model) -> str:
    subject = subject_of(obj)
    if subject is None:
        return "ask an administrator"
    return f"ask {subject.responsible_user or 'a stock manager'}, or someone of {subject.lab}"


def _public_datasets() -> QuerySet[Dataset]:
    return Dataset.objects.filter(Exists(Tag.objects.filter(datasets=OuterRef("pk"), public=True)))


def _public_sessions() -> QuerySet[Session]:
    return Session.objects.filter(Exists(_public_datasets().filter(session=OuterRef("pk"))))


def _public_subjects() -> QuerySet[Subject]:
    return Subject.objects.filter(Exists(_public_sessions().filter(subject=OuterRef("pk"))))


_PUBLIC: dict[type[Model], Callable[[], Q]] = {
    Tag: lambda: Q(public=True),
    Dataset: lambda: Q(pk__in=_public_datasets().values("pk")),
    FileRecord: lambda: Q(dataset__in=_public_datasets()),
    Session: lambda: Q(pk__in=_public_sessions().values("pk")),
    ProbeInsertion: lambda: Q(session__in=_public_sessions()),
    Subject: lambda: Q(pk__in=_public_subjects().values("pk")),
    Project: lambda: Q(pk__in=_public_sessions().values("projects")),
    Lab: lambda: Q(pk__in=_public_subjects().values("lab")),
}
