"""The criteria that a mouse must meet over its last days: each with its value, its limit, and whether it is met.

Source: appendix 2 of The International Brain Laboratory et al. (2021), eLife 10:e63711, and IBL's analysis code.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bregma.brainbox.behavior.days import N_DAYS, LastDays
from bregma.brainbox.behavior.status import TrainingStatus
from bregma.brainbox.behavior.trials import EASY_CONTRAST, Trials, column, signed_contrast
from bregma.brainbox.results import Concise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bregma.brainbox.arrays import Floats
    from bregma.brainbox.behavior.psychometric.fitting import Psychometric

LONG_DELAY = 900.0
"""Seconds between entering the rig and the first trial that count as a recording rehearsal."""
ENOUGH_TRIALS = 400
GOOD_PERFORMANCE = 0.9


@dataclass(frozen=True)
class Criterion:
    """One number, or one per day, and what is asked of it.

    Contrasts (bias, threshold) are in percent, performance and lapse rates are fractions, times are seconds.
    """

    name: str
    value: tuple[float, ...]
    limit: float
    rule: str
    met: bool

    def __str__(self) -> str:
        shown = ", ".join(f"{value:.4g}" for value in self.value)
        return f"{self.name} {shown}: {'' if self.met else 'not '}{self.rule} {self.limit:g}"

    def __repr__(self) -> str:
        return f"Criterion({self})"


@dataclass(frozen=True)
class CriteriaReport(Concise):
    """What a status asks for, criterion by criterion."""

    status: TrainingStatus
    criteria: tuple[Criterion, ...]

    @property
    def met(self) -> bool:
        """Whether all criteria are met."""
        return all(criterion.met for criterion in self.criteria)

    @property
    def failed(self) -> tuple[Criterion, ...]:
        """The criteria that are not met."""
        return tuple(criterion for criterion in self.criteria if not criterion.met)


def check_1a(last: LastDays) -> CriteriaReport:
    """Check trained 1a: over 200 trials and 80 % easy performance each day, and the pooled curve."""
    curve = _check_curve(last.psychometric, bias=16, threshold=19, lapse=0.2)
    return CriteriaReport(TrainingStatus.TRAINED_1A, (*curve, *_check_days(last, n_trials=200, performance=0.8)))


def check_1b(last: LastDays) -> CriteriaReport:
    """Check trained 1b: over 400 trials and 90 % each day, the pooled curve, and reaction times.

    The threshold (20 %) is laxer than that of 1a (19 %), as in IBL's protocol.
    """
    curve = _check_curve(last.psychometric, bias=10, threshold=20, lapse=0.1)
    return CriteriaReport(TrainingStatus.TRAINED_1B, (*curve, *_check_days(last), _check_reactions(last)))


def check_ready4ephysrig(last: LastDays) -> CriteriaReport:
    """Check ready4ephysrig: as 1b, with small lapses in both blocks and a shift of bias over 5 % between them."""
    right, left = (psychometric.fit for psychometric in last.block_psychometrics)
    lapses = [
        _below(f"{name} of block {block}", getattr(fit, name), 0.1)
        for block, fit in ((0.2, right), (0.8, left))
        for name in ("lapse_low", "lapse_high")
    ]
    shift = left.bias - right.bias
    criteria = (*lapses, Criterion("bias shift", (shift,), 5, "above", shift > 5))
    return CriteriaReport(TrainingStatus.READY4EPHYSRIG, (*criteria, *_check_days(last), _check_reactions(last)))


def check_ready4delay(last: LastDays) -> CriteriaReport:
    """Check ready4delay: any day on an ephys rig has over 400 trials, and any has over 90 % easy performance."""
    on_rig = last.on_ephys_rig.days
    n_trials = [float(day.n_trials) for day in on_rig]
    performance = [day.performance_easy for day in on_rig]
    criteria = (
        _at_least("days on an ephys rig", len(on_rig), 1),
        _any_above("trials", n_trials, ENOUGH_TRIALS),
        _any_above("performance of easy contrasts", performance, GOOD_PERFORMANCE),
    )
    return CriteriaReport(TrainingStatus.READY4DELAY, criteria)


def check_ready4recording(last: LastDays) -> CriteriaReport:
    """Check ready4recording: ready4ephysrig, three days on an ephys rig, one of them with a delay of 15 minutes."""
    criteria = (
        *check_ready4ephysrig(last).criteria,
        _at_least("days on an ephys rig", len(last.on_ephys_rig.days), N_DAYS),
        _at_least("longest delay before the first trial", max(day.delay for day in last.days), LONG_DELAY),
    )
    return CriteriaReport(TrainingStatus.READY4RECORDING, criteria)


def check_biased_days(last: LastDays) -> CriteriaReport:
    """Check what a mouse trained to 1b needs before ready4ephysrig: three days without the training task."""
    n_biased = sum("training" not in day.tasks for day in last.days)
    criterion = _at_least("days on the biased task", n_biased, N_DAYS)
    return CriteriaReport(TrainingStatus.READY4EPHYSRIG, (criterion,))


def meets_behavior_criterion(trials: Trials) -> bool:
    """Whether a session is good enough to analyse: its first n trials, for any n over 400, are over 90 % correct.

    Only trials of at least 50 % contrast are judged. So a mouse that tires late does not fail.

    Raises
    ------
    InvalidInput
        If a column is missing.
    """
    easy = np.abs(signed_contrast(trials)) >= EASY_CONTRAST
    n_easy = np.cumsum(easy)[ENOUGH_TRIALS:]
    n_correct = np.cumsum(easy & (column(trials, "feedbackType") > 0))[ENOUGH_TRIALS:]
    return bool((n_correct[n_easy > 0] / n_easy[n_easy > 0] > GOOD_PERFORMANCE).any())


def _check_curve(psychometric: Psychometric, *, bias: float, threshold: float, lapse: float) -> list[Criterion]:
    fit = psychometric.fit
    weakest = float(np.abs(psychometric.contrasts).min()) if psychometric.contrasts.size else float("nan")
    return [
        Criterion("weakest contrast", (weakest,), 0, "at most", weakest == 0),
        _below("lapse_low", fit.lapse_low, lapse),
        _below("lapse_high", fit.lapse_high, lapse),
        Criterion("bias", (fit.bias,), bias, "within", abs(fit.bias) < bias),
        _below("threshold", fit.threshold, threshold),
    ]


def _check_days(
    last: LastDays, *, n_trials: int = ENOUGH_TRIALS, performance: float = GOOD_PERFORMANCE
) -> list[Criterion]:
    return [
        _all_above("trials", last.n_trials, n_trials),
        _all_above("performance of easy contrasts", last.performance_easy, performance),
    ]


def _check_reactions(last: LastDays) -> Criterion:
    return _below("median reaction time at zero contrast", last.reaction_time, 2)


def _below(name: str, value: float, limit: float) -> Criterion:
    return Criterion(name, (value,), limit, "below", value < limit)


def _at_least(name: str, value: float, limit: float) -> Criterion:
    return Criterion(name, (value,), limit, "at least", value >= limit)


def _all_above(name: str, values: Floats, limit: float) -> Criterion:
    return Criterion(name, tuple(values.tolist()), limit, "all above", bool((values > limit).all()))


def _any_above(name: str, values: Sequence[float], limit: float) -> Criterion:
    return Criterion(name, tuple(values), limit, "one above", any(value > limit for value in values))
