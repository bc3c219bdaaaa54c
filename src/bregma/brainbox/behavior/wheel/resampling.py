"""The wheel between its samples: position on a regular grid, velocity and acceleration. Radians and seconds."""

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

FILTER_ORDER = 8
PADDING_PERIODS = 20


@dataclass(frozen=True)
class Wheel(Labelled):
    """The wheel on a regular grid; arrays of one value per sample.

    ``times`` (s), ``position`` (in the unit given, radians in ALF files), ``velocity`` (per second) and
    ``acceleration`` (per second squared), all 64-bit: 32 bits would make times jitter after an hour.
    """

    times: Floats = axis("time", unit="s")
    position: Floats = values("time")
    velocity: Floats = values("time")
    acceleration: Floats = values("time")


def resample_wheel(
    times: ArrayLike,
    position: ArrayLike,
    *,
    frequency: float = 1000.0,
    corner: float = 20.0,
    fill_gaps: float | None = None,
) -> Wheel:
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
    fill_gaps
        Where samples are this many seconds apart or more, the wheel is taken to stand still until the later sample,
        instead of turning slowly between the two. By default nowhere.

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
    _check_corner(corner, frequency)
    when, where = known_samples(times, position)
    if when.size < 2:
        return Wheel(*(np.zeros(0) for _ in range(4)))
    grid, resampled = on_grid(when, where, frequency, fill_gaps)
    velocity = _differentiate(_filter(resampled, corner, frequency), frequency)
    return Wheel(grid, resampled, velocity, _differentiate(velocity, frequency))


def velocity_filtered(
    position: ArrayLike, frequency: float, *, corner: float = 20.0, order: int = 8
) -> tuple[Floats, Floats]:
    """Compute velocity and acceleration as the IBL does: by backward differences, which lag by half a sample.

    `resample_wheel` has no lag; this one is for comparison with published values.

    Parameters
    ----------
    position : (n_samples,) array
        On a regular grid, without NaN.
    frequency, corner
        Of the grid and of the Butterworth filter, Hz.
    order
        Of the filter.

    Returns
    -------
    velocity, acceleration : (n_samples,) arrays
        Per second and per second squared. The first value is 0.

    Raises
    ------
    InvalidInput
        If the corner is not below half the frequency, a position is NaN, or there are too few to filter.
    """
    _check_corner(corner, frequency)
    check_count("order", order)
    where = as_floats("position", position)
    if not np.isfinite(where).all():
        raise InvalidInput("position has NaN or infinity; leave those samples out and resample")
    sections = signal.butter(order, corner, fs=frequency, output="sos")
    try:
        filtered = np.asarray(signal.sosfiltfilt(sections, where), dtype=np.float64)
    except ValueError as error:
        raise InvalidInput(f"position has {where.size} samples, too few for a filter of order {order}") from error
    velocity = np.diff(filtered, prepend=filtered[0]) * frequency
    return velocity, np.diff(velocity, prepend=0.0) * frequency


def known_samples(times: ArrayLike, position: ArrayLike) -> tuple[Floats, Floats]:
    """Return the samples without a NaN, or raise `InvalidInput` where their times do not ascend."""
    when, where = as_floats("times", times), as_floats("position", position)
    check_same_length(times=when, position=where)
    known = np.isfinite(when) & np.isfinite(where)
    if not known.all():
        when, where = when[known], where[known]
    check_ascending("times", when)
    return when, where


def on_grid(times: Floats, position: Floats, frequency: float, fill_gaps: float | None = None) -> tuple[Floats, Floats]:
    """Return a regular grid from the first to the last sample, and the position interpolated on it."""
    check_positive("frequency", frequency)
    grid = times[0] + np.arange(int((times[-1] - times[0]) * frequency) + 1) / frequency
    resampled = np.interp(grid, times, position)
    if fill_gaps is not None:
        check_positive("fill_gaps", fill_gaps)
        before = np.minimum(np.searchsorted(times, grid, side="right") - 1, times.size - 2)
        held = (np.diff(times) >= fill_gaps)[before] & (grid < times[before + 1])
        resampled[held] = position[before[held]]
    return grid, resampled


def _check_corner(corner: float, frequency: float) -> None:
    check_positive("frequency", frequency)
    check_positive("corner", corner)
    if not 0 < corner < frequency / 2:
        raise InvalidInput(f"corner of {corner} Hz is not between 0 and half of {frequency} Hz")


def _filter(values: Floats, corner: float, frequency: float) -> Floats:
    sections = signal.butter(FILTER_ORDER, corner, fs=frequency, output="sos")
    # The filter rings for several periods of its corner: scipy's default padding would bend the ends.
    padding = min(int(PADDING_PERIODS * frequency / corner), values.size - 1)
    return np.asarray(signal.sosfiltfilt(sections, values, padlen=padding), dtype=np.float64)


def _differentiate(values: Floats, frequency: float) -> Floats:
    if values.size < 2:
        return np.zeros(values.size)
    return np.asarray(np.gradient(values) * frequency, dtype=np.float64)
