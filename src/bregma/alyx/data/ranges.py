"""Ranges of files over HTTP: which bytes a request asks for, and the answer where there are none of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse

from bregma.store import Range, RangeNotSatisfiable, parse_range

if TYPE_CHECKING:
    from rest_framework.request import Request


def asked_range(request: Request, etag: str, size: int) -> Range | HttpResponse | None:
    """Return the bytes that a request asks for; None for all of them, an answer where the file has none of them.

    A client that has a part of other content, as its ``If-Range`` tells, gets all.
    """
    known = request.headers.get("If-Range")
    header = None if known and known != etag else request.headers.get("Range")
    try:
        return parse_range(header, size)
    except RangeNotSatisfiable:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
