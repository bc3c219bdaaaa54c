"""Brain regions along a probe: a column with their names, in the colours of the Allen atlas."""

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bregma.atlas.regions import Regions
from bregma.plots.axes import PlotError, find_edges, get_axes
from bregma.plots.depth import DEPTH

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NO_REGION = (200, 200, 200)


def plot_regions(
    depths_um: ArrayLike,
    atlas_ids: ArrayLike,
    *,
    regions: Regions | None = None,
    ax: "Axes | None" = None,
    **bar_kwargs: Any,
) -> "Axes":
    """Plot the brain regions along a probe as a column.

    Parameters
    ----------
    depths_um : (n_channels,) array
        Depth of each channel, in micrometres from the tip, in any order; channels of a NaN are left out.
    atlas_ids : (n_channels,) array of int
        Allen identifier of the region of each; 0 and root are drawn grey. The sign (side of the brain) is ignored.
    regions
        By default those of the Allen mouse brain atlas.
    ax
        Axes to draw on, narrow ones; by default those of a new figure.
    bar_kwargs
        For matplotlib's ``bar``.

    Returns
    -------
    Axes

    Raises
    ------
    PlotError
        If there are no channels, or not one region per channel.
    """
    depths, ids = np.asarray(depths_um, np.float64), np.abs(np.asarray(atlas_ids, np.int64))
    if depths.shape != ids.shape or depths.ndim != 1:
        raise PlotError(f"depths_um have shape {depths.shape}, atlas_ids {ids.shape}; give one region per channel")
    known = np.isfinite(depths)
    if not known.any():
        raise PlotError("no channel with a depth")
    tree = Regions.allen() if regions is None else regions
    axes = get_axes(ax)
    bottoms, tops, rows = _find_runs(depths[known], tree.rows(ids[known]))
    colors = np.where(tree.ids[rows][:, None] == 0, NO_REGION, tree.rgb[rows]) / 255
    style: dict[str, Any] = {"width": 1.0, "color": colors, "edgecolor": "white", "linewidth": 0.8} | bar_kwargs
    axes.bar(np.zeros(rows.size), tops - bottoms, bottom=bottoms, **style)
    _name_regions(axes, bottoms, tops, [tree.acronyms[row] for row in rows])
    axes.set(xlim=(-0.5, 0.5), ylim=(bottoms[0], tops[-1]), xticks=[], xlabel="Region", ylabel=DEPTH)
    axes.spines[["top", "right", "bottom"]].set_visible(False)
    return axes


def _find_runs(
    depths: NDArray[np.float64], rows: NDArray[Any]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Return the bottom, top and region of each stretch of one region; channels of one depth count once."""
    levels, first = np.unique(depths, return_index=True)
    inside = rows[first].astype(np.int64)
    starts = np.flatnonzero(np.append(True, inside[1:] != inside[:-1]))
    edges = find_edges(levels)
    return edges[starts], np.append(edges[starts[1:]], edges[-1]), inside[starts]


def _name_regions(axes: "Axes", bottoms: NDArray[np.float64], tops: NDArray[np.float64], names: list[str]) -> None:
    """Write the name of each region at its middle, those too close to the one below moved up beside the column."""
    size = 8.0
    height = axes.get_window_extent().height * 72 / axes.get_figure(root=True).dpi  # type: ignore[union-attr]
    gap = 1.25 * size / height * (tops[-1] - bottoms[0])
    places = (bottoms + tops) / 2
    for below, above in pairwise(range(places.size)):
        places[above] = max(places[above], places[below] + gap)
    places[-1] = min(places[-1], max(tops[-1], places[0] + gap * (places.size - 1)))
    for above, below in pairwise(range(places.size - 1, -1, -1)):
        places[below] = min(places[below], places[above] - gap)
    for place, bottom, top, name in zip(places, bottoms, tops, names, strict=True):
        axes.plot([0.5, 0.56], [(bottom + top) / 2, place], color="grey", linewidth=0.6, clip_on=False)
        axes.text(0.58, place, name, fontsize=size, va="center", clip_on=False)
