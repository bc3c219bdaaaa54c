"""Writes weighings and water. An entry sent twice with one id is kept once."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from bregma.alyx import changes, policy
from bregma.alyx.actions.models import Session, WaterAdministration, WaterRestriction, WaterType, Weighing
from bregma.alyx.actions.services.once import insert_once
from bregma.alyx.actions.services.rules import check_amount, check_lives
from bregma.alyx.colony.welfare.alerts import check_weighing_later

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bregma.alyx.misc.models import LabMember
    from bregma.alyx.subjects.models import Subject


@dataclass(frozen=True, slots=True)
class DrinkTerms:
    """How water was given: in a session or not, of which type, as much as the subject liked, and by whom."""

    session: Session | None = None
    water_type: WaterType | None = None
    adlib: bool = False
    user: LabMember | None = None


@transaction.atomic
def weigh(
    subject: Subject,
    weight: float,
    *,
    by: LabMember,
    when: datetime | None = None,
    id: UUID | None = None,  # noqa: A002
    user: LabMember | None = None,
) -> Weighing:
    """Record a weight.

    Parameters
    ----------
    subject : Subject
        Which lives on that day.
    weight : float
        In g.
    by : LabMember
        Who asks; the policy judges this person.
    when : datetime, optional
        Aware; now unless given.
    id : UUID, optional
        Key of the entry. The same entry sent again with it is answered with the one that is there.
    user : LabMember, optional
        Who weighed; the person who asks unless given.

    Raises
    ------
    PermissionDenied, ValidationError
        If the person may not, or the weight or its moment is impossible.
    EntryConflict
        If an entry with this id says something else.
    """
    moment = when or timezone.now()
    check_amount(weight, field="weight", unit="g", positive=True)
    check_lives(subject, moment, what="weighing")
    row = Weighing(id=id or uuid.uuid4(), subject=subject, weight=weight, date_time=moment, user=user or by)
    policy.check_may_write(by, row)
    kept = insert_once(row, told=_told("subject", "weight", dated=when is not None))
    check_weighing_later(kept)
    return kept


@transaction.atomic
def give_water(
    subject: Subject,
    millilitres: float | None,
    *,
    by: LabMember,
    when: datetime | None = None,
    id: UUID | None = None,  # noqa: A002
    terms: DrinkTerms | None = None,
) -> WaterAdministration:
    """Record water given, of the type of the last restriction unless said otherwise.

    Parameters
    ----------
    millilitres : float or None
        None where it was not measured.
    terms : DrinkTerms, optional
        How it was given; a supplement by the person who asks unless said otherwise.
    subject, by, when, id
        As of :func:`weigh`, which raises the same.
    """
    terms = terms or DrinkTerms()
    moment = when or timezone.now()
    _check_drink(subject, millilitres, moment, terms.session)
    row = WaterAdministration(
        id=id or uuid.uuid4(),
        subject=subject,
        water_administered=millilitres,
        date_time=moment,
        session=terms.session,
        water_type=terms.water_type or usual_water(subject),
        adlib=terms.adlib,
        user=terms.user or by,
    )
    policy.check_may_write(by, row)
    return insert_once(row, told=_told("subject", "water_administered", "session", dated=when is not None))


@transaction.atomic
def change_weighing(weighing: Weighing, values: Mapping[str, Any], *, by: LabMember) -> Weighing:
    """Correct a weighing, by the rules of :func:`weigh`."""
    check_amount(values.get("weight", weighing.weight), field="weight", unit="g", positive=True)
    subject, moment = values.get("subject", weighing.subject), values.get("date_time", weighing.date_time)
    if moment:
        check_lives(subject, moment, what="weighing")
    return changes.change_row(weighing, values, by=by)


@transaction.atomic
def change_water(drink: WaterAdministration, values: Mapping[str, Any], *, by: LabMember) -> WaterAdministration:
    """Correct water given, by the rules of :func:`give_water`."""
    subject, moment = values.get("subject", drink.subject), values.get("date_time", drink.date_time)
    amount = values.get("water_administered", drink.water_administered)
    _check_drink(subject, amount, moment, values.get("session", drink.session))
    return changes.change_row(drink, values, by=by)


def usual_water(subject: Subject) -> WaterType | None:
    """Return what the subject drinks unless said otherwise: as in its last restriction, else water."""
    last = WaterRestriction.objects.filter(subject=subject).select_related("water_type").first()
    return (last and last.water_type) or WaterType.objects.filter(name="Water").first()


def _check_drink(subject: Subject, millilitres: float | None, moment: datetime | None, session: Session | None) -> None:
    check_amount(millilitres, field="water_administered", unit="mL")
    if moment:
        check_lives(subject, moment, what="water")
    if session is not None and session.subject_id != subject.pk:
        raise ValidationError(f"session {session.pk} is of {session.subject}, not of {subject}; choose one of its own")


def _told(*names: str, dated: bool) -> tuple[str, ...]:
    return (*names, "date_time") if dated else names
