"""Training status of a mouse, by IBL's criteria over its last three days.

The criteria are those of the IBL training protocol (appendix 2 of The International Brain Laboratory et al. 2021,
eLife 10:e63711) as applied by its analysis code. A status, once reached, is kept: a bad week does not undo it.
`judge_training` looks at the last days alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bregma.brainbox.arrays import Floats, InvalidInput
from bregma.brainbox.behavior.criteria import (
    LONG_DELAY,
    CriteriaReport,
    check_1a,
    check_1b,
    check_biased_days,
    check_ready4delay,
    check_ready4ephysrig,
    check_ready4recording,
)
from bregma.brainbox.behavior.days import N_DAYS, LastDays, SessionTrials, day_of, summarize_days
from bregma.brainbox.behavior.status import TrainingStatus
from bregma.brainbox.results import Concise

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date as Date  # noqa: N812 - "date" is the name of a field

    from bregma.brainbox.behavior.psychometric.fitting import Psychometric

MAX_DAYS = 40
"""Days in training, or on the biased task, after which a mouse is untrainable or unbiasable."""


@dataclass(frozen=True)
class TrainingReport(Concise):
    """A mouse's last days, and how far they alone are.

    ``status`` is what these days support; ``criteria`` are those of the next status (of the last one, for a mouse
    that has reached it). ``n_trials`` and ``performance_easy`` (fraction correct) have one value per day of ``dates``.
    ``psychometric`` is the curve of all trials, ``psychometric_20`` and ``psychometric_80`` those of the blocks with
    20 % and 80 % of stimuli on the left: None while the mouse is on the training task. ``reaction_time`` is the median
    at zero contrast, seconds; ``n_ephys`` counts the days on an ephys rig, ``n_delay`` those with a long delay.
    """

    status: TrainingStatus
    criteria: CriteriaReport
    dates: tuple[Date, ...]
    n_trials: Floats
    performance_easy: Floats
    psychometric: Psychometric
    psychometric_20: Psychometric | None
    psychometric_80: Psychometric | None
    reaction_time: float
    n_ephys: int
    n_delay: int


@dataclass(frozen=True)
class CriterionReached(Concise):
    """When a mouse first had a status: None throughout if it never had.

    ``session`` is the place of that day's first session among those given; ``n_sessions`` and ``n_days`` count from
    the first session (or from the status asked to count from) to it, the days as a difference of dates.
    """

    date: Date | None = None
    session: int | None = None
    n_sessions: int | None = None
    n_days: int | None = None


def compute_training_status(sessions: Sequence[SessionTrials]) -> list[TrainingStatus]:
    """Compute the training status after each session.

    Sessions of one day are pooled and share a status. Sessions of other tasks take the status of the day before. A
    criterion on reaction times is not met where there are none.

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
        if last + 1 >= N_DAYS:
            status = max(status, _judge(LastDays(tuple(days[last + 1 - N_DAYS : last + 1])))[0])
        n_training += status is TrainingStatus.IN_TRAINING
        n_biased += "training" not in day.tasks
        reached[day.date] = _apply_limits(status, n_training, n_biased)
    return [_status_on(reached, session.date) for session in sessions]


def judge_training(sessions: Sequence[SessionTrials]) -> TrainingReport:
    """Judge the last three days of a mouse alone, forgetting what it reached before.

    A mouse that was ready and has had a bad day since may come out as trained 1b. With fewer than three days it is in
    training, whatever they are like.

    Parameters
    ----------
    sessions
        Sessions of one mouse, in any order; those of the last three days on a choice task are judged.

    Raises
    ------
    InvalidInput
        If no session is of a choice task and has trials.
    """
    last = LastDays(tuple(summarize_days(sessions)[-N_DAYS:]))
    if not last.days:
        raise InvalidInput("no session is of a choice task and has trials: there is nothing to judge")
    status, criteria = _judge(last)
    on_blocks = "training" not in last.tasks
    right, left = last.block_psychometrics if on_blocks else (None, None)
    return TrainingReport(
        status=status if len(last.days) == N_DAYS else TrainingStatus.IN_TRAINING,
        criteria=criteria,
        dates=tuple(day.date for day in last.days),
        n_trials=last.n_trials,
        performance_easy=last.performance_easy,
        psychometric=last.psychometric,
        psychometric_20=right,
        psychometric_80=left,
        reaction_time=last.reaction_time,
        n_ephys=len(last.on_ephys_rig.days),
        n_delay=sum(day.delay >= LONG_DELAY for day in last.days),
    )


def query_criterion(
    sessions: Sequence[SessionTrials], status: TrainingStatus | str, *, from_status: TrainingStatus | str | None = None
) -> CriterionReached:
    """Find when a mouse first met the criterion of a status.

    A mouse that skips a status (1a, often) meets its criterion with the next one. Failures must be met exactly.

    Parameters
    ----------
    sessions
        All sessions of one mouse, in any order.
    status
        Such as ``TrainingStatus.TRAINED_1A`` or ``"trained 1a"``.
    from_status
        Count sessions and days from when this one was met, not from the first session.

    Raises
    ------
    InvalidInput
        If there is no such status.
    """
    order = sorted(range(len(sessions)), key=lambda place: day_of(sessions[place].date))
    ordered = [sessions[place] for place in order]
    statuses = compute_training_status(ordered)
    end = _find_first(statuses, _read_status(status))
    start = 0 if from_status is None else _find_first(statuses, _read_status(from_status))
    if end is None:
        return CriterionReached()
    date = day_of(ordered[end].date)
    if start is None or start > end:
        return CriterionReached(date, order[end])
    return CriterionReached(date, order[end], end - start + 1, (date - day_of(ordered[start].date)).days)


def _judge(last: LastDays) -> tuple[TrainingStatus, CriteriaReport]:
    """Return the status that the days support, and the criteria of the next one."""
    if last.tasks == {"training"}:
        return _judge_training(last)
    if "training" in last.tasks:
        return TrainingStatus.TRAINED_1B, check_biased_days(last)
    return _judge_biased(last)


def _judge_training(last: LastDays) -> tuple[TrainingStatus, CriteriaReport]:
    second = check_1b(last)
    if second.met:
        return TrainingStatus.TRAINED_1B, check_biased_days(last)
    first = check_1a(last)
    return (TrainingStatus.TRAINED_1A, second) if first.met else (TrainingStatus.IN_TRAINING, first)


def _judge_biased(last: LastDays) -> tuple[TrainingStatus, CriteriaReport]:
    recording, delay, rig = check_ready4recording(last), check_ready4delay(last), check_ready4ephysrig(last)
    if recording.met:
        return TrainingStatus.READY4RECORDING, recording
    if delay.met:
        return TrainingStatus.READY4DELAY, recording
    return (TrainingStatus.READY4EPHYSRIG, delay) if rig.met else (TrainingStatus.TRAINED_1B, rig)


def _apply_limits(status: TrainingStatus, n_training: int, n_biased: int) -> TrainingStatus:
    """Return untrainable or unbiasable for a mouse that took too long and has not moved on since."""
    if status is TrainingStatus.IN_TRAINING and n_training >= MAX_DAYS:
        return TrainingStatus.UNTRAINABLE
    if status < TrainingStatus.READY4EPHYSRIG and n_biased >= MAX_DAYS:
        return TrainingStatus.UNBIASABLE
    return status


def _status_on(reached: Mapping[Date, TrainingStatus], date: Date) -> TrainingStatus:
    """Return the status of a day, or of the last day before it that counts."""
    days = [day for day in reached if day <= day_of(date)]
    return reached[max(days)] if days else TrainingStatus.IN_TRAINING


def _read_status(given: TrainingStatus | str) -> TrainingStatus:
    if isinstance(given, TrainingStatus):
        return given
    name = str(given).upper().replace(" ", "_")
    if name not in TrainingStatus.__members__:
        raise InvalidInput(f"no status {given!r}; there are {', '.join(status.label for status in TrainingStatus)}")
    return TrainingStatus[name]


def _find_first(statuses: Sequence[TrainingStatus], wanted: TrainingStatus) -> int | None:
    if wanted.failed:
        return next((place for place, status in enumerate(statuses) if status is wanted), None)
    return next((place for place, status in enumerate(statuses) if status >= wanted), None)
