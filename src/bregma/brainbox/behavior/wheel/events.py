"""The wheel in a trial: its first movement, the movement around an event, turns of direction, traces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bregma.brainbox.arrays import (
    Bools,
    Floats,
    Ints,
    InvalidInput,
    as_floats,
    as_intervals,
    check_ascending,
    check_not_negative,
    check_same_length,
)
from bregma.brainbox.results import Labelled, axis, values

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from bregma.brainbox.behavior.wheel.movements import WheelMovements

MIN_AMPLITUDE = 0.1
"""Radians: about a third of the way to the response threshold."""
MIN_QUIESCENCE = 0.2


@dataclass(frozen=True)
class FirstMovements(Labelled):
    """The first large movement of each trial.

    ``times`` is its onset (s), NaN where there is none; ``movement`` its place among the movements, -1 where there is
    none; ``is_final`` whether no other movement began before the feedback.
    """

    times: Floats = values("trial", unit="s")
    movement: Ints = values("trial")
    is_final: Bools = values("trial")


@dataclass(frozen=True)
class DirectionChanges(Labelled):
    """Moments when the wheel turns the other way, within movements.

    ``times`` (s) and ``samples`` (place in the trace) of the first sample in the new direction, and ``interval``, the
    place of the interval that each is in.
    """

    times: Floats = axis("change", unit="s")
    samples: Ints = values("change")
    interval: Ints = values("change")


def find_first_movements(
    movements: WheelMovements,
    go_cue_times: ArrayLike,
    feedback_times: ArrayLike,
    *,
    quiescence: ArrayLike = MIN_QUIESCENCE,
    min_amplitude: float = MIN_AMPLITUDE,
) -> FirstMovements:
    """Find the first large movement of each trial.

    Its onset is after the go cue less the quiescence period, and before the feedback. (A movement may begin before the
    cue: small ones pass the check for quiescence, and the cue follows it a moment later.)

    Parameters
    ----------
    movements
        Of the session, in any unit.
    go_cue_times, feedback_times : (n_trials,) arrays
        Seconds. A trial with a NaN has no first movement.
    quiescence : float or (n_trials,) array
        Seconds before the go cue in which a movement may begin. Longer arrays are refused.
    min_amplitude
        Least peak amplitude of a large movement, in radians.

    Raises
    ------
    InvalidInput
        If lengths differ.
    """
    cues, feedback = as_floats("go_cue_times", go_cue_times), as_floats("feedback_times", feedback_times)
    before = as_floats("quiescence", quiescence, n_dims=(0, 1))
    check_same_length(go_cue_times=cues, feedback_times=feedback)
    if before.ndim:
        check_same_length(go_cue_times=cues, quiescence=before)
    check_not_negative("min_amplitude", min_amplitude)
    start, known = cues - before, ~np.isnan(cues - before - feedback)
    large = np.flatnonzero(np.abs(movements.peak_amplitudes_rad) >= min_amplitude)
    first = np.searchsorted(movements.onsets, start, side="right")
    after = np.searchsorted(movements.onsets, feedback, side="left")
    found = np.append(large, movements.onsets.size)[np.searchsorted(large, first)]
    known &= found < after
    times = np.append(movements.onsets, np.nan)[np.where(known, found, -1)]
    return FirstMovements(times, np.where(known, found, -1), known & (found == after - 1))


def find_movement_onsets(intervals: ArrayLike, event_times: ArrayLike) -> Floats:
    """Return the onset of the movement that was going on at each event.

    Parameters
    ----------
    intervals : (n_movements, 2) array
        Onset and offset of each movement, in order of time, without overlap.
    event_times : (n_events,) array
        Seconds, in any order, such as response times.

    Returns
    -------
    (n_events,) array
        Seconds; NaN for an event that is NaN or in no movement. Onset and offset belong to the movement.

    Raises
    ------
    InvalidInput
        If the intervals are not pairs, or overlap.
    """
    spans, events = as_intervals("intervals", intervals), as_floats("event_times", event_times)
    if (np.diff(spans.ravel()) < 0).any():
        raise InvalidInput("intervals overlap or are not in order of time; sort them, and merge those that overlap")
    movement = np.searchsorted(spans[:, 0], events, side="right") - 1
    inside = (movement >= 0) & (events <= np.append(spans[:, 1], np.nan)[movement])
    return np.asarray(np.where(inside, np.append(spans[:, 0], np.nan)[movement], np.nan))


def find_direction_changes(times: ArrayLike, velocity: ArrayLike, intervals: ArrayLike) -> DirectionChanges:
    """Find where the wheel turns the other way within intervals, ends excluded.

    A stop is no change: what counts is the sign of the last velocity that was not zero.

    Parameters
    ----------
    times, velocity : (n_samples,) arrays
        Ascending seconds, and velocity in any unit, such as those of `resample_wheel`. NaN count as stops.
    intervals : (n_intervals, 2) array
        Such as movements. An interval with a NaN has no changes.

    Raises
    ------
    InvalidInput
        If lengths differ, times do not ascend, or the intervals are not pairs of a start and a later stop.
    """
    when, speed = _as_times(times), as_floats("velocity", velocity)
    check_same_length(times=when, velocity=speed)
    spans = as_intervals("intervals", intervals)
    turning = np.flatnonzero(np.nan_to_num(speed))
    changes = turning[1:][np.diff(np.sign(speed[turning])) != 0]
    first, after = _between(when[changes], spans[:, 0], spans[:, 1])
    counts = np.maximum(after - first, 0)
    interval = np.repeat(np.arange(spans.shape[0]), counts)
    within = np.arange(interval.size) - np.repeat(np.cumsum(counts) - counts, counts)
    samples = changes[first[interval] + within]
    return DirectionChanges(when[samples], samples, interval)


def traces_by_trial(times: ArrayLike, *traces: ArrayLike, start: ArrayLike, end: ArrayLike) -> list[tuple[Floats, ...]]:
    """Cut traces, such as position and velocity, into trials.

    Parameters
    ----------
    times : (n_samples,) array
        Ascending seconds.
    *traces : (n_samples,) arrays
        One value per time.
    start, end : (n_trials,) arrays
        Seconds, both excluded, in any order. A trial with a NaN is empty.

    Returns
    -------
    list of tuple
        Per trial the times and every trace. They are views: copy one before you change it.

    Raises
    ------
    InvalidInput
        If lengths differ or times do not ascend.
    """
    when = _as_times(times)
    columns = (when, *(as_floats(f"trace {number}", trace) for number, trace in enumerate(traces)))
    check_same_length(**{"times" if not number else f"trace {number}": trace for number, trace in enumerate(columns)})
    starts, ends = as_floats("start", start), as_floats("end", end)
    check_same_length(start=starts, end=ends)
    first, after = _between(when, starts, ends)
    pairs = zip(first.tolist(), after.tolist(), strict=True)
    return [tuple(column[begin:stop] for column in columns) for begin, stop in pairs]


def _between(times: Floats, start: Floats, end: Floats) -> tuple[Ints, Ints]:
    """Return the first sample after each start and the first not before each end; the same where there is none."""
    first = np.searchsorted(times, start, side="right")
    return first, np.where(np.isnan(end), first, np.maximum(np.searchsorted(times, end, side="left"), first))


def _as_times(times: ArrayLike) -> Floats:
    when = as_floats("times", times)
    check_ascending("times", when, repeats=True)
    return when
