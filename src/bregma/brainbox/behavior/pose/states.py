"""States of a paw: still, moving, turning the wheel, grooming; how long each lasts, and where one follows another."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any

import numpy as np

from bregma.brainbox.arrays import (
    Floats,
    Ints,
    as_floats,
    as_ids,
    check_ascending,
    check_count,
    check_same_length,
)
from bregma.brainbox.behavior.pose.points import pose_column
from bregma.brainbox.behavior.pose.runs import find_runs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike

SILENCE = 5
"""Frames on each side of a transition whose state is uncertain."""
MIN_FRAMES = 10


class PawState(IntEnum):
    """What a paw does. The numbers are the order of the classifier's columns; a frame without an answer is UNKNOWN."""

    UNKNOWN = -1
    BACKGROUND = 0
    STILL = 1
    MOVE = 2
    WHEEL_TURN = 3
    GROOM = 4


def classify_paw_states(probabilities: Mapping[str, Any], paw: str = "paw_r") -> Ints:
    """Return the most probable state of a paw in each frame.

    Parameters
    ----------
    probabilities
        A table as in ALF's ``pawstates``: columns ``<paw>_still``, ``<paw>_move``, ``<paw>_wheel_turn``,
        ``<paw>_groom`` and ``<paw>_background``, one row per frame.
    paw
        ``paw_l`` or ``paw_r``.

    Returns
    -------
    (n_frames,) array
        Of `PawState`; UNKNOWN where a probability is NaN.

    Raises
    ------
    InvalidInput
        If a column is missing.
    """
    states = [state for state in PawState if state is not PawState.UNKNOWN]
    columns = {f"{paw}_{state.name.lower()}": state for state in states}
    found = {name: pose_column(probabilities, name) for name in columns}
    check_same_length(**found)
    table = np.stack(list(found.values()))
    best = np.argmax(np.nan_to_num(table, nan=-1.0), axis=0)
    return np.where(np.isnan(table).any(axis=0), int(PawState.UNKNOWN), best)


def silence_transitions(states: ArrayLike, *, half_window: int = SILENCE) -> Ints:
    """Give frames around each transition the state that was certain before it.

    Parameters
    ----------
    states : (n_frames,) array
        Whole numbers.
    half_window
        Frames before and after the first frame of a new state that are uncertain.

    Returns
    -------
    (n_frames,) array
        Short excursions vanish. Frames at the start, with none certain before, take the first state.

    Raises
    ------
    InvalidInput
        If the half window is negative.
    """
    each = as_ids("states", states)
    check_count("half_window", half_window, least=0)
    first = find_runs(each).starts[1:]
    edges = np.zeros(each.size + 1, dtype=np.int64)
    np.add.at(edges, np.maximum(first - half_window, 0), 1)
    np.add.at(edges, np.minimum(first + half_window + 1, each.size), -1)
    certain = np.where(np.cumsum(edges[:-1]) == 0, np.arange(each.size), 0)
    return np.asarray(each[np.maximum.accumulate(certain)] if each.size else each)


def compute_state_durations(states: ArrayLike, times: ArrayLike) -> tuple[Ints, Floats]:
    """Compute how long each run of a state lasts.

    Parameters
    ----------
    states, times : (n_frames,) arrays
        Whole numbers, and ascending seconds.

    Returns
    -------
    states, durations : (n_runs,) arrays
        In order of time; seconds until the first frame of the next run. The last frame lasts as long as the median one.

    Raises
    ------
    InvalidInput
        If lengths differ or times do not ascend.
    """
    each, when = as_ids("states", states), as_floats("times", times)
    check_same_length(states=each, times=when)
    check_ascending("times", when)
    runs = find_runs(each)
    frame = float(np.median(np.diff(when))) if when.size > 1 else 0.0
    edges = np.append(when[runs.starts], when[-1:] + frame)
    return runs.labels, np.diff(edges) if when.size else np.zeros(0)


def find_state_transitions(states: ArrayLike, before: int, after: int, *, min_frames: int = MIN_FRAMES) -> Ints:
    """Return the first frame of every run of one state that directly follows a run of another.

    Parameters
    ----------
    states : (n_frames,) array
        Whole numbers, such as `PawState`.
    before, after
        States, such as ``PawState.STILL`` and ``PawState.WHEEL_TURN``.
    min_frames
        Both runs have at least as many frames.
    """
    for name, state in (("before", before), ("after", after)):
        check_count(name, state, least=int(PawState.UNKNOWN))
    check_count("min_frames", min_frames, least=0)
    runs = find_runs(as_ids("states", states))
    long = runs.lengths >= min_frames
    follows = (runs.labels[:-1] == before) & (runs.labels[1:] == after) & long[:-1] & long[1:]
    return np.asarray(runs.starts[1:][follows])
