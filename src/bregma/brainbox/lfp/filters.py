"""Butterworth filters along time that keep the phase: high-pass, low-pass, band-pass. Frequencies in hertz."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from bregma.brainbox.arrays import Floats, InvalidInput, Window, check_count, check_positive, check_window
from bregma.brainbox.compiled import compiled
from bregma.brainbox.lfp.traces import Traces, check_sampling_rate, read_traces

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

BandType = Literal["highpass", "lowpass", "bandpass"]


def highpass_filter(traces: ArrayLike, sampling_rate: float, cutoff: float = 300.0, *, order: int = 3) -> Traces:
    """Remove what is slower than a frequency, without moving anything in time.

    A Butterworth filter in second-order sections runs forward and backward, so the amplitude at `cutoff` is halved
    (-6 dB). The ends are extended by their odd reflection.

    Parameters
    ----------
    traces : (n_samples, n_channels) array
        Samples first, in any unit.
    sampling_rate, cutoff : float
        In Hz.
    order : int
        Of the filter in one direction.

    Returns
    -------
    (n_samples, n_channels) array
        New; 64-bit floats for 64-bit floats, else 32-bit.

    Raises
    ------
    InvalidInput
        If traces are not finite, too short or transposed, or the frequency is not below half the sampling rate.
    """
    check_positive("cutoff", cutoff)
    check_sampling_rate(sampling_rate, above=cutoff)
    return filter_time(traces, design_sections(order, cutoff, "highpass", sampling_rate))


def lowpass_filter(traces: ArrayLike, sampling_rate: float, cutoff: float, *, order: int = 3) -> Traces:
    """Remove what is faster than a frequency, without moving anything in time.

    Arguments, result and errors are those of `highpass_filter`.
    """
    check_positive("cutoff", cutoff)
    check_sampling_rate(sampling_rate, above=cutoff)
    return filter_time(traces, design_sections(order, cutoff, "lowpass", sampling_rate))


def bandpass_filter(traces: ArrayLike, sampling_rate: float, band: Window, *, order: int = 3) -> Traces:
    """Keep what lies between two frequencies, without moving anything in time.

    ``band`` is (low, high) in Hz. The other arguments, result and errors are those of `highpass_filter`.
    """
    check_band(band, sampling_rate)
    return filter_time(traces, design_sections(order, band, "bandpass", sampling_rate))


def check_band(band: Window, sampling_rate: float) -> None:
    """Raise `InvalidInput` unless the band is (low, high), above zero and below half the sampling rate."""
    check_window(band, name="band", give="(low, high) in Hz")
    low, high = band
    if not 0 < low < high:
        raise InvalidInput(f"band {band} is empty; give (low, high) in Hz, above zero, low before high")
    check_sampling_rate(sampling_rate, above=high)


def design_sections(order: int, cutoff: float | Window, kind: BandType, sampling_rate: float) -> Floats:
    """Return the second-order sections (n_sections, 6) of a Butterworth filter."""
    from scipy.signal import butter

    check_count("order", order)
    sections: Floats = butter(order, cutoff, btype=kind, fs=sampling_rate, output="sos")
    return sections


def filter_time(traces: ArrayLike, sections: Floats) -> Traces:
    """Run second-order sections (n_sections, 6) forward and backward along the samples of checked traces."""
    from scipy.signal import sosfilt_zi

    edge = edge_length(sections)
    checked = read_traces(traces, min_samples=edge + 1)
    extended = np.empty((len(checked) + 2 * edge, checked.shape[1]), checked.dtype)
    extended[edge:-edge] = checked
    np.subtract(2 * checked[0], checked[edge:0:-1], out=extended[:edge])
    np.subtract(2 * checked[-1], checked[-2 : -edge - 2 : -1], out=extended[-edge:])
    _run_both_ways(extended, sections, sosfilt_zi(sections))
    return extended[edge:-edge]


def edge_length(sections: Floats) -> int:
    """Return how many samples to reflect at each end: three for each coefficient that counts."""
    absent = min(int(np.sum(sections[:, 2] == 0)), int(np.sum(sections[:, 5] == 0)))
    return 3 * (2 * len(sections) + 1 - absent)


def _run_both_ways_numpy(traces: Traces, sections: Floats, steady: Floats) -> None:
    from scipy.signal import sosfilt

    for way in (traces, traces[::-1]):
        filtered, _ = sosfilt(sections, way, axis=0, zi=steady[..., np.newaxis] * way[0])
        way[:] = filtered


@compiled(_run_both_ways_numpy)
def _run_both_ways(traces: Traces, sections: Floats, steady: Floats) -> None:
    """Filter in place, first to last sample and back, each time from the steady state of the first value met."""
    n_samples, n_channels = traces.shape
    row = np.empty(n_channels)
    state = np.empty((sections.shape[0], 2, n_channels))
    for way in range(2):
        first = 0 if way == 0 else n_samples - 1
        for section in range(sections.shape[0]):
            for channel in range(n_channels):
                state[section, 0, channel] = steady[section, 0] * traces[first, channel]
                state[section, 1, channel] = steady[section, 1] * traces[first, channel]
        for step in range(n_samples):
            sample = step if way == 0 else n_samples - 1 - step
            for channel in range(n_channels):
                row[channel] = traces[sample, channel]
            for section in range(sections.shape[0]):
                b0, b1, b2 = sections[section, 0], sections[section, 1], sections[section, 2]
                a1, a2 = sections[section, 4], sections[section, 5]
                near, far = state[section, 0], state[section, 1]
                for channel in range(n_channels):
                    before = row[channel]
                    after = b0 * before + near[channel]
                    near[channel] = b1 * before - a1 * after + far[channel]
                    far[channel] = b2 * before - a2 * after
                    row[channel] = after
            for channel in range(n_channels):
                traces[sample, channel] = row[channel]
