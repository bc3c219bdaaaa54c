"""Endpoint that tells which files are still to be copied to a server, and queues them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from bregma.alyx import policy
from bregma.alyx.data.copies import queue_copies, waiting_paths
from bregma.alyx.data.models import DataRepository

if TYPE_CHECKING:
    from rest_framework.request import Request


class SyncFileStatusView(APIView):
    """Which files a server still lacks."""

    model = DataRepository

    @extend_schema(responses={200: {"type": "array", "items": {"type": "string"}}}, operation_id="sync_file_status")
    def get(self, request: Request) -> Response:
        """List the paths of files that a server lacks and another repository may send, without doing anything."""
        if not policy.is_member(request.user):
            raise PermissionDenied("only members of the collaboration see what is to be copied")
        return Response(waiting_paths())

    @extend_schema(request=None, responses={200: OpenApiTypes.STR})
    def post(self, request: Request) -> Response:
        """Look which files have arrived in the own store, and mark those that others are to send."""
        member: Any = request.user
        queue_copies(by=member)
        return Response("ok")
