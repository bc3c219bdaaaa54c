"""The rows of a spreadsheet: written from a table, or read into one, each through the service of the table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.utils.html import format_html
from import_export import resources, results
from import_export.instance_loaders import BaseInstanceLoader

from bregma.alyx.admin_site.files.columns import Column, Relation, Relations, columns_of, plain
from bregma.alyx.admin_site.files.names import find
from bregma.alyx.admin_site.refusals import WriteRefused, words_of
from bregma.alyx.errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet

MOST_ROWS_IN = 1000
"""Each row is judged and written by a service; more rows are better sent in parts."""
MOST_ROWS_OUT = 100_000
AT_ONCE = 1000
KEY = "id"


class QuietError(results.Error):  # type: ignore[misc]
    """What is wrong with a file, without the lines of our program."""

    traceback = ""


class RowsOf(resources.Resource):  # type: ignore[misc]
    """The rows of one table, for one person.

    Parameters
    ----------
    table : PolicyAdmin
        Says what is hidden, what may not be entered, by what rows are known, and writes them.
    request : HttpRequest
        Of the person.
    """

    class Meta:
        using_db = "default"
        use_transactions = True
        instance_loader_class = BaseInstanceLoader

    def __init__(self, table: Any = None, request: Any = None, **_: Any) -> None:
        super().__init__()
        self.table, self.request = table, request
        hidden = {*(table.get_exclude(request) or ()), *table.never_in_files}
        columns = columns_of(table.model, hidden=hidden, user=request.user)
        self.fields = {column.column_name: column for column in columns}
        fixed = {*table.get_readonly_fields(request), *table.not_from_files}
        self.entered = [
            column.column_name
            for column in columns
            if column.field.editable and column.column_name not in fixed and not _is_file(column)
        ]
        self.present: list[str] = []

    @classmethod
    def get_error_result_class(cls) -> Any:
        """Return what an error of the whole file is kept as."""
        return QuietError

    @classmethod
    def get_display_name(cls) -> str:
        """Return what the forms call this."""
        return "Rows"

    def get_import_fields(self) -> list[Column]:
        """Return the columns that may be entered; while a file is read those that it has."""
        names = [KEY, *self.entered]
        return [
            self.fields[name] for name in names if name in self.fields and (name in self.present or not self.present)
        ]

    def export_resource(self, row: Any, selected_fields: Any = None, **_: Any) -> list[Any]:
        """Return the cells of a row."""
        return [column.export(row) for column in self.fields.values()]

    def get_export_headers(self, selected_fields: Any = None) -> list[str]:
        """Return the names of the columns."""
        return list(self.fields)

    def iter_queryset(self, queryset: QuerySet[Any]) -> Iterator[Any]:
        """Give rows with all that their names need: as many queries for many rows as for few."""
        one = [name for name, column in self.fields.items() if type(column) is Relation]
        deeper = [f"{name}__subject" for name in one if self.fields[name].field.related_model._meta.label == SESSION]
        many = [name for name, column in self.fields.items() if isinstance(column, Relations)]
        rows = queryset.select_related(*one, *deeper) if one else queryset
        yield from rows.prefetch_related(*many)[:MOST_ROWS_OUT].iterator(chunk_size=AT_ONCE)

    def import_data(self, dataset: Any, *args: Any, **kwargs: Any) -> Any:
        """Read a file: all its rows, or none."""
        self.present = [plain(header) for header in dataset.headers or ()]
        return super().import_data(dataset, *args, **kwargs)

    def before_import(self, dataset: Any, **_: Any) -> None:
        """Look at the file as a whole.

        Raises
        ------
        InvalidRequest
            If it has columns that nobody enters here, or too many rows.
        """
        for index in reversed(range(len(dataset))):
            if not any(plain(cell) for cell in dataset[index]):
                del dataset[index]
        known = [KEY, *self.entered]
        ignored = [name for name in self.present if name in self.fields and name not in known]
        unknown = [name for name in self.present if name not in known and name not in ignored]
        if unknown:
            raise InvalidRequest(f"there is no column {unknown[0]!r} here; the columns are {', '.join(known)}")
        if len(set(self.present)) < len(self.present):
            raise InvalidRequest("two columns have the same name; keep one of them")
        if len(dataset) > MOST_ROWS_IN:
            raise InvalidRequest(f"{len(dataset)} rows are too many at once; send up to {MOST_ROWS_IN} in one file")
        dataset.headers = self.present

    def import_row(self, row: Any, instance_loader: Any, **kwargs: Any) -> Any:
        """Read and write one row; what is wrong with it is kept beside it."""
        found = results.RowResult()
        try:
            self._import(row, found)
        except ValidationError as wrong:
            found.import_type = results.RowResult.IMPORT_TYPE_INVALID
            found.validation_error = wrong
        return found

    def _import(self, row: Any, found: Any) -> None:
        cells = {name: row[name] for name in self.present if name in self.entered}
        values = self._read(cells)
        old = self._existing(plain(row.get(KEY)), values)
        before = [column.export(old) for column in self.get_import_fields()] if old is not None else None
        changed = self._changed(old, values, cells)
        if old is not None and not changed:
            found.import_type, saved = results.RowResult.IMPORT_TYPE_SKIP, old
        else:
            is_new = old is None
            found.import_type = results.RowResult.IMPORT_TYPE_NEW if is_new else results.RowResult.IMPORT_TYPE_UPDATE
            saved = self._write(old, changed)
        after = [column.export(saved) for column in self.get_import_fields()]
        found.diff = [_compared(one, two) for one, two in zip(before or [""] * len(after), after, strict=True)]
        found.add_instance_info(saved)
        found.instance = saved

    def _read(self, cells: dict[str, Any]) -> dict[str, Any]:
        values, wrong = {}, {}
        for name, cell in cells.items():
            try:
                values[name] = self.fields[name].read(cell)
            except ValidationError as refused:
                wrong[name] = refused.messages
        if wrong:
            raise ValidationError(wrong)
        return values

    def _existing(self, key: str, values: dict[str, Any]) -> Any:
        """Return the row that is meant: by its key, else by what tells rows of this table apart; None: a new one."""
        rows = self.table.get_queryset(self.request)
        if key:
            try:
                return find(rows, key)
            except ValidationError as unknown:
                raise ValidationError({KEY: f"{unknown.messages[0]}. Leave it empty to enter a new row."}) from unknown
        told = {name: values.get(name) for name in self.table.import_keys}
        if not told or any(value in (None, "", "-") for value in told.values()):
            return None
        found = list(rows.filter(**told)[:2])
        if len(found) > 1:
            raise ValidationError({next(iter(told)): "several rows are called so; give the id"})
        return found[0] if found else None

    def _changed(self, old: Any, values: dict[str, Any], cells: dict[str, Any]) -> dict[str, Any]:
        """Return what to write: of a row that is there what differs, of a new one what is given."""
        if old is not None:
            return {name: value for name, value in values.items() if self.fields[name].differs(old, value)}
        given = {name: value for name, value in values.items() if plain(cells[name])}
        needed = [name for name in self.entered if _is_needed(self.fields[name].field) and name not in given]
        if needed:
            raise ValidationError(dict.fromkeys(needed, "a new row needs a value here"))
        return given

    def _write(self, old: Any, values: dict[str, Any]) -> Any:
        try:
            return self.table.write(old, values, self.request.user)
        except WriteRefused as refused:
            if isinstance(refused.cause, ValidationError):
                raise _beside_columns(refused.cause, self.fields) from refused
            raise ValidationError(words_of(refused.cause)) from refused


SESSION = "actions.Session"


def _is_file(column: Column) -> bool:
    return isinstance(column.field, models.FileField)


def _is_needed(field: Any) -> bool:
    return bool(not field.many_to_many and not field.blank and not field.null and not field.has_default())


def _beside_columns(refused: ValidationError, columns: Any) -> ValidationError:
    by_field = (
        getattr(refused, "message_dict", {NON_FIELD_ERRORS: refused.messages})
        if hasattr(refused, "error_dict")
        else {NON_FIELD_ERRORS: refused.messages}
    )
    told: dict[str, list[str]] = {}
    for name, words in by_field.items():
        told.setdefault(name if name in columns else NON_FIELD_ERRORS, []).extend(words)
    return ValidationError(told)


def _compared(before: Any, after: Any) -> str:
    if str(before) == str(after):
        return format_html("{}", after)
    if before == "":
        return format_html("<ins>{}</ins>", after)
    return format_html("<del>{}</del> <ins>{}</ins>", before, after)
