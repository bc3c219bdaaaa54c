"""How long things take in a trial: responses, reactions, movements, and the pause between trials. Seconds.

The words differ between papers. Here, as in IBL's criteria and figures, the *reaction time* of a trial runs from the
stimulus to the response, when the wheel reaches its threshold; the *wheel reaction time* from the go cue to the first
movement of the wheel; the *movement time* from that movement to the response. Give `start` and `stop` for any other.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from scipy import stats

from bregma.brainbox.arrays import (
    Floats,
    Ints,
    InvalidInput,
    Rng,
    as_floats,
    check_fraction,
    check_number,
    describe,
    read_rng,
)
from bregma.brainbox.behavior.trials import Trials, column, select_block, signed_contrast
from bregma.brainbox.results import Labelled, axis, values

RESPONSE_STARTS = ("stimOn_times", "goCueTrigger_times", "goCue_times")
N_RESAMPLES = 9999


@dataclass(frozen=True)
class ReactionTimes(Labelled):
    """Median reaction time per signed contrast, in one block (None: all trials).

    ``contrasts`` (percent), ``median``, ``low`` and ``high`` (seconds, the bounds of a confidence interval of
    the median; NaN where there are too few trials for one) and ``n_trials`` have one value per contrast.
    """

    contrasts: Floats = axis("contrast", unit="%")
    median: Floats = values("contrast", unit="s")
    low: Floats = values("contrast", unit="s")
    high: Floats = values("contrast", unit="s")
    n_trials: Ints = values("contrast")
    block: float | None = None


def reaction_times(trials: Trials, *, start: str | None = None, stop: str = "response_times") -> Floats:
    """Return the time from one event of a trial to another, by default from stimulus to response.

    Parameters
    ----------
    trials
        ALF attribute names to arrays.
    start, stop
        Attributes of the trials. Without a start, that is the stimulus onset; where a session has none at all, the go
        cue stands in (its trigger first).

    Returns
    -------
    (n_trials,) array
        Seconds; NaN where either event is unknown. From go cue to first movement it may be negative.

    Raises
    ------
    InvalidInput
        If the trials have no such event.
    """
    until = column(trials, stop)
    for name in RESPONSE_STARTS if start is None else (start,):
        if start is not None or (name in trials and not np.isnan(column(trials, name)).all()):
            return until - column(trials, name)
    return np.full(until.size, np.nan)


def wheel_reaction_times(trials: Trials) -> Floats:
    """Return the time from go cue to the first movement of the wheel, per trial; negative for a movement before it.

    Raises
    ------
    InvalidInput
        If the trials have no ``firstMovement_times`` (`find_first_movements` makes them from the wheel) or go cues.
    """
    return reaction_times(trials, start="goCue_times", stop="firstMovement_times")


def movement_times(trials: Trials) -> Floats:
    """Return the time from the first movement of the wheel to the response, per trial; NaN where either is unknown."""
    return reaction_times(trials, start="firstMovement_times")


def inter_trial_intervals(trials: Trials) -> Floats:
    """Return the time from the end of each trial's stimulus to the start of the next trial.

    Parameters
    ----------
    trials
        With ``stimOff_times``, and ``intervals`` (n_trials, 2) or, as in tables, ``intervals_0``.

    Returns
    -------
    (n_trials,) array
        Seconds; the last is NaN, as those of unknown stimuli.

    Raises
    ------
    InvalidInput
        If one of them is missing.
    """
    if not hasattr(trials, "keys"):
        raise InvalidInput(f"trials is {describe(trials)}; give a dict or a DataFrame, a column per attribute")
    if "intervals" in trials:
        intervals = as_floats("trials.intervals", trials["intervals"], n_dims=())
        if intervals.ndim != 2 or intervals.shape[1] != 2:
            raise InvalidInput(f"trials.intervals has shape {intervals.shape}; give start and stop of each trial")
        starts = intervals[:, 0]
    else:
        starts = column(trials, "intervals_0")
    stops = column(trials, "stimOff_times")
    if starts.size != stops.size:
        raise InvalidInput(f"arrays differ in length: intervals {starts.size}, stimOff_times {stops.size}")
    return np.append(starts[1:], np.nan)[: stops.size] - stops


def compute_reaction_times(
    trials: Trials,
    block: float | None = None,
    *,
    confidence: float = 0.68,
    start: str | None = None,
    stop: str = "response_times",
) -> ReactionTimes:
    """Compute the median reaction time per signed contrast, with a confidence interval.

    The interval is that of order statistics (binomial; Conover, Practical Nonparametric Statistics, 3.2):
    exact for any distribution, and without random numbers. Trials of unknown reaction time are left out.

    Parameters
    ----------
    trials
        ALF attribute names to arrays.
    block
        Probability of a stimulus on the left, such as 0.2; None for all trials.
    confidence
        Between 0 and 1.
    start, stop
        As for `reaction_times`.

    Raises
    ------
    InvalidInput
        If a column is missing.
    """
    check_fraction("confidence", confidence)
    contrasts, groups = _group(trials, block, start, stop)
    return _summarize(block, contrasts, groups, [_median_interval(group, confidence) for group in groups])


def bootstrap_reaction_times(
    trials: Trials,
    block: float | None = None,
    *,
    confidence: float = 0.68,
    start: str | None = None,
    stop: str = "response_times",
    rng: Rng = None,
) -> ReactionTimes:
    """Compute what `compute_reaction_times` does with an interval from the bias-corrected, accelerated bootstrap.

    It is IBL's way. With few trials it is narrower than it says; `compute_reaction_times` is not.

    Parameters
    ----------
    trials, block, confidence, start, stop
        As for `compute_reaction_times`.
    rng
        Random numbers.

    Raises
    ------
    InvalidInput
        If a column is missing.

    References
    ----------
    Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapter 14.
    """
    check_fraction("confidence", confidence)
    generator = read_rng(rng)
    contrasts, groups = _group(trials, block, start, stop)
    return _summarize(block, contrasts, groups, [_resample(group, confidence, generator) for group in groups])


def median_reaction_time(
    trials: Trials, contrast: float | None = None, *, start: str | None = None, stop: str = "response_times"
) -> float:
    """Return the median reaction time in seconds, of one signed contrast (percent) or of all; NaN for none."""
    times = reaction_times(trials, start=start, stop=stop)
    if contrast is not None:
        check_number("contrast", contrast)
        times = times[signed_contrast(trials) == contrast]
    known = times[~np.isnan(times)]
    return float(np.median(known)) if known.size else float("nan")


def _group(trials: Trials, block: float | None, start: str | None, stop: str) -> tuple[Floats, list[Floats]]:
    """Return the contrasts, and the ordered times of each."""
    signed, times = signed_contrast(trials), reaction_times(trials, start=start, stop=stop)
    used = select_block(trials, block) & ~np.isnan(signed) & ~np.isnan(times)
    contrasts = np.unique(signed[used])
    return contrasts, [np.sort(times[used & (signed == level)]) for level in contrasts]


def _summarize(
    block: float | None, contrasts: Floats, groups: list[Floats], intervals: list[tuple[float, float]]
) -> ReactionTimes:
    bounds = np.array(intervals, dtype=np.float64).reshape(-1, 2)
    return ReactionTimes(
        contrasts=contrasts,
        median=np.array([np.median(group) for group in groups], dtype=np.float64),
        low=bounds[:, 0],
        high=bounds[:, 1],
        n_trials=np.array([group.size for group in groups], dtype=np.int64),
        block=block,
    )


def _median_interval(ordered: Floats, confidence: float) -> tuple[float, float]:
    rank = int(stats.binom.ppf((1 - confidence) / 2, ordered.size, 0.5))
    if rank < 1:
        return float("nan"), float("nan")
    return float(ordered[rank - 1]), float(ordered[ordered.size - rank])


def _resample(ordered: Floats, confidence: float, rng: np.random.Generator) -> tuple[float, float]:
    if ordered.size < 2:
        return float("nan"), float("nan")
    with warnings.catch_warnings():
        # All times alike: scipy warns, and the interval is NaN.
        warnings.simplefilter("ignore", stats.DegenerateDataWarning)
        found = stats.bootstrap(
            (ordered,), np.median, confidence_level=confidence, n_resamples=N_RESAMPLES, batch=1000, rng=rng
        ).confidence_interval
    return float(found.low), float(found.high)
