"""A spike sorting: spikes, units and channels of one probe, and units as one table with all that is known of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from bregma.alf import AlfBunch
from bregma.brainbox.results import Concise
from bregma.sessions.errors import DataMissing, InconsistentData

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd
    from numpy.typing import NDArray


@dataclass(frozen=True)
class SpikeSorting(Concise):
    """A spike sorting; it unpacks into spikes, clusters and channels.

    Each part maps ALF attributes to arrays: ``spikes`` one value per spike (``times`` s, ``clusters``, ``amps`` V,
    ``depths`` µm), ``clusters`` one per unit, ``channels`` one per channel (``localCoordinates`` µm; where their
    place in the brain is known ``x``, ``y``, ``z`` in metres from bregma, ``atlas_id`` and ``acronym``). A part named
    in ``missing`` was not found: it has only empty arrays of its essential attributes. ``left_out`` says which
    attributes did not fit the others. ``histology`` says where the places of channels come from: ``alf``,
    ``resolved``, ``aligned``, ``traced``, or an empty text.
    """

    spikes: Mapping[str, Any]
    clusters: Mapping[str, Any]
    channels: Mapping[str, Any]
    collection: str
    missing: tuple[str, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)
    histology: str = ""

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        return iter((self.spikes, self.clusters, self.channels))

    @property
    def is_complete(self) -> bool:
        """Whether all three parts were found."""
        return not self.missing

    def merge_clusters(self, *, compute_metrics: bool = False) -> AlfBunch:
        """Put metrics and places together with the units: see `merge_clusters`."""
        return merge_clusters(self.spikes, self.clusters, self.channels, compute_metrics=compute_metrics)


def merge_clusters(
    spikes: Mapping[str, Any] | None,
    clusters: Mapping[str, Any],
    channels: Mapping[str, Any] | None,
    *,
    compute_metrics: bool = False,
) -> AlfBunch:
    """Put all that is known of each unit together: its attributes, its metrics, and the place of its channel.

    Parameters
    ----------
    spikes
        ``times``, ``clusters`` and, if known, ``amps`` and ``depths``: needed only to compute metrics.
    clusters
        One row per unit: ``channels``, ``metrics`` (a table), and others. Where there are none, the units are those
        that spikes name, with their metrics.
    channels
        One row per channel; None or empty adds nothing.
    compute_metrics
        Whether metrics are computed even though they are on file. They are in any case where there are none, or
        not one row for each unit.

    Returns
    -------
    AlfBunch
        By name one row per unit: ``cluster_id``, attributes, metrics (``label``, ``firing_rate`` …), and attributes
        of the unit's channel (``x``, ``acronym`` …; ``channels_labels`` where both have ``labels``). The inputs stay
        as they are.

    Raises
    ------
    DataMissing
        If metrics must be computed without spikes.
    InconsistentData
        If spikes are of units that there are not, or units on channels that there are not.
    """
    rows = {name: _as_column(values) for name, values in clusters.items() if name != "metrics"}
    n_units = _count(rows, clusters.get("metrics", ()))
    if not n_units and spikes and len(spikes.get("clusters", ())):
        return _list_units(spikes)
    table = clusters.get("metrics")
    fitting = table if table is not None and len(table) == n_units else None
    ids = _find_ids(clusters, spikes, n_units, fitting)
    table = _compute_metrics(spikes, ids) if compute_metrics or fitting is None else fitting
    merged = AlfBunch({"cluster_id": ids, **rows})
    merged.update({str(name): table[name].to_numpy() for name in table.columns if name != "cluster_id"})
    return _add_channels(merged, clusters, channels or {})


def _list_units(spikes: Mapping[str, Any]) -> AlfBunch:
    """Return the units that spikes name, and their metrics."""
    table = _compute_metrics(spikes, np.unique(np.asarray(spikes["clusters"])).astype(np.int64))
    return AlfBunch({str(name): table[name].to_numpy() for name in table.columns})


def _as_column(values: Any) -> Any:
    """Return the column of a table that has only one, as that of ``clusters.uuids.csv``; others as they are."""
    return values.iloc[:, 0].to_numpy() if np.ndim(values) == 2 and len(getattr(values, "columns", ())) == 1 else values


def _count(rows: Mapping[str, Any], metrics: Any) -> int:
    """Count the units, by their metrics if there is nothing else; raises InconsistentData where attributes disagree."""
    lengths = {name: len(values) for name, values in rows.items() if np.ndim(values)}
    if "channels" in lengths:
        return lengths["channels"]
    if not lengths:
        return len(metrics)
    if len(set(lengths.values())) != 1:
        raise InconsistentData(f"clusters have attributes of different lengths: {lengths}; load them of one revision")
    return next(iter(lengths.values()))


def _find_ids(
    clusters: Mapping[str, Any], spikes: Mapping[str, Any] | None, n_units: int, table: pd.DataFrame | None
) -> NDArray[np.int64]:
    """Return the number by which spikes name the unit of each row: said by the files, else the number of the row.

    Where spikes name just as many units as there are rows, but higher ones, rows are in the order of their numbers.
    """
    if "cluster_id" in clusters:
        ids = np.asarray(clusters["cluster_id"], dtype=np.int64)
    elif table is not None and "cluster_id" in table.columns:
        ids = table["cluster_id"].to_numpy(np.int64)
    else:
        ids = np.arange(n_units)
    named = np.unique(np.asarray(spikes["clusters"])) if spikes and len(spikes.get("clusters", ())) else ids
    if np.isin(named, ids).all():
        return ids
    if len(named) == n_units:
        return named.astype(np.int64)
    unknown = named[~np.isin(named, ids)]
    raise InconsistentData(
        f"{unknown.size} units of spikes are not among the {n_units} of clusters: {unknown[:5].tolist()}; "
        "load both of one sorting and revision"
    )


def _compute_metrics(spikes: Mapping[str, Any] | None, ids: NDArray[np.int64]) -> pd.DataFrame:
    from bregma.brainbox import compute_unit_metrics

    if not spikes or "times" not in spikes:
        raise DataMissing("the metrics on file do not fit, and without spikes they cannot be computed; pass spikes")
    more = (spikes.get("amps"), spikes.get("depths"))
    return compute_unit_metrics(spikes["times"], spikes["clusters"], *more, cluster_ids=ids)


def _add_channels(merged: AlfBunch, clusters: Mapping[str, Any], channels: Mapping[str, Any]) -> AlfBunch:
    known = {name: np.asarray(values) for name, values in channels.items() if np.ndim(values) and len(values)}
    if not known or "channels" not in clusters:
        return merged
    lengths = {name: len(values) for name, values in known.items()}
    if len(set(lengths.values())) > 1:
        raise InconsistentData(f"channels have attributes of different lengths: {lengths}; load them of one revision")
    rows, n_channels = np.asarray(clusters["channels"]), max(lengths.values())
    outside = rows[~((rows >= 0) & (rows < n_channels))]  # NaN is outside
    if outside.size:
        raise InconsistentData(f"a unit is on channel {outside[0]}, but there are {n_channels}; load one sorting only")
    for name, values in known.items():
        merged[f"channels_{name}" if name in merged else name] = values[rows.astype(np.intp)]
    return merged
