"""Psychometric curves: the probability of a choice as a function of contrast, by maximum likelihood.

With x the contrast in percent, the four models of the psychofit toolbox (Carandini, Bhagat and others), which IBL uses:

- ``erf_psycho_2gammas``: ``P(right | x) = low + (1 - low - high) * (1 + erf((x - bias) / threshold)) / 2``, signed
  contrasts, one lapse rate per side;
- ``erf_psycho``: the same with one lapse rate for both sides;
- ``weibull``: ``P(correct | x) = 1 - lapse - (1 - 2 lapse) * exp(-(x / threshold) ** slope)``, contrasts from zero;
- ``weibull50``: ``P(correct | x) = 1 - lapse - (1/2 - lapse) * exp(-(x / threshold) ** slope)``.

The optimiser is another than psychofit's: a grid over the bounds, then climbs with the exact slope, so that a fit is
the same every time and does not end in a side valley. `fit_psychofit` searches as psychofit does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from bregma.brainbox.arrays import Floats, Ints, as_floats, read_choice
from bregma.brainbox.behavior.psychometric.choices import Choices, FitOptions, Priors, make_search, read_choices
from bregma.brainbox.behavior.psychometric.curves import PsychometricModel, evaluate_curve
from bregma.brainbox.behavior.psychometric.fits import FitProblem, PsychometricFit, describe_fit
from bregma.brainbox.behavior.psychometric.likelihood import find_maxima
from bregma.brainbox.behavior.trials import Trials, count_choices
from bregma.brainbox.results import Labelled, axis, values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

__all__ = [
    "FitProblem",
    "Psychometric",
    "PsychometricFit",
    "PsychometricModel",
    "compute_psychometric",
    "evaluate",
    "evaluate_curve",
    "fit_psychometric",
    "fit_psychometrics",
    "log_likelihood",
]


@dataclass(frozen=True)
class Psychometric(Labelled):
    """Choices per signed contrast (percent) in one block (None: all trials), and the curve fitted to them."""

    contrasts: Floats = axis("contrast", unit="%")
    n_trials: Ints = values("contrast")
    n_right: Ints = values("contrast")
    fit: PsychometricFit  # type: ignore[misc] # the axes above are no defaults
    block: float | None = None

    @property
    def p_right(self) -> Floats:
        """(n_contrasts,) array: fraction of rightward choices."""
        return self.n_right / self.n_trials


def evaluate(fit: PsychometricFit, contrasts: ArrayLike) -> Floats:
    """Return the probability that a fit gives to a choice at contrasts in percent."""
    return evaluate_curve(list(fit.estimates.values()), contrasts, fit.model)


def log_likelihood(
    parameters: ArrayLike,
    contrasts: ArrayLike,
    n_trials: ArrayLike,
    n_right: ArrayLike,
    model: PsychometricModel | str = PsychometricModel.ERF_PSYCHO_2GAMMAS,
) -> float:
    """Return the log-likelihood of choices, in natural units without the binomial coefficients."""
    p = evaluate_curve(parameters, contrasts, model)
    right, trials = as_floats("n_right", n_right, n_dims=()), as_floats("n_trials", n_trials, n_dims=())
    return float(np.sum(special.xlogy(right, p) + special.xlog1py(trials - right, -p)))


def fit_psychometric(
    contrasts: ArrayLike,
    n_trials: ArrayLike,
    n_right: ArrayLike | None = None,
    *,
    p_right: ArrayLike | None = None,
    model: PsychometricModel | str = PsychometricModel.ERF_PSYCHO_2GAMMAS,
    lower: Sequence[float] | None = None,
    upper: Sequence[float] | None = None,
    priors: Priors | None = None,
) -> PsychometricFit:
    """Fit a psychometric curve by maximum likelihood.

    Parameters
    ----------
    contrasts : (n,) array
        Contrasts in percent: signed, left negative; from zero up for the Weibull models.
    n_trials, n_right : (n,) arrays
        Trials and rightward (for Weibull, correct) choices of each contrast. Contrasts without trials are left out.
    p_right : (n,) array
        Fraction of these choices, in place of `n_right`.
    model
        ``erf_psycho_2gammas``, ``erf_psycho``, ``weibull`` or ``weibull50``.
    lower, upper : numbers
        Bounds of the free parameters, in the model's order; four for ``erf_psycho`` too. By default those of IBL's
        training criteria: bias within the contrasts shown, threshold 0 to 100 %, lapse rates 0 to 1; for Weibull,
        threshold within the contrasts, slope 0 to 10, lapse rate 0 to 0.4. Thresholds below a 100,000th of the
        largest contrast are steps, and not told apart. IBL's plots use (-50, 10, 0, 0) and (50, 50, 0.2, 0.2).
    priors
        Normal priors by parameter: ``{"lapse": (0.02, 0.02)}`` is mean and standard deviation, cut off at the bounds.
        The fit is then the most probable curve; its ``log_likelihood`` is without the prior.

    Returns
    -------
    PsychometricFit
        All NaN, with problem ``NO_TRIALS``, when there are no trials.

    Raises
    ------
    InvalidInput
        If lengths differ, counts are impossible, bounds cross, contrasts are fractions of one where the usual bounds
        mean percent, or negative for a Weibull curve.

    References
    ----------
    Wichmann and Hill (2001), Perception & Psychophysics 63:1293-1313; psychofit, ``mle_fit_psycho``.
    """
    options = FitOptions(read_choice("model", model, PsychometricModel), lower, upper, priors)
    return _fit(read_choices(contrasts, n_trials, n_right, p_right), options)[0]


def fit_psychometrics(
    contrasts: ArrayLike,
    n_trials: ArrayLike,
    n_right: ArrayLike,
    *,
    model: PsychometricModel | str = PsychometricModel.ERF_PSYCHO_2GAMMAS,
    lower: Sequence[float] | None = None,
    upper: Sequence[float] | None = None,
    priors: Priors | None = None,
) -> list[PsychometricFit]:
    """Fit the psychometric curves of many sessions, or of many mice, at once: some hundred times a second.

    Parameters
    ----------
    contrasts : (n_contrasts,) array
        All contrasts that any session has, in percent.
    n_trials, n_right : (n_sessions, n_contrasts) arrays
        Trials and choices; zero where a session did not have the contrast.
    model, lower, upper, priors
        As for `fit_psychometric`.

    Returns
    -------
    list of PsychometricFit
        One per session, each as `fit_psychometric` gives it.

    Raises
    ------
    InvalidInput
        As `fit_psychometric`.
    """
    options = FitOptions(read_choice("model", model, PsychometricModel), lower, upper, priors)
    return _fit(read_choices(contrasts, n_trials, n_right, None), options)


def compute_psychometric(
    trials: Trials,
    block: float | None = None,
    *,
    model: PsychometricModel | str = PsychometricModel.ERF_PSYCHO_2GAMMAS,
    lower: Sequence[float] | None = None,
    upper: Sequence[float] | None = None,
    priors: Priors | None = None,
) -> Psychometric:
    """Count choices and fit the psychometric curve of the trials, or of one block of them.

    Parameters
    ----------
    trials
        ALF trials with choice, contrastLeft, contrastRight and, for a block, probabilityLeft.
    block
        Probability of a stimulus on the left, such as 0.2.
    model, lower, upper, priors
        As for `fit_psychometric`; the Weibull models need `fit_psychometric`.

    Returns
    -------
    Psychometric
        With a fit of NaN, and the problem ``NO_TRIALS``, when the block has no trials.

    Raises
    ------
    InvalidInput
        If a column is missing.
    """
    contrasts, n_trials, n_right = count_choices(trials, block)
    fit = fit_psychometric(contrasts, n_trials, n_right, model=model, lower=lower, upper=upper, priors=priors)
    return Psychometric(contrasts, n_trials, n_right, fit, block)


def _fit(choices: Choices, options: FitOptions) -> list[PsychometricFit]:
    """Fit every row; rows without trials get a fit of NaN."""
    none = PsychometricFit(np.nan, np.nan, np.nan, np.nan, np.nan, False, (FitProblem.NO_TRIALS,), options.model)
    fits = [none] * choices.n_trials.shape[0]
    known = np.flatnonzero(choices.n_trials.any(axis=1))
    if not known.size:
        return fits
    search = make_search(Choices(choices.contrasts, choices.n_trials[known], choices.n_right[known]), options)
    ends = find_maxima(search)
    for place, row in enumerate(known):
        one = search.rows(slice(place, place + 1))
        fits[row] = describe_fit(one, ends.parameters[place], bool(ends.converged[place]), options.priors)
    return fits
