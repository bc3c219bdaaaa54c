"""Spikes around events, one by one: what a raster shows. Times in seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bregma.brainbox.arrays import Floats, Ints, Window, as_floats, check_window
from bregma.brainbox.results import Labelled, values
from bregma.brainbox.spikes.event_bins import find_limits, list_pairs

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


@dataclass(frozen=True)
class Raster(Labelled):
    """Spikes around events.

    ``times`` (n,) are seconds from the event, ``event_index`` (n,) the row of the event each belongs to,
    ``n_events`` the number of events given, those without spikes and those at an unknown time included.
    """

    n_events: int
    window: Window
    times: Floats = values("spike", unit="s")
    event_index: Ints = values("spike")


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
    event_index, spike_index = list_pairs(find_limits(spikes, times, window))
    return Raster(times.size, window, spikes[spike_index] - times[event_index], event_index)


def sort_finite(times: Floats) -> Floats:
    """Return the finite times, ascending."""
    finite = times[np.isfinite(times)]
    return finite if (np.diff(finite) >= 0).all() else np.sort(finite)
