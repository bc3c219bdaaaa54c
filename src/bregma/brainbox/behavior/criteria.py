"""The criteria that a mouse must meet over its last days, and what they need of each day.

Source: appendix 2 of The International Brain Laboratory et al. (2021), eLife 10:e63711, and IBL's analysis code.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date as Date  # noqa: N812 - "date" is the name of a field
from datetime import datetime
from functools import cached_property

import numpy as np

from bregma.brainbox.arrays import Floats
from bregma.brainbox.behavior.psychometric import Psychometric, compute_psychometric
from bregma.brainbox.behavior.trials import (
    Trials,
    column,
    compute_performance_easy,
    median_reaction_time,
    reaction_times,
)

N_DAYS = 3
"""Days that the criteria look at."""
CHOICE_TASKS = ("training", "biased", "ephys")
LONG_DELAY = 900.0
"""Seconds between entering the rig and the first trial that count as a recording rehearsal."""


@dataclass(frozen=True)
class SessionTrials:
    """One session as the criteria see it.

    ``protocol`` is the task protocol's name; sessions of other tasks than training, biased or ephys choice world
    (habituation, passive) count for nothing. ``on_ephys_rig`` follows from the protocol when it is None. ``delay``
    is the time between entering the rig and the first trial (s).
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


@dataclass(frozen=True)
class LastDays:
    """The days that a criterion looks at, pooled; each curve is fitted once, when it is first asked for."""

    days: tuple[DayCriteria, ...]

    @property
    def tasks(self) -> frozenset[str]:
        """Tasks of any of the days."""
        return frozenset[str]().union(*(day.tasks for day in self.days))

    @cached_property
    def trials(self) -> dict[str, Floats]:
        """Trials of all days."""
        return pool_trials([day.trials for day in self.days])

    @cached_property
    def psychometric(self) -> Psychometric:
        """Curve of all trials."""
        return compute_psychometric(self.trials)

    @cached_property
    def reaction_time(self) -> float:
        """Median reaction time at zero contrast, seconds."""
        return median_reaction_time(self.trials, contrast=0)

    def all_reach(self, *, n_trials: int, performance_easy: float) -> bool:
        """Whether every day has more trials and a better easy performance than these."""
        return all(day.n_trials > n_trials and day.performance_easy > performance_easy for day in self.days)


def summarize_days(sessions: Iterable[SessionTrials]) -> list[DayCriteria]:
    """Pool the sessions of each day, in the order of days, leaving out other tasks and sessions without trials."""
    by_day: dict[Date, list[SessionTrials]] = {}
    for session in sessions:
        if _task(session.protocol) in CHOICE_TASKS and column(session.trials, "choice").size:
            by_day.setdefault(day_of(session.date), []).append(session)
    return [_pool(day, by_day[day]) for day in sorted(by_day)]


def meets_1a(last: LastDays) -> bool:
    """Whether the days meet trained 1a: over 200 trials and 80 % easy performance each, and the pooled curve."""
    return last.all_reach(n_trials=200, performance_easy=0.8) and _curve_within(
        last.psychometric, bias=16, threshold=19, lapse=0.2
    )


def meets_1b(last: LastDays) -> bool:
    """Whether the days meet trained 1b: over 400 trials and 90 % each, the pooled curve, and reaction time.

    The threshold (20 %) is laxer than that of 1a (19 %), as in IBL's protocol.
    """
    return (
        last.all_reach(n_trials=400, performance_easy=0.9)
        and last.reaction_time < 2
        and _curve_within(last.psychometric, bias=10, threshold=20, lapse=0.1)
    )


def meets_ready4ephysrig(last: LastDays) -> bool:
    """Whether the days meet ready4ephysrig: as 1b, with small lapses in both blocks and a bias shift over 5 %."""
    if not (last.all_reach(n_trials=400, performance_easy=0.9) and last.reaction_time < 2):
        return False
    right, left = (compute_psychometric(last.trials, block).fit for block in (0.2, 0.8))
    lapses = (right.lapse_low, right.lapse_high, left.lapse_low, left.lapse_high)
    return all(lapse < 0.1 for lapse in lapses) and left.bias - right.bias > 5


def meets_ready4delay(last: LastDays) -> bool:
    """Whether any of the days on an ephys rig has over 400 trials, and any over 90 % easy performance."""
    on_rig = [day for day in last.days if day.on_ephys_rig]
    return any(day.n_trials > 400 for day in on_rig) and any(day.performance_easy > 0.9 for day in on_rig)


def meets_ready4recording(last: LastDays) -> bool:
    """Whether the days meet ready4ephysrig, all on an ephys rig and one of them with a delay of 15 minutes."""
    return (
        len(last.days) >= N_DAYS
        and all(day.on_ephys_rig for day in last.days)
        and any(day.delay >= LONG_DELAY for day in last.days)
        and meets_ready4ephysrig(last)
    )


def pool_trials(groups: Sequence[Trials]) -> dict[str, Floats]:
    """Concatenate the columns that the criteria use.

    Reaction times are taken per group, whose clocks and columns may differ: they become response times of
    stimuli at zero.
    """
    names = ("choice", "contrastLeft", "contrastRight", "feedbackType", "probabilityLeft")
    pooled = {name: np.concatenate([column(group, name) for group in groups]) for name in names}
    times = [_known_reaction_times(group) for group in groups]
    return pooled | {"response_times": np.concatenate(times), "stimOn_times": np.zeros(pooled["choice"].size)}


def day_of(date: Date) -> Date:
    """Return the day of a date or of a time."""
    return date.date() if isinstance(date, datetime) else date


def _curve_within(psychometric: Psychometric, *, bias: float, threshold: float, lapse: float) -> bool:
    """Whether zero contrast was shown and the curve lies within the limits."""
    fit = psychometric.fit
    return (
        bool((psychometric.contrasts == 0).any())
        and max(fit.lapse_low, fit.lapse_high) < lapse
        and abs(fit.bias) < bias
        and fit.threshold < threshold
    )


def _pool(day: Date, sessions: Sequence[SessionTrials]) -> DayCriteria:
    trials = pool_trials([session.trials for session in sessions])
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


def _known_reaction_times(trials: Trials) -> Floats:
    if "response_times" in trials:
        return reaction_times(trials)
    return np.full(column(trials, "choice").size, np.nan)


def _task(protocol: str) -> str:
    """Return which choice task a protocol's name stands for; "other" for none."""
    lowered = protocol.lower()
    if "habituation" in lowered or "passive" in lowered:
        return "other"
    return next((task for task in CHOICE_TASKS if task in lowered), "other")


def _on_ephys_rig(session: SessionTrials) -> bool:
    on_rig = session.on_ephys_rig
    return "ephys" in session.protocol.lower() if on_rig is None else on_rig
