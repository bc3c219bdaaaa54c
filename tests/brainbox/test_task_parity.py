"""Responsive units, ROC areas, decoders, null tests and pseudosessions, beside the reference's."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold
from sklearn.naive_bayes import GaussianNB, MultinomialNB
from tests.brainbox.recordings import load_task
from tests.brainbox.reference import Reference

from bregma.brainbox import (
    Decision,
    classify,
    count_in_intervals,
    differentiate_units,
    find_blocks,
    fit_cca,
    generate_impostor_target,
    generate_pseudo_blocks,
    generate_pseudo_sessions,
    lda_project,
    preprocess_population,
    regress,
    responsive_units,
    roc_between_two_events,
    roc_single_event,
    sigtest_linear_shift,
    sigtest_pseudosessions,
)
from bregma.brainbox.arrays import Floats, Ints

pytestmark = pytest.mark.peer

LOAD = """
import pickle, numpy as np, pathlib, brainbox
import brainbox.task.closed_loop as task
from brainbox.population import decode, cca
fixtures = pathlib.Path(brainbox.__file__).parent / "tests" / "fixtures"
"""
SESSION = (
    LOAD
    + """
with open(fixtures / "ephys_test.p", "rb") as file:
    data = pickle.load(file)
result = [np.asarray(data[name]) for name in ("spike_times", "spike_clusters", "event_times", "event_groups")]
"""
)
TRIALS = LOAD + "import pandas as pd\ntrials = pd.read_csv(fixtures / 'trials_df_test.csv')\n"
UNCORRECTED = Decision(correction=None)


@pytest.fixture(scope="module")
def session(reference: Reference) -> tuple[Floats, Ints, Floats, Ints]:
    """Spikes, clusters, events and groups of the reference's own test."""
    times, clusters, events, groups = reference(SESSION)
    return times, clusters, events, groups


@pytest.fixture(scope="module")
def drawn() -> tuple[Floats, Ints, Floats, Ints]:
    """More events, to be beyond the exact tests."""
    rng = np.random.default_rng(0)
    times = np.sort(rng.uniform(0, 500, 60_000))
    return times, rng.integers(0, 40, times.size) ** 2, np.sort(rng.uniform(1, 499, 120)), rng.permutation(120) % 2


@pytest.fixture(params=["session", "drawn"])
def spikes(request: pytest.FixtureRequest) -> tuple[Floats, Ints, Floats, Ints]:
    return request.getfixturevalue(request.param)


def ask(reference: Reference, code: str, spikes: tuple[Floats, Ints, Floats, Ints]) -> list[Floats]:
    times, clusters, events, groups = spikes
    return reference(LOAD + f"result = {code}", t=times, c=clusters, e=events, g=groups)


def test_responsive_units(reference: Reference, spikes: tuple[Floats, Ints, Floats, Ints]) -> None:
    significant, statistic, p_value, ids = ask(reference, "task.responsive_units(t, c, e)", spikes)
    found = responsive_units(*spikes[:3], decision=UNCORRECTED)
    np.testing.assert_array_equal(found.cluster_ids, ids)
    np.testing.assert_allclose(found.statistic, statistic, rtol=1e-9)
    np.testing.assert_allclose(found.p_value, p_value, rtol=1e-9)
    np.testing.assert_array_equal(found.significant_ids, significant)


@pytest.mark.parametrize("test", ["ranksums", "signrank", "ttest"])
def test_differentiate_units(reference: Reference, spikes: tuple[Floats, Ints, Floats, Ints], test: str) -> None:
    code = f"task.differentiate_units(t, c, e, g, test='{test}')"
    if test == "signrank":  # of few pairs the reference draws permutations, half a second for each unit
        few = np.isin(spikes[1], np.unique(spikes[1])[:20])
        spikes = (spikes[0][few], spikes[1][few], *spikes[2:])
    significant, statistic, p_value, _ = ask(reference, code, spikes)
    found = differentiate_units(*spikes, test=test, decision=UNCORRECTED)
    np.testing.assert_allclose(found.statistic, statistic, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(found.p_value, p_value, rtol=1e-9)
    np.testing.assert_array_equal(found.significant_ids, significant)


def test_paired_t_of_floats(reference: Reference, drawn: tuple[Floats, Ints, Floats, Ints]) -> None:
    """Counts are unsigned in the reference, whose differences of pairs wrap round; of floats they do not."""
    code = """
counts = [decode.get_spike_counts_in_bins(t, c, np.c_[e[g == k], e[g == k] + .5])[0].astype(float) for k in (0, 1)]
result = task.compute_comparison_statistics(*counts, test="paired_ttest")
"""
    times, clusters, events, groups = drawn
    _, statistic, p_value = reference(LOAD + code, t=times, c=clusters, e=events, g=groups)
    found = differentiate_units(*drawn, test="paired_ttest")
    np.testing.assert_allclose(found.statistic, statistic, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(found.p_value, p_value, rtol=1e-9)


def test_false_discovery_rate(reference: Reference, spikes: tuple[Floats, Ints, Floats, Ints]) -> None:
    code = LOAD + "from brainbox.task._statsmodels import multipletests\nresult = multipletests(p, .05, 'fdr_bh')[1]"
    found = responsive_units(*spikes[:3])
    np.testing.assert_allclose(found.corrected_p_value, reference(code, p=found.p_value), rtol=1e-9)


def test_areas(reference: Reference, spikes: tuple[Floats, Ints, Floats, Ints]) -> None:
    auc, _ = ask(reference, "task.roc_single_event(t, c, e, [.4, .1], [0, .3])", spikes)
    found = roc_single_event(*spikes[:3], windows=((-0.4, -0.1), (0.0, 0.3)))
    np.testing.assert_allclose(found.auc, auc, atol=1e-12)
    auc, _ = ask(reference, "task.roc_between_two_events(t, c, e, g)", spikes)
    np.testing.assert_allclose(roc_between_two_events(*spikes).auc, auc, atol=1e-12)


def test_counts_of_the_published_test(session: tuple[Floats, Ints, Floats, Ints]) -> None:
    single = roc_single_event(*session[:3]).auc
    assert ((single < 0.3).sum(), (single > 0.6).sum()) == (4, 25)
    between = roc_between_two_events(*session, window=(-0.5, 0.5)).auc
    assert ((between < 0.3).sum(), (between > 0.7).sum()) == (24, 10)


def count_trials(session: tuple[Floats, Ints, Floats, Ints]) -> Floats:
    events = session[2]
    return count_in_intervals(*session[:2], np.stack([events - 0.5, events + 0.5], axis=1)).counts.T.astype(float)


def test_classification_of_the_published_test(session: tuple[Floats, Ints, Floats, Ints]) -> None:
    found = classify(count_trials(session), session[3], MultinomialNB(), cross_validation=2)
    assert found.accuracy == 0.2222222222222222
    assert found.training_accuracy == 0.9444444444444444


@pytest.mark.parametrize("n_folds", [None, 2, 6])
def test_classification(reference: Reference, drawn: tuple[Floats, Ints, Floats, Ints], n_folds: int | None) -> None:
    code = """
from sklearn.naive_bayes import GaussianNB
from sklearn.model_selection import KFold
cv = KFold(n_folds) if n_folds else None
result = decode.classify(x, g, GaussianNB(), cross_validation=cv)
"""
    activity, groups = count_trials(drawn), drawn[3]
    accuracy, predictions, probability = reference(LOAD + code, x=activity, g=groups, n_folds=n_folds)
    found = classify(activity, groups, GaussianNB(), cross_validation=n_folds)
    assert found.accuracy == accuracy
    assert found.probabilities is not None
    np.testing.assert_array_equal(found.predictions, predictions)
    np.testing.assert_allclose(found.probabilities[:, 1], probability, rtol=1e-6)


@pytest.mark.parametrize(("name", "estimator"), [(None, None), ("L2", Ridge())])
def test_regression(
    reference: Reference, drawn: tuple[Floats, Ints, Floats, Ints], name: str | None, estimator: object
) -> None:
    code = """
from sklearn.model_selection import KFold
result = decode.regress(x, y, regularization=name, cross_validation=KFold(5))
"""
    activity, target = count_trials(drawn), np.random.default_rng(1).normal(size=120)
    expected = reference(LOAD + code, x=activity, y=target, name=name)
    found = regress(activity, target, estimator, cross_validation=KFold(5))
    np.testing.assert_allclose(found.predictions, expected, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("scheme", ["none", "kfold", "leave-one-out", "block"])
def test_discriminants(reference: Reference, drawn: tuple[Floats, Ints, Floats, Ints], scheme: str) -> None:
    times, clusters, events, groups = drawn
    blocks = np.repeat([0.5, 0.2, 0.8, 0.2], 30)
    code = LOAD + "result = decode.lda_project(t, c, e, g, cross_validation=scheme, prob_left=b)"
    expected = reference(code, t=times, c=clusters, e=events, g=groups.astype(float), scheme=scheme, b=blocks)
    ours = {"none": None, "kfold": 5, "block": "leave-one-group-out"}.get(scheme, scheme)
    together = find_blocks(blocks).block_index if scheme == "block" else None
    found = lda_project(times, clusters, events, groups, cross_validation=ours, groups=together)  # type: ignore[arg-type]
    np.testing.assert_allclose(np.abs(found.scores[:, 0]), np.abs(np.ravel(expected)), rtol=1e-6, atol=1e-9)


STATISTIC = "def measure(X, y): return abs(np.corrcoef(X.mean(axis=0), y)[0, 1])\n"


def measure(activity: Floats, target: Floats) -> float:
    return float(abs(np.corrcoef(activity.mean(axis=1), target)[0, 1]))


def test_linear_shifts(reference: Reference) -> None:
    rng = np.random.default_rng(0)
    activity, target = rng.normal(size=(401, 7)), rng.normal(size=401)
    code = LOAD + STATISTIC + "result = decode.sigtest_linshift(X, y, measure, D=300)"
    p_value, observed, scores = reference(code, X=activity.T, y=target)
    found = sigtest_linear_shift(activity, target, measure, n_central=300)
    assert found.observed == pytest.approx(observed, rel=1e-9)
    np.testing.assert_allclose(found.scores, scores, rtol=1e-9)
    assert found.p_value == pytest.approx(min(p_value, 1.0))


def test_pseudosession_tests(reference: Reference) -> None:
    rng = np.random.default_rng(0)
    activity, target, others = rng.normal(size=(200, 7)), rng.normal(size=200), rng.normal(size=(50, 200))
    code = LOAD + STATISTIC + "r = iter(n)\nresult = decode.sigtest_pseudosessions(X, y, measure, lambda: next(r), 50)"
    p_value, observed, scores = reference(code, X=activity.T, y=target, n=others)
    rows = iter(others)
    found = sigtest_pseudosessions(activity, target, measure, lambda: next(rows), n_pseudo=50)
    assert found.observed == pytest.approx(observed, rel=1e-9)
    np.testing.assert_allclose(found.null, scores, rtol=1e-9)
    assert found.uncorrected_p_value == pytest.approx(p_value)
    assert found.p_value == pytest.approx((50 * p_value + 1) / 51)


def test_pseudo_blocks_are_as_long(reference: Reference) -> None:
    code = LOAD + "np.random.seed(0)\nresult = np.array([task.generate_pseudo_blocks(1000) for _ in range(400)])"
    theirs, ours = (
        np.array([np.bincount(find_blocks(row).block_index)[1:9] for row in blocks])
        for blocks in (reference(code), generate_pseudo_blocks(1000, n_sessions=400, rng=0))
    )
    assert ours.mean() == pytest.approx(theirs.mean(), abs=1.5)
    parts = [0, 0.25, 0.75, 1]
    np.testing.assert_allclose(np.quantile(ours, parts), np.quantile(theirs, parts), atol=3)


def test_pseudo_sessions_are_as_likely(reference: Reference) -> None:
    code = (
        TRIALS
        + """
np.random.seed(1)
made = pd.concat([task.generate_pseudo_session(trials) for _ in range(6)])
result = [made[name].to_numpy(float) for name in ("signed_contrast", "choice", "feedbackType")], trials.to_dict("list")
"""
    )
    (contrast, choice, feedback), trials = reference(code)
    found = generate_pseudo_sessions(trials, n_sessions=100, rng=0)
    for level in np.unique(contrast):
        ours = np.isclose(found.signed_contrast, 100 * level)
        assert ours.mean() == pytest.approx((contrast == level).mean(), abs=0.025)
        assert (found.choice[ours] == 1).mean() == pytest.approx((choice[contrast == level] == 1).mean(), abs=0.12)
    assert (found.feedback_type == 1).mean() == pytest.approx((feedback == 1).mean(), abs=0.03)


def test_impostors_are_drawn_as_evenly(reference: Reference) -> None:
    targets = [np.full(length, k) for k, length in enumerate([30, 40, 25, 60])]
    code = (
        LOAD
        + "result = [int(task.get_impostor_target(x, np.array(list('abcd')), 'a', seed_idx=k)[0]) for k in range(600)]"
    )
    expected = np.bincount(reference(code, x=targets), minlength=4) / 600
    rng = np.random.default_rng(0)
    first = [int(generate_impostor_target(targets, "abcd", "a", rng=rng)[0]) for _ in range(600)]
    np.testing.assert_allclose(np.bincount(first, minlength=4) / 600, expected, atol=0.08)


def test_canonical_correlations(reference: Reference) -> None:
    rng = np.random.default_rng(0)
    shared = rng.normal(size=(500, 3))
    first, second = (shared @ rng.normal(size=(3, n)) + rng.normal(size=(500, n)) for n in (5, 5))
    code = LOAD + "fit = cca.fit_cca(a, b, n_cca_dims=5)\nresult = cca.get_correlations(fit, a, b)"
    expected = reference(code, a=first, b=second)
    np.testing.assert_allclose(fit_cca(first, second, n_axes=5).correlations, np.sort(expected)[::-1], atol=1e-4)


def test_preprocessing_up_to_its_scale(reference: Reference) -> None:
    data = np.random.default_rng(0).poisson(2.0, (400, 6)).astype(float)
    expected = reference(LOAD + "result = cca.preprocess(data.copy(), 3, 4)", data=data)
    found = preprocess_population(data, smoothing=3, n_components=4)
    scale = np.exp(-0.5 * (np.arange(-199, 200) / 3) ** 2).sum()
    np.testing.assert_allclose(np.abs(found), np.abs(expected) / scale, rtol=1e-6, atol=1e-9)


def test_real_responses(reference: Reference, shared_data: Path) -> None:
    times, clusters, _, _, events, groups = load_task(shared_data)
    spikes = times, clusters, events, groups
    auc, _ = ask(reference, "task.roc_between_two_events(t, c, e, g)", spikes)
    np.testing.assert_allclose(roc_between_two_events(*spikes).auc, auc, atol=1e-12)
    _, _, p_value, _ = ask(reference, "task.differentiate_units(t, c, e, g)", spikes)
    np.testing.assert_allclose(differentiate_units(*spikes).p_value, p_value, rtol=1e-9)
