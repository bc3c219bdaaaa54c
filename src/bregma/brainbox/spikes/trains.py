"""Spikes of many units, checked once: ordered in time, with the row of each spike's unit; and grouped by unit.

Every function on spikes reads its arguments here, so that the rules on order, NaN and unknown units are the same.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bregma.brainbox.arrays import Floats, Ints, as_floats, as_ids, check_same_length, select_units
from bregma.brainbox.compiled import compiled

Rows: TypeAlias = NDArray[np.int32]

MAX_TABLE = 10_000_000
"""Range of cluster ids up to which rows are looked up in a table."""


@dataclass(frozen=True)
class SpikeTrains:
    """Spikes in the order of time.

    ``times`` (n_spikes,) s, ascending and finite; ``rows`` (n_spikes,) the place of each spike's unit in
    ``cluster_ids`` (n_units,), -1 for spikes of other units; ``order`` the place of each spike in the arrays given,
    None where they were in order already and every time was known.
    """

    times: Floats
    rows: Rows
    cluster_ids: Ints
    order: Ints | None = None

    @property
    def n_units(self) -> int:
        """How many units were asked for."""
        return self.cluster_ids.size

    @cached_property
    def by_unit(self) -> "UnitTrains":
        """The spikes grouped by unit, in time within each."""
        place, starts = _group(self.rows, self.n_units)
        return UnitTrains(times=self.times[place], starts=starts, place=place)

    def arrange(self, values: NDArray[np.generic]) -> NDArray[np.generic]:
        """Return values of the spikes given, such as amplitudes, in the order of these spikes."""
        return values if self.order is None else values[self.order]


@dataclass(frozen=True)
class UnitTrains:
    """Spikes one unit after another: unit i has ``times[starts[i]:starts[i + 1]]``, ascending.

    ``place`` is the place of each in the arrays of the `SpikeTrains` it came from.
    """

    times: Floats
    starts: Ints
    place: Ints

    @property
    def counts(self) -> Ints:
        """Spikes of each unit."""
        return np.diff(self.starts)


def read_spikes(spike_times: ArrayLike, spike_clusters: ArrayLike, cluster_ids: ArrayLike | None = None) -> SpikeTrains:
    """Check the spikes of many units and put them in order.

    Parameters
    ----------
    spike_times, spike_clusters : (n_spikes,) arrays
        Seconds and cluster id of each spike, in any order; spikes at NaN or infinity are left out. Arrays in order
        and of 64 bits, memory maps too, are not copied.
    cluster_ids : (n_units,) array or None
        Units wanted, in this order, those without spikes included. None: all that occur, ascending.

    Raises
    ------
    InvalidInput
        If lengths differ, ids are not whole numbers, or a unit is asked for twice.
    """
    times = as_floats("spike_times", spike_times)
    clusters = _read_clusters(spike_clusters)
    check_same_length(spike_times=times, spike_clusters=clusters)
    order = _find_order(times)
    if order is not None:
        times, clusters = times[order], clusters[order]
    ids = _find_units(clusters) if cluster_ids is None else select_units(clusters[:0].astype(np.int64), cluster_ids)
    return SpikeTrains(times, find_rows(clusters, ids), ids, order)


def find_rows(clusters: NDArray[np.integer], cluster_ids: Ints) -> Rows:
    """Return the place of each cluster in `cluster_ids`, -1 for others."""
    if cluster_ids.size == 0 or clusters.size == 0:
        return np.full(clusters.size, -1, dtype=np.int32)
    low, high = int(cluster_ids.min()), int(cluster_ids.max())
    if high - low > MAX_TABLE:
        ascending = np.argsort(cluster_ids, kind="stable")
        near = np.minimum(np.searchsorted(cluster_ids, clusters, sorter=ascending), cluster_ids.size - 1)
        rows = ascending[near]
        return np.where(cluster_ids[rows] == clusters, rows, -1).astype(np.int32)
    table = np.full(high - low + 1, -1, dtype=np.int32)
    table[cluster_ids - low] = np.arange(cluster_ids.size, dtype=np.int32)
    return _look_up(clusters, table, low)


def _read_clusters(spike_clusters: ArrayLike) -> NDArray[np.integer]:
    """Return the ids as they are when they are whole numbers of 32 or 64 bits: ten million need not be copied."""
    array = np.asarray(spike_clusters)
    if array.ndim == 1 and array.dtype in (np.int32, np.int64):
        return array
    return as_ids("spike_clusters", array)


def _find_order(times: Floats) -> Ints | None:
    if _is_ascending(times):
        return None
    known = np.flatnonzero(np.isfinite(times))
    return known[np.argsort(times[known], kind="stable")].astype(np.int64)


def _find_units(clusters: NDArray[np.integer]) -> Ints:
    """Return the ids that occur, ascending."""
    if clusters.size == 0:
        return np.zeros(0, dtype=np.int64)
    low, high = int(clusters.min()), int(clusters.max())
    if high - low > MAX_TABLE:
        return np.unique(clusters).astype(np.int64)
    seen = _mark(clusters, low, high - low + 1)
    return np.flatnonzero(seen).astype(np.int64) + low


def _is_ascending_numpy(times: Floats) -> bool:
    return bool(times.size == 0 or (np.isfinite(times[[0, -1]]).all() and (times[1:] >= times[:-1]).all()))


@compiled(_is_ascending_numpy)
def _is_ascending(times: Floats) -> bool:
    """Whether the times ascend and are all finite."""
    if times.size == 0:
        return True
    if not (np.isfinite(times[0]) and np.isfinite(times[-1])):
        return False
    for i in range(1, times.size):  # noqa: SIM110 - numba compiles no generator
        if not times[i] >= times[i - 1]:
            return False
    return True


def _look_up_numpy(clusters: NDArray[np.integer], table: Rows, low: int) -> Rows:
    place = clusters.astype(np.int64) - low
    known = (place >= 0) & (place < table.size)
    place[~known] = 0
    return np.where(known, table[place], -1).astype(np.int32)


@compiled(_look_up_numpy)
def _look_up(clusters: NDArray[np.integer], table: Rows, low: int) -> Rows:
    rows = np.empty(clusters.size, dtype=np.int32)
    for i in range(clusters.size):
        place = clusters[i] - low
        rows[i] = table[place] if 0 <= place < table.size else -1
    return rows


def _mark_numpy(clusters: NDArray[np.integer], low: int, size: int) -> NDArray[np.bool_]:
    seen = np.zeros(size, dtype=np.bool_)
    seen[clusters.astype(np.int64) - low] = True
    return seen


@compiled(_mark_numpy)
def _mark(clusters: NDArray[np.integer], low: int, size: int) -> NDArray[np.bool_]:
    seen = np.zeros(size, dtype=np.bool_)
    for i in range(clusters.size):
        seen[clusters[i] - low] = True
    return seen


def _group_numpy(rows: Rows, n_units: int) -> tuple[Ints, Ints]:
    order = np.argsort(rows, kind="stable")
    starts = np.searchsorted(rows[order], np.arange(n_units + 1))
    return order[starts[0] :].astype(np.int64), (starts - starts[0]).astype(np.int64)


@compiled(_group_numpy)
def _group(rows: Rows, n_units: int) -> tuple[Ints, Ints]:
    """Return the places of the spikes unit by unit, and where each unit starts: a counting sort."""
    starts = np.zeros(n_units + 1, dtype=np.int64)
    for i in range(rows.size):
        if rows[i] >= 0:
            starts[rows[i] + 1] += 1
    for unit in range(n_units):
        starts[unit + 1] += starts[unit]
    place = np.empty(starts[n_units], dtype=np.int64)
    following = starts[:-1].copy()
    for i in range(rows.size):
        unit = rows[i]
        if unit >= 0:
            place[following[unit]] = i
            following[unit] += 1
    return place, starts
