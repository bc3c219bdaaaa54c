"""Query parameters of sessions, weighings and water."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import NullIf

from bregma.alyx import policy
from bregma.alyx.actions.models import (
    Session,
    WaterAdministration,
    WaterRestriction,
    Weighing,
)
from bregma.alyx.api.filters import ActionFilterSet, choose, columns_of, names_of, qc_of
from bregma.alyx.data.models import Dataset
from bregma.alyx.data.selectors import on_a_server, tagged
from bregma.alyx.experiments.filters.atlas import AtlasFilterSet
from bregma.alyx.records import QC


class WeighingFilter(ActionFilterSet):
    """Query parameters of /weighings."""

    when = "date_time"
    people = "user__username"
    lab_path = "subject__lab__name"
    location = None  # type: ignore[assignment] # django-filter's way to leave one out

    class Meta:
        model = Weighing
        fields = columns_of(Weighing)


class WaterAdministrationFilter(WeighingFilter):
    """Query parameters of /water-administrations."""

    class Meta:
        model = WaterAdministration
        fields = columns_of(WaterAdministration)


class WaterRestrictionFilter(ActionFilterSet):
    """Query parameters of /water-restriction."""

    class Meta:
        model = WaterRestriction
        fields = columns_of(WaterRestriction)


class SessionFilter(AtlasFilterSet, ActionFilterSet):
    """Query parameters of /sessions."""

    trajectories = "probe_insertion__trajectory_estimate"
    locations = "field_of_view__location"
    once = False

    histology = django_filters.BooleanFilter(
        method="filter_histology", label="Whether the subject has a session with the procedure Histology"
    )
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
        fields = columns_of(Session)

    def filter_related(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Choose sessions by a part of the name of a procedure or project."""
        path = "projects" if name == "project" else name
        return choose(rows, Q(**{f"{path}__name__icontains": value}))

    def filter_histology(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        """Choose sessions by whether their subject's brain was sliced: in a session, by the name of its procedure."""
        sessions = policy.readable(self.person, Session.objects.order_by())
        sliced = sessions.filter(procedures__name="Histology").values("subject")
        return rows.filter(subject__in=sliced) if value else rows.exclude(subject__in=sliced)

    def filter_tag(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Choose sessions by the tags of their datasets."""
        return rows.filter(Exists(self._datasets().filter(tagged(self.person, value))))

    def filter_dataset_types(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Choose sessions that have all of some dataset types."""
        for one in names_of(value):
            rows = rows.filter(Exists(self._datasets().filter(dataset_type__name=one)))
        return rows

    def filter_datasets(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Choose sessions that have all of some files on a server, none of them critical unless asked."""
        worst = qc_of(self.asked("dataset_qc_lte") or QC.FAIL.name)
        for one in names_of(value):
            rows = rows.filter(Exists(self._datasets().filter(on_a_server(), name=one, qc__lte=worst)))
        return rows

    def filter_dataset_qc(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Choose sessions by the quality of a dataset: each as often as it has one, as clients know it.

        With names of datasets, the quality is of those; with dataset types, a session is there once.
        """
        worst = qc_of(value)
        if self.asked("datasets"):
            return rows
        if self.asked("dataset_types"):
            return rows.filter(Exists(self._datasets().filter(qc__lte=worst)))
        good = policy.readable(self.person, Dataset.objects.order_by().filter(qc__lte=worst))
        return rows.filter(data_dataset_session_related__in=good.values("pk"))

    def filter_performance_gte(self, rows: QuerySet[Any], name: str, value: Any) -> Any:
        """Choose sessions by their percentage of correct trials, at least."""
        return _with_performance(rows).filter(performance__gte=float(value))

    def filter_performance_lte(self, rows: QuerySet[Any], name: str, value: Any) -> Any:
        """Choose sessions by their percentage of correct trials, at most."""
        return _with_performance(rows).filter(performance__lte=float(value))

    def _datasets(self) -> QuerySet[Dataset]:
        """Return the datasets of a session that the person who asks may see."""
        return policy.readable(self.person, Dataset.objects.order_by().filter(session=OuterRef("pk")))


def _with_performance(rows: QuerySet[Any]) -> Any:
    """Add the whole percents of correct trials, rounded down."""
    return rows.alias(performance=F("n_correct_trials") * 100 / NullIf(F("n_trials"), 0))
