"""Maximum likelihood of a psychometric curve: what was chosen, the bounds, and the search between them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, special

from bregma.brainbox.arrays import Floats, InvalidInput, as_floats, check_same_length

SMALLEST_THRESHOLD = 1e-3
"""Percent. Below it the curve is a step for any contrast a screen can show."""
_EPSILON = 1e-15


@dataclass(frozen=True)
class Choices:
    """Trials and rightward choices of each contrast, checked."""

    contrasts: Floats
    n_trials: Floats
    n_right: Floats


@dataclass(frozen=True)
class Bounds:
    """Bounds of (bias, threshold, lapse_low, lapse_high), and whether the lapse rates are one parameter."""

    lower: Floats
    upper: Floats
    one_lapse: bool

    @property
    def n_free(self) -> int:
        """Return how many parameters are fitted."""
        return 3 if self.one_lapse else 4

    def touches(self, value: float, index: int) -> bool:
        """Return whether the value of a parameter is at one of its bounds."""
        margin = 1e-6 * (self.upper[index] - self.lower[index])
        return bool(value - self.lower[index] <= margin or self.upper[index] - value <= margin)


def evaluate_curve(parameters: ArrayLike, contrasts: ArrayLike) -> Floats:
    """Return P(right) of (bias, threshold, lapse_low, lapse_high) at signed contrasts, all in percent."""
    bias, threshold, low, high = as_floats("parameters", parameters)
    x = np.asarray(contrasts, dtype=np.float64)
    return np.asarray(low + (1 - low - high) * (1 + special.erf((x - bias) / threshold)) / 2)


def log_likelihood(parameters: ArrayLike, contrasts: ArrayLike, n_trials: ArrayLike, n_right: ArrayLike) -> float:
    """Return the log-likelihood of choices, in natural units without the binomial coefficients."""
    p = evaluate_curve(parameters, contrasts)
    right, trials = as_floats("n_right", n_right), as_floats("n_trials", n_trials)
    return float(np.sum(special.xlogy(right, p) + special.xlog1py(trials - right, -p)))


def find_maximum(choices: Choices, bounds: Bounds) -> tuple[Floats, float, bool]:
    """Return the best parameters, their log-likelihood, and whether the search converged.

    A grid over the bounds gives a start for each of several thresholds; a descent leaves from each of them.
    """
    descents = [_descend(start, choices, bounds) for start in _find_starts(choices, bounds)]
    parameters, cost, converged = min(descents, key=lambda descent: descent[1])
    return parameters, -cost, converged


def read_choices(
    contrasts: ArrayLike, n_trials: ArrayLike, n_right: ArrayLike | None, p_right: ArrayLike | None
) -> Choices:
    """Check the counts of choices, given as numbers or as fractions, and leave out contrasts without trials."""
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
    return Choices(x[used], n[used], np.minimum(right, n[used]))


def read_bounds(
    contrasts: Floats, lower: Sequence[float] | None, upper: Sequence[float] | None, *, one_lapse: bool
) -> Bounds:
    """Check bounds of (bias, threshold, lapse_low, lapse_high); by default those of the training criteria."""
    low = np.array(lower if lower is not None else (contrasts.min(), 0.0, 0.0, 0.0), dtype=np.float64)
    high = np.array(upper if upper is not None else (contrasts.max(), 100.0, 1.0, 1.0), dtype=np.float64)
    if low.shape != (4,) or high.shape != (4,):
        raise InvalidInput("bounds are four numbers: bias, threshold, lapse_low, lapse_high")
    low[1] = max(low[1], SMALLEST_THRESHOLD)
    if (low > high).any() or (low[2:] < 0).any() or (high[2:] > 1).any():
        raise InvalidInput(f"bounds cross or leave the possible: lower {low}, upper {high}")
    return Bounds(low, high, one_lapse)


def _find_starts(choices: Choices, bounds: Bounds) -> list[Floats]:
    """Return the best point of a grid for each of several thresholds.

    The grid has every contrast as a bias, so that a step at a contrast is among the starts.
    """
    biases = np.concatenate([np.linspace(bounds.lower[0], bounds.upper[0], 21), choices.contrasts])
    biases = np.unique(np.clip(biases, bounds.lower[0], bounds.upper[0]))
    squares = np.linspace(0, 1, 8) ** 2
    lows, highs = (bounds.lower[i] + (bounds.upper[i] - bounds.lower[i]) * squares for i in (2, 3))
    thresholds = np.unique(np.geomspace(max(bounds.lower[1], min(1.0, bounds.upper[1])), bounds.upper[1], 9))
    thresholds = np.unique(np.append(thresholds, bounds.lower[1]))
    return [_best_of_grid(choices, biases, threshold, lows, highs, bounds) for threshold in thresholds]


def _best_of_grid(
    choices: Choices, biases: Floats, threshold: float, lows: Floats, highs: Floats, bounds: Bounds
) -> Floats:
    rise = (1 + special.erf((choices.contrasts - biases[:, None]) / threshold)) / 2
    low, high = (grid.ravel() for grid in np.meshgrid(lows, highs))
    if bounds.one_lapse:
        low, high = lows, lows
    p = low[:, None] + (1 - low - high)[:, None] * rise[:, None, :]
    p = np.clip(p, _EPSILON, 1 - _EPSILON)
    fitness = np.log(p) @ choices.n_right + np.log1p(-p) @ (choices.n_trials - choices.n_right)
    bias_index, lapse_index = np.unravel_index(np.argmax(fitness), fitness.shape)
    return np.array([biases[bias_index], threshold, low[lapse_index], high[lapse_index]])


def _descend(start: Floats, choices: Choices, bounds: Bounds) -> tuple[Floats, float, bool]:
    """Return parameters, negative log-likelihood and success of a bounded descent.

    The descent runs on (bias in thresholds of the start, log threshold, lapse rates): the curvature is then of
    one size in every direction, for a shallow curve as for a step.
    """
    scale = start[1]

    def decode(point: Floats) -> Floats:
        last = point[2] if bounds.one_lapse else point[3]
        return np.array([point[0] * scale, np.exp(point[1]), point[2], last])

    def encode(values: Floats) -> Floats:
        return np.array([values[0] / scale, np.log(values[1]), values[2], values[3]])[: bounds.n_free]

    def cost(point: Floats) -> tuple[float, Floats]:
        value, slope = _cost_and_slope(decode(point), choices)
        slope = slope * np.array([scale, np.exp(point[1]), 1.0, 1.0])
        if bounds.one_lapse:
            slope = np.array([slope[0], slope[1], slope[2] + slope[3]])
        return value, slope

    found = optimize.minimize(
        cost,
        encode(start),
        jac=True,
        method="L-BFGS-B",
        bounds=list(zip(encode(bounds.lower), encode(bounds.upper), strict=True)),
        options={"maxiter": 500, "ftol": 1e-15, "gtol": 1e-7, "maxls": 50},
    )
    parameters = np.clip(decode(found.x), bounds.lower, bounds.upper)
    return parameters, float(found.fun), bool(np.isfinite(found.fun) and found.status != 1)


def _cost_and_slope(parameters: Floats, choices: Choices) -> tuple[float, Floats]:
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
