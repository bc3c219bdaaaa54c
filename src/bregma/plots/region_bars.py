"""Values of regions as bars, in the order and the colours of the atlas."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bregma.atlas.regions import Regions
from bregma.atlas.values import RegionValues
from bregma.plots.axes import PlotError, get_axes, hide_frame

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_GAP = 0.8


def plot_values_as_bars(
    values: RegionValues,
    *,
    label: str,
    group_by: Any = "Cosmos",
    errors: ArrayLike | None = None,
    ax: "Axes | None" = None,
    **bar_kwargs: Any,
) -> "Axes":
    """Plot a value of each region as a bar: in the order of the tree, in Allen's colours, in groups with their names.

    Parameters
    ----------
    values
        One per region, as `aggregate_values` returns them; regions whose value is NaN keep an empty place.
    label
        What they are, with the unit.
    group_by
        Coarser view of the regions whose names stand at the groups; None draws no groups.
    errors
        (n_regions,) array: half the length of a line at the end of each bar.
    ax
        Axes to draw on, tall ones for many regions; by default those of a new figure.
    bar_kwargs
        For matplotlib's ``barh``.

    Returns
    -------
    Axes

    Raises
    ------
    PlotError
        If there is no region, or not one number (and error) per region.
    """
    if values.values.ndim != 1 or len(values) == 0:
        raise PlotError(f"bars need one number for each of some regions, not values of shape {values.values.shape}")
    if errors is not None and np.shape(errors) != values.values.shape:
        raise PlotError(f"there are {len(values)} regions, and errors of shape {np.shape(errors)}")
    axes = get_axes(ax)
    if ax is None:
        axes.get_figure(root=True).set_size_inches(5, max(2.5, 0.17 * len(values) + 1))  # type: ignore[union-attr]
    groups = np.zeros(len(values), np.intp) if group_by is None else _find_groups(values, group_by)
    order = np.lexsort((values.regions.sides[values.rows] < 0, values.regions.structure_rows[values.rows], groups))
    places = np.arange(len(values)) + _GAP * np.cumsum(np.diff(groups[order], prepend=groups[order[0]]) != 0)
    colors = values.regions.rgb[values.rows[order]] / 255
    style: dict[str, Any] = {"height": 0.85, "color": colors, "edgecolor": "#555555", "linewidth": 0.3} | bar_kwargs
    bars: dict[str, Any] = (
        {} if errors is None else {"xerr": np.asarray(errors)[order], "error_kw": {"elinewidth": 0.7}}
    )
    axes.barh(places, values.values[order], **style, **bars)
    axes.set_yticks(places, _name_bars(values, order), fontsize=6.5)
    axes.set(ylim=(places[-1] + 0.7, -0.7), xlabel=label)
    axes.tick_params(axis="y", length=0)
    hide_frame(axes)
    if group_by is not None:
        _name_groups(axes, places, groups[order], values.regions)
    return axes


def _find_groups(values: RegionValues, group_by: Any) -> NDArray[np.intp]:
    """Return the row of the structure that each region is grouped under."""
    rows = values.regions.mapping(group_by)[values.rows]
    return values.regions.structure_rows[rows].astype(np.intp)


def _name_bars(values: RegionValues, order: NDArray[np.intp]) -> list[str]:
    """Return acronyms; with the side where a structure stands there with both."""
    rows = values.rows[order]
    structures = values.regions.structure_rows[rows]
    both = np.unique(structures, return_counts=True)
    twice = set(both[0][both[1] > 1].tolist())
    sides = {1: " (R)", -1: " (L)", 0: ""}
    return [
        values.regions.acronyms[row] + (sides[int(values.regions.sides[row])] if structure in twice else "")
        for row, structure in zip(rows.tolist(), structures.tolist(), strict=True)
    ]


def _name_groups(axes: "Axes", places: NDArray[np.float64], groups: NDArray[np.intp], regions: Regions) -> None:
    """Write the name of each group right of its bars, beside a line in its colour."""
    across = axes.get_yaxis_transform()
    for group in np.unique(groups):
        mine = places[groups == group]
        low, high = mine[0] - 0.4, mine[-1] + 0.4
        color = regions.rgb[group] / 255 if 0 < regions.rgb[group].min() < 255 else "silver"  # the root is white
        name = regions.acronyms[group] if group else "none"
        axes.plot(
            [1.02, 1.02], [low, high], transform=across, color=color, linewidth=3, clip_on=False, solid_capstyle="butt"
        )
        axes.text(1.04, (low + high) / 2, name, transform=across, va="center", fontsize=7, clip_on=False)
