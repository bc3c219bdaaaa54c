"""Area under the ROC curve for many units at once, by ranks, with confidence intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri
from scipy.stats import rankdata

from bregma.brainbox.arrays import Floats, Rng, check_count, check_fraction, read_rng
from bregma.brainbox.results import Labelled, values
from bregma.brainbox.statistics.samples import read_pair

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class DeLong:
    """A confidence interval from the variance of the placements (DeLong et al. 1988, Biometrics 44:837).

    For pairs, the covariance of both placements counts too (Obuchowski 1997, Biometrics 53:567). No random numbers;
    at an area of 0 or 1 the interval has no width.
    """

    confidence: float = 0.95


@dataclass(frozen=True)
class Bootstrap:
    """A percentile interval: samples are drawn anew with replacement, the same ones for all units; pairs together."""

    confidence: float = 0.95
    n_resamples: int = 1000
    rng: Rng = None


@dataclass(frozen=True)
class AUC(Labelled):
    """Areas under ROC curves: ``auc`` (n_units,), and the ends of the confidence intervals ``low``, ``high``."""

    auc: Floats = values("cluster")
    low: Floats = values("cluster")
    high: Floats = values("cluster")


def compute_auc(first: ArrayLike, second: ArrayLike) -> Floats:
    """Compute the probability that a sample of `second` exceeds one of `first`, ties counting half.

    This is the area under the ROC curve when `second` is to be told from `first` (Hanley and McNeil 1982).

    Parameters
    ----------
    first, second : (n_units, n_samples) arrays
        Values of the same units in the two groups; finite.

    Returns
    -------
    (n_units,) array
        0.5 for no difference; NaN where a group is empty.

    Raises
    ------
    InvalidInput
        If units differ in number or a value is not finite.
    """
    one, other = read_pair(first, second)
    if one.shape[1] == 0 or other.shape[1] == 0:
        return np.full(one.shape[0], np.nan)
    return _area(_rank(np.concatenate([one, other], axis=1)), one.shape[1])


def compute_auc_interval(
    first: ArrayLike, second: ArrayLike, *, paired: bool = False, interval: DeLong | Bootstrap | None = None
) -> AUC:
    """Compute the area under the ROC curve of each unit with a confidence interval.

    Parameters
    ----------
    first, second : (n_units, n_samples) arrays
        As in `compute_auc`.
    paired
        Whether sample i of both groups was taken together, as before and after one event.
    interval
        `DeLong` (also for None) or `Bootstrap`, with their options.

    Returns
    -------
    AUC
        The ends are NaN where a group has fewer than two samples.

    Raises
    ------
    InvalidInput
        If units differ in number, pairs do not match, or a value or option is out of range.
    """
    interval = interval or DeLong()
    check_fraction("confidence", interval.confidence)
    one, other = read_pair(first, second, paired=paired)
    if min(one.shape[1], other.shape[1]) < 2:
        area = compute_auc(one, other)
        nothing = np.full(area.shape, np.nan)
        return AUC(area, nothing, nothing.copy())
    if isinstance(interval, Bootstrap):
        return AUC(compute_auc(one, other), *_resample(one, other, paired, interval))
    area, error = _delong(one, other, paired)
    half = ndtri(0.5 + interval.confidence / 2) * error
    return AUC(area, np.maximum(area - half, 0.0), np.minimum(area + half, 1.0))


def _rank(samples: Floats) -> Floats:
    """Rank each row, ties by their mean rank: by counting where samples are counts, else by sorting."""
    if samples.size == 0 or samples.min() < 0 or samples.max() >= samples.shape[1] or (samples % 1).any():
        return np.asarray(rankdata(samples, axis=1))
    n_levels = int(samples.max()) + 1
    level = samples.astype(np.int64) + n_levels * np.arange(len(samples))[:, None]
    number = np.bincount(level.ravel(), minlength=n_levels * len(samples)).reshape(len(samples), n_levels)
    ranks: Floats = (np.cumsum(number, axis=1) - (number - 1) / 2).ravel()[level]
    return ranks


def _area(ranks: Floats, n_first: int) -> Floats:
    """Return the area from the ranks of both groups together, those of the first one first."""
    n_second = ranks.shape[1] - n_first
    area: Floats = (ranks[:, n_first:].sum(axis=1) - n_second * (n_second + 1) / 2) / (n_first * n_second)
    return area


def _delong(first: Floats, second: Floats, paired: bool) -> tuple[Floats, Floats]:
    """Return areas, and their standard errors from the placements of every sample among the other group."""
    n_first, n_second = first.shape[1], second.shape[1]
    together = _rank(np.concatenate([first, second], axis=1))
    area = _area(together, n_first)
    of_first = 1 - (together[:, :n_first] - _rank(first)) / n_second - area[:, None]
    of_second = (together[:, n_first:] - _rank(second)) / n_first - area[:, None]
    variance = (of_first**2).sum(axis=1) / (n_first * (n_first - 1))
    variance += (of_second**2).sum(axis=1) / (n_second * (n_second - 1))
    if paired:
        variance += 2 * (of_first * of_second).sum(axis=1) / (n_first * (n_first - 1))
    error: Floats = np.sqrt(np.maximum(variance, 0.0))
    return area, error


def _resample(first: Floats, second: Floats, paired: bool, bootstrap: Bootstrap) -> tuple[Floats, Floats]:
    check_count("n_resamples", bootstrap.n_resamples)
    rng = read_rng(bootstrap.rng)
    weights = _draw_weights(first.shape[1], bootstrap.n_resamples, rng)
    others = weights if paired else _draw_weights(second.shape[1], bootstrap.n_resamples, rng)
    tail = (1 - bootstrap.confidence) / 2
    ends = [
        np.quantile(_weighted_auc(one, other, weights, others), [tail, 1 - tail])
        for one, other in zip(first, second, strict=True)
    ]
    low, high = np.reshape(ends, (-1, 2)).T
    return low, high


def _draw_weights(n_samples: int, n_resamples: int, rng: np.random.Generator) -> Floats:
    """Return how often each sample is drawn, (n_samples, n_resamples)."""
    drawn = rng.multinomial(n_samples, np.full(n_samples, 1 / n_samples), size=n_resamples)
    return np.ascontiguousarray(drawn.T, dtype=np.float64)


def _weighted_auc(first: Floats, second: Floats, of_first: Floats, of_second: Floats) -> Floats:
    """Return the area in every resample, from the weight at each distinct value: no sample is sorted twice."""
    levels, level = np.unique(np.concatenate([first, second]), return_inverse=True)
    below = _sum_levels(of_first, level[: first.size], levels.size)
    at = _sum_levels(of_second, level[first.size :], levels.size)
    below = np.cumsum(below, axis=0) - below / 2
    area: Floats = (below * at).sum(axis=0) / (first.size * second.size)
    return area


def _sum_levels(weights: Floats, level: NDArray[np.intp], n_levels: int) -> Floats:
    """Add up the rows of each level; levels without rows stay zero."""
    total = np.zeros((n_levels, weights.shape[1]))
    order = np.argsort(level, kind="stable")
    present, starts = np.unique(level[order], return_index=True)
    total[present] = np.add.reduceat(weights[order], starts, axis=0)
    return total
