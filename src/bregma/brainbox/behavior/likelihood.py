"""Maximum likelihood of a psychometric curve: what was chosen, the bounds, and the search between them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, special

from bregma.brainbox.arrays import Floats, InvalidInput, as_floats, check_same_length

SMALLEST_THRESHOLD = 1e-3
"""Percent. Below it the curve is a step for any contrast a screen can show."""
FLAT_SLOPE = 1e-3
"""Slope of the log-likelihood, per root of trials, that counts as a maximum: far below its sampling error."""
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

    Descents leave from the best point of a grid at each of several thresholds and from the best steps; the two
    that come furthest are then followed to the end.
    """
    starts = _find_starts(choices, bounds) + _find_steps(choices, bounds)
    rough = sorted((_descend(start, choices, bounds, tolerance=1e-9) for start in starts), key=lambda end: end[1])
    ends = [_descend(end[0], choices, bounds, tolerance=1e-15) for end in rough[:2]]
    parameters, cost, converged = min(ends, key=lambda end: end[1])
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
    """Return the best point of a grid for each of several thresholds."""
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
    # Sums, not matrix products: products this small are slower on several threads, and much so on a busy machine.
    n_left = choices.n_trials - choices.n_right
    fitness = np.sum(np.log(p) * choices.n_right + np.log1p(-p) * n_left, axis=-1)
    bias_index, lapse_index = np.unravel_index(np.argmax(fitness), fitness.shape)
    return np.array([biases[bias_index], threshold, low[lapse_index], high[lapse_index]])


def _find_steps(choices: Choices, bounds: Bounds) -> list[Floats]:
    """Return the two likeliest steps: curves that rise between two contrasts, or within one."""
    levels, place = np.unique(choices.contrasts, return_inverse=True)
    if levels.size < 2:
        return []
    trials: Floats = np.bincount(place, weights=choices.n_trials).astype(np.float64)
    right: Floats = np.bincount(place, weights=choices.n_right).astype(np.float64)
    width = 0.1 * np.diff(levels).min()
    rises: Floats = np.arange(1, 2 * levels.size - 2, dtype=np.float64) / 2
    steps = [_make_step(levels, trials, right, rise, bounds, width) for rise in rises]
    return sorted(steps, key=lambda step: _cost_and_slope(step, choices)[0])[:2]


def _make_step(levels: Floats, trials: Floats, right: Floats, rise: float, bounds: Bounds, width: float) -> Floats:
    """Return the likeliest curve that rises at level number `rise`; halves are between two levels."""
    index = np.arange(levels.size)
    below, above, within = index < rise, index > rise, index == rise
    low = right[below].sum() / trials[below].sum()
    high = 1 - right[above].sum() / trials[above].sum()
    if bounds.one_lapse:
        low = high = (right[below].sum() + (trials - right)[above].sum()) / trials[~within].sum()
    bias = float(np.interp(rise, index, levels))
    if within.any() and low + high != 1:
        share = (right[within].sum() / trials[within].sum() - low) / (1 - low - high)
        bias -= width * float(special.erfinv(2 * np.clip(share, 0.01, 0.99) - 1))
    step: Floats = np.clip(np.array([bias, width, low, high]), bounds.lower, bounds.upper)
    return step


def _descend(start: Floats, choices: Choices, bounds: Bounds, *, tolerance: float) -> tuple[Floats, float, bool]:
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

    low, high = encode(bounds.lower), encode(bounds.upper)
    # Not L-BFGS-B: its many threads of linear algebra take a hundred times longer on a busy machine.
    found = optimize.minimize(
        cost,
        encode(start),
        jac=True,
        method="TNC",
        bounds=list(zip(low, high, strict=True)),
        options={"maxfun": 2000, "ftol": tolerance, "gtol": 1e-9, "xtol": 1e-12},
    )
    point = np.clip(found.x, low, high)
    value, slope = cost(point)
    downhill = np.where((point <= low) & (slope > 0) | (point >= high) & (slope < 0), 0.0, slope)
    flat = np.abs(downhill).max() < FLAT_SLOPE * max(1.0, np.sqrt(choices.n_trials.sum()))
    return np.clip(decode(point), bounds.lower, bounds.upper), value, bool(flat)


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
