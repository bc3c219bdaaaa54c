"""A rotary encoder's two channels, decoded into the position of the wheel.

The channels are square waves, a quarter of a period apart: which one leads says which way the wheel turns. Source of
the encodings: National Instruments, Encoder measurements (X1, X2 and X4 decoding).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bregma.brainbox.arrays import Floats, InvalidInput, as_floats, check_ascending, check_count, check_same_length
from bregma.brainbox.behavior.wheel.units import PULSES_PER_TURN, Encoding, WheelUnit

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def decode_quadrature(
    times_a: ArrayLike,
    polarities_a: ArrayLike,
    times_b: ArrayLike,
    polarities_b: ArrayLike,
    *,
    encoding: Encoding | str = Encoding.X4,
    pulses_per_turn: int = PULSES_PER_TURN,
) -> tuple[Floats, Floats]:
    """Decode the fronts of the two channels of a rotary encoder.

    X4 counts every front of both channels, X2 every front of A, X1 the fronts of A while B is low. All three come back
    to where they were when the wheel does.

    Parameters
    ----------
    times_a, times_b : (n_fronts,) arrays
        Ascending seconds of the fronts of each channel.
    polarities_a, polarities_b : (n_fronts,) arrays
        1 for a front that rises, -1 for one that falls.
    encoding
        ``X1``, ``X2`` or ``X4``.
    pulses_per_turn
        Of the encoder.

    Returns
    -------
    times, position : (n_ticks,) arrays
        Seconds, and radians after each tick; positive when A leads B.

    Raises
    ------
    InvalidInput
        If lengths differ, times do not ascend, or a polarity is neither 1 nor -1.
    """
    check_count("pulses_per_turn", pulses_per_turn)
    unit = WheelUnit("rad", encoding, pulses_per_turn)
    time_a, front_a = _as_fronts("a", times_a, polarities_a)
    time_b, front_b = _as_fronts("b", times_b, polarities_b)
    level_b = _level_at(time_a, time_b, front_b)
    if unit.encoding is Encoding.X1:
        times, steps = time_a[level_b < 0], front_a[level_b < 0]
    elif unit.encoding is Encoding.X2:
        times, steps = time_a, -level_b * front_a
    else:
        times = np.concatenate([time_a, time_b])
        steps = np.concatenate([-level_b * front_a, _level_at(time_b, time_a, front_a) * front_b])
        order = np.argsort(times, kind="stable")
        times, steps = times[order], steps[order]
    return times, np.cumsum(steps) * unit.tick


def _as_fronts(channel: str, times: ArrayLike, polarities: ArrayLike) -> tuple[Floats, Floats]:
    when, fronts = as_floats(f"times_{channel}", times), as_floats(f"polarities_{channel}", polarities)
    check_same_length(**{f"times_{channel}": when, f"polarities_{channel}": fronts})
    check_ascending(f"times_{channel}", when, repeats=True)
    if not (np.abs(fronts) == 1).all():
        raise InvalidInput(f"polarities_{channel} must be 1 (rising) or -1 (falling)")
    return when, fronts


def _level_at(moments: Floats, times: Floats, fronts: Floats) -> Floats:
    """Return the level of a channel just before each moment: before its first front, the opposite of that front."""
    if not fronts.size:
        return np.full(moments.size, -1.0)
    return np.append(-fronts[0], fronts)[np.searchsorted(times, moments)]
