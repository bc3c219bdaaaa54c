"""From trials to the rows of the behaviour tables. Contrasts in signed percent, times in seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bregma.brainbox.behavior.days import SessionTrials
from bregma.brainbox.behavior.durations import compute_reaction_times, median_reaction_time
from bregma.brainbox.behavior.psychometric.fitting import fit_psychometric
from bregma.brainbox.behavior.training import compute_training_status
from bregma.brainbox.behavior.trials import (
    column,
    compute_performance,
    compute_performance_easy,
    count_choices,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

REQUIRED = ("choice", "feedbackType", "contrastLeft", "contrastRight")
OPTIONAL = ("probabilityLeft", "response_times", "stimOn_times", "goCueTrigger_times", "goCue_times")
ALL_TRIALS = "all"
KNOWN_TASKS = ("habituation", "training", "biased", "ephys")

Row = dict[str, Any]


def summarize_trials(trials: Mapping[str, Any]) -> Row:
    """Return the row of TrialSet: the columns that the analyses use, and their summary.

    Parameters
    ----------
    trials
        ALF attribute names to arrays of one value per trial. Unknown probabilities and times may be missing.

    Raises
    ------
    InvalidInput
        If choice, feedbackType or a contrast is missing.
    """
    records = select_columns(trials)
    columns = split_columns(records)
    timed = "response_times" in columns
    return {
        "n_trials": len(records),
        "n_correct": int((columns["feedbackType"] > 0).sum()),
        "performance": compute_performance(columns),
        "performance_easy": compute_performance_easy(columns),
        "median_reaction_time": median_reaction_time(columns) if timed else float("nan"),
        "trials": records,
    }


def select_columns(trials: Mapping[str, Any]) -> NDArray[np.void]:
    """Return one record per trial with the columns that the analyses use; an unknown probabilityLeft is NaN."""
    columns = {name: column(trials, name) for name in (*REQUIRED, *OPTIONAL) if name in REQUIRED or name in trials}
    columns.setdefault("probabilityLeft", np.full(columns["choice"].size, np.nan))
    records = np.zeros(columns["choice"].size, dtype=[(name, np.float64) for name in columns])
    for name, values in columns.items():
        records[name] = values
    return records


def split_columns(records: NDArray[np.void]) -> dict[str, NDArray[np.float64]]:
    """Return the columns of records, by name."""
    return {name: records[name] for name in records.dtype.names or ()}


def fit_blocks(records: NDArray[np.void], blocks: Sequence[float], *, model: str) -> list[Row]:
    """Return a row per psychometric curve: all trials, then each block that the session has."""
    trials = split_columns(records)
    present = [block for block in blocks if np.isclose(trials["probabilityLeft"], block).any()]
    return [_fit_block(trials, block, model) for block in (None, *present)]


def _fit_block(trials: Mapping[str, Any], block: float | None, model: str) -> Row:
    contrasts, n_trials, n_right = count_choices(trials, block)
    fit = fit_psychometric(contrasts, n_trials, n_right, model=model)
    return {
        "block": ALL_TRIALS if block is None else f"{block:g}",
        "bias": fit.bias,
        "threshold": fit.threshold,
        "lapse_low": fit.lapse_low,
        "lapse_high": fit.lapse_high,
        "log_likelihood": fit.log_likelihood,
        "reliable": fit.reliable,
        "problems": "; ".join(fit.problems),
        "contrasts": contrasts,
        "n_trials": n_trials,
        "p_right": n_right / np.maximum(n_trials, 1),
    }


def time_reactions(records: NDArray[np.void], *, confidence: float) -> Row:
    """Return the row of ReactionTime; empty arrays where no response has a time."""
    trials = split_columns(records)
    trials.setdefault("response_times", np.full(len(records), np.nan))
    times = compute_reaction_times(trials, confidence=confidence)
    return {
        "contrasts": times.contrasts,
        "median": times.median,
        "low": times.low,
        "high": times.high,
        "n_trials": times.n_trials,
    }


def judge_sessions(sessions: Iterable[Mapping[str, Any]]) -> dict[str, list[Row]]:
    """Return the rows of TrainingStatus: the status after the last session, and after each.

    Sessions of tasks that the criteria do not know (passive stimulation, say) have no status of their own.

    Parameters
    ----------
    sessions
        Rows with session_uuid, start_time, task_protocol and trials, in order of time.
    """
    judged = [session for session in sessions if session["start_time"] and _is_known(session["task_protocol"])]
    statuses = compute_training_status(
        [SessionTrials(row["start_time"].date(), row["task_protocol"], split_columns(row["trials"])) for row in judged]
    )
    days = [
        {"session_uuid": row["session_uuid"], "status": status.label}
        for row, status in zip(judged, statuses, strict=True)
    ]
    return {"": [{"status": days[-1]["status"] if days else "unknown"}], "Day": days}


def _is_known(protocol: str) -> bool:
    return any(task in protocol.lower() for task in KNOWN_TASKS)
