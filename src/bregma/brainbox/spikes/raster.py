"""Spikes around events, one by one: what a raster shows. Times in seconds."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from bregma.brainbox.arrays import Floats, Ints, Window, as_floats, check_window


@dataclass(frozen=True)
class Raster:
    """Spikes around events.

    ``times`` (n,) are seconds from the event, ``event_index`` (n,) the row of the event each belongs to,
    ``n_events`` the number of events given, those without spikes and those at an unknown time included.
    """

    times: Floats
    event_index: Ints
    n_events: int
    window: Window


def align_raster(spike_times: ArrayLike, events: ArrayLike, window: Window = (-0.2, 0.5)) -> Raster:
    """Collect one train's spikes around each event.

    Parameters
    ----------
    spike_times : (n_spikes,) array
        Spike times, in any order. NaN are left out.
    events : (n_events,) array
        Event times, in any order. A NaN event has no spikes.
    window
        Start (included) and stop (excluded), seconds from the event.

    Returns
    -------
    Raster
        Spikes in the order of events, and of time within an event. A spike near two events belongs to both.

    Raises
    ------
    InvalidInput
        If the window is empty.
    """
    check_window(window)
    spikes = sort_finite(as_floats("spike_times", spike_times))
    times = as_floats("events", events)
    event_index, spike_index = pair_spikes(spikes, times, window)
    return Raster(spikes[spike_index] - times[event_index], event_index, times.size, window)


def sort_finite(times: Floats) -> Floats:
    """Return the finite times, ascending."""
    finite = times[np.isfinite(times)]
    return finite if (np.diff(finite) >= 0).all() else np.sort(finite)


def pair_spikes(spikes: Floats, events: Floats, window: Window) -> tuple[Ints, Ints]:
    """Return (event, spike) indices of every spike in the window of an event, by event and then by time.

    `spikes` are ascending and finite. A NaN event has no pairs.
    """
    start, stop = window
    known = np.isfinite(events)
    safe = np.where(known, events, 0.0)
    first = np.searchsorted(spikes, safe + start, side="left")
    counts = np.where(known, np.searchsorted(spikes, safe + stop, side="left") - first, 0)
    event_index = np.repeat(np.arange(events.size), counts)
    before = np.repeat(np.cumsum(counts) - counts, counts)
    spike_index = np.arange(counts.sum()) - before + np.repeat(first, counts)
    return event_index.astype(np.int64), spike_index.astype(np.int64)
