"""Rules that hold for all that happens to a subject: between birth and death, protocol number, severity."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from bregma.alyx.actions.models import Surgery, WaterRestriction
from bregma.alyx.misc.days import day_of
from bregma.alyx.subjects.models import Subject
from bregma.alyx.subjects.services import change_subject

if TYPE_CHECKING:
    from datetime import datetime

    from bregma.alyx.misc.models import LabMember

FATAL = (Surgery.Outcome.ACUTE, Surgery.Outcome.NON_RECOVERY)


def check_lives(subject: Subject, moment: datetime, *, what: str) -> None:
    """Refuse what would happen to a subject before its birth or after its death, by the days of its lab.

    Raises
    ------
    ValidationError
        Naming the day of birth or death.
    """
    day = day_of(subject.lab, moment)
    if subject.death_date and day > subject.death_date:
        raise ValidationError(f"{subject} died on {subject.death_date}; no {what} on {day}. Correct the date.")
    if subject.birth_date and day < subject.birth_date:
        raise ValidationError(f"{subject} was born on {subject.birth_date}; no {what} on {day}. Correct the date.")


def check_amount(value: float | None, *, field: str, unit: str, positive: bool = False) -> None:
    """Refuse a quantity that is no finite number, or less than zero; zero too if it must be positive.

    Raises
    ------
    ValidationError
        Beside the field.
    """
    if value is None or (isfinite(value) and (value > 0 or (value == 0 and not positive))):
        return
    least = "more than 0" if positive else "0 or more"
    raise ValidationError({field: f"{value:g} {unit} is not possible; enter {least} {unit}"})


def update_protocol_number(subject: Subject) -> str:
    """Set the protocol number: 3 while water is restricted, else 2 after any surgery, else 1. Returns it."""
    number = Subject.ProtocolNumber
    restricted = WaterRestriction.objects.filter(Q(end_time__isnull=True) | Q(end_time__gt=timezone.now()))
    if restricted.filter(subject=subject).exists():
        found = number.THREE
    else:
        found = number.TWO if Surgery.objects.filter(subject=subject).exists() else number.ONE
    _update(subject, protocol_number=found.value)
    return str(found.value)


@transaction.atomic
def apply_surgery(surgery: Surgery, *, by: LabMember) -> None:
    """Let a surgery that was entered or changed have its effects on the subject.

    Its protocol number is set anew; mild severity becomes moderate; an acute surgery, or one without recovery, that has
    ended is the subject's death, which ends its water restrictions.
    """
    subject = surgery.subject
    if subject.actual_severity == Subject.Severity.MILD:
        _update(subject, actual_severity=Subject.Severity.MODERATE.value)
    if surgery.outcome_type in FATAL and surgery.end_time and subject.death_date is None:
        change_subject(subject, {"death_date": day_of(subject.lab, surgery.end_time)}, by=by)
    update_protocol_number(subject)


def _update(subject: Subject, **values: object) -> None:
    """Change columns of a subject in place; nothing is written when nothing changes."""
    if all(getattr(subject, name) == value for name, value in values.items()):
        return
    Subject.objects.filter(pk=subject.pk).update(**values)
    for name, value in values.items():
        setattr(subject, name, value)
