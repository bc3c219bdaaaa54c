"""The last days of a mouse as the training criteria look at them: the sessions of a day, and several days, pooled."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date as Date  # noqa: N812 - "date" is the name of a field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from bregma.brainbox.behavior.durations import median_reaction_time, reaction_times
from bregma.brainbox.behavior.psychometric.fitting import Psychometric, compute_psychometric
from bregma.brainbox.behavior.trials import (
    Trials,
    column,
    compute_performance_easy,
)
from bregma.brainbox.results import Concise

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bregma.brainbox.arrays import Floats

N_DAYS = 3
"""Days that the criteria look at."""
CHOICE_TASKS = ("training", "biased", "ephys")


@dataclass(frozen=True)
class SessionTrials(Concise):
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

    @property
    def n_trials(self) -> Floats:
        """(n_days,) array."""
        return np.array([day.n_trials for day in self.days], dtype=np.float64)

    @property
    def performance_easy(self) -> Floats:
        """(n_days,) array: fraction correct of easy contrasts."""
        return np.array([day.performance_easy for day in self.days])

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

    @cached_property
    def block_psychometrics(self) -> tuple[Psychometric, Psychometric]:
        """Curves of the blocks of 20 % and of 80 % stimuli on the left."""
        return compute_psychometric(self.trials, 0.2), compute_psychometric(self.trials, 0.8)

    @property
    def on_ephys_rig(self) -> LastDays:
        """Those of the days that were on an ephys rig."""
        return LastDays(tuple(day for day in self.days if day.on_ephys_rig))


def summarize_days(sessions: Iterable[SessionTrials]) -> list[DayCriteria]:
    """Pool the sessions of each day, in the order of days, leaving out other tasks and sessions without trials."""
    by_day: dict[Date, list[SessionTrials]] = {}
    for session in sessions:
        if _task(session.protocol) in CHOICE_TASKS and column(session.trials, "choice").size:
            by_day.setdefault(day_of(session.date), []).append(session)
    return [_pool(day, by_day[day]) for day in sorted(by_day)]


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
