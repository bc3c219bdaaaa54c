"""Voltages along a probe: traces, spectra, amplitudes, current sources, quality of channels. Tip at the bottom."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bregma.brainbox.lfp.amplitude import RMSMap
from bregma.brainbox.lfp.channels import ChannelLabel, ChannelQuality
from bregma.brainbox.lfp.spectra import PowerSpectrum, to_decibels
from bregma.plots.axes import COLORS, PlotError, add_color_bar, draw_image, find_edges, find_range, get_axes, hide_frame
from bregma.plots.depth import DEPTH

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARKERS = {ChannelLabel.GOOD: "o", ChannelLabel.DEAD: "X", ChannelLabel.NOISY: "^", ChannelLabel.OUTSIDE: "s"}


def plot_traces(
    traces: ArrayLike,
    sampling_rate: float,
    *,
    y_um: ArrayLike | None = None,
    spikes: tuple[ArrayLike, ArrayLike] | None = None,
    ax: "Axes | None" = None,
    **image_kwargs: Any,
) -> "Axes":
    """Plot the voltage of all channels over time as an image, and the spikes found in it.

    Parameters
    ----------
    traces : (n_samples, n_channels) array
        Volts; filter or destripe them before.
    sampling_rate
        Samples per second.
    y_um : (n_channels,) array, optional
        Place of each channel along the probe: channels are drawn in this order. By default as they come.
    spikes : (times, depths), optional
        Seconds from the first sample, and micrometres from the tip (without ``y_um``: channels).
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
        If there are no samples, or not one place per channel.
    """
    microvolts = np.asarray(traces, np.float32) * 1e6
    if microvolts.ndim != 2:
        raise PlotError(f"traces have shape {microvolts.shape}; give (n_samples, n_channels)")
    axes = get_axes(ax)
    low, high = find_range(microvolts, symmetric=True)
    style = {"cmap": "RdBu_r", "vmin": low, "vmax": high} | image_kwargs
    times = np.arange(len(microvolts)) / sampling_rate * 1e3
    places = _draw_channels(axes, times, microvolts.T, y_um, "Voltage (µV)", style)
    if spikes is not None:
        when, where = np.asarray(spikes[0], np.float64) * 1e3, np.asarray(spikes[1], np.float64)
        rows = np.interp(where, places, np.arange(places.size))
        axes.plot(when, rows, "o", markersize=5, color="white", markeredgecolor="black", label="spikes")
    axes.set(xlabel="Time (ms)", xlim=find_edges(times)[[0, -1]])
    return axes


def plot_spectrum_image(
    spectrum: PowerSpectrum | RMSMap, *, y_um: ArrayLike | None = None, ax: "Axes | None" = None, **image_kwargs: Any
) -> "Axes":
    """Plot the power spectrum of each channel as an image over frequency and depth, in decibels.

    Parameters
    ----------
    spectrum
        As `compute_power_spectrum` gives it, or `compute_rms_map`. Set the limits of frequency on the axes.
    y_um : (n_channels,) array, optional
        Place of each channel along the probe: channels are drawn in this order. By default as they come.
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
        If there are no channels, or not one place per channel.
    """
    axes = get_axes(ax)
    decibels = to_decibels(spectrum.power).T
    _draw_channels(axes, spectrum.frequencies, decibels, y_um, "Power (dB re 1 V²/Hz)", image_kwargs)
    axes.set(xlabel="Frequency (Hz)")
    return axes


def plot_power_spectrum(spectrum: PowerSpectrum, *, ax: "Axes | None" = None, **line_kwargs: Any) -> "Axes":
    """Plot the power spectrum of each channel as a line, from dark to light in their order.

    Parameters
    ----------
    spectrum
        As `compute_power_spectrum` gives it.
    ax
        Axes to draw on; by default those of a new figure.
    line_kwargs
        For matplotlib's lines.

    Returns
    -------
    Axes
    """
    from matplotlib import colormaps

    axes = get_axes(ax)
    n_channels = spectrum.channels.size
    colors = colormaps["viridis"](np.linspace(0, 0.9, n_channels))
    for column, color in enumerate(colors):
        label = f"channel {spectrum.channels[column]}"
        axes.plot(
            spectrum.frequencies[1:],
            spectrum.power[1:, column],
            **({"color": color, "linewidth": 0.8, "label": label} | line_kwargs),
        )
    axes.set(xlabel="Frequency (Hz)", ylabel="Power (V²/Hz)", xscale="log", yscale="log")
    hide_frame(axes)
    return axes


def plot_rms_map(
    rms_map: RMSMap, *, y_um: ArrayLike | None = None, ax: "Axes | None" = None, **image_kwargs: Any
) -> "Axes":
    """Plot the amplitude (root mean square) of each channel over the recording.

    Parameters
    ----------
    rms_map
        As `compute_rms_map` gives it.
    y_um : (n_channels,) array, optional
        Place of each channel along the probe: channels are drawn in this order. By default as they come.
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
        If there are no windows, or not one place per channel.
    """
    axes = get_axes(ax)
    _draw_channels(axes, rms_map.times, rms_map.rms.T * 1e6, y_um, "RMS (µV)", image_kwargs)
    axes.set(xlabel="Time (s)")
    return axes


def plot_csd(
    csd: ArrayLike, times: ArrayLike, y_um: ArrayLike, *, ax: "Axes | None" = None, **image_kwargs: Any
) -> "Axes":
    """Plot current sources (red) and sinks (blue) over time and depth.

    Parameters
    ----------
    csd : (n_samples, n_channels) array
        As `compute_csd` gives it; NaN channels stay empty.
    times : (n_samples,) array
        Seconds from the event.
    y_um : (n_channels,) array
        Place of each channel along the probe.
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
        If the shapes do not fit, or are empty.
    """
    density, when = np.asarray(csd, np.float64), np.asarray(times, np.float64)
    if density.ndim != 2 or density.shape[0] != when.size:
        raise PlotError(f"the csd has shape {density.shape} for {when.size} times; give (n_samples, n_channels)")
    axes = get_axes(ax)
    low, high = find_range(density, symmetric=True)
    style = {"cmap": "RdBu_r", "vmin": low, "vmax": high} | image_kwargs
    _draw_channels(axes, when, density.T, y_um, "Sink (−) or source (+) (A/m³)", style)
    axes.set(xlabel="Time from event (s)")
    return axes


def plot_probe(
    numbers: ArrayLike,
    x_um: ArrayLike,
    y_um: ArrayLike,
    *,
    label: str,
    ax: "Axes | None" = None,
    **patch_kwargs: Any,
) -> "Axes":
    """Plot one number per channel where the channel is on the probe, such as its RMS or its power in a band.

    Parameters
    ----------
    numbers : (n_channels,) array
        NaN is drawn light grey.
    x_um, y_um : (n_channels,) arrays
        Places of the channels, in micrometres: those of `ProbeGeometry`.
    label
        What the numbers are, with their unit.
    ax
        Axes to draw on, tall and narrow ones; by default those of a new figure.
    patch_kwargs
        For matplotlib's ``PolyCollection``.

    Returns
    -------
    Axes

    Raises
    ------
    PlotError
        If there are no channels, or not one place and number for each.
    """
    x, y, found = (np.asarray(each, np.float64) for each in (x_um, y_um, numbers))
    if not x.shape == y.shape == found.shape or x.ndim != 1 or x.size == 0:
        raise PlotError(f"{found.shape} numbers at {x.shape} x and {y.shape} y; give one of each per channel")
    from matplotlib import colormaps
    from matplotlib.collections import PolyCollection

    axes = get_axes(ax)
    heights = [_find_step(y[x == column]) for column in np.unique(x) if np.count_nonzero(x == column) > 1]
    half = np.array([_find_step(x), min(heights, default=_find_step(y))]) / 2
    corners = half * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    low, high = find_range(found)
    style: dict[str, Any] = {"cmap": colormaps["viridis"].with_extremes(bad="lightgrey"), "clim": (low, high)}
    sites = PolyCollection(np.column_stack([x, y])[:, None] + corners, array=found, **(style | patch_kwargs))
    axes.add_collection(sites)
    add_color_bar(axes, sites, label)
    axes.set(xlim=(x.min() - 2 * half[0], x.max() + 2 * half[0]), ylim=(y.min() - half[1], y.max() + half[1]))
    axes.set(xlabel="Across (µm)", ylabel=DEPTH, xticks=np.unique(x)[[0, -1]])
    return axes


def plot_channel_quality(quality: ChannelQuality, *, ax: "Axes | None" = None, **line_kwargs: Any) -> "Axes":
    """Plot how similar each channel is to the others, marked by its label: good, dead, noisy or outside the brain.

    Parameters
    ----------
    quality
        As `detect_bad_channels` gives it.
    ax
        Axes to draw on; by default those of a new figure.
    line_kwargs
        For matplotlib's points.

    Returns
    -------
    Axes
    """
    axes = get_axes(ax)
    for label, color in zip(ChannelLabel, COLORS[:4], strict=True):
        mine = quality.labels == label
        if mine.any():
            style: dict[str, Any] = {"color": color, "markersize": 4, "label": f"{label.name.lower()} ({mine.sum()})"}
            points = style | line_kwargs
            axes.plot(quality.channels[mine], quality.similarity[mine], MARKERS[label], linestyle="none", **points)
    axes.legend(frameon=False, fontsize="small")
    axes.set(xlabel="Channel", ylabel="Similarity to the median (relative)")
    hide_frame(axes)
    return axes


def _draw_channels(
    axes: "Axes", x: ArrayLike, pixels: NDArray[Any], y_um: ArrayLike | None, label: str, style: dict[str, Any]
) -> NDArray[np.float64]:
    """Draw a row per channel (n_channels, n_x) from the tip up; return the place of each row."""
    n_channels = len(pixels)
    places = np.arange(n_channels, dtype=np.float64) if y_um is None else np.asarray(y_um, np.float64)
    if places.shape != (n_channels,):
        raise PlotError(f"y_um has shape {places.shape} for {n_channels} channels; give one place per channel")
    order = np.argsort(places, kind="stable")
    draw_image(axes, x, np.arange(n_channels), pixels[order], label, **style)
    shown = np.unique(np.linspace(0, n_channels - 1, 6).round().astype(np.int64))
    axes.set_yticks(shown, [f"{places[order[row]]:.0f}" for row in shown])
    axes.set_ylabel("Channel" if y_um is None else DEPTH)
    return places[order]


def _find_step(places: NDArray[np.float64]) -> float:
    """Return the smallest distance of two columns or rows of channels."""
    steps = np.diff(np.unique(places))
    return float(steps.min()) if steps.size else 20.0
