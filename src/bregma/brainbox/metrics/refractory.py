"""Contamination of a unit, from the pairs of spikes closer than a neuron can fire. Times in seconds."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy import special

from bregma.brainbox.arrays import Floats, Ints
from bregma.brainbox.spikes.correlogram import spike_pairs

SAMPLE = 1 / 30_000
N_SAMPLES = 300
FIRST_SAMPLE = 15
"""Refractory periods tested: up to 10 ms, in samples of 1/30 ms, those over 0.5 ms."""
CONTAMINATIONS = np.arange(0.005, 0.35, 0.005)
TESTED_CONTAMINATION = 0.1
CONFIDENCE = 0.9
RATE_LAGS = (1.0, 2.0)
"""Lags from which the rate without refractoriness is taken, seconds."""


@dataclass(frozen=True)
class SlidingRefractory:
    """Result of the sliding refractory period test, one value per unit.

    ``max_confidence`` (0 to 1) that contamination is below 10 %, over all refractory periods tested;
    ``min_contamination`` the smallest contamination excluded with 90 % confidence (NaN: none).
    """

    max_confidence: Floats
    min_contamination: Floats


def slide_refractory_period(times: Floats, rows: Ints, n_units: int, *, corrected: bool = True) -> SlidingRefractory:
    """Test each unit's contamination without assuming its refractory period.

    For contamination C and period tau, ``2 tau / D * Nc (Nb + (Nc - 1) / 2)`` violations are expected of Nc = C N
    contaminating and Nb = N - Nc other spikes in D seconds; confidence is the Poisson probability of more than
    those observed. N / D is the pair rate at lags of 1 to 2 s.

    Parameters
    ----------
    times, rows : (n_spikes,) arrays
        Spike times, and the row of each spike's unit (-1: left out).
    n_units
        Number of rows.
    corrected
        False counts ``2 tau / D * Nc N`` instead, pairs of two contaminating spikes twice, as slidingRP up to
        version 1.1.1 did.

    References
    ----------
    International Brain Laboratory et al., Spike sorting pipeline (2022), figshare 19705522; Llobet, Wyngaard and
    Barbour (2022), bioRxiv 10.1101/2022.02.08.479192, for the expected violations.
    """
    rows = np.where(np.isfinite(times), rows, -1)
    observed = _count_violations(times, rows, n_units)
    n_spikes = np.bincount(rows[rows >= 0], minlength=n_units).astype(np.float64)
    rate = _pair_rate(times, rows, n_spikes)
    tau: Floats = np.arange(FIRST_SAMPLE + 1, N_SAMPLES + 1, dtype=np.float64) * SAMPLE
    confidence = np.array(
        [
            _confidence(seen[FIRST_SAMPLE:], n, r, tau, corrected=corrected)
            for seen, n, r in zip(observed, n_spikes, rate, strict=True)
        ]
    ).reshape(n_units, CONTAMINATIONS.size)
    tested = int(np.argmin(np.abs(CONTAMINATIONS - TESTED_CONTAMINATION)))
    excluded = confidence >= CONFIDENCE
    lowest = CONTAMINATIONS[np.argmax(excluded, axis=1)]
    return SlidingRefractory(confidence[:, tested], np.where(excluded.any(axis=1), lowest, np.nan))


def hill_contamination(n_violations: Floats, n_spikes: Floats, duration: float, period: float) -> Floats:
    """Return the fraction of contaminating spikes that explains the violations of a refractory period.

    The smaller root of ``c**2 - c + v T / (2 r n**2) = 0`` (v violations of period r, n spikes in T seconds). NaN
    for no spikes; where even half the spikes contaminating would not give as many violations, 1.

    References
    ----------
    Hill, Mehta and Kleinfeld (2011), Journal of Neuroscience 31:8699-8705.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        quotient = n_violations * duration / (2 * period * n_spikes**2)
    solvable = np.clip(1 - 4 * quotient, 0.0, None)
    root = (1 - np.sqrt(solvable)) / 2
    return np.where(quotient > 0.25, 1.0, root)


def rate_contamination(n_violations: Floats, n_spikes: Floats, duration: float, dead_time: float) -> Floats:
    """Return the rate of violations over the rate of all spikes: ``v T / (2 dead_time n**2)``; NaN for no spikes.

    `dead_time` is the refractory period less the shortest interval that a sorter can give. Not a fraction: 0.5 is
    a Poisson train, and bursts of spikes detected twice exceed 1.

    References
    ----------
    Allen Institute, ecephys_spike_sorting quality metrics, after Hill et al. (2011).
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio: Floats = n_violations * duration / (2 * dead_time * n_spikes**2)
    return ratio


def _count_violations(times: Floats, rows: Ints, n_units: int) -> Ints:
    """Return (n_units, N_SAMPLES) pairs closer than 1, 2, ... samples."""
    counts = np.zeros((n_units, N_SAMPLES), dtype=np.int64)
    for unit, lag in spike_pairs(times, rows, N_SAMPLES * SAMPLE):
        place = np.floor(lag / SAMPLE + 1e-3).astype(np.int64)
        inside = place < N_SAMPLES
        keys = unit[inside] * N_SAMPLES + place[inside]
        counts += np.bincount(keys, minlength=counts.size).reshape(counts.shape)
    return np.cumsum(counts, axis=1)


def _pair_rate(times: Floats, rows: Ints, n_spikes: Floats) -> Floats:
    """Return the mean rate (Hz) at which a unit's spikes follow its own spikes 1 to 2 s later."""
    order = np.lexsort((times, rows))
    limits = np.searchsorted(rows[order], np.arange(n_spikes.size + 1))
    rate = np.zeros(n_spikes.size)
    for row, (first, last) in enumerate(pairwise(limits)):
        spikes = times[order[first:last]]
        near, far = (np.searchsorted(spikes, spikes + lag) for lag in RATE_LAGS)
        if spikes.size:
            rate[row] = (far - near).sum() / spikes.size / (RATE_LAGS[1] - RATE_LAGS[0])
    return rate


def _confidence(observed: Ints, n: float, rate: float, tau: Floats, *, corrected: bool) -> Floats:
    """Return the largest confidence over the periods tested, per contamination."""
    contaminating = CONTAMINATIONS * n
    partners = n - contaminating + (contaminating - 1) / 2 if corrected else np.full_like(contaminating, n)
    per_second = 2 * rate * CONTAMINATIONS * np.maximum(partners, 0.0)
    expected = per_second[:, None] * tau
    return np.asarray(special.pdtrc(observed, expected).max(axis=1), dtype=np.float64)
