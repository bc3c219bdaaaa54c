"""Refuses what no view could use, before any reads it: addresses with a zero character, and bodies too large."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import JsonResponse

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

STORE = "/store/"


class Gate:
    """Middleware: answer 400 to a zero character, which PostgreSQL refuses, and 413 to a body that memory must hold.

    Bodies of files in the store are read a piece at a time, and may be as long as they were registered.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or let the request go on."""
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return _refuse(400, "the address has a zero character (%00); leave it out")
        most = settings.BREGMA_MOST_BODY_BYTES
        if not request.path.startswith(STORE) and _length(request) > most:
            return _refuse(413, f"the body has more than {most} bytes; send less at once, and files to {STORE}")
        return self.get_response(request)


def _length(request: HttpRequest) -> int:
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isascii() and length.isdigit() and len(length) < 20 else 0


def _refuse(status: int, words: str) -> JsonResponse:
    return JsonResponse({"status_code": status, "detail": words}, status=status)
