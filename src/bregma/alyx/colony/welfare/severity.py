"""How severe an animal's life was: it rises with what happens, and only managers lower it, with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from bregma.alyx import changes
from bregma.alyx.colony.welfare.people import may_manage
from bregma.alyx.history.models import Event
from bregma.alyx.misc.models import LabMember
from bregma.alyx.subjects.models import Subject

if TYPE_CHECKING:
    from datetime import datetime

REASONS = "severity_reasons"
"""Where a subject's JSON keeps why its severity was changed by hand."""


@dataclass(frozen=True)
class SeverityChange:
    """One change of a subject's severity; ``reason`` only where one was asked for."""

    at: datetime
    before: str
    after: str
    who: str = ""
    reason: str = ""


@transaction.atomic
def set_severity(subject: Subject, severity: int, *, by: LabMember, reason: str = "") -> Subject:
    """Say how severe a subject's life was.

    Raises
    ------
    PermissionDenied
        If this person may not write the subject, or would lower its severity and manages neither lab nor stock.
    ValidationError
        If it would be lowered without a reason.
    """
    locked = _lock(subject)
    check_severity(locked, severity, by=by, reason=reason)
    reasons = [*(locked.json or {}).get(REASONS, [])]
    if reason:
        said = {"date_time": timezone.now().isoformat(), "before": locked.actual_severity, "after": severity}
        reasons.append({**said, "reason": reason, "user": by.username})
    values: dict[str, Any] = {"actual_severity": severity, "json": {**(locked.json or {}), REASONS: reasons}}
    return changes.change_row(locked, values if reason else {"actual_severity": severity}, by=by)


def check_severity(subject: Subject, severity: int | None, *, by: LabMember, reason: str = "") -> None:
    """Refuse to lower a severity that is recorded. Raises as :func:`set_severity`."""
    known = subject.actual_severity
    if known is None or (severity is not None and severity >= known):
        return
    words = f"the severity of {subject} is {Subject.Severity(known).label}"
    if not may_manage(by, subject):
        raise PermissionDenied(f"{words}: only a manager of {subject.lab} or of the stock may lower it, with a reason")
    if not reason.strip():
        raise ValidationError({"reason": f"{words}: say why it is lowered, on the welfare page of the subject"})


@transaction.atomic
def raise_severity(subject: Subject, severity: int, *, by: LabMember) -> Subject:
    """Raise a subject's severity to at least this; never lower it."""
    locked = _lock(subject)
    return set_severity(locked, severity, by=by) if (locked.actual_severity or 0) < severity else locked


def list_severity_changes(subject: Subject) -> list[SeverityChange]:
    """Return how a subject's severity was changed, whichever way, the newest first; two queries."""
    rows = Event.objects.filter(
        subject_id=subject.pk, table=Subject._meta.db_table, kind=Event.Kind.UPDATED, after__has_key="actual_severity"
    ).select_related("context")
    reasons, found = list((subject.json or {}).get(REASONS, [])), list(rows.order_by("-id")[:50])
    people = LabMember.objects.filter(pk__in={person for row in found if (person := _person(row))})
    names = {str(key): name for key, name in people.values_list("pk", "username")}
    return [_change(row, reasons, names.get(_person(row), "")) for row in found]


def _lock(subject: Subject) -> Subject:
    rows = Subject.objects.select_for_update(of=("self",)).select_related("lab", "responsible_user")
    return rows.get(pk=subject.pk)


def _person(row: Event) -> str:
    return str((row.context.metadata or {}).get("user") or "") if row.context else ""


def _change(row: Event, reasons: list[dict[str, Any]], name: str) -> SeverityChange:
    before, after = ((side or {}).get("actual_severity") for side in (row.before, row.after))
    said: dict[str, Any] = next(
        (one for one in reversed(reasons) if (one.get("before"), one.get("after")) == (before, after)), {}
    )
    who = str(said.get("user") or name)
    return SeverityChange(row.at, _words(before), _words(after), who, str(said.get("reason", "")))


def _words(severity: Any) -> str:
    return Subject.Severity(int(severity)).label if severity else "not assessed"
