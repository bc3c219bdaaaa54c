"""The wheel over time, with its movements."""

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from bregma.brainbox.arrays import Window
from bregma.brainbox.behavior.wheel.movements import WheelMovements
from bregma.plots.axes import PlotError, get_axes, hide_frame
from bregma.plots.colors import GREY, LEFT, RIGHT

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class WheelTrace(Protocol):
    """A wheel on a grid: a ``Wheel`` of brainbox, or a table with these columns."""

    @property
    def times(self) -> Any:
        """Seconds."""
        ...

    @property
    def position(self) -> Any:
        """Radians, unless a unit is given."""
        ...


def plot_wheel(
    wheel: WheelTrace,
    movements: WheelMovements | None = None,
    *,
    window: Window | None = None,
    unit: str = "rad",
    ax: "Axes | None" = None,
    **line_kwargs: Any,
) -> "Axes":
    """Plot the position of the wheel over time, its movements thick, with a mark where each begins.

    Positive turns (counter-clockwise, which report a stimulus on the right) have the colour of the right side and a
    triangle that points up; negative ones that of the left and a triangle that points down.

    Parameters
    ----------
    wheel
        As `resample_wheel` gives it, or ``SessionLoader.wheel``.
    movements
        As `find_wheel_movements` gives them.
    window
        Start and stop of what is shown, seconds; by default everything.
    unit
        Of the position.
    ax
        Axes to draw on; by default those of a new figure.
    line_kwargs
        For matplotlib's line of the position.

    Returns
    -------
    Axes

    Raises
    ------
    PlotError
        If the window holds no samples.
    """
    times, position = np.asarray(wheel.times), np.asarray(wheel.position)
    shown = slice(None) if window is None else slice(*np.searchsorted(times, window))
    times, position = times[shown], position[shown]
    if not times.size:
        raise PlotError(f"the wheel has no samples in {window or 'it'}")
    axes = get_axes(ax)
    style: dict[str, Any] = {"color": GREY, "linewidth": 0.8} | line_kwargs
    axes.plot(times, position, **style)
    if movements is not None:
        _draw_movements(axes, times, position, movements)
    axes.set(xlabel="Time (s)", ylabel=f"Wheel position ({unit})", xlim=(times[0], times[-1]))
    hide_frame(axes)
    return axes


def _draw_movements(axes: "Axes", times: Any, position: Any, movements: WheelMovements) -> None:
    from matplotlib.collections import LineCollection

    begun = (movements.offsets >= times[0]) & (movements.onsets <= times[-1])
    turns = (
        ("clockwise (left)", LEFT, "v", movements.peak_amplitudes < 0),
        ("counter-clockwise (right)", RIGHT, "^", movements.peak_amplitudes >= 0),
    )
    for label, color, marker, turned in turns:
        rows = np.flatnonzero(begun & turned)
        spans = np.searchsorted(times, movements.intervals[rows])
        pieces = [np.column_stack([times[a : b + 1], position[a : b + 1]]) for a, b in spans]
        axes.add_collection(LineCollection(pieces, colors=color, linewidth=2.2))
        onsets = movements.onsets[rows]
        here = onsets >= times[0]
        heights = np.interp(onsets[here], times, position)
        axes.plot(onsets[here], heights, marker, color=color, label=label)
