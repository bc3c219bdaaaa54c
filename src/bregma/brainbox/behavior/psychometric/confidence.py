"""How sure a psychometric curve is: intervals of its parameters and of its points."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from bregma.brainbox.arrays import (
    Bools,
    Floats,
    Ints,
    InvalidInput,
    Rng,
    as_floats,
    check_count,
    check_fraction,
    read_choice,
    read_rng,
)
from bregma.brainbox.behavior.psychometric.choices import FitOptions, make_search, read_choices
from bregma.brainbox.behavior.psychometric.fitting import Psychometric, evaluate
from bregma.brainbox.behavior.psychometric.likelihood import Search, climb, find_maxima
from bregma.brainbox.results import Labelled, axis, values

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

N_HALVINGS = 30


class ProportionInterval(StrEnum):
    """Kinds of confidence interval of a proportion.

    ``wilson`` inverts the score test and is right on average; ``clopper_pearson`` is exact and never too narrow;
    ``normal`` is the one of IBL's plots: of no width where all choices are alike, so too narrow there.
    """

    WILSON = "wilson"
    CLOPPER_PEARSON = "clopper_pearson"
    NORMAL = "normal"


@dataclass(frozen=True)
class ParameterIntervals(Labelled):
    """Confidence intervals of the free parameters of a curve.

    ``names``, ``estimate``, ``low`` and ``high`` have one value per parameter; bias and threshold are in percent
    contrast. ``samples`` (n_resamples, n_parameters) are the fits of a bootstrap, else None.
    """

    confidence: float
    names: tuple[str, ...] = axis("parameter")
    estimate: Floats = values("parameter")
    low: Floats = values("parameter")
    high: Floats = values("parameter")
    samples: Floats | None = values("sample", "parameter", default=None)


def compute_proportion_interval(
    n_chosen: ArrayLike,
    n_trials: ArrayLike,
    *,
    confidence: float = 0.95,
    kind: ProportionInterval | str = ProportionInterval.WILSON,
) -> tuple[Floats, Floats]:
    """Compute the confidence interval of proportions, such as the points of a psychometric curve.

    Parameters
    ----------
    n_chosen, n_trials : arrays of one shape
        How often something happened, of how many trials.
    confidence
        Between 0 and 1. IBL's plots have 0.968.
    kind
        ``wilson``, ``clopper_pearson`` or ``normal``.

    Returns
    -------
    low, high : arrays of that shape
        Bounds between 0 and 1; NaN where there are no trials.

    Raises
    ------
    InvalidInput
        If counts are impossible or `confidence` is not between 0 and 1.

    References
    ----------
    Brown, Cai and DasGupta (2001), Statistical Science 16:101-133.
    """
    check_fraction("confidence", confidence)
    tail = (1 - confidence) / 2
    chosen, kind = as_floats("n_chosen", n_chosen, n_dims=()), read_choice("kind", kind, ProportionInterval)
    trials = as_floats("n_trials", n_trials, n_dims=())
    if trials.ndim and chosen.shape != trials.shape:
        raise InvalidInput(f"n_chosen has shape {chosen.shape} and n_trials {trials.shape}; give one of each")
    k, n = np.broadcast_arrays(chosen, trials)
    if not ((k >= 0) & (k <= n)).all():
        raise InvalidInput("n_chosen must lie between 0 and n_trials")
    with np.errstate(invalid="ignore", divide="ignore"):
        p, z = k / n, stats.norm.isf(tail)
        if kind is ProportionInterval.CLOPPER_PEARSON:
            low = np.where(k == 0, 0.0, stats.beta.ppf(tail, k, n - k + 1))
            high = np.where(k == n, 1.0, stats.beta.isf(tail, k + 1, n - k))
        elif kind is ProportionInterval.WILSON:
            middle, scale = p + z**2 / (2 * n), 1 + z**2 / n
            half = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
            low, high = (middle - half) / scale, (middle + half) / scale
        else:
            half = z * np.sqrt(p * (1 - p) / n)
            low, high = p - half, p + half
    return tuple(np.where(n > 0, np.clip(bound, 0.0, 1.0), np.nan) for bound in (low, high))  # type: ignore[return-value]


def bootstrap_psychometric(
    psychometric: Psychometric, *, n_resamples: int = 1000, confidence: float = 0.95, rng: Rng = None
) -> ParameterIntervals:
    """Compute confidence intervals of a curve's parameters by the parametric bootstrap.

    Choices are drawn from the fitted curve, with the trials that there were, and fitted again within the same
    bounds; the interval is that of the percentiles.

    Parameters
    ----------
    psychometric
        Choices and their fit, as `compute_psychometric` gives them.
    n_resamples
        How many times to draw.
    confidence
        Between 0 and 1.
    rng
        Random numbers.

    Returns
    -------
    ParameterIntervals
        With the fits of all samples.

    Raises
    ------
    InvalidInput
        If there are no trials, or an option is out of its range.

    References
    ----------
    Wichmann and Hill (2001), Perception & Psychophysics 63:1314-1329.
    """
    check_fraction("confidence", confidence)
    tail = (1 - confidence) / 2
    check_count("n_resamples", n_resamples)
    one = _search_again(psychometric)
    p = evaluate(psychometric.fit, one.contrasts)
    drawn = read_rng(rng).binomial(one.n_trials[0].astype(np.int64), p, (n_resamples, p.size)).astype(np.float64)
    samples = find_maxima(replace(one.rows(np.zeros(n_resamples, dtype=np.int64)), n_right=drawn)).parameters
    low, high = np.quantile(samples, (tail, 1 - tail), axis=0)
    estimates = psychometric.fit.estimates
    return ParameterIntervals(confidence, tuple(estimates), np.array([*estimates.values()]), low, high, samples)


def profile_psychometric(psychometric: Psychometric, *, confidence: float = 0.95) -> ParameterIntervals:
    """Compute confidence intervals of a curve's parameters from the profile of their likelihood.

    An interval holds the values of a parameter that a likelihood ratio test does not reject, the other parameters
    at their best. It ends at the bounds of the fit where none of them is rejected.

    Parameters
    ----------
    psychometric
        Choices and their fit, as `compute_psychometric` gives them.
    confidence
        Between 0 and 1.

    Returns
    -------
    ParameterIntervals

    Raises
    ------
    InvalidInput
        If there are no trials, or `confidence` is not between 0 and 1.

    References
    ----------
    Venzon and Moolgavkar (1988), Applied Statistics 37:87-94.
    """
    check_fraction("confidence", confidence)
    one = _search_again(psychometric)
    best = np.array([*psychometric.fit.estimates.values()])
    loss = stats.chi2.ppf(confidence, 1) / 2
    floor = climb(one, best[None], 1).value[0] - loss
    places = np.repeat(np.arange(best.size), 2)
    upward = np.tile([False, True], best.size)
    limits = np.where(upward, one.upper[0][places], one.lower[0][places])
    ends = _halve(one.rows(np.zeros(places.size, dtype=np.int64)), best, places, limits, floor)
    return ParameterIntervals(confidence, psychometric.fit.model.names, best, ends[~upward], ends[upward])


def _halve(search: Search, best: Floats, places: Ints, limits: Floats, floor: float) -> Floats:
    """Return how far each parameter can go towards its limit before the likelihood falls below the floor."""
    rows = np.arange(places.size)
    inside, outside = best[places], limits.copy()
    points = np.tile(best, (places.size, 1))
    reached = _hold(search, points, places, outside, floor)[0]
    inside[reached] = outside[reached]
    for _ in range(N_HALVINGS):
        middle = (inside + outside) / 2
        accepted, ends = _hold(search, points, places, middle, floor)
        inside, outside = np.where(accepted, middle, inside), np.where(accepted, outside, middle)
        points[rows[accepted]] = ends[accepted]
    return (inside + outside) / 2


def _hold(search: Search, points: Floats, places: Ints, at: Floats, floor: float) -> tuple[Bools, Floats]:
    """Return which parameters can be held at a value with a likelihood above the floor, and the best points then."""
    rows = np.arange(places.size)
    lower, upper = search.lower.copy(), search.upper.copy()
    lower[rows, places] = upper[rows, places] = at
    ends = climb(replace(search, lower=lower, upper=upper), points, 30)
    return ends.value >= floor, ends.parameters


def _search_again(psychometric: Psychometric) -> Search:
    fit = psychometric.fit
    if not np.isfinite(fit.log_likelihood):
        raise InvalidInput("the curve has no fit: there are no trials")
    choices = read_choices(psychometric.contrasts, psychometric.n_trials, psychometric.n_right, None)
    return make_search(choices, FitOptions(fit.model, fit.lower, fit.upper, dict(fit.priors)))
