"""Fewer samples: local field potential from wide-band traces."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bregma.brainbox.arrays import InvalidInput, check_count
from bregma.brainbox.lfp.traces import Traces, read_traces

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

TAPS = 256
"""Order of the low-pass filter."""


def decimate(traces: ArrayLike, factor: int) -> Traces:
    """Keep one sample of `factor`, after a low-pass filter that moves nothing in time.

    A symmetric filter of 257 values (Hamming window) removes what the new rate could not hold, from
    ``0.5 / factor`` of the old rate on. Before the first and after the last sample it meets zeros: cut long
    recordings in overlapping stretches, and take what lies in the middle.

    Parameters
    ----------
    traces : (n_samples, n_channels) array
        Samples first, in any unit.
    factor : int
        12 takes 30 kHz to 2500 Hz.

    Returns
    -------
    (ceil(n_samples / factor), n_channels) array
        Row i is at sample ``i * factor``; 64-bit floats for 64-bit floats, else 32-bit.

    Raises
    ------
    InvalidInput
        If traces are not finite or transposed, or the factor is not a whole number from 1 on.
    """
    check_count("factor", factor)
    from scipy.signal import firwin, resample_poly

    checked = read_traces(traces)
    if factor < 1 or factor != int(factor):
        raise InvalidInput(f"factor is {factor}; give a whole number from 1 on")
    if factor == 1:
        return checked.copy()
    window = firwin(TAPS + 1, 1 / factor, window="hamming")
    fewer = np.asarray(resample_poly(checked, 1, int(factor), axis=0, window=window))  # type: ignore[call-overload]
    return fewer.astype(checked.dtype, copy=False)
