"""What pictures of the brain share: axes in millimetres, borders of regions, colours of values, whose atlas it is."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bregma.atlas.borders import trace_borders, trace_regions
from bregma.atlas.slices import Slice
from bregma.atlas.table import Rows
from bregma.atlas.values import RegionValues
from bregma.plots.axes import PlotError, find_range, get_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.cm import ScalarMappable
    from matplotlib.path import Path

MISSING = "#dcdcdc"
"""Regions without a value."""
LABELS = {"x": "Right of bregma (mm)", "y": "In front of bregma (mm)", "z": "Above bregma (mm)"}

_SMOOTHING = 8
_MARGIN_MM = 0.3
_BORDER = 0.35


def open_axes(ax: "Axes | None", credit: str, shape: tuple[int, int] | None = None) -> "Axes":
    """Return the axes given, or new ones below which the credit stands; as wide as a picture of that shape needs."""
    axes = get_axes(ax)
    axes.set_aspect("equal")
    if ax is not None:
        return axes
    figure: Any = axes.get_figure(root=True)
    if credit:
        figure.supxlabel(credit, fontsize=4.5, color="grey", wrap=True)
    if shape is not None and shape[1] > 2 * shape[0]:
        figure.set_size_inches(10, 10 * shape[0] / shape[1] + 0.6)
    return axes


def paint(values: RegionValues | ArrayLike, n_rows: int) -> tuple[NDArray[np.float64], Rows | None]:
    """Return a value for each row of the table, and what the rows were mapped to.

    Raises
    ------
    PlotError
        If there is not one value for each row.
    """
    mapping = values.mapping if isinstance(values, RegionValues) else None
    painted = np.asarray(values.paint() if isinstance(values, RegionValues) else values, dtype=np.float64)
    if painted.shape != (n_rows,):
        raise PlotError(f"this atlas has {n_rows} rows, and the values have shape {painted.shape}; give one per row")
    return painted, mapping


def scale_colors(values: NDArray[Any], style: dict[str, Any]) -> "ScalarMappable":
    """Make a scale of colours for values.

    Raises
    ------
    PlotError
        If no value is known.
    """
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    known = np.asarray(values, dtype=np.float64)
    if not np.isfinite(known).any():
        raise PlotError("nothing to draw: no value is known here")
    low, high = find_range(known)
    options: dict[str, Any] = {"cmap": "viridis", "vmin": low, "vmax": high} | style
    return ScalarMappable(Normalize(options.pop("vmin"), options.pop("vmax")), **options)


def color_values(found: NDArray[Any], rows: NDArray[Any], mapped: "ScalarMappable") -> NDArray[np.float64]:
    """Return the colour of each pixel: grey where a region has no value, transparent where there is no region."""
    from matplotlib.colors import to_rgba

    shown: NDArray[np.float64] = mapped.to_rgba(np.nan_to_num(found))
    shown[~np.isfinite(found)] = to_rgba(MISSING)
    shown[rows == 0] = 0.0
    return shown


def draw_image(axes: "Axes", picture: Slice, labels: Slice, *, unit: float = 1e3) -> None:
    """Draw the pixels of a plane, cut off along the smooth outline of what is not void."""
    from matplotlib.patches import PathPatch

    left, right, bottom, top = (edge * unit for edge in picture.extent)
    image = axes.imshow(picture.image, origin="lower", extent=(left, right, bottom, top), interpolation="nearest")
    brain = Slice((labels.image > 0).astype(np.uint8), labels.plane)
    rings = trace_regions(brain, smoothing=_SMOOTHING).get(1, ())
    if rings:
        image.set_clip_path(PathPatch(_join_rings(rings, unit), transform=axes.transData))


def _join_rings(rings: tuple[NDArray[np.float64], ...], unit: float) -> "Path":
    from matplotlib.path import Path

    return Path.make_compound_path(*(Path(ring * unit, closed=True) for ring in rings))


def draw_template(axes: "Axes", picture: Slice, labels: Slice) -> None:
    """Draw the template in grey, so that its few brightest pixels darken no others; nothing where there is no brain."""
    from matplotlib import colormaps

    inside = labels.image > 0
    top = float(np.percentile(picture.image[inside], 99.5)) if inside.any() else 1.0
    shown = colormaps["gray"](np.clip(picture.image / (top or 1.0), 0, 1))
    shown[..., 3] = inside
    draw_image(axes, Slice(shown, picture.plane), labels)


def draw_borders(axes: "Axes", labels: Slice, *, unit: float = 1e3, color: str = "black") -> None:
    """Draw lines between regions, and a stronger one around the brain."""
    from matplotlib.collections import LineCollection

    borders = trace_borders(labels, smoothing=_SMOOTHING)
    outside = [min(border.left, border.right) == 0 for border in borders]
    for is_edge, strength in ((False, _BORDER), (True, 2 * _BORDER)):
        lines = [border.points * unit for border, out in zip(borders, outside, strict=True) if out == is_edge]
        style: dict[str, Any] = {"colors": "black" if is_edge else color, "linewidths": strength, "capstyle": "round"}
        axes.add_collection(LineCollection(lines, **style), autolim=False)


def fill_regions(axes: "Axes", labels: Slice, colors: NDArray[np.float64]) -> None:
    """Fill the smooth outlines of regions with the colour that each row of the table has, (n_rows, 3 or 4)."""
    from matplotlib.collections import PathCollection

    outlines = trace_regions(labels, smoothing=_SMOOTHING)
    paths = [_join_rings(rings, 1e3) for rings in outlines.values()]
    rows = np.array(list(outlines), dtype=np.intp)
    filled = colors[rows]
    axes.add_collection(PathCollection(paths, facecolors=filled, edgecolors=filled, linewidths=0.2), autolim=False)


def frame_slice(axes: "Axes", labels: Slice) -> None:
    """Show the brain with a margin, name the axes and the place of the plane."""
    right, up = (LABELS.get(name.rstrip("'"), name) for name in labels.axes)
    tilted = labels.plane.section == "tilted"
    axes.set(xlabel="Along the slice (mm)" if tilted else right, ylabel="Up the slice (mm)" if tilted else up)
    frame(axes, labels, 1e3)
    if not tilted:
        away = int(np.argmax(np.abs(np.cross(labels.plane.right, labels.plane.up))))
        name = ("ML", "AP", "DV")[away]
        axes.set_title(
            f"{name} {labels.plane.origin[away] * 1e3:+.2f} mm".replace("-", "\N{MINUS SIGN}"), fontsize="medium"
        )


def frame(axes: "Axes", labels: Slice, unit: float) -> None:
    """Show what is not void, with a margin."""
    inside = labels.image > 0
    left, right, bottom, top = (edge * unit for edge in labels.extent)
    if inside.any():
        height, width = inside.shape
        columns, rows = np.flatnonzero(inside.any(axis=0)), np.flatnonzero(inside.any(axis=1))
        across, upwards = (right - left) / width, (top - bottom) / height
        left, right = left + columns[0] * across, left + (columns[-1] + 1) * across
        bottom, top = bottom + rows[0] * upwards, bottom + (rows[-1] + 1) * upwards
    margin = _MARGIN_MM if unit > 1 else 0.01 * (right - left)
    axes.set(xlim=(left - margin, right + margin), ylim=(bottom - margin, top + margin))
    axes.spines[["top", "right"]].set_visible(False)
