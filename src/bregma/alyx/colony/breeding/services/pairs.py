"""Starts and ends breeding pairs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from bregma.alyx import changes, policy
from bregma.alyx.colony.breeding.services.caging import put_into
from bregma.alyx.colony.breeding.services.checks import Complaints, is_alive_on
from bregma.alyx.colony.breeding.services.names import Kind, give_names
from bregma.alyx.colony.breeding.species import reproduction_of
from bregma.alyx.colony.cages.services import lock_cages
from bregma.alyx.subjects.models import BreedingPair, Line, Subject

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from bregma.alyx.colony.models import Cage
    from bregma.alyx.misc.models import LabMember

MOTHERS = ("mother1", "mother2")


@dataclass(frozen=True, kw_only=True)
class Mating:
    """Whom to put together, from when on, and where; ``confirmed`` lets animals of another open pair into this one."""

    father: Subject
    mothers: tuple[Subject, ...]
    start_date: date
    line: Line | None = None
    name: str = ""
    description: str = ""
    cage: Cage | None = None
    confirmed: bool = False

    @property
    def parents(self) -> tuple[Subject, ...]:
        """The father and the mothers."""
        return (self.father, *self.mothers)


@transaction.atomic
def start_pair(mating: Mating, *, by: LabMember) -> BreedingPair:
    """Put a male and one or two females together, and into one cage if one is named.

    Raises
    ------
    PermissionDenied
        If this person may not do husbandry of one of the parents, or in the lab of the line.
    ValidationError
        By field: which parent does not fit, and why; what a name lacks.
    """
    for parent in mating.parents:
        policy.check_may_write(by, parent)
    if mating.cage is not None:
        lock_cages([mating.cage])  # before the subjects, as everywhere
    _lock(mating.parents)
    check_mating(mating)
    pair = changes.create_row(BreedingPair, _values(mating), by=by)
    if mating.cage is not None:
        put_into(mating.cage, mating.parents, day=mating.start_date, by=by)
    return pair


def check_mating(mating: Mating) -> None:
    """Refuse parents that do not fit together. Raises ValidationError as :func:`start_pair`; two queries."""
    found = Complaints()
    found.add_if(not 1 <= len(mating.mothers) <= 2, "mother1", "A pair has one mother or two.")
    found.add_if(len(set(mating.parents)) < len(mating.parents), "mother2", "An animal is named twice.")
    _check_parent(found, "father", mating.father, Subject.Sex.MALE, mating)
    for field, mother in zip(MOTHERS, mating.mothers, strict=False):
        _check_parent(found, field, mother, Subject.Sex.FEMALE, mating)
    found.add_if(not (mating.line or mating.name), "name", "A pair without a line needs a name: enter one.")
    if not mating.confirmed:
        _check_free(found, mating)
    found.raise_any()


@transaction.atomic
def end_pair(pair: BreedingPair, end_date: date, *, by: LabMember) -> BreedingPair:
    """Take a pair apart on a day; it keeps its litters, and one born later is still entered with it.

    Raises
    ------
    PermissionDenied
        If this person may not write the pair.
    ValidationError
        If the pair has ended already, or began after that day.
    """
    if pair.end_date is not None:
        raise ValidationError({"end_date": f"{pair.name} has ended on {pair.end_date} already."})
    return changes.change_row(pair, {"end_date": end_date}, by=by)


@transaction.atomic
def change_pair(pair: BreedingPair, values: Mapping[str, Any], *, by: LabMember) -> BreedingPair:
    """Correct a pair: its name, line, days or words. Raises as :func:`end_pair`."""
    return changes.change_row(pair, values, by=by)


def _check_parent(found: Complaints, field: str, parent: Subject, sex: str, mating: Mating) -> None:
    wanted, day = Subject.Sex(sex).label.lower(), mating.start_date
    found.add_if(
        parent.sex != sex, field, f"{parent} is not entered as {wanted}. Choose a {wanted}, or correct its sex."
    )
    found.add_if(not is_alive_on(parent, day), field, f"{parent} died on {parent.death_date}. Choose a living animal.")
    found.add_if(
        parent.lab_id != mating.father.lab_id, field, f"{parent} lives in {parent.lab}, the father in another lab."
    )
    found.add_if(
        parent.species_id != mating.father.species_id, field, f"{parent} is of another species than {mating.father}."
    )
    _check_age(found, field, parent, day)


def _check_age(found: Complaints, field: str, parent: Subject, day: date) -> None:
    if parent.birth_date is None:
        return
    age, adult = (day - parent.birth_date).days, reproduction_of(parent.species).adult_days
    words = f"{parent} is {age} days old on {day}; its kind is mated from {adult} days ({adult // 7} weeks) on."
    found.add_if(age < adult, field, words)


def _check_free(found: Complaints, mating: Mating) -> None:
    """Complain of parents that are in a pair that is open on the day."""
    keys = [parent.pk for parent in mating.parents]
    ours = Q(father__in=keys) | Q(mother1__in=keys) | Q(mother2__in=keys)
    still = Q(end_date__isnull=True) | Q(end_date__gt=mating.start_date)
    for pair in BreedingPair.objects.filter(ours, still):
        members = {pair.father_id, pair.mother1_id, pair.mother2_id}
        names = ", ".join(str(parent) for parent in mating.parents if parent.pk in members)
        found.add("confirmed", f"{names}: in pair {pair.name}, which has not ended. End it first, or confirm this.")


def _values(mating: Mating) -> dict[str, Any]:
    name = mating.name or (give_names(mating.line, Kind.PAIR)[0] if mating.line else "-")
    mothers = dict(zip(MOTHERS, mating.mothers, strict=False))
    return {
        "name": name,
        "line": mating.line,
        "father": mating.father,
        "start_date": mating.start_date,
        "description": mating.description,
        **mothers,
    }


def _lock(parents: Sequence[Subject]) -> None:
    """Let nobody mate one of these at the same time."""
    keys = [parent.pk for parent in parents]
    list(Subject.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk").values_list("pk"))
