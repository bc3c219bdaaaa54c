"""Writes culls. A cull sets the day of death, and ends the animal's restrictions and its stay in a cage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction

from bregma.alyx import changes, policy
from bregma.alyx.actions.models import Cull
from bregma.alyx.misc.days import lab_today
from bregma.alyx.subjects.models import Subject
from bregma.alyx.subjects.services import change_subject

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from bregma.alyx.actions.models import CullMethod, CullReason
    from bregma.alyx.misc.models import LabMember


@dataclass(frozen=True)
class CullFacts:
    """What is said of a cull.

    Attributes
    ----------
    severity : int or None
        The actual severity; may be left out only for an animal that has one already.
    """

    day: date
    reason: CullReason | None
    method: CullMethod | None
    severity: int | None = None
    description: str = ""


@transaction.atomic
def cull_subjects(subjects: Iterable[Subject], facts: CullFacts, *, by: LabMember) -> list[Cull]:
    """Enter the cull of animals: of all, or of none.

    Raises
    ------
    PermissionDenied
        If this person may not write one of them.
    ValidationError
        If one is dead already, was born later, the day is to come, or no severity is known; the message names it.
    """
    keys = [one.pk for one in subjects]
    rows = Subject.objects.select_for_update(of=("self",)).select_related("lab", "responsible_user", "cull")
    found = []
    with policy.remembered_standings():
        for subject in rows.filter(pk__in=keys).order_by("pk"):
            _check(subject, facts)
            found.append(_cull(subject, facts, by=by))
    return found


@transaction.atomic
def undo_cull(subject: Subject, *, by: LabMember) -> Subject:
    """Take back the cull of an animal that lives; its restrictions and its cage are not taken up again.

    Raises
    ------
    ValidationError
        If it was not culled.
    """
    locked = Subject.objects.select_for_update(of=("self",)).select_related("lab").get(pk=subject.pk)
    cull = Cull.objects.filter(subject=locked).first()
    if cull is None:
        raise ValidationError(f"{locked} was not culled; edit its day of death instead")
    changes.delete_row(cull, by=by)
    return change_subject(locked, {"death_date": None}, by=by)


def _check(subject: Subject, facts: CullFacts) -> None:
    if subject.death_date is not None:
        raise ValidationError(f"{subject} died on {subject.death_date}; it cannot be culled again")
    if hasattr(subject, "cull"):
        raise ValidationError(f"{subject} has a cull of {subject.cull.date}, but no day of death; take that back first")
    if facts.day > lab_today(subject.lab):
        raise ValidationError({"day": f"{facts.day} is to come in {subject.lab}; enter the cull when it is done"})
    if subject.birth_date is not None and facts.day < subject.birth_date:
        raise ValidationError({"day": f"{subject} was born on {subject.birth_date}, after {facts.day}"})
    if facts.severity is None and subject.actual_severity is None:
        raise ValidationError({"severity": f"say how severe it was for {subject}: its licence asks for it at the end"})


def _cull(subject: Subject, facts: CullFacts, *, by: LabMember) -> Cull:
    values = {
        "subject": subject,
        "user": by,
        "date": facts.day,
        "cull_reason": facts.reason,
        "cull_method": facts.method,
        "description": facts.description,
    }
    cull = changes.create_row(Cull, values, by=by)
    severity = max(facts.severity or 0, subject.actual_severity or 0)
    change_subject(subject, {"death_date": facts.day, "to_be_culled": False, "actual_severity": severity}, by=by)
    return cull
