"""Query parameters of sessions, weighings and water."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet

from bregma.alyx import policy
from bregma.alyx.actions.models import (
    ProcedureType,
    Session,
    WaterAdministration,
    WaterRestriction,
    WaterType,
    Weighing,
)
from bregma.alyx.api.filters import ActionFilterSet, WireFilterSet, choose, names_of, percent, qc_of
from bregma.alyx.data.models import Dataset
from bregma.alyx.data.selectors import on_a_server


class ProcedureTypeFilter(WireFilterSet):
    """Query parameters of /procedures."""

    class Meta:
        model = ProcedureType
        fields = ["name"]


class WaterTypeFilter(WireFilterSet):
    """Query parameters of /water-type."""

    class Meta:
        model = WaterType
        fields = ["name"]


class WeighingFilter(ActionFilterSet):
    """Query parameters of /weighings."""

    when = "date_time"
    people = "user__username"
    lab_path = "subject__lab__name"
    location = None  # type: ignore[assignment] # django-filter's way to leave one out

    class Meta:
        model = Weighing
        fields = ["id", "name", "user", "date_time", "weight"]


class WaterAdministrationFilter(WeighingFilter):
    """Query parameters of /water-administrations."""

    class Meta:
        model = WaterAdministration
        fields = ["id", "name", "user", "session", "date_time", "water_administered", "water_type", "adlib"]


class WaterRestrictionFilter(ActionFilterSet):
    """Query parameters of /water-restriction."""

    class Meta:
        model = WaterRestriction
        fields = ["subject"]


class SessionFilter(ActionFilterSet):
    """Query parameters of /sessions."""

    id = django_filters.UUIDFilter()
    dataset_types = django_filters.CharFilter(method="filter_dataset_types", label="Dataset types it has, all of them")
    datasets = django_filters.CharFilter(method="filter_datasets", label="File names it has, all of them")
    dataset_qc_lte = django_filters.CharFilter(method="filter_dataset_qc", label="Datasets of this quality or better")
    performance_gte = django_filters.NumberFilter(method="filter_performance_gte", label="Percent correct, at least")
    performance_lte = django_filters.NumberFilter(method="filter_performance_lte", label="Percent correct, at most")
    type = django_filters.CharFilter(lookup_expr="iexact")
    task_protocol = django_filters.CharFilter(lookup_expr="icontains")
    qc = django_filters.CharFilter(method="filter_qc", label="Outcome of quality control, such as PASS")
    extended_qc = django_filters.CharFilter(method="filter_json", label="As django=, inside extended_qc")
    procedures = django_filters.CharFilter(method="filter_related", label="Part of a procedure's name")
    projects = django_filters.CharFilter(method="filter_related", label="Part of a project's name")
    project = django_filters.CharFilter(method="filter_related", label="Part of a project's name")
    tag = django_filters.CharFilter(method="filter_tag", label="Part of the name of a tag of its datasets")

    class Meta:
        model = Session
        fields = [
            *("name", "narrative", "start_time", "end_time", "parent_session", "number", "n_trials"),
            *("n_correct_trials", "auto_datetime"),
        ]

    def filter_related(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Choose sessions by a part of the name of a procedure or project."""
        path = "projects" if name == "project" else name
        return choose(rows, Q(**{f"{path}__name__icontains": value}))

    def filter_tag(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Choose sessions by the tags of their datasets."""
        return rows.filter(Exists(self._readable_datasets().filter(tags__name__icontains=value)))

    def filter_dataset_types(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Choose sessions that have all of some dataset types."""
        for one in names_of(value):
            rows = rows.filter(Exists(self._found_datasets().filter(dataset_type__name=one)))
        return rows

    def filter_datasets(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Choose sessions that have all of some files."""
        for one in names_of(value):
            rows = rows.filter(Exists(self._found_datasets().filter(name=one)))
        return rows

    def filter_dataset_qc(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Choose sessions that have a dataset of a quality; with dataset names, those datasets."""
        if self.asked("datasets") or self.asked("dataset_types"):
            return rows
        return rows.filter(Exists(self._found_datasets()))

    def filter_performance_gte(self, rows: QuerySet[Any], name: str, value: Any) -> Any:
        """Choose sessions by their percentage of correct trials, at least."""
        return _with_performance(rows).filter(performance__gte=float(value))

    def filter_performance_lte(self, rows: QuerySet[Any], name: str, value: Any) -> Any:
        """Choose sessions by their percentage of correct trials, at most."""
        return _with_performance(rows).filter(performance__lte=float(value))

    def _readable_datasets(self) -> QuerySet[Dataset]:
        return policy.readable(self.person, Dataset.objects.order_by().filter(session=OuterRef("pk")))

    def _found_datasets(self) -> QuerySet[Dataset]:
        """Datasets of a session that are on a server, and good enough if the request says so."""
        rows = self._readable_datasets().filter(on_a_server())
        quality = self.asked("dataset_qc_lte")
        return rows.filter(qc__lte=qc_of(quality)) if quality else rows


def _with_performance(rows: QuerySet[Any]) -> Any:
    return rows.alias(performance=percent("n_correct_trials", "n_trials"))
