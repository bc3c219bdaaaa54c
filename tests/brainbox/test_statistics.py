"""Rank tests, false discovery rates, ROC areas and resampling over many units."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import roc_auc_score

from bregma.brainbox import (
    Bootstrap,
    ComparisonTest,
    DeLong,
    InvalidInput,
    bootstrap_interval,
    compare_samples,
    compute_auc,
    compute_auc_interval,
    compute_p_value,
    compute_uncorrected_p_value,
    correct_p_values,
    permutation_test,
)
from bregma.brainbox.arrays import Floats

SCIPY = {
    "ranksums": stats.ranksums,
    "signrank": stats.wilcoxon,
    "mannwhitneyu": stats.mannwhitneyu,
    "ttest": stats.ttest_ind,
    "paired_ttest": stats.ttest_rel,
}


def draw(n_units: int, n_samples: int, *, counts: bool, seed: int = 0) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(seed)
    first, second = rng.poisson(1.5, (n_units, n_samples)), rng.poisson(2.0, (n_units, n_samples))
    noise = rng.random((2, n_units, n_samples)) * (not counts)
    return first + noise[0], second + noise[1]


@pytest.mark.parametrize("counts", [True, False])
@pytest.mark.parametrize("n_samples", [5, 8, 14, 50, 51])
@pytest.mark.parametrize("test", list(SCIPY))
def test_every_unit_has_the_result_of_scipy(test: str, n_samples: int, counts: bool) -> None:
    first, second = draw(8, n_samples, counts=counts)
    found = compare_samples(first, second, test)
    expected = np.array([SCIPY[test](one, other)[:2] for one, other in zip(first, second, strict=True)])
    np.testing.assert_allclose(found.statistic, expected[:, 0], rtol=1e-12)
    np.testing.assert_allclose(found.p_value, expected[:, 1], rtol=1e-9)


@pytest.mark.parametrize("n_samples", [10, 40])
def test_a_unit_with_ties_does_not_change_the_test_of_its_neighbours(n_samples: int) -> None:
    first, second = draw(6, n_samples, counts=False)
    first[2], second[2] = np.round(first[2]), np.round(second[2])
    found = compare_samples(first, second, "signrank").p_value
    for unit in range(6):
        np.testing.assert_allclose(found[unit], stats.wilcoxon(first[unit], second[unit]).pvalue, rtol=1e-12)


def test_a_net_difference_of_zero_is_still_tested() -> None:
    first, second = np.array([[5.0, 0, 0, 0, 0, 0]]), np.array([[0.0, 1, 1, 1, 1, 1]])
    found = compare_samples(first, second, "signrank")
    expected = stats.wilcoxon(first[0], second[0])
    assert (found.statistic[0], found.p_value[0]) == (expected.statistic, expected.pvalue)
    assert found.statistic[0] > 0


@pytest.mark.parametrize("test", list(ComparisonTest))
def test_units_that_do_not_vary_have_statistic_0_and_p_1(test: ComparisonTest) -> None:
    found = compare_samples(np.zeros((2, 5)), np.zeros((2, 5)), test)
    assert found.statistic.tolist() == [0, 0]
    assert found.p_value.tolist() == [1, 1]


@pytest.mark.parametrize("test", list(ComparisonTest))
def test_tests_without_samples_are_nan(test: ComparisonTest) -> None:
    assert np.isnan(compare_samples(np.zeros((3, 0)), np.zeros((3, 0)), test).p_value).all()


@pytest.mark.parametrize("test", ["ttest", "paired_ttest"])
def test_one_sample_is_too_few_for_student(test: str) -> None:
    assert np.isnan(compare_samples([[1.0]], [[2.0]], test).p_value).all()


@given(st.permutations(range(8)), st.sampled_from(list(ComparisonTest)))
@settings(max_examples=20)
def test_units_in_another_order_give_the_same_results_in_that_order(order: list[int], test: ComparisonTest) -> None:
    first, second = draw(8, 9, counts=True)
    found, permuted = compare_samples(first, second, test), compare_samples(first[order], second[order], test)
    np.testing.assert_array_equal(found.p_value[order], permuted.p_value)


@pytest.mark.parametrize(
    ("first", "second", "test", "message"),
    [
        ([[1.0, 2.0]], [[1.0]], "signrank", "paired test"),
        ([[1.0, 2.0]], [[1.0], [2.0]], "ranksums", "rows are units"),
        ([[np.nan, 2.0]], [[1.0, 1.0]], "ranksums", "first holds NaN"),
        ([[1.0, 2.0]], [[1.0, 1.0]], "anova", "test is 'anova'"),
        ([[[1.0]]], [[1.0]], "ranksums", "n_units, n_samples"),
    ],
)
def test_wrong_samples_are_refused(first: object, second: object, test: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        compare_samples(first, second, test)  # type: ignore[arg-type]


def test_p_values_are_corrected_and_unknown_ones_kept() -> None:
    p_values = np.array([0.01, np.nan, 0.02, 0.03, 0.5])
    corrected = correct_p_values(p_values)
    np.testing.assert_allclose(corrected, [0.04, np.nan, 0.04, 0.04, 0.5])
    np.testing.assert_allclose(correct_p_values([0.01, 0.5], "by"), [0.03, 0.75])
    assert p_values[0] == 0.01


@given(st.lists(st.floats(0, 1), max_size=20))
def test_corrected_p_values_are_no_smaller_and_in_the_same_order(p_values: list[float]) -> None:
    corrected = correct_p_values(p_values)
    assert (corrected >= np.array(p_values) - 1e-12).all()
    order = np.argsort(p_values, kind="stable")
    assert (np.diff(corrected[order]) >= 0).all()


@pytest.mark.parametrize(("p_values", "method"), [([1.5], "bh"), ([0.5], "holm")])
def test_wrong_p_values_are_refused(p_values: list[float], method: str) -> None:
    with pytest.raises(InvalidInput):
        correct_p_values(p_values, method)  # type: ignore[arg-type]


def test_areas_are_those_of_scikit_learn() -> None:
    first, second = draw(10, 30, counts=True)
    second = second[:, :17]
    labels = np.repeat([0, 1], [30, 17])
    expected = [roc_auc_score(labels, np.r_[one, other]) for one, other in zip(first, second, strict=True)]
    np.testing.assert_allclose(compute_auc(first, second), expected, rtol=1e-12)


@given(st.lists(st.integers(0, 4), min_size=1, max_size=8), st.lists(st.integers(0, 4), min_size=1, max_size=8))
def test_swapping_groups_mirrors_the_area(first: list[int], second: list[int]) -> None:
    there, back = compute_auc([first], [second]), compute_auc([second], [first])
    np.testing.assert_allclose(there + back, 1.0)


def test_an_empty_group_has_no_area() -> None:
    assert np.isnan(compute_auc(np.zeros((2, 0)), np.ones((2, 3)))).all()
    found = compute_auc_interval([[1.0]], [[2.0]])
    assert found.auc[0] == 1
    assert np.isnan(found.low[0])


@pytest.mark.parametrize("paired", [False, True])
def test_delong_and_bootstrap_agree(paired: bool) -> None:
    rng = np.random.default_rng(2)
    common = rng.normal(size=(5, 150)) * paired
    first, second = rng.normal(size=(5, 150)) + common, rng.normal(0.4, 1, (5, 150)) + common
    delong = compute_auc_interval(first, second, paired=paired, interval=DeLong())
    drawn = compute_auc_interval(first, second, paired=paired, interval=Bootstrap(n_resamples=2000, rng=0))
    np.testing.assert_allclose(drawn.low, delong.low, atol=0.012)
    np.testing.assert_allclose(drawn.high, delong.high, atol=0.012)


def test_pairs_that_vary_together_have_a_narrower_interval() -> None:
    rng = np.random.default_rng(2)
    common = 3 * rng.normal(size=(1, 100))
    first, second = common + rng.normal(size=(1, 100)), common + rng.normal(1, 1, (1, 100))
    apart, together = (compute_auc_interval(first, second, paired=paired) for paired in (False, True))
    assert (together.high - together.low)[0] < 0.7 * (apart.high - apart.low)[0]


def test_intervals_hold_their_level() -> None:
    rng = np.random.default_rng(4)
    first, second = rng.normal(size=(2000, 40)), rng.normal(size=(2000, 30))
    found = compute_auc_interval(first, second)
    outside = ((found.low > 0.5) | (found.high < 0.5)).mean()
    assert 0.03 < outside < 0.08


def test_a_bootstrap_of_a_seed_is_the_same_in_any_order_of_units() -> None:
    first, second = draw(4, 20, counts=True)
    found = compute_auc_interval(first, second, interval=Bootstrap(rng=3, n_resamples=50))
    turned = compute_auc_interval(first[::-1], second[::-1], interval=Bootstrap(rng=3, n_resamples=50))
    np.testing.assert_array_equal(found.low, turned.low[::-1])


@pytest.mark.parametrize("interval", [DeLong(confidence=95), Bootstrap(n_resamples=0), Bootstrap(rng=1.5)])  # type: ignore[arg-type]
def test_wrong_intervals_are_refused(interval: DeLong | Bootstrap) -> None:
    with pytest.raises(InvalidInput):
        compute_auc_interval([[1.0, 2.0]], [[1.0, 3.0]], interval=interval)


def test_a_p_value_is_never_zero_unless_asked_for_uncorrected() -> None:
    null = np.arange(99.0)
    assert compute_p_value(1000, null) == pytest.approx(0.01)
    assert compute_uncorrected_p_value(1000, null) == 0
    assert compute_p_value(-1, null) == 1
    assert compute_p_value(-1, null, tail="less") == pytest.approx(0.01)
    assert compute_p_value(1000, null, tail="two-sided") == pytest.approx(0.02)
    assert np.isnan(compute_p_value(np.nan, null))


def test_null_values_that_equal_the_observed_one_count_only_when_corrected() -> None:
    assert compute_p_value(1.0, [0.0, 1.0, 1.0]) == pytest.approx(0.75)
    assert compute_uncorrected_p_value(1.0, [0.0, 1.0, 1.0]) == 0
    with pytest.raises(InvalidInput, match="no values"):
        compute_p_value(1.0, [])
    with pytest.raises(InvalidInput, match="shape"):
        compute_p_value([1.0, 2.0], [1.0])


@pytest.mark.parametrize("paired", [False, True])
def test_permutations_agree_with_student(paired: bool) -> None:
    rng = np.random.default_rng(5)
    first, second = rng.normal(size=(6, 25)), rng.normal(0.4, 1, (6, 25))
    found = permutation_test(first, second, paired=paired, n_permutations=4000, rng=0)
    expected = compare_samples(first, second, "paired_ttest" if paired else "ttest").p_value
    np.testing.assert_allclose(found.p_value, expected, atol=0.06)
    again = permutation_test(first[::-1], second[::-1], paired=paired, n_permutations=4000, rng=0)
    np.testing.assert_allclose(found.p_value, again.p_value[::-1])


def test_equal_groups_cannot_be_told_apart() -> None:
    values = np.array([[0.1, 0.2, 0.3]])
    assert permutation_test(values, values, n_permutations=50, rng=0).p_value[0] == 1
    with pytest.raises(InvalidInput, match="no samples"):
        permutation_test(values, values[:, :0])


def test_bootstrap_of_the_mean_covers_what_student_does() -> None:
    values = np.random.default_rng(1).normal(3.0, 2.0, (4, 80))
    found = bootstrap_interval(values, n_resamples=2000, rng=0)
    half = stats.t.ppf(0.975, 79) * values.std(axis=1, ddof=1) / np.sqrt(80)
    np.testing.assert_allclose(found.low, values.mean(axis=1) - half, atol=0.08)
    np.testing.assert_allclose(found.high, values.mean(axis=1) + half, atol=0.08)
    medians = bootstrap_interval(values, statistic=lambda x: np.median(x, axis=1), rng=0)
    np.testing.assert_array_equal(medians.estimate, np.median(values, axis=1))
    with pytest.raises(InvalidInput, match="no samples"):
        bootstrap_interval(np.zeros((2, 0)))
