"""Reads notices: one's own, how many are unread, what became of each mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count, Q
from django.utils.formats import date_format
from django.utils.timezone import localtime

from bregma.alyx import policy
from bregma.alyx.actions.models import NotificationRule, NotificationType
from bregma.alyx.inbox.models import Delivery

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from bregma.alyx.misc.models import LabMember
    from bregma.alyx.policy import User

Status = Delivery.Status
_KEPT = "_unread_notices"


def list_notices(user: LabMember, *, unread: bool = False, kind: str = "") -> QuerySet[Delivery]:
    """Return one's own notices with their subjects, the newest first; one query."""
    rows = Delivery.objects.filter(user=user).select_related("notification__subject").order_by("-created", "pk")
    if unread:
        rows = rows.filter(read_at__isnull=True)
    return rows.filter(notification__notification_type=kind) if kind else rows


def list_deliveries(user: User) -> QuerySet[Delivery]:
    """Return what was delivered: to everybody for administrators, else to oneself."""
    rows = Delivery.objects.select_related("notification__subject", "user")
    return policy.readable(user, rows)


def count_by_type(user: LabMember) -> list[tuple[str, str, int, int]]:
    """Return each type that one has notices of: key, words, how many, how many unread."""
    found = (
        Delivery.objects.filter(user=user)
        .order_by()
        .values_list("notification__notification_type")
        .annotate(n=Count("pk"), unread=Count("pk", filter=Q(read_at__isnull=True)))
    )
    counts = {kind: (n, unread) for kind, n, unread in found}
    return [(kind.value, kind.label, *counts[kind]) for kind in NotificationType if kind in counts]


def unread_count(user: LabMember) -> int:
    """Count one's unread notices; one query in a request, as the account is read once in each."""
    kept: int | None = getattr(user, _KEPT, None)
    if kept is None:
        kept = Delivery.objects.filter(user=user.pk, read_at__isnull=True).count()
        setattr(user, _KEPT, kept)
    return kept


def scopes_of(user: LabMember) -> dict[NotificationType, NotificationRule.Scope]:
    """Return about which subjects one wants each type: one's own, unless one chose otherwise."""
    chosen = dict(NotificationRule.objects.filter(user=user).values_list("notification_type", "subjects_scope"))
    return {kind: NotificationRule.Scope(chosen.get(kind, NotificationRule.Scope.MINE)) for kind in NotificationType}


def mail_words(row: Delivery) -> str:
    """Say what became of the mail of a delivery."""
    if row.status == Status.SENT and row.sent_at:
        return f"mailed {date_format(localtime(row.sent_at), 'j M, H:i')}"
    if row.status == Status.FAILED:
        return f"mail given up: {row.error}"
    if row.status == Status.WAITING:
        when = date_format(localtime(row.next_attempt), "j M, H:i")
        return f"mail waits until {when}; attempt {row.attempts}: {row.error}" if row.error else f"mail waits, {when}"
    return f"here only: {row.error}" if row.error else "here only"
