"""Per request: what people are is asked once; those who need a second factor set it up first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponseRedirect
from django.urls import reverse

from bregma.alyx.access.second_factor import has_second_factor, needs_second_factor
from bregma.alyx.policy import remembered_standings

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

OPEN_PREFIXES = ("/account/", "/logout", "/login", "/static/")
KNOWN = "access.second_factor"


class RequestPolicy:
    """Middleware: what the person who asks is in which lab is read from the database once per request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, remembering what people are."""
        with remembered_standings():
            return self.get_response(request)


class SecondFactor:
    """Middleware: where the lab requires it, people without a second factor see only the page that sets one up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or lead to the page that sets up a second factor."""
        if settings.BREGMA_REQUIRE_TOTP and not request.path.startswith(OPEN_PREFIXES) and _is_missing(request):
            return HttpResponseRedirect(reverse("mfa_activate_totp"))
        return self.get_response(request)


def _is_missing(request: HttpRequest) -> bool:
    """Tell whether a person who is logged in needs a second factor and has none; what was found is kept a session."""
    user = request.user
    if not user.is_authenticated or not needs_second_factor(user) or request.session.get(KNOWN):
        return False
    if not has_second_factor(user):
        return True
    request.session[KNOWN] = True
    return False
