"""Tracked points: likelihood, speed, events, the pupil, states of the paws."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from bregma.brainbox import (
    LEFT_CAMERA,
    Camera,
    InvalidInput,
    PawState,
    classify_paw_states,
    compute_pupil_diameter,
    compute_pupil_snr,
    compute_speed,
    compute_state_durations,
    find_licks,
    find_runs,
    find_sniffs,
    find_state_transitions,
    mask_unlikely_points,
    silence_transitions,
    smooth_pupil_diameter,
    smooth_savgol,
)
from bregma.brainbox.arrays import Floats
from bregma.brainbox.behavior.pose.points import TONGUE


def pose_of(**columns: list[float]) -> dict[str, Floats]:
    return {name: np.array(values, dtype=float) for name, values in columns.items()}


def test_unlikely_points_become_nan_and_the_table_stays() -> None:
    table: Any = pd.DataFrame(pose_of(nose_x=[1, 2, 3], nose_y=[4, 5, 6], nose_likelihood=[0.95, 0.9, np.nan]))
    before = table.copy()
    masked = mask_unlikely_points(table, 0.91)
    assert_array_equal(masked["nose_x"], [1, np.nan, np.nan])
    assert_array_equal(masked["nose_y"], [4, np.nan, np.nan])
    assert_array_equal(masked["nose_likelihood"], before["nose_likelihood"])
    pd.testing.assert_frame_equal(table, before)


def test_a_likelihood_at_the_threshold_is_taken_and_zero_takes_all() -> None:
    pose = pose_of(nose_x=[1, 2], nose_y=[4, 5], nose_likelihood=[0.9, np.nan])
    assert_array_equal(mask_unlikely_points(pose, 0.9)["nose_x"], [1, np.nan])
    assert_array_equal(mask_unlikely_points(pose, 0)["nose_x"], [1, 2])


def test_a_threshold_above_one_is_refused() -> None:
    with pytest.raises(InvalidInput, match="threshold is 90"):
        mask_unlikely_points({}, 90)


def test_speed_is_that_of_real_frame_times() -> None:
    times = np.array([0.0, 0.1, 0.2, 0.5, 0.6])  # two frames were lost
    pose = {"paw_r_x": 30 * times, "paw_r_y": 40 * times}
    assert_allclose(compute_speed(pose, times), 50.0)


@given(st.floats(-1e4, 1e4), st.floats(-500, 500))
def test_speed_does_not_depend_on_clock_or_place(later: float, aside: float) -> None:
    rng = np.random.default_rng(0)
    times, x, y = np.cumsum(rng.uniform(0.01, 0.02, 50)), rng.normal(size=50), rng.normal(size=50)
    expected = compute_speed({"paw_r_x": x, "paw_r_y": y}, times)
    found = compute_speed({"paw_r_x": x + aside, "paw_r_y": y - aside}, times + later)
    assert_allclose(found, expected, rtol=1e-6)


def test_speed_next_to_an_unknown_point_is_unknown() -> None:
    pose = pose_of(paw_r_x=[0, np.nan, 2, 3, 4], paw_r_y=[0, 0, 0, 0, 0])
    assert_array_equal(np.isnan(compute_speed(pose, np.arange(5.0))), [True, True, True, False, False])
    assert compute_speed(pose_of(paw_r_x=[], paw_r_y=[]), []).size == 0


def test_a_missing_point_and_lengths_that_differ_are_named() -> None:
    with pytest.raises(InvalidInput, match="no 'tail_x'; it has paw_r_x"):
        compute_speed(pose_of(paw_r_x=[0.0]), [0.0], "tail")
    with pytest.raises(InvalidInput, match="times 2, paw_r_x 1"):
        compute_speed(pose_of(paw_r_x=[0.0]), [0.0, 1.0])


def test_jumps_of_the_tongue_are_licks_once_per_frame() -> None:
    still = np.zeros(100)
    pose = {name: still.copy() for name in TONGUE}
    pose[TONGUE[0]][50:] = 5.0
    pose[TONGUE[3]][50:] = 7.0
    pose[TONGUE[1]][20:] = np.nan
    assert_array_equal(find_licks(pose, np.arange(100) / 10), [4.9])


def test_jumps_of_the_nose_are_sniffs() -> None:
    nose = np.zeros(100)
    nose[[30, 60]] = 1.0
    assert_array_equal(find_sniffs({"nose_tip_y": nose}, np.arange(100.0)), [29, 30, 59, 60])
    assert find_sniffs({"nose_tip_y": np.full(5, np.nan)}, np.arange(5.0)).size == 0


def circle(diameter: Floats) -> dict[str, Floats]:
    radius = diameter / 2
    places = {"top_r_y": radius, "bottom_r_y": -radius, "left_r_x": -radius, "right_r_x": radius}
    names = [f"{edge}_r_{axis}" for edge in ("top", "bottom", "left", "right") for axis in "xy"]
    return {f"pupil_{name}": places.get(name, np.zeros(diameter.size)) for name in names}


def test_the_diameter_of_a_circle_is_found_from_any_two_points() -> None:
    diameter = np.linspace(10, 20, 6)
    pose = circle(diameter)
    pose["pupil_top_r_x"][1] = np.nan
    pose["pupil_left_r_y"][1:3] = np.nan
    for edge in ("top", "left", "right"):
        pose[f"pupil_{edge}_r_x"][4] = np.nan
    expected = diameter.copy()
    expected[4] = np.nan
    assert_allclose(compute_pupil_diameter(pose), expected)


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1), st.sampled_from([5, 31]))
def test_a_cubic_goes_through_the_filter_unchanged(seed: int, window: int) -> None:
    rng = np.random.default_rng(seed)
    places = np.flatnonzero(rng.random(300) < 0.7).astype(float)
    x = places / 300
    cubic = 1 + x - 2 * x**2 + 3 * x**3
    assert_allclose(smooth_savgol(places, cubic, window=window), cubic, atol=1e-8)


def test_the_filter_is_the_best_polynomial_of_each_window() -> None:
    rng = np.random.default_rng(1)
    places, samples = np.flatnonzero(rng.random(200) < 0.5).astype(float), rng.normal(size=200)
    samples = samples[: places.size]
    smooth = smooth_savgol(places, samples, window=11)
    for centre in range(5, places.size - 5):
        inside = slice(centre - 5, centre + 6)
        fitted = np.polynomial.Polynomial.fit(places[inside], samples[inside], 3)
        assert smooth[centre] == pytest.approx(fitted(places[centre]), abs=1e-9)


@pytest.mark.parametrize("window", [4, 3, 41])
def test_windows_that_cannot_be_fitted_are_refused(window: int) -> None:
    with pytest.raises(InvalidInput, match=f"window is {window}"):
        smooth_savgol(np.arange(40.0), np.zeros(40), window=window)


def noisy_pupil(n_frames: int = 3000) -> tuple[Floats, Floats]:
    clean = 20 + 5 * np.sin(np.arange(n_frames) / 60)
    return clean + np.random.default_rng(2).normal(0, 0.5, n_frames), clean


def test_smoothing_removes_noise_and_outliers() -> None:
    raw, clean = noisy_pupil()
    raw[1000], raw[[500, 501, 502]] = 200.0, np.nan
    smooth = smooth_pupil_diameter(raw)
    assert np.abs(smooth - clean).max() < 1.0
    assert compute_pupil_snr(np.where(raw > 100, np.nan, raw), smooth) > 20


def test_long_gaps_stay_wherever_they_are() -> None:
    raw, _ = noisy_pupil()
    raw[:61], raw[1000:1060], raw[2000:2061], raw[-200:] = np.nan, np.nan, np.nan, np.nan
    unknown = np.isnan(smooth_pupil_diameter(raw, LEFT_CAMERA))
    expected = np.zeros(3000, dtype=bool)
    expected[:61], expected[2000:2061], expected[-200:] = True, True, True
    assert_array_equal(unknown, expected)


def test_frames_before_do_not_change_those_after() -> None:
    raw, _ = noisy_pupil()
    longer = np.concatenate([np.full(500, np.nan), raw])
    assert_allclose(smooth_pupil_diameter(longer)[500:], smooth_pupil_diameter(raw), atol=1e-9)


def test_a_pupil_that_is_not_seen_is_refused() -> None:
    raw, _ = noisy_pupil(1000)
    with pytest.raises(InvalidInput, match="100%"):
        smooth_pupil_diameter(np.full(100, np.nan))
    with pytest.raises(InvalidInput, match="pupil_window"):
        smooth_pupil_diameter(raw, Camera("body", 30.0, 640, 512))


def test_the_most_probable_state_is_taken() -> None:
    columns = {f"paw_l_{name}": np.zeros(3) for name in ("background", "still", "move", "wheel_turn", "groom")}
    columns["paw_l_groom"][0] = columns["paw_l_still"][1] = 0.9
    columns["paw_l_move"][2] = np.nan
    found = classify_paw_states(columns, "paw_l")
    assert_array_equal(found, [PawState.GROOM, PawState.STILL, PawState.UNKNOWN])


def test_runs_and_their_durations() -> None:
    runs = find_runs([1, 1, 2, 2, 2, 1])
    assert_array_equal(runs.starts, [0, 2, 5])
    assert_array_equal(runs.lengths, [2, 3, 1])
    assert find_runs([]).lengths.size == 0
    states, durations = compute_state_durations([1, 1, 2, 2, 2, 1], [0, 1, 2, 3, 5, 6])
    assert_array_equal(states, [1, 2, 1])
    assert_allclose(durations, [2, 4, 1])


def test_transitions_need_long_runs_on_both_sides() -> None:
    states = np.repeat([1, 3, 1, 3, 1], [10, 10, 9, 20, 20])
    assert_array_equal(find_state_transitions(states, PawState.STILL, PawState.WHEEL_TURN), [10])
    assert_array_equal(find_state_transitions(states, 3, 1), [49])
    assert find_state_transitions([], 1, 3).size == 0


def test_short_excursions_are_silenced() -> None:
    states = np.repeat([1, 2, 1, 3], [20, 3, 20, 20])
    silenced = silence_transitions(states)
    assert_array_equal(silenced, np.repeat([1, 3], [49, 14]))
    assert_array_equal(silence_transitions(states, half_window=0)[[19, 20, 21]], [1, 1, 2])
    assert silence_transitions([]).size == 0
