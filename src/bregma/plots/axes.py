"""Where plots draw: on the axes given, else on new ones."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class PlotError(ValueError):
    """What was given cannot be drawn."""


def get_axes(ax: "Axes | None") -> "Axes":
    """Return the axes given, or those of a new figure. A figure made here is not registered with pyplot."""
    if ax is not None:
        return ax
    from matplotlib.figure import Figure

    return Figure(layout="constrained").subplots()


def hide_frame(ax: "Axes") -> None:
    """Hide the upper and right lines of the frame."""
    ax.spines[["top", "right"]].set_visible(False)
