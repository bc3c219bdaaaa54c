"""Permutation tests and bootstrap intervals for many units at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from bregma.brainbox.arrays import Floats, Ints, InvalidInput, Rng, check_count, check_fraction, read_rng
from bregma.brainbox.results import Labelled, values
from bregma.brainbox.statistics.samples import read_pair, read_samples
from bregma.brainbox.statistics.significance import Tail, compute_p_value

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

Statistic: TypeAlias = Callable[[Floats, Floats], Floats]
"""Takes two groups (n_units, n_samples) and returns (n_units,)."""


@dataclass(frozen=True)
class PermutationTest(Labelled):
    """``observed`` and ``p_value`` (n_units,), and the ``null`` distribution (n_permutations, n_units)."""

    observed: Floats = values("cluster")
    p_value: Floats = values("cluster")
    null: Floats = values("permutation", "cluster")


@dataclass(frozen=True)
class Interval(Labelled):
    """``estimate`` (n_units,) and the ends ``low`` and ``high`` of its confidence interval."""

    estimate: Floats = values("cluster")
    low: Floats = values("cluster")
    high: Floats = values("cluster")


def mean_difference(first: Floats, second: Floats) -> Floats:
    """Return the mean of the first group minus that of the second, per unit."""
    difference: Floats = first.mean(axis=-1) - second.mean(axis=-1)
    return difference


def permutation_test(
    first: ArrayLike,
    second: ArrayLike,
    *,
    statistic: Statistic = mean_difference,
    paired: bool = False,
    tail: Tail = "two-sided",
    n_permutations: int = 1000,
    rng: Rng = None,
) -> PermutationTest:
    """Test whether the groups of samples can be exchanged, against permutations that all units share.

    Parameters
    ----------
    first, second : (n_units, n_samples) arrays
        Values of the same units in the two groups; finite.
    statistic
        Function of both groups that returns one number per unit; the difference of means.
    paired
        Exchange the two samples of a pair, not samples between pairs.
    tail
        Which null values count against what was observed; see `compute_p_value`.
    n_permutations
        How many to draw.
    rng
        Generator, seed, or None.

    Returns
    -------
    PermutationTest
        With p-values (r + 1) / (n + 1).

    Raises
    ------
    InvalidInput
        If a group is empty, units differ in number, pairs do not match, or a value is not finite.
    """
    one, other = read_pair(first, second, paired=paired)
    check_count("n_permutations", n_permutations)
    n_one = one.shape[1]
    if n_one == 0 or other.shape[1] == 0:
        raise InvalidInput("a group has no samples; give at least one in each")
    generator = read_rng(rng)
    observed = statistic(one, other)
    together = np.concatenate([one, other], axis=1)
    null = np.empty((n_permutations, one.shape[0]))
    for row in null:
        order = _exchange_pairs(n_one, generator) if paired else generator.permutation(together.shape[1])
        shuffled = together[:, order]
        row[:] = statistic(shuffled[:, :n_one], shuffled[:, n_one:])
    return PermutationTest(observed, _compare(observed, null, tail), null)


def bootstrap_interval(
    values: ArrayLike,
    *,
    statistic: Callable[[Floats], Floats] | None = None,
    confidence: float = 0.95,
    n_resamples: int = 1000,
    rng: Rng = None,
) -> Interval:
    """Compute a percentile bootstrap interval of a statistic of each unit (Efron 1979); all units share the draws.

    Parameters
    ----------
    values : (n_units, n_samples) array
        Finite; one dimension is one unit.
    statistic
        Function of (n_units, n_samples) that returns (n_units,); the mean by default.
    confidence
        Between 0 and 1.
    n_resamples
        How many to draw.
    rng
        Generator, seed, or None.

    Raises
    ------
    InvalidInput
        If there are no samples, a value is not finite, or an option is out of range.
    """
    samples = read_samples("values", values)
    check_fraction("confidence", confidence)
    check_count("n_resamples", n_resamples)
    if samples.shape[1] == 0:
        raise InvalidInput("values has no samples; give at least one")
    generator, measure = read_rng(rng), statistic or _mean
    draws = np.empty((n_resamples, samples.shape[0]))
    for row in draws:
        row[:] = measure(samples[:, generator.integers(samples.shape[1], size=samples.shape[1])])
    tail = (1 - confidence) / 2
    low, high = np.quantile(draws, [tail, 1 - tail], axis=0)
    return Interval(measure(samples), low, high)


def _mean(samples: Floats) -> Floats:
    means: Floats = samples.mean(axis=-1)
    return means


def _exchange_pairs(n_pairs: int, rng: np.random.Generator) -> Ints:
    """Return the order of both groups side by side that swaps some pairs."""
    swapped = rng.random(n_pairs) < 0.5
    place = np.arange(n_pairs)
    return np.concatenate([place + n_pairs * swapped, place + n_pairs * ~swapped])


def _compare(observed: Floats, null: Floats, tail: Tail) -> Floats:
    """Rounding of a sum in another order is no difference."""
    close = np.isclose(null, observed, rtol=1e-12, atol=1e-12 * np.abs(null).max(initial=0.0))
    return compute_p_value(observed, np.where(close, observed, null), tail=tail)
