"""Endpoints of the cache tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import FileResponse, HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from bregma.alyx.data.tables import load_tables
from bregma.alyx.errors import UnknownName

if TYPE_CHECKING:
    from django.http import HttpResponseBase
    from rest_framework.request import Request


class CacheInfoView(APIView):
    """Say when the cache tables were made, and where they are."""

    @extend_schema(responses={200: dict}, operation_id="cache_info")
    def get(self, request: Request) -> HttpResponseBase:
        """Return what is known of the tables of all datasets, made anew if something changed."""
        return _answer(request, None)


class TaggedCacheInfoView(APIView):
    """Say the same of the tables of one tag."""

    @extend_schema(responses={200: dict}, operation_id="cache_info_tagged")
    def get(self, request: Request, tag: str) -> HttpResponseBase:
        """Return what is known of the tables of the datasets with a tag."""
        return _answer(request, tag)


class CacheArchiveView(APIView):
    """The cache tables as one archive."""

    @extend_schema(exclude=True)
    def get(self, request: Request) -> FileResponse:
        """Send the archive."""
        tables = load_tables(request.user, origin=_origin(request), tag=request.query_params.get("tag"))
        return FileResponse(tables.archive.open("rb"), filename="cache.zip", content_type="application/zip")


def _answer(request: Request, tag: str | None) -> HttpResponseBase:
    try:
        tables = load_tables(request.user, origin=_origin(request), tag=tag)
    except UnknownName as error:
        return HttpResponse(str(error), status=404)
    where = "/cache.zip" if tag is None else f"/cache.zip?tag={tag}"
    return Response({**tables.info, "location": request.build_absolute_uri(where)})


def _origin(request: Request) -> str:
    return request.get_host()
