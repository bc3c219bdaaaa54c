"""Activity maps: spikes over time and unit, for recordings whose depths are unknown. Times in seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bregma.brainbox.arrays import Floats, Ints, Window, as_numbers, check_same_length
from bregma.brainbox.results import Labelled, axis, values
from bregma.brainbox.spikes.binning import Counts, count_on_grid, cover, row_axis
from bregma.brainbox.spikes.trains import read_spikes

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


@dataclass(frozen=True)
class ActivityMap(Labelled):
    """Spikes over time and unit.

    ``times`` (n_times,) are the centres of bins; ``counts`` (n_units, n_times) the spikes in each; row i is unit
    ``cluster_ids[i]``.
    """

    times: Floats = axis("time", unit="s")
    cluster_ids: Ints = axis("cluster")
    counts: Counts = values("cluster", "time")


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
    check_same_length(times=as_numbers("times", times, n_dims=1), clusters=as_numbers("clusters", clusters, n_dims=1))
    trains = read_spikes(times, clusters, cluster_ids)
    used = trains.times if cluster_ids is None else trains.times[trains.rows >= 0]
    time_axis = cover("time_bin", used, time_bin, time_limits)
    counts = count_on_grid(trains.times, trains.rows, time_axis, row_axis(trains.n_units))
    return ActivityMap(time_axis.centres, trains.cluster_ids, counts)
