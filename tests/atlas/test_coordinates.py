import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bregma.atlas import ccf_from_xyz, xyz_from_ccf

metres = st.floats(-0.02, 0.02)


def test_bregma_is_the_origin() -> None:
    np.testing.assert_array_equal(xyz_from_ccf([5739, 5400, 332]), [0, 0, 0])


def test_right_front_and_up_are_positive() -> None:
    # More ML is to the right; more AP is to the back; more DV is downwards.
    np.testing.assert_allclose(xyz_from_ccf([5739 + 1000, 5400 + 2000, 332 + 3000]), [0.001, -0.002, -0.003])


@given(st.tuples(metres, metres, metres))
def test_there_and_back_is_the_same_place(xyz: tuple[float, float, float]) -> None:
    np.testing.assert_allclose(xyz_from_ccf(ccf_from_xyz(xyz)), xyz, atol=1e-12)


def test_nan_stays_nan() -> None:
    assert np.isnan(xyz_from_ccf([np.nan, 0, 0])[0])


@pytest.mark.parametrize("wrong", [1.0, [1.0, 2.0], np.zeros((3, 2))])
def test_coordinates_without_three_entries_are_refused(wrong: object) -> None:
    with pytest.raises(ValueError, match="three entries"):
        xyz_from_ccf(wrong)  # type: ignore[arg-type]
