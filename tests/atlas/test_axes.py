from collections.abc import Callable

import numpy as np
import pytest

from bregma.atlas import InvalidCoordinates, WrongUnit, check_axes, phantom_atlas

ATLAS = phantom_atlas(32)


def units(n: int = 1000) -> np.ndarray:
    """Places all over the brain."""
    return np.random.default_rng(0).permutation(ATLAS.grid.xyz_of(np.argwhere(ATLAS.labels)))[:n]


def test_coordinates_in_the_brain_pass() -> None:
    places = units()
    assert check_axes(ATLAS, places) is places
    assert check_axes(ATLAS, np.full((2, 3), np.nan)).shape == (2, 3)
    assert check_axes(ATLAS, [0.001, -0.0017, -0.0039]).shape == (3,)


@pytest.mark.parametrize(
    ("turn", "words"),
    [
        (lambda xyz: xyz * [1, 1, -1], "x, y, -z"),
        (lambda xyz: xyz[:, [1, 0, 2]] * [1, 1, -1], "y, x, -z"),
        (lambda xyz: xyz[:, [1, 2, 0]], "y, z, x"),
        (lambda xyz: xyz[:, [1, 2, 0]] * [-1, -1, 1], "-y, -z, x"),
    ],
)
def test_turned_axes_are_named(turn: Callable[[np.ndarray], np.ndarray], words: str) -> None:
    with pytest.raises(InvalidCoordinates, match=rf"% of these units are in the brain.*these may be {words}, which"):
        check_axes(ATLAS, turn(units()), "units")


def test_places_that_no_turn_puts_into_the_brain_pass() -> None:
    above = units() + np.array([0.0, 0.0, 0.012])
    np.testing.assert_array_equal(check_axes(ATLAS, above), above)


def test_another_unit_is_refused_first() -> None:
    with pytest.raises(WrongUnit, match="micrometres"):
        check_axes(ATLAS, units() * 1e6)
