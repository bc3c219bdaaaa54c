"""Export and import on the lists of the admin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.urls import reverse
from import_export.admin import ImportExportMixin
from unfold.contrib.import_export.forms import ExportForm, ImportForm

from bregma.alyx.admin_site.files.formats import Csv, KeptFile, Xlsx
from bregma.alyx.admin_site.files.rows import RowsOf
from bregma.alyx.errors import InvalidRequest

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

MOST_BYTES = 5 * 1024**2


class FileForm(ImportForm):  # type: ignore[misc] # unfold has no types
    """Which file."""

    def clean_import_file(self) -> Any:
        """Refuse files that no table of a thousand rows needs."""
        file = self.cleaned_data["import_file"]
        if file.size > MOST_BYTES:
            raise ValidationError(
                f"The file has {file.size / 1e6:.1f} MB; send up to {MOST_BYTES / 1e6:.0f} MB at once."
            )
        return file


class Spreadsheets(ImportExportMixin):  # type: ignore[misc]
    """Lists as CSV and XLSX; where a table says so, rows are entered from them too."""

    takes_files = False
    """Whether rows may be entered from a file."""
    import_keys: tuple[str, ...] = ()
    """The columns that tell a row from others where the file gives no id."""
    not_from_files: tuple[str, ...] = ()
    """Columns that are written only."""
    never_in_files: tuple[str, ...] = ()
    """Columns that hold secrets."""
    import_form_class = FileForm
    export_form_class = ExportForm
    formats = [Csv, Xlsx]
    tmp_storage_class = KeptFile
    resource_classes = [RowsOf]

    def has_import_permission(self, request: HttpRequest) -> bool:
        """Let those enter rows from a file who may add some; each row is judged."""
        return self.takes_files and bool(self.has_add_permission(request))

    def has_export_permission(self, request: HttpRequest) -> bool:
        """Let those have the file who see the list."""
        return bool(self.has_view_permission(request))

    def get_resource_kwargs(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Say for which table and person rows are read and written."""
        return {"table": self, "request": request}

    def get_import_data_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Import all rows or none."""
        return {**super().get_import_data_kwargs(**kwargs), "rollback_on_validation_errors": True}

    def add_data_read_fail_error_to_form(self, form: Any, error: Exception) -> None:
        """Say why a file is not read."""
        if isinstance(error, InvalidRequest):
            form.add_error("import_file", str(error))
        else:
            super().add_data_read_fail_error_to_form(form, error)

    def process_import(self, request: HttpRequest, **kwargs: Any) -> Any:
        """Import what was previewed, or say that the preview is too old."""
        try:
            return super().process_import(request, **kwargs)
        except InvalidRequest as gone:
            return self._back(request, str(gone))

    def process_result(self, result: Any, request: HttpRequest) -> HttpResponse:
        """Say what was imported, or that something changed since the preview."""
        wrong = [*result.base_errors, *(row.error for row in result.invalid_rows)]
        if not wrong and not result.has_errors():
            done: HttpResponse = super().process_result(result, request)
            return done
        words = "; ".join(str(getattr(one, "error", one)) for one in wrong[:3])
        return self._back(request, f"Nothing was imported, since something changed after the preview: {words}")

    def _back(self, request: HttpRequest, words: str) -> HttpResponse:
        messages.error(request, words)
        return HttpResponseRedirect(reverse("admin:{}_{}_import".format(*self.get_model_info())))
