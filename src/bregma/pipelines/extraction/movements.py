"""Movements of the wheel, and the first one of each trial, from what was extracted of wheel and trials."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bregma.brainbox.behavior.wheel.events import FirstMovements, find_first_movements
from bregma.brainbox.behavior.wheel.movements import WheelMovements, find_wheel_movements
from bregma.brainbox.behavior.wheel.units import Encoding, WheelUnit

if TYPE_CHECKING:
    import pandas as pd

    from bregma.pipelines.extraction.wheel import Wheel

ENCODER_UNIT = WheelUnit("rad", Encoding.X1)
"""The rotary encoder's module counts one tick per pulse."""


def extract_movements(wheel: Wheel, trials: pd.DataFrame) -> tuple[WheelMovements, FirstMovements]:
    """Find the movements of the wheel, for ALF's ``wheelMoves``, and the first large one of each trial.

    Parameters
    ----------
    wheel
        From `extract_wheel`.
    trials
        From `extract_trials`: ``goCue_times`` and ``feedback_times``.

    Returns
    -------
    movements, first
        ``first.times`` are ALF's ``trials.firstMovement_times``.
    """
    movements = find_wheel_movements(wheel.timestamps, wheel.position, unit=ENCODER_UNIT)
    return movements, find_first_movements(movements, trials["goCue_times"], trials["feedback_times"])
