"""One estimator fitted in every fold of a cross-validation: the part that classification and regression share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bregma.brainbox.arrays import Floats, Ints, InvalidInput, as_floats, as_labels, as_numbers, check_same_length
from bregma.brainbox.population.splits import Scheme, Split, split_trials
from bregma.later import need_package

if TYPE_CHECKING:
    from collections.abc import Callable

Weights: TypeAlias = ArrayLike | Literal["balanced"] | None


@dataclass(frozen=True)
class Task:
    """What is decoded from what: ``activity`` (n_trials, n_units), ``target`` (n_trials, ...), and about each trial."""

    activity: Floats
    target: NDArray[Any]
    groups: NDArray[Any] | None
    weights: Floats | Literal["balanced"] | None


@dataclass(frozen=True)
class Fold:
    """One fitted copy of the estimator, the trials that trained and those that test it."""

    estimator: Any
    train: Ints
    test: Ints


def read_task(activity: ArrayLike, target: ArrayLike, groups: ArrayLike | None, weights: Weights) -> Task:
    """Check what an estimator will be given.

    Raises
    ------
    InvalidInput
        If lengths differ, the activity is not (n_trials, n_units), a number is not finite, or weights are negative.
    """
    values, wanted = as_numbers("activity", activity).astype(np.float64), np.asarray(target)
    if values.ndim != 2 or 0 in values.shape:
        raise InvalidInput(f"activity has shape {values.shape}; give (n_trials, n_units)")
    check_same_length(activity=values, target=wanted)
    unknown = ~np.isfinite(values).all(axis=1)
    if wanted.dtype.kind == "f":
        unknown |= ~np.isfinite(wanted.reshape(len(wanted), -1)).all(axis=1)
    if unknown.any():
        raise InvalidInput(
            f"activity or target of trial {np.flatnonzero(unknown)[0]} is NaN or infinite; leave such trials out first"
        )
    together = None if groups is None else as_labels("groups", groups)
    if together is not None:
        check_same_length(activity=values, groups=together)
    return Task(values, wanted, together, _read_weights(wanted, weights))


def fit_folds(task: Task, estimator: Any, scheme: Scheme | None) -> list[Fold]:
    """Fit a copy of the estimator in each fold; for None, one on all trials, which it is also tested on.

    An estimator that searches its own parameters (GridSearchCV) sees the training trials of the fold only, with
    their groups: a nested cross-validation.
    """
    everything = np.arange(len(task.activity))
    splits: list[Split] = [(everything, everything)]
    if scheme is not None:
        splits = split_trials(len(task.activity), scheme, labels=task.target, groups=task.groups)
    return [Fold(_fit(task, estimator, train), train, test) for train, test in splits]


def gather(folds: list[Fold], answer: Callable[[Fold], NDArray[Any]]) -> NDArray[Any]:
    """Return the answers for the tested trials of all folds, in the order of trials."""
    return np.concatenate([answer(fold) for fold in folds])[np.argsort(list_tested(folds), kind="stable")]


def list_tested(folds: list[Fold]) -> Ints:
    """Return the tested trials, fold by fold."""
    return np.concatenate([fold.test for fold in folds])


def _fit(task: Task, estimator: Any, train: Ints) -> Any:
    need_package("sklearn", "brainbox")
    from sklearn.base import clone

    if not hasattr(estimator, "get_params") or isinstance(estimator, type):
        raise InvalidInput(f"estimator is {estimator!r}; give one of scikit-learn, such as LogisticRegression()")
    fresh, options = clone(estimator), {}
    if task.weights is not None:
        balanced = isinstance(task.weights, str)
        options[_find_weight_name(fresh)] = _balance(task.target[train]) if balanced else task.weights[train]
    if task.groups is not None and hasattr(fresh, "refit") and hasattr(fresh, "cv"):
        _keep_groups(fresh)
        options["groups"] = task.groups[train]
    try:
        return fresh.fit(task.activity[train], task.target[train], **options)
    except ValueError as error:
        raise InvalidInput(f"{type(estimator).__name__} cannot learn from {train.size} trials: {error}") from error


def _keep_groups(search: Any) -> None:
    """Let a search of parameters keep groups together in its own folds, unless it names a cross-validator."""
    from sklearn.model_selection import GroupKFold

    if search.cv is None or isinstance(search.cv, int):
        search.set_params(cv=GroupKFold(search.cv or 5))


def _find_weight_name(estimator: Any) -> str:
    """Return how `fit` takes weights: a pipeline passes them to its last step."""
    inner = getattr(estimator, "estimator", estimator)
    steps = getattr(inner, "steps", None)
    return f"{steps[-1][0]}__sample_weight" if steps else "sample_weight"


def _balance(labels: NDArray[Any]) -> Floats:
    """Weigh trials so that every class weighs the same."""
    _, level, count = np.unique(labels, return_inverse=True, return_counts=True)
    weights: Floats = len(labels) / (count.size * count[level])
    return weights


def _read_weights(target: NDArray[Any], weights: Weights) -> Floats | Literal["balanced"] | None:
    if weights is None or isinstance(weights, str):
        if weights not in (None, "balanced"):
            raise InvalidInput(f"weights are {weights!r}; give 'balanced', a number per trial, or None")
        return None if weights is None else "balanced"
    values = as_floats("weights", weights)
    check_same_length(target=target, weights=values)
    if not (np.isfinite(values) & (values >= 0)).all():
        raise InvalidInput("weights must be finite and not negative")
    return values
