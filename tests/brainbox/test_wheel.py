"""The wheel on a regular grid: known movements, and a real wheel."""

from pathlib import Path

import numpy as np
import pytest

from bregma.brainbox import InvalidInput
from bregma.brainbox.behavior.wheel import resample_wheel


def test_a_steady_turn_has_its_velocity() -> None:
    times = np.sort(np.random.default_rng(0).uniform(0, 10, 500))
    wheel = resample_wheel(times, 3 * times)
    assert wheel.position == pytest.approx(3 * wheel.times)
    assert wheel.velocity == pytest.approx(3.0, abs=1e-6)
    assert wheel.acceleration == pytest.approx(0.0, abs=1e-3)


def test_a_slow_swing_has_velocity_and_acceleration_without_lag() -> None:
    times = np.arange(0, 10, 0.001)
    wheel = resample_wheel(times, np.sin(2 * np.pi * times))
    middle = slice(1000, -1000)
    assert wheel.velocity[middle] == pytest.approx(2 * np.pi * np.cos(2 * np.pi * wheel.times[middle]), abs=1e-3)
    swing = -((2 * np.pi) ** 2) * np.sin(2 * np.pi * wheel.times[middle])
    assert wheel.acceleration[middle] == pytest.approx(swing, abs=1e-2)


def test_times_stay_exact_after_hours() -> None:
    wheel = resample_wheel(20_000 + np.arange(5.0), np.zeros(5))
    assert np.diff(wheel.times) == pytest.approx(0.001, abs=1e-9)


def test_a_wheel_of_fewer_than_two_samples_is_empty() -> None:
    assert resample_wheel([1.0, np.nan], [0.0, 0.0]).times.size == 0


def test_a_short_wheel_is_filtered_all_the_same() -> None:
    assert resample_wheel([0.0, 0.002], [0.0, 1.0]).times.size == 3


def test_times_that_go_back_are_refused_by_sample() -> None:
    with pytest.raises(InvalidInput, match=r"ascend: 1\.0, and then 0\.5 at 2"):
        resample_wheel([0.0, 1.0, 0.5], [0.0, 0.0, 0.0])


def test_a_corner_above_half_the_frequency_is_refused() -> None:
    with pytest.raises(InvalidInput, match="corner"):
        resample_wheel([0.0, 1.0], [0.0, 0.0], frequency=30)


def test_a_real_wheel_keeps_its_positions(shared_data: Path) -> None:
    folder = shared_data / "ibl_wheel"
    times = np.load(folder / "session1._ibl_wheel.timestamps.npy")
    position = np.load(folder / "session1._ibl_wheel.position.npy").astype(float)
    wheel = resample_wheel(times, position)
    assert wheel.times[0] == times[0]
    assert times[-1] - wheel.times[-1] < 0.001
    # One millisecond of turning separates a grid point from the nearest sample.
    fastest = np.abs(np.diff(position) / np.diff(times)).max() * 0.001
    assert np.abs(np.interp(times[:-1], wheel.times, wheel.position) - position[:-1]).max() <= fastest
