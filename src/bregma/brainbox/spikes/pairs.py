"""Correlograms of chosen pairs of units, and what of them jittered spikes leave. Times in seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bregma.brainbox.arrays import Floats, Ints, InvalidInput, as_numbers, check_positive, count_bins
from bregma.brainbox.compiled import compiled, in_threads
from bregma.brainbox.results import Labelled, axis, values
from bregma.brainbox.spikes.event_bins import EDGE
from bregma.brainbox.spikes.trains import UnitTrains, find_rows, read_spikes

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


@dataclass(frozen=True)
class PairCorrelograms(Labelled):
    """Pairs of spikes of chosen pairs of units, per lag.

    ``counts`` (n_pairs, n_lags): ``counts[i, k]`` are the pairs of a spike of ``first_ids[i]`` and one of
    ``second_ids[i]`` that comes ``lags[k]`` seconds after it. ``lags`` (n_lags,) are bin centres.
    """

    first_ids: Ints = values("pair")
    second_ids: Ints = values("pair")
    lags: Floats = axis("lag", unit="s")
    counts: Ints = values("pair", "lag")


@dataclass(frozen=True)
class JitterCorrelograms(Labelled):
    """Correlograms beside those of jittered spikes.

    ``counts``, ``expected``, ``std`` and ``p_value`` (n_pairs, n_lags): the pairs of spikes found, their mean and
    standard deviation over jittered trains, and the probability of at least so many from jittered ones,
    ``(r + 1) / (n + 1)``, not corrected for the number of lags. Pairs and lags as in `PairCorrelograms`.
    """

    first_ids: Ints = values("pair")
    second_ids: Ints = values("pair")
    lags: Floats = axis("lag", unit="s")
    counts: Ints = values("pair", "lag")
    expected: Floats = values("pair", "lag")
    std: Floats = values("pair", "lag")
    p_value: Floats = values("pair", "lag")

    @property
    def corrected(self) -> Floats:
        """The counts above what is expected of jittered spikes (n_pairs, n_lags)."""
        return self.counts - self.expected


@dataclass(frozen=True)
class Jitter:
    """How spikes are jittered: each moves to a random time in its interval of a fixed grid.

    ``interval`` s: structure slower than it stays, faster is lost. ``n_surrogates`` jittered copies. ``rng``: a
    generator or a seed; None for a fresh one.
    """

    interval: float = 0.025
    n_surrogates: int = 100
    rng: np.random.Generator | int | None = None

    def __post_init__(self) -> None:
        check_positive("interval", self.interval)
        check_positive("n_surrogates", self.n_surrogates)


def correlate_pairs(
    spike_times: ArrayLike,
    spike_clusters: ArrayLike,
    pairs: ArrayLike,
    *,
    bin_size: float = 0.001,
    half_window: float = 0.025,
) -> PairCorrelograms:
    """Compute the correlograms of some pairs of units.

    Bins are centred on multiples of `bin_size`; a lag on an edge belongs to the bin farther from 0. A unit may be
    paired with itself; a spike never is.

    Parameters
    ----------
    spike_times, spike_clusters : (n_spikes,) arrays
        Time and unit of each spike, in any order. Spikes at NaN are left out.
    pairs : (n_pairs, 2) array
        Ids of the two units of each pair; those without spikes have no counts.
    bin_size
        Seconds.
    half_window
        Largest lag, seconds; a whole number of bins.

    Raises
    ------
    InvalidInput
        If lengths differ, pairs are not two whole numbers each, or the window is not a whole number of bins.
    """
    check_positive("bin_size", bin_size)
    check_positive("half_window", half_window)
    n_half = count_bins(half_window, bin_size, name="half_window")
    trains, ids, rows = _read_pairs(spike_times, spike_clusters, pairs)
    counts = count_lags(trains, rows, bin_size, n_half)
    return PairCorrelograms(ids[:, 0], ids[:, 1], lag_centres(bin_size, n_half), counts)


def correlate_jittered(
    spike_times: ArrayLike,
    spike_clusters: ArrayLike,
    pairs: ArrayLike,
    *,
    bin_size: float = 0.001,
    half_window: float = 0.025,
    jitter: Jitter = Jitter(),
) -> JitterCorrelograms:
    """Compute the correlograms of some pairs of units, and those of jittered spikes to compare them with.

    The second unit of each pair is jittered on intervals (Amarasingham, Harrison, Hatsopoulos and Geman 2012,
    J Neurophysiol 107: 517): counts of spikes in each interval stay, and so does everything slower, such as rates
    that follow a stimulus together. What is left of the correlogram is synchrony faster than the interval.

    Parameters
    ----------
    spike_times, spike_clusters, pairs, bin_size, half_window
        As in `correlate_pairs`.
    jitter
        Length of the intervals, number of surrogates and random generator.

    Raises
    ------
    InvalidInput
        As `correlate_pairs`; also if a unit is paired with itself.
    """
    check_positive("bin_size", bin_size)
    check_positive("half_window", half_window)
    n_half = count_bins(half_window, bin_size, name="half_window")
    trains, ids, rows = _read_pairs(spike_times, spike_clusters, pairs)
    if (ids[:, 0] == ids[:, 1]).any():
        raise InvalidInput("pairs names a unit with itself; jitter needs two units")
    counts = count_lags(trains, rows, bin_size, n_half)
    rng = np.random.default_rng(jitter.rng)
    total, squares, as_many = np.zeros(counts.shape), np.zeros(counts.shape), np.zeros(counts.shape)
    for _ in range(jitter.n_surrogates):
        found = count_lags(trains, rows, bin_size, n_half, _move(trains, jitter.interval, rng))
        total += found
        squares += (found - counts) ** 2.0
        as_many += found >= counts
    mean = total / jitter.n_surrogates
    std = np.sqrt(np.maximum(squares / jitter.n_surrogates - (mean - counts) ** 2, 0))
    p_value = (as_many + 1) / (jitter.n_surrogates + 1)
    return JitterCorrelograms(ids[:, 0], ids[:, 1], lag_centres(bin_size, n_half), counts, mean, std, p_value)


def lag_centres(bin_size: float, n_half: int) -> Floats:
    """Return the centres of bins of lags, symmetric around 0."""
    return np.arange(-n_half, n_half + 1, dtype=np.float64) * bin_size


def count_lags(
    trains: UnitTrains, rows: Ints, bin_size: float, n_half: int, second_times: Floats | None = None
) -> Ints:
    """Count the pairs of spikes per lag (n_pairs, 2 * n_half + 1) of pairs of rows of the trains.

    `second_times` replace the times of the second units, in their places.
    """
    others = trains.times if second_times is None else second_times
    counts = np.zeros((len(rows), 2 * n_half + 1), dtype=np.int64)

    def work(start: int, stop: int) -> None:
        _add_lags(counts[start:stop], trains.times, others, trains.starts, rows[start:stop], float(bin_size))

    in_threads(work, len(rows), size=trains.times.size)
    return counts


def _read_pairs(spike_times: ArrayLike, spike_clusters: ArrayLike, pairs: ArrayLike) -> tuple[UnitTrains, Ints, Ints]:
    """Return the trains of the units that occur in pairs, the ids of each pair and their rows in the trains."""
    ids = as_numbers("pairs", pairs)
    if ids.ndim != 2 or ids.shape[1] != 2 or ids.dtype.kind not in "iu":
        raise InvalidInput(f"pairs has shape {ids.shape} of {ids.dtype}; give two cluster ids per row")
    ids = ids.astype(np.int64)
    trains = read_spikes(spike_times, spike_clusters, np.unique(ids))
    rows = find_rows(ids.reshape(-1), trains.cluster_ids).reshape(ids.shape)
    return trains.by_unit, ids, rows.astype(np.int64)


def _move(trains: UnitTrains, interval: float, rng: np.random.Generator) -> Floats:
    """Return the times after each spike moved within its interval, ascending within each unit."""
    cell = np.floor(trains.times / interval)
    moved = (cell + rng.random(cell.size)) * interval
    unit = np.repeat(np.arange(trains.counts.size), trains.counts)
    return moved[np.lexsort((moved, unit))]


def _add_lags_numpy(counts: Ints, times: Floats, others: Floats, starts: Ints, rows: Ints, size: float) -> None:
    n_half = counts.shape[1] // 2
    for pair, (a, b) in enumerate(rows):
        first, second = times[starts[a] : starts[a + 1]], others[starts[b] : starts[b + 1]]
        low = np.searchsorted(second, first - (n_half + 1) * size)
        number = np.searchsorted(second, first + (n_half + 1) * size) - low
        i = np.repeat(np.arange(first.size), number)
        j = np.arange(number.sum()) - np.repeat(np.cumsum(number) - number, number) + np.repeat(low, number)
        lag = (second[j] - first[i]) / size
        bins = np.floor(np.abs(lag) + 0.5 + EDGE)
        used = (bins <= n_half) & ((i != j) if a == b else True)
        places = (np.sign(lag) * bins)[used].astype(np.int64) + n_half
        counts[pair] += np.bincount(places, minlength=counts.shape[1])


@compiled(_add_lags_numpy)
def _add_lags(counts: Ints, times: Floats, others: Floats, starts: Ints, rows: Ints, size: float) -> None:
    """Count the lags from the spikes of the first unit of each pair to those of the second near them."""
    n_half = counts.shape[1] // 2
    for pair in range(rows.shape[0]):
        a, b = rows[pair, 0], rows[pair, 1]
        low = starts[b]
        for i in range(starts[a], starts[a + 1]):
            while low < starts[b + 1] and (times[i] - others[low]) / size > n_half + 1:
                low += 1
            for j in range(low, starts[b + 1]):
                lag = (others[j] - times[i]) / size
                bins = np.floor(abs(lag) + 0.5 + EDGE)
                if bins > n_half and lag > 0:
                    break
                if bins <= n_half and not (a == b and i == j):
                    counts[pair, n_half + int(bins if lag > 0 else -bins)] += 1
