"""Units of the wheel, and the two channels of its encoder."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from bregma.brainbox import (
    InvalidInput,
    WheelUnit,
    convert_wheel_position,
    decode_quadrature,
    find_wheel_movements,
    infer_wheel_unit,
)
from bregma.brainbox.arrays import Floats

WALK = np.cumsum(np.random.default_rng(0).choice([-1, 0, 1], 500))


@pytest.mark.parametrize("encoding", ["X1", "X2", "X4"])
@pytest.mark.parametrize("name", ["rad", "cm", "deg"])
def test_unit_and_encoding_are_inferred_from_steps(name: str, encoding: str) -> None:
    unit = WheelUnit(name, encoding)
    assert infer_wheel_unit(WALK * unit.tick) == unit
    assert infer_wheel_unit((WALK * unit.tick).astype(np.float32)) == unit


def test_whole_numbers_are_ticks() -> None:
    assert infer_wheel_unit(WALK).name == "ticks"


def test_the_unit_of_a_curve_is_unknown() -> None:
    with pytest.raises(InvalidInput, match="name the unit"):
        infer_wheel_unit(np.random.default_rng(1).normal(size=100))
    with pytest.raises(InvalidInput, match="name the unit"):
        infer_wheel_unit([])


def test_known_lengths_convert() -> None:
    cm = WheelUnit("cm")
    assert_allclose(convert_wheel_position([np.pi * 6.2, np.nan], cm, "deg"), [360.0, np.nan])
    assert_allclose(convert_wheel_position([1.0], cm, "rad"), [0.3225806451612903])
    assert_allclose(convert_wheel_position([1.0], WheelUnit("ticks"), "cm"), [0.004755340442445488])
    assert_allclose(convert_wheel_position([0.01], WheelUnit("cm", diameter_cm=5), "rad"), [0.004])
    assert_allclose(convert_wheel_position([8.0], WheelUnit("ticks", "X4"), WheelUnit("ticks", "X1")), [2.0])


def test_a_name_stands_for_the_encoder_of_ibl() -> None:
    assert_allclose(convert_wheel_position([1.0], "cm"), convert_wheel_position([1.0], WheelUnit("cm")))
    times = np.arange(0, 5, 0.001)
    position = np.sin(times)  # resampled: its steps say nothing of the unit
    named, made = (find_wheel_movements(times, position, unit=unit) for unit in ("rad", WheelUnit("rad")))
    assert named.unit == made.unit
    assert_allclose(named.onsets, made.onsets)


def test_a_unit_that_is_no_name_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"^unit is 3\.7"):
        convert_wheel_position([1.0], 3.7)  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match=r"^to is None"):
        convert_wheel_position([1.0], "cm", None)  # type: ignore[arg-type]


def test_an_unknown_unit_names_those_known() -> None:
    with pytest.raises(InvalidInput, match="rad, deg, cm"):
        WheelUnit("inch")
    with pytest.raises(InvalidInput, match="X1, X2 or X4"):
        WheelUnit("rad", "X3")


def fronts_of(quarters: list[int]) -> tuple[Floats, Floats, Floats, Floats]:
    """Return the fronts of both channels of a wheel that goes through these quarters of a pulse."""
    state = np.asarray(quarters) % 4
    a, b = np.isin(state, [1, 2]), np.isin(state, [2, 3])
    times = np.arange(1.0, len(quarters))
    at_a, at_b = np.diff(a.astype(int)) != 0, np.diff(b.astype(int)) != 0
    return times[at_a], np.where(a[1:], 1.0, -1.0)[at_a], times[at_b], np.where(b[1:], 1.0, -1.0)[at_b]


FORTH_AND_BACK = [0, 1, 2, 3, 4, 5, 6, 7, 8, 7, 6, 5, 4, 3, 2, 1, 0]


@pytest.mark.parametrize(
    ("encoding", "ticks"),
    [
        ("X4", FORTH_AND_BACK[1:]),
        ("X2", [1, 2, 3, 4, 3, 2, 1, 0]),
        ("X1", [1, 2, 1, 0]),
    ],
)
def test_a_turn_forth_and_back_is_decoded(encoding: str, ticks: list[int]) -> None:
    times, position = decode_quadrature(*fronts_of(FORTH_AND_BACK), encoding=encoding)
    assert_allclose(position, np.array(ticks) * WheelUnit("rad", encoding).tick, atol=1e-12)
    assert (np.diff(times) > 0).all()


@given(st.lists(st.sampled_from([-1, 1]), min_size=1, max_size=200))
def test_every_encoding_stays_with_a_jittering_wheel(steps: list[int]) -> None:
    walk = np.concatenate([np.arange(9), 8 + np.cumsum(steps)])
    for encoding in ("X1", "X2", "X4"):
        times, position = decode_quadrature(*fronts_of(walk.tolist()), encoding=encoding)
        behind = position / WheelUnit("rad").tick - walk[times.astype(int)]
        assert np.abs(behind).max() < 4


def test_x4_counts_every_quarter_of_a_jittering_wheel() -> None:
    walk = np.concatenate([[0], np.cumsum(np.random.default_rng(3).choice([-1, 1], 5000))])
    _, position = decode_quadrature(*fronts_of(walk.tolist()))
    assert_allclose(position, walk[1:] * WheelUnit("rad").tick, atol=1e-9)


def test_no_fronts_give_no_position() -> None:
    times, position = decode_quadrature([], [], [], [])
    assert times.size == position.size == 0


def test_polarities_other_than_one_are_refused() -> None:
    with pytest.raises(InvalidInput, match="polarities_b"):
        decode_quadrature([1.0], [1], [2.0], [0])
    with pytest.raises(InvalidInput, match="times_a"):
        decode_quadrature([1.0, 0.5], [1, -1], [2.0], [1])
    assert_array_equal(decode_quadrature([1.0], [1], [], [])[0], [1.0])
