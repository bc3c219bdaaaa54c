"""How often an account may ask, and an address may try to log in (counted for all web processes together)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.cache import caches
from rest_framework.throttling import SimpleRateThrottle, UserRateThrottle

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView


class RequestThrottle(UserRateThrottle):
    """Requests, per account. Administrators are not held up: they enter whole labs at once."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Tell whether the request may be answered now."""
        return bool(request.user.is_superuser) or super().allow_request(request, view)


class LogInThrottle(SimpleRateThrottle):
    """Attempts to log in, per address."""

    scope = "log_in"
    cache = caches["shared"]

    def get_cache_key(self, request: Request, view: APIView) -> str:
        """Count by address."""
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}
