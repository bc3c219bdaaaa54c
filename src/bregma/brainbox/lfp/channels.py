"""Channels that cannot be used: dead, noisy or outside the brain; and their repair from neighbours."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from enum import IntEnum
from typing import TYPE_CHECKING, Literal

import numpy as np

from bregma.brainbox.arrays import Floats, Ints, InvalidInput, check_count, check_positive
from bregma.brainbox.lfp.filters import highpass_filter
from bregma.brainbox.lfp.referencing import channel_median
from bregma.brainbox.lfp.spectra import welch_power
from bregma.brainbox.lfp.traces import Traces, check_sampling_rate, check_volts, read_per_channel, read_traces
from bregma.brainbox.results import Labelled, axis, values

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from bregma.brainbox.lfp.recording import Recording

SMOOTHING = 11
"""Channels of the median filter that gives the trend along the probe."""
LFP_BELOW = 2600.0
"""Sampling rates up to which traces are local field potential, in Hz."""
MICROVOLTS = 1e6
NOISE_SEGMENT = 256
STRETCH = 10_000
"""Samples of a stretch that is looked at for bad channels."""
MIN_WEIGHT = 0.005
WEIGHT_POWER = 1.3


class ChannelLabel(IntEnum):
    """What a channel is good for."""

    GOOD = 0
    DEAD = 1
    NOISY = 2
    OUTSIDE = 3


@dataclass(frozen=True)
class ChannelCriteria:
    """Limits beyond which a channel is labelled.

    ``dead`` and ``noisy`` are limits of `ChannelQuality.similarity` (dead below, noisy above); ``noise`` the limit of
    its ``noise`` in uV²/Hz (None: 0.02 for action potentials, 1.4 for local field potential); ``outside`` the limit
    of its ``trend``, or 'adaptive': where the trend falls.
    """

    dead: float = -0.5
    noisy: float = 1.0
    noise: float | None = None
    outside: float | Literal["adaptive"] = -0.75


@dataclass(frozen=True)
class ChannelQuality(Labelled):
    """Labels of channels and what they rest on.

    ``labels`` are `ChannelLabel`; ``rms`` in volts; ``similarity`` to the median of all channels, over its trend along
    the probe (0 for a channel like its neighbours); ``trend`` of the similarity of the high-passed traces along the
    probe, less one (0 where channels are alike); ``noise`` power above 80 % of half the sampling rate, uV²/Hz.
    """

    labels: Ints = values("channel")
    rms: Floats = values("channel", unit="V")
    similarity: Floats = values("channel")
    trend: Floats = values("channel")
    noise: Floats = values("channel", unit="uV**2/Hz")
    channels: Ints = axis("channel")


def detect_bad_channels(
    traces: ArrayLike, sampling_rate: float, criteria: ChannelCriteria | None = None
) -> ChannelQuality:
    """Find dead and noisy channels, and those outside the brain, in a short stretch of raw traces.

    A dead channel is less similar to the median of all channels than its neighbours are, or constant; a noisy one is
    far more similar, or has power at high frequencies; channels outside the brain are at the end of the probe, where
    similarity has fallen. A dead or noisy channel outside is called dead or noisy, a dead noisy one noisy.

    Parameters
    ----------
    traces : (n_samples, n_channels) array
        In volts, samples first, about 10,000 samples; channels in order along the probe, the tip first.
    sampling_rate : float
        In Hz. Up to 2600 Hz traces count as local field potential.
    criteria : ChannelCriteria, optional

    Returns
    -------
    ChannelQuality

    Raises
    ------
    InvalidInput
        If traces are not finite, not in volts (whole numbers), transposed, or of fewer than 256 samples.

    References
    ----------
    International Brain Laboratory, Spike sorting pipeline for the International Brain Laboratory, 2022.
    """
    check_positive("sampling_rate", sampling_rate)
    criteria = criteria or ChannelCriteria()
    is_lfp = sampling_rate <= LFP_BELOW
    check_volts(traces)
    checked = read_traces(traces, min_samples=NOISE_SEGMENT)
    check_sampling_rate(sampling_rate)
    centred = checked - checked.mean(axis=0)
    similarity = _detrend(_similarity(centred))
    fast = highpass_filter(centred, sampling_rate, 1.0 if is_lfp else 300.0)
    fast_similarity = _similarity(fast)
    trend = fast_similarity - _detrend(fast_similarity) - 1
    rms = np.sqrt(np.mean(np.square(centred), axis=0, dtype=np.float64))
    quality = ChannelQuality(
        labels=np.zeros(rms.size, np.int64),
        rms=rms,
        similarity=similarity,
        trend=trend,
        noise=_noise(centred, sampling_rate),
        channels=np.arange(rms.size),
    )
    return replace(quality, labels=_label(quality, criteria, 1.4 if is_lfp else 0.02))


def survey_bad_channels(
    recording: Recording, *, n_stretches: int = 10, criteria: ChannelCriteria | None = None
) -> ChannelQuality:
    """Find bad channels of a long recording from short stretches, evenly spread.

    Parameters
    ----------
    recording : Recording
        Read in volts, 10,000 samples at a time.
    n_stretches : int
        How many.
    criteria : ChannelCriteria, optional

    Returns
    -------
    ChannelQuality
        The label that a channel has most often (of equals the lowest), and the median of what they rest on.

    Raises
    ------
    InvalidInput
        If the recording is shorter than a stretch, or has values that are not finite.
    """
    check_count("n_stretches", n_stretches)
    n_read = min(STRETCH, recording.n_samples)
    if n_stretches < 1:
        raise InvalidInput(f"n_stretches is {n_stretches}; give at least 1")
    starts = np.linspace(0, recording.n_samples - n_read, n_stretches).astype(int).tolist()
    found = [
        detect_bad_channels(recording.read(start, start + n_read), recording.sampling_rate, criteria)
        for start in starts
    ]
    labels = np.stack([quality.labels for quality in found])
    votes = np.stack([(labels == label).sum(axis=0) for label in ChannelLabel])
    named = [item.name for item in fields(ChannelQuality) if item.name not in ("labels", "channels")]
    medians = {name: np.median([getattr(quality, name) for quality in found], axis=0) for name in named}
    return ChannelQuality(labels=votes.argmax(axis=0), channels=found[0].channels, **medians)


def interpolate_bad_channels(
    traces: ArrayLike, labels: ArrayLike, x_um: ArrayLike, y_um: ArrayLike, *, distance_um: float = 20.0
) -> Traces:
    """Replace dead and noisy channels by a weighted mean of good ones near them.

    The weight falls with the distance d as ``exp(-(d / distance_um) ** 1.3)``; weights below 0.005 are left out.
    Channels outside the brain stay as they are, and count as neighbours.

    Parameters
    ----------
    traces : (n_samples, n_channels) array
        Samples first, in any unit.
    labels : (n_channels,) array
        `ChannelLabel` of each channel.
    x_um, y_um : (n_channels,) arrays
        Places of the channels.
    distance_um : float
        Over which weights fall.

    Returns
    -------
    (n_samples, n_channels) array
        New; 64-bit floats for 64-bit floats, else 32-bit. A bad channel without a good one near becomes zero.

    Raises
    ------
    InvalidInput
        If traces are not finite or transposed, or there is not one label and place per channel.
    """
    check_positive("distance_um", distance_um)
    checked = read_traces(traces)
    n_channels = checked.shape[1]
    label = read_per_channel("labels", labels, n_channels, np.int64)
    place = read_per_channel("x_um", x_um, n_channels) + 1j * read_per_channel("y_um", y_um, n_channels)
    bad = np.flatnonzero((label == ChannelLabel.DEAD) | (label == ChannelLabel.NOISY))
    repaired = checked.copy()
    if bad.size:
        weights = _weights(place, bad, distance_um).astype(checked.dtype)
        near = np.flatnonzero(weights.any(axis=0))
        repaired[:, bad] = checked[:, near] @ weights[:, near].T
    return repaired


def _weights(place: np.ndarray[tuple[int], np.dtype[np.complex128]], bad: Ints, distance_um: float) -> Floats:
    """Return the part (n_bad, n_channels) of each channel in each bad one."""
    distances = np.abs(place[bad, np.newaxis] - place)
    weights: Floats = np.exp(-((distances / distance_um) ** WEIGHT_POWER))
    weights[:, bad] = 0
    weights[weights < MIN_WEIGHT] = 0
    total = weights.sum(axis=1, keepdims=True)
    np.divide(weights, total, out=weights, where=total > 0)
    return weights


def _similarity(centred: Traces) -> Floats:
    """Return the product of each channel with the median of all, as a part of the median's with itself."""
    middle = channel_median(centred).astype(np.float64)
    middle -= middle.mean()
    power = middle @ middle
    means = centred.mean(axis=0, dtype=np.float64)
    products = middle.astype(centred.dtype) @ centred - middle.sum() * means
    return np.asarray(products / power if power > 0 else np.zeros(means.size), np.float64)


def _detrend(similarity: Floats) -> Floats:
    """Subtract the running median over channels."""
    from scipy.ndimage import median_filter

    return similarity - median_filter(similarity, SMOOTHING, mode="nearest")


def _noise(centred: Traces, sampling_rate: float) -> Floats:
    frequencies, power = welch_power(centred, sampling_rate, NOISE_SEGMENT)
    noise: Floats = power[frequencies > 0.4 * sampling_rate].mean(axis=0) * MICROVOLTS**2
    return noise


def _label(quality: ChannelQuality, criteria: ChannelCriteria, default_noise: float) -> Ints:
    labels = np.full(quality.rms.size, ChannelLabel.GOOD, np.int64)
    labels[_find_outside(quality.trend, criteria.outside)] = ChannelLabel.OUTSIDE
    labels[(quality.similarity < criteria.dead) | (quality.rms == 0)] = ChannelLabel.DEAD
    limit = default_noise if criteria.noise is None else criteria.noise
    labels[(quality.noise > limit) | (quality.similarity > criteria.noisy)] = ChannelLabel.NOISY
    return labels


def _find_outside(trend: Floats, limit: float | Literal["adaptive"]) -> slice:
    """Return the unbroken run of channels at the far end of the probe whose trend is below the limit."""
    threshold = _adaptive_limit(trend) if limit == "adaptive" else limit
    inside = np.flatnonzero(~(trend < threshold))
    return slice(int(inside[-1]) + 1 if inside.size else 0, None)


def _adaptive_limit(trend: Floats) -> float:
    """Return the trend in the middle of where it falls, smoothed over 25 channels; minus infinity if it never does."""
    width = 25
    falling = np.flatnonzero(np.diff(np.convolve(trend, np.ones(width) / width, mode="same")) < -0.02)
    return float(trend[int(np.median(falling))]) if falling.size else -np.inf
