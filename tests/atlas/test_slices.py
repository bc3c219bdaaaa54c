from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bregma.atlas import (
    Atlas,
    AtlasNotFound,
    Grid,
    InvalidAtlas,
    InvalidCoordinates,
    OutsideVolume,
    Plane,
    Trajectory,
    WrongUnit,
    phantom_atlas,
    slice_colours,
    slice_ids,
    slice_rows,
    slice_template,
    slice_values,
    slice_volume,
)

ATLAS = phantom_atlas(32)
SECTIONS = [("coronal", -0.002, "xz"), ("sagittal", 0.001, "yz"), ("horizontal", -0.003, "xy")]
direction = st.tuples(*[st.floats(-1, 1)] * 3).filter(lambda way: np.linalg.norm(way) > 0.1).map(np.array)


@pytest.mark.parametrize(("section", "at", "axes"), SECTIONS)
def test_each_pixel_of_a_section_is_the_region_at_its_place(section: str, at: float, axes: str) -> None:
    plane = Plane.cut(ATLAS.grid, section, at)  # type: ignore[arg-type]
    shown = slice_rows(ATLAS, plane)
    np.testing.assert_array_equal(shown.image, ATLAS.rows_at(plane.pixels))
    assert "".join(shown.axes) == axes
    assert len(np.unique(shown.image)) > 4


@pytest.mark.parametrize(("section", "at", "axes"), SECTIONS)
def test_the_extent_of_a_section_is_the_faces_of_the_volume(section: str, at: float, axes: str) -> None:
    bounds = ATLAS.grid.bounds["xyz".index(axes[0])], ATLAS.grid.bounds["xyz".index(axes[1])]
    plane = Plane.cut(ATLAS.grid, section, at)  # type: ignore[arg-type]
    np.testing.assert_allclose(plane.extent, np.concatenate(bounds))


def test_a_coordinate_in_a_picture_is_the_coordinate() -> None:
    plane = Plane.cut(ATLAS.grid, "sagittal", 0.001)
    np.testing.assert_allclose(plane.project([0.002, -0.003, -0.004]), [-0.003, -0.004])
    np.testing.assert_allclose(plane.distance([0.002, -0.003, -0.004]), 0.002 - plane.origin[0])


def test_a_section_outside_of_the_volume_is_refused_or_clipped() -> None:
    with pytest.raises(OutsideVolume, match=r"y = 0\.01 m is outside"):
        Plane.cut(ATLAS.grid, "coronal", 0.01)
    clipped = Plane.cut(ATLAS.grid, "coronal", 0.01, outside="clip")
    assert clipped.origin[1] == pytest.approx(ATLAS.grid.limits[1, 1])
    with pytest.raises(WrongUnit, match="micrometres"):
        Plane.cut(ATLAS.grid, "coronal", -2000)
    with pytest.raises(ValueError, match="'coronal', 'sagittal', 'horizontal', not 'axial'"):
        Plane.cut(ATLAS.grid, "axial", 0.0)  # type: ignore[arg-type]


def test_identifiers_colours_and_values_follow_the_rows() -> None:
    plane = Plane.cut(ATLAS.grid, "coronal", -0.002)
    rows = slice_rows(ATLAS, plane).image
    np.testing.assert_array_equal(slice_ids(ATLAS, plane).image, ATLAS.regions.ids[rows])
    colours = slice_colours(ATLAS, plane).image
    np.testing.assert_array_equal(colours[rows > 0][:, :3], ATLAS.regions.rgb[rows[rows > 0]])
    np.testing.assert_array_equal(colours[..., 3], np.where(rows > 0, 255, 0))
    values = np.random.default_rng(0).random(len(ATLAS.regions))
    np.testing.assert_array_equal(slice_values(ATLAS, plane, values).image, values[rows])


def test_a_mapping_applies_to_every_picture() -> None:
    plane = Plane.cut(ATLAS.grid, "coronal", -0.002)
    mapping = ATLAS.regions.mapping("Cosmos")
    mapped = mapping[slice_rows(ATLAS, plane).image]
    np.testing.assert_array_equal(slice_rows(ATLAS, plane, mapping="Cosmos").image, mapped)
    np.testing.assert_array_equal(slice_ids(ATLAS, plane, mapping=mapping).image, ATLAS.regions.ids[mapped])
    values = np.arange(len(ATLAS.regions))
    np.testing.assert_array_equal(slice_values(ATLAS, plane, values, mapping="Cosmos").image, mapped)


def test_values_for_other_regions_are_refused() -> None:
    with pytest.raises(InvalidAtlas, match="has 2655 rows"):
        slice_values(ATLAS, Plane.cut(ATLAS.grid, "coronal", 0.0), np.zeros(1328))


@given(direction)
def test_each_pixel_of_a_tilted_plane_is_the_region_at_its_place(normal: np.ndarray) -> None:
    point = np.array([0.0005, -0.001, -0.003])
    plane = Plane.across(ATLAS.grid, point, normal)
    pixels = plane.pixels
    np.testing.assert_array_equal(slice_rows(ATLAS, plane).image, ATLAS.rows_at(pixels))
    np.testing.assert_allclose((pixels - point) @ (normal / np.linalg.norm(normal)), 0, atol=1e-12)
    np.testing.assert_allclose(plane.distance(pixels), 0, atol=1e-12)
    assert plane.right[2] == 0
    assert plane.up[2] >= 0


@given(direction)
def test_a_tilted_picture_covers_all_voxels_that_it_meets(normal: np.ndarray) -> None:
    plane = Plane.across(ATLAS.grid, [0.0, 0.0, -0.002], normal)
    left, right, bottom, top = plane.extent
    centres = np.stack(np.meshgrid(*ATLAS.grid.scales, indexing="ij"), axis=-1)
    met = np.abs(plane.distance(centres)) < ATLAS.spacing / 4
    shown = plane.project(centres[met])
    slack = ATLAS.spacing
    assert (shown[:, 0] > left - slack).all()
    assert (shown[:, 0] < right + slack).all()
    assert (shown[:, 1] > bottom - slack).all()
    assert (shown[:, 1] < top + slack).all()


@pytest.mark.parametrize("like", ["coronal", "sagittal", "horizontal"])
def test_a_plane_along_a_probe_holds_it(like: str) -> None:
    line = Trajectory(np.array([0.001, -0.002, -0.003]), np.array([0.3, -0.2, -0.9]))
    plane = Plane.along(ATLAS.grid, line, like)  # type: ignore[arg-type]
    points = line.point + np.linspace(-0.002, 0.002, 9)[:, None] * line.vector
    np.testing.assert_allclose(plane.distance(points), 0, atol=1e-12)
    left, right, bottom, top = plane.extent
    across, upwards = plane.project(points).T
    assert (left < across.min()) & (across.max() < right)
    assert (bottom < upwards.min()) & (upwards.max() < top)


def test_an_upright_probe_has_the_coronal_section_itself() -> None:
    line = Trajectory(np.array([0.001, -0.002, -0.003]), np.array([0.0, 0.0, -1.0]))
    plane, section = Plane.along(ATLAS.grid, line), Plane.cut(ATLAS.grid, "coronal", -0.002)
    np.testing.assert_allclose([plane.right, plane.up], [section.right, section.up])
    assert plane.shape == section.shape
    np.testing.assert_array_equal(slice_rows(ATLAS, plane).image, slice_rows(ATLAS, section).image)
    assert plane.axes == ("x", "z")
    across = Trajectory(np.array([0.001, -0.002, -0.003]), np.array([1.0, 0.0, 0.0]))
    np.testing.assert_allclose(Plane.along(ATLAS.grid, across).up, [0, 0, 1])


def test_a_tilted_plane_beside_the_volume_is_refused() -> None:
    with pytest.raises(OutsideVolume, match="misses the volume"):
        Plane.across(ATLAS.grid, [0.05, 0.0, 0.0], [1, 0, 0.1])
    with pytest.raises(InvalidCoordinates, match="right angle"):
        Plane.spanned(ATLAS.grid, [0.0, 0.0, 0.0], [1, 0, 0], [1, 1, 0])
    with pytest.raises(InvalidCoordinates, match="a direction has"):
        Plane.spanned(ATLAS.grid, [0.0, 0.0, 0.0], [0, 0, 0], [1, 1, 0])


def test_an_axis_that_the_plane_keeps_is_told_once() -> None:
    line = Trajectory(np.array([0.001, -0.002, -0.003]), np.array([0.3, -0.2, -0.9]))
    plane = Plane.along(ATLAS.grid, line)
    n_rows, n_columns = plane.shape
    assert [along.shape for along in plane.mesh] == [(1, n_columns), (n_rows, 1), (n_rows, 1)]
    found = ATLAS.grid.look_up_mesh(ATLAS.labels.astype(np.float32), plane.mesh, void=np.nan)
    np.testing.assert_array_equal(np.nan_to_num(found), ATLAS.rows_at(plane.pixels))
    with pytest.raises(WrongUnit):
        ATLAS.grid.look_up_mesh(ATLAS.labels, (plane.mesh[0] * 1e6, *plane.mesh[1:]))


def ramp(grid: Grid) -> np.ndarray:
    x, y, z = np.meshgrid(*grid.scales, indexing="ij")
    return np.asfortranarray(x + 2 * y - 3 * z)


def test_a_smooth_slice_of_a_ramp_is_the_ramp() -> None:
    plane = Plane.across(ATLAS.grid, [0.0, -0.002, -0.003], [0.2, 0.5, 0.7])
    smooth = slice_volume(ramp(ATLAS.grid), ATLAS.grid, plane, smooth=True).image
    inside = np.isfinite(smooth)
    np.testing.assert_allclose(smooth[inside], (plane.pixels @ [1, 2, -3])[inside], atol=1e-12)
    assert inside.mean() > 0.5
    nearest = slice_volume(ramp(ATLAS.grid), ATLAS.grid, plane).image
    assert np.abs(nearest[inside] - smooth[inside]).max() < 6 * ATLAS.spacing


def test_a_volume_of_another_grid_is_shown_at_its_own_places() -> None:
    fine = phantom_atlas(64)
    plane = Plane.cut(ATLAS.grid, "coronal", -0.002)
    np.testing.assert_array_equal(slice_volume(fine.labels, fine.grid, plane).image, fine.rows_at(plane.pixels))
    with pytest.raises(InvalidAtlas, match="not on a grid"):
        slice_volume(fine.labels, ATLAS.grid, plane)


def test_the_template_is_shown_where_there_is_one() -> None:
    plane = Plane.cut(ATLAS.grid, "coronal", -0.002)
    template = (ATLAS.labels % 250).astype(np.uint8)
    shown = slice_template(replace(ATLAS, template=template), plane).image
    np.testing.assert_array_equal(shown, template[:, plane.layer.index].T)  # type: ignore[union-attr]
    tilted = Plane.across(ATLAS.grid, [0, 0, -0.002], [0, 1, 0.5])
    assert slice_template(replace(ATLAS, template=template), tilted).image.dtype == np.uint8
    with pytest.raises(AtlasNotFound, match="has no template"):
        slice_template(replace(ATLAS, template=None), plane)


def test_pictures_are_of_the_right_way_up() -> None:
    labels = np.zeros((3, 4, 5), dtype=np.uint16)
    labels[2, 0, 4] = 1  # right, back, top
    atlas = Atlas(labels, (0.0, 0.0, 0.0), 1e-3, ATLAS.regions, "corner")
    coronal = slice_rows(atlas, Plane.cut(atlas.grid, "coronal", 0.0)).image
    sagittal = slice_rows(atlas, Plane.cut(atlas.grid, "sagittal", 0.002)).image
    horizontal = slice_rows(atlas, Plane.cut(atlas.grid, "horizontal", 0.004)).image
    assert (coronal.shape, sagittal.shape, horizontal.shape) == ((5, 3), (5, 4), (4, 3))
    assert coronal[-1, -1] == sagittal[-1, 0] == horizontal[0, -1] == 1
