"""Spikes of many units counted in a window beside each event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bregma.brainbox.arrays import (
    Floats,
    Ints,
    InvalidInput,
    Window,
    as_floats,
    as_labels,
    check_same_length,
    check_window,
)
from bregma.brainbox.spikes.intervals import count_in_intervals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike


@dataclass(frozen=True)
class GroupedEvents:
    """The events of two groups: times of ``first`` and ``second``, in seconds, NaN left out."""

    first: Floats
    second: Floats


@dataclass(frozen=True)
class SideCounts:
    """Spikes of each unit on two sides: ``first`` and ``second`` (n_units, n_events of that side)."""

    cluster_ids: Ints
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
    times, labels = as_floats("events", events), as_labels("groups", groups)
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


def count_sides(
    spikes: tuple[ArrayLike, ArrayLike, ArrayLike | None], sides: Sequence[tuple[Floats, Window]]
) -> SideCounts:
    """Count spikes in a window beside known events, for each side; windows may overlap.

    `spikes` are times, clusters and the units wanted.
    """
    for _, window in sides:
        check_window(window)
    intervals = np.concatenate([np.stack([times + start, times + stop], axis=1) for times, (start, stop) in sides])
    found = count_in_intervals(spikes[0], spikes[1], intervals, cluster_ids=spikes[2])
    parts = np.split(found.counts, [sides[0][0].size], axis=1)
    return SideCounts(found.cluster_ids, parts[0].astype(np.float64), parts[1].astype(np.float64))


def make_comparable(counts: SideCounts, windows: tuple[Window, Window]) -> tuple[Floats, Floats]:
    """Return counts of windows of one length as they are, else rates in Hz, rounded so that equal rates are ties."""
    lengths = [stop - start for start, stop in windows]
    if abs(lengths[0] - lengths[1]) <= 1e-9 * max(lengths):
        return counts.first, counts.second
    return np.round(counts.first / lengths[0], 9), np.round(counts.second / lengths[1], 9)
