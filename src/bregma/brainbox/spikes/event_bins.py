"""Bins aligned on events, and one train's or many units' spikes counted in them, event by event. Times in seconds."""

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
    check_same_length,
    check_window,
    count_bins,
)
from bregma.brainbox.compiled import compiled, in_threads
from bregma.brainbox.results import Labelled, axis, values
from bregma.brainbox.spikes.binning import MAX_CELLS, BinAxis, Numbers
from bregma.brainbox.spikes.trains import Rows, SpikeTrains, read_spikes

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, DTypeLike, NDArray

EDGE = 1e-7
"""Part of a bin by which rounding of a subtraction may put a spike before the edge that it lies on."""


@dataclass(frozen=True)
class EventCounts(Labelled):
    """One train's spikes around each event.

    ``times`` (n_bins,) are bin centres, seconds from the event; ``counts`` (n_events, n_bins) the spikes in each, or
    the sum of their weights; ``events`` (n_events,) the events given. The row of a NaN event is zero.
    """

    events: Floats = axis("event", unit="s")
    times: Floats = axis("time", unit="s")
    counts: Numbers = values("event", "time")


@dataclass(frozen=True)
class UnitEventCounts(Labelled):
    """The spikes of many units around each event.

    ``times`` (n_bins,) are bin centres, seconds from the event; ``counts`` (n_events, n_units, n_bins) the spikes in
    each, or the sum of their weights; column i is unit ``cluster_ids[i]``; ``events`` (n_events,) the events given.
    The rows of a NaN event are zero.
    """

    events: Floats = axis("event", unit="s")
    cluster_ids: Ints = axis("cluster")
    times: Floats = axis("time", unit="s")
    counts: Numbers = values("event", "cluster", "time")


def bin_spikes(
    spike_times: ArrayLike,
    events: ArrayLike,
    window: Window = (-0.4, 1.0),
    bin_size: float = 0.01,
    *,
    weights: ArrayLike | None = None,
) -> EventCounts:
    """Count one train's spikes in bins around each event.

    Parameters
    ----------
    spike_times : (n_spikes,) array
        Seconds, in any order; spikes at NaN are left out.
    events : (n_events,) array
        Seconds, in any order. A NaN event gives a row of zeros.
    window
        Start and stop, seconds from the event; a whole number of bins.
    bin_size
        Seconds. A bin holds the spikes from its start (included) to its end.
    weights : (n_spikes,) array, optional
        Added up in place of counting, as floats.

    Raises
    ------
    InvalidInput
        If lengths differ, or the window is empty or not a whole number of bins.
    """
    times = as_floats("spike_times", spike_times)
    found = bin_spikes2d(
        times,
        np.zeros(times.size, dtype=np.int32),
        events,
        window,
        bin_size,
        cluster_ids=[0],
        options=BinOptions(weights),
    )
    return EventCounts(found.events, found.times, found.counts[:, 0])


@dataclass(frozen=True)
class BinOptions:
    """What `bin_spikes2d` adds up, and as what.

    ``weights`` (n_spikes,): added up as floats in place of counting. ``dtype``: of the counts, 16 bits to save
    memory.
    """

    weights: ArrayLike | None = None
    dtype: DTypeLike = np.int32


def bin_spikes2d(
    spike_times: ArrayLike,
    spike_clusters: ArrayLike,
    events: ArrayLike,
    window: Window = (-0.4, 1.0),
    bin_size: float = 0.01,
    *,
    cluster_ids: ArrayLike | None = None,
    options: BinOptions = BinOptions(),
) -> UnitEventCounts:
    """Count the spikes of units in bins around each event.

    Parameters
    ----------
    spike_times, spike_clusters : (n_spikes,) arrays
        Seconds and cluster id of each spike, in any order; spikes at NaN are left out.
    events : (n_events,) array
        Seconds, in any order. A NaN event gives zeros.
    window
        Start and stop, seconds from the event; a whole number of bins.
    bin_size
        Seconds. A bin holds the spikes from its start (included) to its end.
    cluster_ids : (n_units,) array or None
        Units to count, in this order, those without spikes included; None: all that occur, ascending.
    options
        Weights, and the type of the counts.

    Raises
    ------
    InvalidInput
        If lengths differ, the window is empty or not a whole number of bins, a unit is asked for twice, or the counts
        do not fit in memory or in their type.
    """
    trains = read_spikes(spike_times, spike_clusters, cluster_ids)
    around = find_around(trains, as_floats("events", events), make_bins(window, bin_size))
    size = around.events.size * trains.n_units * around.bins.n_bins
    if size > MAX_CELLS:
        raise InvalidInput(
            f"counts of {around.events.size} events, {trains.n_units} units and {around.bins.n_bins} bins "
            "do not fit in memory; ask for fewer units or larger bins"
        )
    weights = _read_weights(trains, options, np.size(spike_times))
    dtype = np.dtype(np.float64) if options.weights is not None else _check_dtype(options.dtype, around)
    counts: NDArray[Any] = np.zeros((around.events.size, trains.n_units, around.bins.n_bins), dtype=dtype)
    axis_of = (around.bins.start, around.bins.size)
    # Without weights, which belong to all spikes, those far from events need not be looked at.
    trains, limits = trains.near(around.limits) if options.weights is None else (trains, around.limits)

    def work(start: int, stop: int) -> None:
        part = slice(start, stop)
        _count(counts[part], trains.times, trains.rows, weights, around.events[part], limits[part], axis_of)

    in_threads(work, around.events.size, size=around.n_pairs)
    return UnitEventCounts(around.events, trains.cluster_ids, around.bins.centres, counts)


@dataclass(frozen=True)
class Around:
    """The spikes near each event: those of event i are ``limits[i, 0]`` to ``limits[i, 1]`` of the trains."""

    events: Floats
    limits: Ints
    bins: BinAxis

    @property
    def n_pairs(self) -> int:
        """How many pairs of an event and a spike near it there are."""
        return int((self.limits[:, 1] - self.limits[:, 0]).sum())


def make_bins(window: Window, bin_size: float) -> BinAxis:
    """Return the bins of a window around events, or raise `InvalidInput`."""
    check_window(window)
    n_bins = count_bins(window[1] - window[0], bin_size, name="window")
    return BinAxis(float(window[0]), float(bin_size), n_bins, EDGE)


def find_around(trains: SpikeTrains, events: Floats, bins: BinAxis) -> Around:
    """Find the spikes near each event, none near a NaN event; a bin more on either side, for rounding."""
    window = (bins.start - bins.size, bins.start + (bins.n_bins + 1) * bins.size)
    return Around(events, find_limits(trains.times, events, window), bins)


def find_limits(times: Floats, events: Floats, window: Window) -> Ints:
    """Return, for each event, the first spike in its window and the first after it (n_events, 2).

    `times` are ascending and finite. A NaN event has no spikes.
    """
    known = np.isfinite(events)
    safe = np.where(known, events, 0.0)
    first = np.searchsorted(times, safe + window[0])
    last = np.searchsorted(times, safe + window[1])
    return np.stack([first, np.where(known, last, first)], axis=1).astype(np.int64)


def list_pairs(limits: Ints) -> tuple[Ints, Ints]:
    """Return the event and the spike of each pair, by event and then by time."""
    counts = limits[:, 1] - limits[:, 0]
    event = np.repeat(np.arange(counts.size), counts)
    before = np.repeat(np.cumsum(counts) - counts, counts)
    spike = np.arange(counts.sum()) - before + np.repeat(limits[:, 0], counts)
    return event, spike


def _read_weights(trains: SpikeTrains, options: BinOptions, n_spikes: int) -> Numbers:
    if options.weights is None:
        return np.broadcast_to(np.int32(1), trains.times.shape)
    weights = as_floats("weights", options.weights)
    check_same_length(spike_times=range(n_spikes), weights=weights)
    return trains.arrange(weights)


def _check_dtype(dtype: DTypeLike, around: Around) -> np.dtype[Any]:
    kind = np.dtype(dtype)
    if kind.kind not in "iu":
        raise InvalidInput(f"dtype is {kind}; counts are whole numbers, such as int32 or uint16")
    most = int((around.limits[:, 1] - around.limits[:, 0]).max(initial=0))
    if most > np.iinfo(kind).max:
        raise InvalidInput(f"{most} spikes near one event may not fit in {kind}; use int32")
    return kind


def _count_numpy(
    counts: Numbers,
    times: Floats,
    rows: Rows,
    weights: Numbers,
    events: Floats,
    limits: Ints,
    bins: tuple[float, float],
) -> None:
    event, spike = list_pairs(limits)
    place = np.floor((times[spike] - events[event] - bins[0]) / bins[1] + EDGE)
    inside = (place >= 0) & (place < counts.shape[2]) & (rows[spike] >= 0)
    event, spike = event[inside], spike[inside]
    np.add.at(counts, (event, rows[spike], place[inside].astype(np.int64)), weights[spike].astype(counts.dtype))


@compiled(_count_numpy)
def _count(
    counts: Numbers,
    times: Floats,
    rows: Rows,
    weights: Numbers,
    events: Floats,
    limits: Ints,
    bins: tuple[float, float],
) -> None:
    """Add the weight of each spike near an event to its bin."""
    start, size = bins
    n_bins = counts.shape[2]
    for event in range(events.size):
        for spike in range(limits[event, 0], limits[event, 1]):
            row = rows[spike]
            place = np.floor((times[spike] - events[event] - start) / size + EDGE)
            if row >= 0 and 0 <= place < n_bins:
                counts[event, row, int(place)] += weights[spike]
