"""Lets a program sign in by a browser: it shows a code, which a person approves on the page ``/connect``."""

from __future__ import annotations

import secrets
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from bregma.alyx.access.models import DeviceCode
from bregma.alyx.access.tokens import create_token, digest_of
from bregma.alyx.accounts import AccountError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bregma.alyx.misc.models import LabMember

LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
"""Of codes that people type: no vowels, which make words, and nothing that looks like another."""
LENGTH = 8
LASTS = timedelta(minutes=10)
INTERVAL = timedelta(seconds=5)


class Answer(StrEnum):
    """Why a program gets no token yet, or never; the words of RFC 8628."""

    PENDING = "authorization_pending"
    SLOW_DOWN = "slow_down"
    DENIED = "access_denied"
    EXPIRED = "expired_token"


@transaction.atomic
def begin(name: str, *, address: str | None = None) -> tuple[str, str]:
    """Make a pair of codes: one that the program keeps, and one that it shows to a person.

    Parameters
    ----------
    name : str
        What the program says of itself, such as the name of its machine.
    address : str, optional
        Where it asks from.
    """
    now = timezone.now()
    DeviceCode.objects.filter(expires_at__lt=now - LASTS).delete()
    device_code, user_code = secrets.token_urlsafe(32), "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    DeviceCode.objects.create(
        name="".join(filter(str.isprintable, name)).strip()[:80] or "a program",
        address=address,
        digest=digest_of(device_code),
        user_digest=_digest_of_shown(user_code),
        created=now,
        expires_at=now + LASTS,
    )
    return device_code, f"{user_code[:4]}-{user_code[4:]}"


def find_waiting(user_code: str) -> DeviceCode | None:
    """Return what waits for a decision under the code that a person typed, or None; one query."""
    waiting = DeviceCode.objects.filter(user__isnull=True, denied_at__isnull=True, expires_at__gt=timezone.now())
    return waiting.filter(user_digest=_digest_of_shown(user_code)).first()


@transaction.atomic
def approve(user_code: str, *, by: LabMember, scopes: Iterable[str], days: int) -> DeviceCode:
    """Let the program have a token of this person; it is made when the program next asks.

    Raises
    ------
    AccountError
        If nothing waits under the code.
    """
    row = _locked(user_code)
    row.user, row.scopes, row.days = by, list(scopes), days
    row.save(update_fields=["user", "scopes", "days"])
    return row


@transaction.atomic
def refuse(user_code: str) -> DeviceCode:
    """Let the program never have a token by this code. Raises as :func:`approve`."""
    row = _locked(user_code)
    row.denied_at = timezone.now()
    row.save(update_fields=["denied_at"])
    return row


@transaction.atomic
def redeem(device_code: str) -> str | Answer:
    """Return the token of an approved code, once, or say why there is none."""
    row = DeviceCode.objects.select_for_update().filter(digest=digest_of(device_code)).first()
    now = timezone.now()
    if row is None or row.expires_at <= now:
        return Answer.EXPIRED
    if row.denied_at is not None:
        row.delete()
        return Answer.DENIED
    if row.user is None:
        asked, row.last_used_at = row.last_used_at, now
        row.save(update_fields=["last_used_at"])
        return Answer.SLOW_DOWN if asked is not None and now - asked < INTERVAL * 0.8 else Answer.PENDING
    return _exchange(row)


def _exchange(row: DeviceCode) -> str | Answer:
    person, name, scopes, days = row.user, row.name, row.scopes, row.days
    row.delete()
    if person is None or not person.is_active:
        return Answer.DENIED
    return create_token(person, name=name, days=days, scopes=scopes)[1]


def _locked(user_code: str) -> DeviceCode:
    found = find_waiting(user_code)
    row = None if found is None else DeviceCode.objects.select_for_update().filter(pk=found.pk).first()
    if row is None or row.user is not None or row.denied_at is not None:
        raise AccountError("no program waits with this code; compare it, or begin again in the terminal")
    return row


def _digest_of_shown(user_code: str) -> str:
    """Return a digest that only this installation can make: the code itself is short."""
    letters = "".join(letter for letter in user_code.upper() if letter.isalnum())
    return salted_hmac("bregma device code", letters, algorithm="sha256").hexdigest()
