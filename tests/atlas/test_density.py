import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bregma.atlas import InvalidValues, make_point_volume, phantom_atlas

GRID = phantom_atlas(32).grid
place = st.floats(-0.003, 0.003)


@given(st.lists(st.tuples(place, place), min_size=1, max_size=20))
@settings(max_examples=20, deadline=None)
def test_points_are_counted_once_each_however_smooth(places: list[tuple[float, float]]) -> None:
    xyz = np.array([(x, y, -0.004) for x, y in places])
    assert make_point_volume(GRID, xyz).sum() == len(xyz)
    assert make_point_volume(GRID, xyz, fwhm=5e-4).sum() == pytest.approx(len(xyz), rel=1e-3)


def test_a_point_lies_in_its_voxel_and_is_half_as_dense_half_a_width_away() -> None:
    centre = GRID.xyz_of(np.array([16, 16, 16]))
    assert np.argwhere(make_point_volume(GRID, [centre])).tolist() == [[16, 16, 16]]
    smooth = make_point_volume(GRID, [centre], fwhm=8 * GRID.spacing[0])
    assert smooth[20, 16, 16] / smooth[16, 16, 16] == pytest.approx(0.5, rel=0.01)


def test_values_become_their_mean_and_nothing_far_away() -> None:
    near, far = GRID.xyz_of(np.array([[10, 16, 16], [24, 16, 16]]))
    mean = make_point_volume(GRID, [near, near, far], [1.0, 3.0, 9.0], fwhm=4e-4)
    assert mean[10, 16, 16] == pytest.approx(2.0)
    assert mean[24, 16, 16] == pytest.approx(9.0)
    assert np.isnan(mean[10, 30, 16])


def test_nan_and_places_outside_are_left_out() -> None:
    inside = GRID.xyz_of(np.array([10, 16, 16]))
    xyz = [inside, [np.nan, 0.0, 0.0], [0.09, 0.0, 0.0], inside]
    assert make_point_volume(GRID, xyz).sum() == 2
    assert make_point_volume(GRID, xyz, [1.0, 1.0, 1.0, np.nan])[10, 16, 16] == 1


def test_values_that_do_not_belong_are_refused() -> None:
    with pytest.raises(InvalidValues, match="1 points do not go with"):
        make_point_volume(GRID, [[0.0, 0.0, 0.0]], [1.0, 2.0])
    with pytest.raises(InvalidValues, match="not -1"):
        make_point_volume(GRID, [[0.0, 0.0, 0.0]], fwhm=-1)
