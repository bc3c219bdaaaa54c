"""Behaviour: psychometric curves, reaction times, training."""

from collections.abc import Sequence
from datetime import date as Date  # noqa: N812 - "date" is the name of a field
from typing import TYPE_CHECKING, Any

import numpy as np

from bregma.brainbox.behavior.durations import ReactionTimes
from bregma.brainbox.behavior.psychometric import Psychometric, evaluate
from bregma.brainbox.behavior.status import TrainingStatus
from bregma.plots.axes import PlotError, get_axes, hide_frame

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STATUS_COLORS = {
    TrainingStatus.UNTRAINABLE: "#b2182b",
    TrainingStatus.UNBIASABLE: "#b2182b",
    TrainingStatus.IN_TRAINING: "#d9d9d9",
    TrainingStatus.TRAINED_1A: "#c7e9c0",
    TrainingStatus.TRAINED_1B: "#a1d99b",
    TrainingStatus.READY4EPHYSRIG: "#74c476",
    TrainingStatus.READY4DELAY: "#41ab5d",
    TrainingStatus.READY4RECORDING: "#238b45",
}


def plot_psychometric(psychometric: Psychometric, *, ax: "Axes | None" = None, **line_kwargs: Any) -> "Axes":
    """Plot the fraction of rightward choices per contrast, and the curve fitted to them.

    Parameters
    ----------
    psychometric
        As `compute_psychometric` gives it. A curve that is not reliable is dashed; one of NaN is not drawn.
    ax
        Axes to draw on; by default those of a new figure.
    line_kwargs
        For matplotlib's line of the curve; ``color`` and ``label`` serve the points too.

    Returns
    -------
    Axes
    """
    axes = get_axes(ax)
    fit = psychometric.fit
    style: dict[str, Any] = {"linestyle": "-" if fit.reliable else "--"} | line_kwargs
    points = axes.plot(psychometric.contrasts, psychometric.p_right, "o", color=style.get("color"))
    if np.isfinite(fit.log_likelihood):
        x = np.linspace(psychometric.contrasts.min(), psychometric.contrasts.max(), 401)
        axes.plot(x, evaluate(fit, x), **({"color": points[0].get_color()} | style))
    axes.set(xlabel="Signed contrast (%)", ylabel="Rightward choices (fraction)", ylim=(-0.03, 1.03))
    hide_frame(axes)
    return axes


def plot_reaction_times(reaction_times: ReactionTimes, *, ax: "Axes | None" = None, **line_kwargs: Any) -> "Axes":
    """Plot the median reaction time per contrast, with its confidence interval.

    Parameters
    ----------
    reaction_times
        As `compute_reaction_times` gives it.
    ax
        Axes to draw on; by default those of a new figure.
    line_kwargs
        For matplotlib's line.

    Returns
    -------
    Axes
    """
    axes = get_axes(ax)
    line = axes.plot(reaction_times.contrasts, reaction_times.median, **({"marker": "o"} | line_kwargs))
    known = np.isfinite(reaction_times.low)
    color = line[0].get_color()
    axes.vlines(reaction_times.contrasts[known], reaction_times.low[known], reaction_times.high[known], colors=color)
    axes.set(xlabel="Signed contrast (%)", ylabel="Reaction time (s)")
    hide_frame(axes)
    return axes


def plot_training(
    dates: Sequence[Date],
    performance: Sequence[float],
    status: Sequence[TrainingStatus],
    *,
    ax: "Axes | None" = None,
    **line_kwargs: Any,
) -> "Axes":
    """Plot a mouse's performance over days, on the colour of its training status.

    Parameters
    ----------
    dates, performance, status
        One value per session, ascending dates: fraction of easy trials rewarded, and status after the session.
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
        If the three differ in length.
    """
    if not len(dates) == len(performance) == len(status):
        raise PlotError(f"{len(dates)} dates, {len(performance)} performances and {len(status)} statuses")
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    axes = get_axes(ax)
    days = np.array(dates, dtype="datetime64[D]").astype(np.float64)
    axes.plot(days, performance, **({"marker": "o", "color": "black"} | line_kwargs))
    for current, first, last in _runs(status):
        right = days[last + 1] if last + 1 < len(days) else days[last] + 1
        axes.axvspan(days[first], right, color=STATUS_COLORS[current], zorder=0, label=current.label, lw=0)
    locator = AutoDateLocator(minticks=3, maxticks=7)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
    axes.set(xlabel="Date", ylabel="Performance on easy trials (fraction)", ylim=(0, 1.03))
    hide_frame(axes)
    return axes


def _runs(status: Sequence[TrainingStatus]) -> list[tuple[TrainingStatus, int, int]]:
    """Return (status, first, last) of each run of sessions of one status."""
    starts = [i for i, current in enumerate(status) if i == 0 or current is not status[i - 1]]
    ends = [*(start - 1 for start in starts[1:]), len(status) - 1]
    return [(status[first], first, last) for first, last in zip(starts, ends, strict=False)]
