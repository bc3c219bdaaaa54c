"""Admin of datasets, files and their vocabulary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin

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
from bregma.alyx.data.services import CONTENT, delete_dataset
from bregma.alyx.policy_admin import PolicyAdmin

if TYPE_CHECKING:
    from django.http import HttpRequest


@admin.register(DataRepositoryType)
class DataRepositoryTypeAdmin(PolicyAdmin):
    """Kinds of repositories."""

    list_display = ("name",)
    search_fields = ("name",)


@admin.register(DataRepository)
class DataRepositoryAdmin(PolicyAdmin):
    """Repositories."""

    list_display = ("name", "repository_type", "hostname", "data_url", "globus_is_personal")
    list_select_related = ("repository_type",)
    list_filter = ("repository_type", "globus_is_personal")
    search_fields = ("name", "hostname")
    autocomplete_fields = ("repository_type",)

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> Any:
        """Hide the JSON, which may hold keys, from all but superusers."""
        user: Any = request.user
        return () if user.is_superuser else ("json",)


@admin.register(DataFormat)
class DataFormatAdmin(PolicyAdmin):
    """File formats."""

    list_display = ("name", "file_extension", "description")
    search_fields = ("name", "file_extension")


@admin.register(DatasetType)
class DatasetTypeAdmin(PolicyAdmin):
    """Dataset types."""

    list_display = ("name", "filename_pattern", "description", "created_by")
    list_select_related = ("created_by",)
    search_fields = ("name", "filename_pattern", "description")
    autocomplete_fields = ("created_by",)


@admin.register(Tag)
class TagAdmin(PolicyAdmin):
    """Tags."""

    list_display = ("name", "protected", "public", "description")
    list_filter = ("protected", "public")
    search_fields = ("name", "description")


@admin.register(Revision)
class RevisionAdmin(PolicyAdmin):
    """Revisions."""

    list_display = ("name", "created_datetime", "description")
    search_fields = ("name",)


@admin.register(Dataset)
class DatasetAdmin(PolicyAdmin):
    """Datasets."""

    list_display = ("name", "collection", "session", "dataset_type", "revision", "file_size", "qc", "default_dataset")
    list_select_related = ("session__subject", "dataset_type", "revision")
    list_filter = ("qc", "tags", "default_dataset", "data_format")
    search_fields = ("name", "collection", "session__subject__nickname", "hash")
    date_hierarchy = "created_datetime"
    autocomplete_fields = (
        *("session", "created_by", "provenance_directory", "dataset_type", "data_format", "revision", "tags"),
    )
    readonly_fields = ("auto_datetime", "content_type", "object_id")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Keep the content of a protected dataset; only superusers protect, publish, or change who made it."""
        fields = set(super().get_readonly_fields(request, obj))
        user: Any = request.user
        if obj is not None and obj.tags.filter(protected=True).exists():
            fields |= CONTENT
        return tuple(fields if user.is_superuser else fields | {"tags", "created_by"})

    def delete_row(self, row: Dataset, user: Any) -> None:
        """Delete a dataset, unless it is protected."""
        delete_dataset(row, by=user)


@admin.register(FileRecord)
class FileRecordAdmin(PolicyAdmin):
    """Copies of datasets."""

    list_display = ("relative_path", "data_repository", "exists", "dataset")
    list_select_related = ("data_repository", "dataset")
    list_filter = ("exists", "data_repository")
    search_fields = ("relative_path", "data_repository__name")
    autocomplete_fields = ("dataset", "data_repository")
