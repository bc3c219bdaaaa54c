"""The wheel in trials: first movements, onsets around events, changes of direction, traces."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from bregma.brainbox import (
    InvalidInput,
    WheelMovements,
    WheelUnit,
    convert_wheel_position,
    find_direction_changes,
    find_first_movements,
    find_movement_onsets,
    traces_by_trial,
)

MOVES = WheelMovements.from_alf([[1.0, 1.2], [2.0, 2.5], [3.0, 3.1], [9.0, 9.5]], [0.05, -0.3, 0.2, 0.4])


def test_the_first_large_movement_of_each_trial_is_found() -> None:
    found = find_first_movements(MOVES, [0.9, 2.1, 4.0, np.nan, 9.1], [5.0, 2.9, 8.0, 9.9, 9.6])
    assert_array_equal(found.times, [2.0, 2.0, np.nan, np.nan, 9.0])
    assert_array_equal(found.movement, [1, 1, -1, -1, 3])
    assert_array_equal(found.is_final, [False, True, False, False, True])


def test_movements_in_the_quiescence_period_count_and_earlier_ones_do_not() -> None:
    assert np.isnan(find_first_movements(MOVES, [9.3], [9.9]).times[0])
    assert find_first_movements(MOVES, [9.3], [9.9], quiescence=[0.4]).times[0] == 9.0


def test_the_least_amplitude_is_radians_whatever_the_unit() -> None:
    cm = WheelUnit("cm")
    amplitudes = convert_wheel_position(MOVES.peak_amplitudes, WheelUnit("rad"), cm)
    moves = WheelMovements(cm, MOVES.onsets, MOVES.offsets, amplitudes, MOVES.peak_velocity_times)
    assert_array_equal(find_first_movements(moves, [0.9], [5.0]).times, [2.0])


def test_a_session_without_movements_has_no_first_ones() -> None:
    none = WheelMovements.from_alf(np.zeros((0, 2)), [])
    found = find_first_movements(none, [1.0, 2.0], [2.0, 3.0])
    assert np.isnan(found.times).all()
    assert not found.is_final.any()


def test_a_quiescence_of_another_length_is_refused() -> None:
    with pytest.raises(InvalidInput, match="quiescence"):
        find_first_movements(MOVES, [1.0], [2.0], quiescence=[0.2, 0.3])


def test_events_find_the_movement_around_them() -> None:
    events = [2.5, np.nan, 1.0, 1.5, 0.0, 10.0]
    assert_array_equal(find_movement_onsets(MOVES.intervals, events), [2.0, np.nan, 1.0, np.nan, np.nan, np.nan])
    assert np.isnan(find_movement_onsets([], [1.0])).all()


def test_overlapping_movements_are_refused() -> None:
    with pytest.raises(InvalidInput, match="overlap"):
        find_movement_onsets([[0, 2], [1, 3]], [1.0])


def test_direction_changes_are_where_the_sign_turns() -> None:
    times = np.arange(10.0)
    velocity = [1, 1, -1, -1, 0, -1, 0, 1, 1, -1]
    found = find_direction_changes(times, velocity, np.array([[0, 5], [5, 9], [np.nan, 3], [2, 7]]))
    assert_array_equal(found.times, [2, 7])
    assert_array_equal(found.samples, [2, 7])
    assert_array_equal(found.interval, [0, 1])


def test_direction_changes_of_a_swing_are_its_turning_points() -> None:
    times = np.arange(0, 3, 0.001)
    found = find_direction_changes(times, np.cos(2 * np.pi * times), [[0.1, 2.9], [1.0, 2.0]])
    assert_allclose(found.times[found.interval == 0], np.arange(0.25, 2.9, 0.5), atol=0.001)
    assert_allclose(found.times[found.interval == 1], [1.25, 1.75], atol=0.001)


def test_all_traces_are_cut_and_ends_left_out() -> None:
    times = np.arange(10.0)
    cut = traces_by_trial(times, times * 2, times * 3, start=[5.0, 1.0, np.nan, 3.0], end=[8.0, 2.5, 4.0, np.nan])
    assert [len(trial) for trial in cut] == [3] * 4
    assert_array_equal(cut[0], [[6, 7], [12, 14], [18, 21]])
    assert_array_equal(cut[1], [[2], [4], [6]])
    assert cut[2][1].size == cut[3][1].size == 0


@given(st.lists(st.tuples(st.floats(-5, 15), st.floats(-5, 15)), max_size=10))
def test_traces_hold_the_samples_between_the_ends(trials: list[tuple[float, float]]) -> None:
    times = np.linspace(0, 10, 57)
    start, end = [trial[0] for trial in trials], [trial[1] for trial in trials]
    for (found,), first, last in zip(traces_by_trial(times, start=start, end=end), start, end, strict=True):
        assert_array_equal(found, times[(times > first) & (times < last)])


def test_traces_of_another_length_are_refused() -> None:
    with pytest.raises(InvalidInput, match="trace 1 9"):
        traces_by_trial(np.arange(10.0), np.arange(9.0), start=[0.0], end=[1.0])
    with pytest.raises(InvalidInput, match="start 2, end 1"):
        traces_by_trial(np.arange(10.0), start=[0.0, 1.0], end=[1.0])
    with pytest.raises(InvalidInput, match="ascend"):
        traces_by_trial([1.0, 0.0], start=[0.0], end=[1.0])
