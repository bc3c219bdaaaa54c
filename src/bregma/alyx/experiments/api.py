"""Endpoints of probe insertions."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from bregma.alyx import policy
from bregma.alyx.api.filters import WireFilterSet, choose, names_of, qc_of
from bregma.alyx.api.views import WireViewSet
from bregma.alyx.data.models import Dataset
from bregma.alyx.data.selectors import datasets_on_servers, on_a_server
from bregma.alyx.experiments.models import ProbeInsertion
from bregma.alyx.experiments.serializers import InsertionDetailSerializer, InsertionSerializer
from bregma.alyx.experiments.services import create_insertion


class InsertionFilter(WireFilterSet):
    """Query parameters of /insertions."""

    id = django_filters.UUIDFilter()
    session = django_filters.UUIDFilter(field_name="session_id")
    subject = django_filters.CharFilter(field_name="session__subject__nickname")
    date = django_filters.DateFilter(field_name="session__start_time", lookup_expr="date")
    experiment_number = django_filters.NumberFilter(field_name="session__number")
    model = django_filters.CharFilter(field_name="model__name")
    lab = django_filters.CharFilter(field_name="session__lab__name")
    project = django_filters.CharFilter(method="filter_project", label="Part of a project's name")
    task_protocol = django_filters.CharFilter(field_name="session__task_protocol", lookup_expr="icontains")
    tag = django_filters.CharFilter(method="filter_tag", label="Part of the name of a tag of its datasets")
    dataset_types = django_filters.CharFilter(method="filter_datasets", label="Dataset types it has, all of them")
    datasets = django_filters.CharFilter(method="filter_datasets", label="File names it has, all of them")
    dataset_qc_lte = django_filters.CharFilter(method="filter_dataset_qc", label="Datasets of this quality or better")

    class Meta:
        model = ProbeInsertion
        fields = ["name", "serial"]

    def filter_project(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Choose insertions by a part of a project's name."""
        return choose(rows, Q(session__projects__name__icontains=value))

    def filter_tag(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Choose insertions by the tags of their datasets."""
        return rows.filter(Exists(self._datasets().filter(tags__name__icontains=value)))

    def filter_datasets(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Choose insertions that have all of some files or dataset types."""
        column = "name" if name == "datasets" else "dataset_type__name"
        for one in names_of(value):
            rows = rows.filter(Exists(self._datasets().filter(on_a_server(), **{column: one})))
        return rows

    def filter_dataset_qc(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Choose insertions that have a dataset of a quality."""
        return rows.filter(Exists(self._datasets().filter(on_a_server())))

    def _datasets(self) -> QuerySet[Dataset]:
        rows = Dataset.objects.order_by().filter(probe_insertion=OuterRef("pk"))
        quality = self.asked("dataset_qc_lte")
        return policy.readable(self.person, rows.filter(qc__lte=qc_of(quality)) if quality else rows)


class InsertionViewSet(WireViewSet):
    """Probe insertions, by uuid."""

    model = ProbeInsertion
    serializer_class = InsertionSerializer
    filterset_class = InsertionFilter

    def get_serializer_class(self) -> Any:
        """Show datasets in full only when one insertion is read or changed."""
        return InsertionSerializer if self.action in ("list", "create") else InsertionDetailSerializer

    def rows(self) -> Any:
        """Return insertions with session, model and datasets."""
        joined = ("session__lab", "session__subject__lab", "session__subject__responsible_user", "model")
        rows = ProbeInsertion.objects.select_related(*joined).prefetch_related("session__projects")
        short = self.action in ("list", "create")
        datasets = Dataset.objects.order_by("name") if short else datasets_on_servers().select_related("session__lab")
        return rows.prefetch_related(Prefetch("datasets", policy.readable(self.request.user, datasets)))

    def create_row(self, values: dict[str, Any]) -> ProbeInsertion:
        """Record an insertion."""
        return create_insertion(values, by=self.user)
