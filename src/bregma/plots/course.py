"""A session trial after trial: its blocks, contrasts, performance and reaction times."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from bregma.brainbox.behavior.blocks import Blocks
from bregma.brainbox.behavior.course import SessionCourse
from bregma.plots.axes import PlotError, get_axes, hide_frame, make_logarithmic, put_legend_above
from bregma.plots.colors import BLACK, CORRECT, GREY, INCORRECT, LEFT, PURPLE, RIGHT

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHOWN_LEVELS = (-100, -25, 0, 25, 100)
LINEAR_BELOW = 6.25
"""Percent contrast below which the axis of contrasts is linear, and above it logarithmic."""


def plot_blocks(blocks: Blocks, *, ax: "Axes | None" = None, **span_kwargs: Any) -> "Axes":
    """Shade the blocks of a session behind whatever the axes show per trial: blue for left, vermilion for right.

    Parameters
    ----------
    blocks
        As `find_blocks` gives them. Blocks without a side are not shaded.
    ax
        Axes with trials from 0 along x; by default those of a new figure.
    span_kwargs
        For matplotlib's ``axvspan``.

    Returns
    -------
    Axes
    """
    axes = get_axes(ax)
    style: dict[str, Any] = {"alpha": 0.18, "linewidth": 0, "zorder": 0} | span_kwargs
    starts, stops = blocks.first_trial - 0.5, blocks.first_trial + blocks.n_trials - 0.5
    for p, start, stop in zip(blocks.probability_left, starts, stops, strict=True):
        if not np.isclose(p, 0.5):
            axes.axvspan(start, stop, **({"color": LEFT if p > 0.5 else RIGHT} | style))
    axes.set_xlabel("Trial")
    return axes


def plot_pseudo_blocks(
    probability_left: ArrayLike, *, ax: "Axes | None" = None, first_is_real: bool = False, **image_kwargs: Any
) -> "Axes":
    """Plot the blocks of many sessions as an image, a row per session: blue for left, vermilion for right.

    Parameters
    ----------
    probability_left : (n_sessions, n_trials) array
        Such as that of `generate_pseudo_sessions`.
    ax
        Axes to draw on; by default those of a new figure.
    first_is_real
        Whether the first row is the session that was recorded; a line sets it off.
    image_kwargs
        For matplotlib's ``pcolormesh``.

    Returns
    -------
    Axes

    Raises
    ------
    PlotError
        If there are no sessions or no trials.
    """
    table = np.asarray(probability_left, dtype=np.float64)
    if table.ndim != 2 or not table.size:
        raise PlotError(f"probability_left has shape {table.shape}; give (n_sessions, n_trials), one or more of each")
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.ticker import MaxNLocator

    axes = get_axes(ax)
    colors = LinearSegmentedColormap.from_list("blocks", [RIGHT, "#f2f2f2", LEFT])
    style: dict[str, Any] = {"cmap": colors, "vmin": 0, "vmax": 1, "alpha": 0.8, "rasterized": True} | image_kwargs
    edges = np.arange(table.shape[1] + 1) - 0.5, np.arange(table.shape[0] + 1) - 0.5
    mesh = axes.pcolormesh(*edges, table, **style)
    if first_is_real:
        axes.axhline(0.5, color=BLACK, linewidth=2)
    axes.set(xlabel="Trial", ylabel="Session (0: recorded)" if first_is_real else "Session")
    axes.set_ylim(table.shape[0] - 0.5, -0.5)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    place = axes.inset_axes((1.03, 0.0, 0.035, 1.0))
    axes.get_figure(root=True).colorbar(mesh, cax=place, label="Probability of a left stimulus")  # type: ignore[union-attr]
    return axes


def plot_contrasts_over_trials(course: SessionCourse, *, ax: "Axes | None" = None, **marker_kwargs: Any) -> "Axes":
    """Plot the contrast shown in each trial, a dot where the choice was correct and a cross where it was not.

    Parameters
    ----------
    course
        As `compute_session_course` gives it.
    ax
        Axes to draw on; by default those of a new figure.
    marker_kwargs
        For matplotlib's markers.

    Returns
    -------
    Axes
        Its y axis is logarithmic on both sides of zero.
    """
    axes = get_axes(ax)
    trial = np.arange(course.signed_contrast.size)
    kinds = (("correct", course.correct, ".", CORRECT), ("incorrect", ~course.correct, "x", INCORRECT))
    for label, mask, marker, color in kinds:
        style: dict[str, Any] = {"color": color, "marker": marker, "markersize": 4, "linestyle": "", "label": label}
        axes.plot(trial[mask], course.signed_contrast[mask], **(style | marker_kwargs))
    axes.set_yscale("symlog", linthresh=LINEAR_BELOW, linscale=0.5)
    axes.set_yticks(SHOWN_LEVELS, [str(level) for level in SHOWN_LEVELS])
    axes.minorticks_off()
    _finish(axes, course, "Signed contrast (%)")
    put_legend_above(axes)
    return axes


def plot_performance_over_trials(course: SessionCourse, *, ax: "Axes | None" = None, **line_kwargs: Any) -> "Axes":
    """Plot the running performance of all trials and of the easy ones, with the blocks behind.

    Parameters
    ----------
    course
        As `compute_session_course` gives it.
    ax
        Axes to draw on; by default those of a new figure.
    line_kwargs
        For matplotlib's lines.

    Returns
    -------
    Axes
    """
    axes = get_axes(ax)
    trial = np.arange(course.performance.size)
    axes.plot(trial, course.performance, **({"color": BLACK, "label": "all"} | line_kwargs))
    easy = {"color": PURPLE, "linestyle": "--", "label": "easy"} | line_kwargs
    axes.plot(trial, course.performance_easy, **easy)
    axes.axhline(0.5, color=GREY, linewidth=0.8, linestyle=":", zorder=0)
    _finish(axes, course, f"Performance, last {course.window}\ntrials (fraction)")
    axes.set_ylim(-0.03, 1.03)
    put_legend_above(axes)
    return axes


def plot_reaction_times_over_trials(course: SessionCourse, *, ax: "Axes | None" = None, **line_kwargs: Any) -> "Axes":
    """Plot the reaction time of each trial, and the running median.

    Parameters
    ----------
    course
        As `compute_session_course` gives it. Times of zero or below are not shown.
    ax
        Axes to draw on; by default those of a new figure.
    line_kwargs
        For matplotlib's line of the median.

    Returns
    -------
    Axes
        Its y axis is logarithmic.
    """
    axes = get_axes(ax)
    times = np.where(course.reaction_time > 0, course.reaction_time, np.nan)
    trial = np.arange(times.size)
    axes.plot(trial, times, ".", color=GREY, markersize=3)
    label = f"median of last {course.window}"
    axes.plot(trial, course.median_reaction_time, **({"color": BLACK, "label": label} | line_kwargs))
    if np.isfinite(times).any():
        make_logarithmic(axes, "y")
    _finish(axes, course, "Reaction time (s)")
    return axes


def _finish(axes: "Axes", course: SessionCourse, ylabel: str) -> None:
    if course.blocks is not None:
        plot_blocks(course.blocks, ax=axes)
    axes.set(xlabel="Trial", ylabel=ylabel, xlim=(-0.5, max(course.correct.size, 1) - 0.5))
    hide_frame(axes)
