"""Water control of one subject: what it should weigh and drink, by Alyx's formulae. Pure; grams and millilitres.

Each method takes a date, an aware moment, or nothing for now. A date stands for its noon. Days are the lab's.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

from bregma.alyx.subjects.water.growth import growth_at
from bregma.alyx.subjects.water.past import Past, Restrictions, wall_time

if TYPE_CHECKING:
    from bregma.alyx.subjects.water.facts import Point, Restriction, WaterFacts

When = date | datetime | None

NEEDED_WHEN_LIGHT = 0.05  # mL per g of body weight, below the lab's share of the expected weight
NEEDED = 0.04  # mL per g of body weight
NOON = time(12)
MARGIN = 0.02  # above the lab's share: time to remind people
MOST_DAYS = 40 * 366  # more than any animal lives: an entry of the year 24 is a slip of the finger
COLUMNS = (
    *("weight", "weighing_at", "reference_weight", "expected_weight", "min_weight", "percentage_weight"),
    *("given_water_reward", "given_water_supplement", "given_water_total", "expected_water", "excess_water"),
    *("is_water_restricted", "implant_weight"),
)


class WeightStatus(IntEnum):
    """How a weight stands to what the lab asks for."""

    FINE = 0
    NEARLY_LIGHT = 1
    LIGHT = 2


@dataclass(frozen=True, slots=True)
class Given:
    """Water of one day, in mL."""

    reward: float = 0
    supplement: float = 0
    total: float = 0


class WaterControl:
    """The weights and water of one subject.

    Parameters
    ----------
    facts : WaterFacts
        What is known of it.
    now : datetime, optional
        The moment that counts as now; aware.
    """

    def __init__(self, facts: WaterFacts, now: datetime | None = None) -> None:
        self.facts = facts
        self.now = wall_time(now or datetime.now(UTC), facts.zone)
        self.weighings = Past(facts.weighings, facts.zone)
        self.implants = Past((point for point in facts.implants if point.grams), facts.zone)
        self.restrictions = Restrictions(facts.restrictions, facts.zone)

    @property
    def today(self) -> date:
        """The date in the lab."""
        return self.now.date()

    @property
    def is_dead(self) -> bool:
        """Whether it died before today, or today."""
        return self.facts.death is not None and self.facts.death <= self.today

    @property
    def thresholds(self) -> tuple[float, ...]:
        """Fractions of the expected weight at which people act, the smallest first."""
        return tuple(sorted((self.facts.shares.total, self.facts.shares.stop)))

    @property
    def min_percentage(self) -> float:
        """The largest threshold, in %."""
        return self.thresholds[-1] * 100

    def weight(self, when: When = None) -> float:
        """Return the last weight of that day or before; 0 if it was never weighed."""
        found = self.last_weighing(when)
        return found.grams if found else 0

    def last_weighing(self, when: When = None) -> Point | None:
        """Return the last weighing of that day or before, by the lab's clock."""
        return self.weighings.last_until(self._day(when))

    def weighing_at(self, when: When = None) -> float | None:
        """Return the last weight of that day; None if it was not weighed."""
        found = self.weighings.last_on(self._day(when))
        return found.grams if found else None

    def implant_weight(self, when: When = None) -> float:
        """Return what the subject carries on that day; 0 if nothing."""
        found = self.implants.last_until(self._day(when))
        return found.grams if found else 0

    def reference_implant_weight(self, when: When = None) -> float:
        """Return what the subject carried when the restriction of that moment began; on that day without one."""
        restriction = self.restriction_at(when)
        return self.implant_weight(restriction.start.date() if restriction else self._day(when))

    def restriction_at(self, when: When = None) -> Restriction | None:
        """Return the restriction under which the subject is, by the lab's clock, or None."""
        return self.restrictions.at(self._moment(when))

    def restricted_since(self, when: When = None) -> datetime | None:
        """Return when the restriction of that moment began, aware; None without one."""
        held, zone = self.restriction_at(when), self.facts.zone
        starts = (one.start for one in self.facts.restrictions if held and wall_time(one.start, zone) == held.start)
        return next(starts, None)

    def is_water_restricted(self, when: When = None) -> bool:
        """Tell whether its water is measured."""
        return self.restriction_at(when) is not None

    def reference_weighing(self, when: When = None) -> tuple[datetime, float] | None:
        """Return when the weight before restriction was taken, and that weight with the implant; None if unknown."""
        moment, last = self._moment(when), self.restrictions.last
        if last and last.reference_weight and moment >= last.start:
            return last.start, last.reference_weight
        held = self.restrictions.at(moment)
        if held is None:
            return None
        if held.reference_weight:
            return held.start, held.reference_weight
        return self.weighings.last_until(held.start.date())

    def reference_weight(self, when: When = None) -> float:
        """Return the weight before restriction, without the implant; 0 if unknown."""
        found = self.reference_weighing(when)
        return found[1] - self.reference_implant_weight(when) if found else 0.0

    def zscore_weight(self, when: When = None) -> float:
        """Return what it would weigh without the implant, had it grown as other mice; 0 if that is unknown."""
        found, birth = self.reference_weighing(when), self.facts.birth
        if found is None or birth is None:
            return 0.0
        then = growth_at(self.facts.sex, _weeks(birth, found[0]))
        now = growth_at(self.facts.sex, _weeks(birth, self._moment(when)))
        zscore = (found[1] - self.reference_implant_weight(when) - then.mean) / then.std
        return now.std * zscore + now.mean

    def expected_weight(self, when: When = None) -> float:
        """Return what the subject should weigh with its implant; 0 if its lab asks for nothing."""
        shares = self.facts.shares
        if shares.total == 0:
            return 0.0
        of_zscore, of_reference = shares.zscore / shares.total, shares.reference / shares.total
        grown = of_zscore * self.zscore_weight(when) + of_reference * self.reference_weight(when)
        return grown + self.implant_weight(when)

    def min_weight(self, when: When = None) -> float:
        """Return the weight below which the subject is too light."""
        shares = self.facts.shares
        least = shares.zscore * self.zscore_weight(when) + shares.reference * self.reference_weight(when)
        return least + self.implant_weight(when)

    def percentage_weight(self, when: When = None) -> float:
        """Return the weight in % of the expected one, both without the implant; 0 if nothing is expected."""
        return self.percentage_of(self.weight(when), when)

    def percentage_of(self, grams: float, when: When = None) -> float:
        """Return what any weight would be in % of the expected one."""
        implant = self.implant_weight(when)
        expected = self.expected_weight(when) - implant
        return 100 * (grams - implant) / expected if expected > 0 else 0.0

    def weight_status(self, when: When = None) -> WeightStatus:
        """Tell how the weight stands to the larger of the lab's two shares."""
        return self.status_of(self.weight(when), when)

    def status_of(self, grams: float, when: When = None) -> WeightStatus:
        """Tell how any weight would stand."""
        fraction = self.percentage_of(grams, when) / 100
        least = max(self.facts.shares.zscore, self.facts.shares.reference)
        if fraction == 0 or fraction >= least + MARGIN:
            return WeightStatus.FINE
        return WeightStatus.LIGHT if fraction < least else WeightStatus.NEARLY_LIGHT

    def expected_water(self, when: When = None) -> float:
        """Return what the subject should drink on that day."""
        return self.water_for(self.weight(when), when)

    def water_for(self, grams: float, when: When = None) -> float:
        """Return what the subject should drink on a day on which it weighs so much."""
        implant = self.implant_weight(when)
        light = self.facts.shares.total * (self.expected_weight(when) - implant) + implant
        return (NEEDED_WHEN_LIGHT if grams < light else NEEDED) * (grams - implant)

    def given_water_reward(self, when: When = None) -> float:
        """Return the water earned in sessions on that day."""
        return self._given(when).reward

    def given_water_supplement(self, when: When = None) -> float:
        """Return the water given outside sessions on that day."""
        return self._given(when).supplement

    def given_water_total(self, when: When = None) -> float:
        """Return all water of that day."""
        return self._given(when).total

    def remaining_water(self, when: When = None) -> float:
        """Return what is still to be given on that day; negative when more was given."""
        return self.expected_water(when) - self.given_water_total(when)

    def excess_water(self, when: When = None) -> float:
        """Return what was given too much on that day; negative when less was given."""
        return -self.remaining_water(when)

    def record(self, when: When = None) -> dict[str, Any]:
        """Return the figures of one day, in the words of the wire."""
        values = {name: getattr(self, name)(when) for name in COLUMNS}
        return {"date": self._day(when), **values}

    def days(self, first: When = None, last: When = None) -> list[datetime]:
        """Return a moment of each day from the first entry, or birth, until now or death; of forty years at most."""
        start = self._moment(first) if first else self.first_moment()
        if start is None:
            return []
        n_days = (self._last_day(last) - start.date()).days + 1
        return [start + timedelta(days=n) for n in range(max(0, n_days - MOST_DAYS), n_days)]

    def to_jsonable(self, first: When = None, last: When = None) -> list[dict[str, Any]]:
        """Return the figures of each day, the oldest first; of no day after death."""
        return [self.record(moment.replace(tzinfo=self.facts.zone)) for moment in self.days(first, last)]

    def first_moment(self) -> datetime | None:
        """Return when the subject was first weighed or given water; the noon of its birth if never."""
        weighed = [point.when for point in self.facts.weighings]
        first = min((*weighed, *(drink.when for drink in self.facts.drinks)), default=None)
        if first is not None:
            return wall_time(first, self.facts.zone)
        return datetime.combine(self.facts.birth, NOON) if self.facts.birth else None

    def _last_day(self, last: When) -> date:
        asked = self._day(last)
        return min(asked, self.facts.death) if self.facts.death else asked

    def _given(self, when: When) -> Given:
        return self._given_by_day.get(self._day(when), Given())

    @cached_property
    def _given_by_day(self) -> dict[date, Given]:
        sums: dict[date, list[float]] = defaultdict(lambda: [0, 0, 0])
        for when, millilitres, in_session in sorted(self.facts.drinks, key=lambda drink: drink.when):
            if millilitres is not None:
                day = sums[wall_time(when, self.facts.zone).date()]
                day[0 if in_session else 1] += millilitres
                day[2] += millilitres
        return {day: Given(*values) for day, values in sums.items()}

    def _moment(self, when: When) -> datetime:
        """Return a moment by the lab's clock."""
        if when is None:
            return self.now
        if not isinstance(when, datetime):
            return datetime.combine(when, NOON)
        if when.tzinfo is None:
            raise ValueError(f"{when.isoformat()} has no time zone; give an aware moment, or a date")
        return wall_time(when, self.facts.zone)

    def _day(self, when: When) -> date:
        return self._moment(when).date()


def _weeks(birth: date, moment: datetime) -> int:
    """Count whole weeks from the noon of birth."""
    return (moment - datetime.combine(birth, NOON)).days // 7
