"""Sub-sample shifts: channels that one converter reads in turn, brought to one instant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bregma.brainbox.lfp.traces import Traces, read_per_channel, read_traces

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

BLOCK = 48
"""Channels transformed at once, so that what is in work stays in the processor's cache."""


def shift_samples(traces: ArrayLike, shifts: ArrayLike) -> Traces:
    """Delay each channel by a part of a sample, exactly for what is below half the sampling rate.

    A phase that grows with frequency is added to the Fourier transform of each channel. The traces are taken as
    periodic: some samples at each end see the other end, so process overlapping stretches and drop their ends.

    Parameters
    ----------
    traces : (n_samples, n_channels) array
        Samples first, in any unit.
    shifts : (n_channels,) array
        In samples; what is positive comes later. `ProbeGeometry.sample_shifts` of a Neuropixels probe aligns its
        channels.

    Returns
    -------
    (n_samples, n_channels) array
        New; 64-bit floats for 64-bit floats, else 32-bit.

    Raises
    ------
    InvalidInput
        If traces are not finite or transposed, or there is not one finite shift per channel.
    """
    checked = read_traces(traces)
    per_channel = read_per_channel("shifts", shifts, checked.shape[1])
    shifted = np.empty_like(checked)
    for start in range(0, checked.shape[1], BLOCK):
        block = slice(start, start + BLOCK)
        shifted[:, block] = _shift_block(checked[:, block], per_channel[block])
    return shifted


def _shift_block(traces: Traces, shifts: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Traces:
    from scipy.fft import irfft, rfft

    n_samples = len(traces)
    spectrum = rfft(np.ascontiguousarray(traces.T), axis=1)
    different, place = np.unique(shifts, return_inverse=True)
    turns = -2j * np.pi / n_samples * np.arange(spectrum.shape[1])
    spectrum *= np.exp(np.multiply.outer(different, turns)).astype(spectrum.dtype)[place]
    moved: Traces = irfft(spectrum, n_samples, axis=1, overwrite_x=True)
    return moved.T
