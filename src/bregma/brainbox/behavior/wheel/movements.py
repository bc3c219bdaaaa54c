"""Movements of the wheel: when each begins and ends, how far it goes and when it is fastest.

Source: the International Brain Laboratory's detection of wheel movements. The wheel moves where its position spans more
than a threshold within a sliding window; the onset is then the last sample of that window that is still near its start.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage, signal

from bregma.brainbox.arrays import Bools, Floats, Ints, InvalidInput, as_floats, check_positive, check_same_length
from bregma.brainbox.behavior.wheel.resampling import known_samples, on_grid
from bregma.brainbox.behavior.wheel.units import (
    WheelUnit,
    check_wheel_unit,
    convert_wheel_position,
    infer_wheel_unit,
    read_wheel_unit,
)
from bregma.brainbox.results import Labelled, axis, values

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

TICK_DECIMALS = 6
"""Decimals of a tick that positions are rounded to, so that the wheel's place decides nothing."""
SMOOTHING_SAMPLES = 10
SMOOTHING_STD = 1.8
"""Samples of the Gaussian, and its standard deviation in samples, that steps are smoothed with to find the fastest."""


@dataclass(frozen=True)
class MovementCriteria:
    """What counts as a movement. Thresholds are in ticks of the encoder, whatever unit the position is in.

    The wheel moves where it spans more than ``threshold_ticks`` in ``window`` seconds, from where it leaves its
    position by more than ``onset_ticks``. Movements less than ``min_gap`` seconds apart are one; those shorter than
    ``min_duration`` seconds are none.

    A span of exactly a threshold is not above it, and durations are counted in samples. With ``published``, rounding of
    positions and times decides these cases, as it did for the movements that the IBL published.
    """

    threshold_ticks: float = 8.0
    onset_ticks: float = 1.5
    window: float = 0.2
    min_gap: float = 0.1
    min_duration: float = 0.05
    published: bool = False

    def __post_init__(self) -> None:
        check_positive("threshold_ticks", self.threshold_ticks)
        check_positive("onset_ticks", self.onset_ticks)
        check_positive("window", self.window)


@dataclass(frozen=True)
class WheelMovements(Labelled):
    """Movements in order of time; arrays of one value per movement.

    ``onsets``, ``offsets`` and ``peak_velocity_times`` are seconds. ``peak_amplitudes`` is the farthest position from
    that at the onset, signed, in ``unit``.
    """

    unit: WheelUnit
    onsets: Floats = axis("movement", unit="s")
    offsets: Floats = values("movement", unit="s")
    peak_amplitudes: Floats = values("movement")
    peak_velocity_times: Floats = values("movement", unit="s")

    @classmethod
    def from_alf(cls, intervals: ArrayLike, peak_amplitude: ArrayLike) -> WheelMovements:
        """Return the movements of ALF's ``wheelMoves``: (n_movements, 2) seconds, and radians.

        Raises
        ------
        InvalidInput
            If they differ in length. The times of peak velocity, which ALF does not always have, are NaN.
        """
        spans = np.asarray(intervals, dtype=np.float64).reshape(-1, 2)
        amplitudes = as_floats("peak_amplitude", peak_amplitude)
        check_same_length(intervals=spans, peak_amplitude=amplitudes)
        unknown = np.full(amplitudes.size, np.nan)
        return cls(WheelUnit("rad"), spans[:, 0], spans[:, 1], amplitudes, unknown)

    @property
    def intervals(self) -> Floats:
        """Onset and offset of each movement, (n_movements, 2), as in ALF's ``wheelMoves.intervals``."""
        return np.column_stack([self.onsets, self.offsets])

    @property
    def peak_amplitudes_rad(self) -> Floats:
        """The amplitudes in radians, whatever the unit."""
        return convert_wheel_position(self.peak_amplitudes, self.unit, "rad")


def find_wheel_movements(
    times: ArrayLike,
    position: ArrayLike,
    *,
    unit: WheelUnit | str | None = None,
    criteria: MovementCriteria | None = None,
    frequency: float = 1000.0,
) -> WheelMovements:
    """Find the movements of a wheel.

    Parameters
    ----------
    times, position : (n_samples,) arrays
        Strictly ascending seconds, and position. Samples with a NaN are left out. Samples as recorded are interpolated
        on a regular grid; samples on a regular grid are taken as they are.
    unit
        Of the position: a name (``"rad"``) stands for IBL's encoder and wheel. By default inferred from the size of its
        steps, which needs samples as recorded.
    criteria
        What counts as a movement; by default that of the IBL.
    frequency
        Of the grid, Hz, for samples that are not on one.

    Returns
    -------
    WheelMovements
        Empty for a wheel that stands still.

    Raises
    ------
    InvalidInput
        If lengths differ, times do not ascend, or the unit cannot be inferred or is not that of the steps.
    """
    check_positive("frequency", frequency)
    when, where = known_samples(times, position)
    rules = criteria or MovementCriteria()
    unit = None if unit is None else read_wheel_unit(unit)
    if when.size < 2 or not np.ptp(where):
        return WheelMovements(unit or WheelUnit("rad"), *(np.zeros(0) for _ in range(4)))
    if unit is None:
        unit = infer_wheel_unit(where)
    else:
        check_wheel_unit(where, unit)
    if not _is_even(when):
        when, where = on_grid(when, where, frequency)
    if rules.published:
        track, tick = where, unit.tick
    else:
        track, tick = np.round((where - where[0]) / unit.tick, TICK_DECIMALS), 1.0
    first, last = _find_spans(when, track, rules, tick)
    farthest, fastest = _find_peaks(track, first, last)
    return WheelMovements(unit, when[first], when[last], where[farthest] - where[first], when[fastest])


def _is_even(times: Floats) -> bool:
    steps = np.diff(times)
    return bool(np.ptp(steps) < 1e-3 * steps.mean())


def _find_spans(times: Floats, track: Floats, rules: MovementCriteria, tick: float) -> tuple[Ints, Ints]:
    """Return the first and last sample of each movement."""
    frequency = (times.size - 1) / (times[-1] - times[0])
    window, min_gap, min_duration = (
        round(seconds * frequency) for seconds in (rules.window, rules.min_gap, rules.min_duration)
    )
    if window < 2:
        raise InvalidInput(f"window of {rules.window} s is less than two samples at {frequency:g} Hz")
    moving = _span_ahead(track, window) > rules.threshold_ticks * tick
    # Whole samples: in differences of times rounding decides, and so the time of day.
    clock = np.arange(times.size)
    first, last = _join(*_edges(moving), clock, min_gap)
    onsets = _refine_onsets(track, first, window, rules.onset_ticks * tick)
    if rules.published:
        long = times[last] - times[onsets] >= rules.min_duration
        return _join(onsets[long], last[long], times, rules.min_gap)
    long = last - onsets >= min_duration
    return _join(onsets[long], last[long], clock, min_gap)


def _span_ahead(position: Floats, window: int) -> Floats:
    """Return how much the position spans in the window that begins at each sample."""
    origin = -(window // 2)  # the window begins at its sample, where the filters would centre it
    highest = ndimage.maximum_filter1d(position, window, mode="nearest", origin=origin)
    return np.asarray(highest - ndimage.minimum_filter1d(position, window, mode="nearest", origin=origin))


def _edges(moving: Bools) -> tuple[Ints, Ints]:
    """Return where runs of moving begin, and the first sample after each."""
    change = np.diff(moving.astype(np.int8), prepend=0, append=0)
    return np.flatnonzero(change == 1), np.minimum(np.flatnonzero(change == -1), moving.size - 1)


def _join(first: Ints, last: Ints, clock: Floats | Ints, min_gap: float) -> tuple[Ints, Ints]:
    """Make one of movements that are less than `min_gap` apart on the clock, which has the moment of each sample."""
    if not first.size:
        return first, last
    apart = clock[first[1:]] - clock[last[:-1]] >= min_gap
    return first[np.append(True, apart)], last[np.append(apart, True)]


def _refine_onsets(position: Floats, first: Ints, window: int, threshold: float) -> Ints:
    """Return the last sample of the window that begins at each sample given which is still near its start."""
    samples = np.minimum(first[:, None] + np.arange(window), position.size - 1)
    near = np.abs(position[samples] - position[first, None]) <= threshold
    return np.asarray(samples[np.arange(first.size), window - 1 - np.argmax(near[:, ::-1], axis=1)])


def _find_peaks(track: Floats, first: Ints, last: Ints) -> tuple[Ints, Ints]:
    """Return the sample of each movement that is farthest from its onset, and that where it is fastest."""
    gaussian = signal.windows.gaussian(SMOOTHING_SAMPLES, SMOOTHING_STD)
    speed = np.abs(signal.convolve(np.diff(track, prepend=track[0]), gaussian, mode="same", method="direct"))
    pairs = list(zip(first.tolist(), last.tolist(), strict=True))
    farthest = [start + np.abs(track[start:stop] - track[start]).argmax() for start, stop in pairs]
    fastest = [start + speed[start:stop].argmax() for start, stop in pairs]
    return np.array(farthest, dtype=np.int64), np.array(fastest, dtype=np.int64)
