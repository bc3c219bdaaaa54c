"""Sorted spikes of one recording as one object: what other libraries take and give."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from bregma.brainbox.arrays import Floats, Ints, InvalidInput, as_floats, as_ids, check_same_length
from bregma.brainbox.results import Concise
from bregma.brainbox.spikes.trains import read_spikes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class SortedSpikes(Concise):
    """Spikes and the table of their units; `read_sorted_spikes` checks and makes one.

    ``times`` (n_spikes,) s, ascending; ``clusters`` (n_spikes,); ``amps`` in volts and ``depths`` in micrometres
    (n_spikes,) or None; ``cluster_ids`` (n_units,), those without spikes included; ``units`` one array (n_units,) per
    column of the table.
    """

    times: Floats
    clusters: Ints
    cluster_ids: Ints
    amps: Floats | None = None
    depths: Floats | None = None
    units: Mapping[str, NDArray[Any]] = field(default_factory=lambda: MappingProxyType({}))

    def of_unit(self, cluster_id: int, values: NDArray[Any]) -> NDArray[Any]:
        """Return the values, one per spike, of one unit's spikes."""
        chosen: NDArray[Any] = values[self.clusters == cluster_id]
        return chosen

    def named(self, name: str) -> Floats:
        """Return ``amps`` or ``depths``; raises `InvalidInput` if there are none, or for another name."""
        values = {"amps": self.amps, "depths": self.depths}.get(name)
        if values is None:
            raise InvalidInput(f"the spikes have no {name!r}; give 'amps' or 'depths', and spikes that have them")
        return values


def read_sorted_spikes(
    spike_times: ArrayLike,
    spike_clusters: ArrayLike,
    *,
    amps: ArrayLike | None = None,
    depths: ArrayLike | None = None,
    cluster_ids: ArrayLike | None = None,
    units: Mapping[str, ArrayLike] | None = None,
) -> SortedSpikes:
    """Check sorted spikes and put them in the order of time.

    Parameters
    ----------
    spike_times, spike_clusters : (n_spikes,) arrays
        Seconds and cluster ids, in any order; spikes at NaN are left out.
    amps, depths : (n_spikes,) arrays, optional
        Volts and micrometres.
    cluster_ids : (n_units,) array, optional
        Ids of the rows of `units`; by default all that have spikes, ascending. Spikes of other units are left out.
    units : mapping or DataFrame, optional
        Columns (n_units,) of the table of units. Names of columns are kept.

    Raises
    ------
    InvalidInput
        If lengths differ, ids are not whole numbers or an id comes twice.
    """
    trains = read_spikes(spike_times, spike_clusters, cluster_ids)
    clusters = trains.arrange(as_ids("spike_clusters", spike_clusters)).astype(np.int64)
    known = trains.rows >= 0
    columns = {name: np.array(values) for name, values in dict(units or {}).items()}
    check_same_length(cluster_ids=trains.cluster_ids, **columns)
    given = {
        name: trains.arrange(as_floats(name, values)).astype(np.float64)
        for name, values in {"amps": amps, "depths": depths}.items()
        if values is not None
    }
    check_same_length(spike_times=trains.times, **given)
    return SortedSpikes(
        times=trains.times[known],
        clusters=clusters[known],
        cluster_ids=trains.cluster_ids,
        units=MappingProxyType(columns),
        **{name: values[known] for name, values in given.items()},
    )
