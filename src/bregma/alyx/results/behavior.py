"""Figures of behaviour, from what the pipelines computed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from django.urls import reverse

from bregma.alyx.results import recordings
from bregma.alyx.results.charts import Chart, behavior, columns, message, training
from bregma.brainbox.behavior.durations import RESPONSE_STARTS, reaction_times
from bregma.brainbox.behavior.psychometric.fitting import evaluate_curve
from bregma.brainbox.behavior.trials import signed_contrast
from bregma.pipelines import results

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from numpy.typing import NDArray

    from bregma.alyx.actions.models import Session
    from bregma.pipelines.results import Psychometric, TrainingDay

BLOCK_NAMES = {"all": "all trials", "0.2": "left 20 %", "0.5": "left 50 %", "0.8": "left 80 %"}
Z95 = 1.96
RUNNING = 21
"""Trials of the running median of reaction times; odd."""
OUTCOMES = ("contrastLeft", "contrastRight", "feedbackType")
NOT_YET = "This has not been analysed yet."


def psychometric_figure(connection: Any, eid: UUID) -> Chart:
    """Make the psychometric curves of a session."""
    fits = shown_blocks(results.load_psychometrics(connection, str(eid)))
    if not fits:
        return message(NOT_YET)
    return behavior.psychometric(_points(fits), _curves(fits))


def shown_blocks(fits: Sequence[Psychometric]) -> list[Psychometric]:
    """Return the fits worth drawing: the blocks of a session that has several, else all its trials together."""
    blocks = [fit for fit in fits if str(fit.block) != "all"]
    return blocks if len(blocks) > 1 else [fit for fit in fits if str(fit.block) == "all"]


def wilson_interval(p: NDArray[np.float64], n: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the 95 % interval of proportions (Wilson, J. Am. Stat. Assoc. 22:209, 1927); NaN where n is 0."""
    n = np.where(n > 0, n, np.nan)
    centre = (p + Z95**2 / (2 * n)) / (1 + Z95**2 / n)
    half = Z95 / (1 + Z95**2 / n) * np.sqrt(p * (1 - p) / n + Z95**2 / (4 * n**2))
    return np.minimum(np.clip(centre - half, 0, 1), p), np.maximum(np.clip(centre + half, 0, 1), p)


def reaction_time_figure(connection: Any, eid: UUID) -> Chart:
    """Make the median reaction time per contrast."""
    found = results.load_reaction_times(connection, str(eid))
    if found is None:
        analysed = results.load_psychometrics(connection, str(eid))
        return message("The trials do not say when the responses came." if analysed else NOT_YET)
    points = columns(
        contrast=found.contrasts, reaction_time=found.median, low=found.low, high=found.high, n_trials=found.n_trials
    )
    return behavior.reaction_times(points)


def reaction_time_trials_figure(session: Session) -> Chart:
    """Make the reaction time of every trial, from the trials in the store."""
    trials = recordings.load_trials(session)
    if trials is None:
        return message("The trials of this session are not in the store.")
    starts = [name for name in RESPONSE_STARTS if name in trials]
    if not starts or "response_times" not in trials:
        return message("The trials do not say when the responses came.")
    trials = recordings.as_numbers(trials, (*starts, "response_times", *OUTCOMES))
    times = reaction_times(trials)
    known = np.isfinite(times) & (times > 0)
    number, times = np.flatnonzero(known) + 1, times[known]
    table = columns(
        trial=number,
        reaction_time=times,
        contrast=signed_contrast(trials)[known],
        outcome=np.where(np.asarray(trials["feedbackType"])[known] > 0, "correct", "error"),
    )
    middle = columns(trial=number, reaction_time=running_median(times))
    return behavior.reaction_time_trials(table, middle)


def running_median(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the median of the values around each one; fewer at the ends."""
    half = RUNNING // 2
    return np.array([np.median(values[max(i - half, 0) : i + half + 1]) for i in range(values.size)])


def training_figure(days: Sequence[TrainingDay]) -> Chart:
    """Make the training curve of a subject."""
    table = _days(days)
    return training.training(table, training.band_columns([day.date for day in days], [day.status for day in days]))


def trials_figure(days: Sequence[TrainingDay]) -> Chart:
    """Make the number of trials of each session of a subject."""
    return training.trials_per_day(_days(days))


PARAMETERS: dict[str, tuple[str, tuple[float, ...]]] = {
    "threshold": ("Threshold (% contrast)", (19.0,)),
    "bias": ("Bias (% contrast)", (-16.0, 0.0, 16.0)),
    "lapse_low": ("Lapse rate, left", (0.2,)),
    "lapse_high": ("Lapse rate, right", (0.2,)),
    "median_reaction_time": ("Median reaction time (s)", ()),
}
"""What is drawn over days: title, and the limits of status trained 1a."""


def parameter_figure(days: Sequence[TrainingDay], name: str) -> Chart:
    """Make one parameter of a subject over days."""
    title, references = PARAMETERS[name]
    table = columns(date=[day.date for day in days], **{name: [getattr(day, name) for day in days]})
    return training.daily_parameter(table, name=name, title=title, references=references)


def _points(fits: Sequence[Psychometric]) -> dict[str, list[Any]]:
    limits = [wilson_interval(np.asarray(fit.p_right), np.asarray(fit.n_trials, float)) for fit in fits]
    return columns(
        contrast=np.concatenate([fit.contrasts for fit in fits]),
        p_right=np.concatenate([fit.p_right for fit in fits]),
        low=np.concatenate([low for low, _ in limits]),
        high=np.concatenate([high for _, high in limits]),
        n_trials=np.concatenate([fit.n_trials for fit in fits]),
        block=[BLOCK_NAMES[str(fit.block)] for fit in fits for _ in fit.contrasts],
    )


def _curves(fits: Sequence[Psychometric]) -> dict[str, list[Any]]:
    x = np.linspace(-100, 100, 101)
    drawn = [fit for fit in fits if np.isfinite([fit.bias, fit.threshold, fit.lapse_low, fit.lapse_high]).all()]
    y = [evaluate_curve((fit.bias, fit.threshold, fit.lapse_low, fit.lapse_high), x) for fit in drawn]
    return columns(
        contrast=np.tile(x, len(drawn)),
        p_right=np.concatenate([*y, np.empty(0)]),
        block=[BLOCK_NAMES[str(fit.block)] for fit in drawn for _ in x],
        reliable=[fit.reliable for fit in drawn for _ in x],
    )


def _days(days: Sequence[TrainingDay]) -> dict[str, list[Any]]:
    return columns(
        date=[day.date for day in days],
        performance_easy=[100 * day.performance_easy for day in days],
        performance=[100 * day.performance for day in days],
        n_trials=[day.n_trials for day in days],
        status=[day.status for day in days],
        url=[reverse("results:session", args=[day.eid]) for day in days],
    )
