"""Writes delegations: a person lets another act on the own subjects for a time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from bregma.alyx.access.models import Delegation
from bregma.alyx.accounts import AccountError

if TYPE_CHECKING:
    from datetime import date
    from typing import Any
    from uuid import UUID

    from bregma.alyx.misc.models import LabMember


@transaction.atomic
def delegate(
    owner: LabMember,
    to: LabMember,
    *,
    start: date,
    end: date | None = None,
    reason: str = "",
) -> Delegation:
    """Let a person act on another's subjects from a day to a day, both included.

    Raises
    ------
    AccountError
        If the delegate may not enter data: a public or a closed account.
    ValidationError
        If it is the owner, or the days are in the wrong order.
    """
    if to.is_public_user or not to.is_active:
        raise AccountError(f"{to} is no account of a member; choose a person who works here")
    row = Delegation(owner=owner, delegate=to, start_date=start, end_date=end, reason=reason.strip())
    row.full_clean()
    row.save(force_insert=True)
    return row


@transaction.atomic
def end_delegation(key: UUID, *, by: Any, today: date | None = None) -> None:
    """End a delegation now: from today on it lets nobody do anything. One that has not begun is removed.

    Raises
    ------
    AccountError
        If there is no such delegation.
    PermissionDenied
        If it is another's.
    """
    row = Delegation.objects.select_for_update().filter(pk=key).first()
    if row is None:
        raise AccountError("there is no such delegation; it may have been ended before")
    if row.owner_id != by.pk and not by.is_superuser:
        raise PermissionDenied("only the person who gave it, or an administrator, ends a delegation")
    yesterday = (today or timezone.localdate()) - timedelta(days=1)
    if row.start_date > yesterday:
        row.delete()
    elif row.end_date is None or row.end_date > yesterday:
        row.end_date = yesterday
        row.save(update_fields=["end_date"])
