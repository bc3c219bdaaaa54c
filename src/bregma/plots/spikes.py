"""Spikes around events: rasters and peri-stimulus time histograms."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bregma.brainbox.spikes.psth import PSTH
from bregma.brainbox.spikes.raster import Raster
from bregma.plots.axes import PlotError, draw_image, find_row, get_axes, hide_frame, style_conditions

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_raster(
    raster: Raster, *, groups: ArrayLike | None = None, ax: "Axes | None" = None, **line_kwargs: Any
) -> "Axes":
    """Plot the spikes around each event, a row per event, the first at the top.

    Parameters
    ----------
    raster
        As `align_raster` gives it.
    groups : (n_events,) array, optional
        The condition of each event: rows are ordered by it and coloured, and it is named on the right.
    ax
        Axes to draw on; by default those of a new figure.
    line_kwargs
        For matplotlib's ``vlines``.

    Returns
    -------
    Axes

    Raises
    ------
    PlotError
        If there is not one group per event.
    """
    axes = get_axes(ax)
    style: dict[str, Any] = {"colors": "black", "linewidth": 0.9} | line_kwargs
    if groups is None:
        axes.vlines(raster.times, raster.event_index - 0.4, raster.event_index + 0.4, **style)
    else:
        _draw_groups(axes, raster, np.asarray(groups), style)
    axes.axvline(0, color="grey", linewidth=0.8, zorder=0)
    label = "Event" if groups is None else "Event, by condition"
    axes.set(xlabel="Time from event (s)", ylabel=label, xlim=raster.window)
    axes.set_ylim(max(raster.n_events, 1) - 0.5, -0.5)
    hide_frame(axes)
    return axes


def plot_psth(psth: PSTH, cluster_id: int, *, ax: "Axes | None" = None, **line_kwargs: Any) -> "Axes":
    """Plot the mean rate of one unit around events, with its standard error.

    Parameters
    ----------
    psth
        As `compute_psth` gives it.
    cluster_id
        The unit.
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
        If the unit is not in the histogram.
    """
    row = find_row(psth.cluster_ids, cluster_id, "this PSTH")
    axes = get_axes(ax)
    rate, sem = psth.rate[row], psth.sem[row]
    line = axes.plot(psth.times, rate, **line_kwargs)
    axes.fill_between(psth.times, rate - sem, rate + sem, color=line[0].get_color(), alpha=0.25, linewidth=0)
    axes.axvline(0, color="grey", linewidth=0.8, zorder=0)
    axes.set(xlabel="Time from event (s)", ylabel="Rate (Hz)")
    hide_frame(axes)
    return axes


def plot_response(
    raster: Raster,
    psths: PSTH | Mapping[Any, PSTH],
    cluster_id: int,
    *,
    groups: ArrayLike | None = None,
    ax: "Axes | None" = None,
    **line_kwargs: Any,
) -> "Axes":
    """Plot the raster of one unit around events, and above it the mean rate, by condition.

    Parameters
    ----------
    raster
        Of the unit, as `align_raster` gives it.
    psths
        Of all events, or one for each condition by its name in ``groups``.
    cluster_id
        The unit.
    groups : (n_events,) array, optional
        The condition of each event.
    ax
        Axes to draw on, by default those of a new figure: the raster below, the rates in their upper third.
    line_kwargs
        For matplotlib's lines of the rates.

    Returns
    -------
    Axes
        Those of the raster; the rates are in ``axes.child_axes[0]``.

    Raises
    ------
    PlotError
        If the unit is in no histogram, or there is not one group per event.
    """
    each = psths if isinstance(psths, Mapping) else {None: psths}
    axes = plot_raster(raster, groups=groups, ax=ax)
    above = _make_room(axes, max(raster.n_events, 1))
    styles = style_conditions(_order(each))
    for label, style in styles.items():
        plain = {"color": "black", "linestyle": "-"} if len(each) == 1 else style
        plot_psth(each[label], cluster_id, ax=above, **({"label": label} | plain | line_kwargs))
    above.set(xlabel="", xlim=raster.window, ylim=(0, None))
    above.tick_params(labelbottom=False)
    return axes


def plot_psth_image(psth: PSTH, *, ax: "Axes | None" = None, **image_kwargs: Any) -> "Axes":
    """Plot the rates of all units around events as an image, a row per unit, the first at the top.

    Parameters
    ----------
    psth
        As `compute_psth` gives it; its order of units is kept.
    ax
        Axes to draw on; by default those of a new figure.
    image_kwargs
        For matplotlib's ``pcolormesh``.

    Returns
    -------
    Axes

    Raises
    ------
    PlotError
        If the histogram has no units.
    """
    if psth.rate.size == 0:
        raise PlotError("the PSTH has no units; give it spikes or cluster_ids")
    axes = get_axes(ax)
    n_units = psth.cluster_ids.size
    draw_image(axes, psth.times, np.arange(n_units), psth.rate, "Rate (Hz)", **image_kwargs)
    axes.axvline(0, color="white", linewidth=0.8, linestyle="--")
    axes.set(xlabel="Time from event (s)", ylim=(n_units - 0.5, -0.5))
    label_units(axes, psth.cluster_ids)
    return axes


def label_units(axes: "Axes", cluster_ids: NDArray[np.int64]) -> None:
    """Name the rows of an image by unit where there is room, else number them."""
    if cluster_ids.size <= 20:
        axes.set_yticks(np.arange(cluster_ids.size), [str(unit) for unit in cluster_ids])
        axes.set_ylabel("Unit")
    else:
        axes.set_ylabel("Row of unit")


def _make_room(axes: "Axes", n_rows: int) -> "Axes":
    """Leave the upper third of the axes of a raster to others, which are returned."""
    from matplotlib.ticker import MaxNLocator

    axes.set_ylim(n_rows - 0.5, -0.5 - n_rows / 2)
    ticks = np.asarray(MaxNLocator(5, integer=True).tick_values(0, n_rows - 1))
    axes.set_yticks(ticks[(ticks >= 0) & (ticks < n_rows)])
    axes.yaxis.label.set_y(1 / 3)
    axes.spines["left"].set_bounds(n_rows - 0.5, -0.5)
    return axes.inset_axes((0.0, 0.7, 1.0, 0.3), sharex=axes)


def _draw_groups(axes: "Axes", raster: Raster, groups: NDArray[Any], style: dict[str, Any]) -> None:
    if groups.shape != (raster.n_events,):
        raise PlotError(f"groups have shape {groups.shape} for {raster.n_events} events; give one per event")
    names = _order(groups.tolist())
    rows, top = np.zeros(raster.n_events, np.int64), 0
    for name, look in style_conditions(names).items():
        members = np.flatnonzero(groups == name)
        rows[members] = top + np.arange(members.size)
        spikes = np.isin(raster.event_index, members)
        places = rows[raster.event_index[spikes]]
        mine = style | {"colors": look["color"], "label": str(name)}
        axes.vlines(raster.times[spikes], places - 0.4, places + 0.4, **mine)
        middle = (1.015, top + members.size / 2 - 0.5)
        axes.annotate(
            str(name), middle, xycoords=("axes fraction", "data"), color=look["color"], va="center", fontsize="small"
        )
        top += members.size


def _order(labels: Sequence[Any] | Mapping[Any, Any]) -> list[Any]:
    """Return each label once: sorted where labels compare, else as they come."""
    found = list(dict.fromkeys(labels))
    try:
        return sorted(found)
    except TypeError:
        return found
