"""A number for each brain region, over all the recordings that a user may see: counts, and means over units."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from bregma.atlas import Regions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from bregma.alyx.results.brain.places import Places

MAPPINGS = ("Beryl", "Cosmos", "Allen")
FARTHEST_UM = 100.0
"""A unit farther along the probe from every channel of known place has no known place."""


@dataclass(frozen=True)
class Statistic:
    """A number for each region.

    Parameters
    ----------
    name, title, unit : str
        In addresses, as people read it, and what it is measured in.
    of_units : bool
        Whether it is a mean over units; else it is a count.
    digits : int
        Decimals that are shown.
    """

    name: str
    title: str
    unit: str = ""
    of_units: bool = False
    digits: int = 0

    @property
    def label(self) -> str:
        """The title with its unit."""
        return f"{self.title} ({self.unit})" if self.unit else self.title


STATISTICS = {
    one.name: one
    for one in (
        Statistic("sites", "Recording sites"),
        Statistic("probes", "Probes"),
        Statistic("rate", "Firing rate", "Hz", of_units=True, digits=2),
        Statistic("passing", "Passing units", "%", of_units=True, digits=0),
    )
}


@dataclass(frozen=True, eq=False)
class Units:
    """Units with the region that each is in.

    Parameters
    ----------
    region_ids : (n,) array of int
        0 where none is known.
    rate : (n,) array
        Mean firing rates, in Hz.
    passing : (n,) array
        100 for a unit that passes every test of quality, 0 for one that does not, NaN where amplitudes are unknown,
        without which no unit can be judged.
    """

    region_ids: NDArray[np.int64]
    rate: NDArray[np.float64]
    passing: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class RegionNumbers:
    """A number for each row of the unlateralised regions, NaN where there is none, and of how many it is made."""

    numbers: NDArray[np.float64]
    n: NDArray[np.int64]

    @property
    def of_both_sides(self) -> NDArray[np.float64]:
        """The number for each row of the lateralised regions: the same on either side."""
        both: NDArray[np.float64] = self.numbers[Regions.allen().lateralised.structure_rows]
        return both


def place_units(places: Places, metrics: Mapping[str, NDArray[Any]]) -> Units:
    """Put each unit where the channel is that is nearest along its probe.

    Parameters
    ----------
    places : Places
        With the channels of each insertion.
    metrics : mapping of str to structured array
        Metrics of the units of each insertion, by its id.
    """
    found = [_place(places, index, metrics[pid]) for index, pid in enumerate(places.pids) if pid in metrics]
    unplaced = [_measure(rows, np.zeros(len(rows))) for pid, rows in metrics.items() if pid not in places.pids]
    parts = [*found, *unplaced, Units(np.zeros(0, np.int64), np.zeros(0), np.zeros(0))]
    return Units(*(np.concatenate([getattr(one, part) for one in parts]) for part in ("region_ids", "rate", "passing")))


def _place(places: Places, index: int, units: NDArray[Any]) -> Units:
    here = (places.site_insertions == index) & np.isfinite(places.axial_um)
    if not here.any():
        return _measure(units, np.zeros(len(units)))
    order = np.argsort(places.axial_um[here], kind="stable")
    heights, ids = places.axial_um[here][order], places.region_ids[here][order]
    depths = units["depth_um"].astype(np.float64)
    above = np.clip(np.searchsorted(heights, depths), 1, max(len(heights) - 1, 1))
    pair = np.stack([above - 1, np.minimum(above, len(heights) - 1)])
    distances = np.abs(heights[pair] - depths)
    nearest = np.take_along_axis(pair, distances.argmin(axis=0)[None], axis=0)[0]
    return _measure(units, np.where(distances.min(axis=0) <= FARTHEST_UM, ids[nearest], 0))


def _measure(units: NDArray[Any], region_ids: NDArray[Any]) -> Units:
    passing = np.where(np.isfinite(units["amp_median"]), 100.0 * (units["label"] >= 1), np.nan)
    return Units(region_ids.astype(np.int64), units["firing_rate"].astype(np.float64), passing)


def count_by_region(places: Places, statistic: Statistic, mapping: str) -> RegionNumbers:
    """Return how many sites, or probes, are in each region."""
    mapped = _mapped_rows(places.region_ids, mapping)
    if statistic.name == "probes":
        mapped = np.unique(np.stack([mapped, places.site_insertions]), axis=1)[0]
    n = _count(mapped)
    return RegionNumbers(np.where(n > 0, n.astype(np.float64), np.nan), n)


def average_by_region(units: Units, statistic: Statistic, mapping: str) -> RegionNumbers:
    """Return the mean over the units in each region; units of unknown value are left out."""
    values: NDArray[np.float64] = getattr(units, statistic.name)
    known = np.isfinite(values)
    mapped = _mapped_rows(units.region_ids[known], mapping)
    n = _count(mapped)
    sums = np.bincount(mapped, weights=values[known], minlength=len(n))
    return RegionNumbers(np.divide(sums, n, out=np.full(len(n), np.nan), where=n > 0), n)


def table_of_regions(found: RegionNumbers) -> list[dict[str, Any]]:
    """Return the regions that have a number, the largest first."""
    structures = Regions.allen()
    order = np.argsort(-np.nan_to_num(found.numbers, nan=-np.inf), kind="stable")
    return [
        {"acronym": structures.acronyms[row], "name": structures.names[row]}
        | {"number": float(found.numbers[row]), "n": int(found.n[row])}
        for row in order[: np.isfinite(found.numbers).sum()].tolist()
    ]


def structure_rows(ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the rows of identifiers, of either sign; void for those that the table does not have."""
    return np.array([_known_ids().get(abs(int(one)), 0) for one in ids], dtype=np.int64)


def _mapped_rows(ids: NDArray[np.int64], mapping: str) -> NDArray[np.int64]:
    rows: NDArray[np.int64] = Regions.allen().mapping(mapping)[structure_rows(ids)].astype(np.int64)
    return rows


def _count(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    counts = np.bincount(rows, minlength=len(Regions.allen()))
    # Void, and the whole brain: what is there is in no region.
    counts[:2] = 0
    return counts


@cache
def _known_ids() -> dict[int, int]:
    return {int(one): row for row, one in enumerate(Regions.allen().ids)}
