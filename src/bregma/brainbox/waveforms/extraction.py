"""Waveforms cut out of a recording around spikes. Reads the samples around spikes and no more; times in seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bregma.brainbox.arrays import (
    Floats,
    Ints,
    InvalidInput,
    Window,
    as_floats,
    as_ids,
    check_number,
    check_positive,
    check_window,
)
from bregma.brainbox.results import Labelled, axis, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike, NDArray

    from bregma.brainbox.lfp.recording import Samples

CHUNK_SAMPLES = 30_000
"""Samples read at once where spikes lie close."""
CHUNK_VALUES = 20_000_000
"""Voltages that the waveforms of a chunk hold at most, over all channels."""


@dataclass(frozen=True)
class Waveforms(Labelled):
    """Voltages around spikes.

    ``traces`` (n_spikes, n_samples, n_channels) in the unit of the recording times its gain, NaN before its first
    and after its last sample; ``times`` (n_samples,) s from the spike; ``channels`` (n_channels,) columns of the
    recording.
    """

    times: Floats = axis("time", unit="s")
    channels: Ints = axis("channel")
    traces: NDArray[np.float32] = values("spike", "time", "channel")


@dataclass(frozen=True)
class Cut:
    """What is cut out around a spike: samples from its own on, columns, gain, and whether the median is taken off."""

    offsets: Ints
    channels: Ints
    gain: float = 1.0
    car: bool = False


def extract_waveforms(
    recording: Samples,
    spike_times: ArrayLike,
    channels: ArrayLike | None = None,
    *,
    sampling_rate: float = 30_000.0,
    window: Window = (-0.001, 0.001),
    gain: float = 1.0,
    car: bool = False,
) -> Waveforms:
    """Cut waveforms out of a recording.

    Parameters
    ----------
    recording : (n_samples, n_channels) array, memory map, `Recording`, or anything with ``shape`` and slices of samples
        Only the samples around spikes are read, in the order of time, up to a second at once.
    spike_times : (n_spikes,) array
        Seconds from the first sample, in any order. The sample of a spike is the last that is not after it. A spike
        at NaN gives a waveform of NaN.
    channels : (n_channels,) array or None
        Columns of the recording, in this order. None: all.
    sampling_rate
        Samples per second, of a `Recording` its own.
    window
        Start and stop of a waveform from its spike, s; the stop is not included.
    gain
        Factor from the recording to the unit wanted, such as volts per bit.
    car
        Whether the median over all channels of the recording is subtracted from each sample: the common average
        reference.

    Returns
    -------
    Waveforms
        In the order of the spikes given.

    Raises
    ------
    InvalidInput
        If the recording has not two dimensions or another sampling rate, a channel is not one of its, or the window is
        empty.
    """
    check_number("gain", gain)
    cut = read_cut(recording, channels, sampling_rate=sampling_rate, window=window, gain=gain, car=car)
    samples = to_samples(spike_times, sampling_rate)
    traces = np.full((samples.size, cut.offsets.size, cut.channels.size), np.nan, dtype=np.float32)
    for places, found in iterate_waveforms(recording, samples, cut):
        traces[places] = found
    return Waveforms(cut.offsets / sampling_rate, cut.channels, traces)


def read_cut(
    recording: Samples,
    channels: ArrayLike | None,
    *,
    sampling_rate: float,
    window: Window,
    gain: float = 1.0,
    car: bool = False,
) -> Cut:
    """Check what is to be cut out of a recording; errors as of `extract_waveforms`."""
    if len(recording.shape) != 2:
        raise InvalidInput(f"recording has shape {recording.shape}; give (n_samples, n_channels)")
    check_positive("sampling_rate", sampling_rate)
    own_rate = getattr(recording, "sampling_rate", sampling_rate)
    if own_rate != sampling_rate:
        raise InvalidInput(f"sampling_rate is {sampling_rate:g} Hz; give that of the recording, {own_rate:g} Hz")
    check_window(window)
    n_channels = recording.shape[1]
    columns = np.arange(n_channels) if channels is None else as_ids("channels", channels)
    if columns.size and not (columns.min() >= 0 and columns.max() < n_channels):
        raise InvalidInput(f"channels are {columns.min()} to {columns.max()}; the recording has 0 to {n_channels - 1}")
    offsets = np.arange(round(window[0] * sampling_rate), round(window[1] * sampling_rate))
    if offsets.size == 0:
        raise InvalidInput(f"window {window} holds no sample at {sampling_rate:g} Hz; give a longer one")
    return Cut(offsets, columns, gain, car)


def to_samples(spike_times: ArrayLike, sampling_rate: float) -> Floats:
    """Return the sample of each spike, as floats: NaN stay NaN. Times that fall short of one by rounding are on it."""
    return np.floor(as_floats("spike_times", spike_times) * sampling_rate + 1e-3)


def iterate_waveforms(recording: Samples, samples: Floats, cut: Cut) -> Iterator[tuple[Ints, NDArray[np.float32]]]:
    """Yield the places of some spikes in `samples`, and their (n_spikes, n_samples, n_channels) waveforms.

    In the order of time, a chunk of the recording after the other. Spikes at NaN are left out; samples beyond either
    end of the recording are NaN.
    """
    order = np.argsort(samples, kind="stable")[: np.count_nonzero(np.isfinite(samples))]
    ascending = samples[order].astype(np.int64)
    most = max(CHUNK_VALUES // (cut.offsets.size * max(recording.shape[1], 1)), 1)
    first = 0
    while first < order.size:
        last = min(int(np.searchsorted(ascending, ascending[first] + CHUNK_SAMPLES)), first + most)
        yield order[first:last], _cut_chunk(recording, ascending[first:last], cut)
        first = last


def _cut_chunk(recording: Samples, samples: Ints, cut: Cut) -> NDArray[np.float32]:
    """Return the waveforms of ascending, neighbouring spikes: one read."""
    n_samples = recording.shape[0]
    start = min(max(int(samples[0] + cut.offsets[0]), 0), n_samples)
    stop = min(max(int(samples[-1] + cut.offsets[-1]) + 1, start), n_samples)
    places = samples[:, None] + cut.offsets - start
    outside = (places < 0) | (places >= stop - start)
    if start == stop:
        return np.full((*places.shape, cut.channels.size), np.nan, dtype=np.float32)
    used, where = np.unique(np.where(outside, 0, places), return_inverse=True)
    # Of a memory map, the slice is no read; picking from it reads the samples that are used.
    rows = np.asarray(recording[start:stop][used])
    picked = rows[:, cut.channels].astype(np.float32)
    if cut.car:
        picked -= np.median(rows, axis=1).astype(np.float32)[:, None]
    traces = (picked * np.float32(cut.gain))[where.reshape(places.shape)]
    traces[outside] = np.nan
    return traces
