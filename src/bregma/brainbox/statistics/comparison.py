"""Tests of whether two groups of samples differ, for many units in one pass. Each unit's result is that of scipy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import special, stats

from bregma.brainbox.arrays import Bools, Floats, InvalidInput
from bregma.brainbox.results import Labelled, values
from bregma.brainbox.statistics.samples import read_pair

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike

MAX_EXACT = 50
"""Pairs up to which the signed rank test is exact where there are neither ties nor zeros, as in scipy."""
MAX_ENUMERATED = 13
"""Pairs up to which all signs are tried where there are."""


class ComparisonTest(StrEnum):
    """Which test compares two groups: the two for pairs are SIGNED_RANK and PAIRED_T."""

    RANK_SUM = "ranksums"
    SIGNED_RANK = "signrank"
    MANN_WHITNEY = "mannwhitneyu"
    T = "ttest"
    PAIRED_T = "paired_ttest"

    @property
    def paired(self) -> bool:
        """Whether sample i of one group belongs to sample i of the other."""
        return self in (ComparisonTest.SIGNED_RANK, ComparisonTest.PAIRED_T)


@dataclass(frozen=True)
class Comparison(Labelled):
    """Two groups compared: ``statistic`` and two-sided ``p_value``, both (n_units,)."""

    statistic: Floats = values("cluster")
    p_value: Floats = values("cluster")


def compare_samples(first: ArrayLike, second: ArrayLike, test: ComparisonTest | str = "ranksums") -> Comparison:
    """Test for each unit whether two groups of samples differ.

    ``ranksums`` is the normal approximation without a correction for ties (scipy.stats.ranksums), ``mannwhitneyu``
    the same test exact for small samples and corrected for ties, ``signrank`` Wilcoxon's signed rank test of pairs
    that leaves out zero differences, ``ttest`` and ``paired_ttest`` Student's. All are two-sided and are those of
    scipy.stats with its defaults.

    Parameters
    ----------
    first, second : (n_units, n_samples) arrays
        Values of the same units in the two groups; finite.
    test
        A `ComparisonTest` or its name.

    Returns
    -------
    Comparison
        A unit whose samples do not vary at all (never spiked, no pair differs) has statistic 0 and p 1. Both are
        NaN where there are no samples, and for Student's tests where a group is too small.

    Raises
    ------
    InvalidInput
        If units differ in number, pairs do not match, a value is not finite, or the test is unknown.
    """
    test = read_test(test)
    one, other = read_pair(first, second, paired=test.paired)
    if one.shape[1] == 0 or other.shape[1] == 0:
        nothing = np.full(one.shape[0], np.nan)
        return Comparison(nothing, nothing.copy())
    statistic, p_value = np.zeros(one.shape[0]), np.ones(one.shape[0])
    varied = _find_varied(one, other, test)
    if varied.any():
        statistic[varied], p_value[varied] = _TESTS[test](one[varied], other[varied])
    return Comparison(statistic, p_value)


def read_test(test: ComparisonTest | str) -> ComparisonTest:
    """Return the test of a name, or raise `InvalidInput`."""
    try:
        return ComparisonTest(test)
    except ValueError as error:
        raise InvalidInput(f"test is {test!r}; give one of {', '.join(ComparisonTest)}") from error


def _find_varied(first: Floats, second: Floats, test: ComparisonTest) -> Bools:
    if test.paired:
        return np.asarray((first != second).any(axis=1))
    return np.asarray((first != first[:, :1]).any(axis=1) | (second != first[:, :1]).any(axis=1))


def _rank_sum(first: Floats, second: Floats) -> tuple[Floats, Floats]:
    """Rank both groups together; the z of the first one's sum of ranks."""
    return _ask_scipy(stats.ranksums, first, second)


def _mann_whitney(first: Floats, second: Floats) -> tuple[Floats, Floats]:
    """Exact where a group has eight samples or fewer and the unit no ties, else corrected for ties; unit by unit."""
    statistic, p_value = np.zeros(len(first)), np.ones(len(first))
    exact = ~_have_ties(np.concatenate([first, second], axis=1)) & (min(first.shape[1], second.shape[1]) <= 8)
    for method, rows in (("exact", exact), ("asymptotic", ~exact)):
        if rows.any():
            statistic[rows], p_value[rows] = _ask_scipy(stats.mannwhitneyu, first[rows], second[rows], method=method)
    return statistic, p_value


def _t(first: Floats, second: Floats) -> tuple[Floats, Floats]:
    """Pool the variances of both groups."""
    n_first, n_second = first.shape[1], second.shape[1]
    if min(n_first, n_second) < 2:
        return _no_test(len(first))
    freedom = n_first + n_second - 2
    squares = first.var(axis=1) * n_first + second.var(axis=1) * n_second
    error = np.sqrt(squares / freedom * (1 / n_first + 1 / n_second))
    return _student(first.mean(axis=1) - second.mean(axis=1), error, freedom)


def _paired_t(first: Floats, second: Floats) -> tuple[Floats, Floats]:
    difference = first - second
    n_pairs = difference.shape[1]
    if n_pairs < 2:
        return _no_test(len(first))
    return _student(difference.mean(axis=1), difference.std(axis=1, ddof=1) / np.sqrt(n_pairs), n_pairs - 1)


def _no_test(n_units: int) -> tuple[Floats, Floats]:
    return np.full(n_units, np.nan), np.full(n_units, np.nan)


def _student(mean: Floats, error: Floats, freedom: int) -> tuple[Floats, Floats]:
    with np.errstate(divide="ignore"):
        statistic = mean / error
    return statistic, 2 * special.stdtr(freedom, -np.abs(statistic))


def _signed_rank(first: Floats, second: Floats) -> tuple[Floats, Floats]:
    """Choose for each unit what scipy would: exact, all signs, or the normal approximation."""
    difference = first - second
    n_pairs = difference.shape[1]
    plain = ~((difference == 0).any(axis=1) | _have_ties(np.abs(difference))) & (n_pairs <= MAX_EXACT)
    statistic, p_value = np.zeros(len(difference)), np.ones(len(difference))
    for rows, method in ((plain, _exact_signs), (~plain, _all_signs if n_pairs <= MAX_ENUMERATED else _normal_signs)):
        if rows.any():
            statistic[rows], p_value[rows] = method(difference[rows])
    return statistic, p_value


def _exact_signs(difference: Floats) -> tuple[Floats, Floats]:
    return _ask_scipy(stats.wilcoxon, difference, method="exact")


def _normal_signs(difference: Floats) -> tuple[Floats, Floats]:
    return _ask_scipy(stats.wilcoxon, difference, method="asymptotic")


def _all_signs(difference: Floats) -> tuple[Floats, Floats]:
    """Compare the sum of positive ranks with those of all ways to sign the differences."""
    n_pairs = difference.shape[1]
    size = np.where(difference == 0, np.nan, np.abs(difference))
    ranks = np.nan_to_num(stats.rankdata(size, axis=1, nan_policy="omit"))
    signs = (np.arange(2**n_pairs)[:, None] >> np.arange(n_pairs)) & 1
    positive = np.sum(ranks * (difference > 0), axis=1)
    possible = ranks @ signs.T  # halves of whole numbers: sums are exact
    tail = np.minimum((possible <= positive[:, None]).mean(axis=1), (possible >= positive[:, None]).mean(axis=1))
    return np.minimum(positive, ranks.sum(axis=1) - positive), np.minimum(2 * tail, 1.0)


def _ask_scipy(test: Callable[..., Any], *groups: Floats, **options: str) -> tuple[Floats, Floats]:
    found = test(*groups, axis=1, **options)
    return found.statistic, found.pvalue


def _have_ties(values: Floats) -> Bools:
    ordered = np.sort(values, axis=1)
    return np.asarray((ordered[:, 1:] == ordered[:, :-1]).any(axis=1))


_TESTS: dict[ComparisonTest, Callable[[Floats, Floats], tuple[Floats, Floats]]] = {
    ComparisonTest.RANK_SUM: _rank_sum,
    ComparisonTest.SIGNED_RANK: _signed_rank,
    ComparisonTest.MANN_WHITNEY: _mann_whitney,
    ComparisonTest.T: _t,
    ComparisonTest.PAIRED_T: _paired_t,
}
