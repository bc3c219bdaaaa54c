"""The wheel between its samples: position on a regular grid, velocity and acceleration. Radians and seconds."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import signal

from bregma.brainbox.arrays import Floats, InvalidInput, as_floats, check_positive, check_same_length

FILTER_ORDER = 8
PADDING_PERIODS = 20


@dataclass(frozen=True)
class Wheel:
    """The wheel on a regular grid; arrays of one value per sample.

    ``times`` (s), ``position`` (in the unit given, radians in ALF files), ``velocity`` (per second) and
    ``acceleration`` (per second squared), all 64-bit: 32 bits would make times jitter after an hour.
    """

    times: Floats
    position: Floats
    velocity: Floats
    acceleration: Floats


def resample_wheel(times: ArrayLike, position: ArrayLike, *, frequency: float = 1000.0, corner: float = 20.0) -> Wheel:
    """Resample the wheel by linear interpolation, and compute its velocity and acceleration.

    Parameters
    ----------
    times, position : (n_samples,) arrays
        Strictly ascending seconds, and position. Samples with a NaN are left out.
    frequency
        Of the grid, Hz.
    corner
        Corner frequency of the low-pass filter that velocity and acceleration are taken after, Hz: a Butterworth
        filter of order 8, run forward and backward, so that it shifts nothing in time.

    Returns
    -------
    Wheel
        Of no samples when fewer than two are known. Velocity is a central difference: unlike a backward one it
        does not lag by half a sample.

    Raises
    ------
    InvalidInput
        If lengths differ, times do not ascend, or the corner is not below half the frequency.
    """
    when, where = as_floats("times", times), as_floats("position", position)
    check_same_length(times=when, position=where)
    check_positive("frequency", frequency)
    if not 0 < corner < frequency / 2:
        raise InvalidInput(f"corner of {corner} Hz is not between 0 and half of {frequency} Hz")
    known = np.isfinite(when) & np.isfinite(where)
    when, where = when[known], where[known]
    if (np.diff(when) <= 0).any():
        raise InvalidInput(f"wheel times do not ascend at sample {int(np.argmax(np.diff(when) <= 0)) + 1}")
    if when.size < 2:
        return Wheel(*(np.zeros(0) for _ in range(4)))
    grid = when[0] + np.arange(int((when[-1] - when[0]) * frequency) + 1) / frequency
    resampled = np.interp(grid, when, where)
    velocity = _differentiate(_filter(resampled, corner, frequency), frequency)
    return Wheel(grid, resampled, velocity, _differentiate(velocity, frequency))


def _filter(values: Floats, corner: float, frequency: float) -> Floats:
    sections = signal.butter(FILTER_ORDER, corner, fs=frequency, output="sos")
    # The filter rings for several periods of its corner: scipy's default padding would bend the ends.
    padding = min(int(PADDING_PERIODS * frequency / corner), values.size - 1)
    return np.asarray(signal.sosfiltfilt(sections, values, padlen=padding), dtype=np.float64)


def _differentiate(values: Floats, frequency: float) -> Floats:
    if values.size < 2:
        return np.zeros(values.size)
    return np.asarray(np.gradient(values) * frequency, dtype=np.float64)
