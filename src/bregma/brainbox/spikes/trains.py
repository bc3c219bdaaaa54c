"""Spikes of many units, checked once: ordered in time, with the row of each spike's unit; and grouped by unit.

Every function on spikes reads its arguments here, so that the rules on order, NaN and unknown units are the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bregma.brainbox.arrays import Floats, Ints, as_floats, as_ids, as_numbers, check_same_length, select_units
from bregma.brainbox.compiled import compiled

Rows: TypeAlias = NDArray[np.int32]

MAX_TABLE = 10_000_000
"""Range of cluster ids up to which rows are looked up in a table."""
CHUNK = 65_536
"""Times compared at once: the answers stay in the processor's cache."""


@dataclass(frozen=True)
class SpikeTrains:
    """Spikes in the order of time.

    ``times`` (n_spikes,) s, ascending and finite; ``clusters`` (n_spikes,) the unit of each spike; ``cluster_ids``
    (n_units,) the units asked for; ``order`` the place of each spike in the arrays given, None where they were in
    order already and every time was known.
    """

    times: Floats
    clusters: NDArray[np.integer]
    cluster_ids: Ints
    order: Ints | None = None

    @property
    def n_units(self) -> int:
        """How many units were asked for."""
        return self.cluster_ids.size

    @cached_property
    def rows(self) -> Rows:
        """The place of each spike's unit in ``cluster_ids`` (n_spikes,), -1 for spikes of other units."""
        return find_rows(self.clusters, self.cluster_ids)

    @cached_property
    def by_unit(self) -> UnitTrains:
        """The spikes grouped by unit, in time within each."""
        return UnitTrains(*_group(self.times, self.rows, self.n_units))

    def near(self, limits: Ints) -> tuple[SpikeTrains, Ints]:
        """Return the trains without the spikes outside limits, and the limits (n, 2) among those left.

        All spikes stay where most are inside; else what lies between is not read, which matters for a memory map.
        """
        spans, span_of = _join(limits)
        lengths = spans[:, 1] - spans[:, 0]
        if 2 * lengths.sum() > self.times.size or lengths.size == 0:
            return self, limits
        cut = [np.concatenate([array[a:b] for a, b in spans]) for array in (self.times, self.clusters)]
        passed = spans[:, 0] - (np.cumsum(lengths) - lengths)
        return SpikeTrains(cut[0], cut[1], self.cluster_ids), limits - passed[span_of, None]

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
    ids = find_units(clusters) if cluster_ids is None else select_units(clusters[:0].astype(np.int64), cluster_ids)
    return SpikeTrains(times, clusters, ids, order)


def find_rows(clusters: NDArray[np.integer], cluster_ids: Ints) -> Rows:
    """Return the place of each cluster in `cluster_ids`, -1 for others."""
    if cluster_ids.size == 0 or clusters.size == 0:
        return np.full(clusters.size, -1, dtype=np.int32)
    low, high = int(cluster_ids.min()), int(cluster_ids.max())
    if high - low > min(MAX_TABLE, max(clusters.size, CHUNK)):
        ascending = np.argsort(cluster_ids, kind="stable")
        near = np.minimum(np.searchsorted(cluster_ids, clusters, sorter=ascending), cluster_ids.size - 1)
        rows = ascending[near]
        return np.where(cluster_ids[rows] == clusters, rows, -1).astype(np.int32)
    table = np.full(high - low + 1, -1, dtype=np.int32)
    table[cluster_ids - low] = np.arange(cluster_ids.size, dtype=np.int32)
    return _look_up(clusters, table, low)


def _read_clusters(spike_clusters: ArrayLike) -> NDArray[np.integer]:
    """Return the ids as they are when they are whole numbers of 32 or 64 bits: ten million need not be copied."""
    array = as_numbers("spike_clusters", spike_clusters)
    if array.ndim == 1 and array.dtype in (np.int32, np.int64):
        return array
    return as_ids("spike_clusters", array)


def _find_order(times: Floats) -> Ints | None:
    if _is_ascending(times):
        return None
    known = np.flatnonzero(np.isfinite(times))
    return known[np.argsort(times[known], kind="stable")].astype(np.int64)


def find_units(clusters: NDArray[np.integer]) -> Ints:
    """Return the ids that occur, ascending."""
    if clusters.size == 0:
        return np.zeros(0, dtype=np.int64)
    low, high = int(clusters.min()), int(clusters.max())
    if high - low > MAX_TABLE:
        return np.unique(clusters).astype(np.int64)
    seen = _mark(clusters, low, high - low + 1)
    return np.flatnonzero(seen).astype(np.int64) + low


def _is_ascending(times: Floats) -> bool:
    """Whether the times ascend and are all finite."""
    if times.size == 0:
        return True
    if not np.isfinite(times[[0, -1]]).all():
        return False
    parts = (times[start : start + CHUNK + 1] for start in range(0, times.size, CHUNK))
    return all((part[1:] >= part[:-1]).all() for part in parts)


def _join(limits: Ints) -> tuple[Ints, Ints]:
    """Return the spans that limits cover together, ascending, and the span that each of the limits lies in."""
    order = np.argsort(limits[:, 0], kind="stable")
    first, reach = limits[order, 0], np.maximum.accumulate(limits[order, 1])
    begins = np.append(True, first[1:] > reach[:-1])[: first.size]
    span_of = np.empty(first.size, dtype=np.int64)
    span_of[order] = np.cumsum(begins) - 1
    ends = np.append(begins[1:], True)[: first.size]
    return np.stack([first[begins], reach[ends]], axis=1), span_of


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


def _group_numpy(times: Floats, rows: Rows, n_units: int) -> tuple[Floats, Ints, Ints]:
    order = np.argsort(rows, kind="stable")
    starts = np.searchsorted(rows[order], np.arange(n_units + 1))
    place = order[starts[0] :].astype(np.int64)
    return times[place], (starts - starts[0]).astype(np.int64), place


@compiled(_group_numpy)
def _group(times: Floats, rows: Rows, n_units: int) -> tuple[Floats, Ints, Ints]:
    """Return the times unit by unit, where each unit starts, and the places of its spikes: a counting sort."""
    starts = np.zeros(n_units + 1, dtype=np.int64)
    for i in range(rows.size):
        if rows[i] >= 0:
            starts[rows[i] + 1] += 1
    for unit in range(n_units):
        starts[unit + 1] += starts[unit]
    place = np.empty(starts[n_units], dtype=np.int64)
    grouped = np.empty(starts[n_units], dtype=np.float64)
    following = starts[:-1].copy()
    for i in range(rows.size):
        unit = rows[i]
        if unit >= 0:
            place[following[unit]] = i
            grouped[following[unit]] = times[i]
            following[unit] += 1
    return grouped, starts, place
