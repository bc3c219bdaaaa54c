"""One mouse on water restriction as the page shows it: what is due, what was entered, and the numbers of the day."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from bregma.alyx.colony.water.state import DOUBTFUL
from bregma.alyx.misc.days import lab_day_bounds
from bregma.alyx.subjects.water import WeightStatus, load_water_today
from bregma.alyx.subjects.water.control import NEEDED, NEEDED_WHEN_LIGHT
from bregma.alyx.today.selectors.animals import animal_of, place_of
from bregma.alyx.today.selectors.entries import Kind, entries_of

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from bregma.alyx.subjects.models import Subject
    from bregma.alyx.subjects.water import WaterControl
    from bregma.alyx.today.selectors.animals import Place
    from bregma.alyx.today.selectors.entries import Entry

NOTHING_LEFT = 0.006
"""Water that counts as none, in mL: what may be left when 0.01 mL is the least that is measured."""
_TONES = {WeightStatus.LIGHT: "bad", WeightStatus.NEARLY_LIGHT: "warn", WeightStatus.FINE: "good"}


@dataclass(frozen=True)
class Mouse:
    """A mouse whose water is measured, today.

    Attributes
    ----------
    control : WaterControl
        Its weights and water of today.
    entries : tuple of Entry
        What was entered today, the oldest first. What is weighed and given is told by these alone, so that numbers
        and entries agree while somebody else enters more.
    """

    subject: Subject
    place: Place
    control: WaterControl
    entries: tuple[Entry, ...]

    @cached_property
    def is_weighed(self) -> bool:
        """Whether it was weighed today."""
        return any(entry.kind is Kind.WEIGHT for entry in self.entries)

    @cached_property
    def due(self) -> float:
        """The water still to be given today, in mL; 0 when it had enough, or its weight is unknown."""
        return max(self.control.water_for(self.weight) - self.given, 0.0) if self.weight else 0.0

    @property
    def is_watered(self) -> bool:
        """Whether no water is due."""
        return self.due < NOTHING_LEFT

    @property
    def is_done(self) -> bool:
        """Whether it is weighed and has its water."""
        return self.is_weighed and self.is_watered

    @property
    def is_trained(self) -> bool:
        """Whether there is a session of today."""
        return any(entry.kind is Kind.SESSION for entry in self.entries)

    @property
    def excuse(self) -> Entry | None:
        """The note that says why it is not trained today, or None."""
        return next((entry for entry in self.entries if entry.kind is Kind.EXCUSE), None)

    @property
    def amounts(self) -> tuple[Entry, ...]:
        """The weights and water of today."""
        return tuple(entry for entry in self.entries if entry.kind in (Kind.WEIGHT, Kind.WATER))

    @cached_property
    def given(self) -> float:
        """All water of today, in mL."""
        return sum(entry.amount or 0.0 for entry in self.entries if entry.kind is Kind.WATER)

    @cached_property
    def weight(self) -> float:
        """The last weight, of today or before, in g; 0 if it was never weighed."""
        today = [entry.amount for entry in self.entries if entry.kind is Kind.WEIGHT and entry.amount]
        return today[-1] if today else self.control.weight()

    @property
    def last(self) -> Any:
        """The last weighing, of today or before, by the lab's clock; None if there is none."""
        return self.control.last_weighing()

    @property
    def percent(self) -> float:
        """The last weight in % of the expected one; 0 if that is unknown."""
        return self.control.percentage_weight()

    @property
    def tone(self) -> str:
        """The colour of the percentage."""
        return _TONES[self.control.weight_status()]

    @cached_property
    def facts(self) -> dict[str, Any]:
        """The numbers from which the browser computes the water that a weight asks for, as the server does."""
        control, shares = self.control, self.control.facts.shares
        implant, expected = control.implant_weight(), control.expected_weight()
        since, until = lab_day_bounds(self.subject.lab, control.today)
        return {
            "implant": implant,
            "expected": expected,
            "light": shares.total * (expected - implant) + implant,
            "needed": NEEDED,
            "neededWhenLight": NEEDED_WHEN_LIGHT,
            "given": self.given,
            "last": self.weight,
            "implausible": DOUBTFUL,
            "least": 100 * max(shares.zscore, shares.reference),
            "weighed": self.is_weighed,
            "enough": NOTHING_LEFT,
            "since": since.isoformat(),
            "until": until.isoformat(),
            "entries": [str(entry.key) for entry in self.amounts],
        }

    def after(self, grams: float) -> dict[str, Any]:
        """Return what would be due, and the percentage, if it weighed so much now."""
        expected = self.control.water_for(grams)
        return {
            "due": expected - self.given,
            "expected_water": expected,
            "given": self.given,
            "percent": self.control.percentage_of(grams),
            "status": self.control.status_of(grams).name.lower(),
            "last": self.weight,
            "weighed": self.is_weighed,
        }


def mice_among(animals: list[Subject], now: datetime) -> list[Mouse]:
    """Return those of some animals that live and are on water restriction today; five queries."""
    controls, entries = load_water_today(animals, now=now), entries_of(animals, now)
    found = []
    for animal in animals:
        control = controls[animal.pk]
        if control.is_water_restricted() and not control.is_dead:
            found.append(Mouse(animal, place_of(animal), control, tuple(entries[animal.pk])))
    return found


def load_mouse(user: Any, key: UUID, now: datetime | None = None) -> Mouse | None:
    """Return one living animal with its numbers of today, restricted or not, if the person may write it."""
    now = now or timezone.now()
    animal = animal_of(user, key)
    if animal is None:
        return None
    control = load_water_today([animal], now=now)[animal.pk]
    return Mouse(animal, place_of(animal), control, tuple(entries_of([animal], now)[animal.pk]))
