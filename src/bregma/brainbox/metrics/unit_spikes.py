"""Spikes of many units for their metrics: grouped by unit, cut to the recording, amplitudes and depths at hand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from bregma.brainbox.arrays import Floats, Ints, Window, as_floats, as_labels, check_same_length, check_window
from bregma.brainbox.spikes.trains import SpikeTrains, UnitTrains, read_spikes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike


@dataclass(frozen=True)
class UnitSpikes:
    """Spikes one unit after another: unit i has ``times[starts[i]:starts[i + 1]]``.

    ``place`` is where each was among the spikes given, and so in ``amps`` and ``depths``.
    """

    cluster_ids: Ints
    times: Floats
    starts: Ints
    interval: Window
    place: Ints
    amps: Floats | None
    depths: Floats | None

    @property
    def duration(self) -> float:
        """Seconds of the recording; NaN where it has no length."""
        length = self.interval[1] - self.interval[0]
        return length if length > 0 else np.nan

    @property
    def counts(self) -> Ints:
        """Spikes of each unit."""
        return np.diff(self.starts)

    @property
    def trains(self) -> UnitTrains:
        """The times alone."""
        return UnitTrains(self.times, self.starts, self.place)

    def trim(self) -> UnitSpikes:
        """Return the same spikes, and the recording from the first to the last of them."""
        if self.times.size == 0:
            return replace(self, interval=(0.0, 0.0))
        return replace(self, interval=(float(self.times.min()), float(self.times.max())))

    def split_times(self) -> Iterator[Floats]:
        """Yield the times of each unit's spikes, ascending."""
        for first, last in pairwise(self.starts):
            yield self.times[first:last]

    def split(self, values: Floats | None) -> Iterator[Floats]:
        """Yield what was given for each unit's spikes, such as amplitudes, in time; NaN where nothing was."""
        for first, last in pairwise(self.starts):
            yield np.full(last - first, np.nan) if values is None else values[self.place[first:last]]


def read_unit_spikes(
    times: ArrayLike,
    clusters: ArrayLike,
    *,
    amps: ArrayLike | None = None,
    depths: ArrayLike | None = None,
    cluster_ids: ArrayLike | None = None,
    interval: Window | None = None,
) -> UnitSpikes:
    """Check the spikes and group them by unit; those at NaN or outside the interval are left out.

    Raises
    ------
    InvalidInput
        If lengths differ, the interval is empty, or a unit is asked for twice.
    """
    when = as_floats("times", times)
    volts = None if amps is None else as_floats("amps", amps)
    where = None if depths is None else as_floats("depths", depths)
    known = {name: array for name, array in (("amps", volts), ("depths", where)) if array is not None}
    check_same_length(times=when, clusters=as_labels("clusters", clusters), **known)
    trains = read_spikes(when, clusters, cluster_ids)
    bounds, first, last = _find_interval(trains.times, interval)
    inside = SpikeTrains(trains.times[first:last], trains.clusters[first:last], trains.cluster_ids).by_unit
    place = inside.place + first if first else inside.place
    place = place if trains.order is None else trains.order[place]
    return UnitSpikes(trains.cluster_ids, inside.times, inside.starts, bounds, place, volts, where)


def _find_interval(times: Floats, interval: Window | None) -> tuple[Window, int, int]:
    """Return the recording, by default first to last spike, and which of the ascending times lie in it."""
    if interval is None:
        bounds = (float(times[0]), float(times[-1])) if times.size else (0.0, 0.0)
        return bounds, 0, times.size
    check_window(interval, name="interval")
    start, stop = (float(edge) for edge in interval)
    return (start, stop), int(np.searchsorted(times, start)), int(np.searchsorted(times, stop, side="right"))


def count_in_bins(times: Floats, start: float, bin_size: float, n_bins: int) -> Ints:
    """Return (n_bins,) spikes in bins from `start` on; a spike on the end of the last one is counted in it.

    Parameters
    ----------
    times : (n_spikes,) array
        Seconds, none before `start` and none after the last bin.
    """
    if n_bins == 0:
        return np.zeros(0, dtype=np.int64)
    place = ((times - start) / bin_size).astype(np.int64)
    return np.bincount(np.minimum(place, n_bins - 1), minlength=n_bins)
