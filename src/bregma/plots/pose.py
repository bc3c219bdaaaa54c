"""Pose: points on a frame, the pupil, states of the paws."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from bregma.brainbox.behavior.pose.points import Pose, pose_column
from bregma.brainbox.behavior.pose.runs import find_runs
from bregma.brainbox.behavior.pose.states import PawState
from bregma.plots.axes import COLORS, PlotError, get_axes, hide_frame, make_logarithmic, put_legend_above
from bregma.plots.colors import BLUE, GREEN, GREY, ORANGE, VERMILION

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARKERS = "os^vD<>Pp*"
MOST_POINTS = 500
"""Frames that are drawn of each point, spread evenly."""
STATE_COLORS = {
    PawState.BACKGROUND: GREY,
    PawState.STILL: BLUE,
    PawState.MOVE: ORANGE,
    PawState.WHEEL_TURN: VERMILION,
    PawState.GROOM: GREEN,
}


def plot_pose(
    frame: ArrayLike, pose: Pose, *, points: Sequence[str] | None = None, ax: "Axes | None" = None, **marker_kwargs: Any
) -> "Axes":
    """Plot where points of the mouse have been, on a frame of the video, and the median place of each.

    Parameters
    ----------
    frame : (height, width) array
        Grey levels.
    pose
        A table in pixels of this frame; mask unlikely points first.
    points
        Such as ``("paw_r", "nose_tip")``; all by default. At most 500 frames of each are drawn.
    ax
        Axes to draw on; by default those of a new figure.
    marker_kwargs
        For matplotlib's markers.

    Returns
    -------
    Axes
    """
    axes = get_axes(ax)
    axes.imshow(np.asarray(frame), cmap="gray", zorder=-1)
    names = [str(name).removesuffix("_x") for name in pose if str(name).endswith("_x")] if points is None else points
    for number, name in enumerate(names):
        place = np.column_stack([pose_column(pose, f"{name}_x"), pose_column(pose, f"{name}_y")])
        place = place[np.isfinite(place).all(axis=1)]
        if not place.size:
            continue
        color = COLORS[number % (len(COLORS) - 1)]
        style: dict[str, Any] = {"marker": ".", "markersize": 2, "alpha": 0.4, "linestyle": ""} | marker_kwargs
        axes.plot(*place[:: max(1, len(place) // MOST_POINTS)].T, color=color, **style)
        middle: dict[str, Any] = {"marker": MARKERS[number % len(MARKERS)], "markeredgecolor": "white"}
        axes.plot(*np.median(place, axis=0), color=color, linestyle="", label=name.replace("_", " "), **middle)
    axes.set(xlabel="x (px)", ylabel="y (px)")
    return axes


def plot_pupil(
    times: ArrayLike,
    diameter: ArrayLike,
    smooth: ArrayLike,
    outliers: ArrayLike | None = None,
    *,
    ax: "Axes | None" = None,
    **line_kwargs: Any,
) -> "Axes":
    """Plot the diameter of the pupil: as tracked (dots), smoothed (line), and the frames left out (crosses).

    Parameters
    ----------
    times, diameter, smooth : (n_frames,) arrays
        Seconds; pixels, as `compute_pupil_diameter` and `smooth_pupil_diameter` give them.
    outliers : (n_frames,) array of bool, optional
        As `find_pupil_outliers` gives them.
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
        If arrays differ in length.
    """
    when, raw, line = (np.asarray(each, dtype=np.float64) for each in (times, diameter, smooth))
    out = np.zeros(raw.shape, dtype=np.bool_) if outliers is None else np.asarray(outliers)
    if not when.size == raw.size == line.size == out.size:
        raise PlotError(f"{when.size} times, {raw.size} diameters, {line.size} smoothed and {out.size} outliers")
    axes = get_axes(ax)
    axes.plot(when[~out], raw[~out], ".", color=GREY, markersize=2, label="tracked", rasterized=True)
    axes.plot(when[out], raw[out], "x", color=VERMILION, markersize=5, label=f"left out ({int(out.sum())})")
    axes.plot(when, line, **({"color": BLUE, "label": "smoothed"} | line_kwargs))
    axes.set(xlabel="Time (s)", ylabel="Pupil diameter (px)")
    put_legend_above(axes)
    hide_frame(axes)
    return axes


def plot_paw_states(times: ArrayLike, states: ArrayLike, *, ax: "Axes | None" = None, **bar_kwargs: Any) -> "Axes":
    """Plot what a paw does over time, a row per state.

    Parameters
    ----------
    times, states : (n_frames,) arrays
        Seconds, and `PawState` as `classify_paw_states` gives them.
    ax
        Axes to draw on; by default those of a new figure.
    bar_kwargs
        For matplotlib's ``broken_barh``.

    Returns
    -------
    Axes

    Raises
    ------
    PlotError
        If there are fewer than two frames, or not one state per time.
    """
    when, each = np.asarray(times, dtype=np.float64), np.asarray(states)
    if when.shape != each.shape or when.size < 2:
        raise PlotError(f"{when.size} times and {each.size} states; give one state per frame, two frames or more")
    axes = get_axes(ax)
    runs = find_runs(each)
    ends = np.append(when, 2 * when[-1] - when[-2])
    for row, (state, color) in enumerate(STATE_COLORS.items()):
        here = runs.labels == state
        start, stop = when[runs.starts[here]], ends[runs.stops[here]]
        axes.broken_barh(list(zip(start, stop - start, strict=True)), (row - 0.4, 0.8), color=color, **bar_kwargs)
    axes.set_yticks(range(len(STATE_COLORS)), [_name(state) for state in STATE_COLORS])
    axes.set(xlabel="Time (s)", ylabel="State of the paw", xlim=(when[0], ends[-1]))
    axes.set_ylim(len(STATE_COLORS) - 0.5, -0.5)
    hide_frame(axes)
    return axes


def plot_state_durations(
    states: ArrayLike, durations: ArrayLike, *, ax: "Axes | None" = None, **box_kwargs: Any
) -> "Axes":
    """Plot how long the states of a paw last: quartiles of each, with the number of runs and their total time.

    Parameters
    ----------
    states, durations : (n_runs,) arrays
        As `compute_state_durations` gives them.
    ax
        Axes to draw on; by default those of a new figure.
    box_kwargs
        For matplotlib's ``boxplot``.

    Returns
    -------
    Axes
        Its x axis is logarithmic.

    Raises
    ------
    PlotError
        If there is not one duration per run, or no run of a known state.
    """
    each, lasted = np.asarray(states), np.asarray(durations, dtype=np.float64)
    if each.shape != lasted.shape:
        raise PlotError(f"{each.size} states and {lasted.size} durations; give one per run")
    shown = [state for state in STATE_COLORS if (each == state).any()]
    if not shown:
        raise PlotError("no run of a known state; there is nothing to draw")
    axes = get_axes(ax)
    groups = [lasted[each == state] for state in shown]
    labels = [f"{_name(state)}\n{g.size} runs, {g.sum():.3g} s" for state, g in zip(shown, groups, strict=True)]
    style: dict[str, Any] = {"orientation": "horizontal", "showfliers": False, "patch_artist": True, "widths": 0.6}
    boxes = axes.boxplot(groups, tick_labels=labels, **(style | {"medianprops": {"color": "black"}} | box_kwargs))
    for box, state in zip(boxes["boxes"], shown, strict=True):
        box.set(facecolor=STATE_COLORS[state], alpha=0.6)
    make_logarithmic(axes, "x")
    axes.set(xlabel="Duration of a run (s)", ylabel="State of the paw")
    axes.invert_yaxis()
    hide_frame(axes)
    return axes


def _name(state: PawState) -> str:
    return state.name.lower().replace("_", " ")
