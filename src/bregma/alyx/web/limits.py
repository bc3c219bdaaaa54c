"""How often a visitor may try to log in: one count for the log-in page and ``/auth-token``."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from django.core.cache import caches
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

if TYPE_CHECKING:
    from django.http import HttpRequest


class LogInThrottle(SimpleRateThrottle):
    """Counts attempts per address of the visitor, in the cache that all web processes share."""

    scope = "log_in"

    @property
    def cache(self) -> Any:
        """The cache that all processes share."""
        return caches["shared"]

    def get_cache_key(self, request: Request, view: APIView) -> str:
        """Name the count of this visitor."""
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}


def check_log_in_rate(request: HttpRequest) -> int | None:
    """Count one attempt; return None when it may go on, or the seconds to wait."""
    throttle = LogInThrottle()
    if throttle.allow_request(Request(request), APIView()):
        return None
    return max(1, math.ceil(throttle.wait() or 60))
