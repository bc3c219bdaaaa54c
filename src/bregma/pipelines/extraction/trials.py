"""Trials of the IBL task from the lines that the rig wrote, one JSON object per trial.

Both generations of the format are read: rigs before version 5 of iblrig (no tone state, stimulus and sound wired to
fewer inputs) and later ones. Each column is taken by itself: where the rig lacked a signal the column is NaN, and the
others are there all the same.

Events are on the Bpod's clock, in seconds since it started. Its input BNC1 is the photodiode on the stimulus, BNC2
the sound.
"""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bregma.pipelines.errors import InvalidRecording

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from numpy.typing import NDArray

logger = logging.getLogger(__name__)

NAN = float("nan")
PHOTODIODE = ("BNC1High", "BNC1Low")
SOUND = ("BNC2High",)
OUTCOMES = {"reward": 1, "error": -1, "no_go": -1}
Trial = dict[str, Any]


def read_task_data(lines: Iterable[str]) -> list[Trial]:
    """Parse the lines of ``taskData.raw.jsonable``. A last line that was cut short is left out, with a warning.

    Raises
    ------
    InvalidRecording
        If another line is not a JSON object with the behaviour of a trial.
    """
    texts = [line for line in lines if line.strip()]
    trials = []
    for number, text in enumerate(texts, start=1):
        try:
            trial = json.loads(text)
        except json.JSONDecodeError as error:
            if number == len(texts):
                logger.warning("the last trial, %d, was cut short and is left out: %s", number, error)
                break
            raise InvalidRecording(f"trial {number} is not JSON: {error}") from error
        if not isinstance(trial, dict) or "States timestamps" not in trial.get("behavior_data", {}):
            raise InvalidRecording(f"trial {number} has no behavior_data with 'States timestamps'; is it task data?")
        trials.append(trial)
    return trials


def extract_trials(raw: Iterable[str] | Iterable[Trial]) -> pd.DataFrame:
    """Extract the ALF trials table.

    Parameters
    ----------
    raw
        Lines of ``taskData.raw.jsonable``, or what `read_task_data` made of them.

    Returns
    -------
    DataFrame
        One row per trial; columns are ALF attributes (``intervals_0`` and ``intervals_1`` are those of intervals).
        Contrasts are fractions, NaN on the side without a stimulus; choice is -1 for a report of a stimulus on the
        right, +1 on the left, 0 for none; feedbackType is 1 for a reward, else -1. What the rig did not record is
        NaN. ``repNum`` counts the repetitions of a trial after an error; it is there in the training task only.

    Raises
    ------
    InvalidRecording
        If a line is no trial, or a trial has no outcome.
    """
    trials = parse_trials(raw)
    columns = {name: [take(trial) for trial in trials] for name, take in COLUMNS.items()}
    frame = pd.DataFrame(columns, dtype=np.float64)
    frame["choice"] = frame["choice"].astype(np.int64)
    frame["feedbackType"] = frame["feedbackType"].astype(np.int64)
    if any(isinstance(trial.get("contrast"), dict) for trial in trials):
        frame["repNum"] = count_repetitions(trials)
    return frame


def count_repetitions(trials: Iterable[Trial]) -> NDArray[np.int64]:
    """Count how many times in a row each trial has been repeated because of an error."""
    counts: list[int] = []
    for trial in trials:
        repeated = isinstance(trial.get("contrast"), dict) and trial["contrast"].get("type") == "RepeatContrast"
        counts.append(counts[-1] + 1 if repeated and counts else 0)
    return np.array(counts, dtype=np.int64)


def state_starts(trials: Iterable[Trial], state: str, *, every: bool = False) -> NDArray[np.float64]:
    """Return when each trial first entered a state, or, with `every`, each time that any did.

    Returns
    -------
    array of float
        Seconds on the Bpod's clock; NaN where a trial never entered it.
    """
    starts = []
    for trial in trials:
        entries = trial["behavior_data"]["States timestamps"].get(state) or [[NAN]]
        chosen = entries if every else entries[:1]
        starts += [NAN if entry[0] is None else entry[0] + _clock_offset(trial) for entry in chosen]
    return np.array(starts, dtype=np.float64)


def parse_trials(raw: Iterable[str] | Iterable[Trial]) -> list[Trial]:
    """Return the trials of lines of text, or those given, if they are parsed already."""
    items: list[str | Trial] = list(raw)
    lines = [item for item in items if isinstance(item, str)]
    return read_task_data(lines) if lines else [item for item in items if isinstance(item, dict)]


def _clock_offset(trial: Trial) -> float:
    behavior = trial["behavior_data"]
    return float(behavior["Trial start timestamp"]) - float(behavior["Bpod start timestamp"])


def _state(trial: Trial, state: str, edge: int) -> float:
    entries = trial["behavior_data"]["States timestamps"].get(state)
    time = entries[0][edge] if entries else None
    return NAN if time is None else float(time) + _clock_offset(trial)


def _first_event(trial: Trial, names: Iterable[str], after: float) -> float:
    """Return the first of these events at or after a time; NaN when there is none, or the time is unknown."""
    events = trial["behavior_data"].get("Events timestamps", {})
    offset = _clock_offset(trial)
    times = [time + offset for name in names for time in events.get(name, ()) if time + offset >= after]
    return min(times, default=NAN)


def _outcome(trial: Trial) -> str:
    for name in OUTCOMES:
        if not np.isnan(_state(trial, name, 0)):
            return name
    raise InvalidRecording(
        f"trial {trial.get('trial_num')} ended in none of {', '.join(OUTCOMES)}; was it still running?"
    )


def _interval(edge: str) -> Callable[[Trial], float]:
    def take(trial: Trial) -> float:
        behavior = trial["behavior_data"]
        return float(behavior[f"Trial {edge} timestamp"]) - float(behavior["Bpod start timestamp"])

    return take


def _cue_trigger(trial: Trial) -> float:
    """Return when the go cue was asked for: its state, or on older rigs the response period that it opens."""
    tone = _state(trial, "play_tone", 0)
    return _state(trial, "closed_loop", 0) if np.isnan(tone) else tone


def _stimulus_end(trial: Trial) -> float:
    """Return when the stimulus was told to go; NaN on older rigs, which have no state for it."""
    if "exit_state" not in trial["behavior_data"]["States timestamps"]:
        return NAN
    return _state(trial, "no_go" if _outcome(trial) == "no_go" else "exit_state", 0)


def _feedback(trial: Trial) -> float:
    """Return when the valve opened or the error tone sounded; where the tone is not recorded, its state began."""
    outcome = _outcome(trial)
    start, stop = _state(trial, outcome, 0), _state(trial, outcome, 1)
    sound = NAN if outcome == "reward" else _first_event(trial, SOUND, start)
    return sound if sound <= stop else start


def _choice(trial: Trial) -> int:
    outcome = _outcome(trial)
    side = -int(np.sign(_required(trial, "position")))
    return {"reward": side, "error": -side, "no_go": 0}[outcome]


def _contrast(trial: Trial, side: int) -> float:
    if np.sign(_required(trial, "position")) != side:
        return NAN
    contrast = trial.get("contrast")
    if isinstance(contrast, dict):
        contrast = contrast.get("value")
    return NAN if contrast is None else float(contrast)


def _reward(trial: Trial) -> float:
    return _setting(trial, "reward_amount") if _outcome(trial) == "reward" else 0.0


def _setting(trial: Mapping[str, Any], name: str) -> float:
    value = trial.get(name)
    return NAN if value is None else float(value)


def _required(trial: Trial, name: str) -> float:
    if trial.get(name) is None:
        raise InvalidRecording(f"trial {trial.get('trial_num')} has no {name!r}")
    return float(trial[name])


COLUMNS: dict[str, Callable[[Trial], float]] = {
    "intervals_0": _interval("start"),
    "intervals_1": _interval("end"),
    "stimOnTrigger_times": lambda trial: _state(trial, "stim_on", 0),
    "stimOn_times": lambda trial: _first_event(trial, PHOTODIODE, _state(trial, "stim_on", 0)),
    "goCueTrigger_times": _cue_trigger,
    "goCue_times": lambda trial: _first_event(trial, SOUND, _cue_trigger(trial)),
    "response_times": lambda trial: _state(trial, "closed_loop", 1),
    "choice": _choice,
    "feedback_times": _feedback,
    "feedbackType": lambda trial: OUTCOMES[_outcome(trial)],
    "contrastLeft": lambda trial: _contrast(trial, -1),
    "contrastRight": lambda trial: _contrast(trial, 1),
    "probabilityLeft": lambda trial: _setting(trial, "stim_probability_left"),
    "rewardVolume": _reward,
    "stimOffTrigger_times": _stimulus_end,
    "stimOff_times": lambda trial: _first_event(trial, PHOTODIODE, _stimulus_end(trial)),
    "quiescencePeriod": lambda trial: _setting(trial, "quiescent_period"),
}
