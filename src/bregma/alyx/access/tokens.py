"""Makes, finds and revokes personal tokens."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from bregma.alyx.access.models import ApiToken, Scope
from bregma.alyx.accounts import AccountError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any
    from uuid import UUID

    from bregma.alyx.misc.models import LabMember

START = "brg_"
PREFIX_LENGTH = 12
MOST_DAYS = 365
USE_IS_NOTED_EVERY = timedelta(minutes=10)


@transaction.atomic
def create_token(
    user: LabMember, *, name: str, days: int, scopes: Iterable[str] = (Scope.READ,)
) -> tuple[ApiToken, str]:
    """Make a token for a person; its text is returned here and kept nowhere.

    Parameters
    ----------
    user : LabMember
        Whose token it is.
    name : str
        What it is for.
    days : int
        How long it is good, 1 to 365.
    scopes : names of :class:`Scope`
        What it may do; reading is always among it.

    Raises
    ------
    AccountError
        If the name is empty, the days are out of range, or a scope is unknown or not for this person.
    """
    _check(user, name, days)
    text = START + secrets.token_urlsafe(32)
    now = timezone.now()
    row = ApiToken.objects.create(
        user=user,
        name=name.strip(),
        prefix=text[:PREFIX_LENGTH],
        digest=digest_of(text),
        scopes=_check_scopes(scopes),
        created=now,
        expires_at=now + timedelta(days=days),
    )
    return row, text


def find_token(text: str) -> ApiToken | None:
    """Return the open token of an active account that this text is, or None; one query."""
    found = ApiToken.objects.select_related("user").filter(digest=digest_of(text), user__is_active=True).first()
    return found if found is not None and found.is_open(timezone.now()) else None


def note_use(token: ApiToken) -> None:
    """Record that a token was used, at most once in ten minutes."""
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at > USE_IS_NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)


@transaction.atomic
def revoke_token(key: UUID, *, by: Any) -> ApiToken:
    """Revoke a token of one's own, or any as a superuser. What is revoked stays revoked.

    Raises
    ------
    AccountError
        If there is no such token.
    PermissionDenied
        If it is another's.
    """
    token = ApiToken.objects.select_for_update().filter(pk=key).first()
    if token is None:
        raise AccountError("there is no such token; it may have been removed with its account")
    if token.user_id != by.pk and not by.is_superuser:
        raise PermissionDenied("this token is another's; only its owner or an administrator revokes it")
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
    return token


def digest_of(text: str) -> str:
    """Return the sha256 of a token, as rows keep it. The text is 256 random bits: no salt is needed."""
    return hashlib.sha256(text.encode()).hexdigest()


def _check(user: LabMember, name: str, days: int) -> None:
    if not name.strip():
        raise AccountError("a token needs a name that says what it is for, such as: rig 3")
    if not 1 <= days <= MOST_DAYS:
        raise AccountError(f"a token is good for 1 to {MOST_DAYS} days, not {days}; make a new one when it expires")
    if not user.is_active:
        raise AccountError(f"the account {user} is closed; open it before making a token")


def _check_scopes(scopes: Iterable[str]) -> list[str]:
    asked = {str(scope) for scope in scopes} | {Scope.READ.value}
    if unknown := asked - set(Scope.values):
        raise AccountError(f"no scope is called {min(unknown)!r}; choose among {', '.join(Scope.values)}")
    return [scope for scope in Scope.values if scope in asked]
