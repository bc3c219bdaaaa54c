"""The pupil: its diameter from four tracked points, smoothed, and whether it can be trusted."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from bregma.brainbox.arrays import (
    Bools,
    Floats,
    InvalidInput,
    as_floats,
    check_not_negative,
    check_positive,
    check_same_length,
)
from bregma.brainbox.behavior.pose.cameras import LEFT_CAMERA, Camera
from bregma.brainbox.behavior.pose.points import Pose, pose_column
from bregma.brainbox.behavior.pose.runs import find_runs
from bregma.brainbox.behavior.pose.savgol import smooth_savgol

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

EDGES = ("top", "bottom", "left", "right")
OPPOSITE = (("top", "bottom"), ("left", "right"))
MOST_UNKNOWN = 0.9
ORDER = 3


def compute_pupil_diameter(pose: Pose) -> Floats:
    """Estimate the diameter of the pupil in each frame.

    The median of six estimates: the two distances between opposite points, and sqrt(2) times each of the four between
    neighbours, as on a circle.

    Parameters
    ----------
    pose
        With ``pupil_top_r``, ``pupil_bottom_r``, ``pupil_left_r`` and ``pupil_right_r``; mask unlikely points first.

    Returns
    -------
    (n_frames,) array
        Pixels of the pose; NaN where no two points are known.

    Raises
    ------
    InvalidInput
        If a point is missing.
    """
    points = {edge: np.stack([pose_column(pose, f"pupil_{edge}_r_{axis}") for axis in "xy"]) for edge in EDGES}
    distances = np.stack(
        [
            np.hypot(*(points[one] - points[other])) * (1.0 if (one, other) in OPPOSITE else np.sqrt(2))
            for one, other in combinations(EDGES, 2)
        ]
    )
    distances.sort(axis=0)  # NaN come last
    known = (~np.isnan(distances)).sum(axis=0)
    low, high = np.maximum(known - 1, 0) // 2, np.minimum(known // 2, len(distances) - 1)
    frames = np.arange(distances.shape[1])
    return np.asarray((distances[low, frames] + distances[high, frames]) / 2)


def smooth_pupil_diameter(
    diameter: ArrayLike, camera: Camera = LEFT_CAMERA, *, outlier_std: float = 5.0, max_gap: float = 1.0
) -> Floats:
    """Smooth the diameter of the pupil, and fill its short gaps.

    Two passes of a Savitzky-Golay filter of order 3 over the frames that are known; between them, frames that are far
    from the first pass are left out.

    Parameters
    ----------
    diameter : (n_frames,) array
        As computed, NaN where unknown.
    camera
        Its frequency and ``pupil_window``; another one is ``Camera("mine", 100.0, 640, 512, pupil_window=51)``.
    outlier_std
        Standard deviations of the difference from the first pass above which a frame is left out.
    max_gap
        Seconds. Longer gaps stay NaN, shorter ones are interpolated linearly, and continued linearly at the ends.

    Returns
    -------
    (n_frames,) array
        In the unit of the diameter.

    Raises
    ------
    InvalidInput
        If the camera has no window for the pupil, more than 90 % of the frames are unknown, or fewer are known than the
        window has.
    """
    check_not_negative("max_gap", max_gap)
    raw = as_floats("diameter", diameter)
    clean = np.where(find_pupil_outliers(raw, camera, outlier_std=outlier_std), np.nan, raw)
    smooth = _smooth_known(clean, camera.pupil_window)
    smooth[_in_long_gaps(np.isnan(clean), camera.frequency * max_gap)] = np.nan
    return smooth


def find_pupil_outliers(diameter: ArrayLike, camera: Camera = LEFT_CAMERA, *, outlier_std: float = 5.0) -> Bools:
    """Find the frames whose diameter is far from the smoothed one, and which `smooth_pupil_diameter` leaves out.

    Parameters
    ----------
    diameter, camera, outlier_std
        As for `smooth_pupil_diameter`.

    Returns
    -------
    (n_frames,) array of bool
        False where the diameter is unknown.

    Raises
    ------
    InvalidInput
        As `smooth_pupil_diameter`.
    """
    raw = as_floats("diameter", diameter)
    check_positive("outlier_std", outlier_std)
    if camera.pupil_window < 1:
        raise InvalidInput(f"camera {camera.name!r} has no pupil_window; give one that sees the pupil")
    if raw.size and np.isnan(raw).mean() > MOST_UNKNOWN:
        raise InvalidInput(f"diameter is NaN in {np.isnan(raw).mean():.0%} of its frames; too few to smooth")
    difference = raw - _smooth_known(raw, camera.pupil_window)
    known = ~np.isnan(difference)
    return np.asarray(np.abs(difference) > outlier_std * difference[known].std())


def compute_pupil_snr(raw: ArrayLike, smooth: ArrayLike) -> float:
    """Return the signal-to-noise ratio of the pupil: variance of the smoothed diameter over that of what was removed.

    The IBL leaves out recordings below 5 (left camera) or 10 (right). Frames with a NaN do not count; NaN for none.

    Raises
    ------
    InvalidInput
        If lengths differ.
    """
    noisy, clean = as_floats("raw", raw), as_floats("smooth", smooth)
    check_same_length(raw=noisy, smooth=clean)
    known = ~np.isnan(noisy - clean)
    if not known.any():
        return float("nan")
    noise = float(np.var(clean[known] - noisy[known]))
    return float(np.var(clean[known])) / noise if noise else float("inf")


def _smooth_known(values: Floats, window: int) -> Floats:
    """Return the known values smoothed, straight lines through the others, also beyond the ends."""
    frames = np.arange(values.size, dtype=np.float64)
    known = np.flatnonzero(~np.isnan(values))
    smooth = smooth_savgol(frames[known], values[known], window=window, order=ORDER)
    filled = np.asarray(np.interp(frames, frames[known], smooth))
    for outside, near, far in ((frames < known[0], 0, 1), (frames > known[-1], -1, -2)):
        slope = (smooth[far] - smooth[near]) / (known[far] - known[near])
        filled[outside] = smooth[near] + slope * (frames[outside] - known[near])
    return filled


def _in_long_gaps(unknown: Bools, longest: float) -> Bools:
    """Return which values are in a run of unknown ones longer than `longest`."""
    runs = find_runs(unknown)
    return np.repeat(runs.labels & (runs.lengths > longest), runs.lengths)
