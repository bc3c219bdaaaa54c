import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bregma.atlas import Grid, InvalidAtlas, OutsideVolume, WrongUnit

GRID = Grid((4, 5, 6), (-0.001, 0.002, -0.003), (1e-4, 2e-4, 3e-4))
voxels = st.tuples(st.integers(0, 3), st.integers(0, 4), st.integers(0, 5))


@given(voxels)
def test_voxel_centres_go_there_and_back(voxel: tuple[int, int, int]) -> None:
    np.testing.assert_array_equal(GRID.index_of(GRID.xyz_of(voxel)), voxel)
    np.testing.assert_allclose(GRID.position_of(GRID.xyz_of(voxel)), voxel, atol=1e-9)
    np.testing.assert_allclose((GRID.affine @ [*voxel, 1])[:3], GRID.xyz_of(voxel))


@given(voxels, st.tuples(*[st.floats(-0.49, 0.49)] * 3))
def test_a_place_is_in_the_voxel_with_the_nearest_centre(
    voxel: tuple[int, int, int], away: tuple[float, float, float]
) -> None:
    np.testing.assert_array_equal(GRID.index_of(GRID.xyz_of(np.array(voxel) + away)), voxel)


def test_limits_are_centres_and_bounds_are_faces() -> None:
    np.testing.assert_allclose(GRID.limits, [[-0.001, -0.0007], [0.002, 0.0028], [-0.003, -0.0015]])
    np.testing.assert_allclose(GRID.bounds - GRID.limits, np.outer(GRID.spacing, [-0.5, 0.5]))
    assert [len(scale) for scale in GRID.scales] == [4, 5, 6]
    np.testing.assert_allclose(GRID.scales[2][[0, -1]], GRID.limits[2])
    assert GRID.voxel_volume_mm3 == pytest.approx(0.1 * 0.2 * 0.3)


def test_outside_is_void_refused_or_clipped() -> None:
    outside = [0.001, 0.002, -0.003]
    assert GRID.index_of(outside).tolist() == [-1, -1, -1]
    assert GRID.index_of(outside, outside="clip").tolist() == [3, 0, 0]
    with pytest.raises(OutsideVolume, match=r"first at \[0.001"):
        GRID.index_of([outside, GRID.origin], outside="raise")
    with pytest.raises(ValueError, match="'void', 'raise', 'clip', not 'wrap'"):
        GRID.index_of(outside, outside="wrap")  # type: ignore[arg-type]


@pytest.mark.parametrize("outside", ["void", "raise", "clip"])
def test_nan_is_nowhere_whatever_the_policy(outside: str) -> None:
    assert GRID.index_of([np.nan, 0.002, -0.003], outside=outside).tolist() == [-1, -1, -1]  # type: ignore[arg-type]


@pytest.mark.parametrize("order", ["C", "F"])
def test_values_of_a_volume_are_looked_up_in_any_memory_order(order: str) -> None:
    rng = np.random.default_rng(1)
    volume = np.asarray(rng.random(GRID.shape), order=order)  # type: ignore[call-overload]
    index = rng.integers(0, GRID.shape, (50, 3))
    found = GRID.look_up(volume, GRID.xyz_of(index))
    np.testing.assert_array_equal(found, volume[tuple(index.T)])
    scattered = np.repeat(volume, 2, axis=1)[:, ::2]
    np.testing.assert_array_equal(GRID.look_up(scattered, GRID.xyz_of(index).reshape(5, 10, 3)).ravel(), found)
    assert GRID.look_up(scattered, [0.09, np.inf, np.nan]) == 0


def test_a_volume_of_another_shape_is_refused() -> None:
    with pytest.raises(InvalidAtlas, match="not on a grid"):
        GRID.look_up(np.zeros((4, 5, 5)), [0.0, 0.0, 0.0])


def test_a_layer_is_found_by_its_coordinate() -> None:
    assert GRID.index_along("y", 0.0021) == 0
    assert GRID.index_along("y", 0.00211) == 1
    assert GRID.index_along("z", 0.0, outside="clip") == 5
    for wrong in (0.0, np.nan):
        with pytest.raises(OutsideVolume, match=r"from -0\.00315 to -0\.00135 m"):
            GRID.index_along("z", wrong)
    with pytest.raises(WrongUnit, match="micrometres"):
        GRID.index_along("y", -2000)
    with pytest.raises(ValueError, match="an axis is"):
        GRID.index_along("ap", 0.0)  # type: ignore[arg-type]


@pytest.mark.parametrize(("resolution_um", "shape"), [(100, (114, 132, 80)), (25, (456, 528, 320))])
def test_the_grid_of_the_allen_volumes_needs_no_volume(resolution_um: int, shape: tuple[int, int, int]) -> None:
    grid = Grid.allen(resolution_um)
    assert grid.shape == shape
    # Bregma, at 5400 um from the front, lies at a whole voxel from the last one.
    assert grid.limits[1, 1] == pytest.approx(0.0054)


def test_an_empty_grid_is_refused() -> None:
    with pytest.raises(InvalidAtlas, match="positive"):
        Grid((1, 1, 1), (0, 0, 0), (1e-4, 0, 1e-4))
    with pytest.raises(InvalidAtlas, match="voxels along each axis"):
        Grid((1, 0, 1), (0, 0, 0), (1e-4, 1e-4, 1e-4))
