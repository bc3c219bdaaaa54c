"""The unit of a wheel's position: what one tick of the rotary encoder is in it, and how to change it.

A rotary encoder sends pulses on two channels. X1 decoding counts one tick per pulse, X2 two and X4 four. IBL's encoder
has 1024 pulses per turn; its wheel is 6.2 cm wide. ALF files hold radians; older ones centimetres of the rim.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from math import pi, tau
from typing import TYPE_CHECKING

import numpy as np

from bregma.brainbox.arrays import Floats, InvalidInput, as_floats, check_positive, describe

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

PULSES_PER_TURN = 1024
WHEEL_DIAMETER_CM = 6.2
TOLERANCE = 0.05
"""How far a step may be from a whole number of ticks, in ticks."""
ENOUGH_STEPS = 100_000
"""Steps that tell the unit as well as all of them."""
NEEDED = 0.9
"""Part of all steps that must be whole numbers of ticks."""


class Encoding(Enum):
    """How many ticks a pulse of the encoder gives."""

    X1 = 1
    X2 = 2
    X4 = 4


@dataclass(frozen=True)
class WheelUnit:
    """What the numbers of a wheel's position mean.

    Parameters
    ----------
    name
        ``rad``, ``deg``, ``cm`` (of the rim) or ``ticks``.
    encoding
        ``X1``, ``X2`` or ``X4``, also as text.
    pulses_per_turn, diameter_cm
        Of the encoder and the wheel.

    Raises
    ------
    InvalidInput
        If the name or the encoding is none of these.
    """

    name: str
    encoding: Encoding | str = Encoding.X4
    pulses_per_turn: int = PULSES_PER_TURN
    diameter_cm: float = WHEEL_DIAMETER_CM

    def __post_init__(self) -> None:
        if self.name not in ("rad", "deg", "cm", "ticks"):
            raise InvalidInput(f"wheel unit {self.name!r} is unknown; give rad, deg, cm or ticks")
        if not isinstance(self.encoding, Encoding):
            if self.encoding not in Encoding.__members__:
                raise InvalidInput(f"encoding {self.encoding!r} is unknown; give X1, X2 or X4")
            object.__setattr__(self, "encoding", Encoding[self.encoding])
        check_positive("pulses_per_turn", self.pulses_per_turn)
        check_positive("diameter_cm", self.diameter_cm)

    @property
    def ticks_per_turn(self) -> int:
        """Ticks that the encoder counts in one turn, such as 4096."""
        assert isinstance(self.encoding, Encoding)
        return self.pulses_per_turn * self.encoding.value

    @property
    def turn(self) -> float:
        """One turn of the wheel in this unit."""
        turns = {"rad": tau, "deg": 360.0, "cm": pi * self.diameter_cm, "ticks": float(self.ticks_per_turn)}
        return turns[self.name]

    @property
    def tick(self) -> float:
        """One tick of the encoder in this unit."""
        return self.turn / self.ticks_per_turn


KNOWN_UNITS = tuple(
    WheelUnit(name, encoding) for name in ("rad", "cm", "deg", "ticks") for encoding in ("X1", "X2", "X4")
)


def infer_wheel_unit(position: ArrayLike) -> WheelUnit:
    """Infer unit and encoding of a wheel's position as recorded by IBL's encoder.

    The steps between samples are whole numbers of ticks, and many are a single one. Steps of 1 are ticks of unknown
    encoding, taken for X4.

    Parameters
    ----------
    position : (n_samples,) array
        As recorded: positions on a regular grid between the samples have lost their steps. NaN are left out.

    Raises
    ------
    InvalidInput
        If no unit fits the steps; name the unit then.
    """
    steps = position_steps(position)
    for unit in KNOWN_UNITS:
        if fits_steps(unit, steps):
            return unit
    raise InvalidInput(
        "cannot infer the unit of position: its steps are no whole numbers of ticks of any unit. "
        "Give the samples as recorded, or name the unit, such as unit='rad'"
    )


def read_wheel_unit(unit: WheelUnit | str, *, name: str = "unit") -> WheelUnit:
    """Return the unit; a name alone stands for IBL's encoder and wheel. `name` is that of the argument, for errors."""
    if not isinstance(unit, WheelUnit | str):
        raise InvalidInput(f"{name} is {describe(unit)}; give rad, deg, cm, ticks or a WheelUnit")
    return WheelUnit(unit) if isinstance(unit, str) else unit


def check_wheel_unit(position: ArrayLike, unit: WheelUnit) -> None:
    """Raise `InvalidInput` when the steps of the position show that it is in another unit than the one named."""
    steps = position_steps(position)
    others = [known for known in KNOWN_UNITS if known.name != unit.name and fits_steps(known, steps)]
    if others and not fits_steps(unit, steps):
        raise InvalidInput(f"position is said to be in {unit.name}, but its steps are those of {others[0].name}")
    if unit.name == "ticks" and steps.size and _part_whole(as_floats("position", position)) < 1 - NEEDED:
        raise InvalidInput("position is said to be in ticks, but holds few whole numbers; name its unit (rad, cm, deg)")


def convert_wheel_position(position: ArrayLike, unit: WheelUnit | str, to: WheelUnit | str = "rad") -> Floats:
    """Convert positions, or amplitudes, from one unit to another.

    Parameters
    ----------
    position : (n_samples,) array
        In `unit`. NaN stay NaN.
    unit, to
        Units from and to which to convert. A name alone stands for IBL's encoder and wheel, or those of the other.

    Examples
    --------
    >>> convert_wheel_position([1.0], "cm", "rad")
    array([0.32258065])
    """
    unit = read_wheel_unit(unit)
    same_wheel = WheelUnit(to, unit.encoding, unit.pulses_per_turn, unit.diameter_cm) if isinstance(to, str) else to
    aim = read_wheel_unit(same_wheel, name="to")
    return as_floats("position", position) * (aim.turn / unit.turn)


def position_steps(position: ArrayLike) -> Floats:
    """Return the sizes of steps between samples that are no rounding errors: all, or many spread over the session."""
    where = as_floats("position", position)
    where = where[np.isfinite(where)]
    if where.size < 2:
        return np.zeros(0)
    steps = np.abs(np.diff(where))
    steps = steps[steps > 1e-9 * max(1.0, np.abs(where).max())]
    return np.asarray(steps[:: steps.size // ENOUGH_STEPS + 1])


def _part_whole(position: Floats) -> float:
    """Return the part of whole numbers, but for zeros: those are whole in every unit."""
    away = position[position != 0]
    return float((away == np.round(away)).mean()) if away.size else 1.0


def fits_steps(unit: WheelUnit, steps: Floats) -> bool:
    """Return whether nearly all steps are whole numbers of the unit's ticks, and the small ones a single tick."""
    if not steps.size:
        return False
    ticks = steps / unit.tick
    whole = np.abs(ticks - np.round(ticks)) < TOLERANCE
    return bool(whole.mean() >= NEEDED and abs(np.quantile(ticks, 1 - NEEDED) - 1) < TOLERANCE)
