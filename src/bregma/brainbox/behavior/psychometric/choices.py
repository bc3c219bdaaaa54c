"""Counts of choices per contrast, and bounds and priors of the curves fitted to them, checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bregma.brainbox.arrays import Floats, InvalidInput, as_floats
from bregma.brainbox.behavior.psychometric.curves import (
    SMALLEST_SLOPE,
    SMALLEST_WIDTH,
    PsychometricModel,
    check_sign,
    find_default_bounds,
)
from bregma.brainbox.behavior.psychometric.likelihood import Search

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

Priors = Mapping[str, tuple[float, float]]


@dataclass(frozen=True)
class Choices:
    """Contrasts, ascending and different, and the trials and choices (rows, contrasts) of each row at each of them."""

    contrasts: Floats
    n_trials: Floats
    n_right: Floats


@dataclass(frozen=True)
class FitOptions:
    """What a fit may find: the curve, bounds of its parameters (None: the usual ones), and priors of some."""

    model: PsychometricModel
    lower: Sequence[float] | None = None
    upper: Sequence[float] | None = None
    priors: Priors | None = None


def read_choices(
    contrasts: ArrayLike, n_trials: ArrayLike, n_right: ArrayLike | None, p_right: ArrayLike | None
) -> Choices:
    """Check choices, given as numbers or as fractions, one row or several; leave out contrasts without any trials."""
    if (n_right is None) == (p_right is None):
        raise InvalidInput("give either n_right or p_right")
    x, n = as_floats("contrasts", contrasts), np.atleast_2d(as_floats("n_trials", n_trials, n_dims=(1, 2)))
    name, chosen = ("p_right", p_right) if n_right is None else ("n_right", n_right)
    given = np.atleast_2d(as_floats(name, chosen, n_dims=(1, 2)))  # type: ignore[arg-type] # one is given
    if not x.size == n.shape[-1] == given.shape[-1] or n.shape != given.shape:
        raise InvalidInput(f"arrays differ in length: contrasts {x.shape}, n_trials {n.shape}, {name} {given.shape}")
    used = n > 0
    right = np.where(used, given if n_right is not None else given * n, 0.0)
    # A fraction that is a rounded quotient may give a hair more than all.
    if not ((n >= 0) & (right >= 0) & (right <= n * (1 + 1e-12))).all():
        raise InvalidInput(f"{name}: rightward choices must lie between 0 and the number of trials")
    shown = used.any(axis=0)
    if not np.isfinite(x[shown]).all():
        raise InvalidInput("contrasts with trials must be finite")
    return _merge(x[shown], n[:, shown], np.minimum(right, n)[:, shown])


def make_search(choices: Choices, options: FitOptions) -> Search:
    """Return the search for the curves of some rows that all have trials.

    Raises
    ------
    InvalidInput
        If bounds cross or leave the possible, contrasts are not in percent or have the wrong sign, or a prior is of
        no parameter.
    """
    check_sign(options.model, choices.contrasts)
    _check_percent(choices.contrasts, options)
    pairs = [_read_bounds(choices.contrasts[row > 0], options) for row in choices.n_trials]
    mean, precision = _read_priors(options)
    return Search(
        model=options.model,
        contrasts=choices.contrasts,
        n_trials=choices.n_trials,
        n_right=choices.n_right,
        lower=np.array([low for low, _ in pairs]),
        upper=np.array([high for _, high in pairs]),
        prior_mean=mean,
        prior_precision=precision,
    )


def _merge(contrasts: Floats, n_trials: Floats, n_right: Floats) -> Choices:
    """Put contrasts in order, and those given twice together."""
    levels, place = np.unique(contrasts, return_inverse=True)
    merged = np.zeros((2, n_trials.shape[0], levels.size))
    for index, level in enumerate(place):
        merged[:, :, level] += n_trials[:, index], n_right[:, index]
    return Choices(levels, merged[0], merged[1])


def _check_percent(contrasts: Floats, options: FitOptions) -> None:
    largest = np.abs(contrasts).max()
    if options.model.signed and options.lower is None and options.upper is None and 0 < largest <= 1:
        raise InvalidInput(
            f"contrasts reach only {largest:g}: the usual bounds are in percent. Give percent, or bounds in your unit"
        )


def _read_bounds(contrasts: Floats, options: FitOptions) -> tuple[Floats, Floats]:
    model = options.model
    usual = find_default_bounds(model, contrasts)
    low, high = (
        usual[side] if given is None else _untie(model, given, side)
        for side, given in enumerate((options.lower, options.upper))
    )
    if low.size != len(model.names) or high.size != len(model.names):
        raise InvalidInput(f"bounds of {model} are {len(model.names)} numbers: {', '.join(model.names)}")
    low, high = low.copy(), high.copy()
    largest = np.abs(contrasts).max() or 1.0
    low[model.width] = max(low[model.width], SMALLEST_WIDTH * largest)
    most_lapse = 1.0 if model.signed else 0.5
    if not model.signed:
        low[1] = max(low[1], SMALLEST_SLOPE)
        if options.upper is None:  # zero contrast alone leaves the threshold no room
            high[0] = max(high[0], low[0])
    if not (low <= high).all() or (low[2:] < 0).any() or (high[2:] > most_lapse).any():
        raise InvalidInput(f"bounds cross or leave the possible: lower {low}, upper {high}")
    return low, high


def _untie(model: PsychometricModel, given: Sequence[float], side: int) -> Floats:
    """Return bounds as numbers; two of lapses, for a curve that has one, become the stricter of them."""
    bounds = np.array(given, dtype=np.float64)
    if model is PsychometricModel.ERF_PSYCHO and bounds.shape == (4,):
        lapse = bounds[2:].min() if side else bounds[2:].max()
        return np.array([bounds[0], bounds[1], lapse])
    return bounds


def _read_priors(options: FitOptions) -> tuple[Floats, Floats]:
    names = options.model.names
    mean, precision = np.zeros(len(names)), np.zeros(len(names))
    for name, (middle, width) in (options.priors or {}).items():
        if name not in names:
            raise InvalidInput(f"{options.model} has no {name!r} to have a prior; it has {', '.join(names)}")
        if not (np.isfinite(middle) and np.isfinite(width) and width > 0):
            raise InvalidInput(f"the prior of {name} is {(middle, width)}; give (mean, standard deviation above zero)")
        place = names.index(name)
        mean[place], precision[place] = middle, width**-2
    return mean, precision
