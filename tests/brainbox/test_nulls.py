"""Null tests of decoders, and canonical correlations between populations."""

import numpy as np
import pytest

from bregma.brainbox import (
    InvalidInput,
    find_shared_dimensions,
    fit_cca,
    generate_pseudo_blocks,
    preprocess_population,
    sigtest_linear_shift,
    sigtest_pseudosessions,
    sigtest_targets,
)
from bregma.brainbox.arrays import Floats, Ints


def correlate(activity: Floats, target: Floats) -> float:
    return float(np.abs(np.corrcoef(activity[:, 0], target)[0, 1]))


def test_a_real_relation_stands_out_from_pseudosessions() -> None:
    target = generate_pseudo_blocks(300, rng=1)[0]
    rng = np.random.default_rng(0)
    activity = (target + 0.1 * rng.normal(size=300))[:, None]
    found = sigtest_pseudosessions(
        activity, target, correlate, lambda: generate_pseudo_blocks(300, rng=rng)[0], n_pseudo=49
    )
    assert found.p_value == pytest.approx(0.02)
    assert found.uncorrected_p_value == 0
    assert found.null.shape == (49,)
    again = sigtest_targets(activity, target, correlate, generate_pseudo_blocks(300, n_sessions=49, rng=2))
    assert again.p_value == pytest.approx(0.02)


def test_a_slow_drift_is_not_taken_for_a_relation() -> None:
    rng = np.random.default_rng(3)
    p_values = []
    for _ in range(40):
        walk, target = np.cumsum(rng.normal(size=(2, 200)), axis=1)
        p_values.append(sigtest_linear_shift(walk[:, None], target, correlate, n_central=100).p_value)
    assert np.mean(np.array(p_values) < 0.05) < 0.15


@pytest.mark.parametrize(("n_trials", "n_central", "n_shifts"), [(10, 8, 3), (11, 8, 3), (100, 50, 51)])
def test_shifts_have_a_smallest_p_value(n_trials: int, n_central: int, n_shifts: int) -> None:
    target = np.random.default_rng(0).normal(size=n_trials)
    found = sigtest_linear_shift(target[:, None], target, correlate, n_central=n_central)
    assert found.shifts.size == found.scores.size == n_shifts
    assert found.observed == pytest.approx(1)
    assert found.p_value == 1 / (n_shifts // 2 + 1)


def test_null_tests_refuse_what_does_not_fit() -> None:
    target = np.zeros(10)
    with pytest.raises(InvalidInput, match="shift by"):
        sigtest_linear_shift(target[:, None], target, correlate, n_central=9)
    with pytest.raises(InvalidInput, match="null target has shape"):
        sigtest_targets(target[:, None], target, lambda *_: 0.0, [np.zeros(9)])
    with pytest.raises(InvalidInput, match="no values"):
        sigtest_targets(target[:, None], target, lambda *_: 0.0, [])


def make_areas(n_trials: int = 40) -> tuple[Floats, Floats, Ints]:
    rng = np.random.default_rng(0)
    shared = rng.normal(size=(n_trials * 10, 2))
    first = shared @ rng.normal(size=(2, 6)) + 0.5 * rng.normal(size=(n_trials * 10, 6))
    second = shared @ rng.normal(size=(2, 9)) + 0.5 * rng.normal(size=(n_trials * 10, 9))
    return first, second, np.repeat(np.arange(n_trials), 10)


def test_axes_have_the_correlations_they_claim() -> None:
    first, second, _ = make_areas()
    axes = fit_cca(first, second, n_axes=4)
    one, other = axes.project(first, second)
    np.testing.assert_allclose(np.cov(one.T), np.eye(4), atol=1e-10)
    np.testing.assert_allclose(np.cov(other.T), np.eye(4), atol=1e-10)
    np.testing.assert_allclose(axes.correlate(first, second), axes.correlations)
    cross = one.T @ other / (len(one) - 1)
    np.testing.assert_allclose(cross, np.diag(axes.correlations), atol=1e-10)
    assert (np.diff(axes.correlations) <= 0).all()


def test_correlations_do_not_change_with_the_units_of_measure_or_copies_of_a_unit() -> None:
    first, second, _ = make_areas()
    expected = fit_cca(first, second, n_axes=6).correlations
    copied = np.concatenate([first * 1000 + 5, first[:, :1]], axis=1)
    np.testing.assert_allclose(fit_cca(copied[:, ::-1], second, n_axes=6).correlations, expected, rtol=1e-8)


def test_shared_dimensions_stand_out_from_shuffled_trials() -> None:
    first, second, trials = make_areas()
    found = find_shared_dimensions(first, second, trials, n_axes=3, n_shuffles=19, rng=0)
    assert found.correlations.shape == (5, 3)
    np.testing.assert_allclose(found.p_value[:2], 0.05)
    assert found.correlations[:, :2].min() > 0.5
    assert np.abs(found.null).max() < 0.4
    mixed = np.random.default_rng(1).permutation(trials.size)
    same = find_shared_dimensions(first, second, trials, n_axes=3, n_shuffles=1, rng=0).correlations
    assert find_shared_dimensions(
        first[mixed], second[mixed], trials[mixed], n_axes=3, n_shuffles=1, rng=0
    ).correlations == pytest.approx(same)


def test_preprocessing_keeps_variance_and_its_input() -> None:
    first, _, _ = make_areas()
    before = first.copy()
    smooth = preprocess_population(first, smoothing=3, n_components=4)
    assert smooth.shape == (400, 4)
    assert (np.diff(smooth.var(axis=0)) <= 0).all()
    np.testing.assert_array_equal(first, before)
    np.testing.assert_array_equal(preprocess_population(first, smoothing=0, n_components=0), first)


@pytest.mark.parametrize(
    ("first", "second"), [(np.ones((5, 2)), np.eye(5)), (np.eye(5), np.eye(4)), (np.ones(5), np.eye(5))]
)
def test_populations_that_do_not_fit_are_refused(first: Floats, second: Floats) -> None:
    with pytest.raises(InvalidInput):
        fit_cca(first, second)
