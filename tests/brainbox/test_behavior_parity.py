"""Behaviour beside the reference's: psychofit, trials, durations, and the training status of a mouse."""

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.brainbox.recordings import load_days
from tests.brainbox.reference import Reference

from bregma.brainbox import (
    SessionTrials,
    bootstrap_reaction_times,
    compute_performance_by_contrast,
    compute_proportion_interval,
    compute_psychometric,
    compute_reaction_times,
    find_criteria_ranges,
    find_trial_ids,
    fit_psychofit,
    fit_psychometric,
    inter_trial_intervals,
    judge_training,
    meets_behavior_criterion,
    reaction_times,
    select_trials,
    tidy_trials,
)
from bregma.brainbox.behavior.psychometric.curves import PsychometricModel, evaluate_curve

pytestmark = pytest.mark.peer

FIT = """
import numpy as np, psychofit as psy
np.random.seed(0)
options = {} if ranges is None else dict(zip(("parstart", "parmin", "parmax"), np.array(ranges).T))
pars, likelihood = psy.mle_fit_psycho(np.vstack([x, n, p]), P_model=model, nfits=n_fits, **options)
result = pars, float(likelihood)
"""
SETUP = """
import numpy as np
import pandas as pd
from iblutil.util import Bunch
from one.alf.io import AlfBunch
from brainbox.behavior import training
from brainbox.task import trials as task
trials = AlfBunch({k: np.asarray(v) for k, v in trials.items()}) if "trials" in globals() else None
"""
X = np.arange(-50.0, 50.0, 10.0)
LEVELS = 10 ** np.linspace(-4, -1, 8)
CHOICES = {
    "erf_psycho_2gammas": (X, 40, [0.175, 0.225, 0.35, 0.275, 0.725, 0.9, 0.925, 0.975, 1, 1]),
    "erf_psycho": (X, 40, [0.1, 0.125, 0.25, 0.15, 0.6, 0.65, 0.75, 0.9, 0.9, 0.85]),
    "weibull50": (LEVELS, 80, [0.5125, 0.35, 0.5625, 0.5375, 0.8875, 0.8875, 0.9125, 0.8625]),
    "weibull": (LEVELS, 80, [0.125, 0.1125, 0.1375, 0.4, 0.8125, 0.9, 0.925, 0.875]),
}


@pytest.fixture(scope="module")
def days(shared_data: Path) -> dict[str, pd.DataFrame]:
    return load_days(shared_data)


def columns(trials: pd.DataFrame) -> dict[str, Any]:
    names = ("contrastLeft", "contrastRight", "feedbackType", "probabilityLeft", "choice", "response_times")
    return {name: trials[name].to_numpy() for name in (*names, "stimOn_times")}


def numbers_of_numpy(seed: int) -> np.random.Generator:
    """Make the global random numbers that numpy has after this seed."""
    stream = np.random.MT19937()
    stream._legacy_seeding(seed)
    return np.random.Generator(stream)


@pytest.mark.parametrize("model", CHOICES)
@pytest.mark.parametrize("n_fits", [1, 10])
def test_the_simplex_ends_where_psychofits_does(reference: Reference, model: str, n_fits: int) -> None:
    x, n, p = CHOICES[model]
    n_trials = np.full(x.size, n)
    expected, likelihood = reference(FIT, x=x, n=n_trials, p=np.array(p), model=model, n_fits=n_fits, ranges=None)
    fit = fit_psychofit(x, n_trials, p, model=model, n_fits=n_fits, rng=numbers_of_numpy(0))
    np.testing.assert_array_equal(list(fit.estimates.values()), expected)
    assert fit.log_likelihood == pytest.approx(likelihood, abs=1e-9)
    best = fit_psychometric(x, n_trials, p_right=p, model=model, lower=fit.lower, upper=fit.upper)
    assert best.log_likelihood >= likelihood - 1e-9
    if n_fits == 10:
        np.testing.assert_allclose(list(best.estimates.values()), expected, atol=1e-2, rtol=1e-3)


def test_fits_for_the_criteria_are_psychofits(reference: Reference, days: dict[str, pd.DataFrame]) -> None:
    for trials in days.values():
        ours = compute_psychometric(columns(trials))
        ranges = find_criteria_ranges(ours.contrasts)
        given = {"x": ours.contrasts, "n": ours.n_trials, "p": ours.p_right, "model": "erf_psycho_2gammas"}
        expected, likelihood = reference(FIT, **given, n_fits=5, ranges=ranges)
        fit = fit_psychofit(given["x"], given["n"], given["p"], ranges=ranges, rng=numbers_of_numpy(0))
        np.testing.assert_array_equal(fit.parameters, expected)
        assert ours.fit.log_likelihood >= likelihood - 1e-6


@pytest.mark.parametrize("model", PsychometricModel)
def test_curves_are_psychofits(reference: Reference, model: PsychometricModel) -> None:
    parameters = [5.0, 20.0, 0.1, 0.2][: len(model.names)] if model.signed else [20.0, 1.7, 0.1]
    x = np.linspace(-100, 100, 41) if model.signed else np.linspace(0, 100, 41)
    expected = reference(f"import psychofit as psy\nresult = psy.{model}(parameters, x)", parameters=parameters, x=x)
    np.testing.assert_allclose(evaluate_curve(parameters, x, model), expected, atol=1e-15)


@pytest.mark.parametrize("block", [None, 0.2])
def test_performance_is_the_references(
    reference: Reference, days: dict[str, pd.DataFrame], block: float | None
) -> None:
    code = SETUP + "result = [training.compute_performance(trials, block=block, prob_right=p) for p in (False, True)]"
    trials = columns(days["2020-09-01"])
    (correct, contrasts, n), (right, _, _) = reference(code, trials=trials, block=block)
    ours = compute_performance_by_contrast(trials, block)
    np.testing.assert_allclose(ours.contrasts, contrasts, atol=1e-6)
    np.testing.assert_array_equal(ours.n_trials, n)
    np.testing.assert_allclose(ours.performance, correct, atol=1e-12)
    np.testing.assert_allclose(ours.p_right, right, atol=1e-12)


def test_intervals_of_points_are_the_references(reference: Reference, days: dict[str, pd.DataFrame]) -> None:
    code = SETUP + "result = np.array(training.compute_psychometric(trials, compute_ci=True)[1])"
    trials = columns(days["2020-08-26"])
    points = compute_performance_by_contrast(trials)
    low, high = compute_proportion_interval(points.n_right, points.n_trials, confidence=0.968, kind="normal")
    np.testing.assert_allclose([low, high] - points.p_right, reference(code, trials=trials), atol=1e-12)


def test_reaction_times_are_the_references(reference: Reference, days: dict[str, pd.DataFrame]) -> None:
    code = SETUP + "np.random.seed(1); result = training.compute_reaction_time(trials, compute_ci=True)"
    trials = columns(days["2020-08-26"])
    median, _, n, interval = reference(code, trials=trials)
    ours, drawn = compute_reaction_times(trials), bootstrap_reaction_times(trials, rng=1)
    np.testing.assert_allclose(ours.median, median, atol=1e-9)
    np.testing.assert_array_equal(ours.n_trials, n)
    width = (interval[:, 1] - interval[:, 0]).max()
    np.testing.assert_allclose(np.transpose([drawn.low, drawn.high]), interval, atol=0.2 * width)


@pytest.mark.parametrize("sort", ["idx", "choice", "side", "choice and side"])
@pytest.mark.parametrize("order", ["trial num", "reaction time"])
def test_sorted_trials_are_the_references(
    reference: Reference, days: dict[str, pd.DataFrame], sort: str, order: str
) -> None:
    code = SETUP + "result = task.find_trial_ids(trials, sort=sort, order=order, contrast=(1, 0.25), event=event)"
    trials = columns(days["2020-08-26"])
    trials["goCue_times"] = trials["stimOn_times"].copy()
    trials["goCue_times"][::7] = np.nan
    expected, dividers = reference(code, trials=trials, sort=sort, order=order, event="goCue_times")
    selected = select_trials(trials, contrasts=(100, 25), event="goCue_times")
    order_by = reaction_times(trials, start="goCue_times") if order == "reaction time" else None
    ours = find_trial_ids(trials, selected, sort=sort, order_by=order_by)
    assert ours.dividers.tolist() == dividers
    if order_by is None:
        np.testing.assert_array_equal(ours.trial_ids, expected)
    else:  # equal reaction times may change places
        np.testing.assert_array_equal(order_by[ours.trial_ids], order_by[expected])


@pytest.mark.parametrize("side", ["all", "left", "right"])
@pytest.mark.parametrize("choice", ["all", "correct", "incorrect"])
def test_selected_trials_are_the_references(
    reference: Reference, days: dict[str, pd.DataFrame], side: str, choice: str
) -> None:
    code = SETUP + "trials['goCue_times'] = trials['stimOn_times']\n"
    code += "result = task.find_trial_ids(trials, side=side, choice=choice, contrast=(0.125, 0))[0]"
    trials = columns(days["2020-08-26"])
    expected = reference(code, trials=trials, side=side, choice=choice)
    selected = select_trials(trials, side=side, choice=choice, contrasts=(12.5, 0))
    np.testing.assert_array_equal(np.flatnonzero(selected), expected)


def test_tidy_trials_are_the_references(reference: Reference, days: dict[str, pd.DataFrame]) -> None:
    code = "import pandas as pd\nfrom brainbox.io.one import SessionLoader\n"
    code += "result = SessionLoader.apply_tidy_transformations(pd.DataFrame(trials)).to_dict('list')"
    trials = columns(days["2020-09-01"])
    expected = pd.DataFrame(reference(code, trials=trials))
    pd.testing.assert_frame_equal(tidy_trials(trials)[expected.columns], expected, check_dtype=False)


def test_pauses_between_trials_are_the_references(reference: Reference) -> None:
    starts = np.cumsum(np.random.default_rng(0).uniform(3, 9, 50))
    trials = {"intervals": np.stack([starts, starts + 2.5], axis=1), "stimOff_times": starts + 2}
    code = "from brainbox.io.one import load_iti\nresult = load_iti(trials)"
    np.testing.assert_array_equal(inter_trial_intervals(trials), reference(code, trials=trials))


def test_three_days_are_judged_as_the_reference_does(reference: Reference, days: dict[str, pd.DataFrame]) -> None:
    code = SETUP.rsplit("trials =", 1)[0] + "np.random.seed(0)\n"
    code += "status, info, criteria = training.get_training_status("
    code += "{k: AlfBunch(v) for k, v in days.items()}, protocols, rig, n_delay)\n"
    code += "failed = sum(not v['pass'] for k, v in criteria.items() if k != 'Criteria')\n"
    code += "result = status, info.perf_easy, info.n_trials, info.rt, failed, criteria['Criteria']['val']"
    names = sorted(days)
    for last in range(2, len(names)):
        for n_rig in (0, 1, 3):
            picked = names[last - 2 : last + 1]
            protocols = [days[name]["task_protocol"].iloc[0] for name in picked]
            if n_rig and "training" in protocols:
                continue
            delay = 1000.0 if n_rig == 3 else 0.0
            given = {name: columns(days[name]) for name in picked}
            status, easy, n_trials, reaction, failed, tested = reference(
                code, days=given, protocols=protocols, rig=picked[:n_rig], n_delay=int(delay > 0)
            )
            sessions = [
                SessionTrials(date.fromisoformat(name), protocol, given[name], name in picked[:n_rig], delay)
                for name, protocol in zip(picked, protocols, strict=True)
            ]
            ours = judge_training(sessions)
            assert ours.status.label == status
            np.testing.assert_allclose(ours.performance_easy, easy, atol=1e-12)
            np.testing.assert_array_equal(ours.n_trials, n_trials)
            np.testing.assert_allclose(ours.reaction_time, reaction, atol=1e-9)
            assert len(ours.criteria.failed) == failed
            assert ours.criteria.status.label == tested.replace("_", " ")


@pytest.mark.parametrize("seed", range(6))
def test_a_session_is_good_enough_as_in_the_reference(reference: Reference, seed: int) -> None:
    rng = np.random.default_rng(seed)
    right = np.where(np.arange(480 + 20 * seed) < 410, 0.92, 0.7)
    trials = {
        "contrastLeft": np.full(right.size, np.nan),
        "contrastRight": rng.choice([1.0, 0.25], right.size),
        "feedbackType": np.where(rng.random(right.size) < right, 1, -1),
    }
    code = """
import numpy as np
from brainbox.behavior import training
def passes(n):
    first = {k: v[:n] for k, v in trials.items()}
    return training.criterion_delay(n_trials=n, perf_easy=training.compute_performance_easy(first))[0]
n = len(trials["feedbackType"])
good = passes(n)
while not good and n > 400:
    n -= 1
    good = passes(n)
result = bool(good)
"""
    assert meets_behavior_criterion(trials) == reference(code, trials=trials)
