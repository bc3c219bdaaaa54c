"""How often a visitor may try to log in: the count of the log-in page is that of ``/auth-token``."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rest_framework.request import Request
from rest_framework.views import APIView

from bregma.alyx.api.throttles import LogInThrottle

if TYPE_CHECKING:
    from django.http import HttpRequest


def check_log_in_rate(request: HttpRequest, name: str) -> int | None:
    """Count one attempt under a name; return None when it may go on, or the seconds to wait."""
    throttle = LogInThrottle(name)
    if throttle.allow_request(Request(request), APIView()):
        return None
    return max(1, math.ceil(throttle.wait() or 60))
