"""How a subject stands today, in numbers and one sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bregma.alyx.subjects.water import WeightStatus

if TYPE_CHECKING:
    from datetime import datetime

    from bregma.alyx.subjects.water import WaterControl

DOUBTFUL = 0.2
"""Change between two weighings, as a fraction of the first, that is rather a slip of the finger."""


@dataclass(frozen=True)
class Today:
    """The figures of today: g, mL, %. What is not known is None."""

    restricted: bool
    weight: float | None
    weighed: datetime | None
    weighed_today: bool
    percent: float | None
    status: WeightStatus
    expected_weight: float | None
    min_weight: float | None
    reference_weight: float | None
    implant: float
    needed: float
    given: float
    reward: float
    supplement: float

    @property
    def due(self) -> float:
        """What is still to be given, in mL."""
        return max(self.needed - self.given, 0.0)

    @property
    def excess(self) -> float:
        """What was given too much, in mL."""
        return max(self.given - self.needed, 0.0)

    @property
    def tone(self) -> str:
        """How the weight stands, as the tone of a badge."""
        return ("good", "warn", "bad")[self.status]


def today_of(water: WaterControl) -> Today:
    """Return how a subject stands today."""
    last = water.last_weighing()
    expected = water.expected_weight() if water.reference_weighing() else 0
    return Today(
        restricted=water.is_water_restricted(),
        weight=last.grams if last else None,
        weighed=last.when if last else None,
        weighed_today=bool(last) and water.weighing_at() is not None,
        percent=(water.percentage_weight() or None) if last else None,
        status=water.weight_status() if last else WeightStatus.FINE,
        expected_weight=expected or None,
        min_weight=water.min_weight() if expected else None,
        reference_weight=water.reference_weight() or None,
        implant=water.implant_weight(),
        needed=max(water.expected_water(), 0.0) if last else 0.0,
        given=water.given_water_total(),
        reward=water.given_water_reward(),
        supplement=water.given_water_supplement(),
    )


@dataclass(frozen=True)
class Due:
    """What a weight that is being typed would mean."""

    grams: float
    percent: float | None
    status: WeightStatus
    needed: float
    given: float
    restricted: bool
    doubt: str

    @property
    def due(self) -> float:
        """What would still be to be given, in mL."""
        return max(self.needed - self.given, 0.0)

    @property
    def tone(self) -> str:
        """How the weight would stand, as the tone of a badge."""
        return ("good", "warn", "bad")[self.status]


def due_for(water: WaterControl, grams: float) -> Due:
    """Return what would be due today if the subject weighed so much."""
    return Due(
        grams=grams,
        percent=water.percentage_of(grams) or None if water.reference_weighing() else None,
        status=water.status_of(grams),
        needed=max(water.water_for(grams), 0.0),
        given=water.given_water_total(),
        restricted=water.is_water_restricted(),
        doubt=doubt_weight(water, grams),
    )


def doubt_weight(water: WaterControl, grams: float, when: datetime | None = None) -> str:
    """Say why a weight is hard to believe; nothing when it is not. Heavy or light, it may be entered all the same."""
    moment = water.now if when is None else when.astimezone(water.facts.zone).replace(tzinfo=None)
    earlier = [point for point in water.weighings.points if point.when < moment]
    if not earlier or not earlier[-1].grams:
        return ""
    last = earlier[-1]
    change = (grams - last.grams) / last.grams
    if abs(change) <= DOUBTFUL:
        return ""
    words = "more" if change > 0 else "less"
    return f"{abs(change):.0%} {words} than the {last.grams:.1f} g of {last.when:%-d %b}. Is it the right animal?"
