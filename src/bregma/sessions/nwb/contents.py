"""Tables and series of an NWB file as attributes of ALF objects, each read when it is called."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import PurePosixPath
from typing import Any
from uuid import UUID

import numpy as np

from bregma.one.records import Dataset
from bregma.one.rel_path import split_rel_path

Columns = dict[str, Callable[[], Any]]
Objects = dict[tuple[str, str], Columns]
"""By collection and object, what reads each attribute."""

FRAMES = ("dlc", "lightningPose", "features", "pawstates", "metrics")
"""Attributes that are tables: their columns were spread, as ``dlc_nose_x``."""
_ENDS = ("start_time", "stop_time")
_OWN = ("timeseries", "timeseries_index", "tags", "tags_index", *_ENDS)


def collect_trials(table: Any) -> Columns:
    """Find the attributes of trials."""
    return _columns_of(table, "trials")


def collect_containers(file: Any) -> Iterator[tuple[tuple[str, str], Columns]]:
    """Find what is in the processing modules: the object that each container is of, and its attributes."""
    places = _read_places(file)
    for module in file.processing.values():
        for title, container in module.data_interfaces.items():
            key = places.get(title, ("alf", title.rpartition("_")[2] if title in places else title))
            if series := _find_series(container):
                yield key, _series_of(series, key[1])
            elif hasattr(container, "colnames"):
                yield key, _columns_of(container, key[1])


def gather_frames(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Put the columns of tables together again."""
    import pandas as pd

    found: dict[str, Any] = {}
    frames: dict[str, dict[str, Any]] = {}
    for name, values in columns.items():
        if (stem := name_of_frame(name)) != name:
            frames.setdefault(stem, {})[name.removeprefix(f"{stem}_")] = values
        else:
            found[name] = values
    return found | {stem: pd.DataFrame(content) for stem, content in frames.items()}


def name_of_frame(column: str) -> str:
    """Return the table that a column was spread from (``dlc`` of ``dlc_nose_x``), or the column itself."""
    stem, _, rest = column.partition("_")
    return stem if stem in FRAMES and rest else column


def attribute_of(column: str, name: str) -> str:
    """Return the attribute that a column holds: without the name of the object, which tells it from words of NWB."""
    return column.removeprefix(f"{name}_")


def read_column(column: Any) -> Any:
    """Read a column: numbers as an array, texts as one of texts, and what varies in length as one of arrays."""
    if hasattr(column, "target"):
        rows = np.empty(len(column), dtype=object)
        rows[:] = [np.asarray(column[i]) for i in range(len(column))]
        return rows
    values = np.asarray(column.data[:] if hasattr(column, "data") else column[:])
    return values.astype(str) if values.dtype.kind in "OS" else values


def _columns_of(table: Any, name: str) -> Columns:
    known = {column: table[column] for column in table.colnames}
    found: Columns = {
        attribute_of(key, name): partial(read_column, col) for key, col in known.items() if key not in _OWN
    }
    if set(_ENDS) <= set(known):
        found = {"intervals": partial(_read_intervals, table), **found}
    return found


def _read_intervals(table: Any) -> Any:
    return np.stack([read_column(table[name]) for name in _ENDS], axis=1)


def _find_series(container: Any) -> list[Any]:
    """Return the series that a container holds, or that it is itself."""
    held = getattr(container, "time_series", None) or getattr(container, "spatial_series", None)
    if held:
        return list(held.values())
    return [container] if hasattr(container, "timestamps") and hasattr(container, "data") else []


def _series_of(held: list[Any], name: str) -> Columns:
    found: Columns = {}
    for series in held:
        found.setdefault("timestamps" if name == "wheel" else "times", partial(_read_times, series))
        if getattr(series, "reference_frame", None) is None or len(np.shape(series.data)) < 2:
            found[series.name] = partial(_read_data, series)
        else:
            found |= {f"{series.name}_{axis}": partial(_read_axis, series, i) for i, axis in enumerate("xy")}
    return found


def _read_data(series: Any) -> Any:
    return series.data[:]


def _read_axis(series: Any, i: int) -> Any:
    return series.data[:, i]


def _read_times(series: Any) -> Any:
    if series.timestamps is not None:
        return np.asarray(series.timestamps[:], dtype=np.float64)
    return series.starting_time + np.arange(len(series.data)) / series.rate


def read_datasets(file: Any) -> list[Dataset]:
    """Read the records of the datasets that the file was made of; none, if it does not tell them."""
    rows = _read_table(file, "path", "dataset", "md5", "size", "place")
    return [
        Dataset(id=UUID(key), eid=UUID(int=0), rel_path=path, file_size=None if int(size) < 0 else int(size), hash=md5)
        for path, key, md5, size, place in rows
        if place
    ]


def _read_places(file: Any) -> dict[str, tuple[str, str]]:
    """Read which object each container is of, from the table of datasets that was written with it."""
    from bregma.alf import filename_parts, is_valid

    found: dict[str, tuple[str, str]] = {}
    for path, places in _read_table(file, "path", "place"):
        name = PurePosixPath(path).name
        if is_valid(name):
            key = (split_rel_path(path).collection, filename_parts(name).object)
            found |= {place.rpartition("/")[2]: key for place in places.split(", ")}
    return found


def _read_table(file: Any, *names: str) -> list[tuple[str, ...]]:
    """Read columns of the table of datasets as texts; no rows, if the file has no such table."""
    table = (file.scratch or {}).get("datasets")
    if table is None or not set(names) <= set(getattr(table, "colnames", ())):
        return []
    return list(zip(*(read_column(table[name]).astype(str).tolist() for name in names), strict=True))
