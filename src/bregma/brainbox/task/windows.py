"""Spikes of many units counted in a window beside each event."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bregma.brainbox.arrays import Floats, Ints, InvalidInput, Window, as_floats, check_same_length, check_window
from bregma.brainbox.spikes.trains import SpikeTrains


@dataclass(frozen=True)
class GroupedEvents:
    """The events of two groups: times of ``first`` and ``second``, in seconds, NaN left out."""

    first: Floats
    second: Floats


def read_events(events: ArrayLike) -> Floats:
    """Return the known times, in the order given."""
    times = as_floats("events", events)
    return times[np.isfinite(times)]


def read_groups(events: ArrayLike, groups: ArrayLike, *, paired: bool = False) -> GroupedEvents:
    """Return the events of two groups; the first group is the smaller label.

    Pairs are made in order of appearance: event i of one group with event i of the other. A NaN event then takes
    its partner with it.

    Raises
    ------
    InvalidInput
        If lengths differ, there are not exactly two groups, or pairs do not match in number.
    """
    times, labels = as_floats("events", events), np.asarray(groups)
    check_same_length(events=times, groups=labels)
    names = np.unique(labels)
    if names.size != 2:
        raise InvalidInput(f"groups has {names.size} different labels; give two, such as 0 and 1")
    first, second = times[labels == names[0]], times[labels == names[1]]
    if not paired:
        return GroupedEvents(first[np.isfinite(first)], second[np.isfinite(second)])
    if first.size != second.size:
        raise InvalidInput(f"groups have {first.size} and {second.size} events; a paired test needs as many of each")
    known = np.isfinite(first) & np.isfinite(second)
    return GroupedEvents(first[known], second[known])


def count_around(trains: SpikeTrains, events: Floats, window: Window) -> Ints:
    """Count spikes from the start of the window until before its end; (n_units, n_events). Windows may overlap."""
    check_window(window)
    first = np.searchsorted(trains.times, events + window[0])
    last = np.searchsorted(trains.times, events + window[1])
    counts = np.zeros((trains.n_units, events.size), dtype=np.int64)
    for event, (start, stop) in enumerate(zip(first, last, strict=True)):
        counts[:, event] = _count_rows(trains.rows[start:stop], trains.n_units)
    return counts


def make_comparable(first: Ints, second: Ints, windows: tuple[Window, Window]) -> tuple[Floats, Floats]:
    """Return counts of windows of one length as they are, else rates in Hz, rounded so that equal rates are ties."""
    lengths = [stop - start for start, stop in windows]
    if abs(lengths[0] - lengths[1]) <= 1e-9 * max(lengths):
        return first.astype(np.float64), second.astype(np.float64)
    return np.round(first / lengths[0], 9), np.round(second / lengths[1], 9)


def _count_rows(rows: NDArray[np.int32], n_units: int) -> Ints:
    """Spikes of other units have the row -1."""
    return np.bincount(rows + 1, minlength=n_units + 1)[1:]
