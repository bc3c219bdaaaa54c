"""Where the search for a psychometric curve begins: the best points of a grid, and the likeliest steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from bregma.brainbox.behavior.psychometric.curves import PsychometricModel, trace_curves

if TYPE_CHECKING:
    from bregma.brainbox.arrays import Floats

N_GROUPS = 9
N_STEPS = 2
_EPSILON = 1e-15


def find_starts(
    model: PsychometricModel, contrasts: Floats, n_trials: Floats, n_right: Floats, lower: Floats, upper: Floats
) -> Floats:
    """Return points (rows, starts, parameters) to search from, for choices (rows, contrasts) in each row's bounds."""
    grid = _make_grid(model, contrasts, lower.min(axis=0), upper.max(axis=0))
    n_groups, n_points, n_parameters = grid.shape
    p = trace_curves(model, grid.reshape(-1, n_parameters), contrasts).p
    p = np.clip(p, _EPSILON, 1 - _EPSILON)
    # Not matrix products: on a busy machine the threads of linear algebra take longer than they save.
    fitness = np.einsum("rc,gc->rg", n_right, np.log(p)) + np.einsum("rc,gc->rg", n_trials - n_right, np.log1p(-p))
    best = np.argmax(fitness.reshape(-1, n_groups, n_points), axis=2)
    starts = grid[np.arange(n_groups), best]
    if model.signed and contrasts.size > 1:
        starts = np.concatenate([starts, _find_steps(model, contrasts, n_trials, n_right)], axis=1)
    return np.asarray(np.clip(starts, lower[:, None], upper[:, None]))


def _make_grid(model: PsychometricModel, contrasts: Floats, lower: Floats, upper: Floats) -> Floats:
    """Return points (groups, points, parameters): a group for each threshold, or each slope of a Weibull curve."""
    n_lapses = 5 if lower.size == 4 else 9
    lapses = [lower[i] + (upper[i] - lower[i]) * np.linspace(0, 1, n_lapses) ** 2 for i in range(2, lower.size)]
    if model.signed:
        biases = np.concatenate([np.linspace(lower[0], upper[0], 11), contrasts])
        first = np.unique(np.clip(biases, lower[0], upper[0]))
        least = max(lower[1], min(0.01 * np.abs(contrasts).max(), upper[1]))
    else:
        first = np.geomspace(lower[0], upper[0], 25)
        least = max(lower[1], min(0.05, upper[1]))
    groups = np.geomspace(least, upper[1], N_GROUPS)
    second, first, *rest = np.meshgrid(groups, first, *lapses, indexing="ij")
    return np.stack([values.reshape(N_GROUPS, -1) for values in (first, second, *rest)], axis=-1)


def _find_steps(model: PsychometricModel, contrasts: Floats, n_trials: Floats, n_right: Floats) -> Floats:
    """Return the likeliest steps (rows, 2, parameters): curves that rise between two contrasts, or within one."""
    steps = np.stack(
        [_make_step(model, contrasts, n_trials, n_right, rise) for rise in range(1, 2 * contrasts.size - 2)], axis=1
    )
    p = np.clip(trace_curves(model, steps, contrasts).p, _EPSILON, 1 - _EPSILON)
    fitness = np.sum(n_right[:, None] * np.log(p) + (n_trials - n_right)[:, None] * np.log1p(-p), axis=-1)
    best = np.argsort(-fitness, axis=1, kind="stable")[:, :N_STEPS]
    return np.asarray(steps[np.arange(steps.shape[0])[:, None], best])


def _make_step(model: PsychometricModel, contrasts: Floats, n_trials: Floats, n_right: Floats, rise: int) -> Floats:
    """Return the likeliest curve of each row that rises at contrast number ``rise / 2``; halves are between two."""
    place = np.arange(contrasts.size)
    below, above, within = 2 * place < rise, 2 * place > rise, 2 * place == rise
    n_left = n_trials - n_right
    low = _share(n_right[:, below], n_trials[:, below])
    high = _share(n_left[:, above], n_trials[:, above])
    if model is PsychometricModel.ERF_PSYCHO:
        wrong = np.concatenate([n_right[:, below], n_left[:, above]], axis=1)
        low = high = _share(wrong, n_trials[:, ~within])
    width = 0.1 * np.diff(contrasts).min()
    bias = np.full(low.size, np.interp(rise / 2, place, contrasts))
    if within.any():
        height = np.where(low + high == 1, 1.0, 1 - low - high)
        share = (_share(n_right[:, within], n_trials[:, within]) - low) / height
        bias = bias - width * special.erfinv(2 * np.clip(share, 0.01, 0.99) - 1)
    lapses = [low] if model is PsychometricModel.ERF_PSYCHO else [low, high]
    return np.stack([bias, np.full(low.size, width), *lapses], axis=-1)


def _share(part: Floats, whole: Floats) -> Floats:
    return np.asarray(part.sum(axis=1) / np.maximum(whole.sum(axis=1), 1))
