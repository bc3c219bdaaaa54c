"""Tells people things: one notification, one delivery for each of them. Mail leaves later, from the outbox."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from bregma.alyx.actions.models import Notification, NotificationType
from bregma.alyx.inbox.hours import Frequency, next_mail, preference_of
from bregma.alyx.inbox.models import Delivery
from bregma.alyx.inbox.recipients import list_recipients

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from bregma.alyx.misc.models import LabMember
    from bregma.alyx.subjects.models import Subject

AN_HOUR = timedelta(hours=1)
RESEND_AFTER = {
    NotificationType.RESPONSIBLE_USER_CHANGE: AN_HOUR,
    NotificationType.MOUSE_UNDERWEIGHT: AN_HOUR,
    NotificationType.MOUSE_WATER: AN_HOUR,
}
"""How long the same words about the same subject are not said again; others are said each time."""
LONGEST_TITLE = 255


@transaction.atomic
def notify(
    notification_type: str,
    title: str,
    *,
    subject: Subject | None = None,
    users: Iterable[LabMember] | None = None,
    message: str = "",
    link: str = "",
    by: LabMember | None = None,
    resend_after: timedelta | None = None,
) -> Notification | None:
    """Tell people something; no mail leaves here.

    Parameters
    ----------
    notification_type : str
        One of :class:`~bregma.alyx.actions.models.NotificationType`; people choose by it what they hear.
    title : str
        The whole news in a line; it heads the mail.
    subject : Subject, optional
        What it is about: its responsible user is told, and those whose rules ask for it.
    users : people, optional
        Told as well, unless they want nothing of this type.
    link : str
        Path of the page to open, such as ``/colony/welfare/``.
    by : LabMember, optional
        Who did it: not told, unless among ``users``.
    resend_after : timedelta, optional
        The same title about the same subject is not said again within this time; an hour for the first types of Alyx.

    Returns
    -------
    Notification or None
        None if it was said a short time ago.
    """
    kind, now, title = NotificationType(notification_type), timezone.now(), one_line(title)[:LONGEST_TITLE]
    pause = RESEND_AFTER.get(kind) if resend_after is None else resend_after
    if pause and _said_since(now - pause, kind, title, subject):
        return None
    people = list_recipients(kind, subject=subject, users=users, by=by)
    status = Notification.Status.TO_SEND if people else Notification.Status.NO_SEND
    told = Notification.objects.create(
        notification_type=kind, title=title, message=message, subject=subject, link=link, send_at=now, status=status
    )
    told.users.set(people)
    Delivery.objects.bulk_create([_delivery(told, person, now) for person in people])
    return told


def one_line(text: str) -> str:
    """Return words in one line without control characters, fit for a header."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _said_since(moment: datetime, kind: str, title: str, subject: Subject | None) -> bool:
    """Tell whether this was said; another process that would say the same waits until we are done."""
    key = f"{kind} {subject.pk if subject else ''} {title}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
    said = Notification.objects.filter(notification_type=kind, title=title, subject=subject, send_at__gt=moment)
    return said.exists()


def _delivery(told: Notification, person: LabMember, now: datetime) -> Delivery:
    preference = preference_of(person)
    on_page, why = Delivery.Status.ON_PAGE, ""
    if settings.BREGMA_MAIL is None or preference.frequency == Frequency.NEVER:
        status = on_page
    elif not person.email:
        status, why = on_page, "no e-mail address in the account"
    else:
        status = Delivery.Status.WAITING
    due = next_mail(preference, now)
    return Delivery(notification=told, user=person, created=now, status=status, next_attempt=due, error=why)
