"""Begins, changes and ends water restrictions; each sets the subject's protocol number anew."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from bregma.alyx import changes, policy
from bregma.alyx.actions.models import WaterRestriction, WaterType
from bregma.alyx.actions.services.once import insert_once
from bregma.alyx.actions.services.rules import check_amount, check_lives, update_protocol_number
from bregma.alyx.misc.days import day_of
from bregma.alyx.subjects.water import load_water_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bregma.alyx.misc.models import LabMember
    from bregma.alyx.subjects.models import Subject

WEIGHED_WITHIN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class RestrictionTerms:
    """The terms of a restriction; without a weight, the last weighing of the week before counts."""

    reference_weight: float | None = None
    end: datetime | None = None
    water_type: WaterType | None = None
    narrative: str = ""


@transaction.atomic
def restrict_water(
    subject: Subject,
    *,
    by: LabMember,
    start: datetime | None = None,
    id: UUID | None = None,  # noqa: A002
    terms: RestrictionTerms | None = None,
) -> WaterRestriction:
    """Begin a restriction.

    Parameters
    ----------
    subject : Subject
        Which lives on that day, and is on no other open restriction.
    by : LabMember
        Who asks; the policy judges this person.
    start : datetime, optional
        Aware; now unless given.
    id : UUID, optional
        Key of the row: the same restriction sent again is kept once.
    terms : RestrictionTerms, optional
        Reference weight, end and type of water.

    Raises
    ------
    PermissionDenied, ValidationError
        If the person may not, or there is neither a reference weight nor a weighing of the week before, or another
        restriction is open, or it would end before it begins or outlast the subject.
    EntryConflict
        If a row with this id says something else.
    """
    terms = terms or RestrictionTerms()
    begins = start or timezone.now()
    row = WaterRestriction(
        id=id or uuid.uuid4(),
        subject=subject,
        start_time=begins,
        end_time=terms.end,
        reference_weight=terms.reference_weight or 0.0,
        water_type=terms.water_type or WaterType.objects.filter(name="Water").first(),
        lab=subject.lab,
        narrative=terms.narrative,
    )
    policy.check_may_write(by, row)
    _check(row)
    row.reference_weight = row.reference_weight or weight_before(subject, begins)
    kept = insert_once(row, told=_told(start, terms))
    kept.users.add(by)
    update_protocol_number(subject)
    return kept


@transaction.atomic
def change_restriction(restriction: WaterRestriction, values: Mapping[str, Any], *, by: LabMember) -> WaterRestriction:
    """Change a restriction, by the rules of :func:`restrict_water`."""
    policy.check_may_write(by, restriction)
    for name, value in values.items():
        setattr(restriction, name, value)
    _check(restriction)
    weight = restriction.reference_weight or weight_before(restriction.subject, restriction.start_time)
    changed = changes.change_row(restriction, {**values, "reference_weight": weight}, by=by)
    update_protocol_number(changed.subject)
    return changed


@transaction.atomic
def end_restriction(restriction: WaterRestriction, *, by: LabMember, when: datetime | None = None) -> WaterRestriction:
    """End an open restriction; anyone who cares for the subject may. Ending it again at one moment changes nothing.

    Raises
    ------
    PermissionDenied
        If the person may write nothing of the subject.
    ValidationError
        If it has ended at another moment, or would end before it began.
    """
    policy.check_may_write(by, restriction)
    moment = when or timezone.now()
    if restriction.start_time and moment < restriction.start_time:
        raise ValidationError(f"this restriction began at {restriction.start_time:%Y-%m-%d %H:%M}; end it after that")
    ended = WaterRestriction.objects.filter(pk=restriction.pk, end_time__isnull=True).update(end_time=moment)
    restriction.refresh_from_db(fields=["end_time"])
    if not ended and restriction.end_time != when:
        raise ValidationError(f"this restriction ended at {restriction.end_time:%Y-%m-%d %H:%M}; change it instead")
    update_protocol_number(restriction.subject)
    return restriction


@transaction.atomic
def delete_restriction(restriction: WaterRestriction, *, by: LabMember) -> None:
    """Delete a restriction that was entered by mistake."""
    subject = restriction.subject
    changes.delete_row(restriction, by=by)
    update_protocol_number(subject)


def weight_before(subject: Subject, moment: datetime | None) -> float:
    """Return the last weight of a day or before it, not older than a week.

    Raises
    ------
    ValidationError
        If there is none.
    """
    moment = moment or timezone.now()
    last = load_water_of(subject).last_weighing(moment)
    if last is None or day_of(subject.lab, moment) - last.when.date() > WEIGHED_WITHIN:
        raise ValidationError(
            f"{subject} was not weighed in the week before {moment:%Y-%m-%d}; "
            "weigh it first, or give its reference weight"
        )
    return last.grams


def _check(row: WaterRestriction) -> None:
    subject, begins, ends = row.subject, row.start_time or timezone.now(), row.end_time
    check_amount(row.reference_weight, field="reference_weight", unit="g")
    check_lives(subject, begins, what="water restriction")
    if ends is not None and ends < begins:
        raise ValidationError({"end_time": f"{ends:%Y-%m-%d %H:%M} is before the start; enter a later end"})
    if ends is not None:
        check_lives(subject, ends, what="water restriction")
    elif subject.death_date is not None:
        raise ValidationError(
            {"end_time": f"{subject} died on {subject.death_date}; enter an end on that day or before"}
        )


def _told(start: datetime | None, terms: RestrictionTerms) -> list[str]:
    told = {"start_time": start, "reference_weight": terms.reference_weight, "end_time": terms.end}
    return ["subject", *(name for name, value in told.items() if value)]
