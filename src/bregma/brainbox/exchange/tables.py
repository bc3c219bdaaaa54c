"""To and from pandas: tables of spikes and units, and any result as one long table."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import numpy as np

from bregma.brainbox.arrays import InvalidInput
from bregma.brainbox.exchange.sorting import SortedSpikes, read_sorted_spikes

if TYPE_CHECKING:
    import pandas as pd

    from bregma.brainbox.results import Labelled


def spikes_to_pandas(spikes: SortedSpikes) -> pd.DataFrame:
    """Return one row per spike: ``times`` in seconds, ``clusters``, and ``amps`` and ``depths`` where there are."""
    import pandas as pd

    columns = {"times": spikes.times, "clusters": spikes.clusters, "amps": spikes.amps, "depths": spikes.depths}
    return pd.DataFrame({name: column for name, column in columns.items() if column is not None})


def units_to_pandas(spikes: SortedSpikes) -> pd.DataFrame:
    """Return one row per unit: the columns of the table, by ``cluster_id``."""
    import pandas as pd

    return pd.DataFrame(dict(spikes.units), index=pd.Index(spikes.cluster_ids, name="cluster_id"))


def spikes_from_pandas(spikes: pd.DataFrame, units: pd.DataFrame | None = None) -> SortedSpikes:
    """Read sorted spikes from a table, as `spikes_to_pandas` makes it.

    Parameters
    ----------
    spikes : DataFrame
        ``times`` in seconds and ``clusters``; ``amps`` and ``depths`` where there are.
    units : DataFrame, optional
        By cluster id, as its index or its column ``cluster_id``.

    Raises
    ------
    InvalidInput
        If a column is missing, ids are not whole numbers or one comes twice.
    """
    if missing := {"times", "clusters"} - set(spikes.columns):
        raise InvalidInput(f"the table of spikes has no column {', '.join(sorted(missing))}; it has {[*spikes]}")
    table = units if units is None or "cluster_id" not in units else units.set_index("cluster_id")
    return read_sorted_spikes(
        spikes["times"].to_numpy(),
        spikes["clusters"].to_numpy(),
        amps=spikes["amps"].to_numpy() if "amps" in spikes else None,
        depths=spikes["depths"].to_numpy() if "depths" in spikes else None,
        cluster_ids=None if table is None else table.index.to_numpy(),
        units=None if table is None else {str(name): table[name].to_numpy() for name in table},
    )


def result_to_pandas(result: Labelled) -> pd.DataFrame:
    """Write a result as a long table: one row per value, and a column for each axis.

    Parameters
    ----------
    result : any labelled result, such as `PSTH`
        Arrays with all axes of its largest array become columns; those with some of them are repeated.

    Raises
    ------
    InvalidInput
        If the result has no array.
    """
    import pandas as pd

    labelled = [item for item in fields(result) if item.metadata.get("dims")]  # type: ignore[arg-type] # a dataclass
    arrays = {item.name: np.asarray(getattr(result, item.name)) for item in labelled if _is_given(result, item.name)}
    dims = {item.name: item.metadata["dims"] for item in labelled if item.name in arrays}
    axes = {item.metadata["axis"]: arrays[item.name] for item in labelled if "axis" in item.metadata}
    content = [item.name for item in labelled if "axis" not in item.metadata and item.name in arrays]
    if not content:
        raise InvalidInput(f"{type(result).__name__} holds no arrays to write")
    largest = max(content, key=lambda name: len(dims[name]))
    shape = arrays[largest].shape
    places = dict(zip(dims[largest], np.indices(shape), strict=True))
    columns = {name: axes[name][place] if name in axes else place for name, place in places.items()}
    for name in content:
        if set(dims[name]) <= set(places):
            columns[name] = arrays[name][tuple(places[dim] for dim in dims[name])]
    return pd.DataFrame({name: np.broadcast_to(column, shape).ravel() for name, column in columns.items()})


def _is_given(result: Labelled, name: str) -> bool:
    return getattr(result, name) is not None
