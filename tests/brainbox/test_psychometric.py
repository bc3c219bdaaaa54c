"""Psychometric fits: known answers, published fits, and what makes a fit useless."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bregma.brainbox import FitProblem, InvalidInput, evaluate, fit_psychofit, fit_psychometric, fit_psychometrics
from bregma.brainbox.behavior.durations import median_reaction_time
from bregma.brainbox.behavior.psychometric.choices import FitOptions, make_search, read_choices
from bregma.brainbox.behavior.psychometric.curves import PsychometricModel, trace_curves
from bregma.brainbox.behavior.psychometric.fitting import compute_psychometric, evaluate_curve, log_likelihood
from bregma.brainbox.behavior.psychometric.likelihood import climb
from bregma.brainbox.behavior.trials import count_choices

IBL_CONTRASTS = np.array([-100, -25, -12.5, -6.25, 0, 6.25, 12.5, 25, 100.0])
# Choices of psychofit's own tests, and the fits published there (its default threshold is at most 10).
PUBLISHED_X = np.arange(-50.0, 50.0, 10.0)
PUBLISHED_2GAMMAS = [0.175, 0.225, 0.35, 0.275, 0.725, 0.9, 0.925, 0.975, 1.0, 1.0]
PUBLISHED_ERF = [0.1, 0.125, 0.25, 0.15, 0.6, 0.65, 0.75, 0.9, 0.9, 0.85]
PUBLISHED_BOUNDS = {"lower": (-50, 0, 0, 0), "upper": (50, 10, 1, 1)}
CRITERIA_BOUNDS: dict[str, tuple[float, ...]] = {}
PLOT_BOUNDS = {"lower": (-50.0, 10.0, 0.0, 0.0), "upper": (50.0, 50.0, 0.2, 0.2)}


def test_the_curve_has_its_known_values() -> None:
    expected = [0.20187109, 0.21355794, 0.26291968, 0.39180005, 0.6, 0.80819995, 0.93708032, 0.98644206]
    assert evaluate_curve((-10, 20, 0.2, 0.0), PUBLISHED_X)[:8] == pytest.approx(expected, abs=1e-8)


def test_the_curve_is_halfway_between_its_lapses_at_its_bias() -> None:
    assert evaluate_curve((7, 20, 0.1, 0.3), [7.0]) == pytest.approx([0.4])


def test_the_published_fit_with_two_lapses_is_reached() -> None:
    fit = fit_psychometric(PUBLISHED_X, np.full(10, 40), p_right=PUBLISHED_2GAMMAS, **PUBLISHED_BOUNDS)
    assert fit.log_likelihood == pytest.approx(-147.02380025592902, abs=1e-6)
    assert fit.log_likelihood >= -147.02380025592902
    assert fit.parameters == pytest.approx([-11.4546, 10, 0.24118, 0.02708], abs=1e-2)
    assert FitProblem.THRESHOLD_AT_BOUND in fit.problems


def test_the_published_fit_with_one_lapse_is_reached() -> None:
    fit = fit_psychometric(PUBLISHED_X, np.full(10, 40), p_right=PUBLISHED_ERF, model="erf_psycho", **PUBLISHED_BOUNDS)
    assert fit.log_likelihood == pytest.approx(-193.0509031440323, abs=1e-6)
    assert fit.parameters == pytest.approx([-9.78747259, 10, 0.15967605, 0.15967605], abs=1e-3)


WEIBULL_X = 10 ** np.linspace(-4, -1, 8)
PUBLISHED_WEIBULL = [
    ("weibull50", [0.5125, 0.35, 0.5625, 0.5375, 0.8875, 0.8875, 0.9125, 0.8625], (0.0034045, 3.9029162, 0.1119576)),
    ("weibull", [0.125, 0.1125, 0.1375, 0.4, 0.8125, 0.9, 0.925, 0.875], (0.00316341, 1.72552866, 0.1032307)),
]


@pytest.mark.parametrize(("model", "p", "expected"), PUBLISHED_WEIBULL)
def test_the_published_weibull_fits_are_reached(model: str, p: list[float], expected: tuple[float, ...]) -> None:
    fit = fit_psychometric(WEIBULL_X, np.full(8, 80), p_right=p, model=model)
    assert tuple(fit.estimates.values()) == pytest.approx(expected, rel=1e-3)
    assert fit.log_likelihood == pytest.approx({"weibull50": -334.1149693, "weibull": -261.2351786}[model], abs=1e-6)
    assert math.isnan(fit.bias)
    assert fit.slope == fit.estimates["slope"]
    assert evaluate(fit, [0.0]) == pytest.approx([0.5 if model == "weibull50" else fit.lapse_low])


@pytest.mark.parametrize("n_fits", [1, 10])
def test_psychofits_own_search_repeats_itself_and_is_never_better(n_fits: int) -> None:
    arguments = (PUBLISHED_X, np.full(10, 40), PUBLISHED_2GAMMAS)
    fit = fit_psychofit(*arguments, rng=3, n_fits=n_fits)
    assert fit == fit_psychofit(*arguments, rng=3, n_fits=n_fits)
    best = fit_psychometric(*arguments[:2], p_right=arguments[2], lower=fit.lower, upper=fit.upper)
    assert fit.log_likelihood <= best.log_likelihood + 1e-9
    if n_fits == 10:
        assert fit.log_likelihood == pytest.approx(-147.02380025592902, abs=1e-3)


def test_psychofits_search_needs_trials() -> None:
    with pytest.raises(InvalidInput, match="no contrast has trials"):
        fit_psychofit([0, 10], [0, 0], [np.nan, np.nan])


def test_weibull_curves_refuse_negative_contrasts() -> None:
    with pytest.raises(InvalidInput, match="from zero up"):
        fit_psychometric([-10, 0, 10], [5, 5, 5], [1, 2, 3], model="weibull")
    with pytest.raises(InvalidInput, match="from zero up"):
        evaluate_curve((20, 2, 0.1), [-5.0], "weibull50")


def test_contrasts_in_fractions_are_refused_unless_bounds_are_given() -> None:
    arguments = (IBL_CONTRASTS / 100, np.full(9, 40), np.array([2, 4, 9, 15, 20, 26, 32, 36, 38]))
    with pytest.raises(InvalidInput, match="reach only 1: the usual bounds are in percent"):
        fit_psychometric(*arguments)
    fit = fit_psychometric(*arguments, lower=(-1, 0, 0, 0), upper=(1, 1, 1, 1))
    percent = fit_psychometric(IBL_CONTRASTS, *arguments[1:])
    assert fit.threshold * 100 == pytest.approx(percent.threshold, rel=1e-6)


def test_a_curve_with_the_wrong_number_of_parameters_is_refused() -> None:
    with pytest.raises(InvalidInput, match="bias, threshold, lapse; 4 were given"):
        evaluate_curve((1, 2, 0.1, 0.1), [0.0], "erf_psycho")


PAIRS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=9, max_size=9)


@given(counts=st.lists(PAIRS, min_size=2, max_size=3))
@settings(max_examples=6, deadline=None)
def test_many_sessions_are_fitted_as_each_alone(counts: list[list[tuple[int, int]]]) -> None:
    pairs = np.sort(np.array(counts), axis=2)
    n_right, n_trials = pairs[..., 0], pairs[..., 1]
    for fit, n, right in zip(fit_psychometrics(IBL_CONTRASTS, n_trials, n_right), n_trials, n_right, strict=True):
        alone = fit_psychometric(IBL_CONTRASTS, n, right)
        if n.any():
            assert fit.log_likelihood == pytest.approx(alone.log_likelihood, abs=1e-3)
            assert fit.problems == alone.problems or not alone.reliable
        else:
            assert fit == alone


def test_contrasts_in_any_order_and_in_parts_give_the_same_fit() -> None:
    n, right = np.full(9, 40), np.array([2, 4, 9, 15, 20, 26, 32, 36, 38])
    order = np.random.default_rng(0).permutation(9)
    fit = fit_psychometric(IBL_CONTRASTS, n, right)
    assert fit_psychometric(IBL_CONTRASTS[order], n[order], right[order]) == fit
    halves = fit_psychometric(np.tile(IBL_CONTRASTS, 2), np.full(18, 20), np.append(right // 2, right - right // 2))
    assert halves == fit


def test_a_prior_pulls_a_parameter_and_a_wide_one_does_not() -> None:
    arguments = (IBL_CONTRASTS, np.full(9, 40), np.array([8, 9, 9, 15, 20, 26, 32, 32, 33]))
    free = fit_psychometric(*arguments)
    pulled = fit_psychometric(*arguments, priors={"lapse_low": (0.0, 0.01), "lapse_high": (0.0, 0.01)})
    assert pulled.lapse_low < 0.5 * free.lapse_low
    assert pulled.log_likelihood < free.log_likelihood
    wide = fit_psychometric(*arguments, priors={"threshold": (20.0, 1e5)})
    assert wide.parameters == pytest.approx(free.parameters, rel=1e-4, abs=1e-5)


@pytest.mark.parametrize("priors", [{"slope": (1, 1)}, {"bias": (0, 0)}])
def test_an_impossible_prior_is_refused(priors: dict[str, tuple[float, float]]) -> None:
    with pytest.raises(InvalidInput, match="prior"):
        fit_psychometric(IBL_CONTRASTS, np.full(9, 4), np.full(9, 2), priors=priors)


def test_one_trial_and_one_contrast_have_a_fit_that_is_not_reliable() -> None:
    for contrast in (0.0, -100.0):
        fit = fit_psychometric([contrast], [1], [1])
        assert FitProblem.TOO_FEW_CONTRASTS in fit.problems
        assert evaluate(fit, [contrast])[0] > 0.99


def test_choices_all_to_the_left_have_a_flat_curve() -> None:
    fit = fit_psychometric(IBL_CONTRASTS, np.full(9, 40), np.zeros(9))
    assert fit.log_likelihood == pytest.approx(0, abs=1e-6)
    assert evaluate(fit, IBL_CONTRASTS).max() < 1e-6
    assert FitProblem.NO_BETTER_THAN_CONSTANT in fit.problems


def test_a_wider_bound_finds_a_likelier_curve() -> None:
    fit = fit_psychometric(PUBLISHED_X, np.full(10, 40), p_right=PUBLISHED_2GAMMAS)
    assert fit.log_likelihood > -145.6
    assert fit.reliable


@given(
    bias=st.floats(-20, 20),
    threshold=st.floats(8, 60),
    low=st.floats(0.01, 0.3),
    high=st.floats(0.01, 0.3),
)
@settings(max_examples=25, deadline=None)
def test_a_curve_is_recovered_from_its_own_probabilities(
    bias: float, threshold: float, low: float, high: float
) -> None:
    x = np.linspace(-100, 100, 21)
    fit = fit_psychometric(x, np.full(21, 1000), p_right=evaluate_curve((bias, threshold, low, high), x))
    assert fit.parameters == pytest.approx([bias, threshold, low, high], rel=2e-3, abs=2e-3)
    assert fit.converged


@given(shares=st.lists(st.integers(0, 30), min_size=9, max_size=9))
@example(shares=[0, 0, 0, 0, 0, 0, 1, 3, 0])
@settings(max_examples=25, deadline=None)
def test_no_constant_and_no_step_is_likelier_than_the_fit(shares: list[int]) -> None:
    n, right = np.full(9, 30), np.array(shares)
    fit = fit_psychometric(IBL_CONTRASTS, n, right)
    mean = right.sum() / n.sum()
    assert fit.log_likelihood >= log_likelihood((0, 100, mean, 1 - mean), IBL_CONTRASTS, n, right) - 1e-6
    for split in range(1, 9):
        below, above = right[:split].sum() / n[:split].sum(), right[split:].sum() / n[split:].sum()
        between = (IBL_CONTRASTS[split - 1] + IBL_CONTRASTS[split]) / 2
        step = log_likelihood((between, 1e-3, below, 1 - above), IBL_CONTRASTS, n, right)
        assert fit.log_likelihood >= step - 1e-6


@given(shares=st.lists(st.integers(0, 30), min_size=9, max_size=9))
@settings(max_examples=15, deadline=None)
def test_mirrored_choices_give_the_mirrored_likelihood(shares: list[int]) -> None:
    n, right = np.full(9, 30), np.array(shares)
    fit = fit_psychometric(IBL_CONTRASTS, n, right)
    mirrored = fit_psychometric(-IBL_CONTRASTS, n, n - right)
    assert mirrored.log_likelihood == pytest.approx(fit.log_likelihood, abs=1e-4)


MODELS = list(PsychometricModel)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("seed", range(3))
def test_no_random_start_ends_higher_than_the_fit(model: PsychometricModel, seed: int) -> None:
    generator = np.random.default_rng(seed)
    x = IBL_CONTRASTS if model.signed else np.array([0, 6.25, 12.5, 25, 50, 100])
    choices = read_choices(x, np.full(x.size, 30), generator.integers(0, 31, x.size), None)
    search = make_search(choices, FitOptions(model))
    fit = fit_psychometric(x, choices.n_trials[0], choices.n_right[0], model=model)
    low, high = search.lower, search.upper
    starts = low + (high - low) * generator.uniform(size=(60, low.size))
    starts[:, model.width] = np.exp(generator.uniform(np.log(0.2), np.log(100), 60))
    ends = climb(search.rows(np.zeros(60, dtype=np.int64)), starts, 300)
    assert fit.log_likelihood >= ends.value.max() - 1e-5


@pytest.mark.parametrize("model", MODELS)
def test_the_slopes_are_those_of_the_curve(model: PsychometricModel) -> None:
    at = np.array({3: (3.0, 20.0, 0.06), 4: (3.0, 20.0, 0.06, 0.11)}[len(model.names)])
    if not model.signed:
        at = np.array([20.0, 1.7, 0.06])
    x = IBL_CONTRASTS if model.signed else np.abs(IBL_CONTRASTS)
    slopes = trace_curves(model, at, x).slopes
    for index in range(at.size):
        step = np.zeros(at.size)
        step[index] = 1e-6
        rise = evaluate_curve(at + step, x, model) - evaluate_curve(at - step, x, model)
        assert slopes[index] == pytest.approx(rise / 2e-6, rel=1e-5, abs=1e-9)


def test_fitting_leaves_the_global_random_numbers_alone_and_repeats_itself() -> None:
    before = np.random.get_state()[1].copy()
    fits = [fit_psychometric(PUBLISHED_X, np.full(10, 40), p_right=PUBLISHED_2GAMMAS) for _ in range(2)]
    assert fits[0] == fits[1]
    assert (np.random.get_state()[1] == before).all()


def test_contrasts_without_trials_change_nothing() -> None:
    p = np.array(PUBLISHED_2GAMMAS)
    fit = fit_psychometric(PUBLISHED_X, np.full(10, 40), p_right=p)
    padded = fit_psychometric(np.append(PUBLISHED_X, 90), np.append(np.full(10, 40), 0), p_right=np.append(p, np.nan))
    assert padded == fit


def test_no_trials_give_a_fit_of_nan_that_says_so() -> None:
    fit = fit_psychometric([], [], [])
    assert fit.problems == (FitProblem.NO_TRIALS,)
    assert math.isnan(fit.bias)
    assert not fit.converged
    assert not fit.reliable


def test_a_mouse_that_guesses_is_flagged() -> None:
    fit = fit_psychometric(IBL_CONTRASTS, np.full(9, 40), np.array([20, 19, 21, 20, 20, 21, 19, 20, 20]))
    assert FitProblem.NO_BETTER_THAN_CONSTANT in fit.problems


def test_a_step_between_two_contrasts_is_flagged() -> None:
    fit = fit_psychometric(IBL_CONTRASTS, np.full(9, 40), np.array([2, 2, 2, 2, 2, 38, 38, 38, 38]))
    assert FitProblem.THRESHOLD_UNRESOLVED in fit.problems
    assert fit.lapse_low == pytest.approx(0.05, abs=1e-3)


def test_a_mouse_that_reports_the_wrong_side_is_flagged() -> None:
    fit = fit_psychometric(IBL_CONTRASTS, np.full(9, 40), np.array([38, 37, 33, 26, 20, 14, 8, 4, 2]))
    assert FitProblem.CURVE_NOT_RISING in fit.problems
    assert (np.diff(evaluate(fit, IBL_CONTRASTS)) <= 0).all()


def test_two_contrasts_are_too_few() -> None:
    fit = fit_psychometric([-100, 100], [40, 40], [4, 36])
    assert FitProblem.TOO_FEW_CONTRASTS in fit.problems


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (([0, 1], [10, 10], [11, 0]), "between 0 and the number"),
        (([0, 1], [10, 10], [1]), "differ in length"),
        (([0, np.nan], [10, 10], [1, 1]), "finite"),
        (([0, 1], [10, 10]), "either n_right or p_right"),
    ],
)
def test_impossible_choices_are_refused(arguments: tuple[list[float], ...], words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        fit_psychometric(*arguments)


def test_bounds_that_cross_are_refused() -> None:
    with pytest.raises(InvalidInput, match="cross"):
        fit_psychometric(IBL_CONTRASTS, np.full(9, 4), np.full(9, 2), lower=(5, 0, 0, 0), upper=(-5, 10, 1, 1))


def test_a_block_without_trials_has_no_curve() -> None:
    trials = {
        "choice": np.array([1, -1]),
        "contrastLeft": np.array([1.0, np.nan]),
        "contrastRight": np.array([np.nan, 1.0]),
        "probabilityLeft": np.array([0.5, 0.5]),
    }
    psychometric = compute_psychometric(trials, block=0.2)
    assert psychometric.fit.problems == (FitProblem.NO_TRIALS,)
    assert psychometric.p_right.size == 0


def eleven_sessions(shared_data: Path) -> pd.DataFrame:
    return pd.read_parquet(shared_data / "ibl_training_11sessions" / "trials.pqt")


def test_the_first_three_days_give_the_published_parameters(shared_data: Path) -> None:
    trials = eleven_sessions(shared_data)
    trials = trials[trials["date"].isin(["2020-08-21", "2020-08-24", "2020-08-25"])]
    fit = compute_psychometric(trials).fit
    assert fit.parameters == pytest.approx([4.04487042, 21.6293942, 1.91451396e-2, 1.72669957e-1], rel=1e-5)
    assert median_reaction_time(trials, contrast=0) == pytest.approx(0.83655)


@pytest.mark.parametrize(("name", "bounds"), [("criteria", CRITERIA_BOUNDS), ("plot", PLOT_BOUNDS)])
def test_every_real_fit_is_at_least_as_likely_as_the_reference(
    shared_data: Path, name: str, bounds: dict[str, tuple[float, ...]]
) -> None:
    table = pd.read_csv(shared_data / "ibl_learning_KS014" / "brainbox_reference_training_metrics.csv")
    ks014 = pd.read_parquet(shared_data / "ibl_learning_KS014" / "KS014_training_trials.pqt")
    days = dict(iter(ks014.groupby(ks014["start_time"].dt.strftime("%Y-%m-%d"))))
    days |= dict(iter(eleven_sessions(shared_data).groupby("date")))
    assert len(table) == 26
    for row in table.to_dict("records"):
        contrasts, n_trials, n_right = count_choices(days[row["date"][:10]])
        # The table's columns of lapses are named the other way round.
        reference = [row[f"{key}_{name}"] for key in ("bias", "threshold", "lapse_high", "lapse_low")]
        fit = fit_psychometric(contrasts, n_trials, n_right, **bounds)
        assert fit.log_likelihood >= log_likelihood(reference, contrasts, n_trials, n_right) - 1e-6, row["date"]
        if fit.reliable and fit.log_likelihood - log_likelihood(reference, contrasts, n_trials, n_right) < 1e-6:
            assert fit.parameters == pytest.approx(reference, rel=2e-3, abs=2e-3), row["date"]
