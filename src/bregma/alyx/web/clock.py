"""Shows pages by the clock of the lab: what today is there, and at which hour something was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from bregma.alyx.policy import zone_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

PAGES = ("/today/", "/colony/", "/notebook/", "/inbox/", "/search/")
"""Beginnings of the addresses of pages. REST and the admin stay in UTC, whoever asks."""


class LabClock:
    """Middleware: on pages, the current time zone is that of the lab in which the person works.

    A page about one record takes the zone of that record's lab instead.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer by the clock of the lab."""
        if not request.path.startswith(PAGES):
            return self.get_response(request)
        with timezone.override(zone_of(request.user)):
            return self.get_response(request)
