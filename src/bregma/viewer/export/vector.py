"""A picture whose letters stay letters: as PDF or SVG, to be edited and printed at any size."""

from pathlib import Path
from typing import Any

import numpy as np

from bregma.alf import atomic_write
from bregma.viewer.render.lettering import list_marks
from bregma.viewer.render.marks import Box, Mark, Ramp, Stroke, Words
from bregma.viewer.render.picture import draw_picture
from bregma.viewer.scene.arrays import Colour
from bregma.viewer.scene.scene import Scene

_DPI = 300
_POINTS = 72
_ACROSS = {"l": "left", "m": "center", "r": "right"}
_ALONG = {"t": "top", "m": "center_baseline", "s": "baseline"}
# Letters as letters, and the same bytes for the same scene.
_STYLE: dict[Any, Any] = {
    "pdf.fonttype": 42,
    "svg.fonttype": "none",
    "svg.hashsalt": "bregma",
    "font.family": "DejaVu Sans",
}


def save_vector(scene: Scene, path: Path, size: tuple[int, int], *, transparent: bool = False) -> None:
    """Write a scene as PDF or SVG: the brain as pixels (300 in an inch), all that is written as text and lines.

    Parameters
    ----------
    scene : Scene
        What to draw.
    path : Path
        Its ending is .pdf or .svg.
    size : tuple of 2 int
        Width and height of the brain's picture, in pixels.
    transparent : bool
        Whether the background is left out.
    """
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    picture = draw_picture(scene, size=size, transparent=transparent)
    kind = path.suffix.lower().removeprefix(".")
    credit = scene.credit or None
    with matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=(size[0] / _DPI, size[1] / _DPI), dpi=_DPI)
        FigureCanvasAgg(figure)
        figure.patch.set_alpha(0.0)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.imshow(picture, extent=(0, size[0], size[1], 0), interpolation="none", aspect="auto")
        for mark in list_marks(scene, size):
            _add(axes, mark)
        axes.set(xlim=(0, size[0]), ylim=(size[1], 0))
        axes.set_axis_off()
        with atomic_write(path) as file:
            about = {"CreationDate": None, "Subject": credit} if kind == "pdf" else {"Date": None, "Rights": credit}
            figure.savefig(file, format=kind, dpi=_DPI, metadata=about)


def _add(axes: Any, mark: Mark) -> None:
    from matplotlib.patches import Rectangle

    match mark:
        case Words():
            across, along = _ACROSS[mark.anchor[0]], _ALONG[mark.anchor[1]]
            points = mark.size * _POINTS / _DPI * 0.92
            axes.text(mark.x, mark.y, mark.text, size=points, color=_unit(mark.colour), ha=across, va=along)
        case Stroke():
            points = mark.width * _POINTS / _DPI
            ends = ([mark.x0, mark.x1], [mark.y0, mark.y1])
            axes.plot(*ends, color=_unit(mark.colour), linewidth=points, solid_capstyle="butt")
        case Box():
            place, size = (mark.left, mark.top), (mark.right - mark.left, mark.bottom - mark.top)
            axes.add_patch(Rectangle(place, *size, color=_unit(mark.colour), linewidth=0))
        case Ramp():
            extent = (mark.left, mark.right, mark.bottom, mark.top)
            axes.imshow(np.flipud(mark.colours)[:, None], extent=extent, interpolation="none", aspect="auto", zorder=3)


def _unit(colour: Colour) -> tuple[float, float, float]:
    red, green, blue = (part / 255 for part in colour)
    return red, green, blue
