"""The wheel, beside the reference's."""

from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from tests.brainbox.reference import Reference

from bregma.brainbox import (
    MovementCriteria,
    WheelMovements,
    WheelUnit,
    decode_quadrature,
    find_direction_changes,
    find_first_movements,
    find_movement_onsets,
    find_wheel_movements,
    infer_wheel_unit,
    resample_wheel,
    traces_by_trial,
    velocity_filtered,
)
from bregma.brainbox.arrays import Floats

pytestmark = pytest.mark.peer

MOVES = """
import numpy as np
from brainbox.behavior import wheel
position, t = wheel.interpolate_position(times, position, freq=1000)
result = [t, position, *wheel.movements(t, position, pos_thresh=8 * tick, pos_thresh_onset=1.5 * tick)]
"""


@pytest.fixture
def real(shared_data: Path) -> tuple[Floats, Floats]:
    with np.load(shared_data / "extraction_truth" / "session_ephys_wheel.npz") as truth:
        return truth["ts"], truth["pos"]


def random_wheel(seed: int, n_samples: int = 2000) -> tuple[Floats, Floats]:
    """Return less than the reference's first batch: beyond it, it may lose movements."""
    rng = np.random.default_rng(seed)
    times = np.cumsum(rng.exponential(0.004, n_samples))
    steps = np.where(rng.random(n_samples) < 0.5, rng.integers(-1, 2, n_samples), 0)
    return times, np.cumsum(steps) * WheelUnit("rad").tick


def assert_published(reference: Reference, times: Floats, position: Floats, unit: WheelUnit) -> None:
    grid, resampled, *expected = reference(MOVES, times=times, position=position, tick=unit.tick)
    rules = MovementCriteria(published=True)
    found = find_wheel_movements(grid, resampled, unit=unit, criteria=rules)
    arrays = (found.onsets, found.offsets, found.peak_amplitudes, found.peak_velocity_times)
    for ours, theirs in zip(arrays, expected, strict=True):
        assert_array_equal(ours, theirs)


def test_movements_of_a_real_session_are_equal(reference: Reference, real: tuple[Floats, Floats]) -> None:
    assert_published(reference, *real, WheelUnit("rad", "X1"))


@pytest.mark.parametrize("seed", range(5))
def test_movements_of_random_wheels_are_equal(reference: Reference, seed: int) -> None:
    assert_published(reference, *random_wheel(seed), WheelUnit("rad"))


def test_position_and_velocity_are_equal(reference: Reference, real: tuple[Floats, Floats]) -> None:
    times, position = real[0][:5000], real[1][:5000]
    code = """
from brainbox.behavior import wheel
plain, _ = wheel.interpolate_position(t, p, freq=1000)
filled, _ = wheel.interpolate_position(t, p, freq=1000, fill_gaps=0.3)
result = [plain, filled, *wheel.velocity_filtered(plain, 1000)]
"""
    plain, filled, velocity, acceleration = reference(code, t=times, p=position)
    assert_allclose(resample_wheel(times, position).position[: plain.size], plain, atol=1e-9)
    ours = resample_wheel(times, position, fill_gaps=0.3).position[: plain.size]
    assert (
        np.isclose(ours, filled, atol=1e-9).mean() > 0.9999
    )  # a grid point on a sample may be a rounding error before it
    for found, expected in zip(velocity_filtered(plain, 1000), (velocity, acceleration), strict=True):
        assert_allclose(found, expected, atol=1e-9)


@pytest.mark.parametrize("name", ["rad", "cm"])
@pytest.mark.parametrize("encoding", ["X1", "X2", "X4"])
def test_units_are_equal(reference: Reference, name: str, encoding: str) -> None:
    position = np.cumsum(np.random.default_rng(1).choice([-1, 1], 1000)) * WheelUnit(name, encoding).tick
    code = "from ibllib.io.extractors.training_wheel import infer_wheel_units; result = infer_wheel_units(p)"
    units, resolution, coding = reference(code, p=position)
    found = infer_wheel_unit(position)
    assert (found.name, found.ticks_per_turn, found.encoding) == (units, resolution, WheelUnit(name, coding).encoding)


def test_first_movements_and_onsets_are_equal(reference: Reference) -> None:
    rng = np.random.default_rng(2)
    edges = np.sort(rng.uniform(0, 1000, 1000))
    moves = WheelMovements.from_alf(edges.reshape(-1, 2), rng.normal(0, 0.15, 500))
    cues = np.sort(rng.uniform(0, 1000, 200))
    feedback = cues + rng.exponential(4, 200)
    feedback[5] = np.nan
    code = """
from brainbox.behavior.wheel import get_movement_onset
from ibllib.io.extractors.training_wheel import extract_first_movement_times
moves = {"intervals": intervals, "peakAmplitude": amplitudes}
result = [*extract_first_movement_times(moves, {"goCue_times": cues, "feedback_times": feedback})]
result.append(get_movement_onset(intervals, cues))
"""
    inputs = {"intervals": moves.intervals, "amplitudes": moves.peak_amplitudes, "cues": cues, "feedback": feedback}
    times, is_final, places, onsets = reference(code, **inputs)
    found = find_first_movements(moves, cues, feedback)
    assert_array_equal(found.times, times)
    assert_array_equal(found.is_final, is_final)
    assert_array_equal(found.movement[found.movement >= 0], places)
    assert_array_equal(find_movement_onsets(moves.intervals, cues), onsets)


def test_direction_changes_and_traces_are_equal(reference: Reference) -> None:
    rng = np.random.default_rng(3)
    times, velocity = np.arange(5000) / 1000, rng.normal(size=5000)
    intervals = np.sort(rng.uniform(-0.5, 5.5, 40)).reshape(-1, 2)
    code = """
from brainbox.behavior import wheel
result = [wheel.direction_changes(t, v, i)[1], wheel.traces_by_trial(t, v, start=i[:, 0], end=i[:, 1])]
"""
    changes, traces = reference(code, t=times, v=velocity, i=intervals)
    assert_array_equal(find_direction_changes(times, velocity, intervals).samples, np.concatenate(changes))
    for ours, theirs in zip(
        traces_by_trial(times, velocity, start=intervals[:, 0], end=intervals[:, 1]), traces, strict=True
    ):
        assert_array_equal(ours, theirs)


@pytest.mark.parametrize("encoding", ["X2", "X4"])
def test_quadrature_is_equal(reference: Reference, encoding: str) -> None:
    walk = np.concatenate([[0, 1, 2, 3, 4], 4 + np.cumsum(np.random.default_rng(4).choice([-1, 1], 3000))])
    state = walk % 4
    levels = np.isin(state, [1, 2]), np.isin(state, [2, 3])
    channels: dict[str, Floats] = {}
    for name, level in zip("ab", levels, strict=True):
        fronts = np.diff(level.astype(int))
        channels |= {
            f"t{name}": np.asarray(np.flatnonzero(fronts) + 1, dtype=np.float64),
            f"p{name}": fronts[fronts != 0].astype(np.float64),
        }
    code = f"""
from ibllib.io.extractors.ephys_fpga import _rotary_encoder_positions_from_fronts as decode
result = decode(ta, pa, tb, pb, radius=1, coding={encoding.lower()!r})
"""
    times, position = reference(code, **channels)
    found = decode_quadrature(channels["ta"], channels["pa"], channels["tb"], channels["pb"], encoding=encoding)
    assert_array_equal(found[0], times)
    # Before the first front of B the reference takes its level from the last front of all.
    assert_allclose(np.diff(found[1]), np.diff(position), atol=1e-12)
