import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from bregma.atlas import Plane, Slice, find_border_pixels, phantom_atlas, slice_rows, trace_borders, trace_regions

EDGE = 1e-3
images = arrays.arrays(np.uint16, arrays.array_shapes(min_dims=2, max_dims=2, max_side=7), elements=st.integers(0, 3))


def picture(image: np.ndarray) -> Slice:
    plane = Plane(np.array([0.5, 0.0, 0.5]) * EDGE, np.eye(3)[0], np.eye(3)[2], (EDGE, EDGE), image.shape)  # type: ignore[arg-type]
    return Slice(image, plane)


def area(polygon: np.ndarray) -> float:
    x, y = polygon.T / EDGE
    return float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum() / 2)


@given(images)
def test_outlines_hold_the_area_of_their_pixels(image: np.ndarray) -> None:
    outlines = trace_regions(picture(image))
    assert set(outlines) == set(np.unique(image)) - {0}
    for label, polygons in outlines.items():
        assert sum(map(area, polygons)) == pytest.approx((image == label).sum())
        assert all((polygon[0] == polygon[-1]).all() for polygon in polygons)


@given(images)
def test_lines_are_as_long_as_the_edges_between_different_pixels(image: np.ndarray) -> None:
    padded = np.pad(image, 1)
    edges = (padded[1:] != padded[:-1]).sum() + (padded[:, 1:] != padded[:, :-1]).sum()
    borders = trace_borders(picture(image))
    length = sum(np.linalg.norm(np.diff(border.points, axis=0), axis=1).sum() for border in borders)
    assert length / EDGE == pytest.approx(edges)
    assert all(border.left != border.right for border in borders)


@given(images)
def test_smooth_outlines_still_fit_into_each_other(image: np.ndarray) -> None:
    smooth = trace_borders(picture(image), smoothing=3)
    outer = [
        border.points if border.right == 0 else border.points[::-1]
        for border in smooth
        if 0 in (border.left, border.right)
    ]
    parts = trace_regions(picture(image), smoothing=3)
    # What one region loses to another the other wins: all together are what void leaves them.
    inner = sum(area(polygon) for polygons in parts.values() for polygon in polygons)
    assert inner == pytest.approx(sum(map(area, outer)), abs=1e-9)
    ends = {tuple(border.points[i]) for border in trace_borders(picture(image)) for i in (0, -1)}
    assert {tuple(b.points[i]) for b in smooth for i in (0, -1) if tuple(b.points[0]) != tuple(b.points[-1])} <= ends


def test_a_ring_has_an_outline_and_a_hole() -> None:
    ring = np.ones((3, 3), dtype=int)
    ring[1, 1] = 0
    polygons = sorted(trace_regions(picture(ring))[1], key=area)
    assert [area(polygon) for polygon in polygons] == [-1.0, 9.0]
    assert len(polygons[1]) <= 6  # only its corners


def test_a_small_island_keeps_its_area_when_it_is_smoothed() -> None:
    image = np.zeros((5, 5), dtype=int)
    image[2, 2] = 1
    (island,) = trace_regions(picture(image), smoothing=20)[1]
    assert area(island) == pytest.approx(1.0)


def test_a_loop_that_hangs_at_a_junction_stays_there() -> None:
    image = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 0]])
    ends = {tuple(border.points[0]) for border in trace_borders(picture(image), smoothing=5)}
    assert ends == {(EDGE, EDGE)}


def test_the_regions_on_both_sides_of_a_line_are_told() -> None:
    image = np.array([[5, 7]])
    between = next(border for border in trace_borders(picture(image)) if 0 not in (border.left, border.right))
    assert {between.left, between.right} == {5, 7}
    (x, low), (_, high) = between.points
    assert x == pytest.approx(EDGE)
    assert (between.left == 5) == (high > low)  # upwards, the left pixel is on the left


def test_border_pixels_are_one_wide() -> None:
    image = np.repeat([[1, 1, 2, 2, 2]], 3, axis=0)
    assert find_border_pixels(image).astype(int).tolist() == [[0, 1, 0, 0, 0]] * 3
    assert find_border_pixels(image.T).sum() == 3


def test_the_borders_of_a_section_are_where_regions_meet() -> None:
    atlas = phantom_atlas(32)
    labels = slice_rows(atlas, Plane.cut(atlas.grid, "coronal", -0.002))
    for border in trace_borders(labels):
        middle, along = border.points[:2].mean(axis=0), border.points[1] - border.points[0]
        aside = np.array([-along[1], along[0]]) / np.linalg.norm(along) * 1e-5
        sides = [middle + aside, middle - aside]
        rows = atlas.rows_at([[place[0], labels.plane.origin[1], place[1]] for place in sides])
        assert rows.tolist() == [border.left, border.right]
