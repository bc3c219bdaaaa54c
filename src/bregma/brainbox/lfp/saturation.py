"""Saturation: samples at which the amplifier was at its end, and the window that silences them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bregma.brainbox.arrays import Bools, Floats, Ints, InvalidInput, as_floats, as_numbers, check_count, check_positive
from bregma.brainbox.lfp.traces import check_sampling_rate, check_volts, read_traces
from bregma.brainbox.results import Labelled, values

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

NEAR_END = 0.96
"""Part of the range from which on a value counts as its end."""
BLOCK = 8192


@dataclass(frozen=True)
class SaturationCriteria:
    """When a sample counts as saturated, and how it is silenced.

    ``proportion`` of channels that must be exceeded at the same time; ``max_slope`` in volts per second, None to look
    at the range alone, as local field potential needs; ``mute_samples`` the length of the window around each
    saturated sample.
    """

    proportion: float = 0.2
    max_slope: float | None = 9.0
    mute_samples: int = 7


@dataclass(frozen=True)
class Saturation(Labelled):
    """Where a recording is saturated.

    ``saturated`` (n_samples,); ``mute`` (n_samples,) what to multiply traces with, 0 to 1, falling and rising smoothly
    around saturated samples.
    """

    saturated: Bools = values("sample")
    mute: Floats = values("sample")

    @property
    def intervals(self) -> Ints:
        """First saturated sample, and the first after it that is not, of each stretch (n_stretches, 2)."""
        edges = np.flatnonzero(np.diff(self.saturated.astype(np.int8), prepend=0, append=0))
        return edges.reshape(-1, 2).astype(np.int64)


def detect_saturation(
    traces: ArrayLike, sampling_rate: float, max_volts: ArrayLike, criteria: SaturationCriteria | None = None
) -> Saturation:
    """Find samples at which many channels are at the end of their range, or jump.

    Parameters
    ----------
    traces : (n_samples, n_channels) array
        In volts, samples first, not filtered.
    sampling_rate : float
        In Hz.
    max_volts : number or (n_channels,) array
        End of the range; `SpikeGLXMetadata.max_volts` has it. Values from 96 % of it on count.
    criteria : SaturationCriteria, optional

    Returns
    -------
    Saturation
        A jump is told at the sample before it.

    Raises
    ------
    InvalidInput
        If traces are not finite, not in volts (whole numbers) or transposed, or a limit is out of range.
    """
    criteria = criteria or SaturationCriteria()
    check_volts(traces)
    checked = read_traces(traces)
    check_sampling_rate(sampling_rate)
    limits = np.atleast_1d(as_floats("max_volts", max_volts, n_dims=(0, 1)))
    if limits.shape not in ((1,), (checked.shape[1],)) or not (limits > 0).all():
        raise InvalidInput(f"max_volts has shape {limits.shape}; give volts above zero, one or one per channel")
    if not 0 <= criteria.proportion < 1 or criteria.mute_samples < 1:
        raise InvalidInput(f"{criteria}: give a proportion from 0 to below 1, and at least one sample to mute")
    step = np.inf
    if criteria.max_slope is not None:
        check_positive("max_slope", criteria.max_slope)
        step = criteria.max_slope / sampling_rate
    saturated = np.zeros(len(checked), np.bool_)
    for start in range(0, len(checked), BLOCK):
        block = checked[start : start + BLOCK + 1]
        at_end = (np.abs(block) > NEAR_END * limits).mean(axis=1) > criteria.proportion
        jumps = (np.abs(np.diff(block, axis=0)) >= step).mean(axis=1) > criteria.proportion
        at_end[: len(jumps)] |= jumps
        saturated[start : start + BLOCK] = at_end[:BLOCK]
    return Saturation(saturated, mute_window(saturated, criteria.mute_samples))


def mute_window(saturated: ArrayLike, n_samples: int = 7) -> Floats:
    """Return what to multiply traces with: 0 where saturated, 1 farther away, falling as a cosine in between.

    ``n_samples`` is the length of the cosine around each saturated sample.
    """
    from scipy.signal import convolve
    from scipy.signal.windows import cosine

    check_count("n_samples", n_samples)
    marked = as_numbers("saturated", saturated, n_dims=1).astype(np.float64)
    if not marked.any():
        return np.ones(marked.size)
    covered = convolve(np.r_[np.zeros(n_samples), marked, np.zeros(n_samples)], cosine(n_samples), mode="same")
    mute: Floats = np.clip(1 - covered[n_samples:-n_samples], 0, 1)
    return mute
