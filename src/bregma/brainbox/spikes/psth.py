"""Peri-stimulus time histograms: the mean rate of units around events. Times in seconds, rates in hertz."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

from bregma.brainbox.arrays import Floats, Ints, InvalidInput, Window, as_floats, check_not_negative
from bregma.brainbox.compiled import compiled
from bregma.brainbox.results import Labelled, axis, values
from bregma.brainbox.spikes.binning import BinAxis
from bregma.brainbox.spikes.event_bins import EDGE, find_around, list_pairs, make_bins
from bregma.brainbox.spikes.trains import Rows, SpikeTrains, read_spikes

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

MARGIN = 5
"""Standard deviations beyond the window from which smoothing takes spikes."""
REACH = 9
"""Standard deviations at which the kernel is less than rounding of its centre."""


@dataclass(frozen=True)
class PSTH(Labelled):
    """Mean rates around events.

    ``times`` (n_bins,) are bin centres in seconds from the event; ``rate``, ``sem`` and ``std`` (n_units, n_bins) the
    mean over events, its standard error (from the sample variance, n - 1) and the spread over events (from the
    variance over n), in Hz; row i is unit ``cluster_ids[i]``. ``n_events`` counts the events of known time. The rate
    is NaN without events, the standard error with fewer than two.
    """

    n_events: int
    times: Floats = axis("time", unit="s")
    rate: Floats = values("cluster", "time", unit="Hz")
    sem: Floats = values("cluster", "time", unit="Hz")
    std: Floats = values("cluster", "time", unit="Hz")
    cluster_ids: Ints = axis("cluster")


def compute_psth(
    spike_times: ArrayLike,
    spike_clusters: ArrayLike,
    cluster_ids: ArrayLike | None,
    events: ArrayLike,
    window: Window = (-0.2, 0.5),
    bin_size: float = 0.01,
    smoothing: float = 0.0,
) -> PSTH:
    """Compute the peri-stimulus time histogram of each unit.

    Spikes are counted in bins aligned on each event, so that an event's time is never rounded to a bin.
    Smoothing uses the spikes beyond the window too: its ends are not pulled down.

    Parameters
    ----------
    spike_times, spike_clusters : (n_spikes,) arrays
        Time and unit of each spike, in any order. Spikes at NaN are left out.
    cluster_ids : (n_units,) array or None
        Units to compute, in this order; those without spikes get a rate of zero. None: all that occur.
    events : (n_events,) array
        Event times, in any order. NaN events are left out of the mean.
    window
        Start and stop, seconds from the event; a whole number of bins.
    bin_size
        Seconds.
    smoothing
        Standard deviation of a Gaussian kernel, seconds; 0 for none. The kernel sums to one.

    Returns
    -------
    PSTH

    Raises
    ------
    InvalidInput
        If lengths differ, the window is empty or not a whole number of bins, or a unit is asked for twice.
    """
    check_not_negative("smoothing", smoothing)
    bins = _make_smooth_bins(window, bin_size, smoothing)
    trains = read_spikes(spike_times, spike_clusters, cluster_ids)
    known = as_floats("events", events)
    known = known[np.isfinite(known)]
    mean, spread = _mean_and_spread(trains, known, bins)
    rate, std = mean / bin_size, np.sqrt(spread) / bin_size
    sem = std / np.sqrt(known.size - 1) if known.size > 1 else np.full_like(std, np.nan)
    return PSTH(known.size, make_bins(window, bin_size).centres, rate, sem, std, trains.cluster_ids)


@dataclass(frozen=True)
class _SmoothBins:
    """Bins of the window, with those beyond its ends that smoothing needs, and the kernel."""

    padded: BinAxis
    n_margin: int
    kernel: Floats

    @property
    def n_bins(self) -> int:
        return self.padded.n_bins - 2 * self.n_margin

    def smooth(self, counts: Floats) -> Floats:
        """Smooth padded counts along their last axis and cut them to the window."""
        smooth = ndimage.correlate1d(counts, self.kernel, axis=-1, mode="constant")
        return np.asarray(smooth[..., self.n_margin : self.n_margin + self.n_bins], dtype=np.float64)


def _make_smooth_bins(window: Window, bin_size: float, smoothing: float) -> _SmoothBins:
    if not 0 <= smoothing < np.inf:
        raise InvalidInput(f"smoothing is {smoothing} s; give 0 or a positive number")
    bins = make_bins(window, bin_size)
    n_margin = MARGIN * int(np.ceil(smoothing / bin_size))
    n_padded = bins.n_bins + 2 * n_margin
    padded = BinAxis(bins.start - n_margin * bin_size, bin_size, n_padded, EDGE)
    if n_margin == 0:
        return _SmoothBins(padded, 0, np.ones(1))
    reach = min((n_padded - 1) // 2, int(np.ceil(REACH * smoothing / bin_size)))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) * bin_size / smoothing) ** 2)
    return _SmoothBins(padded, n_margin, kernel / kernel.sum())


def _mean_and_spread(trains: SpikeTrains, events: Floats, bins: _SmoothBins) -> tuple[Floats, Floats]:
    """Return mean and variance over events of each unit's count, both (n_units, n_bins), NaN without events.

    The variance sums squares of deviations from the mean: no rounding makes it negative. An event in which a unit is
    silent deviates by the mean, which needs no visit.
    """
    shape = (trains.n_units, bins.n_bins)
    if events.size == 0:
        return np.full(shape, np.nan), np.full(shape, np.nan)
    trains, limits = trains.near(find_around(trains, events, bins.padded).limits)
    padded = (bins.padded.start, bins.padded.size)
    total = np.zeros((trains.n_units, bins.padded.n_bins))
    _add_up(total, trains.times, trains.rows, events, limits, padded)
    mean = bins.smooth(total / events.size)
    spread = np.zeros(shape)
    _add_squares(spread, mean, trains.times, trains.rows, events, limits, (*padded, bins.n_margin), bins.kernel)
    return mean, spread / events.size


def _find_places(
    times: Floats, rows: Rows, events: Floats, limits: Ints, bins: tuple[float, float], n_bins: int
) -> tuple[Ints, Ints, Ints]:
    """Return event, unit row and bin of each pair of an event and a spike near it."""
    event, spike = list_pairs(limits)
    place = np.floor((times[spike] - events[event] - bins[0]) / bins[1] + EDGE)
    inside = (place >= 0) & (place < n_bins) & (rows[spike] >= 0)
    return event[inside], rows[spike[inside]].astype(np.int64), place[inside].astype(np.int64)


def _add_up_numpy(
    total: Floats, times: Floats, rows: Rows, events: Floats, limits: Ints, bins: tuple[float, float]
) -> None:
    _, unit, place = _find_places(times, rows, events, limits, bins, total.shape[1])
    np.add.at(total, (unit, place), 1.0)


@compiled(_add_up_numpy)
def _add_up(total: Floats, times: Floats, rows: Rows, events: Floats, limits: Ints, bins: tuple[float, float]) -> None:
    """Count the spikes of each unit in each bin, over all events."""
    start, size = bins
    n_bins = total.shape[1]
    for event in range(events.size):
        for spike in range(limits[event, 0], limits[event, 1]):
            row = rows[spike]
            place = np.floor((times[spike] - events[event] - start) / size + EDGE)
            if row >= 0 and 0 <= place < n_bins:
                total[row, int(place)] += 1


def _add_squares_numpy(
    spread: Floats,
    mean: Floats,
    times: Floats,
    rows: Rows,
    events: Floats,
    limits: Ints,
    bins: tuple[float, float, int],
    kernel: Floats,
) -> None:
    n_margin, n_padded = bins[2], spread.shape[1] + 2 * bins[2]
    event, unit, place = _find_places(times, rows, events, limits, bins[:2], n_padded)
    order = np.argsort(unit, kind="stable")
    starts = np.searchsorted(unit[order], np.arange(spread.shape[0] + 1))
    for row in range(spread.shape[0]):
        own = order[starts[row] : starts[row + 1]]
        counts = np.bincount(event[own] * n_padded + place[own], minlength=events.size * n_padded)
        smooth = ndimage.correlate1d(counts.reshape(-1, n_padded).astype(np.float64), kernel, mode="constant")
        spread[row] = ((smooth[:, n_margin : n_padded - n_margin] - mean[row]) ** 2).sum(axis=0)


@compiled(_add_squares_numpy)
def _add_squares(
    spread: Floats,
    mean: Floats,
    times: Floats,
    rows: Rows,
    events: Floats,
    limits: Ints,
    bins: tuple[float, float, int],
    kernel: Floats,
) -> None:
    """Add up, over events, the squared deviation of each unit's smoothed count from its mean."""
    start, size, n_margin = bins
    reach = kernel.size // 2
    n_units, n_bins = spread.shape
    smooth = np.zeros((n_units, n_bins))
    seen = np.full(n_units, -1, dtype=np.int64)
    active = np.zeros(n_units, dtype=np.int64)
    heard = np.zeros(n_units, dtype=np.int64)
    for event in range(events.size):
        n_active = 0
        for spike in range(limits[event, 0], limits[event, 1]):
            row = rows[spike]
            place = int(np.floor((times[spike] - events[event] - start) / size + EDGE)) - n_margin
            if row < 0 or place < -n_margin or place >= n_bins + n_margin:
                continue
            if seen[row] != event:
                seen[row] = event
                active[n_active] = row
                n_active += 1
                smooth[row] = 0.0
            for i in range(max(0, place - reach), min(n_bins, place + reach + 1)):
                smooth[row, i] += kernel[reach + i - place]
        for unit in active[:n_active]:
            heard[unit] += 1
            for i in range(n_bins):
                spread[unit, i] += (smooth[unit, i] - mean[unit, i]) ** 2
    for unit in range(n_units):
        silent = events.size - heard[unit]
        for i in range(n_bins):
            spread[unit, i] += silent * mean[unit, i] ** 2
