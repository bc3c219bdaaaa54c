"""What a mouse did in its trials: contrasts, performance, choices and reaction times.

Trials are any mapping from ALF attribute names to arrays of one value per trial: a dict, an ``AlfBunch`` or a
pandas DataFrame. Contrasts in files are fractions (0 to 1); here they are signed and in percent, left negative.
A choice of -1 reports a stimulus on the right, +1 on the left, 0 is no response.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from scipy import stats

from bregma.brainbox.arrays import Bools, Floats, Ints, InvalidInput

Trials: TypeAlias = Mapping[str, Any]

RIGHT_CHOICE = -1
EASY_CONTRAST = 50.0
RESPONSE_STARTS = ("stimOn_times", "goCueTrigger_times", "goCue_times")


@dataclass(frozen=True)
class ReactionTimes:
    """Median reaction time per signed contrast.

    ``contrasts`` (percent), ``median``, ``low`` and ``high`` (seconds, the bounds of a confidence interval of
    the median; NaN where there are too few trials for one) and ``n_trials`` have one value per contrast.
    """

    contrasts: Floats
    median: Floats
    low: Floats
    high: Floats
    n_trials: Ints


def column(trials: Trials, name: str) -> Floats:
    """Return one attribute of the trials as floats.

    Raises
    ------
    InvalidInput
        If the trials have no such attribute, or it is not one value per trial.
    """
    if name not in trials:
        raise InvalidInput(f"trials have no {name!r}; they have {', '.join(sorted(map(str, trials)))}")
    values = np.asarray(trials[name], dtype=np.float64)
    if values.ndim != 1:
        raise InvalidInput(f"trials.{name} has shape {values.shape}; give one value per trial")
    return values


def signed_contrast(trials: Trials) -> Floats:
    """Return the signed contrast of each trial.

    Returns
    -------
    (n_trials,) array
        Percent, negative on the left; NaN where neither side has a contrast.
    """
    left, right = column(trials, "contrastLeft"), column(trials, "contrastRight")
    signed = 100.0 * (np.nan_to_num(right) - np.nan_to_num(left))
    unknown = np.isnan(left) & np.isnan(right)
    # Contrasts are typed by people as 0.0625 or 6.25 %: rounding keeps one level one level.
    return np.where(unknown, np.nan, np.round(signed, 6) + 0.0)


def select_block(trials: Trials, block: float | None) -> Bools:
    """Return which trials have `block` as their probability of a stimulus on the left; all of them for None."""
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


def reaction_times(trials: Trials) -> Floats:
    """Return response time minus stimulus onset per trial, in seconds; NaN where either is unknown.

    Where a session has no stimulus onsets at all, the go cue stands in (its trigger first).
    """
    response = column(trials, "response_times")
    for name in RESPONSE_STARTS:
        if name in trials and not np.isnan(start := column(trials, name)).all():
            return response - start
    return np.full(response.size, np.nan)


def compute_reaction_times(trials: Trials, block: float | None = None, *, confidence: float = 0.68) -> ReactionTimes:
    """Compute the median reaction time per signed contrast, with a confidence interval.

    The interval is that of order statistics (binomial; Conover, Practical Nonparametric Statistics, 3.2):
    exact for any distribution, and without random numbers. Trials of unknown reaction time are left out.

    Raises
    ------
    InvalidInput
        If a column is missing.
    """
    signed, times = signed_contrast(trials), reaction_times(trials)
    used = select_block(trials, block) & ~np.isnan(signed) & ~np.isnan(times)
    contrasts = np.unique(signed[used])
    groups = [np.sort(times[used & (signed == level)]) for level in contrasts]
    bounds = np.array([_median_interval(group, confidence) for group in groups]).reshape(-1, 2)
    return ReactionTimes(
        contrasts=contrasts,
        median=np.array([np.median(group) for group in groups], dtype=np.float64),
        low=bounds[:, 0],
        high=bounds[:, 1],
        n_trials=np.array([group.size for group in groups], dtype=np.int64),
    )


def median_reaction_time(trials: Trials, contrast: float | None = None) -> float:
    """Return the median reaction time in seconds, of one signed contrast (percent) or of all; NaN for none."""
    times = reaction_times(trials)
    if contrast is not None:
        times = times[signed_contrast(trials) == contrast]
    known = times[~np.isnan(times)]
    return float(np.median(known)) if known.size else float("nan")


def _median_interval(ordered: Floats, confidence: float) -> tuple[float, float]:
    rank = int(stats.binom.ppf((1 - confidence) / 2, ordered.size, 0.5))
    if rank < 1:
        return float("nan"), float("nan")
    return float(ordered[rank - 1]), float(ordered[ordered.size - rank])
