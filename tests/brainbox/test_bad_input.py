"""Every public function refuses bad input by name, or answers it as documented; none breaks inside."""

import inspect
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from tests.brainbox.public_calls import CALLS, Arguments

import bregma.brainbox
from bregma.brainbox import InvalidInput

EXEMPT = {
    "recording_from_spikeinterface": "takes and makes objects of SpikeInterface; see test_exchange",
    "recording_to_spikeinterface": "takes and makes objects of SpikeInterface; see test_exchange",
    "spikes_from_spikeinterface": "takes and makes objects of SpikeInterface; see test_exchange",
    "spikes_to_spikeinterface": "takes and makes objects of SpikeInterface; see test_exchange",
    "series_from_pynapple": "takes objects of pynapple; see test_exchange",
    "series_to_pynapple": "makes objects of pynapple; see test_exchange",
    "spikes_from_pynapple": "takes objects of pynapple; see test_exchange",
    "spikes_to_pynapple": "makes objects of pynapple; see test_exchange",
    "trials_from_pynapple": "takes objects of pynapple; see test_exchange",
    "trials_to_pynapple": "makes objects of pynapple; see test_exchange",
    "compute_running_mean": "newer than the table of calls; its own tests give it bad input",
    "compute_running_median": "newer than the table of calls; its own tests give it bad input",
    "compute_session_course": "newer than the table of calls; its own tests give it bad input",
    "compute_task_quality": "newer than the table of calls; its own tests give it bad input",
    "compute_tracked_fractions": "newer than the table of calls; its own tests give it bad input",
    "find_pupil_outliers": "newer than the table of calls; its own tests give it bad input",
    "subtract_baseline": "newer than the table of calls; its own tests give it bad input",
    "summarize_session": "newer than the table of calls; its own tests give it bad input",
}

ANSWERED = {
    ("evaluate_curve", "contrasts"): "of any shape",
    ("evaluate", "contrasts"): "of any shape",
    ("to_decibels", "power"): "of any shape",
    ("correct_p_values", "p_values"): "of any shape",
    ("compute_svd_map", "field"): "of any number of units",
    ("bootstrap_interval", "values"): "a column is a matrix of one column",
    ("regress", "targets"): "several columns are several targets",
    ("find_runs", "labels"): "of any kind",
    ("find_state_transitions", "before"): "-1 is the unknown state",
    ("find_state_transitions", "after"): "-1 is the unknown state",
    ("speed_at_half_resolution", "frame_width"): "a width need not be whole",
    ("compute_waveform_similarity", "waveforms"): "sets may differ in size",
    ("compute_waveform_similarity", "others"): "sets may differ in size",
    ("hill_contamination", "duration"): "NaN for an unknown duration",
    ("rate_contamination", "duration"): "NaN for an unknown duration",
    ("compute_aligned_activity", "depth_limits_um"): "None: all spikes",
    ("compute_receptive_fields_over_depth", "depth_limits_um"): "None: all spikes",
}
"""Arguments that take more than the attacks suppose."""

LEFT = {
    "align_camera_to_wheel",
    "compute_amplitude_cv",
    "compute_bits_per_spike",
    "compute_deviance_explained",
    "compute_drift_map",
    "compute_pupil_snr",
    "compute_slowness",
    "compute_spatial_spread",
    "compute_waveform_features",
    "correlate_depths",
    "destripe_ap",
    "destripe_lfp",
    "find_movement_onsets",
    "generate_pseudo_sessions",
    "sigtest_linear_shift",
    "sigtest_pseudosessions",
    "sigtest_targets",
    "split_trials",
}
"""Functions that still warn of infinity, or stumble over an argument that types forbid; they may not get worse."""
MOST_LEFT = 8


@dataclass(frozen=True)
class Attack:
    """One change of a valid call, and whether it must be refused (else an answer without a warning is fine too)."""

    label: str
    changes: Arguments
    must_refuse: bool = True


def public_functions() -> dict[str, Callable[..., Any]]:
    found = {name: getattr(bregma.brainbox, name) for name in bregma.brainbox.__all__}
    return {name: item for name, item in found.items() if inspect.isfunction(item)}


KINDS = {
    "ArrayLike": "array",
    "ArrayLike | None": "array",
    "Window": "window",
    "Window | None": "window",
    "tuple[Window, Window]": "windows",
    "Trials": "table",
    "Pose": "table",
    "Mapping[str, Any]": "table",
    "float": "number",
    "float | None": "number",
    "int": "count",
    "int | None": "count",
    "Rng": "rng",
}
"""What is tried by the annotation of a parameter; one that is a word or a member of an enumeration is a choice."""


def kind_of(parameter: inspect.Parameter) -> str:
    text = str(parameter.annotation)
    if text not in KINDS and ("| str" in text or text in WORDS):
        return "choice"
    return KINDS.get(text, "other")


WORDS = {"Reference", "Average", "Band", "Tail", "Correction", "Prior"}


def attacks(name: str) -> Iterator[Attack]:
    """Yield all changes of the valid call."""
    valid = CALLS[name]()
    sizes = {key: len(np.asarray(value)) for key, value in valid.items() if is_array(value)}
    for parameter in inspect.signature(public_functions()[name]).parameters.values():
        kind, key = kind_of(parameter), parameter.name
        optional = parameter.default is None or "None" in str(parameter.annotation)
        maker = MAKERS.get(kind)
        if parameter.kind is parameter.VAR_POSITIONAL or maker is None:
            continue
        value = valid.get(key, parameter.default)
        if not optional:
            yield Attack(f"{key}: None", {key: None})
        yield from maker(key, value)
        if kind == "array" and is_array(value) and sum(size == sizes.get(key) for size in sizes.values()) > 1:
            yield Attack(f"{key}: shorter", {key: np.asarray(value)[:-1]})
    for label, change in together(valid, sizes):
        yield Attack(label, change, must_refuse=False)


def is_array(value: object) -> bool:
    is_numbers = isinstance(value, list) and not any(isinstance(item, tuple | np.ndarray) for item in value)
    return (isinstance(value, np.ndarray) and value.ndim > 0) or (is_numbers and np.asarray(value).dtype != object)


def together(valid: Arguments, sizes: dict[str, int]) -> Iterator[tuple[str, Arguments]]:
    for size in set(sizes.values()):
        keys = [key for key in sizes if sizes[key] == size]
        for label, part in (
            ("empty", slice(0)),
            ("one", slice(1)),
            ("two", slice(2)),
            ("backwards", slice(None, None, -1)),
        ):
            yield f"{', '.join(keys)}: {label}", {key: np.asarray(valid[key])[part] for key in keys}


def attack_array(key: str, value: Any) -> Iterator[Attack]:
    yield Attack(f"{key}: text", {key: np.array(["x", "y"])})
    yield Attack(f"{key}: numbers as text", {key: ["1", "2"]})
    yield Attack(f"{key}: an object", {key: object()})
    yield Attack(f"{key}: complex", {key: np.array([1j, 2.0])})
    yield Attack(f"{key}: dates", {key: np.array(["2020-01-01", "2020-01-02"], dtype="datetime64[ns]")})
    yield Attack(f"{key}: ragged", {key: [[1.0], [1.0, 2.0]]})
    if not is_array(value):
        return
    array = np.asarray(value)
    yield Attack(f"{key}: more dimensions", {key: array[(None,) * 3]})
    if array.ndim == 1:
        yield Attack(f"{key}: a column", {key: array[:, None]})
    if "times" in key or key == "events":
        yield Attack(f"{key}: booleans", {key: array > array.mean()})
    if "cluster" in key and np.issubdtype(array.dtype, np.integer):
        yield Attack(f"{key}: floats", {key: array + 0.5})
    yield Attack(f"{key}: empty", {key: array[:0]}, must_refuse=False)
    yield Attack(f"{key}: integers", {key: np.round(array).astype(np.int64)}, must_refuse=False)
    if np.issubdtype(array.dtype, np.floating):
        for label, bad in (("NaN", np.nan), ("infinity", np.inf)):
            changed = array.copy()
            changed.flat[min(1, array.size - 1)] = bad
            yield Attack(f"{key}: one {label}", {key: changed}, must_refuse=False)
            yield Attack(f"{key}: all {label}", {key: np.full(array.shape, bad)}, must_refuse=False)


def attack_number(key: str, value: Any) -> Iterator[Attack]:
    for bad in (np.nan, "x", [1.0, 2.0]):
        yield Attack(f"{key}: {bad!r}", {key: bad})
    for bad in (np.inf, -np.inf, -1.0, 0.0):
        yield Attack(f"{key}: {bad!r}", {key: bad}, must_refuse=False)


def attack_count(key: str, value: Any) -> Iterator[Attack]:
    for bad in (1.5, "x", np.nan, -1):
        yield Attack(f"{key}: {bad!r}", {key: bad})
    for bad in (0, 1):
        yield Attack(f"{key}: {bad!r}", {key: bad}, must_refuse=False)


def attack_window(key: str, value: Any) -> Iterator[Attack]:
    for bad in ((0.5, 0.2), (np.nan, 0.5), (0.0, np.inf), (0.2, 0.2), (0.5,), (0, 1, 2), "ab", 0.5):
        yield Attack(f"{key}: {bad!r}", {key: bad})


def attack_windows(key: str, value: Any) -> Iterator[Attack]:
    yield Attack(f"{key}: one window", {key: (0.0, 0.5)})
    for bad in ((0.5, 0.2), "ab", 0.5):
        yield Attack(f"{key}: {bad!r}", {key: (bad, (0.0, 0.5))})
        yield Attack(f"{key}: {bad!r} alone", {key: bad})


def attack_rng(key: str, value: Any) -> Iterator[Attack]:
    for bad in ("x", 1.5, -1, True):
        yield Attack(f"{key}: {bad!r}", {key: bad})


def attack_choice(key: str, value: Any) -> Iterator[Attack]:
    for bad in ("nonsense", 3.7):
        yield Attack(f"{key}: {bad!r}", {key: bad})


def attack_table(key: str, value: Any) -> Iterator[Attack]:
    yield Attack(f"{key}: text", {key: "x"})
    yield Attack(f"{key}: a list", {key: [1.0]})
    if not isinstance(value, dict):
        return
    yield Attack(f"{key}: empty", {key: {}}, must_refuse=False)
    yield Attack(f"{key}: no rows", {key: {name: column[:0] for name, column in value.items()}}, must_refuse=False)
    yield Attack(f"{key}: one row", {key: {name: column[:1] for name, column in value.items()}}, must_refuse=False)
    for name, column in value.items():
        others = {other: rows for other, rows in value.items() if other != name}
        yield Attack(f"{key}: without {name}", {key: others}, must_refuse=False)
        yield Attack(f"{key}: {name} short", {key: others | {name: column[:-1]}}, must_refuse=False)
        yield Attack(f"{key}: {name} text", {key: others | {name: np.full(len(column), "x")}}, must_refuse=False)
        if column.dtype.kind == "f":
            yield Attack(f"{key}: {name} NaN", {key: others | {name: np.full_like(column, np.nan)}}, must_refuse=False)


MAKERS: dict[str, Callable[[str, Any], Iterator[Attack]]] = {
    "array": attack_array,
    "number": attack_number,
    "count": attack_count,
    "window": attack_window,
    "windows": attack_windows,
    "rng": attack_rng,
    "choice": attack_choice,
    "table": attack_table,
}


def find_fault(function: Callable[..., Any], valid: Arguments, attack: Attack) -> str | None:
    """Return what is wrong with how the function takes the attack."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = function(**valid | attack.changes)
            if inspect.isgenerator(found):
                list(found)
    except InvalidInput as error:
        return None if names_argument(str(error), function, valid) else f"names no argument: {error}"
    except Exception as error:  # the fault to report
        return f"{type(error).__name__}: {error}"
    return "an answer" if attack.must_refuse else None


THINGS = {"pose", "depths", "activity", "duration", "null", "group", "samples", "window of"}
"""What messages also call arguments."""


def names_argument(message: str, function: Callable[..., Any], valid: Arguments) -> bool:
    """Tell whether a message names an argument, a column of one, or the thing that an argument lists."""
    words = {
        part for name in inspect.signature(function).parameters for part in (name, name.rstrip("s").split("_")[-1])
    }
    words |= {column for table in valid.values() if isinstance(table, dict) for column in table}
    return not words.isdisjoint(re.split(r"[^A-Za-z_0-9]+", message)) or any(
        word in message for word in words | THINGS if len(word) > 2
    )


def test_every_public_function_is_attacked() -> None:
    assert set(public_functions()) == set(CALLS) | set(EXEMPT)


@pytest.mark.parametrize("name", sorted(CALLS))
def test_bad_input_is_refused_by_name(name: str) -> None:
    check_attacks(name, [attack for attack in attacks(name) if attack.must_refuse])


@pytest.mark.long
@pytest.mark.parametrize("name", sorted(CALLS))
def test_odd_input_is_refused_or_answered(name: str) -> None:
    check_attacks(name, [attack for attack in attacks(name) if not attack.must_refuse])


def check_attacks(name: str, tried: list[Attack]) -> None:
    function = public_functions()[name]
    faults = [(attack.label, find_fault(function, CALLS[name](), attack)) for attack in tried]
    listed = [
        f"{label} -> {fault}"
        for label, fault in faults
        if fault is not None and not (fault == "an answer" and (name, label.partition(":")[0]) in ANSWERED)
    ]
    assert len(listed) <= (MOST_LEFT if name in LEFT else 0), f"{name}:\n" + "\n".join(listed)
