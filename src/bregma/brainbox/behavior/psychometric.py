"""Psychometric curves: the probability of a rightward choice as a function of signed contrast.

``P(right | x) = low + (1 - low - high) * (1 + erf((x - bias) / threshold)) / 2``, with x the signed contrast in
percent, fitted by maximum likelihood. Model ``erf_psycho_2gammas`` has one lapse rate per side; ``erf_psycho``
has one for both. Names and bounds are those of the psychofit toolbox (Carandini, Bhagat and others), which IBL
uses. The optimiser is another: a grid over the bounds, then bounded Newton descents with the exact
gradient, so that a fit is the same every time and does not end in a side valley.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike
from scipy import special, stats

from bregma.brainbox.arrays import Floats, Ints
from bregma.brainbox.behavior.likelihood import (
    Bounds,
    Choices,
    evaluate_curve,
    find_maximum,
    log_likelihood,
    read_bounds,
    read_choices,
)
from bregma.brainbox.behavior.trials import Trials, count_choices

__all__ = [
    "FitProblem",
    "Psychometric",
    "PsychometricFit",
    "PsychometricModel",
    "compute_psychometric",
    "evaluate",
    "evaluate_curve",
    "fit_psychometric",
    "log_likelihood",
]

RESOLVED_WITHIN = 1.5
"""Half-width of the rising part of the curve, in thresholds."""


class PsychometricModel(StrEnum):
    """Curves that can be fitted."""

    ERF_PSYCHO = "erf_psycho"
    ERF_PSYCHO_2GAMMAS = "erf_psycho_2gammas"


class FitProblem(StrEnum):
    """Why the parameters of a fit should not be read as properties of the mouse."""

    NO_TRIALS = "no trials"
    TOO_FEW_CONTRASTS = "fewer contrasts than parameters"
    NO_BETTER_THAN_CONSTANT = "no better than one probability for all contrasts"
    CURVE_NOT_RISING = "the curve does not rise: the lapse rates add up to one or more"
    THRESHOLD_UNRESOLVED = "the curve rises between two neighbouring contrasts"
    BIAS_AT_BOUND = "bias at its bound"
    THRESHOLD_AT_BOUND = "threshold at its bound"


@dataclass(frozen=True)
class PsychometricFit:
    """Fitted curve: bias and threshold in percent contrast, lapse rates on the left (low) and right (high).

    ``log_likelihood`` is in natural units without the binomial coefficients, as in psychofit. ``converged`` says
    that the optimiser reached a maximum, ``problems`` what makes that maximum a poor description.
    """

    bias: float
    threshold: float
    lapse_low: float
    lapse_high: float
    log_likelihood: float
    converged: bool
    problems: tuple[FitProblem, ...] = ()
    model: PsychometricModel = PsychometricModel.ERF_PSYCHO_2GAMMAS

    @property
    def reliable(self) -> bool:
        """Whether the parameters describe the behaviour: the fit converged without problems."""
        return self.converged and not self.problems

    @property
    def parameters(self) -> Floats:
        """(4,) array: bias, threshold, lapse_low, lapse_high."""
        return np.array([self.bias, self.threshold, self.lapse_low, self.lapse_high])


@dataclass(frozen=True)
class Psychometric:
    """Choices per signed contrast (percent) in one block (None: all trials), and the curve fitted to them."""

    contrasts: Floats
    n_trials: Ints
    n_right: Ints
    fit: PsychometricFit
    block: float | None = None

    @property
    def p_right(self) -> Floats:
        """(n_contrasts,) array: fraction of rightward choices."""
        return self.n_right / self.n_trials


def evaluate(fit: PsychometricFit, contrasts: ArrayLike) -> Floats:
    """Return P(right) of a fit at signed contrasts in percent."""
    return evaluate_curve(fit.parameters, contrasts)


def fit_psychometric(
    contrasts: ArrayLike,
    n_trials: ArrayLike,
    n_right: ArrayLike | None = None,
    *,
    p_right: ArrayLike | None = None,
    model: PsychometricModel | str = PsychometricModel.ERF_PSYCHO_2GAMMAS,
    lower: Sequence[float] | None = None,
    upper: Sequence[float] | None = None,
) -> PsychometricFit:
    """Fit a psychometric curve by maximum likelihood.

    Parameters
    ----------
    contrasts : (n,) array
        Signed contrasts in percent, left negative.
    n_trials, n_right : (n,) arrays
        Trials and rightward choices of each contrast. Contrasts without trials are left out.
    p_right : (n,) array
        Fraction of rightward choices, in place of `n_right`.
    model
        ``erf_psycho_2gammas`` or ``erf_psycho``.
    lower, upper : four numbers
        Bounds of bias, threshold, lapse_low and lapse_high. By default those of IBL's training criteria: bias
        within the contrasts shown, threshold 0 to 100 %, lapse rates 0 to 1. Thresholds below 0.001 % are steps,
        and not told apart.

    Returns
    -------
    PsychometricFit
        All NaN, with problem ``NO_TRIALS``, when there are no trials.

    Raises
    ------
    InvalidInput
        If lengths differ, counts are impossible, or bounds cross.

    References
    ----------
    Wichmann and Hill (2001), Perception & Psychophysics 63:1293-1313; psychofit, ``mle_fit_psycho``.
    """
    chosen = PsychometricModel(model)
    choices = read_choices(contrasts, n_trials, n_right, p_right)
    if choices.contrasts.size == 0:
        return _no_fit(chosen)
    bounds = read_bounds(choices.contrasts, lower, upper, one_lapse=chosen is PsychometricModel.ERF_PSYCHO)
    best, likelihood, converged = find_maximum(choices, bounds)
    bias, threshold, low, high = (float(value) for value in best)
    problems = _find_problems(best, likelihood, choices, bounds)
    return PsychometricFit(bias, threshold, low, high, likelihood, converged, problems, chosen)


def compute_psychometric(trials: Trials, block: float | None = None) -> Psychometric:
    """Count choices and fit the psychometric curve of the trials, or of one block of them.

    Parameters
    ----------
    trials
        ALF trials with choice, contrastLeft, contrastRight and, for a block, probabilityLeft.
    block
        Probability of a stimulus on the left, such as 0.2.

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
    return Psychometric(contrasts, n_trials, n_right, fit_psychometric(contrasts, n_trials, n_right), block)


def _no_fit(model: PsychometricModel) -> PsychometricFit:
    nan = float("nan")
    return PsychometricFit(nan, nan, nan, nan, nan, False, (FitProblem.NO_TRIALS,), model)


def _find_problems(parameters: Floats, likelihood: float, choices: Choices, bounds: Bounds) -> tuple[FitProblem, ...]:
    bias, threshold, low, high = parameters
    levels = np.unique(choices.contrasts)
    rising = np.abs(levels - bias) < RESOLVED_WITHIN * threshold
    tests = {
        FitProblem.TOO_FEW_CONTRASTS: levels.size < bounds.n_free,
        FitProblem.NO_BETTER_THAN_CONSTANT: not _beats_constant(likelihood, choices, bounds),
        FitProblem.CURVE_NOT_RISING: low + high >= 1 - 1e-6,
        FitProblem.THRESHOLD_UNRESOLVED: rising.sum() < 2,
        FitProblem.BIAS_AT_BOUND: bounds.touches(bias, 0),
        FitProblem.THRESHOLD_AT_BOUND: bounds.touches(threshold, 1),
    }
    return tuple(problem for problem, present in tests.items() if present)


def _beats_constant(likelihood: float, choices: Choices, bounds: Bounds) -> bool:
    """Whether a likelihood ratio test (5 %) prefers the curve to one probability for all contrasts."""
    n, right = choices.n_trials.sum(), choices.n_right.sum()
    constant = special.xlogy(right, right / n) + special.xlogy(n - right, (n - right) / n)
    return bool(2 * (likelihood - constant) > stats.chi2.ppf(0.95, bounds.n_free - 1))
