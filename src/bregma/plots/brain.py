"""Slices of the brain: regions in their colours, the template, values of regions, volumes, points."""

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bregma.atlas.atlas import Atlas
from bregma.atlas.density import make_point_volume
from bregma.atlas.planes import Plane
from bregma.atlas.slices import Slice, slice_colours, slice_rows, slice_template, slice_volume
from bregma.atlas.values import RegionValues
from bregma.plots.axes import add_color_bar
from bregma.plots.canvas import (
    color_values,
    draw_borders,
    draw_image,
    draw_template,
    fill_regions,
    frame_slice,
    open_axes,
    paint,
    scale_colors,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_OPAQUE = 0.25
"""Part of the scale from which densities hide the template."""


def plot_atlas_slice(
    atlas: Atlas,
    plane: Plane,
    *,
    show: Literal["regions", "template"] = "regions",
    mapping: Any = None,
    borders: bool = True,
    ax: "Axes | None" = None,
) -> "Axes":
    """Plot a slice of an atlas: regions in their colours, or the template; with the borders of regions.

    Parameters
    ----------
    atlas
        As `load_atlas` returns it.
    plane
        Where, as ``Plane.cut(atlas.grid, "coronal", -0.002)``; tilted ones too.
    show
        What to draw; "template" needs an atlas loaded with it.
    mapping
        Coarser view of the regions: "Beryl", "Cosmos" ...
    borders
        Draw smooth lines between regions, and fill these up to the lines; without them voxels are drawn as they are.
    ax
        Axes to draw on; by default those of a new figure, which says whose atlas it is.

    Returns
    -------
    Axes
        In millimetres from bregma.
    """
    axes = open_axes(ax, atlas.credit)
    labels = slice_rows(atlas, plane, mapping=mapping)
    if show == "template":
        draw_template(axes, slice_template(atlas, plane), labels)
    elif borders:
        fill_regions(axes, labels, atlas.regions.rgb / 255)
    else:
        draw_image(axes, slice_colours(atlas, plane, mapping=mapping), labels)
    if borders:
        draw_borders(axes, labels, color="lightgrey" if show == "template" else "black")
    frame_slice(axes, labels)
    return axes


def plot_values_on_slice(
    atlas: Atlas,
    plane: Plane,
    values: RegionValues | ArrayLike,
    *,
    label: str,
    vector: bool = False,
    ax: "Axes | None" = None,
    **image_kwargs: Any,
) -> "Axes":
    """Plot values of regions on a slice; regions without a value are grey.

    Parameters
    ----------
    atlas
        As `load_atlas` returns it.
    plane
        Where, as ``Plane.cut(atlas.grid, "sagittal", 0.001)``.
    values
        As `aggregate_values` returns them, or one for each row of the region table; NaN is no value.
    label
        What they are, with the unit.
    vector
        Draw outlines with smooth edges instead of voxels: small files, sharp at any size.
    ax
        Axes to draw on; by default those of a new figure, which says whose atlas it is.
    image_kwargs
        ``cmap``, ``vmin``, ``vmax``; by default viridis from the 1st to the 99th percentile.

    Returns
    -------
    Axes
        In millimetres from bregma.

    Raises
    ------
    PlotError
        If there is not one value for each row of the table.
    """
    painted, mapping = paint(values, len(atlas.regions))
    axes = open_axes(ax, atlas.credit)
    labels = slice_rows(atlas, plane, mapping=mapping)
    mapped = scale_colors(painted, image_kwargs)
    if vector:
        fill_regions(axes, labels, color_values(painted, np.arange(len(painted)), mapped))
    else:
        rows = slice_rows(atlas, plane).image
        draw_image(axes, Slice(color_values(painted[rows], rows, mapped), plane), labels)
    draw_borders(axes, labels)
    frame_slice(axes, labels)
    add_color_bar(axes, mapped, label)
    return axes


def plot_volume_on_slice(
    atlas: Atlas,
    plane: Plane,
    volume: NDArray[Any],
    *,
    label: str,
    ax: "Axes | None" = None,
    **image_kwargs: Any,
) -> "Axes":
    """Plot any volume on the grid of an atlas on a slice, with the borders of regions.

    Parameters
    ----------
    atlas
        As `load_atlas` returns it; where it has a template, that shows where the volume is NaN.
    plane
        Where, as ``Plane.cut(atlas.grid, "coronal", -0.002)``.
    volume
        (n_x, n_y, n_z) array, as `make_point_volume` returns it. NaN is not drawn.
    label
        What it is, with the unit.
    ax
        Axes to draw on; by default those of a new figure, which says whose atlas it is.
    image_kwargs
        ``cmap``, ``vmin``, ``vmax``; by default viridis from the 1st to the 99th percentile of the slice.

    Returns
    -------
    Axes
        In millimetres from bregma.
    """
    found = slice_volume(np.asarray(volume), atlas.grid, plane).image
    mapped = scale_colors(np.where(slice_rows(atlas, plane).image > 0, found, np.nan), image_kwargs)
    axes = _overlay(atlas, plane, mapped.to_rgba(np.nan_to_num(found)), np.isfinite(found), ax)
    add_color_bar(axes, mapped, label)
    return axes


def plot_points_on_slice(
    atlas: Atlas,
    plane: Plane,
    xyz: ArrayLike,
    *,
    fwhm: float = 2.5e-4,
    ax: "Axes | None" = None,
    **image_kwargs: Any,
) -> "Axes":
    """Plot how dense points are on a slice, smoothed in all three directions.

    Parameters
    ----------
    atlas
        As `load_atlas` returns it.
    plane
        Where, as ``Plane.cut(atlas.grid, "coronal", -0.002)``.
    xyz
        (n, 3) array of metres from bregma, such as recording sites; NaN is left out.
    fwhm
        Full width at half maximum of the Gaussian, in metres.
    ax
        Axes to draw on; by default those of a new figure, which says whose atlas it is.
    image_kwargs
        ``cmap``, ``vmin``, ``vmax``; by default inferno from 0.

    Returns
    -------
    Axes
        In millimetres from bregma. Densities below a quarter of the scale fade out.
    """
    density = make_point_volume(atlas.grid, xyz, fwhm=fwhm) / np.float32((atlas.spacing * 1e3) ** 3)
    found = slice_volume(density, atlas.grid, plane).image
    mapped = scale_colors(found, {"cmap": "inferno", "vmin": 0.0, "vmax": float(found.max()) or 1.0} | image_kwargs)
    opacity = np.clip(np.asarray(mapped.norm(found)) / _OPAQUE, 0, 1)
    axes = _overlay(atlas, plane, mapped.to_rgba(found), opacity, ax)
    add_color_bar(axes, mapped, "Points per mm³")
    return axes


def _overlay(
    atlas: Atlas, plane: Plane, colors: NDArray[np.float64], opacity: NDArray[Any], ax: "Axes | None"
) -> "Axes":
    """Draw colours over the template, where the atlas has one, inside of the brain; and borders over both."""
    axes = open_axes(ax, atlas.credit)
    labels = slice_rows(atlas, plane)
    if atlas.template is not None:
        draw_template(axes, slice_template(atlas, plane), labels)
    colors[..., 3] = np.where(labels.image > 0, opacity, 0.0)
    draw_image(axes, Slice(colors, plane), labels)
    draw_borders(axes, labels, color="black" if atlas.template is None else "lightgrey")
    frame_slice(axes, labels)
    return axes
