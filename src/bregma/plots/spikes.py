"""Spikes: rasters, peri-stimulus time histograms, drift maps."""

from typing import TYPE_CHECKING, Any

import numpy as np

from bregma.brainbox.spikes.drift import DriftMap
from bregma.brainbox.spikes.psth import PSTH
from bregma.brainbox.spikes.raster import Raster
from bregma.plots.axes import PlotError, get_axes, hide_frame

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_raster(raster: Raster, *, ax: "Axes | None" = None, **line_kwargs: Any) -> "Axes":
    """Plot the spikes around each event, a row per event, the first at the top.

    Parameters
    ----------
    raster
        As `align_raster` gives it.
    ax
        Axes to draw on; by default those of a new figure.
    line_kwargs
        For matplotlib's ``vlines``.

    Returns
    -------
    Axes
    """
    axes = get_axes(ax)
    style: dict[str, Any] = {"colors": "black", "linewidth": 0.6} | line_kwargs
    axes.vlines(raster.times, raster.event_index - 0.4, raster.event_index + 0.4, **style)
    axes.axvline(0, color="grey", linewidth=0.8, zorder=0)
    axes.set(xlabel="Time from event (s)", ylabel="Event", xlim=raster.window)
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
    rows = np.flatnonzero(psth.cluster_ids == cluster_id)
    if rows.size == 0:
        raise PlotError(f"no unit {cluster_id} in this PSTH of {psth.cluster_ids.size} units")
    axes = get_axes(ax)
    rate, sem = psth.rate[rows[0]], psth.sem[rows[0]]
    line = axes.plot(psth.times, rate, **line_kwargs)
    axes.fill_between(psth.times, rate - sem, rate + sem, color=line[0].get_color(), alpha=0.25, linewidth=0)
    axes.axvline(0, color="grey", linewidth=0.8, zorder=0)
    axes.set(xlabel="Time from event (s)", ylabel="Rate (Hz)")
    hide_frame(axes)
    return axes


def plot_drift_map(drift_map: DriftMap, *, ax: "Axes | None" = None, **image_kwargs: Any) -> "Axes":
    """Plot the spikes over time and depth, the tip of the probe at the bottom.

    Parameters
    ----------
    drift_map
        As `compute_drift_map` gives it.
    ax
        Axes to draw on; by default those of a new figure.
    image_kwargs
        For matplotlib's ``pcolormesh``. By default dark is many, up to the 99th percentile of non-empty bins.

    Returns
    -------
    Axes

    Raises
    ------
    PlotError
        If the map has no bins.
    """
    if drift_map.counts.size == 0:
        raise PlotError("the drift map has no bins; give it spikes or limits")
    axes = get_axes(ax)
    filled = drift_map.counts[drift_map.counts > 0]
    darkest = float(np.percentile(filled, 99)) if filled.size else 1.0
    style: dict[str, Any] = {
        "cmap": "binary",
        "vmin": 0,
        "vmax": darkest,
        "shading": "nearest",
        "rasterized": True,
    } | image_kwargs
    axes.pcolormesh(drift_map.times, drift_map.depths_um, drift_map.counts, **style)
    axes.set(xlabel="Time (s)", ylabel="Depth (µm)")
    return axes
