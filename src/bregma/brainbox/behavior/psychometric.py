"""Psychometric curves: the probability of a rightward choice as a function of signed contrast.

``P(right | x) = low + (1 - low - high) * (1 + erf((x - bias) / threshold)) / 2``, with x the signed contrast in
percent, fitted by maximum likelihood. Model ``erf_psycho_2gammas`` has one lapse rate per side; ``erf_psycho``
has one for both. Names and bounds are those of the psychofit toolbox (Carandini, Bhagat and others), which IBL
uses. The optimiser is another: a grid over the bounds, then bounded quasi-Newton descents with the exact
gradient, so that a fit is the same every time and does not end in a side valley.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, special

from bregma.brainbox.arrays import Floats, InvalidInput, as_floats, check_same_length

SMALLEST_THRESHOLD = 1e-3
"""Percent. Below it the curve is a step for any contrast a screen can show."""
RESOLVED_WITHIN = 1.5
"""Half-width of the rising part of the curve, in thresholds."""
_EPSILON = 1e-15


class PsychometricModel(StrEnum):
    """Curves that can be fitted."""

    ERF_PSYCHO = "erf_psycho"
    ERF_PSYCHO_2GAMMAS = "erf_psycho_2gammas"


class FitProblem(StrEnum):
    """Why the parameters of a fit should not be read as properties of the mouse."""

    NO_TRIALS = "no trials"
    TOO_FEW_CONTRASTS = "fewer contrasts than parameters"
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
class _Choices:
    """Trials and rightward choices of each contrast, checked."""

    contrasts: Floats
    n_trials: Floats
    n_right: Floats


@dataclass(frozen=True)
class _Box:
    """Bounds of (bias, threshold, lapse_low, lapse_high), and whether the lapse rates are one parameter."""

    lower: Floats
    upper: Floats
    one_lapse: bool

    @property
    def n_free(self) -> int:
        """Return how many parameters are fitted."""
        return 3 if self.one_lapse else 4


def evaluate_curve(parameters: ArrayLike, contrasts: ArrayLike) -> Floats:
    """Return P(right) of (bias, threshold, lapse_low, lapse_high) at signed contrasts, all in percent."""
    bias, threshold, low, high = as_floats("parameters", parameters)
    x = np.asarray(contrasts, dtype=np.float64)
    return np.asarray(low + (1 - low - high) * (1 + special.erf((x - bias) / threshold)) / 2)


def evaluate(fit: PsychometricFit, contrasts: ArrayLike) -> Floats:
    """Return P(right) of a fit at signed contrasts in percent."""
    return evaluate_curve(fit.parameters, contrasts)


def log_likelihood(parameters: ArrayLike, contrasts: ArrayLike, n_trials: ArrayLike, n_right: ArrayLike) -> float:
    """Return the log-likelihood of choices, in natural units without the binomial coefficients."""
    p = evaluate_curve(parameters, contrasts)
    right, trials = as_floats("n_right", n_right), as_floats("n_trials", n_trials)
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
    choices = _read_choices(contrasts, n_trials, n_right, p_right)
    if choices.contrasts.size == 0:
        return _no_fit(chosen)
    box = _read_bounds(choices.contrasts, lower, upper, one_lapse=chosen is PsychometricModel.ERF_PSYCHO)
    best = min((_descend(start, choices, box) for start in _find_starts(choices, box)), key=lambda r: r[1])
    parameters, cost, converged = best
    bias, threshold, low, high = (float(value) for value in parameters)
    return PsychometricFit(
        bias, threshold, low, high, -cost, converged, _find_problems(parameters, choices, box), chosen
    )


def _read_choices(
    contrasts: ArrayLike, n_trials: ArrayLike, n_right: ArrayLike | None, p_right: ArrayLike | None
) -> _Choices:
    if (n_right is None) == (p_right is None):
        raise InvalidInput("give either n_right or p_right")
    x, n = as_floats("contrasts", contrasts), as_floats("n_trials", n_trials)
    given = as_floats("n_right", n_right) if n_right is not None else as_floats("p_right", np.asarray(p_right))
    check_same_length(contrasts=x, n_trials=n, n_right=given)
    used = n > 0
    right = given[used] if n_right is not None else given[used] * n[used]
    if (n < 0).any() or (right < 0).any() or (right > n[used] * (1 + 1e-12)).any():
        raise InvalidInput("rightward choices must lie between 0 and the number of trials")
    if not np.isfinite(x[used]).all():
        raise InvalidInput("contrasts with trials must be finite")
    return _Choices(x[used], n[used], np.minimum(right, n[used]))


def _read_bounds(
    contrasts: Floats, lower: Sequence[float] | None, upper: Sequence[float] | None, *, one_lapse: bool
) -> _Box:
    low = np.array(lower if lower is not None else (contrasts.min(), 0.0, 0.0, 0.0), dtype=np.float64)
    high = np.array(upper if upper is not None else (contrasts.max(), 100.0, 1.0, 1.0), dtype=np.float64)
    if low.shape != (4,) or high.shape != (4,):
        raise InvalidInput("bounds are four numbers: bias, threshold, lapse_low, lapse_high")
    low[1] = max(low[1], SMALLEST_THRESHOLD)
    if (low > high).any() or (low[2:] < 0).any() or (high[2:] > 1).any():
        raise InvalidInput(f"bounds cross or leave the possible: lower {low}, upper {high}")
    return _Box(low, high, one_lapse)


def _no_fit(model: PsychometricModel) -> PsychometricFit:
    nan = float("nan")
    return PsychometricFit(nan, nan, nan, nan, nan, False, (FitProblem.NO_TRIALS,), model)


def _find_starts(choices: _Choices, box: _Box) -> list[Floats]:
    """Return the best point of a grid for each of several thresholds.

    The grid has every contrast as a bias, so that a step at a contrast is among the starts.
    """
    biases = np.concatenate([np.linspace(box.lower[0], box.upper[0], 21), choices.contrasts])
    biases = np.unique(np.clip(biases, box.lower[0], box.upper[0]))
    squares = np.linspace(0, 1, 8) ** 2
    lows, highs = (box.lower[i] + (box.upper[i] - box.lower[i]) * squares for i in (2, 3))
    thresholds = np.unique(np.geomspace(max(box.lower[1], min(1.0, box.upper[1])), box.upper[1], 9))
    thresholds = np.unique(np.append(thresholds, box.lower[1]))
    return [_best_of_grid(choices, biases, threshold, lows, highs, box) for threshold in thresholds]


def _best_of_grid(
    choices: _Choices, biases: Floats, threshold: float, lows: Floats, highs: Floats, box: _Box
) -> Floats:
    rise = (1 + special.erf((choices.contrasts - biases[:, None]) / threshold)) / 2
    low, high = (grid.ravel() for grid in np.meshgrid(lows, highs))
    if box.one_lapse:
        low, high = lows, lows
    p = low[:, None] + (1 - low - high)[:, None] * rise[:, None, :]
    p = np.clip(p, _EPSILON, 1 - _EPSILON)
    fitness = np.log(p) @ choices.n_right + np.log1p(-p) @ (choices.n_trials - choices.n_right)
    bias_index, lapse_index = np.unravel_index(np.argmax(fitness), fitness.shape)
    return np.array([biases[bias_index], threshold, low[lapse_index], high[lapse_index]])


def _descend(start: Floats, choices: _Choices, box: _Box) -> tuple[Floats, float, bool]:
    """Return parameters, negative log-likelihood and success of a bounded descent.

    The descent runs on (bias in thresholds of the start, log threshold, lapse rates): the curvature is then of
    one size in every direction, for a shallow curve as for a step.
    """
    scale = start[1]

    def decode(point: Floats) -> Floats:
        last = point[2] if box.one_lapse else point[3]
        return np.array([point[0] * scale, np.exp(point[1]), point[2], last])

    def encode(values: Floats) -> Floats:
        return np.array([values[0] / scale, np.log(values[1]), values[2], values[3]])[: box.n_free]

    def cost(point: Floats) -> tuple[float, Floats]:
        value, slope = _cost_and_slope(decode(point), choices)
        slope = slope * np.array([scale, np.exp(point[1]), 1.0, 1.0])
        if box.one_lapse:
            slope = np.array([slope[0], slope[1], slope[2] + slope[3]])
        return value, slope

    found = optimize.minimize(
        cost,
        encode(start),
        jac=True,
        method="L-BFGS-B",
        bounds=list(zip(encode(box.lower), encode(box.upper), strict=True)),
        options={"maxiter": 500, "ftol": 1e-15, "gtol": 1e-7, "maxls": 50},
    )
    parameters = np.clip(decode(found.x), box.lower, box.upper)
    return parameters, float(found.fun), bool(np.isfinite(found.fun) and found.status != 1)


def _cost_and_slope(parameters: Floats, choices: _Choices) -> tuple[float, Floats]:
    """Return the negative log-likelihood and its gradient in the four parameters."""
    bias, threshold, low, high = parameters
    z = (choices.contrasts - bias) / threshold
    rise = (1 + special.erf(z)) / 2
    p = np.clip(low + (1 - low - high) * rise, _EPSILON, 1 - _EPSILON)
    left = choices.n_trials - choices.n_right
    cost = -np.sum(choices.n_right * np.log(p) + left * np.log1p(-p))
    by_p = left / (1 - p) - choices.n_right / p
    steepness = (1 - low - high) * np.exp(-(z**2)) / np.sqrt(np.pi) / threshold
    slope = np.array(
        [
            np.sum(-by_p * steepness),
            np.sum(-by_p * steepness * z),
            np.sum(by_p * (1 - rise)),
            np.sum(-by_p * rise),
        ]
    )
    return float(cost), slope


def _find_problems(parameters: Floats, choices: _Choices, box: _Box) -> tuple[FitProblem, ...]:
    bias, threshold, low, high = parameters
    levels = np.unique(choices.contrasts)
    rising = np.abs(levels - bias) < RESOLVED_WITHIN * threshold
    tests = {
        FitProblem.TOO_FEW_CONTRASTS: levels.size < box.n_free,
        FitProblem.CURVE_NOT_RISING: low + high >= 1 - 1e-6,
        FitProblem.THRESHOLD_UNRESOLVED: rising.sum() < 2,
        FitProblem.BIAS_AT_BOUND: _at_bound(bias, box, 0),
        FitProblem.THRESHOLD_AT_BOUND: _at_bound(threshold, box, 1),
    }
    return tuple(problem for problem, present in tests.items() if present)


def _at_bound(value: float, box: _Box, index: int) -> bool:
    margin = 1e-6 * (box.upper[index] - box.lower[index])
    return bool(value - box.lower[index] <= margin or box.upper[index] - value <= margin)
