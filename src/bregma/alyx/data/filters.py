"""Query parameters of datasets, files and their vocabulary."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet

from bregma.alyx.api.filters import WireFilterSet, choose
from bregma.alyx.data.models import (
    DataFormat,
    DataRepository,
    DataRepositoryType,
    Dataset,
    FileRecord,
    Tag,
)
from bregma.alyx.data.selectors import for_a_server, on_a_server


class RepositoryTypeFilter(WireFilterSet):
    """Query parameters of /data-repository-type."""

    class Meta:
        model = DataRepositoryType
        fields = ["name"]


class RepositoryFilter(django_filters.FilterSet):
    """Query parameters of /data-repository."""

    class Meta:
        model = DataRepository
        fields = ["name", "globus_is_personal", "globus_endpoint_id"]


class DataFormatFilter(WireFilterSet):
    """Query parameters of /data-formats."""

    class Meta:
        model = DataFormat
        fields = ["name"]


class TagFilter(WireFilterSet):
    """Query parameters of /tags."""

    class Meta:
        model = Tag
        fields = ["name"]


class FileFilter(WireFilterSet):
    """Query parameters of /files."""

    lab = django_filters.CharFilter(field_name="dataset__session__subject__lab__name")
    data_repository = django_filters.CharFilter(field_name="data_repository__name")
    globus_is_personal = django_filters.BooleanFilter(field_name="data_repository__globus_is_personal")
    dataset = django_filters.UUIDFilter(field_name="dataset_id")

    class Meta:
        model = FileRecord
        fields = ["exists", "relative_path"]


class DatasetFilter(WireFilterSet):
    """Query parameters of /datasets."""

    id = django_filters.UUIDFilter()
    session = django_filters.UUIDFilter(field_name="session_id")
    subject = django_filters.CharFilter(field_name="session__subject__nickname", lookup_expr="iexact")
    lab = django_filters.CharFilter(field_name="session__lab__name", lookup_expr="iexact")
    created_date = django_filters.DateFilter(field_name="created_datetime", lookup_expr="date")
    created_date_gte = django_filters.DateFilter(field_name="created_datetime", lookup_expr="date__gte")
    created_date_lte = django_filters.DateFilter(field_name="created_datetime", lookup_expr="date__lte")
    date = django_filters.DateFilter(field_name="session__start_time", lookup_expr="date")
    created_by = django_filters.CharFilter(field_name="created_by__username")
    dataset_type = django_filters.CharFilter(field_name="dataset_type__name")
    data_format = django_filters.CharFilter(field_name="data_format__name")
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
        fields = [
            *("name", "collection", "file_size", "hash", "md5", "version", "default_dataset", "object_id"),
            *("generating_software", "created_datetime", "auto_datetime"),
        ]

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
        return choose(rows, Q(tags__name__icontains=value))
