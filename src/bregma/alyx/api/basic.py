"""Name and password in a header, as the data server log-in of ONE sends them."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.cache import cache
from rest_framework.authentication import BasicAuthentication
from rest_framework.exceptions import Throttled

from bregma.alyx.api.throttles import LogInThrottle
from bregma.alyx.misc.models import LabMember

if TYPE_CHECKING:
    from django.http import HttpRequest
    from rest_framework.request import Request

REMEMBERED_SECONDS = 300


class PasswordAuthentication(BasicAuthentication):
    """HTTP Basic, with attempts counted; a password that was right is remembered for five minutes."""

    www_authenticate_realm = "bregma"

    def authenticate_credentials(
        self, userid: str, password: str, request: HttpRequest | Request | None = None
    ) -> tuple[Any, None]:
        """Check a name and password; the slow check is done once in a while, not for each file."""
        key = _fingerprint(userid, password)
        known = cache.get(key)
        if known is not None:
            user = LabMember.objects.filter(pk=known[0], password=known[1], is_active=True).first()
            if user is not None:
                return (user, None)
        throttle = LogInThrottle()
        if request is not None and not throttle.allow_request(request, self):  # type: ignore[arg-type]
            raise Throttled(wait=throttle.wait())
        found, _ = super().authenticate_credentials(userid, password, request)  # type: ignore[arg-type]
        cache.set(key, (found.pk, found.password), REMEMBERED_SECONDS)
        return (found, None)


def _fingerprint(userid: str, password: str) -> str:
    message = f"{len(userid)}:{userid}:{password}".encode()
    return "basic-" + hmac.new(settings.SECRET_KEY.encode(), message, hashlib.sha256).hexdigest()
