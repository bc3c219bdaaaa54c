"""Endpoints of datasets, files and their vocabulary."""

from __future__ import annotations

from typing import Any

from bregma.alyx.actions.selectors import find_session
from bregma.alyx.api.views import WireViewSet
from bregma.alyx.data import filters, selectors, serializers, services
from bregma.alyx.data.models import (
    DataFormat,
    DataRepository,
    DataRepositoryType,
    Dataset,
    DatasetType,
    FileRecord,
    Revision,
    Tag,
)
from bregma.alyx.subjects.selectors import find_subject


class RepositoryTypeViewSet(WireViewSet):
    """Kinds of repositories, by name."""

    model = DataRepositoryType
    serializer_class = serializers.RepositoryTypeSerializer
    filterset_class = filters.RepositoryTypeFilter
    lookup_field = "name"


class RepositoryViewSet(WireViewSet):
    """Repositories, by name."""

    model = DataRepository
    serializer_class = serializers.RepositorySerializer
    filterset_class = filters.RepositoryFilter
    lookup_field = "name"

    def rows(self) -> Any:
        """Return repositories with their kind and labs."""
        return DataRepository.objects.select_related("repository_type").prefetch_related("lab_set")


class DataFormatViewSet(WireViewSet):
    """File formats, by name."""

    model = DataFormat
    serializer_class = serializers.DataFormatSerializer
    filterset_class = filters.DataFormatFilter
    lookup_field = "name"


class DatasetTypeViewSet(WireViewSet):
    """Dataset types, by name."""

    model = DatasetType
    serializer_class = serializers.DatasetTypeSerializer
    lookup_field = "name"

    def rows(self) -> Any:
        """Return dataset types with who made them."""
        return DatasetType.objects.select_related("created_by")

    def create_row(self, values: dict[str, Any]) -> DatasetType:
        """Make a dataset type."""
        return services.create_dataset_type(values, by=self.user)

    def change_row(self, row: DatasetType, values: dict[str, Any]) -> DatasetType:
        """Change a dataset type."""
        return services.change_dataset_type(row, values, by=self.user)


class RevisionViewSet(WireViewSet):
    """Revisions, by name."""

    model = Revision
    serializer_class = serializers.RevisionSerializer
    lookup_field = "name"


class TagViewSet(WireViewSet):
    """Tags, by name."""

    model = Tag
    serializer_class = serializers.TagSerializer
    filterset_class = filters.TagFilter
    lookup_field = "name"


class FileRecordViewSet(WireViewSet):
    """Copies of datasets, by uuid."""

    model = FileRecord
    serializer_class = serializers.FileRecordSerializer
    filterset_class = filters.FileFilter

    def rows(self) -> Any:
        """Return copies with their repository and dataset."""
        return FileRecord.objects.select_related(
            "data_repository", "dataset__session__subject__lab", "dataset__session__subject__responsible_user"
        )

    def create_row(self, values: dict[str, Any]) -> FileRecord:
        """Record a copy."""
        return services.create_file_record(values, by=self.user)

    def change_row(self, row: FileRecord, values: dict[str, Any]) -> FileRecord:
        """Change what is known of a copy."""
        return services.change_file_record(row, values, by=self.user)


class DatasetViewSet(WireViewSet):
    """Datasets, by uuid."""

    model = Dataset
    serializer_class = serializers.DatasetSerializer
    filterset_class = filters.DatasetFilter

    def rows(self) -> Any:
        """Return datasets with what a list or one answer shows."""
        return selectors.listed_datasets() if self.action == "list" else selectors.detailed_datasets()

    def create_row(self, values: dict[str, Any]) -> Dataset:
        """Record a dataset, of the session with the given subject, date and number."""
        nickname, day, number = (values.pop(name, None) for name in ("subject", "date", "number"))
        if nickname and day and number is not None:
            values["session"] = find_session(find_subject(nickname), day, number)
        return services.create_dataset(values, by=self.user)

    def change_row(self, row: Dataset, values: dict[str, Any]) -> Dataset:
        """Change a dataset."""
        for name in ("subject", "date", "number"):
            values.pop(name, None)
        return services.change_dataset(row, values, by=self.user)

    def perform_destroy(self, instance: Any) -> None:
        """Delete a dataset."""
        services.delete_dataset(instance, by=self.user)
