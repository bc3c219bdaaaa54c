"""Writes what people want to hear, and marks what they have read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from bregma.alyx import policy
from bregma.alyx.actions.models import NotificationRule
from bregma.alyx.inbox.hours import Frequency, next_mail
from bregma.alyx.inbox.models import Delivery, MailPreference

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet

    from bregma.alyx.misc.models import LabMember


@transaction.atomic
def mark_read(delivery: Delivery, *, by: LabMember) -> None:
    """Mark one notice as read; it is mailed no more. Raises PermissionDenied if it is another's."""
    policy.check_may_write(by, delivery)
    _read(Delivery.objects.filter(pk=delivery.pk))


@transaction.atomic
def mark_all_read(*, by: LabMember) -> int:
    """Mark all one's notices as read; return how many were not."""
    return _read(Delivery.objects.filter(user=by))


@transaction.atomic
def set_preferences(frequency: str, digest_hour: int, scopes: Mapping[str, str], *, by: LabMember) -> None:
    """Choose how one is mailed, and about which subjects one hears each type; what waits follows.

    Raises
    ------
    PermissionDenied
        If the account is shared by many.
    """
    wanted = MailPreference(user=by, frequency=frequency, digest_hour=digest_hour)
    policy.check_may_write(by, wanted)
    wanted.full_clean(validate_unique=False)
    MailPreference.objects.update_or_create(user=by, defaults={"frequency": frequency, "digest_hour": digest_hour})
    for kind, scope in scopes.items():
        NotificationRule.objects.update_or_create(
            user=by, notification_type=kind, defaults={"subjects_scope": NotificationRule.Scope(scope)}
        )
    _reschedule(wanted)


def _read(rows: QuerySet[Delivery]) -> int:
    """Mark deliveries as read; those whose mail was never tried need none."""
    unread = rows.filter(read_at__isnull=True)
    unread.filter(status=Delivery.Status.WAITING, letter__isnull=True).update(status=Delivery.Status.ON_PAGE)
    return unread.update(read_at=timezone.now())


def _reschedule(preference: MailPreference) -> None:
    waiting = Delivery.objects.filter(
        user=preference.user, status=Delivery.Status.WAITING, attempts=0, letter__isnull=True
    )
    if preference.frequency == Frequency.NEVER:
        waiting.update(status=Delivery.Status.ON_PAGE)
    else:
        waiting.update(next_attempt=next_mail(preference, timezone.now()))
