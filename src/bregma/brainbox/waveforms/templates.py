"""Mean waveforms of units, and how far they stand out of the noise. Times in seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from bregma.brainbox.arrays import Floats, Ints, Rng, Window, check_count, check_one_of, read_rng
from bregma.brainbox.results import Labelled, axis, values
from bregma.brainbox.spikes.trains import read_spikes
from bregma.brainbox.waveforms.extraction import (
    Cut,
    extract_waveforms,
    iterate_waveforms,
    read_cut,
    to_samples,
)

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from bregma.brainbox.lfp.recording import Samples

NOISE_CHUNKS = 20
"""Pieces of the recording from which its noise is taken."""


@dataclass(frozen=True)
class Templates(Labelled):
    """Mean or median waveform of each unit.

    ``waveforms`` (n_units, n_samples, n_channels) in the unit of the recording times its gain, NaN for a unit
    without a spike; ``n_spikes`` (n_units,) spikes used; ``times`` (n_samples,) s from the spike; ``channels``
    (n_channels,) columns of the recording.
    """

    cluster_ids: Ints = axis("cluster")
    times: Floats = axis("time", unit="s")
    channels: Ints = axis("channel")
    waveforms: Floats = values("cluster", "time", "channel")
    n_spikes: Ints = values("cluster")


def compute_templates(
    recording: Samples,
    spike_times: ArrayLike,
    spike_clusters: ArrayLike,
    cluster_ids: ArrayLike | None = None,
    *,
    average: Literal["mean", "median"] = "mean",
    max_spikes: int = 500,
    sampling_rate: float = 30_000.0,
    window: Window = (-0.001, 0.002),
    rng: Rng = None,
) -> Templates:
    """Average the waveforms of each unit.

    Parameters
    ----------
    recording : (n_samples, n_channels) array, memory map, `Recording`, or anything with ``shape`` and slices of samples
        Means read it once, in the order of time; medians once per unit.
    spike_times, spike_clusters : (n_spikes,) arrays
        Seconds from the first sample, and cluster id of each spike, in any order. Spikes at NaN, and those whose
        window leaves the recording, are left out.
    cluster_ids : (n_units,) array or None
        Units to average, in this order. None: all that occur.
    average
        Whether the mean or the median of the spikes is taken.
    max_spikes
        Most spikes per unit; a random choice where it has more.
    sampling_rate, window
        As in `extract_waveforms`.
    rng
        Generator or seed of that choice.

    Returns
    -------
    Templates

    Raises
    ------
    InvalidInput
        As of `extract_waveforms`; and if lengths differ, ids are not whole numbers, or a unit is asked for twice.
    """
    check_one_of("average", average, ("mean", "median"))
    cut = read_cut(recording, None, sampling_rate=sampling_rate, window=window)
    check_count("max_spikes", max_spikes)
    trains = read_spikes(spike_times, spike_clusters, cluster_ids)
    samples = to_samples(trains.by_unit.times, sampling_rate)
    inside = (samples + cut.offsets[0] >= 0) & (samples + cut.offsets[-1] < recording.shape[0])
    units = np.repeat(np.arange(trains.n_units), trains.by_unit.counts)
    chosen = _choose(units, inside, max_spikes, read_rng(rng))
    compute = _average_mean if average == "mean" else _average_median
    return Templates(
        cluster_ids=trains.cluster_ids,
        times=cut.offsets / sampling_rate,
        channels=cut.channels,
        waveforms=compute(recording, samples[chosen], units[chosen], cut, trains.n_units),
        n_spikes=np.bincount(units[chosen], minlength=trains.n_units),
    )


def compute_ptp_over_noise(
    recording: Samples,
    spike_times: ArrayLike,
    channels: ArrayLike | None = None,
    *,
    sampling_rate: float = 30_000.0,
    window: Window = (-0.001, 0.001),
    car: bool = False,
) -> Floats:
    """Compute how far the spikes of a unit stand out of the noise: mean peak-to-peak over median absolute deviation.

    Parameters
    ----------
    recording, spike_times, channels, sampling_rate, window, car
        As in `extract_waveforms`. Spikes whose window leaves the recording are left out.

    Returns
    -------
    (n_channels,) array
        Ratio per channel; the noise is that of `estimate_noise`. NaN without a spike, or without noise.

    Raises
    ------
    InvalidInput
        As of `extract_waveforms`.
    """
    found = extract_waveforms(recording, spike_times, channels, sampling_rate=sampling_rate, window=window, car=car)
    whole = found.traces[np.isfinite(found.traces).all(axis=(1, 2))]
    noise = estimate_noise(recording, channels, sampling_rate=sampling_rate, car=car)
    if whole.shape[0] == 0:
        return np.full(noise.size, np.nan)
    heights = np.ptp(whole.astype(np.float64), axis=1).mean(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(noise > 0, heights / noise, np.nan)


def estimate_noise(
    recording: Samples, channels: ArrayLike | None = None, *, sampling_rate: float = 30_000.0, car: bool = False
) -> Floats:
    """Estimate the noise of channels: the median, over up to 20 seconds, of the median absolute deviation in one.

    Parameters
    ----------
    recording, channels, sampling_rate, car
        As in `extract_waveforms`. Of a longer recording, 20 seconds at even distances are read.

    Returns
    -------
    (n_channels,) array
        In the unit of the recording, NaN where it is empty. Times 1.4826 it is the standard deviation of Gaussian
        noise.
    """
    cut = read_cut(recording, channels, sampling_rate=sampling_rate, window=(0.0, 1.0), car=car)
    if recording.shape[0] == 0:
        return np.full(cut.channels.size, np.nan)
    length = min(cut.offsets.size, recording.shape[0])
    starts = np.unique(np.linspace(0, recording.shape[0] - length, NOISE_CHUNKS).astype(np.int64))
    pieces = [_deviate(np.asarray(recording[start : start + length]), cut) for start in starts]
    return np.asarray(np.median(pieces, axis=0))


def _deviate(rows: NDArray[np.generic], cut: Cut) -> Floats:
    """Return the median absolute deviation of each channel."""
    picked = rows[:, cut.channels].astype(np.float64)
    if cut.car:
        picked -= np.median(rows.astype(np.float64), axis=1, keepdims=True)
    return np.asarray(np.median(np.abs(picked - np.median(picked, axis=0)), axis=0))


def _choose(units: Ints, inside: NDArray[np.bool_], max_spikes: int, rng: np.random.Generator) -> Ints:
    """Return the places, unit by unit, of at most `max_spikes` random spikes of each."""
    usable = np.flatnonzero(inside)
    shuffled = usable[np.lexsort((rng.random(usable.size), units[usable]))]
    counts = np.bincount(units[shuffled])
    rank = np.arange(shuffled.size) - np.repeat(np.cumsum(counts) - counts, counts)
    return shuffled[rank < max_spikes]


def _average_mean(recording: Samples, samples: Floats, units: Ints, cut: Cut, n_units: int) -> Floats:
    total = np.zeros((n_units, cut.offsets.size, cut.channels.size))
    for places, found in iterate_waveforms(recording, samples, cut):
        for unit in np.unique(units[places]):
            total[unit] += found[units[places] == unit].sum(axis=0, dtype=np.float64)
    counts = np.bincount(units, minlength=n_units).astype(np.float64)
    counts[counts == 0] = np.nan
    return np.asarray(total / counts[:, None, None])


def _average_median(recording: Samples, samples: Floats, units: Ints, cut: Cut, n_units: int) -> Floats:
    medians = np.full((n_units, cut.offsets.size, cut.channels.size), np.nan)
    for unit in np.unique(units):
        parts = [found for _, found in iterate_waveforms(recording, samples[units == unit], cut)]
        medians[unit] = np.median(np.concatenate(parts), axis=0)
    return medians
