"""Training status of a mouse, by IBL's criteria over its last three days.

The criteria are those of the IBL training protocol (appendix 2 of The International Brain Laboratory et al. 2021,
eLife 10:e63711) as applied by its analysis code. A status, once reached, is kept: a bad week does not undo it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date as Date  # noqa: N812 - "date" is the name of a field
from datetime import datetime
from enum import IntEnum

import numpy as np

from bregma.brainbox.arrays import Floats, Ints, InvalidInput
from bregma.brainbox.behavior.psychometric import PsychometricFit, fit_psychometric
from bregma.brainbox.behavior.trials import (
    ReactionTimes,
    Trials,
    column,
    compute_performance,
    compute_performance_easy,
    compute_reaction_times,
    count_choices,
    median_reaction_time,
    reaction_times,
    signed_contrast,
)

__all__ = [
    "DayCriteria",
    "Psychometric",
    "ReactionTimes",
    "SessionTrials",
    "TrainingStatus",
    "column",
    "compute_performance",
    "compute_performance_easy",
    "compute_psychometric",
    "compute_reaction_times",
    "compute_training_status",
    "median_reaction_time",
    "meets_1a",
    "meets_1b",
    "meets_ready4delay",
    "meets_ready4ephysrig",
    "meets_ready4recording",
    "reaction_times",
    "signed_contrast",
    "summarize_days",
]

N_DAYS = 3
"""Days that the criteria look at."""
MAX_DAYS = 40
"""Days in training, or on the biased task, after which a mouse is untrainable or unbiasable."""
LONG_DELAY = 900.0
"""Seconds between entering the rig and the first trial that count as a recording rehearsal."""


class TrainingStatus(IntEnum):
    """How far a mouse is: a higher value is further. The two failures come first."""

    UNTRAINABLE = 0
    UNBIASABLE = 1
    IN_TRAINING = 2
    TRAINED_1A = 3
    TRAINED_1B = 4
    READY4EPHYSRIG = 5
    READY4DELAY = 6
    READY4RECORDING = 7

    @property
    def label(self) -> str:
        """The status in IBL's words, such as ``trained 1a``."""
        return self.name.lower().replace("_", " ")


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


@dataclass(frozen=True)
class SessionTrials:
    """One session as the criteria see it.

    ``protocol`` is the task protocol's name; habituation sessions count for nothing. ``on_ephys_rig`` follows
    from the protocol when it is None. ``delay`` is the time between entering the rig and the first trial (s).
    """

    date: Date
    protocol: str
    trials: Trials = field(repr=False)
    on_ephys_rig: bool | None = None
    delay: float = 0.0


@dataclass(frozen=True)
class DayCriteria:
    """What the criteria need of one day; its sessions are pooled."""

    date: Date
    tasks: frozenset[str]
    trials: Mapping[str, Floats] = field(repr=False)
    n_trials: int
    performance_easy: float
    on_ephys_rig: bool
    delay: float


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
    """
    contrasts, n_trials, n_right = count_choices(trials, block)
    return Psychometric(contrasts, n_trials, n_right, fit_psychometric(contrasts, n_trials, n_right), block)


def compute_training_status(sessions: Sequence[SessionTrials]) -> list[TrainingStatus]:
    """Compute the training status after each session.

    Sessions of one day are pooled and share a status. Habituation sessions take the status of the day before.

    Parameters
    ----------
    sessions
        All sessions of one mouse so far, in any order.

    Returns
    -------
    list of TrainingStatus
        In the order of the sessions given.
    """
    days = summarize_days(sessions)
    reached: dict[Date, TrainingStatus] = {}
    status, n_training, n_biased = TrainingStatus.IN_TRAINING, 0, 0
    for last, day in enumerate(days):
        status = max(status, _judge(days[max(0, last + 1 - N_DAYS) : last + 1]))
        n_training += status is TrainingStatus.IN_TRAINING
        n_biased += "training" not in day.tasks
        reached[day.date] = _apply_limits(status, n_training, n_biased)
    return [_status_on(reached, session.date) for session in sessions]


def summarize_days(sessions: Iterable[SessionTrials]) -> list[DayCriteria]:
    """Pool the sessions of each day, in the order of days, leaving out habituation and sessions without trials."""
    by_day: dict[Date, list[SessionTrials]] = {}
    for session in sessions:
        if _task(session.protocol) != "habituation" and len(column(session.trials, "choice")):
            by_day.setdefault(_day(session.date), []).append(session)
    return [_pool(day, by_day[day]) for day in sorted(by_day)]


def meets_1a(days: Sequence[DayCriteria]) -> bool:
    """Whether the days meet trained 1a: over 200 trials and 80 % easy performance each, and the pooled curve."""
    psychometric = compute_psychometric(_pool_trials([day.trials for day in days]))
    fit = psychometric.fit
    return (
        _shows_zero_contrast(psychometric)
        and max(fit.lapse_low, fit.lapse_high) < 0.2
        and abs(fit.bias) < 16
        and fit.threshold < 19
        and _all_days(days, n_trials=200, performance_easy=0.8)
    )


def meets_1b(days: Sequence[DayCriteria]) -> bool:
    """Whether the days meet trained 1b: over 400 trials and 90 % each, the pooled curve, and reaction time.

    The threshold (20 %) is laxer than that of 1a (19 %), as in IBL's protocol.
    """
    pooled = _pool_trials([day.trials for day in days])
    psychometric = compute_psychometric(pooled)
    fit = psychometric.fit
    return (
        _shows_zero_contrast(psychometric)
        and max(fit.lapse_low, fit.lapse_high) < 0.1
        and abs(fit.bias) < 10
        and fit.threshold < 20
        and _all_days(days, n_trials=400, performance_easy=0.9)
        and median_reaction_time(pooled, contrast=0) < 2
    )


def meets_ready4ephysrig(days: Sequence[DayCriteria]) -> bool:
    """Whether the days meet ready4ephysrig: as 1b, with small lapses in both blocks and a bias shift over 5 %."""
    pooled = _pool_trials([day.trials for day in days])
    right, left = (compute_psychometric(pooled, block).fit for block in (0.2, 0.8))
    lapses = (right.lapse_low, right.lapse_high, left.lapse_low, left.lapse_high)
    return (
        all(lapse < 0.1 for lapse in lapses)
        and left.bias - right.bias > 5
        and _all_days(days, n_trials=400, performance_easy=0.9)
        and median_reaction_time(pooled, contrast=0) < 2
    )


def meets_ready4delay(days: Sequence[DayCriteria]) -> bool:
    """Whether any of the days on an ephys rig has over 400 trials, and any over 90 % easy performance."""
    on_rig = [day for day in days if day.on_ephys_rig]
    return any(day.n_trials > 400 for day in on_rig) and any(day.performance_easy > 0.9 for day in on_rig)


def meets_ready4recording(days: Sequence[DayCriteria]) -> bool:
    """Whether the days meet ready4ephysrig, all on an ephys rig and one of them with a delay of 15 minutes."""
    return (
        len(days) >= N_DAYS
        and all(day.on_ephys_rig for day in days)
        and any(day.delay >= LONG_DELAY for day in days)
        and meets_ready4ephysrig(days)
    )


def _judge(days: Sequence[DayCriteria]) -> TrainingStatus:
    """Return the status that the last days alone support."""
    tasks = frozenset[str]().union(*(day.tasks for day in days))
    if len(days) < N_DAYS:
        return TrainingStatus.IN_TRAINING
    if tasks == {"training"}:
        return _judge_training(days)
    if "training" in tasks:
        return TrainingStatus.TRAINED_1B
    return _judge_biased(days)


def _judge_training(days: Sequence[DayCriteria]) -> TrainingStatus:
    if meets_1b(days):
        return TrainingStatus.TRAINED_1B
    return TrainingStatus.TRAINED_1A if meets_1a(days) else TrainingStatus.IN_TRAINING


def _judge_biased(days: Sequence[DayCriteria]) -> TrainingStatus:
    if meets_ready4recording(days):
        return TrainingStatus.READY4RECORDING
    if meets_ready4delay(days):
        return TrainingStatus.READY4DELAY
    return TrainingStatus.READY4EPHYSRIG if meets_ready4ephysrig(days) else TrainingStatus.TRAINED_1B


def _apply_limits(status: TrainingStatus, n_training: int, n_biased: int) -> TrainingStatus:
    """Return untrainable or unbiasable for a mouse that took too long and has not moved on since."""
    if status is TrainingStatus.IN_TRAINING and n_training >= MAX_DAYS:
        return TrainingStatus.UNTRAINABLE
    if status < TrainingStatus.READY4EPHYSRIG and n_biased >= MAX_DAYS:
        return TrainingStatus.UNBIASABLE
    return status


def _status_on(reached: Mapping[Date, TrainingStatus], date: Date) -> TrainingStatus:
    """Return the status of a day, or of the last day before it that counts."""
    days = [day for day in reached if day <= _day(date)]
    return reached[max(days)] if days else TrainingStatus.IN_TRAINING


def _pool(day: Date, sessions: Sequence[SessionTrials]) -> DayCriteria:
    trials = _pool_trials([session.trials for session in sessions])
    rigs = (_on_ephys_rig(session) for session in sessions)
    return DayCriteria(
        date=day,
        tasks=frozenset(_task(session.protocol) for session in sessions),
        trials=trials,
        n_trials=trials["choice"].size,
        performance_easy=compute_performance_easy(trials),
        on_ephys_rig=any(rigs),
        delay=max(session.delay for session in sessions),
    )


def _pool_trials(groups: Sequence[Trials]) -> dict[str, Floats]:
    """Concatenate the columns that the criteria use; reaction times are taken before, per group."""
    names = ("choice", "contrastLeft", "contrastRight", "feedbackType", "probabilityLeft")
    pooled = {name: np.concatenate([column(group, name) for group in groups]) for name in names}
    times = [_known_reaction_times(group) for group in groups]
    return pooled | {"response_times": np.concatenate(times), "stimOn_times": np.zeros(pooled["choice"].size)}


def _known_reaction_times(trials: Trials) -> Floats:
    if "response_times" in trials:
        return reaction_times(trials)
    return np.full(column(trials, "choice").size, np.nan)


def _task(protocol: str) -> str:
    """Return the kind of task that a protocol's name stands for."""
    lowered = protocol.lower()
    for kind in ("habituation", "training", "biased", "ephys"):
        if kind in lowered:
            return kind
    raise InvalidInput(f"protocol {protocol!r} is none that the criteria know: habituation, training, biased, ephys")


def _on_ephys_rig(session: SessionTrials) -> bool:
    on_rig = session.on_ephys_rig
    return "ephys" in session.protocol.lower() if on_rig is None else on_rig


def _day(date: Date) -> Date:
    return date.date() if isinstance(date, datetime) else date


def _shows_zero_contrast(psychometric: Psychometric) -> bool:
    return bool((psychometric.contrasts == 0).any())


def _all_days(days: Sequence[DayCriteria], *, n_trials: int, performance_easy: float) -> bool:
    return all(day.n_trials > n_trials and day.performance_easy > performance_easy for day in days)
