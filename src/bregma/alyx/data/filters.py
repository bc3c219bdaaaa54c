"""Query parameters of datasets, files and their vocabulary."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django_filters.rest_framework import FilterSet

from bregma.alyx.api.filters import WireFilterSet, choose, columns_of
from bregma.alyx.data.models import (
    DataNotice,
    DataRepository,
    Dataset,
    Download,
    FileRecord,
    Revision,
    Tag,
)
from bregma.alyx.data.selectors import for_a_server, on_a_server, tagged


class RepositoryFilter(FilterSet):
    """Query parameters of /data-repository."""

    class Meta:
        model = DataRepository
        fields = ["name", "globus_is_personal", "globus_endpoint_id"]


class RevisionFilter(FilterSet):
    """Query parameters of /revisions."""

    class Meta:
        model = Revision
        fields = ["name"]


class TagFilter(FilterSet):
    """Query parameters of /tags."""

    class Meta:
        model = Tag
        fields = ["name"]


class FileFilter(WireFilterSet):
    """Query parameters of /files."""

    lab = django_filters.CharFilter(field_name="dataset__session__lab__name")
    data_repository = django_filters.CharFilter(field_name="data_repository__name")
    globus_is_personal = django_filters.BooleanFilter(field_name="data_repository__globus_is_personal")

    class Meta:
        model = FileRecord
        fields = columns_of(FileRecord)


class UUIDsFilter(django_filters.BaseInFilter, django_filters.UUIDFilter):
    """Any of several keys, with commas between them."""


class NoticeFilter(WireFilterSet):
    """Query parameters of /data-notices."""

    datasets = UUIDsFilter(method="filter_datasets", label="Keys of datasets, any of which it is about")
    dataset_tag = django_filters.CharFilter(method="filter_dataset_tag", label="Name of a tag of one of its datasets")
    created_by = django_filters.CharFilter(field_name="created_by__username")

    class Meta:
        model = DataNotice
        fields = columns_of(DataNotice)

    def filter_datasets(self, rows: QuerySet[Any], name: str, value: list[UUID]) -> QuerySet[Any]:
        """Choose the notices about any of some datasets."""
        return choose(rows, Q(datasets__in=value))

    def filter_dataset_tag(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Choose the notices about datasets with a tag."""
        return choose(rows, Q(datasets__tags__name=value))


class DownloadFilter(WireFilterSet):
    """Query parameters of /downloads."""

    json = django_filters.CharFilter(lookup_expr="icontains")
    dataset = django_filters.CharFilter(method="filter_dataset", label="Name or key of a dataset")
    user = django_filters.CharFilter(field_name="user__username")
    dataset_type = django_filters.CharFilter(field_name="dataset__dataset_type__name", lookup_expr="icontains")

    class Meta:
        model = Download
        fields = ["count"]

    def filter_dataset(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Choose the downloads of the datasets with a name, or of one by its key."""
        try:
            return rows.filter(dataset=UUID(value))
        except ValueError:
            return rows.filter(dataset__name=value)


class DatasetFilter(WireFilterSet):
    """Query parameters of /datasets."""

    subject = django_filters.CharFilter(field_name="session__subject__nickname")
    lab = django_filters.CharFilter(field_name="session__lab__name")
    created_date = django_filters.DateFilter(field_name="created_datetime", lookup_expr="date")
    created_date_gte = django_filters.DateTimeFilter(field_name="created_datetime", lookup_expr="date__gte")
    created_date_lte = django_filters.DateTimeFilter(field_name="created_datetime", lookup_expr="date__lte")
    date = django_filters.DateFilter(field_name="session__start_time", lookup_expr="date")
    created_by = django_filters.CharFilter(field_name="created_by__username")
    dataset_type = django_filters.CharFilter(field_name="dataset_type__name")
    experiment_number = django_filters.NumberFilter(field_name="session__number")
    exists = django_filters.BooleanFilter(method="filter_exists", label="Whether a server holds the file")
    probe_insertion = django_filters.UUIDFilter(method="filter_insertion", label="Key of a probe insertion")
    public = django_filters.BooleanFilter(method="filter_flag", label="Whether a tag makes it public")
    protected = django_filters.BooleanFilter(method="filter_flag", label="Whether a tag protects it")
    tag = django_filters.CharFilter(method="filter_tag", label="Part of a tag's name")
    revision = django_filters.CharFilter(field_name="revision__name")
    qc = django_filters.CharFilter(method="filter_qc", label="Outcome of quality control, such as PASS")

    class Meta:
        model = Dataset
        fields = columns_of(Dataset)

    def filter_exists(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        """Choose datasets by whether a server holds them, or ought to."""
        return rows.filter(on_a_server() if value else for_a_server() & ~on_a_server())

    def filter_insertion(self, rows: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        """Choose the datasets of a probe insertion."""
        return choose(rows, Q(probe_insertion=value))

    def filter_flag(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        """Choose datasets by whether one of their tags is public or protected."""
        tagged = Exists(Tag.objects.filter(datasets=OuterRef("pk"), **{name: True}))
        return rows.filter(tagged if value else ~tagged)

    def filter_tag(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Choose datasets by a part of a tag's name."""
        return choose(rows, tagged(self.person, value))
