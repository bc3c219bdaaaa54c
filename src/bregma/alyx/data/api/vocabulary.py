"""Endpoints of repositories and of the words that describe datasets: formats, types, revisions, tags."""

from __future__ import annotations

from typing import Any

from bregma.alyx.api.views import NamedViewSet
from bregma.alyx.data import filters, serializers, services
from bregma.alyx.data.models import (
    DataFormat,
    DataRepository,
    DataRepositoryType,
    DatasetType,
    Revision,
    Tag,
)


class RepositoryTypeViewSet(NamedViewSet):
    """Kinds of repositories, by name."""

    model = DataRepositoryType
    serializer_class = serializers.RepositoryTypeSerializer


class RepositoryViewSet(NamedViewSet):
    """Repositories, by name."""

    model = DataRepository
    serializer_class = serializers.RepositorySerializer
    filterset_class = filters.RepositoryFilter

    def rows(self) -> Any:
        """Return repositories with their kind and labs."""
        return DataRepository.objects.select_related("repository_type").prefetch_related("lab_set")


class DataFormatViewSet(NamedViewSet):
    """File formats, by name."""

    model = DataFormat
    serializer_class = serializers.DataFormatSerializer


class DatasetTypeViewSet(NamedViewSet):
    """Dataset types, by name."""

    model = DatasetType
    serializer_class = serializers.DatasetTypeSerializer

    def rows(self) -> Any:
        """Return dataset types with who made them."""
        return DatasetType.objects.select_related("created_by")

    def create_row(self, values: dict[str, Any]) -> DatasetType:
        """Make a dataset type."""
        return services.create_dataset_type(values, by=self.user)

    def change_row(self, row: DatasetType, values: dict[str, Any]) -> DatasetType:
        """Change a dataset type."""
        return services.change_dataset_type(row, values, by=self.user)


class RevisionViewSet(NamedViewSet):
    """Revisions, by name."""

    model = Revision
    serializer_class = serializers.RevisionSerializer
    filterset_class = filters.RevisionFilter


class TagViewSet(NamedViewSet):
    """Tags, by name."""

    model = Tag
    serializer_class = serializers.TagSerializer
    filterset_class = filters.TagFilter
