"""Sheets: a session at a glance, on a figure or a part of one."""

from typing import TYPE_CHECKING

from numpy.typing import ArrayLike

from bregma.brainbox.behavior.course import SessionCourse
from bregma.brainbox.behavior.summary import SessionSummary
from bregma.brainbox.spikes.event_raster import EventRaster
from bregma.brainbox.spikes.raster import Raster
from bregma.plots.aligned import plot_event_traces
from bregma.plots.axes import get_figure, make_logarithmic, put_legend_above
from bregma.plots.behavior import plot_psychometric, plot_reaction_times
from bregma.plots.course import (
    plot_contrasts_over_trials,
    plot_performance_over_trials,
    plot_reaction_times_over_trials,
)
from bregma.plots.spikes import plot_raster

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure


def plot_session_course(course: SessionCourse, *, figure: "Figure | SubFigure | None" = None) -> "dict[str, Axes]":
    """Draw a session trial after trial: performance, contrasts and reaction times, with the blocks behind.

    Parameters
    ----------
    course
        As `compute_session_course` gives it.
    figure
        Figure or part of one to draw on; by default a new one.

    Returns
    -------
    dict of str to Axes
        ``performance``, ``contrasts`` and ``reaction_times``, which share their trials.
    """
    names = ("performance", "contrasts", "reaction_times")
    axes: dict[str, Axes] = get_figure(figure, (10, 7)).subplot_mosaic([[name] for name in names], sharex=True)
    plot_performance_over_trials(course, ax=axes["performance"])
    plot_contrasts_over_trials(course, ax=axes["contrasts"])
    plot_reaction_times_over_trials(course, ax=axes["reaction_times"])
    for name in names[:-1]:
        axes[name].set_xlabel("")
    return axes


def plot_session_overview(
    summary: SessionSummary,
    *,
    wheel: EventRaster | None = None,
    choices: ArrayLike | None = None,
    spikes: Raster | None = None,
    figure: "Figure | SubFigure | None" = None,
    title: str = "",
) -> "dict[str, Axes]":
    """Draw a session at a glance: psychometric curves, reaction times, its course, and wheel and spikes if given.

    Parameters
    ----------
    summary
        As `summarize_session` gives it.
    wheel
        Position of the wheel around the stimulus (rad), as ``align_signal`` and ``subtract_baseline`` give it.
    choices : (n_trials,) array, optional
        The condition of each row of the wheel, such as ``left`` and ``right``.
    spikes
        Spikes of a unit, or licks, around an event, as ``align_raster`` gives them.
    figure
        Figure or part of one to draw on; by default a new one.
    title
        Above all.

    Returns
    -------
    dict of str to Axes
        ``psychometric``, ``performance``, ``contrasts``, and as far as there are data ``reaction_times``,
        ``reaction_times_over_trials``, ``wheel``, ``spikes``.
    """
    timed = bool(summary.reaction_times)
    left = ["psychometric"] + ["reaction_times"] * timed + ["wheel"] * (wheel is not None)
    right = ["performance", "contrasts"] + ["reaction_times_over_trials"] * timed
    whole = get_figure(figure, (13 if spikes is None else 17, 3 * max(len(left), len(right))))
    if title:
        whole.suptitle(title)
    ratios = (1, 2) if spikes is None else (1, 2, 1)
    columns = whole.subfigures(1, len(ratios), squeeze=False, width_ratios=ratios)[0]
    axes: dict[str, Axes] = columns[0].subplot_mosaic([[name] for name in left])
    axes |= columns[1].subplot_mosaic([[name] for name in right], sharex=True)
    _draw_curves(summary, axes)
    _draw_course(summary.course, axes)
    if wheel is not None:
        label = "Wheel position\nfrom stimulus (rad)"
        plot_event_traces(wheel, choices, ax=axes["wheel"], event="stimulus", ylabel=label)
    if spikes is not None:
        axes["spikes"] = plot_raster(spikes, ax=columns[2].subplots())
    return axes


def _draw_curves(summary: SessionSummary, axes: "dict[str, Axes]") -> None:
    for psychometric in summary.psychometrics:
        plot_psychometric(psychometric, ax=axes["psychometric"])
    for times in summary.reaction_times:
        make_logarithmic(plot_reaction_times(times, ax=axes["reaction_times"]), "y")
    if len(summary.psychometrics) > 1:
        put_legend_above(axes["psychometric"])


def _draw_course(course: SessionCourse, axes: "dict[str, Axes]") -> None:
    plot_performance_over_trials(course, ax=axes["performance"])
    plot_contrasts_over_trials(course, ax=axes["contrasts"])
    if "reaction_times_over_trials" in axes:
        plot_reaction_times_over_trials(course, ax=axes["reaction_times_over_trials"])
    for name in [name for name in ("performance", "contrasts") if "reaction_times_over_trials" in axes]:
        axes[name].set_xlabel("")
