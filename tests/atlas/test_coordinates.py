import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bregma.atlas import InvalidCoordinates, WrongUnit, ccf_from_xyz, check_lengths, check_metres, xyz_from_ccf

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


@pytest.mark.parametrize(
    ("value", "unit"), [(0.16, "millimetres.*1e3"), (-5.4, "millimetres.*1e3"), (-5400.0, "micrometres.*1e6")]
)
def test_another_unit_is_named_with_the_value_and_the_way_out(value: float, unit: str) -> None:
    with pytest.raises(WrongUnit, match=f"{value:g} m is larger than a brain.*{unit}"):
        check_metres([[0.001, 0.0, np.nan], [0.0, value, -0.001]])
    with pytest.raises(WrongUnit):
        ccf_from_xyz([0.0, value, 0.0])


def test_coordinates_in_metres_pass_without_a_copy() -> None:
    xyz = np.full((2, 5, 3), 0.1)
    assert check_metres(xyz) is xyz
    assert check_metres(np.empty((0, 3))).shape == (0, 3)


def test_nan_infinity_and_masked_values_are_nowhere_but_pass() -> None:
    xyz = np.array([[np.nan, 0.0, 0.0], [np.inf, -np.inf, 0.001]])
    np.testing.assert_array_equal(check_metres(xyz), [[np.nan, 0.0, 0.0], [np.nan, np.nan, 0.001]])
    assert np.isinf(xyz).sum() == 2
    masked = np.ma.masked_array([[0, 0, 0]], mask=[[True, False, False]])
    np.testing.assert_array_equal(check_metres(masked), [[np.nan, 0.0, 0.0]])


def test_a_transposed_array_is_told_so() -> None:
    with pytest.raises(InvalidCoordinates, match=r"places of units have three entries.*transpose it"):
        check_metres(np.zeros((3, 10)), "places of units")


def test_a_single_coordinate_in_micrometres_is_refused() -> None:
    assert check_lengths(-0.002) == -0.002
    with pytest.raises(WrongUnit, match="depths are in metres"):
        check_lengths(-2000.0, "depths")


def test_ccf_coordinates_in_metres_are_refused() -> None:
    with pytest.raises(WrongUnit, match="multiply by 1e6"):
        xyz_from_ccf([[0.0057, 0.0054, 0.0003]])
    assert xyz_from_ccf([0.0, 0.0, 0.0])[1] == pytest.approx(0.0054)


def test_the_allen_order_is_ap_dv_ml() -> None:
    np.testing.assert_array_equal(xyz_from_ccf([5400, 332, 5739], order="apdvml"), [0, 0, 0])
    np.testing.assert_allclose(ccf_from_xyz([0.001, -0.002, -0.003], order="apdvml"), [7400, 3332, 6739])


def test_an_unknown_order_is_refused() -> None:
    with pytest.raises(InvalidCoordinates, match="'mlapdv' or 'apdvml', not 'mldvap'"):
        ccf_from_xyz([0, 0, 0], order="mldvap")  # type: ignore[arg-type]
