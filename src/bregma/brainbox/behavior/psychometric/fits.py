"""What a psychometric fit found, and what makes it a poor description of the behaviour."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from scipy import special, stats

from bregma.brainbox.behavior.psychometric.curves import PsychometricModel, evaluate_curve
from bregma.brainbox.behavior.psychometric.likelihood import Search, sum_log_likelihood
from bregma.brainbox.results import Concise

if TYPE_CHECKING:
    from bregma.brainbox.arrays import Floats
    from bregma.brainbox.behavior.psychometric.choices import Priors

RESOLVED_WITHIN = 1.5
"""Half-width of the rising part of an erf curve, in thresholds."""
RISING = (0.05, 3.0)
"""Where a Weibull curve rises, in powers of contrast by threshold."""


class FitProblem(StrEnum):
    """Why the parameters of a fit should not be read as properties of the mouse."""

    NO_TRIALS = "no trials"
    TOO_FEW_CONTRASTS = "fewer contrasts than parameters"
    NO_BETTER_THAN_CONSTANT = "no better than one probability for all contrasts"
    CURVE_NOT_RISING = "the curve does not rise: the lapse rates add up to one or more"
    THRESHOLD_UNRESOLVED = "the curve rises between two neighbouring contrasts"
    BIAS_AT_BOUND = "bias at its bound"
    THRESHOLD_AT_BOUND = "threshold at its bound"
    SLOPE_AT_BOUND = "slope at its bound"


@dataclass(frozen=True)
class PsychometricFit(Concise):
    """Fitted curve: bias and threshold in percent contrast, lapse rates on the left (low) and right (high).

    A Weibull curve has a slope (exponent, without unit) and no bias; its lapse rate is `lapse_high`, and also
    `lapse_low` for ``weibull``. What a model does not have is NaN.

    ``log_likelihood`` is in natural units without the binomial coefficients, as in psychofit; ``deviance`` is twice
    what it lacks to a curve through every point (about chi-squared, with contrasts less parameters as degrees of
    freedom, when the model holds). ``converged`` says that the optimiser reached a maximum, ``problems`` what makes
    that maximum a poor description. ``lower``, ``upper`` and ``priors`` are those of the fit.
    """

    bias: float
    threshold: float
    lapse_low: float
    lapse_high: float
    log_likelihood: float
    converged: bool
    problems: tuple[FitProblem, ...] = ()
    model: PsychometricModel = PsychometricModel.ERF_PSYCHO_2GAMMAS
    slope: float = np.nan
    deviance: float = np.nan
    lower: tuple[float, ...] = ()
    upper: tuple[float, ...] = ()
    priors: tuple[tuple[str, tuple[float, float]], ...] = ()

    @property
    def reliable(self) -> bool:
        """Whether the parameters describe the behaviour: the fit converged without problems."""
        return self.converged and not self.problems

    @property
    def parameters(self) -> Floats:
        """(4,) array: bias, threshold, lapse_low, lapse_high."""
        return np.array([self.bias, self.threshold, self.lapse_low, self.lapse_high])

    @property
    def estimates(self) -> dict[str, float]:
        """Free parameters of the model by name, in psychofit's order; one "lapse" where both sides share it."""
        return {name: getattr(self, "lapse_high" if name == "lapse" else name) for name in self.model.names}


def describe_fit(search: Search, parameters: Floats, converged: bool, priors: Priors | None = None) -> PsychometricFit:
    """Return the fit that the parameters of a search's only row make."""
    named = dict(zip(search.model.names, (float(value) for value in parameters), strict=True))
    both = named.get("lapse", np.nan)
    low = np.nan if search.model is PsychometricModel.WEIBULL50 else both
    n, right = search.n_trials[0], search.n_right[0]
    likelihood = float(sum_log_likelihood(n, right, evaluate_curve(parameters, search.contrasts, search.model)))
    return PsychometricFit(
        bias=named.get("bias", np.nan),
        threshold=named["threshold"],
        lapse_low=named.get("lapse_low", low),
        lapse_high=named.get("lapse_high", both),
        log_likelihood=likelihood,
        converged=converged,
        problems=_find_problems(search, named, likelihood),
        model=search.model,
        slope=named.get("slope", np.nan),
        deviance=max(0.0, 2 * (_saturated(n, right) - likelihood)),
        lower=tuple(search.lower[0].tolist()),
        upper=tuple(search.upper[0].tolist()),
        priors=tuple((priors or {}).items()),
    )


def _find_problems(search: Search, named: dict[str, float], likelihood: float) -> tuple[FitProblem, ...]:
    levels = search.contrasts[search.n_trials[0] > 0]
    tests = {
        FitProblem.TOO_FEW_CONTRASTS: levels.size < len(named),
        FitProblem.NO_BETTER_THAN_CONSTANT: not _beats_constant(search, likelihood),
        FitProblem.CURVE_NOT_RISING: _height(search.model, named) <= 1e-6,
        FitProblem.THRESHOLD_UNRESOLVED: _count_rising(levels, named) < 2,
        FitProblem.BIAS_AT_BOUND: _at_bound(search, named, "bias"),
        FitProblem.THRESHOLD_AT_BOUND: _at_bound(search, named, "threshold"),
        FitProblem.SLOPE_AT_BOUND: _at_bound(search, named, "slope"),
    }
    return tuple(problem for problem, present in tests.items() if present)


def _height(model: PsychometricModel, named: dict[str, float]) -> float:
    if model is PsychometricModel.ERF_PSYCHO_2GAMMAS:
        return 1 - named["lapse_low"] - named["lapse_high"]
    return 1 - 2 * named["lapse"]


def _count_rising(levels: Floats, named: dict[str, float]) -> int:
    """Count the contrasts at which the curve is rising."""
    if "bias" in named:
        return int((np.abs(levels - named["bias"]) < RESOLVED_WITHIN * named["threshold"]).sum())
    power = named["slope"] * np.log(np.maximum(levels, np.finfo(float).tiny) / named["threshold"])
    return int(((power > np.log(RISING[0])) & (power < np.log(RISING[1]))).sum())


def _at_bound(search: Search, named: dict[str, float], name: str) -> bool:
    if name not in named:
        return False
    place = search.model.names.index(name)
    low, high = search.lower[0, place], search.upper[0, place]
    margin = 1e-6 * (high - low)
    return bool(named[name] - low <= margin or high - named[name] <= margin)


def _saturated(n: Floats, right: Floats) -> float:
    share = right / np.maximum(n, 1)
    return float(np.sum(special.xlogy(right, share) + special.xlog1py(n - right, -share)))


def _beats_constant(search: Search, likelihood: float) -> bool:
    """Whether a likelihood ratio test (5 %) prefers the curve to one probability for all contrasts."""
    n, right = search.n_trials[0].sum(), search.n_right[0].sum()
    constant = special.xlogy(right, right / n) + special.xlogy(n - right, (n - right) / n)
    return bool(2 * (likelihood - constant) > stats.chi2.ppf(0.95, len(search.model.names) - 1))
