"""Endpoints of the cache tables: what they are, the archive of them, and what changed since."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.utils.http import parse_etags, quote_etag
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from bregma.alyx.data.ranges import asked_range
from bregma.alyx.data.tables import ChangesUnknown, load_tables, scope_of
from bregma.alyx.errors import InvalidRequest, UnknownName
from bregma.store import LocalStore

Answer = TypeVar("Answer", bound="HttpResponseBase")

if TYPE_CHECKING:
    from pathlib import Path

    from django.http import HttpResponseBase
    from rest_framework.request import Request

    from bregma.alyx.data.tables import Scope, Tables
    from bregma.store import Range

ZIP = "application/zip"
UNCHANGED = OpenApiResponse(description="Nothing changed since `If-None-Match`")
TAG = OpenApiParameter("tag", str, description="Only datasets with this tag, and what belongs to them")
KNOWN = OpenApiParameter("If-None-Match", str, OpenApiParameter.HEADER, description="The ETag of an earlier answer")
SINCE = OpenApiParameter(
    "since", str, required=True, description="The ETag of tables or of a delta; or a moment, ISO 8601 in UTC"
)
NO_TAG = OpenApiResponse(OpenApiTypes.STR, description="There is no such tag")
INFO = inline_serializer(
    "CacheInfo",
    {
        "date_created": serializers.CharField(help_text="'YYYY-MM-DD HH:MM', UTC"),
        "origin": serializers.CharField(help_text="The server that made them"),
        "min_api_version": serializers.CharField(help_text="The oldest ONE-api that reads them"),
        "database_tags": serializers.ListField(child=serializers.CharField(), required=False),
        "location": serializers.URLField(help_text="Of the archive"),
        "tables": serializers.DictField(help_text="Rows and bytes of each"),
    },
)


class CacheInfoView(APIView):
    """Say when the cache tables were made, and where they are."""

    @extend_schema(
        parameters=[KNOWN, TAG],
        responses={200: INFO, 304: UNCHANGED, (404, "text/html"): NO_TAG},
        operation_id="cache_info",
    )
    def get(self, request: Request) -> HttpResponseBase:
        """Return what is known of the tables of all that one may read, made anew if something changed."""
        return _answer(request, request.query_params.get("tag"))


class TaggedCacheInfoView(APIView):
    """Say the same of the tables of one tag."""

    @extend_schema(
        parameters=[KNOWN],
        responses={200: INFO, 304: UNCHANGED, (404, "text/html"): NO_TAG},
        operation_id="cache_info_tagged",
    )
    def get(self, request: Request, tag: str) -> HttpResponseBase:
        """Return what is known of the tables of the datasets with a tag."""
        return _answer(request, tag)


class CacheArchiveView(APIView):
    """The cache tables as one archive."""

    @extend_schema(
        parameters=[
            KNOWN,
            TAG,
            OpenApiParameter("Range", str, OpenApiParameter.HEADER, description="Which bytes, such as bytes=0-99"),
        ],
        responses={
            (200, ZIP): OpenApiTypes.BINARY,
            (206, ZIP): OpenApiTypes.BINARY,
            304: UNCHANGED,
            (404, "text/html"): NO_TAG,
            416: OpenApiResponse(description="The range begins after the end"),
        },
        operation_id="cache_archive",
    )
    def get(self, request: Request) -> HttpResponseBase:
        """Send the archive, or the range of it that is asked for: sessions.pqt, datasets.pqt and others."""
        found = _tables(request, request.query_params.get("tag"))
        return _send(request, found) if not isinstance(found, HttpResponse) else found


class CacheDeltaView(APIView):
    """What changed in the cache tables."""

    @extend_schema(
        parameters=[SINCE, TAG],
        responses={
            (200, ZIP): OpenApiTypes.BINARY,
            204: OpenApiResponse(description="Nothing changed"),
            400: OpenApiResponse(description="`since` is missing, or cannot be read"),
            (404, "text/html"): NO_TAG,
            410: OpenApiResponse(description="What changed since is not known; download the archive"),
        },
        operation_id="cache_delta",
    )
    def get(self, request: Request) -> HttpResponseBase:
        """Send the rows that changed since, as tables in a zip; ``deleted.pqt`` names those that are gone."""
        since = request.query_params.get("since", "").strip().removeprefix("W/").strip('"')
        if not since:
            raise InvalidRequest("since is missing: the ETag of /cache/info, or a moment such as 2026-01-31T10:00:00")
        scope = _scope(request, request.query_params.get("tag"))
        return scope if isinstance(scope, HttpResponse) else _changes(scope, since)


def _changes(scope: Scope, since: str) -> HttpResponseBase:
    from bregma.alyx.data.tables.delta import load_delta

    try:
        delta = load_delta(scope, since)
    except ChangesUnknown as error:
        return Response({"detail": str(error), "status_code": 410}, status=410)
    if delta.content is None:
        return _labelled(HttpResponse(status=204), delta.etag)
    response = HttpResponse(delta.content, content_type=ZIP)
    response.headers["Content-Disposition"] = 'attachment; filename="delta.zip"'
    return _labelled(response, delta.etag)


def _scope(request: Request, tag: str | None) -> Scope | HttpResponse:
    """Find out whose tables are asked for; without such a tag, the answer that says so in plain text."""
    try:
        return scope_of(request.user, tag)
    except UnknownName as error:
        return HttpResponse(str(error), status=404, content_type="text/html; charset=utf-8")


def _tables(request: Request, tag: str | None) -> Tables | HttpResponse:
    """Return the tables that are asked for; or the answer that there are none, or that they are known."""
    scope = _scope(request, tag)
    if isinstance(scope, HttpResponse):
        return scope
    tables = load_tables(scope)
    known = parse_etags(request.headers.get("If-None-Match", ""))
    if quote_etag(tables.etag) in [each.removeprefix("W/") for each in known] or known == ["*"]:
        return _labelled(HttpResponse(status=304), tables.etag)
    return tables


def _answer(request: Request, tag: str | None) -> HttpResponseBase:
    tables = _tables(request, tag)
    if isinstance(tables, HttpResponse):
        return tables
    where = "/cache.zip" if not tag else f"/cache.zip?tag={tag}"
    body: dict[str, Any] = {**tables.info, "location": request.build_absolute_uri(where)}
    return _labelled(Response(body), tables.etag)


def _send(request: Request, tables: Tables) -> HttpResponseBase:
    size = tables.archive.stat().st_size
    part = asked_range(request, quote_etag(tables.etag), size)
    if isinstance(part, HttpResponse):
        return part
    response: HttpResponseBase
    if request.method == "HEAD":
        response = HttpResponse(content_type=ZIP, headers={"Content-Length": str(size)})
    else:
        response = _part(tables.archive, part) if part else FileResponse(tables.archive.open("rb"), content_type=ZIP)
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Content-Disposition"] = 'attachment; filename="cache.zip"'
    return _labelled(response, tables.etag)


def _part(archive: Path, part: Range) -> StreamingHttpResponse:
    chunks = LocalStore(archive.parent).read(archive.name, part.start, part.stop)
    headers = {"Content-Range": part.content_range, "Content-Length": str(len(part))}
    return StreamingHttpResponse(chunks, status=206, content_type=ZIP, headers=headers)


def _labelled(response: Answer, etag: str) -> Answer:
    response.headers["ETag"] = quote_etag(etag)
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Authorization, Cookie"
    return response
