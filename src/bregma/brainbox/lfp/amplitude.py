"""Amplitude of channels: root mean square, over all samples or over windows of a long recording."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bregma.brainbox.arrays import Floats, Ints, InvalidInput, check_count, check_positive
from bregma.brainbox.lfp.recording import Recording, iterate_chunks
from bregma.brainbox.lfp.spectra import compute_power_spectrum
from bregma.brainbox.lfp.traces import Traces, read_traces
from bregma.brainbox.results import Labelled, axis, values

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

SLOWEST = 1.0
"""Frequency below which nothing counts as amplitude, in Hz."""


@dataclass(frozen=True)
class RMSMap(Labelled):
    """Amplitude of each channel over time, and its mean spectrum.

    ``times`` (n_windows,) s are the middles of windows; ``rms`` (n_windows, n_channels); ``power`` (n_frequencies,
    n_channels) the mean power spectral density of the windows, without the last when it is short.
    """

    times: Floats = axis("time", unit="s")
    channels: Ints = axis("channel")
    frequencies: Floats = axis("frequency", unit="Hz")
    rms: Floats = values("time", "channel", unit="V")
    power: Floats = values("frequency", "channel", unit="V**2/Hz")


def compute_rms(traces: ArrayLike) -> Floats:
    """Return the root mean square (n_channels,) of each channel, in the unit of the traces.

    ``traces`` is (n_samples, n_channels), samples first. The mean is not taken away: filter before.

    Raises
    ------
    InvalidInput
        If traces are not finite or transposed.
    """
    checked = read_traces(traces)
    mean_square: Floats = np.einsum("ij,ij->j", checked, checked, dtype=np.float64) / len(checked)
    return np.sqrt(mean_square)


def compute_rms_map(
    recording: Recording, *, window: float | None = None, every: int = 1, n_segment: int = 1024
) -> RMSMap:
    """Follow the amplitude and the spectrum of each channel through a long recording.

    What is slower than 1 Hz is taken away from each window first.

    Parameters
    ----------
    recording : Recording
        Read a window at a time.
    window : float, optional
        Length in seconds. By default three seconds, filled up to a power of two of samples.
    every : int
        Take one window of so many.
    n_segment : int
        Samples of a segment of the spectrum (Welch's method).

    Returns
    -------
    RMSMap

    Raises
    ------
    InvalidInput
        If an option is out of range, the recording is shorter than a segment, or a value is not finite.
    """
    check_count("every", every)
    check_count("n_segment", n_segment)
    rate = recording.sampling_rate
    length = 2 ** int(np.ceil(np.log2(3 * rate))) / rate if window is None else window
    check_positive("window", length)
    n_window = round(length * rate)
    if every < 1 or min(n_window, recording.n_samples) < n_segment or n_segment < 2:
        raise InvalidInput(
            f"every {every}, n_segment {n_segment}: give whole numbers above zero, segments of at most a window "
            f"({n_window} samples) and the recording ({recording.n_samples})"
        )
    chunks = list(iterate_chunks(recording.n_samples, n_window))[::every]
    times, amplitudes, spectra = [], [], []
    for chunk in chunks:
        traces = _remove_slow(recording.read(chunk.read.start, chunk.read.stop), rate)
        times.append((chunk.read.start + chunk.read.stop - 1) / 2 / rate)
        amplitudes.append(compute_rms(traces))
        if len(traces) >= n_segment:
            spectra.append(compute_power_spectrum(traces, rate, segment=n_segment / rate))
    return RMSMap(
        times=np.array(times),
        channels=np.arange(recording.n_channels),
        frequencies=spectra[0].frequencies,
        rms=np.array(amplitudes),
        power=np.mean([spectrum.power for spectrum in spectra], axis=0),
    )


def _remove_slow(traces: Traces, sampling_rate: float) -> Traces:
    """Weaken what is slower than 1 Hz, by half a cosine over frequency."""
    from scipy.fft import irfft, rfft, rfftfreq

    spectrum = rfft(traces, axis=0)
    frequencies = rfftfreq(len(traces), 1 / sampling_rate)
    slow = frequencies < SLOWEST
    spectrum[slow] *= ((1 - np.cos(np.pi * frequencies[slow] / SLOWEST)) / 2)[:, np.newaxis]
    kept: Traces = irfft(spectrum, len(traces), axis=0)
    return kept
