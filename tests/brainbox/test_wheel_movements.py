"""Movements of the wheel: known answers, invariances, and units that cannot be mistaken."""

import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from bregma.brainbox import InvalidInput, MovementCriteria, WheelMovements, WheelUnit, find_wheel_movements
from bregma.brainbox.arrays import Floats

RAD = WheelUnit("rad", "X4")
RATE = 1000


def turns(seed: int, n_moves: int = 12) -> Floats:
    """Return a wheel in ticks at 1 kHz that turns now and then, still at both ends."""
    rng = np.random.default_rng(seed)
    pieces = [np.zeros(300)]
    for _ in range(n_moves):
        pieces.append(np.full(rng.integers(20, 600), rng.choice([-1.0, 1.0]) * rng.uniform(0.01, 0.5)))
        pieces.append(np.zeros(rng.integers(5, 800)))
    pieces.append(np.zeros(300))
    return np.asarray(np.round(np.cumsum(np.concatenate(pieces))))


def find(ticks: Floats, *, start: float = 0.0, scale: float = RAD.tick, unit: WheelUnit = RAD) -> WheelMovements:
    times = start + np.arange(ticks.size) / RATE
    return find_wheel_movements(times, ticks * scale, unit=unit)


def assert_same(found: WheelMovements, expected: WheelMovements, *, shift: float = 0.0) -> None:
    for name in ("onsets", "offsets", "peak_velocity_times"):
        assert_allclose(getattr(found, name), getattr(expected, name) + shift, atol=1e-6)
    assert_allclose(found.peak_amplitudes_rad, expected.peak_amplitudes_rad, atol=1e-9)


def test_one_turn_is_found_where_it_is() -> None:
    position = np.concatenate([np.zeros(500), np.arange(0.0, 100.0), np.full(500, 99.0)])
    found = find(position)
    # Sample 501 is the last within 1.5 ticks of the start, 590 the last from which more than 8 ticks follow.
    assert_allclose(found.onsets, [0.501])
    assert_allclose(found.offsets, [0.591])
    assert_allclose(found.peak_amplitudes_rad, [89 * RAD.tick])


@settings(max_examples=25)
@given(seed=st.integers(0, 2**32 - 1), start=st.floats(-1e4, 1e5), still=st.integers(0, 3000))
def test_movements_follow_a_shift_in_time_and_leading_stillness(seed: int, start: float, still: int) -> None:
    ticks = turns(seed)
    expected = find(ticks)
    padded = np.concatenate([np.full(still, ticks[0]), ticks])
    assert_same(find(padded, start=start), expected, shift=start + still / RATE)


@settings(max_examples=15)
@given(seed=st.integers(0, 2**32 - 1), offset=st.integers(-100_000, 100_000))
def test_movements_do_not_depend_on_where_the_wheel_is_and_mirror_with_it(seed: int, offset: int) -> None:
    ticks = turns(seed)
    expected, moved, mirrored = find(ticks), find(ticks + offset), find(-ticks)
    assert_same(moved, expected)
    assert_array_equal(mirrored.intervals, expected.intervals)
    assert_array_equal(mirrored.peak_amplitudes, -expected.peak_amplitudes)


@pytest.mark.parametrize(
    "unit", [WheelUnit("cm", "X4"), WheelUnit("deg", "X4"), WheelUnit("ticks"), WheelUnit("rad", "X1")]
)
def test_movements_are_the_same_in_every_unit(unit: WheelUnit) -> None:
    ticks = turns(1)
    expected, found = find(ticks), find(ticks, scale=unit.tick, unit=unit)
    assert expected.onsets.size > 5
    assert_array_equal(found.intervals, expected.intervals)
    assert_allclose(found.peak_amplitudes / unit.tick, expected.peak_amplitudes / RAD.tick)


def test_a_session_longer_than_any_batch_keeps_every_onset() -> None:
    """Every movement of the same shape has the same onset, wherever in the session it is."""
    move = np.concatenate([np.arange(100.0), np.full(777, 100.0), np.arange(100.0, 0.0, -1), np.zeros(777)])
    found = find(np.concatenate([np.zeros(500), np.tile(move, 120)]))
    assert found.onsets.size == 240
    assert_allclose(np.diff(found.onsets[::2]), move.size / RATE)
    assert_allclose(found.peak_amplitudes[::2], -found.peak_amplitudes[1::2])


def test_samples_as_recorded_give_the_movements_of_their_interpolation() -> None:
    rng = np.random.default_rng(4)
    times = np.cumsum(rng.exponential(0.01, 2000))
    position = np.cumsum(rng.choice([-1, 1], 2000, p=[0.3, 0.7])) * RAD.tick
    grid = times[0] + np.arange(int((times[-1] - times[0]) * RATE) + 1) / RATE
    expected = find_wheel_movements(grid, np.interp(grid, times, position), unit=RAD)
    assert_same(find_wheel_movements(times, position), expected)
    assert expected.onsets.size


def test_samples_of_unknown_place_are_left_out() -> None:
    ticks = turns(2)
    times, position = np.arange(ticks.size) / RATE, ticks * RAD.tick
    position[1] = np.nan
    assert_same(find_wheel_movements(times, position, unit=RAD), find(ticks))


@pytest.mark.parametrize("n_samples", [0, 1, 1000])
def test_a_still_or_empty_wheel_has_no_movements(n_samples: int) -> None:
    found = find_wheel_movements(np.arange(n_samples) / RATE, np.full(n_samples, 3.0))
    assert found.intervals.shape == (0, 2)
    assert found.to_xarray().sizes["movement"] == 0


def test_a_wheel_that_never_stops_is_one_movement() -> None:
    found = find(np.arange(5000.0))
    assert found.onsets.size == 1
    assert found.offsets[0] > 4.9


def test_radians_named_ticks_are_refused() -> None:
    ticks = turns(3)
    times = np.arange(ticks.size) / RATE
    with pytest.raises(InvalidInput, match=r"said to be in ticks.*of rad"):
        find_wheel_movements(times, ticks * RAD.tick, unit=WheelUnit("ticks"))
    with pytest.raises(InvalidInput, match="few whole numbers"):
        find_wheel_movements(times, 0.3 + np.sin(times * 3.0), unit=WheelUnit("ticks"))
    resting = np.concatenate([np.zeros(50_000), 0.3 + np.sin(times * 3.0)])
    with pytest.raises(InvalidInput, match="few whole numbers"):
        find_wheel_movements(np.arange(resting.size) / RATE, resting, unit=WheelUnit("ticks"))
    with pytest.raises(InvalidInput, match=r"said to be in rad.*of ticks"):
        find_wheel_movements(times, ticks, unit=RAD)


def test_positions_without_steps_need_a_unit() -> None:
    times = np.arange(5000) / RATE
    with pytest.raises(InvalidInput, match="name the unit"):
        find_wheel_movements(times, np.sin(times))


def test_a_window_of_one_sample_is_refused() -> None:
    rules = MovementCriteria(window=0.1)
    with pytest.raises(InvalidInput, match="window"):
        find_wheel_movements([0, 0.1, 0.2], [0.0, 8.0, 0.0], unit=WheelUnit("ticks"), criteria=rules)


def test_inputs_are_left_as_they_are() -> None:
    ticks = turns(5)
    times, position = np.arange(ticks.size) / RATE, ticks * RAD.tick
    times.flags.writeable = position.flags.writeable = False
    find_wheel_movements(times, position, unit=RAD)


@pytest.mark.parametrize(("session", "unit"), [(0, WheelUnit("ticks")), (1, WheelUnit("cm", "X4"))])
def test_movements_are_those_that_people_checked(shared_data: Path, session: int, unit: WheelUnit) -> None:
    with (shared_data / "ibl_wheel" / "wheel_test.p").open("rb") as file:
        (times, position), (onsets, offsets, amplitudes, peaks) = pickle.load(file)[session]
    found = find_wheel_movements(times, position, unit=unit)
    assert found.onsets.size == (14, 64)[session]
    assert_allclose(found.onsets, onsets, atol=1e-9)
    assert_allclose(found.offsets, offsets, atol=1e-9)
    assert_allclose(found.peak_amplitudes, amplitudes, atol=1e-9)
    assert_allclose(found.peak_velocity_times, peaks, atol=1e-2)  # another smoothing, in another language


def test_movements_of_a_real_session_are_those_published(shared_data: Path) -> None:
    with np.load(shared_data / "extraction_truth" / "session_ephys_wheel.npz") as truth:
        found = find_wheel_movements(truth["ts"], truth["pos"])
        expected, amplitudes = truth["intervals"], truth["peakAmplitude"]
    assert found.unit == WheelUnit("rad", "X1")
    same = np.isin(np.round(found.offsets, 5), np.round(expected[:, 1], 5))
    assert same.sum() == expected.shape[0]
    # Movements of exactly 50 ms, which rounding decided against, and an onset of exactly the threshold.
    assert_allclose(np.diff(found.intervals[~same]), 0.05)
    assert np.isclose(found.onsets[same], expected[:, 0], rtol=0, atol=1e-6).sum() == expected.shape[0] - 1
    assert_allclose(found.onsets[same], expected[:, 0], rtol=0, atol=0.0011)
    assert np.isclose(found.peak_amplitudes[same], amplitudes, rtol=0, atol=1e-8).sum() >= expected.shape[0] - 1
