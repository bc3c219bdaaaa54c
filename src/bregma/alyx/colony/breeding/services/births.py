"""Records births: the litter, and if asked its pups as subjects."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from bregma.alyx import changes, policy
from bregma.alyx.colony.breeding.services.caging import cage_of, put_into
from bregma.alyx.colony.breeding.services.checks import Complaints, check_not_ahead
from bregma.alyx.colony.breeding.services.names import Kind, give_names
from bregma.alyx.colony.breeding.services.pups import Newborn, enter_pups
from bregma.alyx.colony.breeding.species import reproduction_of
from bregma.alyx.colony.models import Plug
from bregma.alyx.subjects.models import BreedingPair, Litter, Subject

if TYPE_CHECKING:
    from datetime import date

    from bregma.alyx.misc.models import LabMember

AROUND_DAYS = 4
"""How far a birth may be from the day that its plug foretold."""
EARLIEST = 1900
MOST_PUPS = 60
"""More than any litter has: a slip of the finger."""


@dataclass(frozen=True, kw_only=True)
class Birth:
    """What was born: males, females and pups of unknown sex alive, and pups that were dead."""

    birth_date: date
    n_males: int = 0
    n_females: int = 0
    n_unknown: int = 0
    n_dead: int = 0
    mother: Subject | None = None
    name: str = ""
    description: str = ""
    enter_pups: bool = False

    @property
    def n_alive(self) -> int:
        """How many were born alive."""
        return self.n_males + self.n_females + self.n_unknown

    @property
    def newborn(self) -> list[Newborn]:
        """The pups born alive, one by one."""
        sexes = Subject.Sex
        numbers = {sexes.MALE: self.n_males, sexes.FEMALE: self.n_females, sexes.UNKNOWN: self.n_unknown}
        return [Newborn(sex=sex) for sex, n in numbers.items() for _ in range(n)]


@transaction.atomic
def record_birth(pair: BreedingPair, birth: Birth, *, by: LabMember) -> Litter:
    """Enter a litter of a pair; the plug that it comes from is closed, the pups become subjects if asked.

    Raises
    ------
    PermissionDenied
        If this person may not do husbandry of the pair.
    ValidationError
        By field: what cannot be so, such as two litters of a mother within a gestation.
    """
    policy.check_may_write(by, pair)
    pair = BreedingPair.objects.select_for_update(of=("self",), no_key=True).select_related("line").get(pk=pair.pk)
    _check_day(pair, birth.birth_date)
    plugs = _plugs_of(pair, birth)
    mother = birth.mother or _mother(pair, plugs)
    _check(pair, birth, mother)
    litter = changes.create_row(Litter, _values(pair, birth, mother), by=by)
    for plug in plugs:
        if mother is None or plug.mother_id == mother.pk:
            changes.change_row(plug, {"litter": litter}, by=by)
    if birth.enter_pups and birth.n_alive:
        _enter(litter, birth, mother, by=by)
    return litter


def _enter(litter: Litter, birth: Birth, mother: Subject | None, *, by: LabMember) -> None:
    pups = enter_pups(litter, birth.newborn, by=by)
    cage = cage_of(mother) if mother else None
    if cage is not None:
        put_into(cage, pups, day=birth.birth_date, by=by)


def _plugs_of(pair: BreedingPair, birth: Birth) -> list[Plug]:
    """Return the plugs without a litter that foretold a birth about this day."""
    days = reproduction_of(pair.mother1.species if pair.mother1 else None).gestation_days
    expected, around = birth.birth_date - timedelta(days=days), timedelta(days=AROUND_DAYS)
    rows = Plug.objects.filter(breeding_pair=pair, found=True, litter__isnull=True)
    return list(rows.filter(date__range=(expected - around, expected + around)).select_related("mother__lab"))


def _mother(pair: BreedingPair, plugs: list[Plug]) -> Subject | None:
    """Return the only mother of the pair, or the only one whose plug foretold this birth; None if it may be either."""
    if pair.mother1 is None or pair.mother2 is None:
        return pair.mother1 or pair.mother2
    plugged = {plug.mother_id: plug.mother for plug in plugs}
    return next(iter(plugged.values())) if len(plugged) == 1 else None


def _check_day(pair: BreedingPair, day: date) -> None:
    """Refuse days around which no other can be counted: those to come, and those of a year that is a slip."""
    found, lab = Complaints(), next((one.lab for one in (pair.mother1, pair.father) if one), None)
    check_not_ahead(found, "birth_date", day, lab)
    found.add_if(day.year < EARLIEST, "birth_date", f"{day} is before {EARLIEST}: correct the year.")
    found.raise_any()


def _check(pair: BreedingPair, birth: Birth, mother: Subject | None) -> None:
    found, day = Complaints(), birth.birth_date
    total = birth.n_alive + birth.n_dead
    found.add_if(not 1 <= total <= MOST_PUPS, "n_males", f"{total} pups: enter how many were born, up to {MOST_PUPS}.")
    early = pair.start_date is not None and day < pair.start_date
    found.add_if(early, "birth_date", f"{pair.name} is together since {pair.start_date} only.")
    days = reproduction_of(mother.species if mother else None).gestation_days
    late = pair.end_date is not None and day > pair.end_date + timedelta(days=days + AROUND_DAYS)
    found.add_if(late, "birth_date", f"{pair.name} has ended on {pair.end_date}, longer before than a gestation.")
    mothers = [one for one in (pair.mother1, pair.mother2) if one]
    stranger = birth.mother is not None and birth.mother not in mothers
    found.add_if(stranger, "mother", f"{birth.mother} is no mother of {pair.name}.")
    found.add_if(not (pair.line or birth.name), "name", "The pair has no line to name the litter: enter a name.")
    _check_interval(found, pair, day, mother, days - AROUND_DAYS)
    found.raise_any()


def _check_interval(found: Complaints, pair: BreedingPair, day: date, mother: Subject | None, days: int) -> None:
    """Complain of another litter of the same mother that is nearer than a gestation."""
    if mother is None:
        return
    near = (day - timedelta(days=days), day + timedelta(days=days))
    rows = Litter.objects.filter(breeding_pair=pair, birth_date__range=near)
    if pair.mother1 and pair.mother2:
        rows = rows.filter(mother=mother)
    for other in rows:
        words = f"{mother} had litter {other.name} on {other.birth_date}: correct that one if it is the same litter."
        found.add("birth_date", words)


def _values(pair: BreedingPair, birth: Birth, mother: Subject | None) -> dict[str, object]:
    name = birth.name or (give_names(pair.line, Kind.LITTER)[0] if pair.line else "-")
    return {
        "name": name,
        "line": pair.line,
        "breeding_pair": pair,
        "mother": mother,
        "birth_date": birth.birth_date,
        "n_males": birth.n_males,
        "n_females": birth.n_females,
        "n_unknown": birth.n_unknown,
        "n_dead": birth.n_dead,
        "description": birth.description,
        "wean_date": None if birth.n_alive else birth.birth_date,
    }
