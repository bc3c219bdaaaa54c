"""A cage with those who live in it today: counts, states and words, without a query."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from bregma.alyx.colony.cages.residents import count_adults, is_adult

if TYPE_CHECKING:
    from datetime import date

    from bregma.alyx.colony.models import Cage
    from bregma.alyx.misc.models import LabMember
    from bregma.alyx.subjects.models import BreedingPair, Subject

SEXES = (("M", "♂", "male"), ("F", "♀", "female"))


@dataclass(frozen=True)
class State:
    """One thing to know of a cage: a word, its tone, and a letter for where there is no room."""

    word: str
    tone: str
    letter: str


EMPTY = State("empty", "plain", "–")
FULL = State("full", "info", "F")
OVERFULL = State("overfull", "bad", "!")
BREEDING = State("breeding", "good", "B")
CLEAN = State("cleaning due", "warn", "C")


@dataclass(frozen=True)
class Occupancy:
    """Who lives in a cage on a day of its lab."""

    cage: Cage
    animals: tuple[Subject, ...]
    pairs: tuple[BreedingPair, ...]
    day: date

    @cached_property
    def n_adults(self) -> int:
        """How many count for the capacity."""
        return count_adults(self.animals, self.day)

    @property
    def n_pups(self) -> int:
        """How many do not."""
        return len(self.animals) - self.n_adults

    @property
    def free(self) -> int:
        """For how many more adults there is room."""
        return max(0, self.cage.capacity - self.n_adults)

    @property
    def filled(self) -> str:
        """The adults and the capacity, such as ``2/5``, and the pups."""
        more = f" + {self.n_pups} pup{'' if self.n_pups == 1 else 's'}" if self.n_pups else ""
        return f"{self.n_adults}/{self.cage.capacity}{more}"

    @property
    def sexes(self) -> str:
        """How many of each sex, such as ``2 ♂ 1 ♀``."""
        counts = [(sum(one.sex == letter for one in self.animals), sign) for letter, sign, _ in SEXES]
        unknown = len(self.animals) - sum(n for n, _ in counts)
        return " ".join(f"{n}\u00a0{sign}" for n, sign in (*counts, (unknown, "?")) if n)

    @property
    def lines(self) -> list[str]:
        """The lines of the animals."""
        return sorted({one.line.nickname for one in self.animals if one.line is not None})

    @property
    def people(self) -> list[LabMember]:
        """Those who are responsible for the animals."""
        return sorted({one.responsible_user for one in self.animals if one.responsible_user is not None}, key=str)

    @property
    def oldest_days(self) -> int | None:
        """The age of the oldest animal."""
        born = [one.birth_date for one in self.animals if one.birth_date is not None]
        return (self.day - min(born)).days if born else None

    @property
    def cleaning_due(self) -> date | None:
        """When the cage is to be cleaned: as :func:`~bregma.alyx.colony.cages.selectors.with_counts` says."""
        due: date | None = getattr(self.cage, "clean_due", None)
        return due

    @property
    def is_cleaning_due(self) -> bool:
        """Whether it is to be cleaned today, or was to be before."""
        return self.cleaning_due is not None and self.cleaning_due <= self.day

    @property
    def is_mixed(self) -> bool:
        """Whether adult males and females share it without a breeding pair."""
        return not self.pairs and {"M", "F"} <= {one.sex for one in self.animals if is_adult(one, self.day)}

    @property
    def states(self) -> list[State]:
        """What there is to know, in words."""
        told = {
            EMPTY: not self.animals and self.cage.closed_on is None,
            OVERFULL: self.n_adults > self.cage.capacity,
            FULL: self.n_adults == self.cage.capacity,
            BREEDING: bool(self.pairs),
            CLEAN: self.is_cleaning_due,
        }
        return [state for state, holds in told.items() if holds]
