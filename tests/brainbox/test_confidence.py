"""Intervals of psychometric curves, and the curve as an estimator."""

import numpy as np
import pytest

from bregma.brainbox import (
    InvalidInput,
    Psychometric,
    PsychometricCurve,
    bootstrap_psychometric,
    compute_proportion_interval,
    fit_psychometric,
    profile_psychometric,
)
from bregma.brainbox.behavior.psychometric.fitting import evaluate_curve, log_likelihood

X = np.array([-100, -25, -12.5, -6.25, 0, 6.25, 12.5, 25, 100.0])
TRUE = (3.0, 20.0, 0.06, 0.1)


def make_psychometric(n: int = 200, **options: object) -> Psychometric:
    right = np.round(n * evaluate_curve(TRUE, X)).astype(np.int64)
    n_trials = np.full(X.size, n)
    return Psychometric(X, n_trials, right, fit_psychometric(X, n_trials, right, **options))


def test_wilsons_interval_has_its_published_value() -> None:
    # Newcombe (1998), Statistics in Medicine 17:857, of 81 in 263 and of 0 in 20.
    low, high = compute_proportion_interval([81, 0], [263, 20])
    assert low == pytest.approx([0.2553, 0.0], abs=5e-5)
    assert high == pytest.approx([0.3662, 0.1611], abs=5e-5)


def test_the_exact_interval_has_its_published_value() -> None:
    low, high = compute_proportion_interval([81, 0, 20], [263, 20, 20], kind="clopper_pearson")
    assert low == pytest.approx([0.2527, 0.0, 0.8316], abs=5e-5)
    assert high == pytest.approx([0.3676, 0.1684, 1.0], abs=5e-5)


@pytest.mark.parametrize("kind", ["wilson", "clopper_pearson", "normal"])
def test_intervals_hold_the_proportion_and_mirror_it(kind: str) -> None:
    k, n = np.arange(11), np.full(11, 10)
    low, high = compute_proportion_interval(k, n, kind=kind)
    assert ((low - 1e-12 <= k / n) & (k / n <= high + 1e-12)).all()
    assert low == pytest.approx(1 - high[::-1])


def test_no_trials_have_no_interval_and_impossible_counts_are_refused() -> None:
    assert np.isnan(compute_proportion_interval([0], [0])).all()
    with pytest.raises(InvalidInput, match="between 0 and n_trials"):
        compute_proportion_interval([3], [2])
    with pytest.raises(InvalidInput, match="confidence is 95"):
        compute_proportion_interval([1], [2], confidence=95)


def test_the_bootstrap_holds_the_truth_and_repeats_itself() -> None:
    psychometric = make_psychometric()
    result = bootstrap_psychometric(psychometric, n_resamples=200, rng=1)
    assert ((result.low < TRUE) & (result.high > TRUE)).all()
    assert result.names == ("bias", "threshold", "lapse_low", "lapse_high")
    again = bootstrap_psychometric(psychometric, n_resamples=200, rng=1)
    np.testing.assert_array_equal(result.samples, again.samples)
    assert result.to_xarray()["samples"].dims == ("sample", "parameter")


def test_the_profile_holds_the_truth_and_ends_where_the_likelihood_ratio_says() -> None:
    psychometric = make_psychometric()
    result = profile_psychometric(psychometric)
    assert ((result.low < TRUE) & (result.high > TRUE)).all()
    data = (X, psychometric.n_trials, psychometric.n_right)
    for place, name in enumerate(result.names):
        for end in (result.low[place], result.high[place]):
            lower, upper = list(psychometric.fit.lower), list(psychometric.fit.upper)
            lower[place] = upper[place] = end
            held = fit_psychometric(*data, lower=lower, upper=upper)
            assert held.estimates[name] == pytest.approx(end)
            assert 2 * (psychometric.fit.log_likelihood - held.log_likelihood) == pytest.approx(3.8415, abs=1e-3)
    assert log_likelihood(psychometric.fit.parameters, *data) == pytest.approx(psychometric.fit.log_likelihood)


def test_more_trials_and_less_confidence_make_intervals_narrower() -> None:
    few, many = (profile_psychometric(make_psychometric(n)) for n in (50, 500))
    assert (many.high - many.low < few.high - few.low).all()
    loose = profile_psychometric(make_psychometric(50), confidence=0.5)
    assert (loose.high - loose.low < few.high - few.low).all()


def test_an_interval_ends_at_the_bounds_of_the_fit() -> None:
    result = profile_psychometric(make_psychometric(20, lower=(-100, 15, 0.05, 0.05), upper=(100, 22, 0.12, 0.12)))
    assert (result.low[1:] == [15, 0.05, 0.05]).all()
    assert (result.high[1:] == [22, 0.12, 0.12]).all()


@pytest.mark.parametrize("compute", [bootstrap_psychometric, profile_psychometric])
def test_a_curve_without_trials_has_no_intervals(compute: object) -> None:
    nothing = np.zeros(0, dtype=np.int64)
    with pytest.raises(InvalidInput, match="no trials"):
        compute(Psychometric(np.zeros(0), nothing, nothing, fit_psychometric([], [], [])))


def test_the_estimator_fits_what_the_function_does() -> None:
    psychometric = make_psychometric(100)
    contrasts = np.repeat(X, 100)
    right = np.tile(np.arange(100), X.size) < np.repeat(psychometric.n_right, 100)
    curve = PsychometricCurve().fit(contrasts, np.where(right, -1, 1))
    assert curve.fit_.parameters == pytest.approx(psychometric.fit.parameters, rel=1e-6)
    assert curve.fit_ == PsychometricCurve().fit(contrasts[:, None], right).fit_
    assert curve.predict([-100, 100]).tolist() == [1, -1]
    assert curve.predict_proba([[0.0], [50.0]]).sum(axis=1) == pytest.approx([1, 1])
    assert 0.7 < curve.score(contrasts, np.where(right, -1, 1)) < 1
    assert curve.get_params()["model"] == "erf_psycho_2gammas"


def test_the_estimator_leaves_out_trials_without_choice_or_contrast() -> None:
    contrasts, choices = np.array([-100, 0, 100, 50, np.nan]), np.array([1, -1, -1, 0, 1])
    padded = PsychometricCurve().fit(contrasts, choices)
    assert padded.fit_ == PsychometricCurve().fit(contrasts[:3], choices[:3]).fit_


@pytest.mark.parametrize(
    ("contrasts", "choices", "words"),
    [([0, 1], [1], "differ"), ([0], [2], "-1 .right."), ([0], [0], "no trial"), ([[0, 1]], [1], "shape")],
)
def test_the_estimator_refuses_what_it_cannot_read(contrasts: list[float], choices: list[int], words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        PsychometricCurve().fit(contrasts, choices)
