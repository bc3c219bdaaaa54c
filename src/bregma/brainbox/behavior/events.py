"""Kinds of events in a session's trials, to align spikes to. Times in seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bregma.brainbox.arrays import Floats, InvalidInput, describe

if TYPE_CHECKING:
    from bregma.brainbox.behavior.trials import Trials

PREFERRED = (
    "stimOn_times",
    "goCue_times",
    "goCueTrigger_times",
    "firstMovement_times",
    "response_times",
    "feedback_times",
)
"""Events that spikes are aligned to first, in this order."""


def find_events(trials: Trials) -> dict[str, Floats]:
    """Return the times of each kind of event that the trials have.

    An event is any attribute whose name ends in ``_times``, of one number per trial, at least one of them finite.

    Parameters
    ----------
    trials
        ALF attribute names to arrays.

    Returns
    -------
    dict of str to (n_trials,) array
        By ALF name: those of `PREFERRED` first, the others in the order of their names. NaN where an event did not
        happen, or its time is unknown.
    """
    if not hasattr(trials, "keys"):
        raise InvalidInput(f"trials is {describe(trials)}; give a dict or a DataFrame, a column per attribute")
    names = sorted(str(name) for name in trials if str(name).endswith("_times"))
    order = [*(name for name in PREFERRED if name in names), *(name for name in names if name not in PREFERRED)]
    found = {name: np.asarray(trials[name]) for name in order}
    return {
        name: times.astype(np.float64)
        for name, times in found.items()
        if times.ndim == 1 and np.issubdtype(times.dtype, np.number) and np.isfinite(times).any()
    }
