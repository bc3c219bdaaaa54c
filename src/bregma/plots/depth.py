"""Spikes along a probe: drift maps, profiles over depth, amplitudes, correlations. The tip is at the bottom."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from bregma.brainbox.spikes.depth import DepthAmplitudes, DepthCorrelation, DepthProfile
from bregma.brainbox.spikes.drift import DriftMap
from bregma.brainbox.spikes.probe_motion import ProbeMotion
from bregma.brainbox.task.passive.aligned import AlignedActivity
from bregma.plots.axes import (
    COLORS,
    PlotError,
    add_color_bar,
    draw_image,
    find_range,
    get_axes,
    hide_frame,
    scale_volts,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DEPTH = "Depth from the tip (µm)"
AMPLITUDE = "Amplitude"


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
    style: dict[str, Any] = {"cmap": "binary", "vmin": 0, "vmax": darkest} | image_kwargs
    draw_image(axes, drift_map.times, drift_map.depths_um, drift_map.counts, "Spikes per bin", **style)
    axes.set(xlabel="Time (s)", ylabel=DEPTH)
    return axes


def plot_amplitude_map(
    drift_map: DriftMap, *, unit: str = "V", ax: "Axes | None" = None, **image_kwargs: Any
) -> "Axes":
    """Plot the mean amplitude of spikes over time and depth; bins without spikes stay empty.

    Parameters
    ----------
    drift_map
        As `compute_drift_map` gives it with amplitudes.
    unit
        Of the amplitudes; volts are drawn in microvolts.
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
        If the map has no bins, or no amplitudes.
    """
    if drift_map.amplitudes is None:
        raise PlotError("the drift map has no amplitudes; give amps to compute_drift_map")
    axes = get_axes(ax)
    amplitudes, shown = scale_volts(drift_map.amplitudes, unit)
    label = f"Mean amplitude ({shown})"
    draw_image(axes, drift_map.times, drift_map.depths_um, amplitudes, label, **image_kwargs)
    axes.set(xlabel="Time (s)", ylabel=DEPTH)
    return axes


def plot_spike_depths(
    spike_times: ArrayLike,
    spike_depths: ArrayLike,
    amps: ArrayLike | None = None,
    *,
    unit: str = "V",
    ax: "Axes | None" = None,
    **scatter_kwargs: Any,
) -> "Axes":
    """Plot each spike as a point over time and depth, coloured by its amplitude.

    Parameters
    ----------
    spike_times, spike_depths : (n_spikes,) arrays
        Seconds and micrometres. All are drawn: thin out millions before, such as ``[::20]``.
    amps : (n_spikes,) array, optional
        Amplitudes; by default all points are black. The largest are drawn last.
    unit
        Of the amplitudes; volts are drawn in microvolts.
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
        If lengths differ.
    """
    times, depths = np.asarray(spike_times, np.float64), np.asarray(spike_depths, np.float64)
    sizes, shown = (None, "") if amps is None else scale_volts(amps, unit)
    if times.shape != depths.shape or (sizes is not None and sizes.shape != times.shape):
        raise PlotError(f"times of shape {times.shape}, depths of {depths.shape}; give one of each per spike")
    axes = get_axes(ax)
    style: dict[str, Any] = {"s": 1.0, "linewidths": 0, "rasterized": True}
    if sizes is None:
        axes.scatter(times, depths, **(style | {"color": "black"} | scatter_kwargs))
    else:
        low, high = find_range(sizes)
        style |= {"cmap": "viridis_r", "vmin": low, "vmax": high}
        order = np.argsort(sizes)
        points = axes.scatter(times[order], depths[order], c=sizes[order], **(style | scatter_kwargs))
        add_color_bar(axes, points, f"{AMPLITUDE} ({shown})")
    axes.set(xlabel="Time (s)", ylabel=DEPTH)
    axes.margins(x=0, y=0.01)
    hide_frame(axes)
    return axes


def plot_drift(motion: ProbeMotion, *, ax: "Axes | None" = None, **line_kwargs: Any) -> "Axes":
    """Plot how far the brain moved along the probe over time.

    Parameters
    ----------
    motion
        As `estimate_drift` gives it.
    ax
        Axes to draw on; by default those of a new figure.
    line_kwargs
        For matplotlib's line.

    Returns
    -------
    Axes
    """
    axes = get_axes(ax)
    axes.plot(motion.times, motion.drift_um, **({"color": COLORS[0]} | line_kwargs))
    axes.axhline(0, color="grey", linewidth=0.8, linestyle=":")
    axes.set(xlabel="Time (s)", ylabel="Drift (µm)")
    axes.margins(x=0)
    hide_frame(axes)
    return axes


def plot_depth_rate(profile: DepthProfile, *, ax: "Axes | None" = None, **line_kwargs: Any) -> "Axes":
    """Plot the rate of all spikes at each depth.

    Parameters
    ----------
    profile
        As `compute_depth_profile` gives it.
    ax
        Axes to draw on; by default those of a new figure.
    line_kwargs
        For matplotlib's line.

    Returns
    -------
    Axes
    """
    return _draw_profile(profile, profile.rate, "Rate (Hz)", ax, {"color": COLORS[0]} | line_kwargs)


def plot_depth_amplitude(
    profile: DepthProfile, *, unit: str = "V", ax: "Axes | None" = None, **line_kwargs: Any
) -> "Axes":
    """Plot the mean amplitude of spikes at each depth.

    Parameters
    ----------
    profile
        As `compute_depth_profile` gives it with amplitudes.
    unit
        Of the amplitudes; volts are drawn in microvolts.
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
        If the profile has no amplitudes.
    """
    if profile.amplitude is None:
        raise PlotError("the profile has no amplitudes; give amps to compute_depth_profile")
    amplitude, shown = scale_volts(profile.amplitude, unit)
    return _draw_profile(profile, amplitude, f"Mean amplitude ({shown})", ax, {"color": COLORS[1]} | line_kwargs)


def plot_depth_amplitudes(
    distribution: DepthAmplitudes, *, unit: str = "V", ax: "Axes | None" = None, **image_kwargs: Any
) -> "Axes":
    """Plot how often spikes of at least each amplitude occur at each depth; empty where they never do.

    Parameters
    ----------
    distribution
        As `compute_depth_amplitudes` gives it.
    unit
        Of the amplitudes; volts are drawn in microvolts.
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
        If there are no spikes.
    """
    axes = get_axes(ax)
    rate = np.where(distribution.rate > 0, distribution.rate, np.nan)
    amplitudes, shown = scale_volts(distribution.amplitudes, unit)
    draw_image(axes, amplitudes, distribution.depths_um, rate, "Rate (Hz)", **image_kwargs)
    axes.set(xlabel=f"Least amplitude ({shown})", ylabel=DEPTH)
    return axes


def plot_depth_correlation(correlation: DepthCorrelation, *, ax: "Axes | None" = None, **image_kwargs: Any) -> "Axes":
    """Plot the correlation of activity of all pairs of depths.

    Parameters
    ----------
    correlation
        As `correlate_depths` gives it.
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
        If there are no spikes.
    """
    axes = get_axes(ax)
    others = correlation.correlation[~np.eye(len(correlation.depths_um), dtype=bool)]
    low, high = find_range(others, symmetric=True)
    style = {"cmap": "RdBu_r", "vmin": low, "vmax": high} | image_kwargs
    draw_image(axes, correlation.depths_um, correlation.depths_um, correlation.correlation, "Correlation", **style)
    axes.set(xlabel=DEPTH, ylabel=DEPTH, aspect="equal")
    return axes


def plot_aligned_activity(activity: AlignedActivity, *, ax: "Axes | None" = None, **image_kwargs: Any) -> "Axes":
    """Plot the response to an event over time and depth, in standard deviations of the baseline.

    Parameters
    ----------
    activity
        As `compute_aligned_activity` gives it.
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
        If there are no bins.
    """
    axes = get_axes(ax)
    low, high = find_range(activity.z, symmetric=True)
    style = {"cmap": "RdBu_r", "vmin": low, "vmax": high} | image_kwargs
    draw_image(axes, activity.times, activity.depths_um, activity.z, "Response (SD of baseline)", **style)
    axes.axvline(0, color="black", linewidth=0.8, linestyle="--")
    axes.set(xlabel="Time from event (s)", ylabel=DEPTH)
    return axes


def _draw_profile(
    profile: DepthProfile, numbers: Any, label: str, ax: "Axes | None", line_kwargs: dict[str, Any]
) -> "Axes":
    axes = get_axes(ax)
    axes.plot(numbers, profile.depths_um, **line_kwargs)
    axes.set(xlabel=label, ylabel=DEPTH, xlim=(0, None))
    axes.margins(y=0)
    hide_frame(axes)
    return axes
