"""The wheel from the lines that the rotary encoder's module wrote: times on the Bpod's clock, position in radians.

The task sets the encoder to zero many times a trial. A step to zero is such a reset, and no movement, when it is
longer than one tick or happens when the task says it reset the encoder; the position returned runs on through it. (The
reference extractor takes every arrival at zero in older files for a reset and so loses a tick each time the wheel
passes there.)
"""

from __future__ import annotations

from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bregma.pipelines.errors import InvalidRecording
from bregma.pipelines.extraction.trials import Trial, parse_trials, state_starts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

TICKS_PER_TURN = 1024
COUNTER_WRAP = 2**32
"""The encoder counts microseconds in 32 bits: it starts again after 71.6 minutes."""
SLOWEST_MICROSECONDS = 1e5
"""Counts per second of the computer's clock below which the encoder counts milliseconds, as old firmware did."""
RESPONSE_EVENT = 3
"""Number of the event that the state machine sends to the encoder when the response period begins."""
RESET_STATES = ("reset_rotary_encoder", "reset2_rotary_encoder")
MAX_CLOCK_JUMP = 0.1
RESET_SECONDS = 0.002


@dataclass(frozen=True)
class Wheel:
    """Position of the wheel: ``timestamps`` (s, strictly increasing) and ``position`` (rad), one value per sample.

    Counter-clockwise, as seen by the mouse, is positive. Between samples the wheel is still.
    """

    timestamps: NDArray[np.float64]
    position: NDArray[np.float64]


def extract_wheel(positions: Iterable[str], events: Iterable[str], trials: Iterable[str] | Iterable[Trial]) -> Wheel:
    """Extract the wheel's position.

    Parameters
    ----------
    positions, events
        Lines of ``encoderPositions.raw.ssv`` and ``encoderEvents.raw.ssv``, of either generation. Lines that cannot be
        read are left out.
    trials
        Lines of ``taskData.raw.jsonable``, or what `read_task_data` made of them: they hold the same events on the
        Bpod's clock.

    Returns
    -------
    Wheel
        Empty when the encoder recorded nothing.

    Raises
    ------
    InvalidRecording
        If the encoder's clock cannot be aligned to the Bpod's: no response period is in both files.
    """
    parsed = parse_trials(trials)
    ticks, scale = _read(positions, value_column=2)
    if ticks.empty:
        return Wheel(np.zeros(0), np.zeros(0))
    responses = state_starts(parsed, "closed_loop")
    times = _align(ticks["time"].to_numpy() * scale, _response_events(events, scale), responses)
    resets = np.concatenate([state_starts(parsed, name, every=True) for name in RESET_STATES])
    moved = run_on(ticks["value"].to_numpy(), times, resets)
    last = np.append(np.diff(times) > 0, True)
    return Wheel(times[last], -moved[last] * 2 * np.pi / TICKS_PER_TURN)


def run_on(ticks: NDArray[np.float64], times: NDArray[np.float64], resets: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the position in ticks without the jumps where the encoder was set to zero or passed half a turn.

    Parameters
    ----------
    ticks, times : (n_samples,) arrays
        Position as recorded, -512 to 512, and when.
    resets : (n_resets,) array
        When the task set the encoder to zero; NaN are left out.
    """
    steps = np.diff(ticks)
    half = TICKS_PER_TURN // 2
    steps = np.where(np.abs(steps) > half, steps - np.sign(steps) * TICKS_PER_TURN, steps)
    to_zero = ticks[1:] == 0
    steps[to_zero & ((np.abs(steps) > 1) | _near(times[1:], resets))] = 0
    return np.asarray(ticks[0] + np.concatenate([[0.0], np.cumsum(steps)]))


def _near(times: NDArray[np.float64], moments: NDArray[np.float64]) -> NDArray[np.bool_]:
    known = np.sort(moments[~np.isnan(moments)])
    if not known.size:
        return np.zeros(times.size, dtype=np.bool_)
    after = np.clip(np.searchsorted(known, times), 1, max(known.size - 1, 1))
    distance = np.minimum(np.abs(times - known[after - 1]), np.abs(times - known[np.minimum(after, known.size - 1)]))
    return np.asarray(distance <= RESET_SECONDS)


def _read(lines: Iterable[str], *, value_column: int) -> tuple[pd.DataFrame, float]:
    """Return the columns time (counts, running on where the counter starts again) and value, and seconds per count.

    Older lines are ``Position TIME VALUE DATE`` and ``Event TIME SOURCE VALUE DATE`` (`value_column` counts from 0),
    later ones ``TIME VALUE``.
    """
    text = "\n".join(line.strip() for line in lines)
    if not text.strip():
        return pd.DataFrame({"time": np.zeros(0), "value": np.zeros(0)}), 1e-6
    table = pd.read_csv(StringIO(text), sep=" ", header=None, names=range(5), dtype=str, on_bad_lines="skip")
    old = table[0].isin(["Position", "Event"])
    time = pd.to_numeric(table[1].where(old, table[0]), errors="coerce")
    value = pd.to_numeric(table[value_column].where(old, table[1]), errors="coerce")
    found = pd.DataFrame({"time": time, "value": value, "date": table[value_column + 1].where(old)})
    found = found.dropna(subset=["time", "value"]).reset_index(drop=True)
    found["time"] = _unwrap(found["time"].to_numpy(dtype=np.float64))
    found = found[_in_order(found["time"].to_numpy())].reset_index(drop=True)
    return found[["time", "value"]], _seconds_per_count(found)


def _unwrap(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    wraps = np.cumsum(np.diff(counts, prepend=counts[:1]) < -COUNTER_WRAP / 2)
    return np.asarray(counts + wraps * COUNTER_WRAP)


def _seconds_per_count(found: pd.DataFrame) -> float:
    """Return 1e-6, or 1e-3 where the counter runs a thousand times slower than microseconds would."""
    dates = pd.to_datetime(found["date"], errors="coerce", utc=True, format="ISO8601")
    clock = dates.diff().dt.total_seconds().to_numpy()
    counted = found["time"].diff().to_numpy()
    forward = (clock > 0) & (counted > 0)
    if not forward.any():
        return 1e-6
    return 1e-3 if np.median(counted[forward] / clock[forward]) < SLOWEST_MICROSECONDS else 1e-6


def _in_order(times: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Choose the samples whose times do not go back, without those left over from before the start."""
    not_after_later = times <= np.minimum.accumulate(times[::-1])[::-1]
    not_before_earlier = times >= np.maximum.accumulate(times)
    return not_after_later if not_after_later.sum() >= not_before_earlier.sum() else not_before_earlier


def _response_events(events: Iterable[str], scale: float) -> NDArray[np.float64]:
    found, _ = _read(events, value_column=3)
    return np.asarray(found["time"][found["value"] == RESPONSE_EVENT].to_numpy(dtype=np.float64) * scale)


def _align(times: NDArray[np.float64], encoder: NDArray[np.float64], bpod: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return times of the encoder's clock on the Bpod's: straight lines between the response periods in both."""
    n_shared = min(encoder.size, bpod.size)
    encoder, bpod = encoder[:n_shared], bpod[:n_shared]
    known = ~np.isnan(bpod)
    encoder, bpod = encoder[known], bpod[known]
    if not encoder.size:
        raise InvalidRecording("no response period is in both the task data and the encoder's events; cannot align")
    jumps = np.flatnonzero(np.abs(np.diff(encoder) - np.diff(bpod)) > MAX_CLOCK_JUMP)
    n_agree = int(jumps[0]) + 1 if jumps.size else encoder.size
    encoder, bpod = encoder[:n_agree], bpod[:n_agree]
    if encoder.size == 1:
        return np.asarray(times - encoder[0] + bpod[0])
    piece = np.clip(np.searchsorted(encoder, times) - 1, 0, encoder.size - 2)
    slope = np.diff(bpod) / np.diff(encoder)
    return np.asarray(bpod[piece] + (times - encoder[piece]) * slope[piece])
