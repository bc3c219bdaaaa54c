"""Enters the pups of a litter as subjects, as its line and parents are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError

from bregma.alyx import changes
from bregma.alyx.colony.breeding.services.names import Kind, give_names
from bregma.alyx.subjects.models import Subject
from bregma.alyx.subjects.services import check_may_enter

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bregma.alyx.misc.models import Lab, LabMember
    from bregma.alyx.subjects.models import Litter


@dataclass(frozen=True, kw_only=True)
class Newborn:
    """A pup that becomes a subject; without a nickname the line gives one."""

    sex: str = Subject.Sex.UNKNOWN
    nickname: str = ""


def enter_pups(litter: Litter, pups: Sequence[Newborn], *, by: LabMember, **values: Any) -> list[Subject]:
    """Make subjects of pups, within the caller's transaction.

    Parameters
    ----------
    values
        Columns that all of them get, besides those that follow from the litter.

    Raises
    ------
    PermissionDenied
        If this person may not do husbandry in the lab of the litter.
    ValidationError
        If a nickname is taken or malformed, or there is no line to give one.
    """
    check_may_enter(home_of(litter), by=by)
    shared = {**inherited(litter), **values}
    given = [pup.nickname for pup in pups if pup.nickname]
    names = _names(litter, len(pups) - len(given), given)
    made = []
    for pup in pups:
        nickname = pup.nickname or next(names)
        subject = Subject(nickname=nickname)
        subject.clean_fields(exclude=[one.name for one in Subject._meta.fields if one.name != "nickname"])
        made.append(changes.create_row(Subject, {**shared, "nickname": nickname, "sex": pup.sex}, by=by))
    return made


def inherited(litter: Litter) -> dict[str, Any]:
    """Return what the pups of a litter have of its line, then of their mother, then of their father.

    Raises
    ------
    ValidationError
        If neither parents nor line say in which lab they live.
    """
    parents, line, mother = _parents(litter), litter.line, mother_of(litter)
    bearers = [one for one in (line, *parents) if one]
    found = {
        "litter": litter,
        "line": line,
        "lab": home_of(litter),
        "birth_date": litter.birth_date,
        "strain": next((one.strain for one in bearers if one.strain), None),
        "source": next((one.source for one in bearers if one.source), None),
        "responsible_user": mother.responsible_user if mother else None,
    }
    species = next((one.species for one in bearers if one.species), None)
    return found | {"species": species} if species else found


def mother_of(litter: Litter) -> Subject | None:
    """Return the mother of a litter; the first of two if it does not say which."""
    pair = litter.breeding_pair
    return litter.mother or (pair.mother1 if pair else None)


def home_of(litter: Litter) -> Lab:
    """Return the lab where a litter lives: that of its mother, else of its father or line.

    Raises
    ------
    ValidationError
        If none of them has one.
    """
    for one in (*_parents(litter), litter.line):
        if one and one.lab:
            return one.lab
    raise ValidationError(f"Nobody knows where {litter.name} lives: give it a pair or a line that has a lab.")


def _parents(litter: Litter) -> list[Subject]:
    pair = litter.breeding_pair
    return [one for one in (mother_of(litter), pair.father if pair else None) if one]


def _names(litter: Litter, n: int, taken: Sequence[str]) -> Iterator[str]:
    if not n:
        return iter(())
    if litter.line is None:
        raise ValidationError({"nickname": f"{litter.name} has no line that gives names: enter all {n} nicknames."})
    return iter(give_names(litter.line, Kind.SUBJECT, n, taken=taken))
