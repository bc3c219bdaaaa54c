"""Correlograms: how the spikes of units follow each other. Times in seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bregma.brainbox.arrays import Floats, Ints, InvalidInput, check_positive, count_bins
from bregma.brainbox.compiled import compiled, in_threads
from bregma.brainbox.results import Labelled, axis, values
from bregma.brainbox.spikes.binning import MAX_CELLS, Counts
from bregma.brainbox.spikes.event_bins import EDGE
from bregma.brainbox.spikes.pairs import count_lags, lag_centres
from bregma.brainbox.spikes.trains import Rows, SpikeTrains, read_spikes

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

TILE = 100_000
"""Spikes that all units are compared with before the next ones: they stay in the processor's cache."""
HALF_UP, HALF_EVEN, DOWN = 0, 1, 2


@dataclass(frozen=True)
class Autocorrelograms(Labelled):
    """Pairs of spikes per lag.

    ``lags`` (n_lags,) are bin centres in seconds, symmetric around 0; ``counts`` (n_units, n_lags) are ordered
    pairs of different spikes, so that a row is symmetric; row i is unit ``cluster_ids[i]``.
    """

    lags: Floats = axis("lag", unit="s")
    cluster_ids: Ints = axis("cluster")
    counts: Ints = values("cluster", "lag")


@dataclass(frozen=True)
class Correlograms(Labelled):
    """Pairs of spikes of all pairs of units, per lag.

    ``counts`` (n_units, n_units, n_lags): ``counts[i, j, k]`` are the pairs of a spike of unit ``cluster_ids[i]``
    and one of unit ``cluster_ids[j]`` that comes ``lags[k]`` seconds after it, so that ``counts[j, i]`` is
    ``counts[i, j]`` backwards. ``lags`` (n_lags,) are bin centres.
    """

    cluster_ids: Ints = axis("cluster")
    other_ids: Ints = axis("other_cluster")
    lags: Floats = axis("lag", unit="s")
    counts: Counts = values("cluster", "other_cluster", "lag")


@dataclass(frozen=True)
class LagRule:
    """Which bin a lag belongs to: `centred`, or as in a function that labs know, `xcorr` or `phylib`.

    ``rounding`` of lag over bin size; ``both_orders``: whether the bin of lag 0 counts every pair in it, or the
    pairs of the one order of the two spikes that occurs more often; ``sampling_rate``: times are first cut to whole
    samples of this rate.
    """

    rounding: int = HALF_UP
    both_orders: bool = True
    sampling_rate: float | None = None

    @classmethod
    def centred(cls) -> LagRule:
        """Return bins centred on multiples of the bin size; a lag on an edge belongs to the bin farther from 0."""
        return cls()

    @classmethod
    def xcorr(cls) -> LagRule:
        """Return the bins of IBL's ``xcorr``: lags are rounded half to even; lag 0 counts one order of spikes."""
        return cls(HALF_EVEN, both_orders=False)

    @classmethod
    def phylib(cls, sampling_rate: float) -> LagRule:
        """Return the bins of phy's ``correlograms``: whole samples, bins that start at multiples of the bin size.

        Bin k holds lags from ``k * bin_size`` to the next multiple, mirrored for negative ones, so that lag 0 has
        the lags shorter than a bin, of the order of spikes that occurs more often.
        """
        check_positive("sampling_rate", sampling_rate)
        return cls(DOWN, both_orders=False, sampling_rate=sampling_rate)


CENTRED = LagRule.centred()


def compute_autocorrelograms(
    spike_times: ArrayLike,
    spike_clusters: ArrayLike,
    cluster_ids: ArrayLike | None = None,
    *,
    bin_size: float = 0.001,
    half_window: float = 0.05,
) -> Autocorrelograms:
    """Compute the autocorrelogram of each unit.

    Bins are centred on multiples of `bin_size`; the bin of lag 0 holds pairs closer than half a bin. A spike is
    never paired with itself.

    Parameters
    ----------
    spike_times, spike_clusters : (n_spikes,) arrays
        Time and unit of each spike, in any order. Spikes at NaN are left out.
    cluster_ids : (n_units,) array or None
        Units to compute, in this order. None: all that occur.
    bin_size
        Seconds.
    half_window
        Largest lag, seconds; a whole number of bins.

    Returns
    -------
    Autocorrelograms

    Raises
    ------
    InvalidInput
        If lengths differ, the window is not a whole number of bins, or a unit is asked for twice.
    """
    check_positive("bin_size", bin_size)
    check_positive("half_window", half_window)
    n_half = count_bins(half_window, bin_size, name="half_window")
    trains = read_spikes(spike_times, spike_clusters, cluster_ids)
    rows = np.arange(trains.n_units, dtype=np.int64)
    counts = count_lags(trains.by_unit, np.stack([rows, rows], axis=1), bin_size, n_half)
    return Autocorrelograms(lag_centres(bin_size, n_half), trains.cluster_ids, counts)


def compute_correlograms(
    spike_times: ArrayLike,
    spike_clusters: ArrayLike,
    cluster_ids: ArrayLike | None = None,
    *,
    bin_size: float = 0.001,
    half_window: float = 0.025,
    rule: LagRule = CENTRED,
) -> Correlograms:
    """Compute the correlograms of all pairs of units, each with itself included.

    A spike is never paired with itself. For some pairs of many units, `correlate_pairs` needs less memory.

    Parameters
    ----------
    spike_times, spike_clusters : (n_spikes,) arrays
        Time and unit of each spike, in any order. Spikes at NaN are left out.
    cluster_ids : (n_units,) array or None
        Units to compute, in this order. None: all that occur.
    bin_size
        Seconds.
    half_window
        Largest lag, seconds; a whole number of bins.
    rule
        Which bin a lag belongs to: `LagRule.centred`, `LagRule.xcorr` (as IBL's) or `LagRule.phylib` (as phy's).

    Returns
    -------
    Correlograms

    Raises
    ------
    InvalidInput
        If lengths differ, the window is not a whole number of bins, a unit is asked for twice, or the counts would
        not fit in memory.
    """
    check_positive("bin_size", bin_size)
    check_positive("half_window", half_window)
    n_half = count_bins(half_window, bin_size, name="half_window")
    trains = read_spikes(spike_times, spike_clusters, cluster_ids)
    if trains.n_units**2 * (2 * n_half + 1) > MAX_CELLS:
        raise InvalidInput(f"correlograms of {trains.n_units} units do not fit in memory; ask for fewer, or for pairs")
    later = _count_later(trains, bin_size, n_half, rule)
    return Correlograms(
        trains.cluster_ids, trains.cluster_ids, lag_centres(bin_size, n_half), _mirror(later, both=rule.both_orders)
    )


def _count_later(trains: SpikeTrains, bin_size: float, n_half: int, rule: LagRule) -> Counts:
    """Count, for all pairs of units, the spikes of the second at or after one of the first, per lag from 0."""
    size = float(bin_size)
    used = trains.rows >= 0
    if not used.all():
        trains = SpikeTrains(trains.times[used], trains.clusters[used], trains.cluster_ids)
    times, of_units = trains.times, trains.by_unit
    if rule.sampling_rate is not None:
        times, size = np.trunc(times * rule.sampling_rate), float(int(rule.sampling_rate * bin_size))
        if size < 1:
            raise InvalidInput(f"bin_size is {bin_size} s; give at least a sample of {1 / rule.sampling_rate} s")
    later = np.zeros((trains.n_units, trains.n_units, n_half + 1), dtype=np.int32)

    def work(start: int, stop: int) -> None:
        starts = of_units.starts[start : stop + 1]
        _add_later(later[start:stop], times, trains.rows, of_units.place, starts, size, rule.rounding)

    in_threads(work, trains.n_units, size=times.size)
    return later


def _mirror(later: Counts, *, both: bool) -> Counts:
    """Return the counts of all lags from those of the lags from 0."""
    n_units, _, n_lags = later.shape
    counts = np.empty((n_units, n_units, 2 * n_lags - 1), dtype=np.int32)
    counts[:, :, n_lags:] = later[:, :, 1:]
    counts[:, :, : n_lags - 1] = later[:, :, :0:-1].transpose(1, 0, 2)
    zero = later[:, :, 0]
    counts[:, :, n_lags - 1] = zero + zero.T if both else np.maximum(zero, zero.T)
    return counts


def _add_later_numpy(
    later: Counts, times: Floats, rows: Rows, place: Ints, starts: Ints, size: float, rounding: int
) -> None:
    n_lags = later.shape[2]
    first = place[starts[0] : starts[-1]]
    unit = np.repeat(np.arange(later.shape[0]), np.diff(starts))
    step = 1
    while first.size:
        inside = first + step < times.size
        first, unit = first[inside], unit[inside]
        bins = (times[first + step] - times[first]) / size
        bins = np.rint(bins) if rounding == HALF_EVEN else np.floor(bins + (EDGE if rounding == DOWN else 0.5 + EDGE))
        near = bins < n_lags
        first, unit, bins = first[near], unit[near], bins[near]
        np.add.at(later, (unit, rows[first + step], bins.astype(np.int64)), 1)
        step += 1


@compiled(_add_later_numpy)
def _add_later(later: Counts, times: Floats, rows: Rows, place: Ints, starts: Ints, size: float, rounding: int) -> None:
    """Count the lags from each spike of some units to all the later spikes near it.

    Unit by unit, so that the counts of one stay in the cache, and a tile of spikes at a time, so that these do too.
    """
    n_lags = later.shape[2]
    half = EDGE if rounding == DOWN else 0.5 + EDGE
    cursors = starts[:-1].copy()
    for tile in range(0, times.size, TILE):
        for unit in range(later.shape[0]):
            counts = later[unit]
            cursor = cursors[unit]
            while cursor < starts[unit + 1] and place[cursor] < tile + TILE:
                first = place[cursor]
                cursor += 1
                for other in range(first + 1, times.size):
                    lag = (times[other] - times[first]) / size
                    bin_of = np.rint(lag) if rounding == HALF_EVEN else np.floor(lag + half)
                    if bin_of >= n_lags:
                        break
                    counts[rows[other], int(bin_of)] += 1
            cursors[unit] = cursor
