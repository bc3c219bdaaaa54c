"""Which trials to look at, and in which order: masks, groups, and the places that divide a sorted raster."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from bregma.brainbox.arrays import Bools, Floats, Ints, InvalidInput, as_floats, read_choice
from bregma.brainbox.behavior.trials import Trials, column, signed_contrast
from bregma.brainbox.results import Concise

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike


class Side(StrEnum):
    """Sides of the stimulus."""

    ALL = "all"
    LEFT = "left"
    RIGHT = "right"


class Outcome(StrEnum):
    """Outcomes of the choice."""

    ALL = "all"
    CORRECT = "correct"
    INCORRECT = "incorrect"


class Sort(StrEnum):
    """What trials are grouped by: nothing, outcome, side, or both, with the names of the reference."""

    IDX = "idx"
    CHOICE = "choice"
    SIDE = "side"
    CHOICE_AND_SIDE = "choice and side"


@dataclass(frozen=True)
class TrialOrder(Concise):
    """Trials in the order of a raster's rows, group after group.

    ``trial_ids`` are numbers of trials, from 0. ``groups`` names those of each group (``left_correct``, ``incorrect``,
    ``right`` or ``all``); ``dividers`` are the rows at which a new group begins, the first left out.
    """

    trial_ids: Ints
    dividers: Ints
    groups: Mapping[str, Ints]


def select_trials(
    trials: Trials,
    *,
    side: Side | str = Side.ALL,
    choice: Outcome | str = Outcome.ALL,
    contrasts: Sequence[float] | None = None,
    event: str | None = None,
) -> Bools:
    """Return which trials have this stimulus, this outcome, and this event.

    Parameters
    ----------
    trials
        ALF attribute names to arrays.
    side
        Of the stimulus: ``left``, ``right`` or ``all``. A zero contrast too has the side on which it would be rewarded.
    choice
        ``correct``, ``incorrect`` or ``all``.
    contrasts
        Contrasts in percent, without sign; all by default.
    event
        An attribute, such as ``stimOn_times``, that must be known.

    Returns
    -------
    (n_trials,) array of bool
        False wherever the stimulus or the outcome (a feedback of 1 or -1) is unknown. Give it to `find_trial_ids`,
        or index anything that has one value per trial.

    Raises
    ------
    InvalidInput
        If a column is missing, an option is unknown, or contrasts are fractions.
    """
    left, right = (~np.isnan(column(trials, name)) for name in ("contrastLeft", "contrastRight"))
    feedback = column(trials, "feedbackType")
    on_side = {Side.ALL: left | right, Side.LEFT: left, Side.RIGHT: right}[read_choice("side", side, Side)]
    known = {Outcome.ALL: np.abs(feedback) == 1, Outcome.CORRECT: feedback == 1, Outcome.INCORRECT: feedback == -1}
    selected = on_side & known[read_choice("choice", choice, Outcome)]
    if contrasts is not None:
        selected &= _has_contrast(trials, as_floats("contrasts", np.asarray(contrasts)))
    return np.asarray(selected if event is None else selected & ~np.isnan(column(trials, event)))


def find_trial_ids(
    trials: Trials, selected: Bools | None = None, *, sort: Sort | str = Sort.IDX, order_by: ArrayLike | None = None
) -> TrialOrder:
    """Sort trials into groups, and order them within.

    Parameters
    ----------
    trials
        ALF attribute names to arrays.
    selected : (n_trials,) array of bool
        As `select_trials` gives it; by default all trials of known stimulus and outcome.
    sort
        ``choice``: correct before incorrect; ``side``: left before right; ``choice and side``: left correct, left
        incorrect, right correct, right incorrect; ``idx``: one group.
    order_by : (n_trials,) array
        Ascending order within a group, such as `reaction_times`; trials without a value come last, and equal ones stay
        in order. By default the number of the trial.

    Returns
    -------
    TrialOrder
        A group without trials is empty, and has no divider.

    Raises
    ------
    InvalidInput
        If `selected` or `order_by` has another length than the trials.
    """
    known = select_trials(trials)
    chosen = known if selected is None else known & _read_mask(selected, known.size)
    keys = np.arange(known.size, dtype=np.float64) if order_by is None else as_floats("order_by", order_by)
    if keys.size != known.size:
        raise InvalidInput(f"order_by has {keys.size} values for {known.size} trials")
    ranks = np.argsort(keys, kind="stable")
    groups = {
        name: ranks[(mask & chosen)[ranks]] for name, mask in _divide(trials, read_choice("sort", sort, Sort)).items()
    }
    borders = np.cumsum([ids.size for ids in groups.values() if ids.size], dtype=np.int64)[:-1]
    return TrialOrder(np.concatenate(list(groups.values())), borders, groups)


def _divide(trials: Trials, sort: Sort) -> dict[str, Bools]:
    """Return the masks of the groups, in their order."""
    sides = {side.value: select_trials(trials, side=side) for side in (Side.LEFT, Side.RIGHT)}
    outcomes = {
        outcome.value: select_trials(trials, choice=outcome) for outcome in (Outcome.CORRECT, Outcome.INCORRECT)
    }
    if sort is Sort.CHOICE_AND_SIDE:
        return {f"{side}_{name}": on & was for side, on in sides.items() for name, was in outcomes.items()}
    return {Sort.IDX: {"all": select_trials(trials)}, Sort.CHOICE: outcomes, Sort.SIDE: sides}[sort]


def _has_contrast(trials: Trials, contrasts: Floats) -> Bools:
    shown = np.abs(signed_contrast(trials))
    if contrasts.size and 0 < contrasts.max() <= 1 < np.nanmax(shown, initial=0):
        raise InvalidInput(f"contrasts reach only {contrasts.max():g}; give percent, such as 100 or 6.25")
    return np.asarray(np.isclose(shown[:, None], np.abs(contrasts), atol=1e-6).any(axis=1))


def _read_mask(selected: Bools, n_trials: int) -> Bools:
    mask = np.asarray(selected)
    if mask.dtype != np.bool_ or mask.shape != (n_trials,):
        raise InvalidInput(
            f"selected has shape {mask.shape} of {mask.dtype}; give a bool for each of {n_trials} trials"
        )
    return mask
