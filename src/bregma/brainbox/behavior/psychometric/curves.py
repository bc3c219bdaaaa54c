"""Shapes of psychometric curves: what they are made of, their probabilities and slopes, their usual bounds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from bregma.brainbox.arrays import Floats, InvalidInput, as_floats, read_choice

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

SMALLEST_WIDTH = 1e-5
"""Threshold below which a curve is a step, as a fraction of the largest contrast: 0.001 of 100 %."""
SMALLEST_SLOPE = 1e-3
STEEPEST = 700.0
"""Where the exponential of a Weibull curve has long reached zero."""


class PsychometricModel(StrEnum):
    """Curves that can be fitted, by their names in psychofit. All go up with contrast.

    The erf models give the probability of one choice of two at signed contrasts; the Weibull models that of a
    correct choice at contrasts of zero and above: ``weibull`` from 0 to 1, ``weibull50`` from chance.
    """

    ERF_PSYCHO = "erf_psycho"
    ERF_PSYCHO_2GAMMAS = "erf_psycho_2gammas"
    WEIBULL = "weibull"
    WEIBULL50 = "weibull50"

    @property
    def names(self) -> tuple[str, ...]:
        """Free parameters, in the order of psychofit."""
        return _NAMES[self]

    @property
    def signed(self) -> bool:
        """Whether contrasts have a sign."""
        return self in (PsychometricModel.ERF_PSYCHO, PsychometricModel.ERF_PSYCHO_2GAMMAS)

    @property
    def width(self) -> int:
        """Place of the threshold among the parameters."""
        return self.names.index("threshold")


_NAMES = {
    PsychometricModel.ERF_PSYCHO: ("bias", "threshold", "lapse"),
    PsychometricModel.ERF_PSYCHO_2GAMMAS: ("bias", "threshold", "lapse_low", "lapse_high"),
    PsychometricModel.WEIBULL: ("threshold", "slope", "lapse"),
    PsychometricModel.WEIBULL50: ("threshold", "slope", "lapse"),
}


@dataclass(frozen=True)
class Trace:
    """Probabilities (..., contrasts) of curves, and their slopes (..., parameters, contrasts) in the parameters."""

    p: Floats
    slopes: Floats


def trace_curves(model: PsychometricModel, parameters: Floats, contrasts: Floats) -> Trace:
    """Return the probabilities and slopes of curves, whose parameters are (..., n_parameters)."""
    first, second, *lapses = (parameters[..., index, None] for index in range(parameters.shape[-1]))
    if not model.signed:
        floor = 0.5 if model is PsychometricModel.WEIBULL50 else None
        return _trace_weibull(first, second, lapses[0], floor=floor, contrasts=contrasts)
    trace = _trace_erf(first, second, lapses[0], lapses[-1], contrasts=contrasts)
    if model is PsychometricModel.ERF_PSYCHO_2GAMMAS:
        return trace
    both = trace.slopes[..., 2:3, :] + trace.slopes[..., 3:4, :]
    return Trace(trace.p, np.concatenate([trace.slopes[..., :2, :], both], axis=-2))


def evaluate_curve(
    parameters: ArrayLike, contrasts: ArrayLike, model: PsychometricModel | str = PsychometricModel.ERF_PSYCHO_2GAMMAS
) -> Floats:
    """Return the probability of a choice at contrasts, from the parameters of a curve.

    Parameters
    ----------
    parameters
        In the order of psychofit: (bias, threshold, lapse_low, lapse_high) of ``erf_psycho_2gammas``, (bias,
        threshold, lapse) of ``erf_psycho``, (threshold, slope, lapse) of the Weibull curves.
    contrasts
        Any shape, in the unit of the threshold: percent.
    model
        Which curve.

    Returns
    -------
    array of the shape of `contrasts`

    Raises
    ------
    InvalidInput
        If there are not as many parameters as the model has, or a Weibull curve is given a negative contrast.
    """
    chosen = read_choice("model", model, PsychometricModel)
    given, x = as_floats("parameters", parameters), as_floats("contrasts", contrasts, n_dims=())
    if given.shape != (len(chosen.names),):
        raise InvalidInput(f"{chosen} has the parameters {', '.join(chosen.names)}; {given.size} were given")
    if np.isinf(given).any() or np.isinf(x).any():
        raise InvalidInput("parameters and contrasts must be finite; a contrast is at most 100 %")
    check_sign(chosen, x)
    return trace_curves(chosen, given, x.ravel()).p.reshape(x.shape)


def check_sign(model: PsychometricModel, contrasts: Floats) -> None:
    """Raise `InvalidInput` when a Weibull curve is asked of negative contrasts."""
    if not model.signed and (contrasts < 0).any():
        raise InvalidInput(f"{model} takes contrasts from zero up, with correct choices: give their absolute values")


def find_default_bounds(model: PsychometricModel, contrasts: Floats) -> tuple[Floats, Floats]:
    """Return the bounds that a model is fitted within: those of IBL's training criteria, or psychofit's for Weibull."""
    least, most = contrasts.min(), contrasts.max()
    if model is PsychometricModel.ERF_PSYCHO_2GAMMAS:
        return np.array([least, 0.0, 0.0, 0.0]), np.array([most, 100.0, 1.0, 1.0])
    if model is PsychometricModel.ERF_PSYCHO:
        return np.array([least, 0.0, 0.0]), np.array([most, 100.0, 1.0])
    return np.array([least, 0.0, 0.0]), np.array([most, 10.0, 0.4])


def _trace_erf(bias: Floats, threshold: Floats, low: Floats, high: Floats, *, contrasts: Floats) -> Trace:
    z = (contrasts - bias) / threshold
    rise = (1 + special.erf(z)) / 2
    height = 1 - low - high
    steepness = height * np.exp(-(z**2)) / (np.sqrt(np.pi) * threshold)
    return Trace(low + height * rise, np.stack([-steepness, -steepness * z, 1 - rise, -rise], axis=-2))


def _trace_weibull(threshold: Floats, slope: Floats, lapse: Floats, *, floor: float | None, contrasts: Floats) -> Trace:
    ratio = contrasts / threshold
    with np.errstate(over="ignore"):
        power = np.minimum(ratio**slope, STEEPEST)
    left = np.exp(-power)
    height = 1 - 2 * lapse if floor is None else floor - lapse
    by_lapse = 2 * left - 1 if floor is None else left - 1
    by_power = height * left
    # power * log(ratio), which is zero at zero contrast.
    by_slope = special.xlogy(power, np.where(power > 0, ratio, 1.0))
    slopes = np.stack([-by_power * power * slope / threshold, by_power * by_slope, by_lapse], axis=-2)
    return Trace(1 - lapse - height * left, slopes)
