"""Drift maps: spikes over time and depth. Times in seconds, depths in micrometres."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from bregma.brainbox.arrays import (
    Floats,
    Ints,
    InvalidInput,
    Window,
    as_floats,
    bin_centres,
    check_positive,
    check_same_length,
    check_window,
)

MAX_CELLS = 200_000_000


@dataclass(frozen=True)
class DriftMap:
    """Spikes over time and depth.

    ``times`` (n_times,) and ``depths_um`` (n_depths,) are the centres of bins; ``counts`` (n_depths, n_times) the
    spikes in each; ``amplitudes`` their mean amplitude (in the unit given, NaN in empty bins) or None.
    """

    times: Floats
    depths_um: Floats
    counts: Ints
    amplitudes: Floats | None = None


def compute_drift_map(
    times: ArrayLike,
    depths: ArrayLike,
    amps: ArrayLike | None = None,
    *,
    time_bin: float = 1.0,
    depth_bin_um: float = 20.0,
    time_limits: Window | None = None,
    depth_limits_um: Window | None = None,
) -> DriftMap:
    """Count spikes over time and depth.

    Parameters
    ----------
    times, depths : (n_spikes,) arrays
        Seconds and micrometres; depths may be negative. Spikes with a NaN are left out.
    amps : (n_spikes,) array, optional
        Amplitudes, to average in each bin.
    time_bin, depth_bin_um
        Sizes of the bins.
    time_limits, depth_limits_um
        Range to cover, from the start of the first bin; spikes outside are left out. By default all spikes,
        from multiples of the bin sizes.

    Returns
    -------
    DriftMap
        Of no bins when there are no spikes and no limits.

    Raises
    ------
    InvalidInput
        If lengths differ, a bin size is not above zero, limits are empty, or the map would not fit in memory.
    """
    when, where = as_floats("times", times), as_floats("depths", depths)
    weights = None if amps is None else as_floats("amps", amps)
    check_same_length(times=when, depths=where, amps=where if weights is None else weights)
    known = np.isfinite(when) & np.isfinite(where)
    column, first_time, n_times = place_in_bins(when, known, time_bin, time_limits, name="time_bin")
    row, first_depth, n_depths = place_in_bins(where, known, depth_bin_um, depth_limits_um, name="depth_bin_um")
    if n_times * n_depths > MAX_CELLS:
        raise InvalidInput(f"a map of {n_depths} depths by {n_times} times is too large; use larger bins")
    inside = (column >= 0) & (row >= 0)
    cells = row[inside] * n_times + column[inside]
    counts = np.bincount(cells, minlength=n_depths * n_times).reshape(n_depths, n_times)
    return DriftMap(
        times=bin_centres(first_time, time_bin, n_times),
        depths_um=bin_centres(first_depth, depth_bin_um, n_depths),
        counts=counts.astype(np.int64),
        amplitudes=None if weights is None else _average(weights[inside], cells, counts.shape),
    )


def place_in_bins(
    values: Floats, known: np.ndarray[tuple[int], np.dtype[np.bool_]], size: float, limits: Window | None, *, name: str
) -> tuple[Ints, float, int]:
    """Return the bin of each value (-1 outside or unknown), the start of the first bin and the number of bins."""
    check_positive(name, size)
    if limits is not None:
        check_window(limits)
        start, n_bins = limits[0], int(np.ceil((limits[1] - limits[0]) / size - 1e-9))
    elif known.any():
        start = float(np.floor(values[known].min() / size) * size)
        n_bins = int(np.floor((values[known].max() - start) / size + 1e-9)) + 1
    else:
        start, n_bins = 0.0, 0
    place = np.full(values.size, -1, dtype=np.int64)
    place[known] = np.floor((values[known] - start) / size + 1e-9)
    inside = (place >= 0) & (place < n_bins)
    return np.where(inside, place, -1), start, n_bins


def _average(amps: Floats, cells: Ints, shape: tuple[int, ...]) -> Floats:
    """Return the mean of the known amplitudes in each cell, NaN where there are none."""
    known = np.isfinite(amps)
    size = int(np.prod(shape))
    total = np.bincount(cells[known], weights=amps[known], minlength=size)
    number = np.bincount(cells[known], minlength=size)
    mean = np.full(size, np.nan)
    np.divide(total, number, out=mean, where=number > 0)
    return mean.reshape(shape)
