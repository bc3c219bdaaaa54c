"""How units fire: rate over time, regularity of their intervals, variability of their counts. Seconds and hertz."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from bregma.brainbox.arrays import (
    Floats,
    Ints,
    InvalidInput,
    Window,
    as_floats,
    check_count,
    check_positive,
    check_same_length,
)
from bregma.brainbox.results import Labelled, axis, values
from bregma.brainbox.spikes.binning import find_recorded
from bregma.brainbox.spikes.raster import sort_finite
from bregma.brainbox.spikes.trains import read_spikes

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


@dataclass(frozen=True)
class FiringRate(Labelled):
    """The rate of one train over time: ``rate`` (n_times,) Hz in the window centred on each of ``times`` (n_times,)."""

    times: Floats = axis("time", unit="s")
    rate: Floats = values("time", unit="Hz")


@dataclass(frozen=True)
class RateVariability(Labelled):
    """How a rate varies within each part of a recording.

    ``cv`` (n_parts,): standard deviation of the rate over its mean; ``fano`` (n_parts,) Hz: variance over mean; NaN
    in parts of no spikes. ``times`` (n_parts,): centre of each part.
    """

    times: Floats = axis("time", unit="s")
    cv: Floats = values("time")
    fano: Floats = values("time", unit="Hz")

    @property
    def mean_cv(self) -> float:
        """Mean over the parts with spikes."""
        return _mean_known(self.cv)

    @property
    def mean_fano(self) -> float:
        """Mean over the parts with spikes, Hz."""
        return _mean_known(self.fano)


@dataclass(frozen=True)
class FiringStatistics(Labelled):
    """How each unit fires; all (n_units,), row i is unit ``cluster_ids[i]``.

    ``n_spikes``; ``rate`` Hz over the recording; of the intervals between spikes ``cv`` (standard deviation over
    mean), ``cv2`` (Holt et al. 1996, J Neurophysiol 75: 1806) and ``lv`` (Shinomoto et al. 2003, Neural Comput 15:
    2823), which changes of rate touch less: 1 for a Poisson train, 0 for a regular one; ``fano``: variance over mean
    of counts in windows; ``presence_ratio``: part of long bins with a spike. NaN where there are too few spikes.
    """

    cluster_ids: Ints = axis("cluster")
    n_spikes: Ints = values("cluster")
    rate: Floats = values("cluster", unit="Hz")
    cv: Floats = values("cluster")
    cv2: Floats = values("cluster")
    lv: Floats = values("cluster")
    fano: Floats = values("cluster")
    presence_ratio: Floats = values("cluster")


def compute_firing_rate(spike_times: ArrayLike, *, window: float = 0.5, bin_size: float = 0.01) -> FiringRate:
    """Compute the rate of one train over time, as the count in a sliding window.

    The window slides by bins from the first spike to the last; the bins are widened by less than one part in their
    number so that they fill that span. The window that ends with the last spike, which ends the span, is left out.

    Parameters
    ----------
    spike_times : (n_spikes,) array
        Seconds, in any order; NaN are left out.
    window
        Seconds; a whole number of bins.
    bin_size
        Seconds by which the window slides.

    Returns
    -------
    FiringRate
        Of no times when the train is shorter than the window.

    Raises
    ------
    InvalidInput
        If the window or bins are not above zero, or the window is shorter than a bin.
    """
    check_positive("bin_size", bin_size)
    check_positive("window", window)
    step = round(window / bin_size)
    if step < 1:
        raise InvalidInput(f"window of {window} s is shorter than bins of {bin_size} s")
    spikes = sort_finite(as_floats("spike_times", spike_times))
    n_bins = int((spikes[-1] - spikes[0]) / bin_size) if spikes.size else 0
    if n_bins <= step:
        return FiringRate(np.zeros(0), np.zeros(0))
    counts, edges = np.histogram(spikes, n_bins)
    passed = np.concatenate([[0], np.cumsum(counts)])
    rate = (passed[step:-1] - passed[: -step - 1]) / window
    return FiringRate((edges[: -step - 1] + edges[step:-1]) / 2, rate)


def compute_rate_variability(
    spike_times: ArrayLike, *, n_parts: int = 10, window: float = 0.5, bin_size: float = 0.01
) -> RateVariability:
    """Compute how the rate of one train varies, in equal parts of the recording.

    Parameters
    ----------
    spike_times, window, bin_size
        As in `compute_firing_rate`, whose rate is used.
    n_parts
        Parts of as many whole bins as fit, from the first spike.

    Raises
    ------
    InvalidInput
        As `compute_firing_rate`; also if the rate has fewer times than there are parts.
    """
    check_count("n_parts", n_parts)
    check_positive("n_parts", n_parts)
    found = compute_firing_rate(spike_times, window=window, bin_size=bin_size)
    length = found.rate.size // n_parts
    if length == 0:
        raise InvalidInput(f"the train has {found.rate.size} rates; ask for fewer than {n_parts} parts")
    parts = found.rate[: length * n_parts].reshape(n_parts, length)
    times = found.times[: length * n_parts].reshape(n_parts, length).mean(axis=1)
    mean = np.where(parts.any(axis=1), parts.mean(axis=1), np.nan)
    return RateVariability(times, parts.std(axis=1) / mean, parts.var(axis=1) / mean)


def compute_firing_statistics(
    spike_times: ArrayLike,
    spike_clusters: ArrayLike,
    cluster_ids: ArrayLike | None = None,
    *,
    recorded: Window | None = None,
    count_window: float = 1.0,
    presence_bin: float = 10.0,
) -> FiringStatistics:
    """Compute rate, regularity and variability of each unit.

    Parameters
    ----------
    spike_times, spike_clusters : (n_spikes,) arrays
        Seconds and cluster id of each spike, in any order; spikes at NaN are left out.
    cluster_ids : (n_units,) array or None
        Units to compute, in this order, those without spikes included. None: all that occur.
    recorded
        When the recording started and stopped; spikes outside are left out. None: from the first to the last spike
        of all units.
    count_window
        Seconds of the windows in which spikes are counted for the Fano factor; whole windows only.
    presence_bin
        Seconds of the bins of the presence ratio; the last may be shorter.

    Raises
    ------
    InvalidInput
        If lengths differ, the recording is empty, a size is not above zero, or a unit is asked for twice.
    """
    check_positive("count_window", count_window)
    check_positive("presence_bin", presence_bin)
    trains = read_spikes(spike_times, spike_clusters, cluster_ids)
    span = find_recorded(trains.times, recorded) or (0.0, 0.0)
    units = trains.by_unit
    rows = [
        _describe(_cut(units.times[first:last], span), span, count_window, presence_bin)
        for first, last in pairwise(units.starts)
    ]
    table = np.array(rows, dtype=np.float64).reshape(-1, 7).T
    return FiringStatistics(trains.cluster_ids, table[0].astype(np.int64), *table[1:])


def compute_average_drift(spike_times: ArrayLike, feature: ArrayLike) -> float:
    """Return how fast a feature of one unit's spikes, such as amplitude or depth, changes from spike to spike.

    Parameters
    ----------
    spike_times, feature : (n_spikes,) arrays
        Seconds, in any order, and the feature of each spike. Spikes with a NaN are left out.

    Returns
    -------
    float
        The sum of absolute changes per second between successive spikes over the number of spikes, in units of the
        feature per second. Spikes at one time add nothing. NaN without spikes.

    Raises
    ------
    InvalidInput
        If lengths differ.
    """
    times, levels = as_floats("spike_times", spike_times), as_floats("feature", feature)
    check_same_length(spike_times=times, feature=levels)
    known = np.isfinite(times) & np.isfinite(levels)
    order = np.flatnonzero(known)[np.argsort(times[known], kind="stable")]
    passed = np.diff(times[order])
    changes = np.abs(np.diff(levels[order]))
    return float((changes[passed > 0] / passed[passed > 0]).sum() / order.size) if order.size else float("nan")


def _cut(spikes: Floats, recorded: Window) -> Floats:
    first, last = np.searchsorted(spikes, recorded[0]), np.searchsorted(spikes, recorded[1], side="right")
    return spikes[first:last]


def _describe(spikes: Floats, recorded: Window, count_window: float, presence_bin: float) -> tuple[float, ...]:
    """Return number, rate, cv, cv2, lv, Fano factor and presence ratio of one train."""
    length = recorded[1] - recorded[0]
    intervals = np.diff(spikes)
    both = intervals[1:] + intervals[:-1]
    change = np.abs(np.diff(intervals))[both > 0] / both[both > 0]
    n_windows = int(length / count_window + 1e-9)
    counts = np.bincount(_place(spikes, recorded, count_window), minlength=n_windows)[:n_windows]
    n_present = max(int(np.ceil(length / presence_bin - 1e-9)), 1)
    present = np.unique(np.minimum(_place(spikes, recorded, presence_bin), n_present - 1)).size
    return (
        spikes.size,
        spikes.size / length if length > 0 else np.nan,
        intervals.std() / intervals.mean() if intervals.size > 1 and intervals.any() else np.nan,
        2 * change.mean() if change.size else np.nan,
        3 * (change**2).mean() if change.size else np.nan,
        counts.var() / counts.mean() if counts.any() else np.nan,
        present / n_present,
    )


def _place(spikes: Floats, recorded: Window, size: float) -> Ints:
    return np.floor((spikes - recorded[0]) / size).astype(np.int64)


def _mean_known(parts: Floats) -> float:
    known = parts[np.isfinite(parts)]
    return float(known.mean()) if known.size else float("nan")
