"""Query parameters of insertions, of trajectories and of channels."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Exists, Q, QuerySet

from bregma.alyx import policy
from bregma.alyx.api.filters import WireFilterSet, choose, columns_of, qc_of
from bregma.alyx.data.models import Dataset
from bregma.alyx.data.selectors import tagged
from bregma.alyx.experiments.filters.atlas import AtlasFilterSet
from bregma.alyx.experiments.filters.datasets import DatasetsFilterSet
from bregma.alyx.experiments.models import Channel, ChronicInsertion, ProbeInsertion, TrajectoryEstimate
from bregma.alyx.experiments.provenance import provenance_of


class InsertionFilter(AtlasFilterSet, DatasetsFilterSet):
    """Query parameters of /insertions."""

    trajectories = "trajectory_estimate"
    owner = "probe_insertion"

    session = django_filters.UUIDFilter(field_name="session_id")
    subject = django_filters.CharFilter(field_name="session__subject__nickname")
    date = django_filters.DateFilter(field_name="session__start_time", lookup_expr="date")
    experiment_number = django_filters.NumberFilter(field_name="session__number")
    model = django_filters.CharFilter(field_name="model__name")
    lab = django_filters.CharFilter(field_name="session__lab__name", lookup_expr="iexact")
    project = django_filters.CharFilter(method="filter_project", label="Part of a project's name")
    task_protocol = django_filters.CharFilter(field_name="session__task_protocol", lookup_expr="icontains")
    tag = django_filters.CharFilter(method="filter_tag", label="Part of the name of a tag of its datasets")
    dataset_qc_lte = django_filters.CharFilter(method="filter_dataset_qc", label="Datasets of this quality or better")

    class Meta:
        model = ProbeInsertion
        fields = columns_of(ProbeInsertion, leave_out=("session", "model", "datasets"))

    def filter_project(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Choose insertions by a part of a project's name."""
        return choose(rows, Q(session__projects__name__icontains=value))

    def filter_tag(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Choose insertions by the tags of their datasets."""
        return rows.filter(Exists(self.readable_datasets().filter(tagged(self.person, value))))

    def filter_dataset_qc(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Choose insertions by the quality of a dataset; listed once for each, as clients of Alyx count them."""
        if self.asked("datasets"):
            return rows
        if any(self.asked(other) for other in ("dataset_types", "tag", "django")):
            return rows.filter(Exists(self.readable_datasets().filter(qc__lte=qc_of(value))))
        good = Dataset.objects.order_by().filter(qc__lte=qc_of(value))
        return rows.filter(datasets__in=policy.readable(self.person, good))


class ChronicInsertionFilter(AtlasFilterSet):
    """Query parameters of /chronic-insertions."""

    trajectories = "trajectory_estimate"

    subject = django_filters.CharFilter(field_name="subject__nickname")
    lab = django_filters.CharFilter(field_name="lab__name")
    model = django_filters.CharFilter(field_name="model__name")
    probe = django_filters.UUIDFilter(method="filter_insertion", label="Key of one of its probe insertions")
    session = django_filters.UUIDFilter(method="filter_insertion", label="Key of a session that it recorded")

    class Meta:
        model = ChronicInsertion
        fields = columns_of(ChronicInsertion, leave_out=("chronicrecording_ptr", "subject", "lab", "model"))

    def filter_insertion(self, rows: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        """Choose chronic insertions by one of their probe insertions, or its session."""
        return choose(rows, Q(**{"probe_insertion" if name == "probe" else "probe_insertion__session": value}))


class TrajectoryFilter(WireFilterSet):
    """Query parameters of /trajectories."""

    provenance = django_filters.CharFilter(method="filter_provenance", label="Such as Planned, in any case")
    subject = django_filters.CharFilter(field_name="probe_insertion__session__subject__nickname")
    project = django_filters.CharFilter(method="filter_project", label="Name of a project")
    date = django_filters.DateFilter(field_name="probe_insertion__session__start_time", lookup_expr="date")
    experiment_number = django_filters.NumberFilter(field_name="probe_insertion__session__number")
    session = django_filters.UUIDFilter(field_name="probe_insertion__session_id")
    probe = django_filters.CharFilter(field_name="probe_insertion__name")

    class Meta:
        model = TrajectoryEstimate
        fields = columns_of(TrajectoryEstimate, leave_out=("provenance",))

    def filter_provenance(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Choose trajectories by how they were found."""
        return rows.filter(provenance=provenance_of(TrajectoryEstimate.Provenance, value))

    def filter_project(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Choose trajectories by the name of a project of their session."""
        return choose(rows, Q(probe_insertion__session__projects__name=value))


class ChannelFilter(WireFilterSet):
    """Query parameters of /channels."""

    session = django_filters.UUIDFilter(field_name="trajectory_estimate__probe_insertion__session_id")
    probe_insertion = django_filters.UUIDFilter(field_name="trajectory_estimate__probe_insertion_id")
    subject = django_filters.CharFilter(field_name="trajectory_estimate__probe_insertion__session__subject__nickname")
    lab = django_filters.CharFilter(field_name="trajectory_estimate__probe_insertion__session__lab__name")

    class Meta:
        model = Channel
        fields = columns_of(Channel)
