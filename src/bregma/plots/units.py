"""Units: where they are and how large, how they fire over time, what they look like on the probe."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from bregma.brainbox.spikes.activity import ActivityMap
from bregma.brainbox.spikes.firing import FiringRate
from bregma.brainbox.waveforms.templates import Templates
from bregma.plots.axes import COLORS, PlotError, add_color_bar, draw_image, find_row, get_axes, hide_frame, scale_volts
from bregma.plots.depth import AMPLITUDE, DEPTH
from bregma.plots.spikes import label_units

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


def plot_units(
    metrics: "pd.DataFrame",
    *,
    x: str = "amp_median",
    color: str = "firing_rate",
    ax: "Axes | None" = None,
    **scatter_kwargs: Any,
) -> "Axes":
    """Plot each unit as a point at its depth, by amplitude and coloured by rate, or by other metrics.

    Parameters
    ----------
    metrics
        As `compute_unit_metrics` gives it with amplitudes and depths: a row per unit. Units with a NaN are left out.
    x, color
        Columns: along the horizontal axis, and of the colour (its logarithm).
    ax
        Axes to draw on; by default those of a new figure.
    scatter_kwargs
        For matplotlib's ``scatter``.

    Returns
    -------
    Axes

    Raises
    ------
    PlotError
        If a column is missing.
    """
    missing = [name for name in ("depth_um", x, color) if name not in metrics]
    if missing:
        raise PlotError(f"no {', '.join(missing)} among the metrics: {', '.join(map(str, metrics.columns))}")
    from matplotlib.colors import LogNorm

    shown = metrics[["depth_um", x, color]].dropna()
    shown = shown[shown[color] > 0]
    across, label = scale_volts(shown[x], "V") if x.startswith("amp_m") else (shown[x].to_numpy(), "")
    axes = get_axes(ax)
    style: dict[str, Any] = {"s": 18, "cmap": "viridis_r", "edgecolors": "black", "linewidths": 0.3, "norm": LogNorm()}
    points = axes.scatter(across, shown["depth_um"], c=shown[color], **(style | scatter_kwargs))
    if len(shown):
        add_color_bar(axes, points, _say(color))
    axes.set(xlabel=_say(x) + (f" ({label})" if label else ""), ylabel=DEPTH)
    hide_frame(axes)
    return axes


def plot_firing_rate(rate: FiringRate, *, ax: "Axes | None" = None, **line_kwargs: Any) -> "Axes":
    """Plot the rate of a unit over the recording.

    Parameters
    ----------
    rate
        As `compute_firing_rate` gives it.
    ax
        Axes to draw on; by default those of a new figure.
    line_kwargs
        For matplotlib's line.

    Returns
    -------
    Axes
    """
    axes = get_axes(ax)
    style: dict[str, Any] = {"color": COLORS[0], "linewidth": 0.8} | line_kwargs
    axes.plot(rate.times, rate.rate, **style)
    axes.set(xlabel="Time (s)", ylabel="Rate (Hz)", ylim=(0, None))
    axes.margins(x=0)
    hide_frame(axes)
    return axes


def plot_activity_map(activity: ActivityMap, *, ax: "Axes | None" = None, **image_kwargs: Any) -> "Axes":
    """Plot the spikes of all units over time, a row per unit: who is present when.

    Parameters
    ----------
    activity
        As `compute_activity_map` gives it; its order of units is kept.
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
        If there are no units or no bins.
    """
    axes = get_axes(ax)
    n_units = activity.cluster_ids.size
    style = {"cmap": "binary", "vmin": 0} | image_kwargs
    draw_image(axes, activity.times, np.arange(n_units), activity.counts, "Spikes per bin", **style)
    axes.set(xlabel="Time (s)", ylim=(n_units - 0.5, -0.5))
    label_units(axes, activity.cluster_ids)
    return axes


def plot_amplitudes(
    spike_times: ArrayLike, amps: ArrayLike, *, unit: str = "V", ax: "Axes | None" = None, **scatter_kwargs: Any
) -> "Axes":
    """Plot the amplitude of each spike of a unit over time: its stability, and what the threshold cut off.

    Parameters
    ----------
    spike_times, amps : (n_spikes,) arrays
        Seconds and amplitudes of one unit.
    unit
        Of the amplitudes; volts are drawn in microvolts.
    ax
        Axes to draw on; by default those of a new figure.
    scatter_kwargs
        For matplotlib's ``scatter``.

    Returns
    -------
    Axes
    """
    axes = get_axes(ax)
    style: dict[str, Any] = {"s": 2.0, "color": COLORS[0], "linewidths": 0, "alpha": 0.5, "rasterized": True}
    sizes, shown = scale_volts(amps, unit)
    axes.scatter(np.asarray(spike_times), sizes, **(style | scatter_kwargs))
    axes.set(xlabel="Time (s)", ylabel=f"{AMPLITUDE} ({shown})", ylim=(0, None))
    axes.margins(x=0)
    hide_frame(axes)
    return axes


def plot_waveforms(
    templates: Templates,
    cluster_id: int,
    x_um: ArrayLike,
    y_um: ArrayLike,
    *,
    unit: str = "V",
    ax: "Axes | None" = None,
    **line_kwargs: Any,
) -> "Axes":
    """Plot the mean waveform of one unit on each channel, where the channel is on the probe.

    Parameters
    ----------
    templates
        As `compute_templates` gives them: take the channels near the unit.
    cluster_id
        The unit.
    x_um, y_um : (n_channels,) arrays
        Places of the channels of the templates, in micrometres.
    unit
        Of the waveforms; volts are drawn in microvolts.
    ax
        Axes to draw on; by default those of a new figure.
    line_kwargs
        For matplotlib's ``LineCollection``.

    Returns
    -------
    Axes
        The bars at the lower left say how long and how large.

    Raises
    ------
    PlotError
        If the unit is not among them, or there is not one place per channel.
    """
    row = find_row(templates.cluster_ids, cluster_id, "these templates")
    x, y = np.asarray(x_um, np.float64), np.asarray(y_um, np.float64)
    if not x.shape == y.shape == templates.channels.shape:
        raise PlotError(f"{x.shape} x, {y.shape} y for {templates.channels.size} channels; give the places of these")
    from matplotlib.collections import LineCollection

    axes, (waveforms, shown) = get_axes(ax), scale_volts(templates.waveforms[row], unit)
    width, height = 0.8 * _step(x), 2.5 * _step(y)
    largest = float(np.nanmax(np.ptp(waveforms, axis=0), initial=0.0)) or 1.0
    duration = float(np.ptp(templates.times)) or 1.0
    across = x + width * ((templates.times - templates.times.mean()) / duration)[:, None]
    along = y + height * waveforms / largest
    style: dict[str, Any] = {"colors": "black", "linewidths": 1.0} | line_kwargs
    axes.add_collection(LineCollection(list(np.stack([across.T, along.T], axis=2)), **style))
    corner = (x.min() - width / 2, y.min() - 0.8 * height)
    bar = _round_down(largest / 2)
    _draw_scale(axes, corner, (width * 0.001 / duration, height * bar / largest), f"1 ms, {bar:g} {shown}")
    axes.set(xlabel="Across the shank (µm)", ylabel=DEPTH)
    axes.set(xlim=(x.min() - width, x.max() + width), ylim=(corner[1] - height / 2, y.max() + height))
    hide_frame(axes)
    return axes


def _draw_scale(axes: "Axes", corner: tuple[float, float], size: tuple[float, float], label: str) -> None:
    """Draw bars of this width and height from a corner, and what they stand for."""
    x, y = corner
    axes.plot([x, x, x + size[0]], [y + size[1], y, y], color="black", linewidth=2)
    axes.annotate(label, (x + size[0], y), xytext=(4, 0), textcoords="offset points", va="center", fontsize="small")


def _round_down(number: float) -> float:
    """Return the nearest of 1, 2, 5, 10, ... that is not above the number."""
    power = 10.0 ** np.floor(np.log10(number))
    return float(power * max(step for step in (1, 2, 5) if step * power <= number * (1 + 1e-9)))


def _step(places: Any) -> float:
    """Return the smallest distance of channels, for the size of a waveform."""
    steps = np.diff(np.unique(places))
    return float(steps.min()) if steps.size else 20.0


def _say(column: str) -> str:
    known = {"amp_median": "Median amplitude", "firing_rate": "Rate (Hz)", "presence_ratio": "Presence (fraction)"}
    return known.get(column, column.replace("_", " ").capitalize())
