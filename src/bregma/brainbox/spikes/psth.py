"""Peri-stimulus time histograms: the mean rate of units around events. Times in seconds, rates in hertz."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike
from scipy import ndimage

from bregma.brainbox.arrays import (
    Floats,
    Ints,
    InvalidInput,
    Window,
    as_floats,
    as_ids,
    bin_centres,
    check_same_length,
    check_window,
    count_bins,
    select_units,
    unit_rows,
)
from bregma.brainbox.spikes.raster import pair_spikes

KERNEL_WIDTH = 4
"""Half-width of the smoothing kernel, in standard deviations."""


@dataclass(frozen=True)
class PSTH:
    """Mean rates around events.

    ``times`` (n_bins,) are bin centres in seconds from the event; ``rate`` and ``sem`` (n_units, n_bins) the mean
    over events and its standard error, in Hz; row i is unit ``cluster_ids[i]``. ``n_events`` counts the events
    of known time. The rate is NaN without events, the standard error with fewer than two.
    """

    times: Floats
    rate: Floats
    sem: Floats
    cluster_ids: Ints
    n_events: int


@dataclass(frozen=True)
class _Bins:
    """Bins of the window, and those beyond its ends that smoothing needs."""

    start: float
    size: float
    n_bins: int
    n_margin: int
    kernel: Floats

    @property
    def n_padded(self) -> int:
        return self.n_bins + 2 * self.n_margin


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
        Standard deviation of a Gaussian kernel, seconds; 0 for none.

    Returns
    -------
    PSTH

    Raises
    ------
    InvalidInput
        If lengths differ, the window is empty or not a whole number of bins, or a unit is asked for twice.
    """
    times, clusters = as_floats("spike_times", spike_times), as_ids("spike_clusters", spike_clusters)
    check_same_length(spike_times=times, spike_clusters=clusters)
    bins = _make_bins(window, bin_size, smoothing)
    ids = select_units(clusters, cluster_ids)
    known = as_floats("events", events)
    known = known[np.isfinite(known)]
    rate, sem = _mean_rates(times, unit_rows(clusters, ids), ids.size, known, bins)
    return PSTH(bin_centres(bins.start, bin_size, bins.n_bins), rate, sem, ids, known.size)


def _make_bins(window: Window, bin_size: float, smoothing: float) -> _Bins:
    check_window(window)
    n_bins = count_bins(window[1] - window[0], bin_size, name="window")
    if not 0 <= smoothing < np.inf:
        raise InvalidInput(f"smoothing is {smoothing} s; give 0 or a positive number")
    n_margin = int(np.ceil(KERNEL_WIDTH * smoothing / bin_size))
    steps = np.arange(-n_margin, n_margin + 1) * bin_size
    weights = np.exp(-0.5 * (steps / smoothing) ** 2) if smoothing > 0 else np.ones(1)
    return _Bins(window[0], bin_size, n_bins, n_margin, weights / weights.sum())


def _mean_rates(times: Floats, rows: Ints, n_units: int, events: Floats, bins: _Bins) -> tuple[Floats, Floats]:
    """Return mean rate and standard error, both (n_units, n_bins). Memory grows with events times bins only."""
    unit, event, place = _locate(times, rows, events, bins)
    limits = np.searchsorted(unit, np.arange(n_units + 1))
    rate = np.zeros((n_units, bins.n_bins))
    sem = np.zeros_like(rate)
    for row, (first, last) in enumerate(pairwise(limits)):
        if events.size and first == last:
            sem[row] = 0.0 if events.size > 1 else np.nan
            continue
        rate[row], sem[row] = _mean_and_sem(event[first:last], place[first:last], events.size, bins)
    return rate, sem


def _locate(times: Floats, rows: Ints, events: Floats, bins: _Bins) -> tuple[Ints, Ints, Ints]:
    """Return unit row, event and padded bin of every spike near an event, ordered by unit."""
    used = (rows >= 0) & np.isfinite(times)
    order = np.argsort(times[used], kind="stable")
    spikes, units = times[used][order], rows[used][order]
    margin = (bins.n_margin + 1) * bins.size
    stop = bins.start + bins.n_bins * bins.size
    event, spike = pair_spikes(spikes, events, (bins.start - margin, stop + margin))
    offset = (spikes[spike] - events[event] - bins.start) / bins.size
    # A spike on an edge belongs to the bin that starts there, whatever the rounding of the subtraction.
    place = np.floor(offset + 1e-6).astype(np.int64) + bins.n_margin
    inside = (place >= 0) & (place < bins.n_padded)
    by_unit = np.argsort(units[spike][inside], kind="stable")
    return units[spike][inside][by_unit], event[inside][by_unit], place[inside][by_unit]


def _mean_and_sem(event: Ints, place: Ints, n_events: int, bins: _Bins) -> tuple[Floats, Floats]:
    if n_events == 0:
        nan = np.full(bins.n_bins, np.nan)
        return nan, nan
    counts = np.bincount(event * bins.n_padded + place, minlength=n_events * bins.n_padded)
    rates = _smooth(counts.reshape(n_events, bins.n_padded) / bins.size, bins)
    if n_events == 1:
        return rates[0], np.full(bins.n_bins, np.nan)
    return rates.mean(axis=0), rates.std(axis=0, ddof=1) / np.sqrt(n_events)


def _smooth(rates: Floats, bins: _Bins) -> Floats:
    """Smooth padded rates and cut them to the window."""
    if bins.n_margin == 0:
        return rates
    smooth = ndimage.correlate1d(rates, bins.kernel, axis=1, mode="constant")
    return np.asarray(smooth[:, bins.n_margin : bins.n_margin + bins.n_bins], dtype=np.float64)
