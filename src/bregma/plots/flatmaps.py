"""Flat maps of the brain: regions in their colours, values of regions, projected volumes and points."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from bregma.atlas.atlas import Atlas
from bregma.atlas.flatmaps import FlatMap
from bregma.atlas.slices import Slice
from bregma.atlas.unfolding import map_top_view
from bregma.atlas.values import RegionValues
from bregma.plots.axes import add_color_bar
from bregma.plots.canvas import LABELS, color_values, draw_borders, draw_image, frame, open_axes, paint, scale_colors

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_PAGE_PIXELS = 2000


def plot_values_on_flatmap(
    flatmap: FlatMap,
    values: RegionValues | ArrayLike,
    *,
    label: str,
    ax: "Axes | None" = None,
    **image_kwargs: Any,
) -> "Axes":
    """Plot values of regions, or a projected volume, on a flat map; pixels of regions without a value are grey.

    Parameters
    ----------
    flatmap
        As `map_dorsal_cortex`, `map_circles`, `map_pyramid` or `load_swanson` return it.
    values
        As `aggregate_values` returns them, or one for each row of the region table; or a picture, as
        ``flatmap.project_points(xyz)`` returns it. NaN is no value.
    label
        What they are, with the unit.
    ax
        Axes to draw on; by default those of a new figure, which says whose map it is.
    image_kwargs
        ``cmap``, ``vmin``, ``vmax``; by default viridis from the 1st to the 99th percentile.

    Returns
    -------
    Axes
        In millimetres where distances in the map are distances in the brain.
    """
    axes = open_axes(ax, flatmap.credit, flatmap.rows.shape)
    if not isinstance(values, RegionValues) and np.shape(values) == flatmap.rows.shape:
        every = _thin(flatmap)
        found, mapping = np.asarray(values, dtype=np.float64)[::every, ::every], None
        flatmap = flatmap.coarsen(every)
        scaled = np.where(flatmap.rows > 0, found, np.nan)
    else:
        flatmap = flatmap.coarsen(_thin(flatmap))
        painted, mapping = paint(values, len(flatmap.regions))
        found, scaled = flatmap.show_values(painted), painted
    mapped, picture = scale_colors(scaled, image_kwargs), flatmap.picture
    draw_image(axes, Slice(color_values(found, flatmap.rows, mapped), picture.plane), picture, unit=_unit(flatmap))
    rows = flatmap.rows if mapping is None else mapping[flatmap.rows]
    _frame_map(axes, flatmap, Slice(rows, picture.plane))
    add_color_bar(axes, mapped, label)
    return axes


def plot_flatmap(flatmap: FlatMap, *, ax: "Axes | None" = None) -> "Axes":
    """Plot the regions of a flat map in their colours, as `plot_values_on_flatmap` does values."""
    axes = open_axes(ax, flatmap.credit, flatmap.rows.shape)
    flatmap = flatmap.coarsen(_thin(flatmap))
    draw_image(axes, Slice(flatmap.colours, flatmap.picture.plane), flatmap.picture, unit=_unit(flatmap))
    _frame_map(axes, flatmap, flatmap.picture)
    return axes


def plot_top_view(
    atlas: Atlas,
    values: RegionValues | ArrayLike | None = None,
    *,
    label: str = "",
    ax: "Axes | None" = None,
    **image_kwargs: Any,
) -> "Axes":
    """Plot the brain from above: its regions in their colours, or their values.

    Parameters
    ----------
    atlas
        As `load_atlas` returns it.
    values, label, ax, image_kwargs
        As for `plot_values_on_flatmap`.
    """
    above = map_top_view(atlas)
    if values is None:
        return plot_flatmap(above, ax=ax)
    return plot_values_on_flatmap(above, values, label=label, ax=ax, **image_kwargs)


def _thin(flatmap: FlatMap) -> int:
    """Return which pixels of a large drawing to show: every n-th, as many as a page has."""
    longest: int = max(flatmap.rows.shape)
    return max(1, longest // _PAGE_PIXELS)


def _unit(flatmap: FlatMap) -> float:
    """Return what coordinates of a map are multiplied with: millimetres, or pixels as they are."""
    return 1e3 if flatmap.is_metric else 1.0


def _frame_map(axes: "Axes", flatmap: FlatMap, labels: Slice) -> None:
    """Draw the borders of a map and name its axes, where they are those of space."""
    draw_borders(axes, labels, unit=_unit(flatmap))
    frame(axes, labels, _unit(flatmap))
    if flatmap.is_from_above:
        axes.set(xlabel=LABELS["x"], ylabel=LABELS["y"])
    else:
        axes.set_axis_off()
