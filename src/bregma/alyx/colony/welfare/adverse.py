"""Writes adverse events: what went wrong with an animal, how badly, and what was done about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from bregma.alyx import changes, policy
from bregma.alyx.actions.models import NotificationType
from bregma.alyx.colony.models import AdverseEvent
from bregma.alyx.colony.welfare.people import managers_of
from bregma.alyx.colony.welfare.severity import raise_severity
from bregma.alyx.inbox.services import notify
from bregma.alyx.notebook.notes.services import write_note
from bregma.alyx.subjects.models import Subject

if TYPE_CHECKING:
    from datetime import datetime

    from bregma.alyx.misc.models import LabMember

GRAVE = Subject.Severity.SEVERE
"""From here on managers are told at once."""


@dataclass(frozen=True)
class Report:
    """What a person saw and did; the attributes are the columns of :class:`AdverseEvent`."""

    sign: str
    severity: int
    description: str
    date_time: datetime | None = None
    body_condition: int | None = None
    action_taken: str = ""
    photo: IO[bytes] | None = None


@transaction.atomic
def report_adverse_event(subject: Subject, report: Report, *, by: LabMember) -> AdverseEvent:
    """Record that something went wrong with a subject; its actual severity rises to that of the event.

    A severe event is told to the managers of the lab and to the responsible user at once.

    Raises
    ------
    PermissionDenied
        If this person may not write the subject.
    ValidationError
        If the event is to come, or the photo cannot be kept.
    """
    when = report.date_time or timezone.now()
    if when > timezone.now():
        raise ValidationError({"date_time": f"{when:%Y-%m-%d %H:%M} is to come; enter what you saw, when you saw it"})
    values: dict[str, Any] = {
        "subject": subject,
        "user": by,
        "date_time": when,
        "sign": report.sign,
        "severity": report.severity,
        "body_condition": report.body_condition,
        "description": report.description,
        "action_taken": report.action_taken,
    }
    event = changes.create_row(AdverseEvent, values, by=by)
    raise_severity(subject, report.severity, by=by)
    if report.photo is not None:
        write_note(subject, f"{event.get_sign_display()}: {report.description[:200]}", report.photo, by=by)
    if report.severity >= GRAVE:
        _tell(event, by)
    return event


@transaction.atomic
def resolve_adverse_event(event: AdverseEvent, action_taken: str, *, by: LabMember) -> AdverseEvent:
    """Say that an adverse event is over, and what was done.

    Raises
    ------
    PermissionDenied
        If this person may not write the subject.
    ValidationError
        If it was over already, or nothing is said of what was done.
    """
    locked = AdverseEvent.objects.select_for_update(of=("self",)).select_related("subject__lab").get(pk=event.pk)
    policy.check_may_write(by, locked)
    if locked.resolved_at is not None:
        raise ValidationError(f"this event was over on {locked.resolved_at:%Y-%m-%d} already")
    if not (action_taken or locked.action_taken).strip():
        raise ValidationError({"action_taken": "Say what was done, or why nothing had to be."})
    words = "\n".join(part for part in (locked.action_taken, action_taken.strip()) if part)
    return changes.change_row(locked, {"resolved_at": timezone.now(), "action_taken": words}, by=by)


@transaction.atomic
def migrate_legacy_text(subject: Subject, severity: int, *, by: LabMember) -> AdverseEvent:
    """Turn the free text on adverse effects of older databases into a record that is over; the text is emptied.

    Raises
    ------
    ValidationError
        If there is no such text.
    """
    rows = Subject.objects.select_for_update(of=("self",)).select_related("lab", "responsible_user")
    locked = rows.get(pk=subject.pk)
    text = locked.adverse_effects.strip()
    if not text:
        raise ValidationError(f"{locked} has no text on adverse effects")
    now = timezone.now()
    values: dict[str, Any] = {
        "subject": locked,
        "user": by,
        "date_time": now,
        "resolved_at": now,
        "severity": severity,
        "sign": AdverseEvent.Sign.OTHER,
        "description": text,
        "action_taken": "Written down before adverse events had records of their own.",
    }
    event = changes.create_row(AdverseEvent, values, by=by)
    changes.change_row(locked, {"adverse_effects": ""}, by=by)
    raise_severity(locked, severity, by=by)
    return event


def _tell(event: AdverseEvent, by: LabMember) -> None:
    """Tell the managers and the responsible user, whoever of them reported it."""
    subject = event.subject
    owner = [subject.responsible_user] if subject.responsible_user else []
    notify(
        NotificationType.ADVERSE_EVENT,
        f"{event.get_severity_display()}: {event.get_sign_display().lower()} of {subject}",
        subject=subject,
        users=[*managers_of(subject.lab), *owner],
        message=f"{event.description}\nAction: {event.action_taken or 'none yet'}\nReported by {by}.",
        link=reverse("adverse-event", args=[event.pk]),
        by=by,
    )
