"""Fraction of spikes that are not the unit's, from the intervals shorter than a neuron's. Times in seconds."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from bregma.brainbox.arrays import Floats, Ints, check_not_negative, check_positive

Counts: TypeAlias = Floats | Ints


def count_short_intervals(times: Floats, period: float, min_interval: float) -> tuple[int, int]:
    """Return the intervals shorter than `period`, and the spikes, without spikes detected twice.

    A spike at most `min_interval` after the one before it is taken for the same spike.

    Parameters
    ----------
    times : (n_spikes,) array
        Spikes of one unit, ascending.
    """
    if times.size == 0:
        return 0, 0
    intervals = np.diff(times)
    twice = intervals <= min_interval
    if not twice.any():
        return int((intervals < period).sum()), times.size
    single = times[np.append(True, ~twice)]
    return int((np.diff(single) < period).sum()), single.size


def count_close_pairs(times: Floats, period: float) -> int:
    """Return the pairs of spikes less than `period` apart, neighbours or not.

    Parameters
    ----------
    times : (n_spikes,) array
        Spikes of one unit, ascending.
    """
    near = np.flatnonzero(np.diff(times) < period)
    n_pairs, step = 0, 1
    while near.size:
        n_pairs += near.size
        step += 1
        near = near[near + step < times.size]
        near = near[times[near + step] - times[near] < period]
    return n_pairs


def hill_contamination(n_violations: Counts, n_spikes: Counts, duration: float, period: float) -> Floats:
    """Return the fraction of contaminating spikes that explains the violations of a refractory period.

    The smaller root of ``c**2 - c + v T / (2 r n**2) = 0`` (v violations of period r, n spikes in T seconds). NaN
    for no spikes; where even half the spikes contaminating would not give as many violations, 1.

    References
    ----------
    Hill, Mehta and Kleinfeld (2011), Journal of Neuroscience 31:8699-8705.
    """
    check_positive("period", period)
    quotient = rate_contamination(n_violations, n_spikes, duration, period)
    solvable = np.clip(1 - 4 * quotient, 0.0, None)
    root = (1 - np.sqrt(solvable)) / 2
    return np.where(quotient > 0.25, 1.0, root)


def rate_contamination(n_violations: Counts, n_spikes: Counts, duration: float, dead_time: float) -> Floats:
    """Return the rate of violations over the rate of all spikes: ``v T / (2 dead_time n**2)``; NaN for no spikes.

    `dead_time` is the refractory period less the shortest interval that a sorter can give. Not a fraction: 0.5 is
    a Poisson train, and bursts of spikes detected twice exceed 1.

    References
    ----------
    Allen Institute, ecephys_spike_sorting quality metrics, after Hill et al. (2011).
    """
    check_positive("dead_time", dead_time)
    if duration == duration:  # NaN, and so is the result, for a recording of no known length
        check_not_negative("duration", duration)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio: Floats = n_violations * duration / (2 * dead_time * n_spikes.astype(np.float64) ** 2)
    return ratio
