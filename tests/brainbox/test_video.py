"""Motion energy of video frames, and the video beside the wheel."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from numpy.typing import NDArray

from bregma.brainbox import (
    InvalidInput,
    MotionEnergy,
    Wheel,
    align_camera_to_wheel,
    compute_motion_energy,
    difference_frames,
    difference_of_frames,
)


def film(n_frames: int = 12, *, colours: bool = False) -> NDArray[np.uint8]:
    shape = (n_frames, 6, 8, 3) if colours else (n_frames, 6, 8)
    return np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)


def test_differences_of_grey_frames_are_exact_in_both_directions() -> None:
    dark, light = np.full((2, 2), 10, dtype=np.uint8), np.full((2, 2), 250, dtype=np.uint8)
    assert_array_equal(difference_of_frames(dark, light), np.full((2, 2), 240))
    assert_array_equal(difference_of_frames(light, dark), np.full((2, 2), 240))


def test_differences_of_colours_are_their_root_mean_square() -> None:
    one, other = film(2, colours=True)
    expected = np.round(np.sqrt(((one.astype(float) - other) ** 2).mean(axis=2)))
    assert_array_equal(difference_of_frames(one, other), expected)


def test_frames_are_compared_with_those_a_step_later() -> None:
    frames = np.arange(12, dtype=np.uint8)[:, None, None] * np.ones((2, 2), dtype=np.uint8)
    found = list(difference_frames(frames, step=3))
    assert len(found) == 9
    assert_array_equal(found[0], np.full((2, 2), 3))


def test_energy_of_an_array_and_of_a_reused_frame_are_equal() -> None:
    frames = film()

    def one_by_one() -> Iterator[NDArray[np.uint8]]:
        buffer = np.empty_like(frames[0])
        for frame in frames:
            buffer[:] = frame
            yield buffer

    expected = np.abs(frames[2:].astype(float) - frames[:-2]).mean(axis=(1, 2))
    for source in (frames, one_by_one()):
        found = compute_motion_energy(source)
        assert_allclose(found.energy, expected)
        assert found.normalized.min() == 0
        assert found.normalized.max() == 1


def test_only_the_region_counts() -> None:
    frames = np.zeros((4, 6, 8), dtype=np.uint8)
    frames[1, 0, 0] = 100
    assert compute_motion_energy(frames, step=1, region=np.s_[1:, 1:]).energy.max() == 0
    assert compute_motion_energy(frames, step=1, region=np.s_[:1, :1]).energy[0] == 100
    with pytest.raises(InvalidInput, match="no pixels"):
        compute_motion_energy(frames, region=np.s_[20:, :])


def test_the_kernel_blurs_rows_and_columns_and_never_time() -> None:
    frames = np.zeros((5, 31, 31), dtype=np.uint8)
    frames[2, 15, 15] = 200
    plain = compute_motion_energy(frames, step=1)
    small = compute_motion_energy(frames, step=1, kernel=(3, 3))
    large = compute_motion_energy(frames, step=1, kernel=(9, 5))
    assert_allclose(small.energy, plain.energy, rtol=1e-5)
    assert_array_equal(small.energy == 0, [True, False, False, True])
    assert large.deviation[1] < small.deviation[1] < plain.deviation[1]
    with pytest.raises(InvalidInput, match="odd"):
        compute_motion_energy(frames, kernel=(4, 4))


def test_a_still_film_has_no_energy() -> None:
    found = compute_motion_energy(np.full((5, 4, 4), 7, dtype=np.uint8))
    assert_array_equal(found.normalized, np.zeros(3))
    assert compute_motion_energy(film(1)).energy.size == 0


def test_frames_that_are_not_alike_or_not_bytes_are_refused() -> None:
    frame = film(1)[0]
    with pytest.raises(InvalidInput, match="differ in shape"):
        difference_of_frames(frame, frame[:3])
    with pytest.raises(InvalidInput, match="8-bit"):
        difference_of_frames(frame.astype(float), frame.astype(float))
    with pytest.raises(InvalidInput, match="step is 0"):
        compute_motion_energy(film(), step=0)


def test_real_frames_differ_where_the_mouse_moved(shared_data: Path) -> None:
    frames = np.load(shared_data / "ibl_camera_frames" / "frames_left.npy", mmap_mode="r")
    found = compute_motion_energy(frames, step=1)
    expected = np.abs(np.diff(frames[:, ::1].astype(np.int16), axis=0))
    assert_allclose(found.energy, expected.mean(axis=(1, 2)))
    assert_allclose(found.deviation, expected.std(axis=(1, 2)))


def wheel_and_motion(late: int, *, step: int = 2) -> tuple[MotionEnergy, NDArray[np.float64], Wheel]:
    rng = np.random.default_rng(1)
    times = np.arange(0, 60, 0.001)
    velocity = np.convolve(rng.normal(size=times.size) * (rng.random(times.size) < 0.002), np.ones(200), mode="same")
    zeros: Any = np.zeros(times.size)
    wheel = Wheel(times, zeros, velocity, zeros)
    frames = np.arange(0, 60, 1 / 60)
    middle = (frames[step:] + frames[:-step]) / 2 - late / 60
    energy = np.abs(np.interp(middle, times, velocity)) + rng.normal(0, 0.1, middle.size)
    return MotionEnergy(energy, energy, step), frames, wheel


@pytest.mark.parametrize("late", [-7, 0, 12])
def test_a_late_video_is_found_late(late: int) -> None:
    lag = align_camera_to_wheel(*wheel_and_motion(late), max_lag=30)
    assert lag.frames == late
    assert lag.seconds == pytest.approx(late / 60)
    assert 0.8 < lag.peak <= 1


def test_correlations_are_those_of_the_overlap() -> None:
    motion, frames, wheel = wheel_and_motion(3)
    lag = align_camera_to_wheel(motion, frames, wheel, max_lag=10)
    speed = np.interp((frames[2:] + frames[:-2]) / 2, wheel.times, np.abs(wheel.velocity))
    assert lag.correlation[lag.lags == 5][0] == pytest.approx(np.corrcoef(motion.energy[5:], speed[:-5])[0, 1])
    assert lag.correlation[lag.lags == -5][0] == pytest.approx(np.corrcoef(motion.energy[:-5], speed[5:])[0, 1])


def test_a_still_wheel_cannot_be_aligned() -> None:
    motion, frames, wheel = wheel_and_motion(0)
    still = Wheel(wheel.times, wheel.position, np.zeros(wheel.times.size), wheel.acceleration)
    with pytest.raises(InvalidInput, match="stand still"):
        align_camera_to_wheel(motion, frames, still)
    with pytest.raises(InvalidInput, match="too few"):
        align_camera_to_wheel(motion, frames, wheel, max_lag=3600)
