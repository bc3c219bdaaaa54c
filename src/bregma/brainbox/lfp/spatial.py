"""Filters along the probe: high-pass over channels, with the gain of each channel evened first; apparent velocity."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from bregma.brainbox.arrays import Floats, InvalidInput, Window, check_count, check_positive, check_window
from bregma.brainbox.compiled import compiled
from bregma.brainbox.lfp.filters import edge_length
from bregma.brainbox.lfp.referencing import split_groups
from bregma.brainbox.lfp.traces import Traces, check_sampling_rate, read_traces

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

DEFAULT_WINDOW = 3000
"""Samples over which the gain is taken: a tenth of a second at 30 kHz."""
FAINTEST = 0.003
"""Gain below which nothing is raised further, as a part of the standard deviation of all traces."""


def highpass_spatial_filter(
    traces: ArrayLike,
    *,
    cutoff: float = 0.01,
    order: int = 3,
    groups: ArrayLike | None = None,
    gain_window: int | None = DEFAULT_WINDOW,
    n_mirrored: int = 60,
) -> Traces:
    """Remove what changes slowly over channels, such as artefacts common to all of them (the IBL's k-filter).

    Each channel is divided by its local amplitude (`even_gain`), a Butterworth filter runs forward and backward
    over the channels, in the order given, and the amplitude is put back. The filter is linear over channels, so it
    is one product with a matrix.

    Parameters
    ----------
    traces : (n_samples, n_channels) array
        Samples first, channels in their order along the probe.
    cutoff : float
        As a part of half the channels' sampling (1 is a change of sign from one channel to the next).
    order : int
        Of the filter in one direction.
    groups : (n_channels,) array of whole numbers, optional
        Channels with the same number, such as those of one shank, are filtered among themselves.
    gain_window : int or None
        Samples of the window of the gain; None evens nothing.
    n_mirrored : int
        Channels mirrored at each end before filtering, at most all.

    Returns
    -------
    (n_samples, n_channels) array
        New; 64-bit floats for 64-bit floats, else 32-bit. A group of one channel becomes zero.

    Raises
    ------
    InvalidInput
        If traces are not finite or transposed, or an option is out of range.

    References
    ----------
    International Brain Laboratory, Spike sorting pipeline for the International Brain Laboratory, 2022.
    """
    check_positive("cutoff", cutoff)
    check_count("order", order)
    check_count("n_mirrored", n_mirrored, least=0)
    checked = read_traces(traces)
    if not 0 < cutoff < 1 or order < 1 or n_mirrored < 0:
        raise InvalidInput(
            f"cutoff {cutoff}, order {order}, n_mirrored {n_mirrored}: give a cutoff between 0 and 1, "
            "an order from 1 on and no negative number of channels"
        )
    filtered = np.empty_like(checked)
    for channels in split_groups(groups, checked.shape[1]):
        group = checked[:, channels]
        across = _spatial_matrix(group.shape[1], cutoff, order, n_mirrored).astype(checked.dtype, copy=False)
        if gain_window is None:
            filtered[:, channels] = group @ across
        else:
            evened, gain = even_gain(group, gain_window)
            result = evened @ across
            filtered[:, channels] = np.multiply(result, gain, out=result)
    return filtered


def even_gain(traces: ArrayLike, window: int, *, faintest: float | None = None) -> tuple[Traces, Traces]:
    """Divide every channel by its local amplitude (automatic gain control).

    The amplitude is the absolute value averaged over time with a Hann window.

    Parameters
    ----------
    traces : (n_samples, n_channels) array
        Samples first, in any unit.
    window : int
        Length of the Hann window, in samples; made odd.
    faintest : float, optional
        Amplitude below which channels are not raised further, in the unit of the traces. By default 0.003 of the
        standard deviation of all traces.

    Returns
    -------
    evened, gain : (n_samples, n_channels) arrays
        ``evened * gain`` is the input wherever the gain is above `faintest`. Channels of zeros stay zeros.

    Raises
    ------
    InvalidInput
        If traces are not finite or transposed, or the window is below 3 samples.
    """
    check_count("window", window)
    if faintest is not None:
        check_positive("faintest", faintest)
    checked = read_traces(traces)
    if window < 3:
        raise InvalidInput(f"window is {window}; give at least 3 samples")
    if faintest is None:
        faintest = FAINTEST * _deviation(checked)
    half = round(window / 2)
    gain = _average_amplitude(checked, half)
    raised = np.maximum(gain, checked.dtype.type(faintest))
    raised[raised == 0] = 1
    return np.divide(checked, raised, out=raised), gain


def velocity_filter(
    traces: ArrayLike, sampling_rate: float, spacing: float, velocities: Window, *, n_mirrored: int = 0
) -> Traces:
    """Remove plane waves that cross the probe slower than a velocity (frequency-wavenumber filter).

    Parameters
    ----------
    traces : (n_samples, n_channels) array
        Samples first, channels at equal distances.
    sampling_rate : float
        In Hz.
    spacing : float
        Distance between channels, in metres.
    velocities : (low, high)
        In metres per second: slower than low is removed, faster than high is kept, a cosine between them.
    n_mirrored : int
        Channels mirrored and tapered at each end, at most all.

    Returns
    -------
    (n_samples, n_channels) array
        New; 64-bit floats for 64-bit floats, else 32-bit.

    Raises
    ------
    InvalidInput
        If traces are not finite or transposed, or an option is out of range.
    """
    check_count("n_mirrored", n_mirrored, least=0)
    check_window(velocities, name="velocities", give="(low, high) in metres per second")
    from scipy.fft import fft2, fftfreq, ifft2

    checked = read_traces(traces)
    check_sampling_rate(sampling_rate)
    check_positive("spacing", spacing)
    low, high = velocities
    if not 0 <= low < high or n_mirrored < 0:
        raise InvalidInput(f"velocities {velocities}, n_mirrored {n_mirrored}: give (low, high), none negative")
    n_mirrored = min(n_mirrored, checked.shape[1])
    padded = np.pad(checked, ((0, 0), (n_mirrored, n_mirrored)), mode="symmetric") * _taper(checked, n_mirrored)
    wavenumbers = fftfreq(padded.shape[1], spacing)
    wavenumbers[0] = 1e-6
    speed = np.abs(fftfreq(len(padded), 1 / sampling_rate)[:, np.newaxis] / wavenumbers)
    kept = _rise((speed - low) / (high - low))
    filtered = ifft2(fft2(padded) * kept).real
    return filtered[:, n_mirrored : n_mirrored + checked.shape[1]].astype(checked.dtype)


def _taper(traces: Traces, n_mirrored: int) -> Floats:
    """Return the weight of each channel after mirroring: up and down over what was mirrored."""
    n_padded = traces.shape[1] + 2 * n_mirrored
    if n_mirrored == 0:
        return np.ones(n_padded)
    place = np.arange(n_padded) / n_mirrored
    return _rise(place) * _rise(n_padded / n_mirrored - place)


def _rise(place: Floats) -> Floats:
    """Return half a cosine that rises from 0 at 0 to 1 at 1."""
    risen: Floats = (1 - np.cos(np.pi * np.clip(place, 0, 1))) / 2
    return risen


def _deviation(traces: Traces) -> float:
    """Return the standard deviation of all values, without a second array as large."""
    mean = float(traces.mean(dtype=np.float64))
    squares = float(np.einsum("ij,ij->", traces, traces, dtype=np.float64))
    return float(np.sqrt(max(squares / traces.size - mean**2, 0.0)))


@lru_cache(8)
def _spatial_matrix(n_channels: int, cutoff: float, order: int, n_mirrored: int) -> Floats:
    """Return the filter over channels, mirrored ends included, as a matrix to multiply traces with from the right."""
    from scipy.signal import butter, sosfiltfilt

    if n_channels == 1:
        return np.zeros((1, 1))
    sections = butter(order, cutoff, btype="highpass", output="sos")
    n_mirrored = min(n_mirrored, n_channels)
    impulses = np.pad(np.eye(n_channels), ((n_mirrored, n_mirrored), (0, 0)), mode="symmetric")
    n_reflected = min(edge_length(sections), len(impulses) - 1)
    responses = sosfiltfilt(sections, impulses, axis=0, padlen=n_reflected)
    matrix: Floats = np.ascontiguousarray(responses[n_mirrored : n_mirrored + n_channels].T)
    matrix.setflags(write=False)
    return matrix


def _average_amplitude_numpy(traces: Traces, half: int) -> Traces:
    from scipy.signal import oaconvolve

    window = np.hanning(2 * half + 1)[:, np.newaxis] / half
    averaged = oaconvolve(np.abs(traces), window, mode="same", axes=0) if len(traces) > 2 * half else None
    if averaged is None:
        averaged = oaconvolve(np.abs(traces), window, mode="full", axes=0)[half : half + len(traces)]
    return np.maximum(averaged, 0).astype(traces.dtype)


@compiled(_average_amplitude_numpy)
def _average_amplitude(traces: Traces, half: int) -> Traces:
    """Average absolute values over a Hann window of ``2 * half + 1`` samples, as running sums.

    The window is a constant and a cosine that reaches -1 at both ends: one plain and one rotating sum, each updated
    by what enters and what leaves.
    """
    n_samples, n_channels = traces.shape
    turn_cos, turn_sin = np.cos(np.pi / half), np.sin(np.pi / half)
    plain, real, imaginary = np.zeros(n_channels), np.zeros(n_channels), np.zeros(n_channels)
    averaged, nothing = np.empty_like(traces), np.zeros_like(traces[0])
    for step in range(-half, n_samples):
        entering = traces[step + half] if step + half < n_samples else nothing
        leaving = traces[step - half - 1] if step > half else nothing
        for channel in range(n_channels):
            new, old = np.float64(abs(entering[channel])), np.float64(abs(leaving[channel]))
            turned, side = real[channel] + old, imaginary[channel]
            real[channel] = turn_cos * turned + turn_sin * side - new
            imaginary[channel] = turn_cos * side - turn_sin * turned
            plain[channel] += new - old
        if step >= 0:
            for channel in range(n_channels):
                averaged[step, channel] = max(0.5 * (plain[channel] + real[channel]) / half, 0.0)
    return averaged
