"""Traces of many channels, checked once: an array (n_samples, n_channels), samples first, as files hold them."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bregma.brainbox.arrays import InvalidInput, as_numbers, check_positive

Traces: TypeAlias = NDArray[np.floating]

WIDE = 16
"""Channels from which an array with fewer samples than channels is taken for a transposed one."""


def read_traces(traces: ArrayLike, *, min_samples: int = 1) -> Traces:
    """Check traces and return them in floating point.

    Parameters
    ----------
    traces : (n_samples, n_channels) array
        Samples first. 64-bit floats stay what they are; all else, whole numbers too, becomes 32-bit floats.
        Nothing is copied where the type fits.
    min_samples : int
        Fewest samples that the caller can work with.

    Raises
    ------
    InvalidInput
        If there are not two dimensions, more channels than samples (channels come second), too few samples,
        no channels, or a value that is not finite.
    """
    array = as_numbers("traces", traces)
    if array.dtype == np.bool_:
        raise InvalidInput("traces are booleans; give numbers")
    check_shape(array.shape)
    is_double = array.dtype.newbyteorder("=") == np.float64
    array = np.ascontiguousarray(array, dtype=np.float64 if is_double else np.float32)
    if len(array) < min_samples:
        raise InvalidInput(f"traces have {len(array)} samples; this needs at least {min_samples}")
    _check_finite(array)
    return array


def check_shape(shape: tuple[int, ...]) -> None:
    """Raise `InvalidInput` unless the shape is (n_samples, n_channels), more samples than channels."""
    if len(shape) != 2 or shape[1] == 0:
        raise InvalidInput(f"traces have shape {shape}; give (n_samples, n_channels), one channel as (n_samples, 1)")
    if shape[1] > shape[0] and shape[1] >= WIDE:
        raise InvalidInput(
            f"traces have shape {shape}, more channels than samples; samples come first: give traces.T, "
            "or a longer stretch of the recording"
        )


def check_sampling_rate(sampling_rate: float, *, above: float = 0.0) -> None:
    """Raise `InvalidInput` unless the rate is a number of Hz, more than twice the frequency `above`."""
    check_positive("sampling_rate", sampling_rate)
    if 2 * above >= sampling_rate:
        raise InvalidInput(
            f"a frequency of {above:g} Hz is not below half the sampling_rate of {sampling_rate:g} Hz; give both in Hz"
        )


def read_per_channel(name: str, values: ArrayLike, n_channels: int, dtype: type = np.float64) -> NDArray[Any]:
    """Return one value per channel; raises `InvalidInput` for another number of them or a value not finite."""
    array = as_numbers(name, values)
    if array.shape != (n_channels,):
        raise InvalidInput(f"{name} has shape {array.shape}; the traces have {n_channels} channels")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise InvalidInput(f"{name} has values that are not finite")
    return array.astype(dtype)


def _check_finite(array: Traces) -> None:
    with np.errstate(invalid="ignore", over="ignore"):
        total = float(array.sum(dtype=np.float64)) if array.dtype == np.float32 else float(array.sum())
    if np.isfinite(total):
        return
    wrong = np.argwhere(~np.isfinite(array))
    if len(wrong):
        sample, channel = wrong[0]
        raise InvalidInput(
            f"traces have {len(wrong)} values that are not finite, the first at sample {sample} of channel {channel}; "
            "replace them, or choose another stretch"
        )


def check_volts(traces: ArrayLike) -> None:
    """Raise `InvalidInput` for whole numbers, which are not scaled to volts yet."""
    kind = as_numbers("traces", traces).dtype
    if kind.kind in "iu":
        raise InvalidInput(f"traces are {kind}, as in the file; multiply them by the volts per bit of their channels")
