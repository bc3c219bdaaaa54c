"""Whether the events of a session's trials follow each other as the task makes them: checks on times in ALF trials.

Source: the task quality control of the International Brain Laboratory. Its other checks need the rig's raw events.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bregma.brainbox.arrays import Bools, Floats, check_positive
from bregma.brainbox.behavior.trials import Trials, column
from bregma.brainbox.results import Labelled, axis, values

if TYPE_CHECKING:
    from collections.abc import Mapping

SOUND_DELAY = 0.01
"""Seconds within which sounds follow, on a rig whose sound card the Bpod triggers (Harp)."""
LONGEST_TRIAL = 60.1
STIMULUS_TOLERANCE = 0.15
FEEDBACK_SECONDS = {1.0: 1.0, -1.0: 2.0}
"""Seconds that the stimulus stays after positive and negative feedback."""


@dataclass(frozen=True)
class TaskQuality(Labelled):
    """Checks of a session.

    ``passed`` is 1 where a trial passes, 0 where it does not or where a time is missing, NaN where the check does not
    concern it.
    """

    checks: tuple[str, ...] = axis("check")
    passed: Floats = values("check", "trial")

    @property
    def fractions(self) -> dict[str, float]:
        """Fraction of the trials concerned that pass, by check; NaN where there are none."""
        known = ~np.isnan(self.passed)
        counts = known.sum(axis=1)
        share = np.where(known, self.passed, 0.0).sum(axis=1) / np.where(counts > 0, counts, np.nan)
        return dict(zip(self.checks, share.tolist(), strict=True))


def compute_task_quality(trials: Trials, *, sound_delay: float = SOUND_DELAY) -> TaskQuality:
    """Check the times of events in trials, as far as the trials have them.

    ``stimOn_goCue_delays``: the go cue follows the stimulus within `sound_delay`. ``response_feedback_delays``: the
    feedback follows the response within it. ``positive_feedback_stimOff_delays`` and
    ``negative_feedback_stimOff_delays``: the stimulus goes 1 s after a reward or 2 s after an error, within 0.15 s
    (trials without a response are not concerned). ``trial_length``: the feedback follows the go cue within 60.1 s.
    ``detected_wheel_moves``: the first movement is before the response and not before the quiescence period.

    Parameters
    ----------
    trials
        ALF attribute names to arrays. A check is left out where one of its attributes is missing, or all NaN.
    sound_delay
        Seconds: 0.01 with a Harp sound card, 0.053 with others.

    Raises
    ------
    InvalidInput
        If ``choice`` or ``feedbackType`` is missing, or the delay is not positive.
    """
    check_positive("sound_delay", sound_delay)
    responded, feedback = column(trials, "choice") != 0, column(trials, "feedbackType")
    found: dict[str, Floats] = {}
    for name, (start, stop, longest) in {
        "stimOn_goCue_delays": ("stimOn_times", "goCue_times", sound_delay),
        "response_feedback_delays": ("response_times", "feedback_times", sound_delay),
        "trial_length": ("goCue_times", "feedback_times", LONGEST_TRIAL),
    }.items():
        if _has(trials, start, stop):
            delay = column(trials, stop) - column(trials, start)
            found[name] = ((delay > 0) & (delay < longest)).astype(np.float64)
    if _has(trials, "feedback_times", "stimOff_times"):
        stays = column(trials, "stimOff_times") - column(trials, "feedback_times")
        for sign, name in ((1.0, "positive"), (-1.0, "negative")):
            right = np.abs(stays - FEEDBACK_SECONDS[sign]) < STIMULUS_TOLERANCE
            found[f"{name}_feedback_stimOff_delays"] = np.where((feedback == sign) & responded, right, np.nan)
    if _has(trials, "goCue_times", "response_times", "firstMovement_times"):
        found["detected_wheel_moves"] = np.where(responded, _move_in_time(trials), np.nan)
    return TaskQuality(tuple(found), np.array(list(found.values())).reshape(len(found), feedback.size))


def _has(trials: Mapping[str, object], *names: str) -> bool:
    return all(name in trials and not np.isnan(column(trials, name)).all() for name in names)


def _move_in_time(trials: Trials) -> Bools:
    """Return in which trials the wheel first moves after quiescence begins and before the response."""
    moved, cue = column(trials, "firstMovement_times"), column(trials, "goCue_times")
    quiet = column(trials, "quiescencePeriod") if _has(trials, "quiescencePeriod") else np.zeros(cue.size)
    return np.asarray((moved > cue - quiet) & (moved < column(trials, "response_times")))
