"""Points of a pose: which are likely, how fast they move, when they jump.

A pose is a table as written by DeepLabCut or Lightning Pose, one row per frame: any mapping of column names to arrays
(a dict, an ``AlfBunch``, a DataFrame) with ``<point>_x``, ``<point>_y`` (pixels) and ``<point>_likelihood`` (0 to 1).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from bregma.brainbox.arrays import (
    Floats,
    InvalidInput,
    as_floats,
    check_ascending,
    check_positive,
    check_same_length,
    describe,
    is_number,
)

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

Pose: TypeAlias = Mapping[str, Any]

TONGUE = ("tongue_end_l_x", "tongue_end_l_y", "tongue_end_r_x", "tongue_end_r_y")
NOSE = ("nose_tip_y",)
JUMP = 0.25
"""Standard deviations of the step between frames above which a step is an event."""
HALF_WIDTH = 640
"""Pixels across a frame at the resolution that the IBL's published speeds are in."""


def mask_unlikely_points(pose: Pose, threshold: float = 0.9) -> dict[str, Any]:
    """Return the pose with NaN for the coordinates of points that are not likely.

    Parameters
    ----------
    pose
        A table; it is left as it is.
    threshold
        Likelihood from which a point is taken, 0 to 1. 0 takes all of them, also those of unknown likelihood; with any
        other, a NaN likelihood is unlikely.

    Returns
    -------
    dict
        Every column of the pose; coordinates are copies.

    Raises
    ------
    InvalidInput
        If the threshold is not between 0 and 1, or a likelihood has no coordinates.
    """
    if not hasattr(pose, "keys"):
        raise InvalidInput(f"pose is {describe(pose)}; give a dict or a DataFrame, a column per coordinate")
    if not (is_number(threshold) and 0 <= threshold <= 1):
        raise InvalidInput(f"threshold is {threshold}; give a likelihood from 0 (takes every point) to 1")
    masked = {str(name): pose[name] for name in pose}
    if threshold == 0:
        return masked
    for name in [name for name in masked if name.endswith("_likelihood")]:
        point = name.removesuffix("_likelihood")
        unlikely = ~(pose_column(pose, name) >= threshold)
        for coordinate in (f"{point}_x", f"{point}_y"):
            masked[coordinate] = np.where(unlikely, np.nan, pose_column(pose, coordinate))
    return masked


def compute_tracked_fractions(pose: Pose, threshold: float = 0.9) -> dict[str, float]:
    """Return, for each point of the pose, the fraction of frames in which it is likely; NaN for no frames.

    A likelihood that is NaN is unlikely. A low fraction tells of a point that is hidden, or that the tracker lost.

    Parameters
    ----------
    pose
        A table.
    threshold
        Likelihood from which a point counts as tracked.
    """
    names = [str(name) for name in pose if str(name).endswith("_likelihood")]
    likely = {name.removesuffix("_likelihood"): pose_column(pose, name) >= threshold for name in names}
    return {point: float(each.mean()) if each.size else float("nan") for point, each in likely.items()}


def compute_speed(pose: Pose, times: ArrayLike, point: str = "paw_r") -> Floats:
    """Compute the speed of a point at each frame, from the times of the frames.

    Parameters
    ----------
    pose
        A table; mask unlikely points first.
    times : (n_frames,) array
        Ascending seconds.
    point
        Such as ``paw_r``, ``nose_tip``.

    Returns
    -------
    (n_frames,) array
        Pixels of the pose per second: between the frames before and after, linearly in time; at the ends, that of the
        one step. NaN where a point next to the frame is. Empty for fewer than two frames.

    Raises
    ------
    InvalidInput
        If the pose has no such point, lengths differ, or times do not ascend.
    """
    when = _frame_times(pose, times, f"{point}_x")
    if when.size < 2:
        return np.full(when.size, np.nan)
    steps = np.diff(when)
    distance = np.hypot(np.diff(pose_column(pose, f"{point}_x")), np.diff(pose_column(pose, f"{point}_y")))
    return np.asarray(np.interp(when, when[:-1] + steps / 2, distance / steps))


def speed_at_half_resolution(pose: Pose, times: ArrayLike, frame_width: int, point: str = "paw_r") -> Floats:
    """Compute the speed of a point as the IBL published it, for comparison; see `compute_speed`.

    Pixels are those of a frame 640 wide, and every step is taken to last as long as the median one: after a lost
    frame, the speed is too high. At the ends it is extrapolated, and may be negative.

    Raises
    ------
    InvalidInput
        If the pose has no such point, lengths differ, or times do not ascend.
    """
    check_positive("frame_width", frame_width)
    when = _frame_times(pose, times, f"{point}_x")
    if when.size < 3:
        return np.full(when.size, np.nan)
    steps = np.diff(when)
    distance = np.hypot(np.diff(pose_column(pose, f"{point}_x")), np.diff(pose_column(pose, f"{point}_y")))
    between, speed = when[:-1] + steps / 2, distance * HALF_WIDTH / frame_width / np.median(steps)
    found = np.asarray(np.interp(when, between, speed))
    for end, near, far in ((0, 0, 1), (-1, -1, -2)):
        slope = (speed[far] - speed[near]) / (between[far] - between[near])
        found[end] = speed[near] + slope * (when[end] - between[near])
    return found


def find_point_events(pose: Pose, times: ArrayLike, columns: Sequence[str]) -> Floats:
    """Find the frames after which any of the columns jumps.

    A jump is a step above a quarter of the standard deviation of the steps of its column. Points that were masked as
    unlikely do not jump: their appearance is no event.

    Parameters
    ----------
    pose
        A table; mask unlikely points first.
    times : (n_frames,) array
        Ascending seconds.
    columns
        Such as ``("nose_tip_y",)``.

    Returns
    -------
    (n_events,) array
        Times of the frames before the jumps.

    Raises
    ------
    InvalidInput
        If a column is missing, lengths differ, or times do not ascend.
    """
    when = _frame_times(pose, times, *columns)
    jumps = np.zeros(max(when.size - 1, 0), dtype=np.bool_)
    for name in columns:
        steps = np.diff(pose_column(pose, name))
        known = steps[~np.isnan(steps)]
        if known.size:
            jumps |= np.abs(steps) > JUMP * known.std()
    return when[:-1][jumps] if when.size else when


def find_licks(pose: Pose, times: ArrayLike) -> Floats:
    """Find licks: frames after which an end of the tongue jumps. See `find_point_events`."""
    return find_point_events(pose, times, TONGUE)


def find_sniffs(pose: Pose, times: ArrayLike) -> Floats:
    """Find sniffs: frames after which the tip of the nose jumps up or down. See `find_point_events`."""
    return find_point_events(pose, times, NOSE)


def pose_column(pose: Pose, name: str) -> Floats:
    """Return a column of the pose, or raise `InvalidInput` with those there are."""
    if not hasattr(pose, "keys"):
        raise InvalidInput(f"pose is {describe(pose)}; give a dict or a DataFrame, a column per coordinate")
    if name not in pose:
        raise InvalidInput(f"pose has no {name!r}; it has {', '.join(sorted(map(str, pose)))}")
    column, point = as_floats(f"pose {name}", pose[name]), name.rpartition("_")[0]
    for other in (f"{point}_x", f"{point}_y", f"{point}_likelihood"):
        if other in pose and len(pose[other]) != column.size:
            raise InvalidInput(f"arrays differ in length: pose {name} {column.size}, {other} {len(pose[other])}")
    return column


def _frame_times(pose: Pose, times: ArrayLike, *columns: str) -> Floats:
    when = as_floats("times", times)
    check_same_length(times=when, **{name: pose_column(pose, name) for name in columns})
    check_ascending("times", when)
    return when
