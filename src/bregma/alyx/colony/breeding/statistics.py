"""How well a line breeds. Pure functions on what was counted; days in, days out."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass
from statistics import mean, median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

DAYS_OF_MONTH = 30.4


@dataclass(frozen=True, kw_only=True)
class LitterCount:
    """What was counted of a litter; None where nobody did. ``n_weaned`` counts only once it is weaned."""

    pair: UUID | None
    birth_date: date | None
    n_born: int | None
    n_alive: int | None
    n_males: int
    n_females: int
    n_weaned: int | None


@dataclass(frozen=True)
class PairTime:
    """When a pair began and ended; None where it is not known, or has not ended."""

    key: UUID
    start: date | None
    end: date | None


@dataclass(frozen=True)
class LineStatistics:
    """Numbers of a line; None where nothing was counted.

    Attributes
    ----------
    sizes : dict
        Pups born, dead ones too, to how many litters had so many.
    intervals : list
        Days between litters of one pair.
    pups_per_pair_month : float or None
        Pups born alive for each month (30.4 days) that a pair was together.
    survival : float or None
        Part of the pups born alive that were weaned, of litters that are weaned.
    """

    n_litters: int
    n_pups: int
    sizes: dict[int, int]
    mean_size: float | None
    n_males: int
    n_females: int
    intervals: list[int]
    median_interval: float | None
    pups_per_pair_month: float | None
    survival: float | None

    @property
    def part_males(self) -> float | None:
        """Part of the pups of known sex that are male."""
        known = self.n_males + self.n_females
        return self.n_males / known if known else None


def compute_statistics(litters: Sequence[LitterCount], pairs: Sequence[PairTime], today: date) -> LineStatistics:
    """Compute the statistics of a line from its litters and pairs; pairs that are open count until today."""
    sizes = [litter.n_born for litter in litters if litter.n_born]
    intervals = _intervals(litters)
    return LineStatistics(
        n_litters=len(litters),
        n_pups=sum(litter.n_alive or 0 for litter in litters),
        sizes=dict(sorted(Counter(sizes).items())),
        mean_size=mean(sizes) if sizes else None,
        n_males=sum(litter.n_males for litter in litters),
        n_females=sum(litter.n_females for litter in litters),
        intervals=intervals,
        median_interval=median(intervals) if intervals else None,
        pups_per_pair_month=_productivity(litters, pairs, today),
        survival=_survival(litters),
    )


def bin_ages(births: Sequence[date], today: date, *, weeks: int = 4) -> dict[int, int]:
    """Count animals by age: the first week of each bin to how many, without gaps up to the oldest."""
    bins = [max((today - birth).days, 0) // (7 * weeks) for birth in births]
    counted = Counter(bins)
    return {weeks * step: counted[step] for step in range(max(bins, default=-1) + 1)}


def _intervals(litters: Sequence[LitterCount]) -> list[int]:
    """Return the days between litters of one pair; two mothers that give birth within a week count once."""
    by_pair: dict[UUID, list[date]] = {}
    for litter in litters:
        if litter.pair is not None and litter.birth_date is not None:
            by_pair.setdefault(litter.pair, []).append(litter.birth_date)
    found = []
    for days in by_pair.values():
        ordered = sorted(days)
        found += [(later - earlier).days for earlier, later in itertools.pairwise(ordered)]
    return sorted(days for days in found if days > 7)


def _productivity(litters: Sequence[LitterCount], pairs: Sequence[PairTime], today: date) -> float | None:
    dated = {pair.key: ((pair.end or today) - pair.start).days for pair in pairs if pair.start}
    months = sum(days for days in dated.values() if days > 0) / DAYS_OF_MONTH
    counted = [litter.n_alive for litter in litters if litter.pair in dated and litter.n_alive is not None]
    return sum(counted) / months if months and (counted or not litters) else None


def _survival(litters: Sequence[LitterCount]) -> float | None:
    weaned = [(one.n_weaned, one.n_alive) for one in litters if one.n_weaned is not None and one.n_alive]
    born = sum(alive for _, alive in weaned)
    return sum(min(n, alive) for n, alive in weaned) / born if born else None
