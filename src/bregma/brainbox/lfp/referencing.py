"""Common reference: what all channels share at an instant is taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from bregma.brainbox.arrays import InvalidInput
from bregma.brainbox.lfp.traces import Traces, read_per_channel, read_traces

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike, NDArray

Operator = Literal["median", "mean"]


def common_reference(traces: ArrayLike, operator: Operator = "median", *, groups: ArrayLike | None = None) -> Traces:
    """Subtract from every sample the median or the mean over channels.

    Parameters
    ----------
    traces : (n_samples, n_channels) array
        Samples first, in any unit.
    operator : 'median' or 'mean'
        The median is not moved by a few channels with spikes or noise.
    groups : (n_channels,) array of whole numbers, optional
        Channels with the same number, such as those of one shank, are referenced among themselves.

    Returns
    -------
    (n_samples, n_channels) array
        New; 64-bit floats for 64-bit floats, else 32-bit. A group of one channel becomes zero.

    Raises
    ------
    InvalidInput
        If traces are not finite or transposed, the operator is not known, or groups do not fit the channels.
    """
    checked = read_traces(traces)
    if operator not in ("median", "mean"):
        raise InvalidInput(f"operator is {operator!r}; give 'median' or 'mean'")
    referenced = np.empty_like(checked)
    for channels in split_groups(groups, checked.shape[1]):
        group = checked[:, channels]
        shared = channel_median(group) if operator == "median" else group.mean(axis=1)
        referenced[:, channels] = group - shared[:, np.newaxis]
    return referenced


def channel_median(traces: Traces) -> Traces:
    """Return the median over channels of each sample (n_samples,); numpy's own takes four times as long."""
    half = traces.shape[1] // 2
    parted = np.partition(traces, half, axis=1)
    if traces.shape[1] % 2:
        return parted[:, half]
    middle: Traces = (parted[:, half] + parted[:, :half].max(axis=1)) / 2
    return middle


def split_groups(groups: ArrayLike | None, n_channels: int) -> Iterator[slice | NDArray[np.intp]]:
    """Yield the channels of each group; all of them when there are no groups, or one."""
    if groups is None:
        yield slice(None)
        return
    numbers = read_per_channel("groups", groups, n_channels, np.int64)
    different = np.unique(numbers)
    if len(different) == 1:
        yield slice(None)
        return
    for number in different:
        yield np.flatnonzero(numbers == number)
