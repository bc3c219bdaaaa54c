"""What a mouse did in its trials: contrasts, performance and choices.

Trials are any mapping from ALF attribute names to arrays of one value per trial: a dict, an ``AlfBunch`` or a
pandas DataFrame. Contrasts in files are fractions (0 to 1); here they are signed and in percent, left negative.
A choice of -1 reports a stimulus on the right, +1 on the left, 0 is no response.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from bregma.brainbox.arrays import Bools, Floats, Ints, InvalidInput, as_numbers, check_same_length, describe, is_number
from bregma.brainbox.results import Labelled, axis, values

if TYPE_CHECKING:
    from numpy.typing import NDArray

Trials: TypeAlias = Mapping[str, Any]

RIGHT_CHOICE = -1
EASY_CONTRAST = 50.0


@dataclass(frozen=True)
class Performance(Labelled):
    """Trials, and correct and rightward choices among them, of each signed contrast (percent, left negative)."""

    contrasts: Floats = axis("contrast", unit="%")
    n_trials: Ints = values("contrast")
    n_correct: Ints = values("contrast")
    n_right: Ints = values("contrast")

    @property
    def performance(self) -> Floats:
        """(n_contrasts,) array: fraction of correct choices."""
        return self.n_correct / self.n_trials

    @property
    def p_right(self) -> Floats:
        """(n_contrasts,) array: fraction of rightward choices; the reference's ``prob_right``."""
        return self.n_right / self.n_trials


def column(trials: Trials, name: str) -> Floats:
    """Return one attribute of the trials as floats.

    Raises
    ------
    InvalidInput
        If the trials have no such attribute, or it is not one value per trial.
    """
    if not hasattr(trials, "keys"):
        raise InvalidInput(f"trials is {describe(trials)}; give a dict or a DataFrame, a column per attribute")
    if name not in trials:
        raise InvalidInput(f"trials have no {name!r}; they have {', '.join(sorted(map(str, trials)))}")
    values = as_numbers(f"trials.{name}", trials[name])
    if values.ndim != 1:
        raise InvalidInput(f"trials.{name} has shape {values.shape}; give one value per trial")
    if isinstance(trials, Mapping):
        _check_rows(trials, name, values.size)
    return values.astype(np.float64)


def _check_rows(trials: Mapping[str, Any], name: str, n_trials: int) -> None:
    """Raise `InvalidInput` unless other attributes have as many rows; those of a DataFrame always do."""
    for other, column in trials.items():
        n_rows = len(column) if hasattr(column, "__len__") and not isinstance(column, str) else n_trials
        if n_rows != n_trials:
            raise InvalidInput(f"arrays differ in length: trials.{name} {n_trials}, trials.{other} {n_rows}")


def signed_contrast(trials: Trials) -> Floats:
    """Return the signed contrast of each trial.

    Returns
    -------
    (n_trials,) array
        Percent, negative on the left; NaN where neither side has a contrast. Where both sides have one, as in tasks
        of two stimuli, right less left.

    Raises
    ------
    InvalidInput
        If a contrast is missing, or is no fraction from 0 to 1 as in ALF files.
    """
    left, right = column(trials, "contrastLeft"), column(trials, "contrastRight")
    for name, side in (("contrastLeft", left), ("contrastRight", right)):
        if (side > 1).any() or (side < 0).any():
            wrong = side[(side > 1) | (side < 0)][0]
            raise InvalidInput(f"trials.{name} has {wrong:g}; in trials, contrasts are fractions from 0 to 1")
    signed = 100.0 * (np.nan_to_num(right) - np.nan_to_num(left))
    unknown = np.isnan(left) & np.isnan(right)
    # Contrasts are typed by people as 0.0625 or 6.25 %: rounding keeps one level one level.
    return np.where(unknown, np.nan, np.round(signed, 6) + 0.0)


def select_block(trials: Trials, block: float | None) -> Bools:
    """Return which trials have `block` as their probability of a stimulus on the left; all of them for None."""
    if block is not None and not (is_number(block) and 0 <= block <= 1):
        raise InvalidInput(f"block is {describe(block)}; give a probability from 0 to 1, such as 0.8, or None")
    if block is None:
        return np.ones(column(trials, "choice").size, dtype=np.bool_)
    return np.asarray(np.isclose(column(trials, "probabilityLeft"), block))


def compute_performance(trials: Trials) -> float:
    """Return the fraction of trials rewarded; NaN for no trials."""
    correct = column(trials, "feedbackType") > 0
    return float(correct.mean()) if correct.size else float("nan")


def compute_performance_easy(trials: Trials) -> float:
    """Return the fraction of trials rewarded among those of at least 50 % contrast; NaN when there are none."""
    easy = np.abs(signed_contrast(trials)) >= EASY_CONTRAST
    correct = column(trials, "feedbackType")[easy] > 0
    return float(correct.mean()) if correct.size else float("nan")


def compute_performance_by_contrast(trials: Trials, block: float | None = None) -> Performance:
    """Count trials, correct and rightward choices per signed contrast, in all trials or in one block.

    Trials of unknown contrast are left out. Without trials, every array is empty.

    Raises
    ------
    InvalidInput
        If a column is missing.
    """
    contrasts, n_trials, n_right = count_choices(trials, block)
    signed = signed_contrast(trials)
    correct = select_block(trials, block) & (column(trials, "feedbackType") > 0) & ~np.isnan(signed)
    n_correct = np.bincount(np.searchsorted(contrasts, signed[correct]), minlength=contrasts.size)
    return Performance(contrasts, n_trials, n_correct.astype(np.int64), n_right)


def count_choices(trials: Trials, block: float | None = None) -> tuple[Floats, Ints, Ints]:
    """Count trials and rightward choices per signed contrast.

    A trial without a response counts as a trial and not as a rightward choice, as in IBL's criteria.

    Returns
    -------
    contrasts, n_trials, n_right : (n_contrasts,) arrays
        Percent ascending, and the two counts.
    """
    signed = signed_contrast(trials)
    used = select_block(trials, block) & ~np.isnan(signed)
    contrasts, level = np.unique(signed[used], return_inverse=True)
    right = column(trials, "choice")[used] == RIGHT_CHOICE
    n_trials = np.bincount(level, minlength=contrasts.size).astype(np.int64)
    n_right = np.bincount(level, weights=right, minlength=contrasts.size).astype(np.int64)
    return contrasts, n_trials, n_right


def concatenate_trials(sessions: Sequence[Trials]) -> dict[str, NDArray[Any]]:
    """Join the trials of several sessions, in the order given.

    Times stay on the clocks of their sessions: compute durations, which are comparable, and never order by time.

    Returns
    -------
    dict of str to array
        The attributes that all sessions have, and ``session``, the place of each trial's session in the list.
        Empty for no sessions.

    Raises
    ------
    InvalidInput
        If the attributes of a session differ in length.
    """
    if not sessions:
        return {}
    names = [str(name) for name in sessions[0] if all(name in trials for trials in sessions)]
    for trials in sessions:
        check_same_length(**{name: np.asarray(trials[name]) for name in names})
    sizes = [len(trials[names[0]]) if names else 0 for trials in sessions]
    joined = {name: np.concatenate([np.asarray(trials[name]) for trials in sessions]) for name in names}
    return joined | {"session": np.repeat(np.arange(len(sessions)), sizes)}
