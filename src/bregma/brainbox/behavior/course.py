"""The course of a session: what was shown and chosen in each trial, performance and reaction times as they ran."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bregma.brainbox.arrays import Bools, Floats, as_floats, check_count
from bregma.brainbox.behavior.blocks import Blocks, find_blocks
from bregma.brainbox.behavior.durations import RESPONSE_STARTS, reaction_times
from bregma.brainbox.behavior.trials import EASY_CONTRAST, Trials, column, signed_contrast
from bregma.brainbox.results import Labelled, values

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


@dataclass(frozen=True)
class SessionCourse(Labelled):
    """A session trial after trial; every array has one value per trial.

    ``signed_contrast`` is percent, left negative; ``correct`` whether the trial was rewarded; ``reaction_time``
    seconds. ``performance`` (fraction rewarded), ``performance_easy`` (of the easy trials alone) and
    ``median_reaction_time`` are over the last ``window`` trials that have a value, up to this one; NaN before there
    are so many. ``blocks`` is None where the probability of the left stimulus is unknown.
    """

    window: int
    blocks: Blocks | None
    signed_contrast: Floats = values("trial", unit="%")
    correct: Bools = values("trial")
    reaction_time: Floats = values("trial", unit="s")
    performance: Floats = values("trial")
    performance_easy: Floats = values("trial")
    median_reaction_time: Floats = values("trial", unit="s")


def compute_session_course(trials: Trials, *, window: int = 20) -> SessionCourse:
    """Follow a session from trial to trial.

    Parameters
    ----------
    trials
        ALF attribute names to arrays: contrastLeft, contrastRight, feedbackType; probabilityLeft for blocks,
        response_times and an event that starts the trial for reaction times (unknown without them).
    window
        Trials that the running values are taken over.

    Raises
    ------
    InvalidInput
        If a column is missing, or the window is below one.
    """
    check_count("window", window)
    signed, correct = signed_contrast(trials), column(trials, "feedbackType") > 0
    rewarded = np.where(np.isnan(column(trials, "feedbackType")), np.nan, correct)
    timed = "response_times" in trials and any(name in trials for name in RESPONSE_STARTS)
    times = reaction_times(trials) if timed else np.full(signed.size, np.nan)
    return SessionCourse(
        window=window,
        blocks=_find_known_blocks(trials),
        signed_contrast=signed,
        correct=correct,
        reaction_time=times,
        performance=compute_running_mean(rewarded, window),
        performance_easy=compute_running_mean(np.where(np.abs(signed) >= EASY_CONTRAST, rewarded, np.nan), window),
        median_reaction_time=compute_running_median(times, window),
    )


def compute_running_mean(per_trial: ArrayLike, window: int = 20) -> Floats:
    """Return the mean of the last `window` known values up to each trial.

    Parameters
    ----------
    per_trial : (n_trials,) array
        Such as rewards. NaN do not count: a trial without a value repeats the result of the one before.
    window
        How many values.

    Returns
    -------
    (n_trials,) array
        NaN before there are `window` values.

    Raises
    ------
    InvalidInput
        If the window is below one.
    """
    known, runs = _last_values(per_trial, window)
    return _spread(known, runs.mean(axis=1) if runs.size else np.zeros(0), window)


def compute_running_median(per_trial: ArrayLike, window: int = 20) -> Floats:
    """Return the median of the last `window` known values up to each trial; see `compute_running_mean`."""
    known, runs = _last_values(per_trial, window)
    return _spread(known, np.median(runs, axis=1) if runs.size else np.zeros(0), window)


def _find_known_blocks(trials: Trials) -> Blocks | None:
    if "probabilityLeft" not in trials or np.isnan(column(trials, "probabilityLeft")).any():
        return None
    return find_blocks(column(trials, "probabilityLeft"))


def _last_values(per_trial: ArrayLike, window: int) -> tuple[Bools, Floats]:
    """Return which values are known, and a row of `window` known values for each that ends one."""
    check_count("window", window)
    each = as_floats("per_trial", per_trial)
    known = ~np.isnan(each)
    if known.sum() < window:
        return known, np.zeros((0, window))
    return known, np.lib.stride_tricks.sliding_window_view(each[known], window)


def _spread(known: Bools, found: Floats, window: int) -> Floats:
    """Return the result that is valid at each trial: that of the last known value up to it."""
    last = np.cumsum(known) - window
    return np.where(last >= 0, np.append(found, np.nan)[np.maximum(last, -1)], np.nan)
