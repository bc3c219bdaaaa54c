"""Rows around events, one per event: spikes in bins or a sampled signal, and their average. Times in seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from bregma.brainbox.arrays import (
    Floats,
    Ints,
    InvalidInput,
    Window,
    as_floats,
    as_ids,
    as_numbers,
    check_ascending,
    check_count,
    check_positive,
    check_same_length,
    check_window,
)
from bregma.brainbox.results import Labelled, axis, values
from bregma.brainbox.spikes.binning import find_recorded
from bregma.brainbox.spikes.event_bins import bin_spikes

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class EventRaster(Labelled):
    """One row per event.

    ``values`` (n_events, n_times): row i is that of ``events[i]``, NaN where the event is unknown or the recording
    does not cover its window. ``times`` (n_times,) s from the event: centres of bins, or lags of samples.
    """

    events: Floats = axis("event", unit="s")
    times: Floats = axis("time", unit="s")
    values: Floats = values("event", "time")


@dataclass(frozen=True)
class EventAverage(Labelled):
    """Mean over events.

    ``mean`` and ``sem`` (n_times,): over the rows known at each time, ``n_events`` (n_times,) of them.
    """

    mean: Floats = values("time")
    sem: Floats = values("time")
    n_events: Ints = values("time")


def align_counts(
    spike_times: ArrayLike,
    events: ArrayLike,
    window: Window = (-0.4, 1.0),
    bin_size: float = 0.02,
    *,
    weights: ArrayLike | None = None,
    recorded: Window | None = None,
) -> EventRaster:
    """Count one train's spikes, licks or other moments in bins around each event, unknown where none were recorded.

    Bins are aligned on each event: its time is never rounded to a bin.

    Parameters
    ----------
    spike_times : (n_spikes,) array
        Seconds, in any order; NaN are left out.
    events : (n_events,) array
        Seconds, in any order. A NaN event gives a row of NaN.
    window
        Start and stop, seconds from the event; a whole number of bins.
    bin_size
        Seconds.
    weights : (n_spikes,) array, optional
        Added up in place of counting.
    recorded
        When the recording started and stopped. Windows that reach beyond give rows of NaN. None: from the first to
        the last spike.

    Raises
    ------
    InvalidInput
        If lengths differ, or the window is empty or not a whole number of bins.
    """
    found = bin_spikes(spike_times, events, window, bin_size, weights=weights)
    span = find_recorded(as_floats("spike_times", spike_times), recorded) or (np.inf, -np.inf)
    counts = np.where(_covered(found.events, window, span)[:, None], found.counts, np.nan)
    return EventRaster(found.events, found.times, counts)


def align_signal(
    times: ArrayLike,
    signal: ArrayLike,
    events: ArrayLike,
    window: Window = (-0.4, 1.0),
    *,
    step: float | None = None,
) -> EventRaster:
    """Read a sampled signal, such as wheel speed or pupil diameter, at fixed lags from each event.

    Values between samples are interpolated in a straight line, so that no event is rounded to a sample.

    Parameters
    ----------
    times : (n_samples,) array
        Seconds, ascending, without NaN.
    signal : (n_samples,) array
        A NaN makes the values beside it NaN.
    events : (n_events,) array
        Seconds, in any order. A NaN event, or a window that reaches beyond the samples, gives a row of NaN.
    window
        First lag and end of the lags (excluded), seconds from the event.
    step
        Seconds from lag to lag. None: the mean time between samples.

    Raises
    ------
    InvalidInput
        If lengths differ, times do not ascend, there are fewer than two, or the window is empty.
    """
    when, what, around = as_floats("times", times), as_floats("signal", signal), as_floats("events", events)
    check_same_length(times=when, signal=what)
    check_window(window)
    check_ascending("times", when)
    if when.size < 2:
        raise InvalidInput(f"times has {when.size} samples; a signal needs two or more")
    size = float(np.mean(np.diff(when))) if step is None else step
    check_positive("step", size)
    n_lags = int(np.ceil((window[1] - window[0]) / size - 1e-6))
    lags = window[0] + np.arange(n_lags, dtype=np.float64) * size
    rows = np.interp((around[:, None] + lags).reshape(-1), when, what).reshape(around.size, lags.size)
    covered = _covered(around, (window[0], float(lags[-1])), (float(when[0]), float(when[-1])))
    return EventRaster(around, lags, np.where(covered[:, None], rows, np.nan))


def average_events(raster: EventRaster | ArrayLike, rows: ArrayLike | None = None, *, ddof: int = 1) -> EventAverage:
    """Average rows around events.

    Parameters
    ----------
    raster : EventRaster or (n_events, n_times) array
        NaN where a row is unknown; it counts neither for the mean nor for its error.
    rows : (n,) array, optional
        Rows to average, by index or a mask (n_events,). None: all.
    ddof
        The standard error is the root of the variance over ``n - ddof``, divided by that of n, the number of known
        rows. 1 estimates it without bias; 0 is what IBL's ``get_psth`` uses.

    Returns
    -------
    EventAverage
        The mean is NaN at times no row knows, the error where at most `ddof` do.

    Raises
    ------
    InvalidInput
        If the raster has other than two dimensions.
    """
    check_count("ddof", ddof, least=0)
    table = as_floats("raster", raster.values if isinstance(raster, EventRaster) else raster, n_dims=())
    if table.ndim != 2:
        raise InvalidInput(f"raster has shape {table.shape}; give a row per event")
    if rows is not None:
        table = table[_read_rows(rows, len(table))]
    known = np.isfinite(table)
    number = known.sum(axis=0)
    mean = np.where(known, table, 0.0).sum(axis=0) / np.where(number > 0, number, np.nan)
    squares = (np.where(known, table - mean, 0.0) ** 2).sum(axis=0)
    variance = squares / np.where(number > ddof, number - ddof, np.nan)
    return EventAverage(mean, np.sqrt(variance / np.maximum(number, 1)), number)


def subtract_baseline(raster: EventRaster, window: Window) -> EventRaster:
    """Subtract from each row its mean over a window, such as the time before the event.

    Parameters
    ----------
    raster
        As `align_signal` or `align_counts` gives it.
    window
        Start and stop of the baseline, seconds from the event, both included; NaN in it do not count.

    Returns
    -------
    EventRaster
        A row with no known value in the window is NaN.

    Raises
    ------
    InvalidInput
        If the raster has no time in the window.
    """
    inside = (raster.times >= window[0]) & (raster.times <= window[1])
    if not inside.any():
        raise InvalidInput(f"no time of the raster lies in {window}; it has none, or from {raster.times[:1]} s on")
    before = raster.values[:, inside]
    known = np.isfinite(before)
    number = known.sum(axis=1)
    mean = np.where(known, before, 0.0).sum(axis=1) / np.where(number > 0, number, np.nan)
    return EventRaster(raster.events, raster.times, raster.values - mean[:, None])


def _covered(events: Floats, window: Window, span: Window) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Whether the window of each event lies in the span."""
    return (events + window[0] >= span[0]) & (events + window[1] <= span[1])


def _read_rows(rows: ArrayLike, n_events: int) -> NDArray[Any]:
    """Return the rows chosen by number or by a mask."""
    chosen = as_numbers("rows", rows, n_dims=1)
    if chosen.dtype == np.bool_ and chosen.size == n_events:
        return chosen
    places = as_ids("rows", chosen)
    if places.size and not -n_events <= places.min() <= places.max() < n_events:
        raise InvalidInput(f"rows names row {places.max()} of {n_events}; rows count from 0")
    return places
