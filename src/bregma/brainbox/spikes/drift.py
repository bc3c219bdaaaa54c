"""Drift maps: spikes over time and depth. Times in seconds, depths in micrometres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bregma.brainbox.arrays import Floats, Window, check_same_length
from bregma.brainbox.results import Labelled, axis, values
from bregma.brainbox.spikes.binning import BinAxis, Counts, Numbers, count_on_grid, cover, read_numbers

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


@dataclass(frozen=True)
class DriftMap(Labelled):
    """Spikes over time and depth.

    ``times`` (n_times,) and ``depths_um`` (n_depths,) are the centres of bins; ``counts`` (n_depths, n_times) the
    spikes in each; ``amplitudes`` their mean amplitude (in the unit given, NaN in empty bins) or None.
    """

    times: Floats = axis("time", unit="s")
    depths_um: Floats = axis("depth", unit="um")
    counts: Counts = values("depth", "time")
    amplitudes: Floats | None = values("depth", "time", default=None)


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
    when, where = read_numbers("times", times), read_numbers("depths", depths)
    weights = None if amps is None else read_numbers("amps", amps)
    check_same_length(times=when, depths=where, amps=where if weights is None else weights)
    columns = cover("time_bin", _where_known(when, where), time_bin, time_limits)
    rows = cover("depth_bin_um", _where_known(where, when), depth_bin_um, depth_limits_um)
    counts = count_on_grid(when, where, columns, rows)
    amplitudes = None if weights is None else _average(when, where, columns, rows, weights)
    return DriftMap(columns.centres, rows.centres, counts, amplitudes)


def _where_known(numbers: Numbers, others: Numbers) -> Numbers:
    """Return the numbers whose partners are finite, without a copy where all are."""
    known = np.isfinite(others)
    return numbers if known.all() else numbers[known]


def _average(when: Numbers, where: Numbers, columns: BinAxis, rows: BinAxis, amps: Numbers) -> Floats:
    """Return the mean of the known amplitudes in each cell, NaN where there are none."""
    known = np.isfinite(amps)
    if not known.all():
        when, where, amps = when[known], where[known], amps[known]
    total = count_on_grid(when, where, columns, rows, amps)
    number = count_on_grid(when, where, columns, rows)
    mean = np.full(total.shape, np.nan)
    np.divide(total, number, out=mean, where=number > 0)
    return mean
