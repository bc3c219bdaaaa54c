"""Admin of datasets, files and their vocabulary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin

from bregma.alyx.actions.models import Session
from bregma.alyx.admin_site.filters import choice, days, empty, found_by, one_of, times
from bregma.alyx.admin_site.permissions import person_of
from bregma.alyx.admin_site.table import LookInline, PolicyAdmin, ReadOnlyAdmin
from bregma.alyx.data.models import (
    DataFormat,
    DataNotice,
    DataRepository,
    DataRepositoryType,
    Dataset,
    DatasetType,
    Download,
    FileRecord,
    Revision,
    Tag,
)
from bregma.alyx.data.services import (
    CONTENT,
    change_dataset,
    change_dataset_type,
    change_file_record,
    create_dataset,
    create_dataset_type,
    create_file_record,
    delete_dataset,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    list_filter = (one_of("repository_type"), "globus_is_personal")
    search_fields = ("name", "hostname")

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> Any:
        """Hide the JSON, which may hold keys, from all but superusers."""
        return () if person_of(request).is_superuser else ("json",)


@admin.register(DataFormat)
class DataFormatAdmin(PolicyAdmin):
    """File formats."""

    list_display = ("name", "file_extension", "description")
    search_fields = ("name", "file_extension")
    seldom = ("matlab_loader_function", "python_loader_function")
    takes_files = True
    import_keys = ("name",)


@admin.register(DatasetType)
class DatasetTypeAdmin(PolicyAdmin):
    """Dataset types."""

    list_display = ("name", "filename_pattern", "description", "created_by")
    list_select_related = ("created_by",)
    list_filter = (empty("filename_pattern"), found_by("created_by"))
    search_fields = ("name", "filename_pattern", "description")
    readonly_fields = ("created_by",)
    takes_files = True
    import_keys = ("name",)

    def save_row(self, row: Any, values: Mapping[str, Any], by: Any) -> Any:
        """Make a dataset type, or change one; its pattern takes no files of others."""
        return create_dataset_type(values, by=by) if row is None else change_dataset_type(row, values, by=by)


@admin.register(Tag)
class TagAdmin(PolicyAdmin):
    """Tags."""

    list_display = ("name", "protected", "public", "description")
    list_filter = ("protected", "public")
    search_fields = ("name", "description")
    seldom = ("hash",)


@admin.register(Revision)
class RevisionAdmin(PolicyAdmin):
    """Revisions."""

    list_display = ("name", "created_datetime", "description")
    list_filter = (times("created_datetime"),)
    search_fields = ("name",)


class FileInline(LookInline):
    """Copies of a dataset."""

    model = FileRecord
    fields = ("data_repository", "relative_path", "exists")
    related = ("data_repository",)


@admin.register(Dataset)
class DatasetAdmin(PolicyAdmin):
    """Datasets."""

    list_display = (
        *("name", "collection", "session", "dataset_type", "revision", "file_size", "qc", "default_dataset"),
        "tag_names",
    )
    list_select_related = ("session__subject", "dataset_type", "revision")
    list_filter = (
        *(found_by("session__subject"), found_by("dataset_type"), choice("qc"), found_by("tags"), "default_dataset"),
        *(one_of("data_format"), times("created_datetime"), found_by("created_by")),
    )
    search_fields = ("name__startswith", "hash__exact", "session__subject__nickname__exact")
    search_help_text = "The beginning of a file's name, a whole hash, or the nickname of a subject."
    ordering = ("-created_datetime",)
    readonly_fields = ("auto_datetime", "content_type", "object_id")
    seldom = (
        *("md5", "version", "generating_software", "provenance_directory", "auto_datetime"),
        *("content_type", "object_id"),
    )
    inlines = (FileInline,)

    @admin.display(description="tags")
    def tag_names(self, dataset: Dataset) -> str:
        """Name the tags."""
        return ", ".join(tag.name for tag in dataset.tags.all()) or "–"

    def get_queryset(self, request: HttpRequest) -> Any:
        """Read the tags with the datasets."""
        return super().get_queryset(request).prefetch_related("tags")

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        """Search names, hashes and subjects in one table: sessions of a subject are found first."""
        word = search_term.strip()
        if not word:
            return queryset, False
        sessions = list(Session.objects.filter(subject__nickname__iexact=word).values_list("pk", flat=True)[:5000])
        if sessions:
            return queryset.filter(session__in=sessions), False
        if len(word) in (32, 40, 64) and word.isalnum():
            return queryset.filter(hash=word), False
        return queryset.filter(name__istartswith=word), False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Keep the content of a protected dataset; only superusers protect, publish, or change who made it."""
        fields = set(super().get_readonly_fields(request, obj))
        if obj is not None and obj.tags.filter(protected=True).exists():
            fields |= CONTENT
        return tuple(fields if person_of(request).is_superuser else fields | {"tags", "created_by"})

    def save_row(self, row: Any, values: Mapping[str, Any], by: Any) -> Any:
        """Record a dataset, or change one; the content of a protected one stays."""
        if row is not None:
            return change_dataset(row, values, by=by)
        given = {name: value for name, value in values.items() if name != "created_by" or value is not None}
        return create_dataset(given, by=by)

    def delete_row(self, row: Any, by: Any) -> None:
        """Delete a dataset, unless it is protected."""
        delete_dataset(row, by=by)


@admin.register(FileRecord)
class FileRecordAdmin(PolicyAdmin):
    """Copies of datasets."""

    list_display = ("relative_path", "data_repository", "exists", "dataset")
    list_select_related = ("data_repository", "dataset")
    list_filter = ("exists", one_of("data_repository"))
    search_fields = ("relative_path",)
    search_help_text = "The beginning of a path, such as a subject's nickname."

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        """Search by the beginning of the path, which the database finds fast."""
        word = search_term.strip()
        return (queryset.filter(relative_path__startswith=word) if word else queryset), False

    def save_row(self, row: Any, values: Mapping[str, Any], by: Any) -> Any:
        """Record a copy in the folder of its session, or change what is known of one."""
        return create_file_record(values, by=by) if row is None else change_file_record(row, values, by=by)


@admin.register(Download)
class DownloadAdmin(ReadOnlyAdmin):
    """Who downloaded what."""

    list_display = ("user", "dataset", "count", "first_download", "last_download")
    list_select_related = ("user", "dataset")
    list_filter = (found_by("user"), times("last_download"))
    search_fields = ("user__username", "dataset__name")
    ordering = ("-last_download",)


@admin.register(DataNotice)
class DataNoticeAdmin(PolicyAdmin):
    """What people should know about some datasets."""

    list_display = ("words", "importance", "created_by", "created_datetime", "version_affected")
    list_select_related = ("created_by",)
    list_filter = (choice("importance"), found_by("created_by"), days("affected_date_start"))
    search_fields = ("description", "version_affected")
    done_by = ("created_by",)

    @admin.display(description="notice")
    def words(self, notice: DataNotice) -> str:
        """Show how the text begins."""
        return notice.description[:100]
