"""Training status of a mouse, by IBL's criteria over its last three days.

The criteria are those of the IBL training protocol (appendix 2 of The International Brain Laboratory et al. 2021,
eLife 10:e63711) as applied by its analysis code. A status, once reached, is kept: a bad week does not undo it.
"""

from collections.abc import Mapping, Sequence
from datetime import date as Date  # noqa: N812 - "date" is the name of a field
from enum import IntEnum

from bregma.brainbox.behavior.criteria import (
    N_DAYS,
    LastDays,
    SessionTrials,
    day_of,
    meets_1a,
    meets_1b,
    meets_ready4delay,
    meets_ready4ephysrig,
    meets_ready4recording,
    summarize_days,
)

MAX_DAYS = 40
"""Days in training, or on the biased task, after which a mouse is untrainable or unbiasable."""


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
        status = max(status, _judge(LastDays(tuple(days[max(0, last + 1 - N_DAYS) : last + 1]))))
        n_training += status is TrainingStatus.IN_TRAINING
        n_biased += "training" not in day.tasks
        reached[day.date] = _apply_limits(status, n_training, n_biased)
    return [_status_on(reached, session.date) for session in sessions]


def _judge(last: LastDays) -> TrainingStatus:
    """Return the status that the last days alone support."""
    if len(last.days) < N_DAYS:
        return TrainingStatus.IN_TRAINING
    if last.tasks == {"training"}:
        return _judge_training(last)
    if "training" in last.tasks:
        return TrainingStatus.TRAINED_1B
    return _judge_biased(last)


def _judge_training(last: LastDays) -> TrainingStatus:
    if meets_1b(last):
        return TrainingStatus.TRAINED_1B
    return TrainingStatus.TRAINED_1A if meets_1a(last) else TrainingStatus.IN_TRAINING


def _judge_biased(last: LastDays) -> TrainingStatus:
    if meets_ready4recording(last):
        return TrainingStatus.READY4RECORDING
    if meets_ready4delay(last):
        return TrainingStatus.READY4DELAY
    return TrainingStatus.READY4EPHYSRIG if meets_ready4ephysrig(last) else TrainingStatus.TRAINED_1B


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
