"""Decoders: which kind of trial, or which value, the activity of a population tells, by scikit-learn's estimators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from bregma.brainbox.arrays import Floats, Ints, InvalidInput, as_floats, as_labels
from bregma.brainbox.population.fitting import Fold, Task, Weights, fit_folds, gather, list_tested, read_task
from bregma.brainbox.results import Labelled, axis, values
from bregma.brainbox.statistics.auc import compute_auc
from bregma.later import need_package

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from bregma.brainbox.population.splits import Scheme


@dataclass(frozen=True, kw_only=True)
class Classification(Labelled):
    """Labels decoded from activity.

    ``trials`` (n_tested,) are the numbers of the trials tested, ascending; ``labels``, ``predictions`` (n_tested,)
    what they were and what was decoded; ``probabilities`` (n_tested, n_classes) that of each of ``classes``, None
    where the estimator knows none. ``accuracy`` is the share decoded right, ``balanced_accuracy`` the mean of that
    share over classes, ``auc`` the area under the ROC curve (mean over one class against the rest for three classes
    or more; NaN without probabilities or with one class), ``training_accuracy`` the share of training trials decoded
    right, over all folds. ``estimators`` are the fitted ones, one per fold.
    """

    trials: Ints = axis("trial")
    classes: NDArray[Any] = axis("class")
    labels: NDArray[Any] = values("trial")
    predictions: NDArray[Any] = values("trial")
    probabilities: Floats | None = values("trial", "class")
    accuracy: float
    balanced_accuracy: float
    auc: float
    training_accuracy: float
    estimators: tuple[Any, ...]

    @property
    def confusion(self) -> Ints:
        """How many trials of each label were decoded as each: (n_classes, n_classes), a row per label."""
        truly, decoded = (np.searchsorted(self.classes, each) for each in (self.labels, self.predictions))
        counts = np.zeros((self.classes.size, self.classes.size), dtype=np.int64)
        np.add.at(counts, (truly, decoded), 1)
        return counts


@dataclass(frozen=True, kw_only=True)
class Regression(Labelled):
    """Values decoded from activity.

    ``trials`` (n_tested,) are the numbers of the trials tested, ascending; ``targets`` and ``predictions``
    (n_tested, ...) what they were and what was decoded. ``r2`` is 1 minus the squared error over that of the mean of
    the tested targets (mean over targets when there are several; NaN where they do not vary), ``training_r2`` the
    same for the training trials, over all folds. ``estimators`` are the fitted ones, one per fold.
    """

    trials: Ints = axis("trial")
    targets: Floats = values("trial", "target")
    predictions: Floats = values("trial", "target")
    r2: float
    training_r2: float
    estimators: tuple[Any, ...]


def classify(
    activity: ArrayLike,
    labels: ArrayLike,
    estimator: Any,
    *,
    cross_validation: Scheme | None = None,
    groups: ArrayLike | None = None,
    weights: Weights = None,
) -> Classification:
    """Decode the kind of each trial from the activity of a population.

    Parameters
    ----------
    activity : (n_trials, n_units) array
        Such as spike counts; finite.
    labels : (n_trials,) array
        Numbers or strings, of two classes or more.
    estimator
        A classifier or pipeline of scikit-learn; copies of it are fitted. One that searches its parameters, such as
        ``GridSearchCV(pipeline, grid)``, makes a nested cross-validation.
    cross_validation
        A number of folds, ``"leave-one-out"``, ``"leave-one-group-out"``, a cross-validator of scikit-learn or pairs
        (train, test) of trial numbers. None: fit and test on all trials.
    groups : (n_trials,) array or None
        Trials that stay together, such as ``find_blocks(...).block_index``, in inner searches too.
    weights
        Weight of each trial when fitting; ``"balanced"`` for the same weight of each class.

    Returns
    -------
    Classification

    Raises
    ------
    InvalidInput
        If lengths differ, a value is NaN, there is one class only, or the folds do not fit the trials.
    PackageMissing
        If scikit-learn is not installed.
    """
    task = read_task(activity, as_labels("labels", labels), groups, weights)
    classes = np.unique(task.target)
    if task.target.ndim != 1 or classes.size < 2:
        raise InvalidInput(f"labels have shape {task.target.shape} and {classes.size} classes; give at least two")
    folds = fit_folds(task, estimator, cross_validation)
    trials = np.sort(list_tested(folds))
    tested = task.target[trials]
    predictions = gather(folds, lambda fold: np.asarray(fold.estimator.predict(task.activity[fold.test])))
    probabilities = _find_probabilities(task, folds, classes)
    return Classification(
        trials=trials,
        classes=classes,
        labels=tested,
        predictions=predictions,
        probabilities=probabilities,
        accuracy=float(np.mean(predictions == tested)),
        balanced_accuracy=float(np.mean([np.mean(predictions[tested == name] == name) for name in np.unique(tested)])),
        auc=_find_auc(probabilities, tested, classes),
        training_accuracy=float(np.mean(np.concatenate([_is_right(task, fold) for fold in folds]))),
        estimators=tuple(fold.estimator for fold in folds),
    )


def regress(
    activity: ArrayLike,
    targets: ArrayLike,
    estimator: Any = None,
    *,
    cross_validation: Scheme | None = None,
    groups: ArrayLike | None = None,
    weights: Weights = None,
) -> Regression:
    """Decode a value of each trial from the activity of a population.

    Parameters
    ----------
    activity : (n_trials, n_units) array
        Such as spike counts; finite.
    targets : (n_trials,) or (n_trials, n_targets) array
        Numbers; finite.
    estimator
        A regressor or pipeline of scikit-learn, such as ``Ridge(alpha=1)`` or ``Lasso(alpha=0.1)``; ordinary least
        squares for None. Copies of it are fitted.
    cross_validation, groups, weights
        As in `classify`, without ``"balanced"``.

    Returns
    -------
    Regression

    Raises
    ------
    InvalidInput
        If lengths differ, a value is NaN, or the folds do not fit the trials.
    PackageMissing
        If scikit-learn is not installed.
    """
    if isinstance(weights, str):
        raise InvalidInput("weights are 'balanced', which needs classes; give a number per trial, or None")
    task = read_task(activity, as_floats("targets", targets, n_dims=(1, 2)), groups, weights)
    folds = fit_folds(task, _least_squares() if estimator is None else estimator, cross_validation)
    trials = np.sort(list_tested(folds))
    predictions = gather(folds, lambda fold: _predict_values(fold, task, fold.test))
    learnt = np.concatenate([_predict_values(fold, task, fold.train) for fold in folds])
    return Regression(
        trials=trials,
        targets=task.target[trials],
        predictions=predictions,
        r2=compute_r2(task.target[trials], predictions),
        training_r2=compute_r2(np.concatenate([task.target[fold.train] for fold in folds]), learnt),
        estimators=tuple(fold.estimator for fold in folds),
    )


def compute_r2(targets: Floats, predictions: Floats) -> float:
    """Return the share of variance explained, the mean over targets; NaN where none varies."""
    error = ((targets - predictions) ** 2).sum(axis=0)
    spread = ((targets - targets.mean(axis=0)) ** 2).sum(axis=0)
    if not np.all(spread > 0):
        return float("nan")
    return float(np.mean(1 - error / spread))


def _least_squares() -> Any:
    need_package("sklearn", "brainbox")
    from sklearn.linear_model import LinearRegression

    return LinearRegression()


def _predict_values(fold: Fold, task: Task, trials: Ints) -> Floats:
    predicted = np.asarray(fold.estimator.predict(task.activity[trials]), dtype=np.float64)
    return predicted.reshape(task.target[trials].shape)


def _is_right(task: Task, fold: Fold) -> NDArray[np.bool_]:
    return np.asarray(fold.estimator.predict(task.activity[fold.train]) == task.target[fold.train])


def _find_probabilities(task: Task, folds: list[Fold], classes: NDArray[Any]) -> Floats | None:
    """Return the probability of every class; 0 for one that the training trials of a fold did not have."""
    if not all(hasattr(fold.estimator, "predict_proba") for fold in folds):
        return None

    def ask(fold: Fold) -> Floats:
        table = np.zeros((fold.test.size, classes.size))
        table[:, np.searchsorted(classes, fold.estimator.classes_)] = fold.estimator.predict_proba(
            task.activity[fold.test]
        )
        return table

    return gather(folds, ask)


def _find_auc(probabilities: Floats | None, labels: NDArray[Any], classes: NDArray[Any]) -> float:
    if probabilities is None or np.unique(labels).size < 2:
        return float("nan")
    shown = [place for place, name in enumerate(classes) if (labels == name).any()]
    against = shown[1:] if classes.size == 2 else shown
    areas = [
        compute_auc(probabilities[labels != classes[k], k], probabilities[labels == classes[k], k]) for k in against
    ]
    return float(np.mean(areas))
