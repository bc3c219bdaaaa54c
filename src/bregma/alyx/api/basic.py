"""Name and password in a header, as the data server log-in of ONE sends them."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.cache import cache
from django.db.models import Exists, OuterRef
from rest_framework.authentication import BasicAuthentication
from rest_framework.exceptions import AuthenticationFailed, Throttled

from bregma.alyx.access import tokens
from bregma.alyx.access.authentication import accept_personal_token
from bregma.alyx.access.second_factor import SECOND_FACTOR_MISSING, has_second_factor
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
    ) -> tuple[Any, Any]:
        """Check a name and password; the slow check is done once in a while, not for each file.

        A personal token may stand in place of the password; it must, where a second factor protects the account.
        """
        if password.startswith(tokens.START):
            return _accept_token(userid, password)
        key = _fingerprint(userid, password)
        known = cache.get(key)
        if known is not None:
            same = LabMember.objects.filter(pk=known[0], password=known[1], is_active=True)
            user = same.filter(~Exists(_second_factors())).first()
            if user is not None:
                return (user, None)
        throttle = LogInThrottle(userid)
        if request is not None and not throttle.allow_request(request, self):  # type: ignore[arg-type]
            raise Throttled(wait=throttle.wait())
        found, _ = super().authenticate_credentials(userid, password, request)  # type: ignore[arg-type]
        if has_second_factor(found):
            raise AuthenticationFailed(SECOND_FACTOR_MISSING)
        cache.set(key, (found.pk, found.password), REMEMBERED_SECONDS)
        return (found, None)


def _accept_token(userid: str, text: str) -> tuple[Any, Any]:
    user, token = accept_personal_token(text)
    if user.get_username() != userid:
        raise AuthenticationFailed("Invalid token.")
    return (user, token)


def _second_factors() -> Any:
    return Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)


def _fingerprint(userid: str, password: str) -> str:
    message = f"{len(userid)}:{userid}:{password}".encode()
    return "basic-" + hmac.new(settings.SECRET_KEY.encode(), message, hashlib.sha256).hexdigest()
