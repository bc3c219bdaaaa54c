"""How often an address may ask without an account: refused before anything is read from the database."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import JsonResponse
from rest_framework.views import APIView

from bregma.alyx.api.throttles import AddressThrottle

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


class AnonymousRate:
    """Middleware: REST requests that carry neither token nor cookie are counted by address, before all else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Refuse a request that comes too soon."""
        kind = getattr(view, "cls", None)
        if not (isinstance(kind, type) and issubclass(kind, APIView) and kind.throttle_classes):
            return None
        if "HTTP_AUTHORIZATION" in request.META or settings.SESSION_COOKIE_NAME in request.COOKIES:
            return None
        throttle = AddressThrottle()
        if throttle.allow_request(request, kind()):  # type: ignore[arg-type]
            return None
        return _too_many(ceil(throttle.wait() or 1))


def _too_many(seconds: int) -> HttpResponse:
    words = f"Request was throttled. Expected available in {seconds} second{'s' * (seconds != 1)}."
    body = {"detail": words, "status_code": 429}
    return JsonResponse(body, status=429, headers={"Retry-After": str(seconds)})
