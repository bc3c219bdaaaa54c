"""What the amplitudes of a unit's spikes tell: how many spikes fell below the threshold, and how stable it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.ndimage import gaussian_filter1d

from bregma.brainbox.arrays import (
    Floats,
    Ints,
    InvalidInput,
    as_floats,
    check_count,
    check_fraction,
    check_number,
    check_positive,
    check_same_length,
)

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

HISTOGRAM_BINS = 100
MIN_SPIKES_PER_BIN = 5
"""Of the amplitude cutoff: fewer spikes make no histogram worth reading."""


@dataclass(frozen=True)
class NoiseCutoff:
    """How sharply a distribution of amplitudes ends at its low side.

    ``cutoff`` is the count of the second non-empty bin over the mean of the high tail, in its standard deviations;
    ``low_bin`` that count as a fraction of the peak. NaN where a distribution has no high tail.
    """

    cutoff: float
    low_bin: float


@dataclass(frozen=True)
class AmplitudeCV:
    """Coefficient of variation of a unit's amplitudes in short pieces of the recording.

    ``median`` over the pieces, free of slow drift; ``range`` from their 5th to 95th percentile. NaN for fewer than
    10 pieces.
    """

    median: float
    range: float


def compute_noise_cutoff(amps: ArrayLike, *, n_bins: int = 100, quantile_length: float = 0.25) -> NoiseCutoff:
    """Tell whether the low end of a unit's amplitudes is cut off by the detection threshold.

    The histogram has `n_bins` edges from 0 to the largest amplitude. The high tail are the bins further above the
    peak than ``2 * quantile_length`` times the number of bins, from the peak to the last but one, that hold spikes;
    its empty bins are left out. The low end is the second non-empty bin.

    Parameters
    ----------
    amps : (n_spikes,) array
        Amplitudes, in any unit; NaN are left out.
    n_bins
        Edges of the histogram, at least 3.
    quantile_length
        Half the fraction of the upper part that is the tail.

    References
    ----------
    International Brain Laboratory et al., Spike sorting pipeline (2022), figshare 19705522.
    """
    check_count("n_bins", n_bins)
    check_fraction("quantile_length", quantile_length)
    if n_bins < 3:
        raise InvalidInput(f"n_bins is {n_bins}; a histogram needs at least 3 edges")
    known = _find_known(amps)
    if known.size < 2 or known.max() <= 0:
        return NoiseCutoff(np.nan, np.nan)
    counts, _ = np.histogram(known, bins=n_bins - 1, range=(0, known.max()))
    peak = int(np.argmax(counts))
    filled = int(np.count_nonzero(counts[peak:-1]))
    tail = counts[int(np.ceil(2 * quantile_length * filled + peak)) :]
    tail = tail[tail > 0]
    spread = float(tail.std()) if tail.size else 0.0
    used = counts[counts > 0]
    if spread == 0 or used.size < 2:
        return NoiseCutoff(np.nan, np.nan)
    low = float(used[1])
    return NoiseCutoff((low - float(tail.mean())) / spread, low / float(counts[peak]))


def estimate_missed_spikes(
    amps: ArrayLike, *, spikes_per_bin: int = 10, sigma: float = 4.0, min_bins: int = 50
) -> float:
    """Estimate the fraction of a unit's spikes that were missed, from where its amplitudes stop being symmetric.

    The smoothed histogram falls at its upper side to its own first value; what lies beyond is what the lower side
    lacks. At most 0.5; NaN for not more than ``spikes_per_bin * min_bins`` spikes.

    Parameters
    ----------
    amps : (n_spikes,) array
        Amplitudes; NaN are left out.
    spikes_per_bin
        Mean number of spikes in a bin of the histogram.
    sigma
        Standard deviation of the Gaussian that smooths it, in bins.
    min_bins
        Fewest bins that are worth it.

    References
    ----------
    After Hill, Mehta and Kleinfeld (2011), Journal of Neuroscience 31:8699-8705.
    """
    check_count("spikes_per_bin", spikes_per_bin)
    check_count("min_bins", min_bins, least=0)
    check_positive("spikes_per_bin", spikes_per_bin)
    check_positive("sigma", sigma)
    known = _find_known(amps)
    if known.size <= spikes_per_bin * min_bins:
        return np.nan
    counts, _ = np.histogram(known, int(known.size / spikes_per_bin))
    density = gaussian_filter1d(counts.astype(np.float64), sigma)
    peak = int(np.argmax(density))
    beyond = peak + int(np.argmin(np.abs(density[peak:] - density[0])))
    return float(min(density[beyond:].sum() / density.sum(), 0.5))


def compute_amplitude_cutoff(amps: ArrayLike) -> float:
    """Estimate the fraction of missed spikes as the Allen Institute and SpikeInterface do.

    As `estimate_missed_spikes`, with 100 bins smoothed by 3, and as a fraction of all spikes, those missed included.
    At most 0.5; NaN for fewer than 500 spikes.

    Parameters
    ----------
    amps : (n_spikes,) array
        Amplitudes; NaN are left out.
    """
    known = _find_known(amps)
    if known.size < HISTOGRAM_BINS * MIN_SPIKES_PER_BIN:
        return np.nan
    counts, _ = np.histogram(known, HISTOGRAM_BINS)
    density = gaussian_filter1d(counts.astype(np.float64), 3.0, mode="nearest")
    last = int(np.flatnonzero(density >= density[0])[-1])
    missed = density[last + 1 :].sum()
    return float(min(missed / (known.size + missed), 0.5))


def compute_amplitude_cv(
    times: ArrayLike, amps: ArrayLike, start: float, stop: float, *, spikes_per_piece: float = 50, min_pieces: int = 10
) -> AmplitudeCV:
    """Compute how much a unit's amplitudes vary within pieces of the recording that hold 50 spikes on average.

    Parameters
    ----------
    times, amps : (n_spikes,) arrays
        Seconds, in any order, and amplitude of each spike of one unit; spikes at NaN are left out, amplitudes must be
        known.
    start, stop
        The recording, s. Only whole pieces count, and of these the ones with spikes.
    spikes_per_piece, min_pieces
        Mean number of spikes in a piece, and fewest pieces that are worth it.

    References
    ----------
    SpikeInterface, quality metric "amplitude_cv".
    """
    check_number("start", start)
    check_number("stop", stop)
    check_positive("spikes_per_piece", spikes_per_piece)
    check_count("min_pieces", min_pieces)
    when, sizes = as_floats("times", times), as_floats("amps", amps)
    check_same_length(times=when, amps=sizes)
    when, sizes = _order(when, sizes)
    if when.size == 0 or stop <= start:
        return AmplitudeCV(np.nan, np.nan)
    length = spikes_per_piece * (stop - start) / when.size
    edges = np.arange(start, stop + length * 1e-9, length)
    limits = np.searchsorted(when, edges)
    counts = np.diff(limits)
    if np.count_nonzero(counts) < min_pieces:
        return AmplitudeCV(np.nan, np.nan)
    spread = _deviations(sizes[limits[0] : limits[-1]], counts[counts > 0]) / np.abs(sizes.mean())
    low, high = np.percentile(spread, (5, 95))
    return AmplitudeCV(float(np.median(spread)), float(high - low))


def describe_amplitudes(amps: Floats) -> tuple[float, float, float, float]:
    """Return the geometric median, the sample standard deviation in dB, the smallest and the largest amplitude.

    Parameters
    ----------
    amps : (n_spikes,) array
        Amplitudes above 0; NaN are returned for what too few spikes do not have.
    """
    if amps.size == 0:
        return np.nan, np.nan, np.nan, np.nan
    middle = np.partition(amps, ((amps.size - 1) // 2, amps.size // 2))
    median = np.sqrt(middle[(amps.size - 1) // 2]) * np.sqrt(middle[amps.size // 2])
    spread = float((20 * np.log10(amps)).std(ddof=1)) if amps.size > 1 else np.nan
    return float(median), spread, float(amps.min()), float(amps.max())


def _order(times: Floats, values: Floats) -> tuple[Floats, Floats]:
    """Return times and values in the order of time, those at unknown times left out."""
    if (times[1:] >= times[:-1]).all() and np.isfinite(times[[0, -1]] if times.size else times).all():
        return times, values
    known = np.flatnonzero(np.isfinite(times))
    order = known[np.argsort(times[known], kind="stable")]
    return times[order], values[order]


def _deviations(values: Floats, counts: Ints) -> Floats:
    """Return the standard deviation of each of consecutive pieces of `values`."""
    firsts = np.cumsum(counts) - counts
    means = np.add.reduceat(values, firsts) / counts
    squares = (values - np.repeat(means, counts)) ** 2
    return np.sqrt(np.add.reduceat(squares, firsts) / counts)


def _find_known(amps: ArrayLike) -> Floats:
    values = as_floats("amps", amps)
    known = np.isfinite(values)
    return values if known.all() else values[known]
