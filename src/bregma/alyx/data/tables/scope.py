"""Whose tables: the rows that people of the same rights may read, each table as a query of its columns."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, Count, F, Func, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, NullIf

from bregma.alyx import policy
from bregma.alyx.actions.models import Session
from bregma.alyx.data.models import Dataset, Tag
from bregma.alyx.data.selectors import on_a_server
from bregma.alyx.errors import UnknownName
from bregma.alyx.experiments.models import BrainRegion, ProbeInsertion
from bregma.alyx.records import UtcDate
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
        return _COLUMNS[table](rows)


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
    projects = _names_of(policy.readable(scope.user, Project.objects.filter(subject=OuterRef("pk"))))
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


class _Joined(Func):
    """Texts with something between them, those that are missing left out."""

    function = "concat_ws"
    output_field = CharField()


def _path() -> _Joined:
    """Put ``collection/#revision#/name`` together; a file without revision has none in its path."""
    nothing: Any = Value("", CharField())
    marked = Func(Value("#"), F("revision__name"), Value("#"), template="(%(expressions)s)", arg_joiner=" || ")
    return _Joined(Value("/", CharField()), NullIf("collection", nothing), marked, F("name"))


def _names_of(projects: QuerySet[Project]) -> Func:
    names = ArraySubquery(projects.order_by("name").values("name"))
    return Func(names, Value(","), function="array_to_string", output_field=CharField())


def _session_columns(rows: QuerySet[Any]) -> QuerySet[Any]:
    day, projects = UtcDate("start_time"), _names_of(Project.objects.filter(session=OuterRef("pk")))
    columns = ("pk", "lab__name", "subject__nickname", day, "number", "task_protocol", projects)
    return rows.order_by("pk").values_list(*columns)


def _dataset_columns(rows: QuerySet[Any]) -> QuerySet[Any]:
    columns = ("session_id", "pk", _path(), "file_size", "hash", Value(value=True), "qc", "default_dataset")
    return rows.order_by("session_id", "pk").values_list(*columns)


def _insertion_columns(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.order_by("session_id", "pk").values_list("session_id", "pk", "name", "model__name", "serial")


def _subject_columns(rows: QuerySet[Any]) -> QuerySet[Any]:
    named = ("nickname", "lab__name", "species__nickname", "strain__name", "line__nickname")
    return rows.order_by("pk").values_list("pk", *named, "sex", "birth_date", "death_date", "project_names")


def _tag_columns(rows: QuerySet[Any]) -> QuerySet[Any]:
    columns = ("pk", "name", "description", "protected", "public", "hash", "number")
    rows = rows.annotate(number=Count("datasets")).order_by("pk")
    return rows.values_list(*columns)


def _region_columns(rows: QuerySet[Any]) -> QuerySet[Any]:
    rows = rows.annotate(key=Cast("pk", CharField(db_collation="C"))).order_by("key")
    return rows.values_list("key", "acronym", "name", "parent_id", "level")


_COLUMNS: dict[str, Callable[[QuerySet[Any]], QuerySet[Any]]] = {
    "sessions": _session_columns,
    "datasets": _dataset_columns,
    "insertions": _insertion_columns,
    "subjects": _subject_columns,
    "tags": _tag_columns,
    "regions": _region_columns,
}
