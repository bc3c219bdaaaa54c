"""Projection of population activity on the axes that best separate groups of trials: linear discriminants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from bregma.brainbox.arrays import (
    Floats,
    Ints,
    InvalidInput,
    Window,
    as_floats,
    as_labels,
    check_same_length,
    check_window,
)
from bregma.brainbox.population.fitting import Fold, Task, fit_folds, gather, list_tested, read_task
from bregma.brainbox.results import Labelled, axis, values
from bregma.brainbox.spikes.intervals import count_in_intervals
from bregma.later import need_package

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from bregma.brainbox.population.splits import Scheme


@dataclass(frozen=True, kw_only=True)
class Projection(Labelled):
    """Trials on the discriminant axes.

    ``trials`` (n_projected,) are the numbers of the events, ascending, and ``labels`` their groups; ``scores``
    (n_projected, n_axes) their places along each axis, of which there is one less than groups. An axis points from
    the first of ``groups`` to the last in the training trials, in every fold.
    """

    trials: Ints = axis("trial")
    labels: NDArray[Any] = values("trial")
    scores: Floats = values("trial", "discriminant")
    groups: tuple[Any, ...]


def lda_project(
    spike_times: ArrayLike,
    spike_clusters: ArrayLike,
    events: ArrayLike,
    labels: ArrayLike,
    *,
    window: Window = (0.0, 0.5),
    cluster_ids: ArrayLike | None = None,
    cross_validation: Scheme | None = 5,
    groups: ArrayLike | None = None,
) -> Projection:
    """Project the spike counts of a population after each event on the axes that best separate kinds of events.

    Parameters
    ----------
    spike_times, spike_clusters : (n_spikes,) arrays
        Seconds and cluster id of each spike, in any order; NaN times are left out.
    events, labels : (n_events,) arrays
        Times in seconds, of which NaN is left out, and the kind of each: numbers or strings, two kinds or more.
    window
        (start, stop) in seconds from the event; a spike at the stop does not count.
    cluster_ids : (n_units,) array or None
        The population; None: all units that occur.
    cross_validation, groups
        As in `classify`; a trial is projected on axes that were found without it. For blocks give
        ``"leave-one-group-out"`` and groups of ``find_blocks(...).block_index``. None: find the axes with all trials.

    Returns
    -------
    Projection

    Raises
    ------
    InvalidInput
        If lengths differ, the window is empty, there is one kind only (also among the training trials of a fold),
        the folds do not fit the events, or spikes are so few that no count varies within a kind.
    PackageMissing
        If scikit-learn is not installed.
    """
    check_window(window)
    times, kinds = as_floats("events", events), as_labels("labels", labels)
    check_same_length(events=times, labels=kinds)
    known = np.flatnonzero(np.isfinite(times))
    together = None if groups is None else _select(as_labels("groups", groups), times, known)
    intervals = np.stack([times[known] + window[0], times[known] + window[1]], axis=1)
    counts = count_in_intervals(spike_times, spike_clusters, intervals, cluster_ids=cluster_ids).counts
    task = read_task(counts.T, kinds[known], together, None)
    names = np.unique(task.target)
    if names.size < 2:
        raise InvalidInput(f"labels has {names.size} kinds of known events; give at least two")
    folds = _fit_folds(task, cross_validation)
    _check_folds(folds, names)
    scores = gather(folds, lambda fold: _project(fold, task.activity, task.target))
    tested = known[np.sort(list_tested(folds))]
    return Projection(trials=tested, labels=kinds[tested], scores=scores, groups=tuple(names.tolist()))


def _select(groups: NDArray[Any], events: Floats, known: Ints) -> NDArray[Any]:
    check_same_length(events=events, groups=groups)
    chosen: NDArray[Any] = groups[known]
    return chosen


def _fit_folds(task: Task, scheme: Scheme | None) -> list[Fold]:
    try:
        return fit_folds(task, _make_discriminant(), scheme)
    except IndexError as error:  # what scikit-learn makes of no variance within classes
        raise InvalidInput(
            "spike_times leave counts that do not vary within any of the labels; give more spikes or a longer window"
        ) from error


def _make_discriminant() -> Any:
    need_package("sklearn", "brainbox")
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

    return LinearDiscriminantAnalysis()


def _check_folds(folds: list[Fold], names: NDArray[Any]) -> None:
    for fold in folds:
        if len(fold.estimator.classes_) < names.size:
            raise InvalidInput(f"a fold trains on {fold.estimator.classes_.tolist()} only, of {names.tolist()}")


def _project(fold: Fold, activity: Floats, labels: NDArray[Any]) -> Floats:
    """Turn axes round where they point from the last group to the first: the sign of an axis is arbitrary."""
    learnt = fold.estimator.transform(activity[fold.train])
    names = fold.estimator.classes_
    first, last = (learnt[labels[fold.train] == name].mean(axis=0) for name in (names[0], names[-1]))
    scores: Floats = fold.estimator.transform(activity[fold.test]) * np.where(last < first, -1.0, 1.0)
    return scores
