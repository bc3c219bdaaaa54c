"""Spikes at the same sample as those of other units: of shared noise, or of one spike split into two units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bregma.brainbox.arrays import Floats, Ints, check_positive
from bregma.brainbox.results import Labelled, axis, values
from bregma.brainbox.spikes.trains import read_spikes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike


@dataclass(frozen=True)
class Synchrony(Labelled):
    """Fraction of each unit's spikes that coincide with others.

    ``fraction`` (n_units, n_sizes): at the sample of how many of the unit's spikes at least ``sizes`` spikes lie,
    its own included, over all its spikes; NaN for a unit without spikes.
    """

    cluster_ids: Ints = axis("cluster")
    sizes: Ints = axis("size")
    fraction: Floats = values("cluster", "size")


def compute_synchrony(
    spike_times: ArrayLike,
    spike_clusters: ArrayLike,
    cluster_ids: ArrayLike | None = None,
    *,
    sizes: Sequence[int] = (2, 4, 8),
    sampling_rate: float = 30_000.0,
) -> Synchrony:
    """Compute how often spikes of a unit coincide with other spikes.

    Parameters
    ----------
    spike_times, spike_clusters : (n_spikes,) arrays
        Seconds and cluster id of each spike, in any order; spikes at NaN are left out.
    cluster_ids : (n_units,) array or None
        Units to measure, in this order; spikes of others count as coinciding. None: all that occur.
    sizes
        Fewest spikes at one sample.
    sampling_rate
        Samples per second; a lower one counts spikes that are near as coinciding.

    Returns
    -------
    Synchrony

    Raises
    ------
    InvalidInput
        If lengths differ, ids are not whole numbers, or a unit is asked for twice.

    References
    ----------
    Grün et al. (1999), J. Neurosci. Methods 94:67; SpikeInterface's quality metric "synchrony".
    """
    check_positive("sampling_rate", sampling_rate)
    trains = read_spikes(spike_times, spike_clusters, cluster_ids)
    samples = np.floor(trains.times * sampling_rate + 1e-3)
    firsts = np.flatnonzero(np.append(True, np.diff(samples) > 0)) if samples.size else np.zeros(0, dtype=np.int64)
    crowd = np.diff(np.append(firsts, samples.size))
    shared = np.repeat(crowd, crowd) >= 2
    # Two spikes of one unit at one sample are one event of that unit.
    events = np.repeat(np.arange(crowd.size), crowd)[shared] * (trains.n_units + 1) + trains.rows[shared] + 1
    event, row = np.divmod(np.unique(events), trains.n_units + 1)
    counts = np.stack(
        [np.bincount(row[crowd[event] >= size], minlength=trains.n_units + 1)[1:] for size in sizes], axis=1
    )
    n_spikes = trains.by_unit.counts.astype(np.float64)
    n_spikes[n_spikes == 0] = np.nan
    return Synchrony(trains.cluster_ids, np.asarray(sizes, dtype=np.int64), counts / n_spikes[:, None])
