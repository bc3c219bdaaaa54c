"""Whose tables: the rows that people of the same rights may read, each table as a query of its columns."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import OuterRef, QuerySet

from bregma.alyx import policy
from bregma.alyx.actions.models import Session
from bregma.alyx.data.models import Dataset, Tag
from bregma.alyx.data.selectors import on_a_server
from bregma.alyx.data.tables.contents import COLUMNS, joined
from bregma.alyx.errors import UnknownName
from bregma.alyx.experiments.models import BrainRegion, ProbeInsertion
from bregma.alyx.subjects.models import Project, Subject

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from django.db.models import Model

MEMBERS = "members"


@dataclass(frozen=True)
class Scope:
    """The rows of one person's tables.

    Attributes
    ----------
    user : LabMember
        One of those whose rights these are.
    rights : str
        The same for all people who may read the same rows.
    tag : str or None
        Only datasets with this tag, and what belongs to them.
    """

    user: Any
    rights: str
    tag: str | None = None

    @property
    def folder(self) -> Path:
        """Where the tables of these rights are kept."""
        name = hashlib.sha256(f"{self.rights}|{self.tag or ''}".encode()).hexdigest()[:16]
        return settings.HOME.cache / "tables" / name

    @property
    def is_whole(self) -> bool:
        """Whether all rows are in these tables, so that no key of a row is a secret."""
        return self.rights == MEMBERS and self.tag is None

    def rows(self, table: str) -> QuerySet[Any]:
        """Return the rows of one table that are in these tables, unordered."""
        return _ROWS[table](self)

    def columns(self, table: str, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Return the columns of some rows as the files have them, ordered by key."""
        return COLUMNS[table](self.user, rows)


def scope_of(user: Any, tag: str | None = None) -> Scope:
    """Find out whose tables a person gets.

    Raises
    ------
    UnknownName
        If there is no such tag, or the person may not see it.
    """
    if tag and not policy.readable(user, Tag.objects.filter(name=tag)).exists():
        raise UnknownName("Tag matching query does not exist.")
    return Scope(user, _rights_of(user), tag or None)


def _rights_of(user: Any) -> str:
    """Name the rights of a person: a guest's are the labs visited and the own projects."""
    if user.is_public_user:
        return "public"
    if policy.is_member(user):
        return MEMBERS
    labs = sorted(map(str, policy.standing_of(user).labs))
    projects = sorted(map(str, Project.objects.filter(users=user.pk).values_list("pk", flat=True)))
    return f"guests of {' '.join(labs)} in {' '.join(projects)}"


def _datasets(scope: Scope) -> QuerySet[Dataset]:
    rows = Dataset.objects.order_by().filter(on_a_server(), session__isnull=False)
    rows = policy.readable(scope.user, rows)
    if scope.tag:
        rows = rows.filter(pk__in=Dataset.tags.through.objects.filter(tag__name=scope.tag).values("dataset"))
    return rows


def _sessions(scope: Scope) -> QuerySet[Session]:
    rows = policy.readable(scope.user, Session.objects.order_by()).filter(number__isnull=False, lab__isnull=False)
    return rows.filter(pk__in=_datasets(scope).values("session")) if scope.tag else rows


def _insertions(scope: Scope) -> QuerySet[ProbeInsertion]:
    rows = policy.readable(scope.user, ProbeInsertion.objects.order_by())
    if scope.is_whole:
        return rows.filter(session__number__isnull=False, session__lab__isnull=False)
    return rows.filter(session__in=_sessions(scope).values("pk"))


def _subjects(scope: Scope) -> QuerySet[Subject]:
    projects = joined(policy.readable(scope.user, Project.objects.filter(subject=OuterRef("pk"))))
    rows = policy.readable(scope.user, Subject.objects.order_by()).annotate(project_names=projects)
    return rows.filter(pk__in=_sessions(scope).values("subject")) if scope.tag else rows


def _tags(scope: Scope) -> QuerySet[Tag]:
    rows = policy.readable(scope.user, Tag.objects.order_by())
    return rows.filter(name=scope.tag) if scope.tag else rows


def _regions(scope: Scope) -> QuerySet[BrainRegion]:
    return policy.readable(scope.user, BrainRegion.objects.order_by())


MODELS: dict[str, type[Model]] = {
    "sessions": Session,
    "datasets": Dataset,
    "insertions": ProbeInsertion,
    "subjects": Subject,
    "tags": Tag,
    "regions": BrainRegion,
}
_ROWS: dict[str, Callable[[Scope], QuerySet[Any]]] = {
    "sessions": _sessions,
    "datasets": _datasets,
    "insertions": _insertions,
    "subjects": _subjects,
    "tags": _tags,
    "regions": _regions,
}
