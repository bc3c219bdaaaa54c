"""Signals around events, such as wheel, licks, pupil or motion energy: by condition, trial by trial, as an image."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bregma.brainbox.behavior.selection import TrialOrder
from bregma.brainbox.spikes.event_raster import EventRaster, average_events
from bregma.plots.axes import (
    PlotError,
    add_color_bar,
    find_edges,
    find_range,
    get_axes,
    hide_frame,
    put_legend_above,
    style_conditions,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

ALL = "all"


def plot_event_averages(
    raster: EventRaster,
    groups: ArrayLike | None = None,
    *,
    ylabel: str,
    event: str = "event",
    ax: "Axes | None" = None,
    **line_kwargs: Any,
) -> "Axes":
    """Plot the mean around events, with its standard error, of each condition.

    Parameters
    ----------
    raster
        As `align_signal` or `align_counts` gives it.
    groups : (n_events,) array, optional
        The condition of each event, such as ``correct`` and ``incorrect``, or ``left`` and ``right``, which have
        colours of their own. Events of an empty name are left out.
    ylabel
        The signal and its unit, such as ``"Pupil diameter (px)"``.
    event
        What happens at zero, for the label: ``"feedback"``.
    ax
        Axes to draw on; by default those of a new figure.
    line_kwargs
        For matplotlib's line of the mean.

    Returns
    -------
    Axes
        Conditions are named with the number of their events that are known.

    Raises
    ------
    PlotError
        If there is not one condition per event.
    """
    axes = get_axes(ax)
    rows = split_events(raster, groups)
    for (name, mask), style in zip(rows.items(), style_conditions(rows).values(), strict=True):
        average = average_events(raster, mask)
        label = f"{name.replace('_', ' ')} ({int(average.n_events.max(initial=0))})"
        line = axes.plot(raster.times, average.mean, **(style | {"label": label} | line_kwargs))
        low, high = average.mean - average.sem, average.mean + average.sem
        axes.fill_between(raster.times, low, high, color=line[0].get_color(), alpha=0.2, linewidth=0)
    _finish(axes, raster, event, ylabel)
    if groups is not None:
        put_legend_above(axes)
    return axes


def plot_event_traces(
    raster: EventRaster,
    groups: ArrayLike | None = None,
    *,
    ylabel: str,
    event: str = "event",
    ax: "Axes | None" = None,
    **line_kwargs: Any,
) -> "Axes":
    """Plot the signal around each event as a thin line, and the mean of each condition as a thick one.

    Parameters
    ----------
    raster, groups, ylabel, event, ax
        As for `plot_event_averages`.
    line_kwargs
        For matplotlib's lines of single events.

    Returns
    -------
    Axes

    Raises
    ------
    PlotError
        If there is not one condition per event.
    """
    from matplotlib.collections import LineCollection
    from matplotlib.patheffects import Normal, Stroke

    axes = get_axes(ax)
    rows = split_events(raster, groups)
    halo = [Stroke(linewidth=4, foreground="white"), Normal()]
    for (name, mask), style in zip(rows.items(), style_conditions(rows).values(), strict=True):
        traces = [np.column_stack([raster.times, row]) for row in raster.values[mask] if np.isfinite(row).any()]
        thin: dict[str, Any] = {"colors": style["color"], "alpha": 0.25, "linewidth": 0.4, "rasterized": True}
        axes.add_collection(LineCollection(traces, **(thin | line_kwargs)))
        label = f"{name.replace('_', ' ')} ({len(traces)})"
        mean = average_events(raster, mask).mean
        axes.plot(raster.times, mean, linewidth=2, zorder=3, path_effects=halo, label=label, **style)
    axes.autoscale_view()
    _finish(axes, raster, event, ylabel)
    if groups is not None:
        put_legend_above(axes)
    return axes


def plot_event_image(
    raster: EventRaster,
    order: TrialOrder | None = None,
    *,
    label: str,
    event: str = "event",
    symmetric: bool = False,
    ax: "Axes | None" = None,
    **image_kwargs: Any,
) -> "Axes":
    """Plot the signal around events as an image, a row per event, the first at the top.

    Parameters
    ----------
    raster
        As `align_signal` or `align_counts` gives it, one row per trial. Unknown values are left white.
    order
        Which trials to show and how they are sorted, as `find_trial_ids` gives it; lines divide its groups, which are
        named on the right. By default all, in their order.
    label
        The signal and its unit, for the colour bar.
    event
        What happens at zero, for the label.
    symmetric
        Whether colours show two directions about zero, such as turns to the left and to the right.
    ax
        Axes to draw on; by default those of a new figure.
    image_kwargs
        For matplotlib's ``pcolormesh``. By default colours reach from the 1st to the 99th percentile.

    Returns
    -------
    Axes

    Raises
    ------
    PlotError
        If there are no trials to show, or the order has trials that the raster has not.
    """
    ids = np.arange(raster.events.size) if order is None else order.trial_ids
    if not ids.size or ids.max() >= raster.events.size:
        raise PlotError(f"no trials to show, or not those of this raster of {raster.events.size} events")
    axes = get_axes(ax)
    shown = raster.values[ids]
    low, high = find_range(shown, symmetric=symmetric)
    style: dict[str, Any] = {"cmap": "PuOr" if symmetric else "viridis", "vmin": low, "vmax": high, "rasterized": True}
    edges = np.arange(ids.size + 1) - 0.5
    mesh = axes.pcolormesh(find_edges(raster.times), edges, shown, **(style | image_kwargs))
    _draw_on_image(axes.axvline(0, color="white", linewidth=0.8))
    axes.set(xlabel=f"Time from {event} (s)", ylabel="Trial" if order is None else "Trial (sorted)")
    axes.set_ylim(ids.size - 0.5, -0.5)
    if order is not None:
        _divide(axes, order)
    add_color_bar(axes, mesh, label)
    return axes


def split_events(raster: EventRaster, groups: ArrayLike | None) -> dict[str, NDArray[np.bool_]]:
    """Return which events are of each condition, in the order of their names; all of them without conditions."""
    if groups is None:
        return {ALL: np.ones(raster.events.size, dtype=np.bool_)}
    names = np.asarray(groups, dtype=str)
    if names.shape != raster.events.shape:
        raise PlotError(f"{names.size} conditions for {raster.events.size} events; give one per event")
    return {name: names == name for name in sorted(set(names.tolist()) - {""})}


def _divide(axes: "Axes", order: TrialOrder) -> None:
    """Draw lines between groups of trials, and name each inside its rows."""
    for row in order.dividers:
        _draw_on_image(axes.axhline(row - 0.5, color="white", linewidth=0.8))
    first = 0
    for name, ids in order.groups.items():
        if ids.size:
            words = f"{name.replace('_', ' ')} ({ids.size})"
            box = {"facecolor": "white", "alpha": 0.7, "edgecolor": "none", "pad": 1}
            axes.text(0.98, first + 0.5, words, transform=axes.get_yaxis_transform(), ha="right", va="top", bbox=box)
        first += ids.size


def _draw_on_image(line: "Line2D") -> None:
    """Give a white line a dark edge, so that it shows on any colour."""
    from matplotlib.patheffects import Normal, Stroke

    line.set_path_effects([Stroke(linewidth=2.4, foreground="black"), Normal()])


def _finish(axes: "Axes", raster: EventRaster, event: str, ylabel: str) -> None:
    axes.axvline(0, color="grey", linewidth=0.8, zorder=0)
    axes.set(xlabel=f"Time from {event} (s)", ylabel=ylabel)
    if raster.times.size > 1:
        axes.set_xlim(raster.times[0], raster.times[-1])
    hide_frame(axes)
