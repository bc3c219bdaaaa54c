"""Autocorrelograms: how the spikes of a unit follow each other. Times in seconds."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from bregma.brainbox.arrays import (
    Floats,
    Ints,
    as_floats,
    as_ids,
    bin_centres,
    check_same_length,
    count_bins,
    select_units,
    unit_rows,
)


@dataclass(frozen=True)
class Autocorrelograms:
    """Pairs of spikes per lag.

    ``lags`` (n_lags,) are bin centres in seconds, symmetric around 0; ``counts`` (n_units, n_lags) are ordered
    pairs of different spikes, so that a row is symmetric; row i is unit ``cluster_ids[i]``.
    """

    lags: Floats
    cluster_ids: Ints
    counts: Ints


def compute_autocorrelograms(
    spike_times: ArrayLike,
    spike_clusters: ArrayLike,
    cluster_ids: ArrayLike | None = None,
    *,
    bin_size: float = 0.001,
    half_window: float = 0.05,
) -> Autocorrelograms:
    """Compute the autocorrelogram of each unit.

    Bins are centred on multiples of `bin_size`; the bin of lag 0 holds pairs closer than half a bin. A spike is
    never paired with itself.

    Parameters
    ----------
    spike_times, spike_clusters : (n_spikes,) arrays
        Time and unit of each spike, in any order. Spikes at NaN are left out.
    cluster_ids : (n_units,) array or None
        Units to compute, in this order. None: all that occur.
    bin_size
        Seconds.
    half_window
        Largest lag, seconds; a whole number of bins.

    Returns
    -------
    Autocorrelograms

    Raises
    ------
    InvalidInput
        If lengths differ, the window is not a whole number of bins, or a unit is asked for twice.
    """
    times, clusters = as_floats("spike_times", spike_times), as_ids("spike_clusters", spike_clusters)
    check_same_length(spike_times=times, spike_clusters=clusters)
    n_half = count_bins(half_window, bin_size, name="half_window")
    ids = select_units(clusters, cluster_ids)
    later = np.zeros((ids.size, n_half + 1), dtype=np.int64)
    for unit, lag in spike_pairs(times, unit_rows(clusters, ids), (n_half + 0.5) * bin_size):
        place = np.floor(lag / bin_size + 0.5).astype(np.int64)
        inside = place <= n_half
        keys = unit[inside] * (n_half + 1) + place[inside]
        later += np.bincount(keys, minlength=later.size).reshape(later.shape)
    counts = np.concatenate([later[:, :0:-1], 2 * later[:, :1], later[:, 1:]], axis=1)
    return Autocorrelograms(bin_centres(-(n_half + 0.5) * bin_size, bin_size, 2 * n_half + 1), ids, counts)


def spike_pairs(times: Floats, rows: Ints, max_lag: float) -> Iterator[tuple[Ints, Floats]]:
    """Yield unit row and lag of every pair of spikes of one unit at most `max_lag` apart, in batches.

    Batch k pairs each spike with the k-th after it. A spike whose k-th neighbour is too far leaves the search,
    so that the work is the number of pairs, whatever the rates. Spikes of row -1 or at NaN are left out.
    """
    used = (rows >= 0) & np.isfinite(times)
    order = np.lexsort((times[used], rows[used]))
    spikes, units = times[used][order], rows[used][order]
    near = np.arange(spikes.size)
    step = 1
    while near.size:
        near = near[near + step < spikes.size]
        lag = spikes[near + step] - spikes[near]
        close = (units[near + step] == units[near]) & (lag <= max_lag)
        near, lag = near[close], lag[close]
        yield units[near], lag
        step += 1
