"""Whole lists as streams: one JSON object per line, or Arrow batches, in constant memory and without a cap."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.http import StreamingHttpResponse
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from bregma.alyx.api.modern.arrow import ArrowWriter
from bregma.alyx.errors import InvalidRequest
from bregma.alyx.policy import remembered_standings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet
    from rest_framework.renderers import BaseRenderer
    from rest_framework.request import Request

    from bregma.alyx.api.views import WireViewSet

    Chunks = Iterator[list[dict[str, Any]]]

CHUNK = 1000
"""Rows that are read and written at a time."""


class StreamRenderer(JSONRenderer):
    """A kind of answer that a list is streamed in; errors are plain JSON."""

    charset = None

    def stream(self, chunks: Chunks, serializer: Any, asked: tuple[str, ...]) -> Iterator[bytes]:
        """Write chunks of rows as they come."""
        raise NotImplementedError


class LinesRenderer(StreamRenderer):
    """One JSON object per line."""

    media_type = "application/x-ndjson"
    format = "ndjson"

    def stream(self, chunks: Chunks, serializer: Any, asked: tuple[str, ...]) -> Iterator[bytes]:
        """Write chunks of rows as they come."""
        for rows in chunks:
            yield b"".join(self.render(row) + b"\n" for row in rows)


class ArrowRenderer(StreamRenderer):
    """Arrow's streaming format: a schema, then batches of rows."""

    media_type = "application/vnd.apache.arrow.stream"
    format = "arrow"

    def stream(self, chunks: Chunks, serializer: Any, asked: tuple[str, ...]) -> Iterator[bytes]:
        """Write chunks of rows as they come."""
        writer = ArrowWriter(serializer, asked)
        for rows in chunks:
            yield writer.write(rows)
        yield writer.end()


class Streaming:
    """Lets a view of Django REST framework answer with streams, where it says so, and with JSON where it cannot."""

    def streams(self) -> bool:
        """Tell whether the view has something to stream."""
        return True

    def is_stream(self, request: Request) -> bool:
        """Tell whether the client asks for a stream."""
        return isinstance(getattr(request, "accepted_renderer", None), StreamRenderer)

    def get_renderers(self) -> list[BaseRenderer]:
        """Return what the view can answer with."""
        streams = (LinesRenderer(), ArrowRenderer()) if self.streams() else ()
        return [*super().get_renderers(), *streams]  # type: ignore[misc]

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Write errors as JSON to those who asked for a stream, too."""
        if isinstance(response, Response) and self.is_stream(request):
            request.accepted_renderer, request.accepted_media_type = JSONRenderer(), JSONRenderer.media_type
        return super().finalize_response(request, response, *args, **kwargs)  # type: ignore[misc]


def stream_list(view: WireViewSet, rows: QuerySet[Any], renderer: Any) -> StreamingHttpResponse:
    """Answer with all rows of a list; what goes wrong before the first of them is an ordinary error."""
    written = renderer.stream(_chunks(view, rows, _part(view, rows)), view.get_serializer(), view.columns)
    first = next(written, b"")
    return StreamingHttpResponse(chain([first], written), content_type=renderer.media_type)


def _part(view: WireViewSet, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return what ``limit`` and ``offset`` leave of the rows; there is no most."""
    asked = view.request.query_params
    if "cursor" in asked:
        raise InvalidRequest("a stream has no pages: leave out cursor, or ask for application/json")
    start, limit = (_count(asked.get(name, ""), name) for name in ("offset", "limit"))
    stop = None if limit is None else (start or 0) + limit
    return rows[start or 0 : stop] if start or limit is not None else rows


def _count(text: str, name: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        raise InvalidRequest(f"{name}={text[:20]!r} is no number of rows")
    return int(text)


def _chunks(view: WireViewSet, rows: QuerySet[Any], part: QuerySet[Any]) -> Chunks:
    """Read rows a chunk at a time, in the order of the list."""
    for keys in _keys(part):
        with remembered_standings():
            known = {row.pk: row for row in rows.filter(pk__in=keys)}
            chunk = [known[key] for key in keys if key in known]
            view.complete(chunk)
            written = view.written(chunk)
        yield written


def _keys(rows: QuerySet[Any]) -> Iterator[list[Any]]:
    """Give the keys of rows a chunk at a time.

    The database holds them beyond the transaction of the request, which ends before the answer is sent: Django's own
    cursors do not survive it.
    """
    try:
        statement, values = rows.values_list("pk").query.sql_with_params()
    except EmptyResultSet:
        return
    connection.ensure_connection()
    with connection.connection.cursor(f"stream_{uuid4().hex}", withhold=True) as held:
        held.execute(statement, values)
        while found := held.fetchmany(CHUNK):
            yield [row[0] for row in found]
