"""Spikes of units counted in intervals, such as the half second after each stimulus. Times in seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bregma.brainbox.arrays import Floats, Ints, as_intervals
from bregma.brainbox.compiled import compiled, in_threads
from bregma.brainbox.results import Labelled, axis, values
from bregma.brainbox.spikes.trains import Rows, read_spikes

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from bregma.brainbox.spikes.binning import Counts


@dataclass(frozen=True)
class IntervalCounts(Labelled):
    """Spikes of units in intervals.

    ``counts`` (n_units, n_intervals): row i is unit ``cluster_ids[i]``; ``starts`` and ``stops`` (n_intervals,) the
    intervals given. An interval with a NaN has no counts; use ``rates`` to tell it from a silent one.
    """

    cluster_ids: Ints = axis("cluster")
    starts: Floats = values("event", unit="s")
    stops: Floats = values("event", unit="s")
    counts: Counts = values("cluster", "event")

    @property
    def rates(self) -> Floats:
        """Spikes per second (n_units, n_intervals), NaN where the interval is unknown or empty."""
        length = self.stops - self.starts
        return np.asarray(self.counts / np.where(length > 0, length, np.nan), dtype=np.float64)


def count_in_intervals(
    spike_times: ArrayLike, spike_clusters: ArrayLike, intervals: ArrayLike, *, cluster_ids: ArrayLike | None = None
) -> IntervalCounts:
    """Count the spikes of units in intervals.

    Parameters
    ----------
    spike_times, spike_clusters : (n_spikes,) arrays
        Seconds and cluster id of each spike, in any order; spikes at NaN are left out.
    intervals : (n_intervals, 2) array
        Start (included) and stop (excluded) of each, in any order; they may overlap. A NaN gives zeros.
    cluster_ids : (n_units,) array or None
        Units to count, in this order, those without spikes included. None: all that occur.

    Raises
    ------
    InvalidInput
        If lengths differ, intervals are not pairs, one stops before it starts, or a unit is asked for twice.
    """
    bounds = as_intervals("intervals", intervals)
    trains = read_spikes(spike_times, spike_clusters, cluster_ids)
    known = np.isfinite(bounds[:, 0]) & np.isfinite(bounds[:, 1])
    limits = np.searchsorted(trains.times, np.where(known[:, None], bounds, 0.0)).astype(np.int64)
    trains, limits = trains.near(limits)
    counts = np.zeros((len(bounds), trains.n_units), dtype=np.int32)

    def work(start: int, stop: int) -> None:
        _count(counts[start:stop], trains.rows, limits[start:stop])

    in_threads(work, len(bounds), size=int((limits[:, 1] - limits[:, 0]).sum()))
    return IntervalCounts(trains.cluster_ids, bounds[:, 0], bounds[:, 1], np.ascontiguousarray(counts.T))


def _count_numpy(counts: Counts, rows: Rows, limits: Ints) -> None:
    for interval, (first, last) in enumerate(limits):
        # Rows of other units are -1: they go to a place before the first.
        counts[interval] = np.bincount(rows[first:last] + 1, minlength=counts.shape[1] + 1)[1:]


@compiled(_count_numpy)
def _count(counts: Counts, rows: Rows, limits: Ints) -> None:
    """Count the spikes of each unit in each interval."""
    for interval in range(limits.shape[0]):
        for spike in range(limits[interval, 0], limits[interval, 1]):
            if rows[spike] >= 0:
                counts[interval, rows[spike]] += 1
