"""What a session looks like at a glance: choices and reaction times block by block, and its course."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bregma.brainbox.behavior.course import SessionCourse, compute_session_course
from bregma.brainbox.behavior.durations import ReactionTimes, compute_reaction_times
from bregma.brainbox.behavior.psychometric.fitting import Psychometric, compute_psychometric
from bregma.brainbox.behavior.trials import Trials, column
from bregma.brainbox.results import Concise

MOST_BLOCKS = 3


@dataclass(frozen=True)
class SessionSummary(Concise):
    """A session at a glance.

    ``psychometrics`` and ``reaction_times`` have one entry per kind of block, ascending in the probability of a
    stimulus on the left; or one of all trials (its ``block`` is None) where there is one kind, or more than three as
    in the debiasing of training. ``reaction_times`` is empty where they are unknown.
    """

    psychometrics: tuple[Psychometric, ...]
    reaction_times: tuple[ReactionTimes, ...]
    course: SessionCourse


def summarize_session(trials: Trials, *, window: int = 20) -> SessionSummary:
    """Summarize the behaviour in a session.

    Parameters
    ----------
    trials
        ALF attribute names to arrays, as for `compute_psychometric` and `compute_session_course`.
    window
        Trials that the running values of the course are taken over.

    Raises
    ------
    InvalidInput
        If a column is missing, or the window is below one.
    """
    course = compute_session_course(trials, window=window)
    blocks = _list_blocks(trials)
    timed = bool(np.isfinite(course.reaction_time).any())
    return SessionSummary(
        psychometrics=tuple(compute_psychometric(trials, block) for block in blocks),
        reaction_times=tuple(compute_reaction_times(trials, block) for block in blocks) if timed else (),
        course=course,
    )


def _list_blocks(trials: Trials) -> list[float | None]:
    if "probabilityLeft" not in trials:
        return [None]
    p = np.unique(np.round(column(trials, "probabilityLeft"), 6))
    known = p[~np.isnan(p)].tolist()
    return known if 1 < len(known) <= MOST_BLOCKS else [None]
