"""How a spike spreads over the channels of a probe, and how fast it travels along it. Positions in micrometres."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bregma.brainbox.arrays import Bools, Floats, Ints, InvalidInput, as_floats, check_positive
from bregma.brainbox.waveforms.features import compute_waveform_features, read_waveforms

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

MIN_CHANNELS = 4
MIN_WEIGHT = 0.1
"""Fraction of the best correlation below which a channel's delay is not used."""


def compute_spatial_spread(waveforms: ArrayLike, positions_um: ArrayLike) -> Floats:
    """Compute the mean distance of channels from the peak channel, weighted by their largest deviation from 0.

    Parameters
    ----------
    waveforms : (n_waveforms, n_samples, n_channels) array
        In any unit. NaN count as 0.
    positions_um : (n_channels, n_axes) or (n_waveforms, n_channels, n_axes) array
        Where the channels are, µm; those of NaN, as in padding, are left out.

    Returns
    -------
    (n_waveforms,) array
        µm; NaN where the peak channel has no position or all is flat.

    Raises
    ------
    InvalidInput
        If the shapes do not fit.
    """
    cube = read_waveforms(waveforms)
    positions = _read_positions(positions_um, cube.shape)
    weights = np.abs(cube).max(axis=1)
    peak = np.argmax(weights, axis=1)
    away = np.linalg.norm(positions - positions[np.arange(peak.size), peak][:, None], axis=2)
    weights = np.where(np.isfinite(away), weights, 0.0)
    total = weights.sum(axis=1)
    with np.errstate(invalid="ignore"):
        return np.where(total > 0, (np.nan_to_num(away) * weights).sum(axis=1) / total, np.nan)


def compute_slowness(
    waveforms: ArrayLike, positions_um: ArrayLike, *, sampling_rate: float = 30_000.0, half_window: float = 0.0005
) -> Floats:
    """Compute the slowness of each waveform along the probe: the inverse of its velocity.

    From channel to neighbouring channel, outward from the peak channel, the delay is that of the largest absolute
    cross-correlation in a Hann window around the peak. Delays are fitted by a plane over both axes, weighted by the
    weakest correlation on the way; the coefficient of the second axis is the slowness.

    Parameters
    ----------
    waveforms : (n_waveforms, n_samples, n_channels) array
        In any unit. NaN count as 0.
    positions_um : (n_channels, n_axes) or (n_waveforms, n_channels, n_axes) array
        Across and along the probe, µm, and possibly more that is not used; NaN for channels to be left out.
    sampling_rate
        Samples per second.
    half_window
        Seconds on either side of the peak. The window draws delays towards 0: a longer one less, but it takes in
        more of what is no spike.

    Returns
    -------
    (n_waveforms,) array
        Seconds per metre; positive where the spike travels towards larger positions, 1 / slowness is its velocity
        in m/s. NaN for fewer than 4 usable channels.

    Raises
    ------
    InvalidInput
        If the shapes do not fit.

    References
    ----------
    ibl-neuropixel 1.14, ``ibldsp.waveforms.compute_slowness``.
    """
    cube = read_waveforms(waveforms)
    positions = _read_positions(positions_um, cube.shape)
    check_positive("half_window", half_window)
    features = compute_waveform_features(cube, sampling_rate=sampling_rate, recovery_duration=0)
    n_half = round(half_window * sampling_rate)
    slowness = np.full(cube.shape[0], np.nan)
    for row, (channel, sample) in enumerate(zip(features["peak_trace_idx"], features["peak_time_idx"], strict=True)):
        here = positions[row, :, :2]
        usable = np.asarray(np.isfinite(here).all(axis=1))
        if usable.sum() < MIN_CHANNELS or not usable[channel]:
            continue
        order = np.flatnonzero(usable)
        order = order[np.argsort(here[order, 1])]
        lags, weights = _follow(_cut(cube[row], sample, n_half), channel, order)
        slowness[row] = _fit_plane((here[order] - here[channel]) * 1e-6, lags / sampling_rate, weights)
    return slowness


def _read_positions(positions_um: ArrayLike, shape: tuple[int, ...]) -> Floats:
    positions = as_floats("positions_um", positions_um, n_dims=(2, 3))
    if positions.ndim == 2:
        positions = np.broadcast_to(positions, (shape[0], *positions.shape))
    if positions.ndim != 3 or positions.shape[:2] != (shape[0], shape[2]) or positions.shape[2] < 2:
        raise InvalidInput(
            f"positions_um have shape {np.shape(positions_um)}; give ({shape[2]}, 2) or ({shape[0]}, {shape[2]}, 2)"
        )
    return positions


def _cut(waveform: Floats, sample: int, n_half: int) -> Floats:
    """Return the samples around one, under a Hann window; fewer at an end."""
    first, last = max(0, sample - n_half), min(waveform.shape[0], sample + n_half + 1)
    taper = np.hanning(2 * n_half + 1)[first - sample + n_half : last - sample + n_half]
    return waveform[first:last] * taper[:, None]


def _follow(part: Floats, channel: int, order: Ints) -> tuple[Floats, Floats]:
    """Return each ordered channel's delay in samples from `channel`, and the weakest correlation on the way there."""
    start = int(np.flatnonzero(order == channel)[0])
    lags, weights = np.zeros(order.size), np.ones(order.size)
    for way in (np.arange(start, -1, -1), np.arange(start, order.size)):
        if way.size > 1:
            lag, weight = _correlate(part[:, order[way[:-1]]], part[:, order[way[1:]]])
            lags[way[1:]] = np.cumsum(lag)
            weights[way[1:]] = np.minimum.accumulate(weight)
    return lags, weights


def _correlate(one: Floats, other: Floats) -> tuple[Floats, Floats]:
    """Return, for each pair of columns, the lag of the other at the largest absolute correlation, and that one."""
    n_samples = one.shape[0]
    spectrum = np.conj(np.fft.rfft(one, 2 * n_samples, axis=0)) * np.fft.rfft(other, 2 * n_samples, axis=0)
    correlation = np.fft.fftshift(np.fft.irfft(spectrum, 2 * n_samples, axis=0), axes=0)[1:]
    size = np.abs(correlation)
    top = np.argmax(size, axis=0)
    columns = np.arange(top.size)
    before, peak, after = (size[np.clip(top + step, 0, size.shape[0] - 1), columns] for step in (-1, 0, 1))
    bend, tilt = (before - 2 * peak + after) / 2, (after - before) / 2
    inside = (top > 0) & (top < size.shape[0] - 1) & (bend != 0)
    shift = np.where(inside, -tilt / np.where(bend == 0, 1, bend) / 2, 0.0)
    height = peak + shift * tilt + shift**2 * bend
    norm = np.sqrt((one**2).sum(axis=0) * (other**2).sum(axis=0))
    return top - (n_samples - 1) + shift, np.where(norm > 0, height / np.where(norm > 0, norm, 1), np.nan)


def _fit_plane(positions: Floats, delays: Floats, weights: Floats) -> float:
    """Return the slope of the delays along the second axis, NaN for too few delays."""
    known: Bools = np.isfinite(weights) & (weights > 0)
    used = known & (weights >= MIN_WEIGHT * np.max(weights, where=known, initial=0))
    if used.sum() < MIN_CHANNELS:
        return np.nan
    root = np.sqrt(weights[used])
    design = np.column_stack([positions[used], np.ones(root.size)]) * root[:, None]
    return float(np.linalg.lstsq(design, delays[used] * root)[0][1])
