"""Sends the mail that waits, and tries again what could not be sent: one bad address delays nobody else.

Each letter is claimed before it is sent and marked after. Claiming (rows locked, those of other processes skipped)
counts the attempt and sets when to try next, and is committed: a crash while sending leaves the letter waiting, and a
letter that crashes us is given up like any other. A crash after the server took a letter and before it is marked sends
it once more, with the same Message-ID; nothing else sends a letter twice.
"""

from __future__ import annotations

import logging
import smtplib
import uuid
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import get_connection
from django.db import transaction
from django.db.models import F, Q

from bregma.alyx.actions.models import Notification
from bregma.alyx.inbox.letters import write_letter
from bregma.alyx.inbox.models import Delivery

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from typing import Any
    from uuid import UUID

    from django.core.mail.backends.smtp import EmailBackend

    from bregma.alyx.inbox.environment import MailServer

logger = logging.getLogger(__name__)

BATCH = 20
MOST_ATTEMPTS = 8
FIRST_PAUSE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=12)
MOST_LOSSES = 3
"""How often the connection may be lost in one run before the rest waits for the next."""
SECONDS = 20
GOING_AWAY = 421
Status = Delivery.Status


@dataclass(frozen=True)
class MailReport:
    """What happened to letters: how many left, will be tried again, were given up; why none could leave."""

    sent: int = 0
    later: int = 0
    given_up: int = 0
    trouble: str = ""


@dataclass(frozen=True)
class Letter:
    """Deliveries that one person gets in one mail."""

    key: UUID
    deliveries: Sequence[Delivery]


class ConnectionLost(ConnectionError):
    """The mail server went away."""


def open_connection() -> Any:
    """Return the connection to the mail server of the settings, not yet open; None when there is none."""
    server = settings.BREGMA_MAIL
    if server is None:
        return None
    return get_connection(
        "django.core.mail.backends.smtp.EmailBackend",
        host=server.host,
        port=server.port,
        username=server.user,
        password=server.password,
        use_tls=server.starttls,
        use_ssl=server.tls,
        timeout=SECONDS,
    )


def send_waiting(now: datetime, connection: EmailBackend) -> MailReport:
    """Send every letter that is due.

    Parameters
    ----------
    now : datetime
        Letters due until then leave; attempts that fail are due again from then on.
    connection : EmailBackend
        To the mail server; it is opened here, and closed. If it cannot be opened, no attempt is counted.
    """
    if not Delivery.objects.filter(status=Status.WAITING, next_attempt__lte=now).exists():
        return MailReport()
    if trouble := _open(connection):
        return MailReport(trouble=trouble)
    counts: Counter[str] = Counter()
    losses, trouble = 0, ""
    try:
        while losses < MOST_LOSSES and not trouble and (letters := claim_letters(now)):
            unsent = _send_all(letters, connection, now, counts)
            if unsent is not None:
                _release(unsent, now)
                losses += 1
                trouble = _reopen(connection)
    finally:
        connection.close()
    lost = "the mail server closed the connection again and again" if losses >= MOST_LOSSES else ""
    return MailReport(counts["sent"], counts["later"], counts["given up"], trouble or lost)


@transaction.atomic
def claim_letters(now: datetime) -> list[Letter]:
    """Take letters to send, so that no other process sends them; at most :data:`BATCH` people's."""
    due = Q(status=Status.WAITING, next_attempt__lte=now)
    rows = Delivery.objects.select_for_update(skip_locked=True, of=("self",))
    first = rows.filter(due).order_by("next_attempt", "pk")[:BATCH]
    people = {row.user_id for row in first}
    found = list(rows.filter(due, user__in=people).select_related("notification", "user").order_by("created", "pk"))
    _forget_unneeded([row for row in found if not row.user.is_active or (row.letter is None and row.read_at)])
    letters = _group([row for row in found if row.status == Status.WAITING])
    for letter in letters:
        for row in letter.deliveries:
            row.letter, row.attempts = letter.key, row.attempts + 1
            row.next_attempt = now + pause_after(row.attempts)
    Delivery.objects.bulk_update(
        [row for letter in letters for row in letter.deliveries], ["letter", "attempts", "next_attempt"]
    )
    return letters


def pause_after(attempts: int) -> timedelta:
    """Return how long to wait after a number of attempts: twice as long each time."""
    doubled: timedelta = FIRST_PAUSE * 2 ** (attempts - 1)
    return min(doubled, LONGEST_PAUSE)


def _forget_unneeded(rows: Iterable[Delivery]) -> None:
    """Mail nothing that was read on the page already, and nothing to closed accounts."""
    for row in rows:
        row.status = Status.ON_PAGE
    Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(status=Status.ON_PAGE)


def _group(rows: Iterable[Delivery]) -> list[Letter]:
    """Put what waits for one person into one letter; what was tried before keeps its letter."""
    keys: dict[UUID, UUID] = defaultdict(uuid.uuid4)
    letters: dict[UUID, list[Delivery]] = defaultdict(list)
    for row in rows:
        letters[row.letter or keys[row.user_id]].append(row)
    return [Letter(key, deliveries) for key, deliveries in letters.items()]


def _send_all(
    letters: Sequence[Letter], connection: EmailBackend, now: datetime, counts: Counter[str]
) -> list[Letter] | None:
    """Send letters one by one; return those not tried if the connection is lost, else None."""
    for index, letter in enumerate(letters):
        try:
            counts[_send(letter, connection, now)] += 1
        except ConnectionLost as lost:
            counts[_postpone(letter, str(lost), now)] += 1
            return list(letters[index + 1 :])
    return None


def _send(letter: Letter, connection: EmailBackend, now: datetime) -> str:
    """Send one letter and mark what became of it. Raises ConnectionLost."""
    person = letter.deliveries[0].user
    if letter.deliveries[0].attempts > MOST_ATTEMPTS:
        return _give_up(letter, "every attempt ended before the mail server answered")
    if not person.email:
        return _give_up(letter, "no e-mail address in the account")
    try:
        mail = write_letter(letter.key, person, letter.deliveries, sender=_server().sender)
        connection.send_messages([mail])
    except smtplib.SMTPRecipientsRefused as refused:
        return _after_answer(letter, *next(iter(refused.recipients.values())), now)
    except smtplib.SMTPSenderRefused as refused:  # for us to repair, and no fault of this person's
        return _postpone(letter, f"{refused.smtp_code} {refused.sender} may not send here", now)
    except smtplib.SMTPServerDisconnected as lost:
        raise ConnectionLost(f"the mail server closed the connection: {lost}") from lost
    except smtplib.SMTPResponseException as refused:
        return _after_answer(letter, refused.smtp_code, refused.smtp_error, now)
    except smtplib.SMTPException as refused:  # such as a server that knows no addresses beyond ASCII
        return _give_up(letter, str(refused))
    except OSError as lost:
        raise ConnectionLost(f"the connection to the mail server was lost: {lost}") from lost
    except ValueError as malformed:  # an address that no mail can be written to
        return _give_up(letter, f"no mail can be written to {person.email!r}: {malformed}")
    return _mark_sent(letter, now)


def _after_answer(letter: Letter, code: int, words: bytes | str, now: datetime) -> str:
    """Try again what the server refuses for now (4xx), give up what it refuses for good (5xx).

    Raises
    ------
    ConnectionLost
        If the server says that it ends.
    """
    said = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    reason = f"{code} {said}"
    if code == GOING_AWAY:
        raise ConnectionLost(f"the mail server ends: {reason}")
    return _give_up(letter, reason) if code >= 500 else _postpone(letter, reason, now)


def _mark_sent(letter: Letter, now: datetime) -> str:
    _rows(letter).update(status=Status.SENT, sent_at=now, error="")
    told = {row.notification_id for row in letter.deliveries}
    waiting = Delivery.objects.filter(status=Status.WAITING).values("notification")
    done = Notification.objects.filter(pk__in=told).exclude(pk__in=waiting)
    done.update(status=Notification.Status.SENT, sent_at=now)
    return "sent"


def _postpone(letter: Letter, reason: str, now: datetime) -> str:
    if letter.deliveries[0].attempts >= MOST_ATTEMPTS:
        return _give_up(letter, reason)
    logger.warning("letter %s waits for another attempt: %s", letter.key, reason)
    _rows(letter).update(error=reason)
    return "later"


def _give_up(letter: Letter, reason: str) -> str:
    logger.warning("letter %s is given up: %s", letter.key, reason)
    _rows(letter).update(status=Status.FAILED, error=reason)
    return "given up"


def _release(letters: Sequence[Letter], now: datetime) -> None:
    """Give back letters that were not tried, without counting an attempt."""
    rows = [row.pk for letter in letters for row in letter.deliveries]
    Delivery.objects.filter(pk__in=rows).update(attempts=F("attempts") - 1, next_attempt=now)


def _rows(letter: Letter) -> Any:
    return Delivery.objects.filter(pk__in=[row.pk for row in letter.deliveries])


def _open(connection: EmailBackend) -> str:
    """Open the connection; return why that is not possible, empty when it is."""
    try:
        connection.open()
    except (smtplib.SMTPException, OSError) as refused:
        connection.close()
        server = _server()
        logger.warning("no mail leaves: %s:%s answers %s", server.host, server.port, refused)
        return f"{server.host}:{server.port} takes no mail: {refused}"
    return ""


def _server() -> MailServer:
    server = settings.BREGMA_MAIL
    assert server is not None, "open_connection() gives no connection without a server"
    return server


def _reopen(connection: EmailBackend) -> str:
    connection.close()
    return _open(connection)
