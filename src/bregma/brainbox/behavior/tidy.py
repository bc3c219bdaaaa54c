"""Trials as a tidy table: a column per variable, words where ALF files have codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bregma.brainbox.arrays import InvalidInput
from bregma.brainbox.behavior.blocks import find_blocks
from bregma.brainbox.behavior.trials import Trials, column

if TYPE_CHECKING:
    import pandas as pd

CHOICES = {-1.0: "counter_clockwise", 0.0: "none", 1.0: "clockwise"}


def tidy_trials(trials: Trials) -> pd.DataFrame:
    """Return the trials as a tidy table, one row each.

    Parameters
    ----------
    trials
        A DataFrame, or ALF attribute names to arrays of one value per trial, with choice, feedbackType, contrastLeft,
        contrastRight and probabilityLeft.

    Returns
    -------
    pandas.DataFrame
        The columns given (one of two dimensions, such as intervals, as ``intervals_0`` and ``intervals_1``), with
        ``choice`` in words (counter_clockwise, the turn that reports a stimulus on the right; clockwise; none), and
        ``is_mouse_rewarded``, ``gabor_stimulus_side`` (left, right, none), ``gabor_stimulus_contrast`` (percent; NaN
        if unknown), ``block_index`` (from 0) and ``block_type`` (unbiased,
        left_block, right_block, or such as ``p=0.7``).

    Raises
    ------
    InvalidInput
        If a column is missing, a choice is none of -1, 0 and 1, or a probabilityLeft is unknown.
    """
    import pandas as pd

    choice, feedback = column(trials, "choice"), column(trials, "feedbackType")
    left, right = column(trials, "contrastLeft"), column(trials, "contrastRight")
    if not np.isin(choice, list(CHOICES)).all():
        raise InvalidInput("trials.choice has other values than -1, 0 and 1; leave these trials out")
    blocks = find_blocks(column(trials, "probabilityLeft"))
    on_left = ~np.isnan(left) & (np.isnan(right) | (left >= right))
    names = np.array(blocks.block_type, dtype=object)
    return pd.DataFrame(_part_columns(trials)).assign(
        choice=np.array([CHOICES[turn] for turn in choice], dtype=object),
        is_mouse_rewarded=feedback == 1,
        gabor_stimulus_side=np.select([on_left, ~np.isnan(right)], ["left", "right"], default="none"),
        gabor_stimulus_contrast=np.round(100 * np.where(on_left, left, right), 2),
        block_index=blocks.block_index,
        block_type=names[blocks.block_index],
    )


def _part_columns(trials: Trials) -> dict[str, Any]:
    """Return the columns, those of several values per trial as one each."""
    found: dict[str, Any] = {}
    for name in trials:
        array = np.asarray(trials[name])
        found |= (
            {f"{name}_{i}": array[:, i] for i in range(array.shape[1])} if array.ndim == 2 else {name: trials[name]}
        )
    return found
