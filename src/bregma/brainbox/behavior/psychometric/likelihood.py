"""Maximum likelihood of psychometric curves: many at once, each from several starts, within bounds.

Every curve climbs its likelihood with Levenberg and Marquardt's damping, on the logarithm of the threshold: the
curvature is then of one size in every direction, for a shallow curve as for a step. First steps trust the expected
curvature (Fisher scoring), which costs nothing more; the last ones the true one (Newton).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from bregma.brainbox.behavior.psychometric.curves import PsychometricModel, trace_curves
from bregma.brainbox.behavior.psychometric.starts import find_starts

if TYPE_CHECKING:
    from bregma.brainbox.arrays import Bools, Floats, Ints

FLAT_SLOPE = 1e-3
"""Slope of the log-likelihood, per root of trials, that counts as a maximum: far below its sampling error."""
ROUGH_STEPS = 10
FINAL_STEPS = 100
CONTENDERS = 6
"""Starts of each curve that are followed to the end, after the rough steps."""
ROWS_AT_ONCE = 256
_EPSILON = 1e-15
_SHIFT = 1e-6


@dataclass(frozen=True)
class Search:
    """Curves to fit: choices (rows, contrasts), and bounds (rows, parameters) in the parameters' own units.

    A prior is a normal distribution of each parameter: `prior_mean`, and `prior_precision`, zero for none.
    """

    model: PsychometricModel
    contrasts: Floats
    n_trials: Floats
    n_right: Floats
    lower: Floats
    upper: Floats
    prior_mean: Floats
    prior_precision: Floats

    def rows(self, chosen: Ints | Bools | slice) -> Search:
        """Return the search of some rows, which may repeat."""
        names = ("n_trials", "n_right", "lower", "upper")
        return replace(self, **{name: getattr(self, name)[chosen] for name in names})


@dataclass(frozen=True)
class Ends:
    """Where searches ended: parameters (rows, parameters), log-likelihood with the prior, and which are maxima."""

    parameters: Floats
    value: Floats
    converged: Bools


@dataclass(frozen=True)
class _Slope:
    """Log-likelihood of points, its slope and Fisher information; along the logarithm of the threshold."""

    value: Floats
    slope: Floats
    information: Floats


def find_maxima(search: Search) -> Ends:
    """Find the maximum of each row's likelihood, within its bounds."""
    n_rows = search.n_trials.shape[0]
    parts = [_find_maxima(search.rows(slice(start, start + ROWS_AT_ONCE))) for start in range(0, n_rows, ROWS_AT_ONCE)]
    return Ends(*(np.concatenate([getattr(part, name) for part in parts]) for name in Ends.__dataclass_fields__))


def sum_log_likelihood(n_trials: Floats, n_right: Floats, p: Floats) -> Floats:
    """Return the log-likelihood of choices in natural units, without the binomial coefficients."""
    p = np.clip(p, _EPSILON, 1 - _EPSILON)
    return np.asarray(np.sum(n_right * np.log(p) + (n_trials - n_right) * np.log1p(-p), axis=-1))


def climb(search: Search, points: Floats, n_steps: int, *, roughly: bool = False) -> Ends:
    """Climb from one point per row, for at most so many steps; roughly, with the expected curvature only."""
    points = np.clip(points, search.lower, search.upper)
    damping, active = np.full(points.shape[0], 1e-3), np.arange(points.shape[0])
    here = _differentiate(search, points)
    for _ in range(n_steps):
        part = search.rows(active)
        now = _Slope(here.value[active], here.slope[active], here.information[active])
        if not roughly:
            now = replace(now, information=_measure_curvature(part, points[active], now.slope))
        step = _step(part, points[active], now, damping[active])
        tried = _move(part, points[active], step)
        then = _differentiate(part, tried)
        gain = then.value - now.value
        better = gain >= 0
        damping[active] = np.where(better, damping[active] / 5, damping[active] * 10)
        moved = active[better]
        points[moved] = tried[better]
        for name in _Slope.__dataclass_fields__:
            getattr(here, name)[moved] = getattr(then, name)[better]
        settled = better & (gain <= 1e-13 * (1 + np.abs(then.value))) | (damping[active] > 1e12)
        active = active[~settled]
        if not active.size:
            break
    return Ends(points, here.value, _is_flat(search, points, here))


def _find_maxima(search: Search) -> Ends:
    starts = find_starts(search.model, search.contrasts, search.n_trials, search.n_right, search.lower, search.upper)
    n_rows, n_starts, n_parameters = starts.shape
    rough = climb(
        search.rows(np.repeat(np.arange(n_rows), n_starts)), starts.reshape(-1, n_parameters), ROUGH_STEPS, roughly=True
    )
    n_left = min(CONTENDERS, n_starts)
    leading = np.argsort(-rough.value.reshape(n_rows, n_starts), axis=1, kind="stable")[:, :n_left]
    kept = rough.parameters.reshape(starts.shape)[np.arange(n_rows)[:, None], leading]
    ends = climb(search.rows(np.repeat(np.arange(n_rows), n_left)), kept.reshape(-1, n_parameters), FINAL_STEPS)
    best = np.argmax(ends.value.reshape(n_rows, n_left), axis=1) + np.arange(n_rows) * n_left
    return Ends(ends.parameters[best], ends.value[best], ends.converged[best])


def _differentiate(search: Search, points: Floats) -> _Slope:
    trace = trace_curves(search.model, points, search.contrasts)
    p = np.clip(trace.p, _EPSILON, 1 - _EPSILON)
    right, left = search.n_right, search.n_trials - search.n_right
    value = np.sum(right * np.log(p) + left * np.log1p(-p), axis=-1)
    width = search.model.width
    slopes = trace.slopes
    slopes[:, width] *= points[:, width, None]
    slope = np.einsum("rpc,rc->rp", slopes, right / p - left / (1 - p))
    information = np.einsum("rpc,rqc,rc->rpq", slopes, slopes, search.n_trials / (p * (1 - p)))
    if search.prior_precision.any():
        distance = points - search.prior_mean
        scale = np.ones_like(points)
        scale[:, width] = points[:, width]
        value -= 0.5 * np.sum(search.prior_precision * distance**2, axis=-1)
        slope -= search.prior_precision * distance * scale
        places = np.arange(points.shape[1])
        information[:, places, places] += search.prior_precision * scale**2
    return _Slope(value, slope, information)


def _measure_curvature(search: Search, points: Floats, slope: Floats) -> Floats:
    """Return the curvature from slopes nearby, in the directions not blocked, and turned down where it bends up."""
    n_parameters, width = points.shape[1], search.model.width
    rows = []
    for place in range(n_parameters):
        size = _SHIFT * (points[:, width] if search.model.names[place] == "bias" else np.ones(points.shape[0]))
        size = np.where(points[:, place] + size > search.upper[:, place], -size, size)
        shifted = points.copy()
        shifted[:, place] = points[:, place] * np.exp(size) if place == width else points[:, place] + size
        rows.append((slope - _differentiate(search, shifted).slope) / size[:, None])
    curvature = np.stack(rows, axis=1)
    free = ~_blocked(search, points, slope)
    curvature = (curvature + curvature.swapaxes(1, 2)) / 2 * (free[:, :, None] & free[:, None, :])
    values, vectors = np.linalg.eigh(curvature)
    return np.asarray(np.einsum("rij,rj,rkj->rik", vectors, np.abs(values), vectors))


def _blocked(search: Search, points: Floats, slope: Floats) -> Bools:
    """Which parameters are at a bound that the likelihood would cross."""
    return (points <= search.lower) & (slope < 0) | (points >= search.upper) & (slope > 0)


def _step(search: Search, points: Floats, here: _Slope, damping: Floats) -> Floats:
    blocked = _blocked(search, points, here.slope)
    free = ~blocked
    information = here.information * (free[:, :, None] & free[:, None, :])
    places = np.arange(points.shape[1])
    diagonal = information[:, places, places]
    scale = np.maximum(diagonal, 1e-12 * (1 + diagonal.max(axis=1, keepdims=True)))
    information[:, places, places] = np.where(blocked, 1.0, diagonal + damping[:, None] * scale + 1e-300)
    slope = np.where(blocked, 0.0, here.slope)
    weight = 1 / np.sqrt(information[:, places, places])
    scaled = information * weight[:, :, None] * weight[:, None, :]
    scaled[:, places, places] += 1e-14
    return np.asarray(weight * np.linalg.solve(scaled, (slope * weight)[..., None])[..., 0])


def _move(search: Search, points: Floats, step: Floats) -> Floats:
    width = search.model.width
    moved = points + step
    moved[:, width] = points[:, width] * np.exp(np.clip(step[:, width], -3.0, 3.0))
    return np.asarray(np.clip(moved, search.lower, search.upper))


def _is_flat(search: Search, points: Floats, here: _Slope) -> Bools:
    slope = np.where(_blocked(search, points, here.slope), 0.0, here.slope)
    if search.model.signed:
        slope[:, 0] *= points[:, search.model.width]  # of the bias, in thresholds
    roots = np.sqrt(np.maximum(search.n_trials.sum(axis=1), 1.0))
    return np.asarray(np.abs(slope).max(axis=1) < FLAT_SLOPE * roots)
