"""Which covariates a unit's spikes depend on: scores on trials left out, and covariates added one by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bregma.brainbox.arrays import Bools, Floats, Ints, InvalidInput, Rng, as_ids, check_count, read_rng
from bregma.brainbox.encoding.scores import compute_bits_per_spike, compute_deviance_explained, compute_r2
from bregma.brainbox.results import Labelled, axis, values
from bregma.later import need_package

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from bregma.brainbox.encoding.design import DesignMatrix, TrialCounts
    from bregma.brainbox.encoding.glm import LinearGLM, PoissonGLM


@dataclass(frozen=True)
class EncodingScores(Labelled):
    """How well a model predicts each unit on the trials of each fold, which it was not fitted to.

    All (n_folds, n_units): ``r2``, ``deviance_explained`` and ``bits_per_spike``, against the unit's mean count in
    the fold; NaN for units silent in it.
    """

    folds: Ints = axis("fold")
    cluster_ids: Ints = axis("cluster")
    r2: Floats = values("fold", "cluster")
    deviance_explained: Floats = values("fold", "cluster")
    bits_per_spike: Floats = values("fold", "cluster", unit="bit")


@dataclass(frozen=True)
class CovariateSelection(Labelled):
    """Covariates in the order in which each unit's model gained most by them.

    ``order`` (n_units, n_steps) names; ``train`` and ``test`` (n_units, n_steps) the score of the model of the first
    covariates, on the trials that it was fitted to and on the others.
    """

    cluster_ids: Ints = axis("cluster")
    steps: Ints = axis("step")
    order: NDArray[np.str_] = values("cluster", "step")
    train: Floats = values("cluster", "step")
    test: Floats = values("cluster", "step")

    def find_gains(self, name: str) -> Floats:
        """Return what each unit's test score gained when a covariate was added (n_units,); NaN if it was not."""
        gains = np.diff(self.test, axis=1, prepend=0.0)
        chosen = self.order == name
        return np.where(chosen.any(axis=1), np.where(chosen, gains, 0.0).sum(axis=1), np.nan)


def cross_validate_glm(
    model: LinearGLM | PoissonGLM,
    design: DesignMatrix,
    counts: TrialCounts,
    *,
    n_folds: int = 5,
    rng: Rng = None,
) -> EncodingScores:
    """Score a model on trials that it was not fitted to.

    Parameters
    ----------
    model
        An estimator; it is copied, never fitted itself.
    design, counts
        Covariates and spikes, of `build_design` and `count_in_trials`.
    n_folds
        Parts into which trials are divided by chance; whole trials, as bins of one are alike.
    rng
        For the division.

    Raises
    ------
    InvalidInput
        If there are fewer trials than folds, or fewer than two folds.
    """
    check_count("n_folds", n_folds)
    need_package("sklearn", "brainbox")
    from sklearn.base import clone

    trials = np.unique(design.trial)
    if not 2 <= n_folds <= trials.size:
        raise InvalidInput(f"n_folds is {n_folds}; give 2 to {trials.size}, the number of trials")
    scores = []
    for fold in np.array_split(read_rng(rng).permutation(trials), n_folds):
        test = np.isin(design.trial, fold)
        predicted = clone(model).fit(design.matrix[~test], counts.counts[~test]).predict(design.matrix[test])
        observed = counts.counts[test]
        scores.append([score(observed, predicted) for score in _SCORES])
    r2, deviance, bits = np.stack(scores, axis=1)
    return EncodingScores(np.arange(n_folds), counts.cluster_ids, r2, deviance, bits)


def select_covariates(
    model: LinearGLM | PoissonGLM,
    design: DesignMatrix,
    counts: TrialCounts,
    train_trials: ArrayLike,
    *,
    n_steps: int | None = None,
) -> CovariateSelection:
    """Add to each unit's model one covariate after another, each time the one that raises its training score most.

    Units that have chosen the same covariates so far are fitted together.

    Parameters
    ----------
    model
        An estimator; it is copied, never fitted itself.
    design, counts
        Covariates and spikes, of `build_design` and `count_in_trials`.
    train_trials : (n,) array
        Places of the trials to fit to. The others are the test.
    n_steps
        How many covariates to add. None: all.

    Raises
    ------
    InvalidInput
        If no trial is left to train or to test, or there are fewer covariates than steps.

    Notes
    -----
    International Brain Laboratory et al. (2025), A brain-wide map of neural activity: the order and the gains there
    are of this procedure. A covariate of more columns fits the training trials better by chance: judge by the gain
    of the test.
    """
    train = np.isin(design.trial, as_ids("train_trials", train_trials))
    if train.all() or not train.any():
        raise InvalidInput("train_trials leaves no trial to train or none to test; give some of the trials")
    n_steps = len(design.names) if n_steps is None else n_steps
    check_count("n_steps", n_steps)
    if not 1 <= n_steps <= len(design.names):
        raise InvalidInput(f"n_steps is {n_steps}; give 1 to {len(design.names)}, the number of covariates")
    n_units = counts.cluster_ids.size
    chosen = np.zeros((n_units, n_steps), dtype=np.int64)
    scores = np.zeros((2, n_units, n_steps))
    for step in range(n_steps):
        # In the same state are units of the same set of covariates, in whatever order they came.
        states, state = np.unique(np.sort(chosen[:, :step], axis=1), axis=0, return_inverse=True)
        for number, past in enumerate(states if step else states[:1]):
            units = np.flatnonzero(state.reshape(-1) == number) if step else np.arange(n_units)
            best, found = _add_one(model, design, counts.counts[:, units], train, past)
            chosen[units, step], scores[:, units, step] = best, found
    names = np.array(design.names)
    return CovariateSelection(counts.cluster_ids, np.arange(n_steps), names[chosen], scores[0], scores[1])


def _add_one(
    model: LinearGLM | PoissonGLM, design: DesignMatrix, counts: Floats, train: Bools, past: Ints
) -> tuple[Ints, Floats]:
    """Return the best further covariate of each unit, and its scores (2, n_units) in training and test."""
    from sklearn.base import clone

    candidates = np.setdiff1d(np.arange(len(design.names)), past)
    scores = np.zeros((2, candidates.size, counts.shape[1]))
    for place, candidate in enumerate(candidates):
        matrix = design.select([design.names[covariate] for covariate in [*past, candidate]]).matrix
        fitted = clone(model).fit(matrix[train], counts[train])
        for part, rows in enumerate((train, ~train)):
            scores[part, place] = fitted.score_units(matrix[rows], counts[rows])
    best = np.argmax(np.where(np.isnan(scores[0]), -np.inf, scores[0]), axis=0)
    return candidates[best], scores[:, best, np.arange(counts.shape[1])]


_SCORES = (compute_r2, compute_deviance_explained, compute_bits_per_spike)
