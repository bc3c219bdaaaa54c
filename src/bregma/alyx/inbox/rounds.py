"""Looks at what needs care, tells people, and sends the mail: one bad row stops nothing else.

Apps add their checks in ``ready()``: a :class:`Check` reads its rows at once and judges them one by one.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import product
from typing import TYPE_CHECKING, Any

from django.db import close_old_connections, connection, transaction
from django.utils import timezone

from bregma.alyx import policy
from bregma.alyx.actions.models import Notification
from bregma.alyx.inbox.outbox import MailReport, open_connection, send_waiting
from bregma.alyx.inbox.services import LONGEST_TITLE, notify, one_line

if TYPE_CHECKING:
    from datetime import datetime

    from bregma.alyx.misc.models import LabMember
    from bregma.alyx.subjects.models import Subject

logger = logging.getLogger(__name__)

LONGEST_MEMORY = timedelta(days=31)
ONE_AT_A_TIME = 0x627265676D61  # key of the lock in the database that a round holds


@dataclass(frozen=True, kw_only=True)
class Alert:
    """Something to tell people, as :func:`~bregma.alyx.inbox.services.notify` takes it."""

    kind: str
    title: str
    subject: Subject | None = None
    message: str = ""
    link: str = ""
    users: Sequence[LabMember] = ()
    resend_after: timedelta = LONGEST_MEMORY
    """The same title about the same subject is not told again before."""


Judge = Callable[[Any], "Alert | None"]


@dataclass(frozen=True)
class Check:
    """What to look after: ``rows(now, failures)`` reads all at once, each judge looks at each row alone.

    A row that cannot be read is named in ``failures``, and left out.
    """

    name: str
    rows: Callable[[datetime, list[str]], Sequence[Any]]
    judges: tuple[Judge, ...]


@dataclass
class RoundReport:
    """What one round did: notices by check, what went wrong with which row, what became of the mail."""

    told: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    mail: MailReport = field(default_factory=MailReport)
    skipped: bool = False
    """Whether another process is making a round."""


_checks: dict[str, Check] = {}


def add_checks(*checks: Check) -> None:
    """Let each round make more checks; one of the same name is replaced."""
    _checks.update({check.name: check for check in checks})


def make_round(now: datetime | None = None) -> RoundReport:
    """Make all checks once, then send the mail that is due. Twice in a minute tells nothing twice."""
    now, report = now or timezone.now(), RoundReport()
    if not _take_turn():
        return RoundReport(skipped=True)
    try:
        with policy.remembered_standings():
            said = _said_before(now)
            for check in _checks.values():
                run_check(check, now, report, said)
        mail = open_connection()
        report.mail = send_waiting(timezone.now(), mail) if mail is not None else MailReport()
    finally:
        _end_turn()
    if report.failures:
        logger.error("%d checks failed: %s", len(report.failures), "; ".join(report.failures))
    return report


def run_check(check: Check, now: datetime, report: RoundReport, said: dict[Any, datetime]) -> None:
    """Make one check; what goes wrong with a row is logged and reported, and the next row is judged."""
    try:
        rows = check.rows(now, report.failures)
    except Exception as error:
        logger.exception("the check %s reads no rows", check.name)
        report.failures.append(f"{check.name}: {error}")
        return
    for row, judge in product(rows, check.judges):
        try:
            with transaction.atomic():
                report.told[check.name] += _tell(judge(row), now, said)
        except Exception as error:
            logger.exception("the check %s fails for %s", check.name, row)
            report.failures.append(f"{check.name}, {row}: {error}")


def keep_making_rounds(seconds: float, *, end: threading.Event | None = None) -> None:
    """Make rounds until told to end; a round that fails is logged, and the next one is made."""
    end = end or threading.Event()
    while not end.is_set():
        try:
            make_round()
        except Exception:
            logger.exception("a round failed; the next is made in %g s", seconds)
        close_old_connections()
        end.wait(seconds)


def _tell(alert: Alert | None, now: datetime, said: dict[Any, datetime]) -> int:
    if alert is None:
        return 0
    last = said.get((alert.kind, alert.subject and alert.subject.pk, one_line(alert.title)[:LONGEST_TITLE]))
    if last is not None and last > now - alert.resend_after:
        return 0
    return int(raise_alert(alert) is not None)


def raise_alert(alert: Alert) -> Notification | None:
    """Tell people what a check found; None if they were told before."""
    return notify(
        alert.kind,
        alert.title,
        subject=alert.subject,
        users=alert.users,
        message=alert.message,
        link=alert.link,
        resend_after=alert.resend_after,
    )


def _said_before(now: datetime) -> dict[Any, datetime]:
    """Return what was told lately, so that nothing new costs one query."""
    rows = Notification.objects.filter(send_at__gt=now - LONGEST_MEMORY).order_by("send_at")
    found = rows.values_list("notification_type", "subject_id", "title", "send_at")
    return {(kind, subject, title): when for kind, subject, title, when in found if when}


def _take_turn() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [ONE_AT_A_TIME])
        return bool(cursor.fetchone()[0])


def _end_turn() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s)", [ONE_AT_A_TIME])
