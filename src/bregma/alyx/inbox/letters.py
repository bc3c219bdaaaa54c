"""Writes the mails: what one person has to hear, in plain text and simple HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from bregma.alyx.inbox.services import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any
    from uuid import UUID

    from bregma.alyx.inbox.models import Delivery
    from bregma.alyx.misc.models import LabMember


def write_letter(
    key: UUID, person: LabMember, deliveries: Sequence[Delivery], *, sender: str
) -> EmailMultiAlternatives:
    """Write one mail to a person.

    Parameters
    ----------
    key
        The key of the letter: its Message-ID is the same in every attempt, so that a second copy is known as one.
    deliveries
        What it says, in this order.

    Returns
    -------
    EmailMultiAlternatives
        Without a connection. Addresses and titles are no way to write other headers: line ends are taken out.
    """
    notices = [row.notification for row in deliveries]
    preferences = absolute(reverse("inbox-preferences"))
    shown: dict[str, Any] = {
        "person": person,
        "notices": [(notice, absolute(notice.link) if notice.link else "") for notice in notices],
        "inbox": absolute(reverse("inbox")),
        "preferences": preferences,
    }
    first = one_line(notices[0].title)
    title = first if len(notices) == 1 else f"{len(notices)} notices: {first}, …"
    mail = EmailMultiAlternatives(
        subject=title[:200],
        body=render_to_string("inbox/mail.txt", shown),
        from_email=sender,
        to=[person.email],
        headers={
            "Message-ID": f"<{key}@{urlsplit(settings.BREGMA_URL).hostname or 'localhost'}>",
            "List-Unsubscribe": f"<{preferences}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    mail.attach_alternative(render_to_string("inbox/mail.html", shown), "text/html")
    return mail


def absolute(path: str) -> str:
    """Return the address of a page of this server; of nothing else, whatever the path says."""
    return f"{settings.BREGMA_URL}/{path.lstrip('/')}"
