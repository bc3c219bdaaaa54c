"""Spikes unit by unit: grouped, averaged, and units chosen by them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bregma.brainbox.arrays import Floats, Ints, as_ids, check_same_length
from bregma.brainbox.results import Labelled, axis, values
from bregma.brainbox.spikes.binning import read_numbers
from bregma.brainbox.spikes.trains import read_spikes


@dataclass(frozen=True)
class GroupedSpikes(Mapping[int, dict[str, NDArray[Any]]]):
    """The spikes of each unit, in time: ``spikes[cluster_id]["times"]``.

    ``fields``: for each name the values of all spikes, one unit after another (n_spikes,); those of unit
    ``cluster_ids[i]`` are ``starts[i]`` to ``starts[i + 1]``.
    """

    cluster_ids: Ints
    starts: Ints
    fields: dict[str, NDArray[Any]]

    def __getitem__(self, cluster_id: int) -> dict[str, NDArray[Any]]:
        found = np.flatnonzero(self.cluster_ids == cluster_id)
        if found.size == 0:
            raise KeyError(f"no unit {cluster_id} among {self.cluster_ids.size}")
        first, last = self.starts[found[0] : found[0] + 2]
        return {name: content[first:last] for name, content in self.fields.items()}

    def __iter__(self) -> Iterator[int]:
        return iter(self.cluster_ids.tolist())

    def __len__(self) -> int:
        return self.cluster_ids.size

    @property
    def n_spikes(self) -> Ints:
        """Spikes of each unit (n_units,)."""
        return np.diff(self.starts)


@dataclass(frozen=True)
class ClusterAverages(Labelled):
    """The mean of a variable over the spikes of each unit.

    ``mean`` (n_units,), NaN for units without known values; ``counts`` (n_units,): the values averaged; row i is
    unit ``cluster_ids[i]``.
    """

    cluster_ids: Ints = axis("cluster")
    mean: Floats = values("cluster")
    counts: Ints = values("cluster")


def group_spikes(
    spike_times: ArrayLike,
    spike_clusters: ArrayLike,
    fields: Mapping[str, ArrayLike] | None = None,
    *,
    cluster_ids: ArrayLike | None = None,
) -> GroupedSpikes:
    """Group spikes, and what is known of each, by unit.

    Parameters
    ----------
    spike_times, spike_clusters : (n_spikes,) arrays
        Seconds and cluster id of each spike, in any order; spikes at NaN are left out.
    fields : name -> (n_spikes,) or (n_spikes, ...) array, optional
        More about each spike, such as amps and depths.
    cluster_ids : (n_units,) array or None
        Units to keep, in this order, those without spikes included. None: all that occur.

    Returns
    -------
    GroupedSpikes
        A mapping of cluster id to the unit's ``times`` and other fields, in time.

    Raises
    ------
    InvalidInput
        If lengths differ, or a unit is asked for twice.
    """
    trains = read_spikes(spike_times, spike_clusters, cluster_ids)
    units = trains.by_unit
    place = units.place if trains.order is None else trains.order[units.place]
    grouped: dict[str, NDArray[Any]] = {"times": units.times}
    for name, content in (fields or {}).items():
        array = np.asarray(content)
        check_same_length(spike_times=np.asarray(spike_times), **{name: array})
        grouped[name] = array[place]
    return GroupedSpikes(trains.cluster_ids, units.starts, grouped)


def compute_cluster_average(
    spike_clusters: ArrayLike, spike_values: ArrayLike, cluster_ids: ArrayLike | None = None
) -> ClusterAverages:
    """Average a variable of spikes, such as amplitude or depth, over the spikes of each unit.

    Parameters
    ----------
    spike_clusters : (n_spikes,) array
        Cluster id of each spike.
    spike_values : (n_spikes,) array
        NaN are left out.
    cluster_ids : (n_units,) array or None
        Units to average, in this order, those without spikes included. None: all that occur.

    Raises
    ------
    InvalidInput
        If lengths differ, ids are not whole numbers, or a unit is asked for twice.
    """
    ids_of, content = as_ids("spike_clusters", spike_clusters), read_numbers("spike_values", spike_values)
    check_same_length(spike_clusters=ids_of, spike_values=content)
    trains = read_spikes(np.broadcast_to(0.0, ids_of.shape), ids_of, cluster_ids)
    known = np.isfinite(content)
    # Rows of other units are -1, those of unknown values become so: they go to a place before the first.
    rows = trains.rows if known.all() else np.where(known, trains.rows, -1)
    content = content if known.all() else np.where(known, content, 0)
    counts = np.bincount(rows + 1, minlength=trains.n_units + 1)[1:]
    total = np.bincount(rows + 1, weights=content, minlength=trains.n_units + 1)[1:]
    return ClusterAverages(trains.cluster_ids, total / np.where(counts, counts, np.nan), counts)
