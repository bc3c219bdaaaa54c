"""Pictures of the brain: what is drawn where, and what is grey."""

from collections.abc import Callable

import matplotlib
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from bregma.atlas import FlatMap, Plane, aggregate_values, map_circles, map_dorsal_cortex, phantom_atlas
from bregma.plots import (
    PlotError,
    plot_atlas_slice,
    plot_flatmap,
    plot_points_on_slice,
    plot_top_view,
    plot_values_as_bars,
    plot_values_on_flatmap,
    plot_values_on_slice,
    plot_volume_on_slice,
)
from bregma.plots.canvas import MISSING

matplotlib.use("agg")
ATLAS = phantom_atlas(32)
CORONAL = Plane.cut(ATLAS.grid, "coronal", -0.0016)
VALUES = aggregate_values([3.0, 5.0, 7.0], ["VPM", "CP", "CA1"])
VALUES_ON_TOP = aggregate_values([3.0, 7.0], ["SSp-bfd5", "CA1"])
CORONAL_ROWS = ATLAS.labels[:, ATLAS.grid.index_along("y", -0.0016)]


def image_at(axes: Axes, x_mm: float, y_mm: float) -> np.ndarray:
    """The colour of the picture at a place."""
    image = axes.images[-1]
    left, right, bottom, top = image.get_extent()
    pixels = np.asarray(image.get_array())
    row = int((y_mm - bottom) / (top - bottom) * pixels.shape[0])
    column = int((x_mm - left) / (right - left) * pixels.shape[1])
    return pixels[row, column]


def test_regions_have_their_colours_where_they_are() -> None:
    axes = plot_atlas_slice(ATLAS, CORONAL, borders=False)
    row = ATLAS.rows_at([0.0012, -0.0016, -0.0040])
    np.testing.assert_array_equal(image_at(axes, 1.2, -4.0)[:3], ATLAS.regions.rgb[row])
    assert image_at(axes, -6.0, -9.0)[3] == 0
    assert axes.get_xlabel() == "Right of bregma (mm)"
    assert axes.get_ylabel() == "Above bregma (mm)"
    assert axes.get_title().startswith("AP \N{MINUS SIGN}1.")
    assert axes.get_aspect() == 1


def test_within_borders_regions_are_filled_up_to_the_line() -> None:
    (filled,) = (each for each in plot_atlas_slice(ATLAS, CORONAL).collections if isinstance(each, PathCollection))
    row = ATLAS.rows_at([0.0012, -0.0016, -0.0040])
    colours = [
        colour[:3]
        for path, colour in zip(filled.get_paths(), filled.get_facecolors(), strict=True)
        if path.contains_point((1.2, -4.0))
    ]
    np.testing.assert_allclose(colours, [ATLAS.regions.rgb[row] / 255])


def test_borders_are_lines_and_may_be_left_out() -> None:
    lines = [each for each in plot_atlas_slice(ATLAS, CORONAL).collections if isinstance(each, LineCollection)]
    assert sum(len(each.get_segments()) for each in lines) > 5
    assert not plot_atlas_slice(ATLAS, CORONAL, borders=False).collections


def test_the_template_is_grey_and_there_is_none_outside_of_the_brain() -> None:
    axes = plot_atlas_slice(ATLAS, CORONAL, show="template")
    red, green, blue, opacity = image_at(axes, 1.2, -4.0)
    assert red == green == blue
    assert opacity == 1
    assert image_at(axes, -6.0, -9.0)[3] == 0


def test_a_new_figure_says_that_the_phantom_is_no_brain() -> None:
    figure = plot_atlas_slice(ATLAS, CORONAL).get_figure()
    assert figure is not None
    assert "Not a brain" in figure.get_supxlabel()  # type: ignore[union-attr]


def test_regions_without_a_value_are_grey() -> None:
    axes = plot_values_on_slice(ATLAS, CORONAL, VALUES, label="Rate (Hz)", cmap="viridis", vmin=3, vmax=7)
    assert ATLAS.acronyms_at([0.0012, -0.0016, -0.0040]) == "VPM"
    np.testing.assert_allclose(image_at(axes, 1.2, -4.0), matplotlib.colormaps["viridis"](0.0))
    np.testing.assert_allclose(image_at(axes, 4.2, -3.2), to_rgba(MISSING))
    bar = axes.child_axes[0]
    assert bar.get_ylabel() == "Rate (Hz)"
    assert bar.get_ylim() == (3, 7)


def test_a_vector_slice_has_outlines_instead_of_pixels() -> None:
    axes = plot_values_on_slice(ATLAS, CORONAL, VALUES, label="Rate (Hz)", vector=True)
    assert not axes.images
    filled = next(each for each in axes.collections if isinstance(each, PathCollection))
    assert len(filled.get_paths()) == len(np.unique(VALUES.mapping[CORONAL_ROWS])) - 1


def test_values_of_another_table_are_refused() -> None:
    with pytest.raises(PlotError, match=r"2655 rows, and the values have shape \(2,\)"):
        plot_values_on_slice(ATLAS, CORONAL, [1.0, 2.0], label="x")
    with pytest.raises(PlotError, match="no value is known"):
        plot_values_on_slice(ATLAS, CORONAL, np.full(2655, np.nan), label="x")


def test_a_volume_is_drawn_inside_of_the_brain_only() -> None:
    volume = np.arange(ATLAS.labels.size, dtype=float).reshape(ATLAS.labels.shape)
    volume[:16] = np.nan
    axes = plot_volume_on_slice(ATLAS, CORONAL, volume, label="Signal")
    assert image_at(axes, 1.2, -4.0)[3] == 1
    assert image_at(axes, -1.2, -4.0)[3] == 0
    assert image_at(axes, 6.0, -9.0)[3] == 0


def test_points_are_dense_where_they_are() -> None:
    sites = np.repeat([[0.0012, -0.0016, -0.0040], [np.nan, 0.0, 0.0]], 50, axis=0)
    axes = plot_points_on_slice(ATLAS, CORONAL, sites, fwhm=5e-4)
    assert image_at(axes, 1.2, -4.0)[3] == 1
    assert image_at(axes, -3.0, -4.0)[3] < 0.01
    assert axes.child_axes[0].get_ylabel() == "Points per mm³"


def test_flat_maps_show_regions_values_and_pictures() -> None:
    flat = map_dorsal_cortex(ATLAS)
    assert plot_flatmap(flat).get_xlabel() == "Right of bregma (mm)"
    picture = flat.project_volume(np.ones(ATLAS.labels.shape))
    axes = plot_values_on_flatmap(flat, picture, label="Ones", vmin=0, vmax=1)
    row, column = np.argwhere(flat.rows > 0)[0]
    np.testing.assert_allclose(
        np.asarray(axes.images[0].get_array())[row, column], matplotlib.colormaps["viridis"](1.0)
    )
    shown = plot_values_on_flatmap(flat, np.arange(2655.0), label="Row")
    assert shown.child_axes[0].get_ylabel() == "Row"


def test_a_way_round_the_brain_has_no_axes() -> None:
    assert not plot_flatmap(map_circles(ATLAS)).axison


def test_the_brain_from_above_is_drawn_with_regions_or_values() -> None:
    assert len(plot_top_view(ATLAS).images) == 1
    assert plot_top_view(ATLAS, np.arange(2655.0), label="Row").child_axes[0].get_ylabel() == "Row"


def test_bars_are_in_the_order_of_the_tree_and_named() -> None:
    axes = plot_values_as_bars(VALUES, label="Rate (Hz)", errors=[0.1, 0.2, 0.3])
    assert [each.get_text() for each in axes.get_yticklabels()] == ["CA1", "CP", "VPM"]
    assert [each.get_width() for each in axes.patches] == [7.0, 5.0, 3.0]
    assert {"HPF", "CNU", "TH"} <= {each.get_text() for each in axes.texts}
    assert axes.get_xlabel() == "Rate (Hz)"
    assert axes.yaxis_inverted()


def test_bars_tell_sides_apart_where_a_region_has_both() -> None:
    both = aggregate_values([1.0, 2.0, 3.0], [549, -549, 672], mapping="Allen-lr")
    axes = plot_values_as_bars(both, label="Rate (Hz)", group_by=None)
    assert [each.get_text() for each in axes.get_yticklabels()] == ["CP", "TH (R)", "TH (L)"]


def test_what_cannot_be_bars_is_refused() -> None:
    with pytest.raises(PlotError, match="one number for each"):
        plot_values_as_bars(VALUES.of_at_least(9), label="x")
    with pytest.raises(PlotError, match=r"3 regions, and errors of shape \(1,\)"):
        plot_values_as_bars(VALUES, label="x", errors=[1.0])


@pytest.mark.parametrize(
    "draw",
    [
        lambda ax: plot_atlas_slice(ATLAS, CORONAL, ax=ax),
        lambda ax: plot_values_on_slice(ATLAS, CORONAL, VALUES, label="x", ax=ax),
        lambda ax: plot_points_on_slice(ATLAS, CORONAL, [[0.001, -0.0016, -0.004]], ax=ax),
        lambda ax: plot_top_view(ATLAS, ax=ax),
        lambda ax: plot_values_as_bars(VALUES, label="x", ax=ax),
    ],
)
def test_everything_is_drawn_on_the_axes_given(draw: Callable[[Axes], Axes]) -> None:
    figure = Figure()
    first, _ = figure.subplots(1, 2)
    assert draw(first) is first
    assert figure.get_supxlabel() == ""
    figure.canvas.draw()


def test_a_tilted_slice_is_drawn_too() -> None:
    tilted = Plane.across(ATLAS.grid, [0.0, -0.0016, -0.004], [0.0, 1.0, 0.4])
    axes = plot_atlas_slice(ATLAS, tilted)
    assert axes.get_xlabel() == "Along the slice (mm)"


def test_of_a_large_drawing_as_many_pixels_are_drawn_as_a_page_has() -> None:
    rows = np.full((40, 5000), ATLAS.regions.row("CP"), dtype=np.uint16)
    drawing = FlatMap("drawing", rows, ATLAS.regions, extent=(0.0, 5000.0, 0.0, 40.0))
    picture = plot_flatmap(drawing).images[0]
    assert picture.get_size() == (20, 2500)
    assert picture.get_extent() == [0, 5000, 0, 40]
    values = plot_values_on_flatmap(drawing, np.broadcast_to(np.arange(5000.0), rows.shape), label="x")
    assert values.images[0].get_size() == (20, 2500)


def test_slices_and_maps_of_the_same_values_have_the_same_scale() -> None:
    drawn = [plot_values_on_slice(ATLAS, CORONAL, VALUES, label="x"), plot_top_view(ATLAS, VALUES_ON_TOP, label="x")]
    assert drawn[0].child_axes[0].get_ylim() == (3, 7)
    assert drawn[1].child_axes[0].get_ylim() == (3, 7)
