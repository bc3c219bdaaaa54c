"""Reads the animals that somebody may have work with today, each with its place in the rack: two queries."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q

from bregma.alyx import policy
from bregma.alyx.actions.models import WaterRestriction
from bregma.alyx.subjects.models import Subject
from bregma.alyx.subjects.selectors import living

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet

ROOM, RACK = "stay__housing__cage__rack__location__name", "stay__housing__cage__rack__name"


@dataclass(frozen=True)
class Place:
    """Where an animal lives; empty as far as that is not known."""

    cage: UUID | None
    name: str
    room: str
    rack: str
    row: int | None
    column: int | None

    @property
    def words(self) -> str:
        """The place in the rack, such as ``Room 2 · Rack A · row 1, column 4``."""
        position = f"row {self.row}, column {self.column}" if self.row and self.column else ""
        return " · ".join(part for part in (self.room, self.rack, position) if part)

    @property
    def order(self) -> tuple[Any, ...]:
        """Sorts places as one walks: rooms, racks, rows from the top; cages without a place come after."""
        nowhere = not self.rack
        return (nowhere, natural(self.room), natural(self.rack), self.row or 0, self.column or 0, natural(self.name))


def natural(text: str) -> tuple[tuple[int, str], ...]:
    """Make names sort as people count: ``C2`` before ``C10``."""
    parts = re.findall(r"\d+|\D+", text.casefold())
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in parts)


def animals_with_work(user: Any, now: datetime) -> list[Subject]:
    """Return the living animals that a person may write and that are restricted, or to be genotyped or culled."""
    rows = policy.writable_subjects(user, _with_work(now)).select_related("lab", "line", "litter", "responsible_user")
    return sorted(_with_place(rows), key=lambda animal: (place_of(animal).order, natural(animal.nickname)))


def animal_of(user: Any, key: UUID) -> Subject | None:
    """Return one animal as :func:`animals_with_work` does, with or without work, if the person may write it."""
    rows = policy.writable_subjects(user, Subject.objects.filter(pk=key)).select_related("lab")
    return _with_place(rows).first()


def place_of(animal: Subject) -> Place:
    """Return where an animal lives, from what was read with it."""
    found: Any = animal
    return Place(
        cage=found.cage_key,
        name=animal.cage or "",
        room=found.room or "",
        rack=found.rack or "",
        row=found.rack_row,
        column=found.rack_column,
    )


def _with_work(now: datetime) -> QuerySet[Subject]:
    """Restrictions that begin within a day count here: the clock of each lab decides later."""
    begun = Q(start_time__lt=now + timedelta(days=1)) & (Q(end_time__isnull=True) | Q(end_time__gte=now))
    restricted = Exists(WaterRestriction.objects.filter(begun, subject=OuterRef("pk")))
    work = Q(restricted) | Q(to_be_genotyped=True) | Q(to_be_culled=True)
    return Subject.objects.filter(living((now - timedelta(days=1)).date()), work)


def _with_place(rows: QuerySet[Subject]) -> QuerySet[Subject]:
    open_stay = FilteredRelation(
        "housing_subjects", condition=Q(housing_subjects__end_datetime__isnull=True)
    )  # one at most: a constraint
    return rows.annotate(stay=open_stay).annotate(
        cage_key=F("stay__housing__cage"),
        room=F(ROOM),
        rack=F(RACK),
        rack_row=F("stay__housing__cage__row"),
        rack_column=F("stay__housing__cage__column"),
    )
