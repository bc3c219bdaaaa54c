"""Units and electrodes of an NWB file as spikes, clusters and channels of each probe."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from bregma.sessions.nwb.contents import attribute_of, read_column

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from bregma.sessions.nwb.contents import Columns

_UNIT_WORDS = ("probe", "cluster", "electrode_group", "electrodes", "obs_intervals", "waveform_sd")
_ELECTRODE_WORDS = ("x", "y", "z", "imp", "filtering", "group", "group_name", "location", "reference")
_SUFFIX = "_channels"
_PROBE = "probe00"


def collect_probes(file: Any) -> Iterator[tuple[tuple[str, str], Columns]]:
    """Find the attributes of spikes, clusters and channels, by probe: of its own name, else of its electrode group."""
    if file.units is not None:
        owners = _owners_of_units(file.units)
        for probe in dict.fromkeys(owners):
            rows = np.flatnonzero(np.array(owners) == probe)
            place = f"alf/{probe}"
            if "spike_times" in file.units.colnames:
                yield (place, "spikes"), _spikes(file.units, rows)
            yield (place, "clusters"), _clusters(file.units, rows)
    if file.electrodes is not None:
        names = [str(name).removesuffix(_SUFFIX) for name in file.electrodes["group_name"].data[:]]
        for probe in dict.fromkeys(names):
            rows = np.flatnonzero(np.array(names) == probe)
            columns = _table_rows(file.electrodes, rows, "channels", _ELECTRODE_WORDS)
            yield (f"alf/{probe}", "channels"), _with_places(file.electrodes, rows, columns)


def _owners_of_units(units: Any) -> list[str]:
    if "probe" in units.colnames:
        return [str(name) for name in units["probe"].data[:]]
    if "electrode_group" in units.colnames:
        return [str(group.name).removesuffix(_SUFFIX) for group in units["electrode_group"].data[:]]
    return [_PROBE] * len(units)


def _clusters(units: Any, rows: NDArray[np.int64]) -> Columns:
    """Find the attributes of units, with their numbers where these are not those of their rows."""
    found = _table_rows(units, rows, "clusters", _UNIT_WORDS)
    return found if "cluster" in units.colnames else {"cluster_id": partial(_read_numbers, units, rows), **found}


def _read_numbers(units: Any, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    numbers = units["cluster"].data if "cluster" in units.colnames else units.id.data
    return np.asarray(numbers[:], dtype=np.int64)[rows]


def _spikes(units: Any, rows: NDArray[np.int64]) -> Columns:
    """Find the attributes of spikes of some units, in the order of time."""
    names = [name for name in units.colnames if name == "spike_times" or name.startswith("spike_")]
    found: Columns = {"clusters": partial(_read_owners, units, rows)}
    for name in names:
        found[name.removeprefix("spike_")] = partial(_read_ragged, units, name, rows)
    return found


def _read_owners(units: Any, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    counts = [stop - start for start, stop in _bounds(units, "spike_times", rows)]
    owners: NDArray[np.int64] = np.repeat(_read_numbers(units, rows), counts)
    return owners[_order(units, rows)]


def _read_ragged(units: Any, name: str, rows: NDArray[np.int64]) -> Any:
    return _concatenate(units, name, rows)[_order(units, rows)]


def _order(units: Any, rows: NDArray[np.int64]) -> NDArray[np.intp]:
    return np.argsort(_concatenate(units, "spike_times", rows), kind="stable")


def _concatenate(units: Any, name: str, rows: NDArray[np.int64]) -> NDArray[Any]:
    values = np.asarray(units[name].target.data[:])
    parts = [values[start:stop] for start, stop in _bounds(units, name, rows)]
    return np.concatenate(parts) if parts else values[:0]


def _bounds(units: Any, name: str, rows: NDArray[np.int64]) -> list[tuple[int, int]]:
    ends = np.asarray(units[name].data[:], dtype=np.int64)
    starts = np.concatenate([[0], ends[:-1]])
    return [(int(starts[row]), int(ends[row])) for row in rows]


def _table_rows(table: Any, rows: NDArray[np.int64], name: str, words: tuple[str, ...]) -> Columns:
    """Find the columns of a table that these rows have; those that only others have are NaN or empty here."""
    found: Columns = {}
    for column in table.colnames:
        if column in words or column.startswith("spike_") or hasattr(table[column], "target"):
            continue
        attribute = "waveforms" if column == "waveform_mean" else attribute_of(column, name)
        if not _is_absent(values := read_column(table[column])[rows]):
            found[attribute] = partial(np.asarray, values)
    return found


def _is_absent(values: NDArray[Any]) -> bool:
    if values.dtype.kind == "f":
        return bool(values.size) and bool(np.isnan(values).all())
    return values.dtype.kind == "U" and bool(values.size) and bool((values == "").all())


def _with_places(electrodes: Any, rows: NDArray[np.int64], columns: Columns) -> Columns:
    """Add the places on the probe that other makers tell as ``rel_x`` and ``rel_y``."""
    if "localCoordinates" in columns or not {"rel_x", "rel_y"} <= set(columns):
        return columns
    across, along = columns["rel_x"](), columns["rel_y"]()
    return {**columns, "localCoordinates": partial(np.stack, [across, along], axis=1)}
