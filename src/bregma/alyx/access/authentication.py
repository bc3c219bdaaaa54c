"""Personal tokens beside the legacy token: ``Authorization: Token brg_…``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework.authentication import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS, BasePermission

from bregma.alyx.access import tokens
from bregma.alyx.access.models import ApiToken, Scope
from bregma.alyx.policy import limit_to_scopes

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView


class AnyToken(TokenAuthentication):
    """A legacy token, or a personal one with scopes and an end."""

    def authenticate_credentials(self, key: str) -> tuple[Any, Any]:
        """Return the person and the token; every refusal says the same."""
        if not key.startswith(tokens.START):
            return super().authenticate_credentials(key)
        return accept_personal_token(key)


class TokenScopes(BasePermission):
    """A token that may only read never writes; what others may write the policy says, row by row."""

    message = "This token may only read. Make one that may write on your account page, /account/."

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Judge the method; sessions and legacy tokens have no scopes."""
        token = request.auth
        if not isinstance(token, ApiToken) or request.method in SAFE_METHODS:
            return True
        return bool(set(token.scopes) - {Scope.READ.value})


def accept_personal_token(key: str) -> tuple[Any, ApiToken]:
    """Return the person whose token this is, limited to its scopes, and the token.

    Raises
    ------
    AuthenticationFailed
        If it is unknown, expired or revoked: always with the same words.
    """
    token = tokens.find_token(key)
    if token is None:
        raise AuthenticationFailed("Invalid token.")
    tokens.note_use(token)
    limit_to_scopes(token.user, token.scopes)
    return (token.user, token)
