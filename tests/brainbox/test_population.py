"""Decoders, how they are cross-validated, and discriminants."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import Lasso, LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV, KFold, StratifiedKFold, cross_val_predict
from sklearn.naive_bayes import GaussianNB, MultinomialNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from bregma.brainbox import (
    InvalidInput,
    classify,
    lda_project,
    regress,
    split_trials,
)
from bregma.brainbox.arrays import Floats, Ints


def make_population(n_classes: int = 2, n_trials: int = 60) -> tuple[Floats, Ints]:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, n_classes, n_trials)
    return rng.poisson(2 + 3 * np.eye(n_classes, 8)[labels]).astype(float), labels


def test_trials_are_decoded_without_having_been_seen() -> None:
    activity, labels = make_population()
    found = classify(activity, labels, MultinomialNB(), cross_validation=5)
    expected = cross_val_predict(MultinomialNB(), activity, labels, cv=KFold(5), method="predict_proba")
    np.testing.assert_allclose(found.probabilities, expected)
    np.testing.assert_array_equal(found.trials, np.arange(60))
    assert found.accuracy == (found.predictions == labels).mean() > 0.8
    assert found.auc > 0.9
    assert len(found.estimators) == 5
    assert found.to_xarray().probabilities.dims == ("trial", "class")


@pytest.mark.parametrize("estimator", ["logistic", LogisticRegression])
def test_what_is_no_estimator_is_refused(estimator: object) -> None:
    with pytest.raises(InvalidInput, match=r"give one of scikit-learn, such as LogisticRegression\(\)"):
        classify(np.zeros((4, 2)), [0, 1, 0, 1], estimator)


def test_without_cross_validation_the_decoder_is_tested_on_what_it_learnt() -> None:
    found = classify(*make_population(), MultinomialNB())
    assert found.accuracy == found.training_accuracy


def test_words_are_decoded_as_numbers_are() -> None:
    activity, labels = make_population(3)
    words = np.array(["left", "none", "right"])[labels]
    numbers, named = (classify(activity, y, GaussianNB(), cross_validation=4) for y in (labels, words))
    assert named.classes.tolist() == ["left", "none", "right"]
    np.testing.assert_array_equal(named.predictions == "right", numbers.predictions == 2)
    np.testing.assert_allclose(named.probabilities, numbers.probabilities)
    assert named.probabilities is not None
    np.testing.assert_allclose(named.probabilities.sum(axis=1), 1)
    assert named.auc == pytest.approx(numbers.auc)
    assert named.auc > 0.8


def test_balanced_accuracy_is_not_taken_in_by_a_frequent_class() -> None:
    rng = np.random.default_rng(0)
    activity, labels = rng.normal(size=(100, 3)), (np.arange(100) % 10 == 0).astype(int)
    found = classify(activity, labels, LogisticRegression(), cross_validation=5)
    assert found.accuracy > 0.85
    assert found.balanced_accuracy == pytest.approx(0.5, abs=0.05)
    assert classify(activity, labels, LogisticRegression(), cross_validation=5, weights="balanced").accuracy < 0.75


def test_weights_reach_the_last_step_of_a_pipeline() -> None:
    activity, labels = make_population()
    weights = np.where(labels == 1, 1.0, 0.0) + 1e-9
    found = classify(activity, labels, make_pipeline(StandardScaler(), LogisticRegression()), weights=weights)
    assert (found.predictions == 1).all()


def test_parameters_are_chosen_within_each_fold() -> None:
    activity, labels = make_population()
    search = GridSearchCV(
        make_pipeline(StandardScaler(), LogisticRegression()), {"logisticregression__C": [1e-3, 1]}, cv=2
    )
    found = classify(activity, labels, search, cross_validation=2, groups=np.arange(60) // 4, weights="balanced")
    assert found.accuracy > 0.7
    assert all("logisticregression__C" in fold.best_params_ for fold in found.estimators)
    assert not hasattr(search, "best_params_")


def test_a_decoder_without_probabilities_has_none() -> None:
    found = classify(*make_population(), LinearSVC(), cross_validation=3)
    assert found.probabilities is None
    assert np.isnan(found.auc)
    assert "probabilities" not in found.to_xarray()


def test_a_class_missing_from_training_has_probability_0() -> None:
    activity, labels = make_population(3)
    found = classify(activity, labels, GaussianNB(), cross_validation=[(np.flatnonzero(labels < 2)[6:], [2, 3, 4, 5])])
    assert found.trials.tolist() == [2, 3, 4, 5]
    assert found.probabilities is not None
    assert (found.probabilities[:, 2] == 0).all()


@given(st.permutations(range(8)), st.integers(0, 1000))
@settings(max_examples=10)
def test_order_of_units_and_of_trials_does_not_matter(units: list[int], seed: int) -> None:
    activity, labels = make_population()
    order = np.random.default_rng(seed).permutation(60)
    folds = [(np.flatnonzero(np.arange(60) % 3 != k), np.flatnonzero(np.arange(60) % 3 == k)) for k in range(3)]
    place = np.argsort(order)
    moved = [(place[train], place[test]) for train, test in folds]
    one = classify(activity, labels, GaussianNB(), cross_validation=folds)
    other = classify(activity[order][:, units], labels[order], GaussianNB(), cross_validation=moved)
    np.testing.assert_allclose(other.probabilities[place], one.probabilities, rtol=1e-6, atol=1e-12)  # type: ignore[index]


@pytest.mark.parametrize(
    ("scheme", "sizes"),
    [
        (4, [3, 3, 3, 3]),
        ("leave-one-out", [1] * 12),
        ("leave-one-group-out", [5, 4, 3]),
        (StratifiedKFold(2), [6, 6]),
        ([(np.arange(6), np.arange(6, 12))], [6]),
        ([(np.arange(12) < 6, np.arange(12) >= 6)], [6]),
    ],
)
def test_trials_are_split_in_every_scheme(scheme: object, sizes: list[int]) -> None:
    groups = np.repeat([0, 1, 2], [5, 4, 3]) if scheme == "leave-one-group-out" else None
    splits = split_trials(12, scheme, labels=np.arange(12) % 2, groups=groups)  # type: ignore[arg-type]
    assert [test.size for _, test in splits] == sizes
    if len(sizes) > 1:
        assert all(np.intersect1d(train, test).size == 0 and train.size + test.size == 12 for train, test in splits)


def test_folds_keep_groups_together() -> None:
    groups = np.repeat(np.arange(6), 4)
    for train, test in split_trials(24, 3, groups=groups):
        assert not set(groups[train]) & set(groups[test])


@pytest.mark.parametrize(
    ("scheme", "message"),
    [
        (1, "2 or more"),
        (13, "cannot split 12"),
        ("block", "one of leave-one-out"),
        ("leave-one-group-out", "groups"),
        ([], "no folds"),
        ([([0, 1], [1, 2])], "trial 1 trains"),
        ([([0], [1]), ([2], [1])], "more than one fold"),
        ([([0], [12])], "trial 12 of 12"),
        ([([0], [])], "no trials"),
    ],
)
def test_wrong_schemes_are_refused(scheme: object, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        split_trials(12, scheme)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("activity", "labels", "message"),
    [
        (np.ones((4, 2)), [0, 1, 0], "differ in length"),
        (np.ones((4, 2)), [0, 0, 0, 0], "at least two"),
        (np.full((4, 2), np.nan), [0, 1, 0, 1], "trial 0 is NaN"),
        (np.ones(4), [0, 1, 0, 1], "n_trials, n_units"),
        (np.ones((4, 2)), [0.0, np.nan, 1.0, 1.0], "trial 1 is NaN"),
    ],
)
def test_wrong_trials_are_refused(activity: Floats, labels: list[float], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        classify(activity, labels, GaussianNB())


@pytest.mark.parametrize("estimator", [None, Ridge(), Lasso(0.1)])
def test_values_are_decoded(estimator: object) -> None:
    rng = np.random.default_rng(0)
    activity = rng.normal(size=(80, 4))
    target = activity @ [1.0, -2.0, 0.5, 0.0] + 0.1 * rng.normal(size=80)
    found = regress(activity, target, estimator, cross_validation=5)
    assert 0.95 < found.r2 < found.training_r2 < 1
    both = regress(activity, np.stack([target, -target], axis=1), estimator, cross_validation=5)
    np.testing.assert_allclose(both.predictions[:, 0], found.predictions, atol=1e-6)
    assert both.r2 == pytest.approx(found.r2, abs=1e-6)


def test_a_target_that_does_not_vary_has_no_r2_and_balance_needs_classes() -> None:
    assert np.isnan(regress(np.eye(4), np.ones(4)).r2)
    with pytest.raises(InvalidInput, match="needs classes"):
        regress(np.eye(4), np.ones(4), weights="balanced")


def make_events(n_kinds: int) -> tuple[Floats, Ints, Floats, Ints]:
    rng = np.random.default_rng(0)
    events, kinds = np.arange(1.0, 61.0), rng.integers(0, n_kinds, 60)
    counts = rng.poisson(2 + 6 * np.eye(n_kinds, 5)[kinds])
    event, unit = np.repeat(np.indices(counts.shape).reshape(2, -1), counts.ravel(), axis=1)
    return events[event] + rng.uniform(0, 0.5, event.size), unit, events, kinds


@pytest.mark.parametrize("n_kinds", [2, 3])
@pytest.mark.parametrize("scheme", [None, 5, "leave-one-out"])
def test_projections_separate_kinds_and_point_one_way_in_every_fold(scheme: int | str | None, n_kinds: int) -> None:
    times, clusters, events, kinds = make_events(n_kinds)
    found = lda_project(times, clusters, events, kinds, cross_validation=scheme)  # type: ignore[arg-type]
    assert found.scores.shape == (60, n_kinds - 1)
    last, first = found.scores[kinds == n_kinds - 1, 0], found.scores[kinds == 0, 0]
    assert (last[:, None] > first).mean() > 0.9
    assert found.groups == tuple(range(n_kinds))


def test_projections_leave_out_unknown_events_and_whole_blocks() -> None:
    times, clusters, events, kinds = make_events(2)
    events[[4, 9]] = np.nan
    found = lda_project(
        times, clusters, events, kinds, cross_validation="leave-one-group-out", groups=np.arange(60) // 15
    )
    assert not {4, 9} & set(found.trials.tolist())
    np.testing.assert_array_equal(found.labels, kinds[found.trials])
    with pytest.raises(InvalidInput, match="at least two"):
        lda_project(times, clusters, events, np.zeros(60), cross_validation=None)


@pytest.mark.parametrize("n_spikes", [1, 2])
def test_a_projection_of_too_few_spikes_is_refused(n_spikes: int) -> None:
    times, clusters, events, kinds = make_events(2)
    with pytest.raises(InvalidInput, match="more spikes"):
        lda_project(times[:n_spikes], clusters[:n_spikes], events, kinds)


def test_movements_of_a_real_session_are_decoded_from_its_neurons(shared_data: Path) -> None:
    folder = shared_data / "prior_localization_56956777"
    activity = np.load(folder / "merged_BMA_ephys_in.npy")
    movements = np.load(next(folder.glob("motor_regressors_*.npy")))
    known = np.isfinite(movements[:, 0])
    found = regress(activity[known], movements[known, 0], Ridge(100.0), cross_validation=5)
    assert found.predictions.shape == (known.sum(),)
    assert found.r2 < found.training_r2


def test_scikit_learn_is_loaded_only_when_a_decoder_runs() -> None:
    program = (
        "import sys, bregma.brainbox as b; b.classify, b.lda_project, b.fit_cca, b.responsive_units; "
        "sys.exit('sklearn' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
