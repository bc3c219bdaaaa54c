"""A list as a file: exactly the rows that its filters leave, in their order."""

from __future__ import annotations

import csv
from datetime import datetime
from io import StringIO
from typing import TYPE_CHECKING, Any

import tablib
from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bregma.alyx.web.lists.declaration import Column
    from bregma.alyx.web.lists.question import Question

MOST_ROWS = 100_000
AT_ONCE = 1000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for a formula at the beginning of a text."""


def write_csv(asked: Question) -> StreamingHttpResponse:
    """Answer with a CSV file, a piece at a time."""
    response = StreamingHttpResponse(_csv_lines(asked), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = _attachment(asked, "csv")
    return response


def write_xlsx(asked: Question) -> HttpResponse:
    """Answer with a spreadsheet."""
    columns = _columns(asked)
    sheet = tablib.Dataset(headers=[column.label for column in columns], title=asked.page.title[:31])
    for values in _rows(asked, columns):
        sheet.append(values)
    response = HttpResponse(sheet.export("xlsx"), content_type=XLSX)
    response.headers["Content-Disposition"] = _attachment(asked, "xlsx")
    return response


def _columns(asked: Question) -> list[Column]:
    return [column for column in asked.columns if column.in_file]


def _rows(asked: Question, columns: list[Column]) -> Iterator[list[Any]]:
    for part in _parts(asked):
        if asked.page.prepare:
            asked.page.prepare(part, asked.user)
        for row in part:
            yield [safe_cell(column.write(row)) for column in columns]


def _parts(asked: Question) -> Iterator[list[Any]]:
    """Give the rows, some at a time: what ``prepare`` adds costs its queries once for each part."""
    part: list[Any] = []
    for row in asked.rows[:MOST_ROWS].iterator(chunk_size=AT_ONCE):
        part.append(row)
        if len(part) == AT_ONCE:
            yield part
            part = []
    if part:
        yield part


def _csv_lines(asked: Question) -> Iterator[str]:
    columns = _columns(asked)
    buffer = StringIO()
    writer = csv.writer(buffer)
    writer.writerow([column.label for column in columns])
    for values in _rows(asked, columns):
        writer.writerow(values)
        if buffer.tell() > 1 << 16:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def safe_cell(value: Any) -> Any:
    """Return a value as a cell holds it: no formula, no time zone, no list."""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None).isoformat(" ", "minutes")
    if isinstance(value, (list, tuple, set)):
        value = ", ".join(str(one) for one in value)
    text = str(value)
    return f"'{text}" if text.startswith(DANGEROUS) else text


def _attachment(asked: Question, extension: str) -> str:
    return f'attachment; filename="{asked.page.key}-{timezone.localdate():%Y-%m-%d}.{extension}"'
