"""Activity maps: spikes over time and unit, for recordings whose depths are unknown. Times in seconds."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from bregma.brainbox.arrays import (
    Floats,
    Ints,
    InvalidInput,
    Window,
    as_floats,
    as_ids,
    bin_centres,
    check_same_length,
    select_units,
    unit_rows,
)
from bregma.brainbox.spikes.drift import MAX_CELLS, place_in_bins


@dataclass(frozen=True)
class ActivityMap:
    """Spikes over time and unit.

    ``times`` (n_times,) are the centres of bins; ``counts`` (n_units, n_times) the spikes in each; row i is unit
    ``cluster_ids[i]``.
    """

    times: Floats
    cluster_ids: Ints
    counts: Ints


def compute_activity_map(
    times: ArrayLike,
    clusters: ArrayLike,
    cluster_ids: ArrayLike | None = None,
    *,
    time_bin: float = 1.0,
    time_limits: Window | None = None,
) -> ActivityMap:
    """Count the spikes of each unit over time.

    Parameters
    ----------
    times, clusters : (n_spikes,) arrays
        Time and unit of each spike, in any order. Spikes at NaN are left out.
    cluster_ids : (n_units,) array, optional
        Units to count, in this order; those without spikes get zeros. By default all that occur, ascending.
    time_bin
        Size of the bins.
    time_limits
        Range to cover, from the start of the first bin; spikes outside are left out. By default all spikes of the
        units, from a multiple of the bin size.

    Returns
    -------
    ActivityMap
        Of no times when there are no spikes and no limits.

    Raises
    ------
    InvalidInput
        If lengths differ, the bin size is not above zero, the limits are empty, a unit is asked for twice, or the map
        would not fit in memory.
    """
    when, units = as_floats("times", times), as_ids("clusters", clusters)
    check_same_length(times=when, clusters=units)
    ids = select_units(units, cluster_ids)
    row = unit_rows(units, ids)
    column, first, n_times = place_in_bins(when, np.isfinite(when) & (row >= 0), time_bin, time_limits, name="time_bin")
    if ids.size * n_times > MAX_CELLS:
        raise InvalidInput(f"a map of {ids.size} units by {n_times} times is too large; use larger bins")
    inside = column >= 0
    cells = row[inside] * n_times + column[inside]
    counts = np.bincount(cells, minlength=ids.size * n_times).reshape(ids.size, n_times)
    return ActivityMap(bin_centres(first, time_bin, n_times), ids, counts.astype(np.int64))
