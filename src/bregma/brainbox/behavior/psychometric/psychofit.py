"""Psychometric curves as the psychofit toolbox finds them: Nelder and Mead's simplex, from a start and random restarts.

For numbers equal to those of older analyses. The search may end below the maximum; `fit_psychometric` does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import optimize

from bregma.brainbox.arrays import (
    Floats,
    InvalidInput,
    Rng,
    as_floats,
    check_count,
    check_same_length,
    read_choice,
    read_rng,
)
from bregma.brainbox.behavior.psychometric.choices import read_choices
from bregma.brainbox.behavior.psychometric.curves import PsychometricModel, check_sign, trace_curves
from bregma.brainbox.behavior.psychometric.fits import PsychometricFit, describe_fit
from bregma.brainbox.behavior.psychometric.likelihood import Search

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

OUT_OF_BOUNDS = 1e7
USUAL_RANGE = ((0.0, 10.0), (0.0, 0.4))
"""Psychofit's own bounds of its second parameter, and of lapse rates."""


def fit_psychofit(
    contrasts: ArrayLike,
    n_trials: ArrayLike,
    p_right: ArrayLike,
    *,
    model: PsychometricModel | str = PsychometricModel.ERF_PSYCHO_2GAMMAS,
    ranges: Sequence[tuple[float, float, float]] | None = None,
    rng: Rng = None,
    n_fits: int = 5,
) -> PsychometricFit:
    """Fit a psychometric curve as psychofit's ``mle_fit_psycho`` does.

    Parameters
    ----------
    contrasts, n_trials, p_right : (n,) arrays
        Contrasts, trials at each, and the fraction of rightward (for Weibull, correct) choices.
    model
        ``erf_psycho_2gammas``, ``erf_psycho``, ``weibull`` or ``weibull50``.
    ranges
        (start, lower, upper) of each free parameter, in the model's order. By default psychofit's own: the first
        within the contrasts, from their mean; the second 0 to 10, from 3; lapse rates 0 to 0.4, from 0.05. For IBL's
        training criteria see `find_criteria_ranges`.
    rng
        Random numbers of the restarts. The first of the `n_fits` searches needs none.
    n_fits
        Searches; the best of them is returned.

    Returns
    -------
    PsychometricFit

    Raises
    ------
    InvalidInput
        If lengths differ, no contrast has trials, or a Weibull curve is given a negative contrast.
    """
    chosen = read_choice("model", model, PsychometricModel)
    # Nothing is sorted: the order of sums would change the path of the simplex.
    x, n, p = as_floats("contrasts", contrasts), as_floats("n_trials", n_trials), as_floats("p_right", p_right)
    check_same_length(contrasts=x, n_trials=n, p_right=p)
    choices = np.array([x, n, p])[:, np.isfinite(p)]
    if not (choices[1] > 0).any():
        raise InvalidInput("no contrast has trials and a fraction of choices to fit: n_trials above 0, and p_right")
    if np.isinf(choices).any():
        raise InvalidInput("contrasts, n_trials and p_right must be finite; leave out what is unknown")
    check_count("n_fits", n_fits)
    check_sign(chosen, choices[0])
    start, lower, upper = np.array(ranges or _find_usual_ranges(chosen, choices[0]), dtype=np.float64).T
    if start.size != len(chosen.names):
        raise InvalidInput(f"ranges of {chosen} are {len(chosen.names)} triples: {', '.join(chosen.names)}")
    best, converged = _search(chosen, choices, (start, lower, upper), read_rng(rng), n_fits)
    counts = read_choices(choices[0], choices[1], None, choices[2])
    nothing = np.zeros(start.size)
    search = Search(
        chosen, counts.contrasts, counts.n_trials, counts.n_right, lower[None], upper[None], nothing, nothing
    )
    return describe_fit(search, best, converged)


def find_criteria_ranges(contrasts: ArrayLike) -> list[tuple[float, float, float]]:
    """Return the (start, lower, upper) of ``erf_psycho_2gammas`` that IBL's training criteria give to psychofit."""
    x = as_floats("contrasts", contrasts)
    if x.size == 0:
        raise InvalidInput("contrasts is empty; give at least one, in percent")
    bias = (float(x.mean()), float(x.min()), float(x.max()))
    return [bias, (20.0, 0.0, 100.0), (0.05, 0.0, 1.0), (0.05, 0.0, 1.0)]


def _find_usual_ranges(model: PsychometricModel, contrasts: Floats) -> list[tuple[float, float, float]]:
    first = (float(contrasts.mean()), float(contrasts.min()), float(contrasts.max()))
    second, lapse = ((start, *limits) for start, limits in zip((3.0, 0.05), USUAL_RANGE, strict=True))
    return [first, second, *[lapse] * (len(model.names) - 2)]


def _search(
    model: PsychometricModel,
    choices: Floats,
    ranges: tuple[Floats, Floats, Floats],
    rng: np.random.Generator,
    n_fits: int,
) -> tuple[Floats, bool]:
    start, lower, upper = ranges

    def cost(point: Floats) -> float:
        if (point < lower).any() or (point > upper).any():
            return OUT_OF_BOUNDS
        return _cost(model, point, choices)

    found = []
    for _ in range(n_fits):
        point, value, _, _, warning = optimize.fmin(cost, start, full_output=True, disp=False)
        found.append((float(value), np.asarray(point), warning == 0))
        start = lower + rng.random(lower.size) * (upper - lower)
    return min(found, key=lambda end: end[0])[1:]


def _cost(model: PsychometricModel, point: Floats, choices: Floats) -> float:
    contrasts, n_trials, p_right = choices
    with np.errstate(divide="ignore", invalid="ignore"):
        p = trace_curves(model, point, contrasts).p
        smallest = np.finfo(np.float64).eps
        p = np.where(p == 0, smallest, np.where(p == 1, 1 - smallest, p))
        terms = n_trials * (p_right * np.log(p) + (1 - p_right) * np.log(1 - p))
    # A sum from left to right, as psychofit's: one rounding may send the simplex elsewhere.
    return -float(np.cumsum(terms)[-1])
