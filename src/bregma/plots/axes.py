"""Where plots draw: on the axes given, else on new ones; and what they share: colours, images, colour bars."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bregma.plots.colors import OF_CONDITION

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.collections import QuadMesh
    from matplotlib.figure import Figure, SubFigure

COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
"""Colours that colour-blind people tell apart (Okabe and Ito), without the yellow that vanishes on white."""
LINE_STYLES = ("-", "--", "-.", ":")


class PlotError(ValueError):
    """What was given cannot be drawn."""


def get_axes(ax: "Axes | None") -> "Axes":
    """Return the axes given, or those of a new figure. A figure made here is not registered with pyplot."""
    if ax is not None:
        return ax
    from matplotlib.figure import Figure

    axes = Figure(layout="constrained").subplots()
    axes.set_prop_cycle(color=COLORS)
    return axes


def get_figure(figure: "Figure | SubFigure | None", size: tuple[float, float]) -> "Figure | SubFigure":
    """Return the figure given, or a new one of this size (inches), which is not registered with pyplot."""
    if figure is not None:
        return figure
    from matplotlib.figure import Figure

    return Figure(figsize=size, layout="constrained")


def hide_frame(ax: "Axes") -> None:
    """Hide the upper and right lines of the frame."""
    ax.spines[["top", "right"]].set_visible(False)


def make_logarithmic(ax: "Axes", direction: Literal["x", "y"]) -> None:
    """Make an axis logarithmic, with plain numbers on it also where it spans less than a decade."""
    from matplotlib.ticker import LogLocator, NullFormatter

    ax.set(**{f"{direction}scale": "log"})
    axis = ax.xaxis if direction == "x" else ax.yaxis
    axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.set_major_formatter("{x:g}")
    axis.set_minor_formatter(NullFormatter())


def put_legend_above(ax: "Axes") -> None:
    """Put a legend above the axes, on the right, where it hides no data; none where nothing has a label."""
    if not ax.get_legend_handles_labels()[1]:
        return
    place: dict[str, Any] = {"loc": "lower right", "bbox_to_anchor": (1, 1), "borderaxespad": 0, "ncols": 3}
    ax.legend(frameon=False, fontsize="small", handlelength=1.5, columnspacing=1, **place)


def style_conditions(labels: Iterable[Any]) -> dict[Any, dict[str, Any]]:
    """Return a colour and a line style for each label, so that neither has to be seen alone."""
    names = list(labels)
    known = {label: OF_CONDITION[label] for label in names if label in OF_CONDITION}
    taken = {color.lower() for color, _ in known.values()}
    free = [color for color in COLORS if color.lower() not in taken] or COLORS
    others = [label for label in names if label not in known]
    new = {label: (free[i % len(free)], LINE_STYLES[i % len(LINE_STYLES)]) for i, label in enumerate(others)}
    styles = {**known, **new}
    return {label: {"color": styles[label][0], "linestyle": styles[label][1]} for label in names}


def find_row(cluster_ids: NDArray[np.int64], cluster_id: int, what: str) -> int:
    """Return the row of a unit, or raise `PlotError`."""
    rows = np.flatnonzero(cluster_ids == cluster_id)
    if rows.size == 0:
        raise PlotError(f"no unit {cluster_id} in {what} of {cluster_ids.size} units")
    return int(rows[0])


def draw_image(
    axes: "Axes", x: ArrayLike, y: ArrayLike, pixels: ArrayLike, label: str, **image_kwargs: Any
) -> "QuadMesh":
    """Draw an image (n_y, n_x) whose pixels are centred on x and y, and its colour bar. NaN stays empty."""
    image = np.asarray(pixels)
    if image.size == 0:
        raise PlotError(f"nothing to draw: the image has shape {image.shape}")
    low, high = find_range(image)
    style: dict[str, Any] = {"cmap": "viridis", "vmin": low, "vmax": high, "rasterized": True} | image_kwargs
    mesh = axes.pcolormesh(find_edges(x), find_edges(y), image, **style)
    add_color_bar(axes, mesh, label)
    return mesh


def add_color_bar(axes: "Axes", mapped: Any, label: str) -> "Artist":
    """Add a colour bar beside the axes; it belongs to them, so that no other axes move."""
    place = axes.inset_axes((1.03, 0.0, 0.035, 1.0))
    return axes.get_figure(root=True).colorbar(mapped, cax=place, label=label)  # type: ignore[union-attr, return-value]


def scale_volts(numbers: ArrayLike, unit: str) -> tuple[NDArray[np.float64], str]:
    """Return volts in microvolts, as people read them, and the unit; other units stay."""
    values = np.asarray(numbers, np.float64)
    return (values * 1e6, "µV") if unit == "V" else (values, unit)


def find_edges(centres: ArrayLike) -> NDArray[np.float64]:
    """Return the edges of pixels from their centres, in either direction."""
    places = np.asarray(centres, np.float64)
    if places.size == 1:
        return np.array([places[0] - 0.5, places[0] + 0.5])
    middles = (places[1:] + places[:-1]) / 2
    return np.concatenate([[2 * places[0] - middles[0]], middles, [2 * places[-1] - middles[-1]]])


def find_range(numbers: NDArray[Any], *, symmetric: bool = False) -> tuple[float, float]:
    """Return where colours begin and end: at the 1st and 99th percentile, or symmetric about zero."""
    known = numbers[np.isfinite(numbers)]
    if known.size == 0:
        return (-1.0, 1.0) if symmetric else (0.0, 1.0)
    low, high = (float(each) for each in np.percentile(known, (1, 99)))
    if symmetric:
        size = max(abs(low), abs(high)) or float(np.abs(known).max()) or 1.0
        return -size, size
    return (low, high) if high > low else (low, max(float(known.max()), low + (abs(low) or 1.0)))
