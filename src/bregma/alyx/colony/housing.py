"""Moves animals between cages: who lives where, since when, and under which conditions.

A stay is a ``HousingSubject`` in a ``Housing``, which is a cage under one set of conditions. A change of conditions
ends the stays and begins new ones. ``Subject.cage`` follows: it is the name of the cage of the open stay.
Locks are taken in one order everywhere: racks, then cages, then subjects, each by key.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone

from bregma.alyx import changes, policy
from bregma.alyx.colony.cages.errors import CageFull, CageInUse, HousingRefused, PlaceTaken
from bregma.alyx.colony.cages.residents import count_adults, is_adult, mixed_sexes, open_stays, residents
from bregma.alyx.colony.cages.services import (
    CONDITIONS,
    Place,
    cage_named,
    check_open,
    close_cage,
    lock_cages,
    open_cage,
    place_cage,
)
from bregma.alyx.colony.models import Cage
from bregma.alyx.misc.days import day_of
from bregma.alyx.misc.models import Housing, HousingSubject
from bregma.alyx.subjects.models import Subject

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from bregma.alyx.misc.models import LabMember

__all__ = [
    "CageFull",
    "CageInUse",
    "HousingRefused",
    "Move",
    "Place",
    "PlaceTaken",
    "cage_named",
    "change_conditions",
    "close_cage",
    "empty_cage",
    "end_stay",
    "move_subjects",
    "name_cage",
    "open_cage",
    "place_cage",
    "split_cage",
    "transfer_cage",
]
CLOCKS_APART = timedelta(minutes=5)
"""How far ahead of ours the clock of a client may be."""


@dataclass(frozen=True)
class Move:
    """What a move did: who went where, and what to look at."""

    cage: Cage | None
    moved: tuple[Subject, ...]
    warnings: tuple[str, ...] = ()


@transaction.atomic
def move_subjects(
    subjects: Iterable[Subject], cage: Cage | None, *, when: datetime | None = None, by: LabMember
) -> Move:
    """Move animals into a cage, or out of any: all of them, or none.

    Parameters
    ----------
    subjects
        Living animals of the cage's lab; those that live there already stay as they are.
    cage
        None: they live in no cage from then on.
    when
        Now unless given; not to come, and not before their last move.

    Raises
    ------
    PermissionDenied
        If this person may not write one of the animals, or the cage.
    CageFull
        If more adults would live there than it holds; pups with their mother do not count.
    HousingRefused
        If an animal is dead or of another lab, the cage is closed, or the time does not fit.
    """
    given = list(subjects)
    target = lock_cages([cage])[0] if cage is not None else None
    animals = _lock_animals(given)
    moment = _check_moment(when)  # after the locks: a move that came first began before
    _check_may_move(animals, target, by)
    living = residents(target) if target is not None else []
    moving = [animal for animal in animals if animal not in living]
    if target is not None:
        _check_target(target, moving, moment)
        _check_capacity(target, living, moving, moment)
    _end(moving, moment)
    if target is not None:
        _begin(moving, _current_housing(target), moment)
    _name(moving, given, target.name if target else None)
    return Move(target, tuple(moving), _warnings(target, [*living, *moving], moment))


@transaction.atomic
def transfer_cage(cage: Cage, to: Cage, *, when: datetime | None = None, by: LabMember) -> Move:
    """Move everyone who lives in a cage to another; raises as :func:`move_subjects`."""
    lock_cages([cage, to])
    return move_subjects(residents(cage), to, when=when, by=by)


@transaction.atomic
def empty_cage(cage: Cage, *, when: datetime | None = None, by: LabMember) -> Move:
    """Let nobody live in a cage; raises as :func:`move_subjects`."""
    policy.check_may_write(by, cage)
    lock_cages([cage])
    return move_subjects(residents(cage), None, when=when, by=by)


@transaction.atomic
def split_cage(
    cage: Cage, subjects: Sequence[Subject], *, name: str, when: datetime | None = None, by: LabMember
) -> Move:
    """Open a cage under the same conditions, and move some of the animals of a cage there.

    Raises
    ------
    HousingRefused
        If one of them does not live in the cage; else as :func:`move_subjects` and :func:`open_cage`.
    """
    lock_cages([cage])
    strangers = sorted(str(subject) for subject in set(subjects) - set(residents(cage)))
    if strangers or not subjects:
        who = f"{', '.join(strangers)} not living in cage {cage}" if strangers else "nobody chosen"
        raise HousingRefused(f"{who}; choose animals of this cage to split it")
    values = {field: getattr(cage, field) for field in (*CONDITIONS, "capacity")}
    return move_subjects(subjects, open_cage(lab=cage.lab, name=name, by=by, **values), when=when, by=by)


@transaction.atomic
def change_conditions(cage: Cage, values: Mapping[str, Any], *, when: datetime | None = None, by: LabMember) -> Cage:
    """Change how animals are kept in a cage: their housing ends, and a new one begins with the same animals.

    Parameters
    ----------
    values
        Any of ``CONDITIONS``, and ``capacity``, whose change begins no housing.
    """
    (locked,) = lock_cages([cage])
    check_open(locked)
    moment = _check_moment(when)
    before = [getattr(locked, f"{name}_id", getattr(locked, name)) for name in CONDITIONS]
    changed = changes.change_row(
        locked, {name: values[name] for name in (*CONDITIONS, "capacity") if name in values}, by=by
    )
    after = [getattr(changed, f"{name}_id", getattr(changed, name)) for name in CONDITIONS]
    if before != after:
        _lock_animals(residents(changed))
        living = residents(changed)  # again: some may have left before the lock
        _end(living, moment)
        if living:
            _begin(living, _new_housing(changed), moment)
    return changed


@transaction.atomic
def end_stay(subject: Subject, when: datetime | None = None) -> None:
    """End the stay of an animal that died or left; the service that calls this has asked the policy."""
    _lock_animals([subject])
    moment = Greatest(F("start_datetime"), when or timezone.now())
    HousingSubject.objects.filter(subject=subject, end_datetime__isnull=True).update(end_datetime=moment)
    _name([subject], [subject], None)


def name_cage(subject: Subject, name: str | None, *, by: LabMember) -> None:
    """Let a subject live in the cage of a name in its lab, made if there is none; empty: in no cage.

    Raises as :func:`move_subjects`.
    """
    wanted = (name or "").strip()
    if wanted == (subject.cage or ""):
        return
    with transaction.atomic():
        move_subjects([subject], cage_named(subject.lab, wanted) if wanted else None, by=by)


def _check_moment(when: datetime | None) -> datetime:
    now = timezone.now()
    if when is None:
        return now
    if timezone.is_naive(when):
        raise HousingRefused(f"{when.isoformat()} has no time zone; give an aware moment")
    if when > now + CLOCKS_APART:
        raise HousingRefused(f"{when:%Y-%m-%d %H:%M %Z} is to come; give a time until now")
    return when


def _lock_animals(subjects: Iterable[Subject]) -> list[Subject]:
    """Lock the rows of animals by key, and return them as they are now, by nickname."""
    rows = Subject.objects.select_for_update(no_key=True, of=("self",)).select_related("lab", "responsible_user")
    found = list(rows.filter(pk__in={subject.pk for subject in subjects}).order_by("pk"))
    return sorted(found, key=str)


def _check_may_move(animals: Sequence[Subject], cage: Cage | None, by: LabMember) -> None:
    if cage is not None:
        policy.check_may_write(by, cage)
    rows = policy.writable_subjects(by, Subject.objects.filter(pk__in=[animal.pk for animal in animals]))
    writable = set(rows.order_by().values_list("pk", flat=True))
    for animal in animals:
        if animal.pk not in writable:
            policy.check_may_write(by, animal)
            raise PermissionDenied(f"{by} may not move {animal}; ask someone of {animal.lab}")


def _check_target(cage: Cage, coming: Sequence[Subject], moment: datetime) -> None:
    check_open(cage)
    for animal in coming:
        if animal.lab_id != cage.lab_id:
            raise HousingRefused(
                f"{animal} is of {animal.lab}, and cage {cage} of {cage.lab}; choose a cage of its lab"
            )
        if animal.death_date is not None and animal.death_date <= day_of(cage.lab, moment):
            raise HousingRefused(f"{animal} died on {animal.death_date}; take it out of the move")


def _check_capacity(cage: Cage, living: Sequence[Subject], coming: Sequence[Subject], moment: datetime) -> None:
    day = day_of(cage.lab, moment)
    if not any(is_adult(animal, day) for animal in coming):
        return
    adults = count_adults([*living, *coming], day)
    if adults > cage.capacity:
        raise CageFull(
            f"{adults} adults would live in cage {cage}, which holds {cage.capacity}; "
            f"choose another cage for {adults - cage.capacity} of them, or change its capacity"
        )


def _end(animals: Sequence[Subject], moment: datetime) -> None:
    rows = HousingSubject.objects.filter(subject__in=animals, end_datetime__isnull=True)
    later = rows.filter(start_datetime__gt=moment).select_related("subject", "housing").first()
    if later is not None:
        raise HousingRefused(
            f"{later.subject} was moved to {later.housing} at {later.start_datetime:%Y-%m-%d %H:%M %Z}, "
            f"after {moment:%Y-%m-%d %H:%M %Z}; give a later time"
        )
    rows.update(end_datetime=moment)


def _begin(animals: Sequence[Subject], housing: Housing, moment: datetime) -> None:
    HousingSubject.objects.bulk_create(
        [HousingSubject(subject=animal, housing=housing, start_datetime=moment) for animal in animals]
    )


def _current_housing(cage: Cage) -> Housing:
    """Return the housing of those who live in a cage, or a new one under its conditions."""
    stay = open_stays([cage]).select_related("housing").order_by("-start_datetime").first()
    return stay.housing if stay is not None and stay.housing is not None else _new_housing(cage)


def _new_housing(cage: Cage) -> Housing:
    return Housing.objects.create(cage=cage, cage_name=cage.name, **_conditions(cage))


def _conditions(cage: Cage) -> dict[str, Any]:
    return {field.attname: getattr(cage, field.attname) for field in Cage._meta.fields if field.name in CONDITIONS}


def _name(animals: Sequence[Subject], given: Sequence[Subject], name: str | None) -> None:
    """Keep ``Subject.cage`` in step, also in the objects that the caller holds."""
    keys = {animal.pk for animal in animals}
    Subject.objects.filter(pk__in=keys).update(cage=name)
    for subject in (*animals, *given):
        if subject.pk in keys:
            subject.cage = name


def _warnings(cage: Cage | None, living: Sequence[Subject], moment: datetime) -> tuple[str, ...]:
    if cage is None or not mixed_sexes(living, day_of(cage.lab, moment)):
        return ()
    return (f"Adult males and females share cage {cage}, and no breeding pair of theirs is open.",)
