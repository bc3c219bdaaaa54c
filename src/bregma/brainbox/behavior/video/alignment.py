"""How far a video is from the wheel: where the motion energy of its frames fits the speed of the wheel best."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import signal

from bregma.brainbox.arrays import (
    Floats,
    InvalidInput,
    as_floats,
    check_ascending,
    check_count,
    check_positive,
    check_same_length,
)
from bregma.brainbox.results import Labelled, axis, values

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from bregma.brainbox.behavior.video.energy import MotionEnergy
    from bregma.brainbox.behavior.wheel.resampling import Wheel

MIN_OVERLAP = 10


@dataclass(frozen=True)
class CameraLag(Labelled):
    """By how many frames a video is late.

    ``frames`` (negative: early) and ``seconds`` are where ``correlation`` is highest; ``peak`` is that highest
    correlation (Pearson's r over the overlap). ``lags`` are frames.
    """

    lags: Floats = axis("lag", unit="frames")
    correlation: Floats = values("lag")
    frames: int = 0
    seconds: float = 0.0
    peak: float = float("nan")


def align_camera_to_wheel(
    motion: MotionEnergy, camera_times: ArrayLike, wheel: Wheel, *, max_lag: int = 100
) -> CameraLag:
    """Estimate by how many frames the video of a camera that sees the wheel is late, relative to its time stamps.

    Pearson's correlation of the motion energy with the speed of the wheel, at every lag.

    Parameters
    ----------
    motion
        Of the part of the video that shows the wheel or the paws on it.
    camera_times : (n_frames,) array
        Ascending seconds of the frames that `motion` was computed from.
    wheel
        From `resample_wheel`. Where it has no samples, it is taken to stand still.
    max_lag
        Frames; the overlap at this lag has at least ten.

    Returns
    -------
    CameraLag

    Raises
    ------
    InvalidInput
        If lengths differ, times do not ascend, there are too few frames for the lag, or nothing moves.
    """
    check_count("max_lag", max_lag)
    when = as_floats("camera_times", camera_times)
    check_ascending("camera_times", when)
    check_positive("max_lag", max_lag)
    check_same_length(camera_times=when[motion.step :], energy=motion.energy)
    if motion.energy.size < max_lag + MIN_OVERLAP:
        raise InvalidInput(f"{motion.energy.size} pairs of frames are too few for max_lag of {max_lag} frames")
    middle = (when[motion.step :] + when[: -motion.step]) / 2
    speed = np.interp(middle, wheel.times, np.abs(wheel.velocity), left=0.0, right=0.0)
    if not np.ptp(speed) or not np.ptp(motion.energy):
        raise InvalidInput("neither the wheel nor the video may stand still; choose a period with movements")
    lags = np.arange(-max_lag, max_lag + 1)
    correlation = _correlate(motion.energy, speed)[lags + speed.size - 1]
    best = int(np.nanargmax(correlation))
    late = int(lags[best])
    seconds = late * float(np.median(np.diff(when)))
    return CameraLag(lags.astype(np.float64), correlation, late, seconds, float(correlation[best]))


def _correlate(one: Floats, other: Floats) -> Floats:
    """Return Pearson's r of the overlap at every lag of the first behind the second."""
    x, y = one - one.mean(), other - other.mean()
    ones = np.ones(x.size)

    def overlap(left: Floats, right: Floats) -> Floats:
        return np.asarray(signal.correlate(left, right, mode="full", method="fft"))

    n = np.round(overlap(ones, ones))
    sum_x, sum_y = overlap(x, ones), overlap(ones, y)
    shared = overlap(x, y) - sum_x * sum_y / n
    spread = (overlap(x**2, ones) - sum_x**2 / n) * (overlap(ones, y**2) - sum_y**2 / n)
    least = 1e-12 * float(x @ x) * float(y @ y)
    return np.where(spread > least, shared / np.sqrt(np.where(spread > least, spread, 1.0)), np.nan)
