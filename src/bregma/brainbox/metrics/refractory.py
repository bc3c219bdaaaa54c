"""Contamination of a unit without a guess of its refractory period: all up to 10 ms are tested. Times in seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from bregma.brainbox.compiled import compiled, in_threads
from bregma.brainbox.results import Labelled, axis, values
from bregma.brainbox.spikes.trains import UnitTrains, read_spikes

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from bregma.brainbox.arrays import Bools, Floats, Ints

SAMPLES_PER_SECOND = 30_000
N_SAMPLES = 300
FIRST_SAMPLE = 15
"""Refractory periods tested: up to 10 ms, in samples of 1/30 ms, those over 0.5 ms."""
PERIODS = np.arange(FIRST_SAMPLE + 1, N_SAMPLES + 1) / SAMPLES_PER_SECOND
CONTAMINATIONS = np.arange(1, 70) / 200
TESTED = 19
"""Place of 10 % among the contaminations."""
CONFIDENCE = 0.9
BELOW_2MS = 61
"""Samples of the pairs that count as closer than 2 ms."""
FORCED_RATE = 0.5
"""Hz from which a unit without pairs below 2 ms could have had some."""
ROUNDING = 1e-3
"""Samples by which a lag may fall short of a whole number of them."""


@dataclass(frozen=True)
class SlidingRefractory(Labelled):
    """Result of the sliding refractory period test; every array is (n_units,).

    ``max_confidence`` (0 to 1) that contamination is below 10 %, over all refractory periods tested;
    ``min_contamination`` (0 to 1) the smallest contamination excluded with 90 % confidence, and
    ``refractory_period`` (s) the period at which that confidence is highest: tau, an estimate of the neuron's own
    (both NaN: none excluded); ``rate`` (Hz) of a unit's spikes 1 to 2 s after its own; ``n_below_2ms`` pairs of
    spikes; ``passes`` where a contamination of 10 % is excluded; ``forced`` where that fails although a unit above
    0.5 Hz has no pair below 2 ms: too few spikes to tell, rather than contaminated.
    """

    cluster_ids: Ints = axis("cluster")
    max_confidence: Floats = values("cluster")
    min_contamination: Floats = values("cluster")
    refractory_period: Floats = values("cluster", unit="s")
    rate: Floats = values("cluster", unit="Hz")
    n_below_2ms: Ints = values("cluster")
    passes: Bools = values("cluster")
    forced: Bools = values("cluster")


def slide_refractory_period(
    spike_times: ArrayLike, spike_clusters: ArrayLike, cluster_ids: ArrayLike | None = None, *, published: bool = False
) -> SlidingRefractory:
    """Test each unit's contamination without assuming its refractory period.

    For contamination C and period tau, ``2 tau / D * Nc (Nb + (Nc - 1) / 2)`` violations are expected of Nc = C N
    contaminating and Nb = N - Nc other spikes in D seconds; confidence is the Poisson probability of more than
    those observed. N / D is the pair rate at lags of 1 to 2 s.

    Parameters
    ----------
    spike_times, spike_clusters : (n_spikes,) arrays
        Seconds and cluster id of each spike, in any order; spikes at NaN are left out.
    cluster_ids : (n_units,) array or None
        Units to test, in this order. None: all that occur.
    published
        True gives the numbers of slidingRP 1.1.1, those of IBL's published tables: it expects ``2 tau / D * Nc N``
        violations, which counts pairs of two contaminating spikes twice, cuts times to whole samples before it
        takes lags, and tells the period by the centre of its sample.

    Returns
    -------
    SlidingRefractory
        A unit of no or one spike has confidence 0 and passes nothing.

    Raises
    ------
    InvalidInput
        If lengths differ, ids are not whole numbers, or a unit is asked for twice.

    References
    ----------
    International Brain Laboratory et al., Spike sorting pipeline (2022), figshare 19705522; Llobet, Wyngaard and
    Barbour (2022), bioRxiv 10.1101/2022.02.08.479192, for the expected violations.
    """
    trains = read_spikes(spike_times, spike_clusters, cluster_ids)
    return slide_each(trains.by_unit, trains.cluster_ids, published=published)


def slide_each(trains: UnitTrains, cluster_ids: Ints, *, published: bool) -> SlidingRefractory:
    """Do the test on spikes that are grouped by unit already."""
    samples = trains.times * SAMPLES_PER_SECOND
    near, far = _count_lags(np.trunc(samples) if published else samples, trains.starts)
    observed = np.cumsum(near, axis=1)[:, FIRST_SAMPLE:]
    n_spikes = trains.counts.astype(np.float64)
    rate = far / np.maximum(n_spikes, 1)
    contaminating = n_spikes[:, None] * CONTAMINATIONS
    partners = n_spikes[:, None] - (0 if published else (contaminating + 1) / 2)
    per_second = 2 * rate[:, None] * CONTAMINATIONS * np.maximum(partners, 0)
    lowest, best = _exclude(observed, per_second)
    found = lowest < CONTAMINATIONS.size
    least = np.append(CONTAMINATIONS, np.nan)[lowest]
    centre = 0.5 / SAMPLES_PER_SECOND if published else 0.0
    below = near[:, :BELOW_2MS].sum(axis=1)
    passes = found & (lowest <= TESTED)
    return SlidingRefractory(
        cluster_ids=cluster_ids,
        max_confidence=_confidence(observed, per_second[:, TESTED]).max(axis=1, initial=0.0),
        min_contamination=least,
        refractory_period=np.where(found, PERIODS[best] - centre, np.nan),
        rate=rate,
        n_below_2ms=below,
        passes=passes,
        forced=(below == 0) & (rate > FORCED_RATE) & ~passes,
    )


def _confidence(observed: Ints, per_second: Floats) -> Floats:
    """Return (n_units, n_periods) the probability of more violations than observed, at the rate expected."""
    return np.asarray(special.pdtrc(observed, per_second[:, None] * PERIODS), dtype=np.float64)


def _exclude(observed: Ints, per_second: Floats) -> tuple[Ints, Ints]:
    """Return the place of the smallest contamination excluded (beyond the last: none), and of the best period.

    Confidence grows with contamination: one is excluded as soon as it expects enough violations at any period.
    """
    enough = (special.gammaincinv(observed + 1.0, CONFIDENCE) / PERIODS).min(axis=1, initial=np.inf)
    lowest = (per_second < enough[:, None]).sum(axis=1)
    at_lowest = np.take_along_axis(per_second, np.minimum(lowest, CONTAMINATIONS.size - 1)[:, None], axis=1)
    return lowest, np.argmax(_confidence(observed, at_lowest[:, 0]), axis=1)


def _count_lags(samples: Floats, starts: Ints) -> tuple[Ints, Ints]:
    """Return (n_units, N_SAMPLES) pairs at 0, 1, ... samples, and (n_units,) pairs at 1 to 2 s."""
    n_units = starts.size - 1
    near, far = np.zeros((n_units, N_SAMPLES), dtype=np.int64), np.zeros(n_units, dtype=np.int64)

    def count(first: int, last: int) -> None:
        near[first:last], far[first:last] = _count_pairs(samples, starts[first : last + 1])

    in_threads(count, n_units, size=samples.size)
    return near, far


def _count_pairs_numpy(samples: Floats, starts: Ints) -> tuple[Ints, Ints]:
    near, far = np.zeros((starts.size - 1, N_SAMPLES), dtype=np.int64), np.zeros(starts.size - 1, dtype=np.int64)
    for unit in range(starts.size - 1):
        spikes = samples[starts[unit] : starts[unit + 1]]
        early, late = (np.searchsorted(spikes, spikes + n * SAMPLES_PER_SECOND - ROUNDING) for n in (1, 2))
        far[unit] = (late - early).sum()
        earlier, step = np.arange(spikes.size - 1), 1
        while earlier.size:
            lag = spikes[earlier + step] - spikes[earlier] + ROUNDING
            earlier, lag = earlier[lag < N_SAMPLES], lag[lag < N_SAMPLES]
            near[unit] += np.bincount(lag.astype(np.int64), minlength=N_SAMPLES)
            step += 1
            earlier = earlier[earlier + step < spikes.size]
    return near, far


@compiled(_count_pairs_numpy)
def _count_pairs(samples: Floats, starts: Ints) -> tuple[Ints, Ints]:
    near, far = np.zeros((starts.size - 1, N_SAMPLES), dtype=np.int64), np.zeros(starts.size - 1, dtype=np.int64)
    for unit in range(starts.size - 1):
        stop = starts[unit + 1]
        early = late = starts[unit]
        for i in range(starts[unit], stop):
            following = i + 1
            while following < stop:
                lag = samples[following] - samples[i] + ROUNDING
                if lag >= N_SAMPLES:
                    break
                near[unit, int(lag)] += 1
                following += 1
            while early < stop and samples[early] < samples[i] + SAMPLES_PER_SECOND - ROUNDING:
                early += 1
            while late < stop and samples[late] < samples[i] + 2 * SAMPLES_PER_SECOND - ROUNDING:
                late += 1
            far[unit] += late - early
    return near, far
