"""Endpoints that count who downloaded what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from bregma.alyx.api.views import WireViewSet
from bregma.alyx.data.downloads import count_downloads
from bregma.alyx.data.filters import DownloadFilter
from bregma.alyx.data.models import Download
from bregma.alyx.data.serializers import DownloadSerializer
from bregma.alyx.data.texts import mapping_of, strings
from bregma.alyx.errors import InvalidRequest

if TYPE_CHECKING:
    from rest_framework.request import Request


class DownloadViewSet(WireViewSet):
    """How often people downloaded datasets, by uuid; they come to be by ``/new-download``."""

    model = Download
    serializer_class = DownloadSerializer
    filterset_class = DownloadFilter
    http_method_names = ("get", "put", "patch", "head", "options")

    def rows(self) -> Any:
        """Return counts with people."""
        return Download.objects.select_related("user").order_by("pk")


class NewDownloadSerializer(serializers.Serializer[Any]):
    """The body of ``/new-download``."""

    datasets = serializers.ListField(child=serializers.UUIDField(), help_text="A list, or texts with commas")
    projects = serializers.ListField(child=serializers.CharField(), required=False, help_text="Names")
    user = serializers.CharField(required=False, help_text="Whom to count it for: oneself")


class CountedDownloadsSerializer(serializers.Serializer[Any]):
    """The answer of ``/new-download``."""

    download = serializers.ListField(child=serializers.UUIDField(), help_text="One for each dataset")
    count = serializers.ListField(child=serializers.IntegerField(), help_text="How often by now")


class NewDownloadView(APIView):
    """Count that a person downloaded datasets."""

    model = Download

    @extend_schema(request=NewDownloadSerializer, responses={201: CountedDownloadsSerializer})
    def post(self, request: Request) -> Response:
        """Count one download of each dataset."""
        body = mapping_of(request.data, "one JSON object with datasets and projects")
        person: Any = request.user
        found = count_downloads(
            _datasets(body),
            strings(body.get("projects")),
            person=str(body.get("user") or ""),
            by=person,
        )
        return Response({"download": [str(row.pk) for row in found], "count": [row.count for row in found]}, status=201)


def _datasets(body: dict[str, Any]) -> list[str]:
    if body.get("datasets") is None:
        raise InvalidRequest("name what was downloaded: datasets, a list of uuids")
    return strings(body["datasets"])
