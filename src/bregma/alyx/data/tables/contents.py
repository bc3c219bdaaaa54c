"""What stands in each cache table: its columns as one query, in the order of the file.

Names of people are for members. Of tags and places, those are named that whoever gets the tables may see.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, CharField, Count, F, Func, IntegerField, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, NullIf

from bregma.alf import QC
from bregma.alyx import policy
from bregma.alyx.actions.models import ProcedureType
from bregma.alyx.data.models import Tag
from bregma.alyx.experiments.models import BrainRegion, TrajectoryEstimate
from bregma.alyx.misc.models import LabLocation, LabMember
from bregma.alyx.records import UtcDate
from bregma.alyx.subjects.models import Project

if TYPE_CHECKING:
    from collections.abc import Callable

ALIGNED = TrajectoryEstimate.Provenance.EPHYS_ALIGNED
"""From this provenance on, searches for a region trust the channels of a trajectory."""


class _Joined(Func):
    """Texts with something between them, those that are missing left out."""

    function = "concat_ws"
    output_field = CharField()


def joined(names: QuerySet[Any], column: str = "name") -> Func:
    """Join the names of related rows with commas, in their order."""
    values = ArraySubquery(names.order_by(column).values(column).distinct())
    return Func(values, Value(","), function="array_to_string", output_field=CharField())


def _sessions(user: Any, rows: QuerySet[Any]) -> QuerySet[Any]:
    day, nothing = UtcDate("start_time"), Value("", CharField())
    projects = joined(policy.readable(user, Project.objects.filter(session=OuterRef("pk"))))
    people = joined(LabMember.objects.filter(session=OuterRef("pk")), "username")
    places = policy.readable(user, LabLocation.objects.order_by()).filter(pk=OuterRef("location"))
    more = (
        "qc",
        "n_trials",
        "n_correct_trials",
        people if policy.is_member(user) else nothing,
        joined(ProcedureType.objects.filter(session=OuterRef("pk"))),
        Subquery(places.values("name"), output_field=CharField()),
        "type",
    )
    columns = ("pk", "lab__name", "subject__nickname", day, "number", "task_protocol", projects)
    return rows.order_by("pk").values_list(*columns, *more)


def _datasets(user: Any, rows: QuerySet[Any]) -> QuerySet[Any]:
    tags = joined(policy.readable(user, Tag.objects.filter(datasets=OuterRef("pk"))))
    columns = ("session_id", "pk", _path(), "file_size", "hash", Value(value=True), "qc", "default_dataset")
    return rows.order_by("session_id", "pk").values_list(*columns, tags, "dataset_type__name")


def _path() -> _Joined:
    """Put ``collection/#revision#/name`` together; a file without revision has none in its path."""
    nothing: Any = Value("", CharField())
    marked = Func(Value("#"), F("revision__name"), Value("#"), template="(%(expressions)s)", arg_joiner=" || ")
    return _Joined(Value("/", CharField()), NullIf("collection", nothing), marked, F("name"))


def _insertions(user: Any, rows: QuerySet[Any]) -> QuerySet[Any]:
    aligned = TrajectoryEstimate.objects.filter(provenance__gte=ALIGNED, probe_insertion=OuterRef(OuterRef("pk")))
    regions = joined(BrainRegion.objects.filter(channels__trajectory_estimate__in=aligned.values("pk")), "acronym")
    tags = joined(policy.readable(user, Tag.objects.filter(datasets__probe_insertion=OuterRef("pk"))))
    outcomes = [When(json__qc=value, then=Value(int(qc))) for qc in QC for value in (qc.name, int(qc))]
    qc = Case(*outcomes, default=Value(0), output_field=IntegerField())
    columns = ("session_id", "pk", "name", "model__name", "serial", regions, tags, qc)
    return rows.order_by("session_id", "pk").values_list(*columns)


def _subjects(user: Any, rows: QuerySet[Any]) -> QuerySet[Any]:
    named = ("nickname", "lab__name", "species__nickname", "strain__name", "line__nickname")
    return rows.order_by("pk").values_list("pk", *named, "sex", "birth_date", "death_date", "project_names")


def _tags(user: Any, rows: QuerySet[Any]) -> QuerySet[Any]:
    columns = ("pk", "name", "description", "protected", "public", "hash", "number")
    rows = rows.annotate(number=Count("datasets")).order_by("pk")
    return rows.values_list(*columns)


def _regions(user: Any, rows: QuerySet[Any]) -> QuerySet[Any]:
    rows = rows.annotate(key=Cast("pk", CharField(db_collation="C"))).order_by("key")
    return rows.values_list("key", "acronym", "name", "parent_id", "level")


COLUMNS: dict[str, Callable[[Any, QuerySet[Any]], QuerySet[Any]]] = {
    "sessions": _sessions,
    "datasets": _datasets,
    "insertions": _insertions,
    "subjects": _subjects,
    "tags": _tags,
    "regions": _regions,
}
"""Of each table, what makes the query of its columns: for a person, of some rows, ordered by key."""
