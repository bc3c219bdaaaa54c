"""Video: motion energy, and how late a camera is."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from bregma.brainbox.behavior.video.alignment import CameraLag
from bregma.brainbox.behavior.video.energy import MotionEnergy
from bregma.plots.axes import PlotError, get_axes, hide_frame, put_legend_above
from bregma.plots.colors import BLACK, VERMILION

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_motion_energy(
    times: ArrayLike, motion: MotionEnergy, *, ax: "Axes | None" = None, **line_kwargs: Any
) -> "Axes":
    """Plot the motion energy of a video over time.

    Parameters
    ----------
    times : (n_frames,) array
        Seconds of the frames that the energy was computed from; each value is drawn at the later of its two frames.
    motion
        As `compute_motion_energy` gives it.
    ax
        Axes to draw on; by default those of a new figure.
    line_kwargs
        For matplotlib's line.

    Returns
    -------
    Axes

    Raises
    ------
    PlotError
        If the times are not those of these frames.
    """
    later = np.asarray(times, dtype=np.float64)[motion.step :]
    if later.size != motion.energy.size:
        raise PlotError(f"{np.size(times)} times for {motion.energy.size + motion.step} frames; give one per frame")
    axes = get_axes(ax)
    style: dict[str, Any] = {"color": BLACK, "linewidth": 1} | line_kwargs
    axes.plot(later, motion.energy, **style)
    axes.set(xlabel="Time (s)", ylabel="Motion energy (grey levels)")
    hide_frame(axes)
    return axes


def plot_camera_lag(lag: CameraLag, *, ax: "Axes | None" = None, **line_kwargs: Any) -> "Axes":
    """Plot how well a video fits the wheel at each lag, and mark the best one.

    Parameters
    ----------
    lag
        As `align_camera_to_wheel` gives it.
    ax
        Axes to draw on; by default those of a new figure.
    line_kwargs
        For matplotlib's line.

    Returns
    -------
    Axes
    """
    axes = get_axes(ax)
    axes.plot(lag.lags, lag.correlation, **({"color": BLACK} | line_kwargs))
    label = f"late by {lag.frames} frames ({1e3 * lag.seconds:.0f} ms)"
    axes.plot(lag.frames, lag.peak, "v", color=VERMILION, label=label)
    axes.axvline(0, color="grey", linewidth=0.8, zorder=0)
    axes.set(xlabel="Lag of the video (frames)", ylabel="Correlation with wheel speed (r)")
    put_legend_above(axes)
    hide_frame(axes)
    return axes
