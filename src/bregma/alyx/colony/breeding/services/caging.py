"""Puts the animals of a pair or litter into cages, by the one service that moves animals."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING

from django.utils import timezone

from bregma.alyx.colony.cages.services import lock_cages
from bregma.alyx.colony.housing import move_subjects, open_cage
from bregma.alyx.colony.models import Cage
from bregma.alyx.misc.days import lab_today, lab_zone
from bregma.alyx.misc.models import HousingSubject

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from bregma.alyx.misc.models import Lab, LabMember
    from bregma.alyx.subjects.models import Subject


def put_into(cage: Cage, subjects: Sequence[Subject], *, day: date, by: LabMember) -> None:
    """Move subjects into a cage: now if the day is today, at noon of an earlier one. Raises as the move does."""
    move_subjects(subjects, cage, when=moment_of(day, cage.lab), by=by)


def moment_of(day: date, lab: Lab) -> datetime:
    """Return when something of a day happened, as far as it is known: now, or noon of an earlier day."""
    now = timezone.now()
    return now if day >= lab_today(lab, now) else datetime.combine(day, time(12), lab_zone(lab))


def open_cages(lab: Lab, names: Collection[str]) -> dict[str, Cage]:
    """Return the open cages of a lab that have these names; one query."""
    rows = Cage.objects.select_related("lab").filter(lab=lab, closed_on__isnull=True, name__in=names)
    return {cage.name: cage for cage in rows}


def cages_for(lab: Lab, names: Collection[str], *, day: date, by: LabMember) -> dict[str, Cage]:
    """Return the cages of these names, those that the lab has locked, the others opened on the day.

    Call it before subjects are locked. Raises as :func:`bregma.alyx.colony.housing.open_cage`.
    """
    known = {cage.name: cage for cage in lock_cages(list(open_cages(lab, names).values()))}
    missing = sorted(set(names) - set(known))
    return known | {name: open_cage(lab=lab, name=name, by=by, opened_on=day) for name in missing}


def cage_of(subject: Subject) -> Cage | None:
    """Return the cage in which a subject lives, or None; one query."""
    stay = HousingSubject.objects.filter(subject=subject, end_datetime__isnull=True, housing__cage__isnull=False)
    found = stay.select_related("housing__cage__lab").first()
    return found.housing.cage if found and found.housing else None
