"""What holds for every function on spikes and events: the order of units, events and spikes, and the clock."""

import inspect
from dataclasses import Field, fields, is_dataclass
from typing import Any

import numpy as np
import pytest
from tests.brainbox.public_calls import CALLS, events, spikes
from tests.brainbox.test_every_function import call, check_equal

import bregma.brainbox

UNITS, ASKED = [2, 5, 9], [9, 77, 2, 5]
SHIFT = 64.0
ON_CLOCK = {"events", "starts", "stops", "start", "stop"}
"""Fields of results that are times on the clock of the recording."""


def takes(name: str, argument: str) -> bool:
    return argument in inspect.signature(getattr(bregma.brainbox, name)).parameters


def arrays_of_length(arguments: dict[str, Any], length: int) -> list[str]:
    return [key for key, value in arguments.items() if isinstance(value, np.ndarray) and len(value) == length]


def dims_of(item: "Field[Any]") -> tuple[str, ...]:
    return tuple(item.metadata.get("dims", ()))


def take(result: Any, dim: str, places: Any) -> dict[str, Any]:
    """Return the fields of a result, those with an axis of this name taken at the places."""
    found = {}
    for item in fields(result):
        value = getattr(result, item.name)
        found[item.name] = np.take(value, places, axis=dims_of(item).index(dim)) if dim in dims_of(item) else value
    return found


def as_fields(result: Any) -> Any:
    return {item.name: getattr(result, item.name) for item in fields(result)} if is_dataclass(result) else result


ONE_FOR_ALL_UNITS = {"decode_feature", "decode_place", "lda_project", "group_spikes"}
"""Functions whose results have no axis of units."""
BY_UNIT = sorted(
    name for name in set(CALLS) - ONE_FOR_ALL_UNITS if takes(name, "cluster_ids") and takes(name, "spike_clusters")
)
OF_SPIKES = sorted(name for name in CALLS if arrays_of_length(CALLS[name](), spikes()["spike_times"].size))
OF_EVENTS = sorted(name for name in CALLS if takes(name, "events") and arrays_of_length(CALLS[name](), events().size))


@pytest.mark.parametrize("name", BY_UNIT)
def test_units_asked_for_come_in_that_order_and_silent_ones_change_no_other(name: str) -> None:
    plain = call(name, CALLS[name]() | {"cluster_ids": UNITS})
    asked = call(name, CALLS[name]() | {"cluster_ids": ASKED})
    found = {key: value for key, value in take(asked, "cluster", [2, 3, 0]).items() if key != "other_ids"}
    expected = as_fields(plain)
    for item in fields(plain):
        if "cluster" in dims_of(item) and "other_cluster" not in dims_of(item) and item.name != "corrected_p_value":
            check_equal(found[item.name], expected[item.name])


@pytest.mark.parametrize("name", OF_SPIKES)
def test_spikes_may_come_in_any_order(name: str) -> None:
    arguments = CALLS[name]()
    mixed = np.random.default_rng(0).permutation(spikes()["spike_times"].size)
    moved = {key: arguments[key][mixed] for key in arrays_of_length(arguments, mixed.size)}
    if "fields" in arguments:
        moved["fields"] = {key: value[mixed] for key, value in arguments["fields"].items()}
    check_equal(call(name, arguments | moved), call(name, arguments))


@pytest.mark.parametrize("name", sorted(set(OF_EVENTS) - {"align_raster", "lda_project"}))
def test_events_in_another_order_permute_their_rows_and_nothing_else(name: str) -> None:
    arguments = CALLS[name]()
    mixed = np.random.default_rng(0).permutation(events().size)
    moved = {key: arguments[key][mixed] for key in arrays_of_length(arguments, mixed.size)}
    check_equal(as_fields(call(name, arguments | moved)), take(call(name, arguments), "event", mixed))


@pytest.mark.parametrize("name", OF_EVENTS)
def test_an_event_at_an_unknown_time_changes_nothing_else(name: str) -> None:
    arguments = CALLS[name]()
    more = {key: np.insert(arguments[key], 3, arguments[key][3]) for key in arrays_of_length(arguments, events().size)}
    more["events"][3] = np.nan
    found = take(call(name, arguments | more), "event", np.delete(np.arange(events().size + 1), 3))
    expected = as_fields(call(name, arguments))
    for key in set(expected) - {"event_index", "trials"}:
        check_equal(found[key], expected[key])


@pytest.mark.parametrize(
    "name", [*OF_EVENTS, "count_in_intervals", "correlate_pairs", "compute_synchrony", "compute_unit_stability"]
)
def test_a_shift_of_the_clock_changes_nothing(name: str) -> None:
    arguments = CALLS[name]()
    clock = [key for key in ("spike_times", "events", "intervals", "times") if key in arguments]
    found = call(name, arguments | {key: np.asarray(arguments[key]) + SHIFT for key in clock})
    for key, value in as_fields(call(name, arguments)).items():
        shifted = value + SHIFT if key in ON_CLOCK else value
        check_equal(as_fields(found)[key], shifted, rtol=1e-7)


@pytest.mark.parametrize(
    ("name", "field", "factor"),
    [
        ("align_counts", "values", 2),
        ("bin_spikes", "counts", 2),
        ("bin_spikes2d", "counts", 2),
        ("compute_activity_map", "counts", 2),
        ("compute_depth_profile", "n_spikes", 2),
        ("compute_drift_map", "counts", 2),
        ("compute_firing_statistics", "n_spikes", 2),
        ("compute_psth", "rate", 2),
        ("compute_psth", "std", 2),
        ("compute_receptive_fields", "on", 2),
        ("compute_tuning_curves", "rate", 2),
        ("count_in_intervals", "counts", 2),
        ("count_in_trials", "counts", 2),
        ("correlate_pairs", "counts", 4),
    ],
)
def test_each_spike_twice_doubles_what_is_counted(name: str, field: str, factor: int) -> None:
    arguments = CALLS[name]()
    twice = {key: np.repeat(arguments[key], 2) for key in arrays_of_length(arguments, spikes()["spike_times"].size)}
    plain, found = (getattr(call(name, given), field) for given in (arguments, arguments | twice))
    assert np.nansum(plain) > 0
    np.testing.assert_allclose(found, factor * plain, rtol=1e-9)


def test_traces_of_trials_feel_no_shift_and_follow_the_trials() -> None:
    times = np.arange(0, 10, 0.125)
    start, end = np.array([1.0, 4.0, 2.0]), np.array([2.0, 6.0, 2.5])
    plain = bregma.brainbox.traces_by_trial(times, times**2, start=start, end=end)
    order = [2, 0, 1]
    later = bregma.brainbox.traces_by_trial(times + SHIFT, times**2, start=start[order] + SHIFT, end=end[order] + SHIFT)
    for place, found in zip(order, later, strict=True):
        check_equal((found[0] - SHIFT, found[1]), plain[place])
