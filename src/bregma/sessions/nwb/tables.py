"""Columns into tables of an NWB file, with compression and descriptions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bregma.sessions.nwb.descriptions import describe

if TYPE_CHECKING:
    from bregma.sessions.nwb.content import Columns

_COMPRESSED_FROM = 100_000
"""Bytes; smaller arrays gain nothing."""


def storable(values: Any) -> Any:
    """Wrap large arrays so that they are compressed."""
    from hdmf.backends.hdf5.h5_utils import H5DataIO

    if getattr(values, "nbytes", 0) < _COMPRESSED_FROM:
        return values
    return H5DataIO(values, compression="gzip", compression_opts=4, shuffle=True)


def column_name(kind: type, name: str, attribute: str) -> str:
    """Name a column as its attribute, or with the object before it where tables use that word themselves."""
    plain = attribute.replace(".", "_").replace("/", "_")
    taken = {"id", *(column["name"] for column in getattr(kind, "__columns__", ()))}
    return f"{name}_{plain}" if hasattr(kind, plain) or plain in taken else plain


def add_columns(table: Any, name: str, columns: Columns) -> None:
    """Add attributes of an object to a table whose rows there are."""
    for attribute, values in columns.items():
        table.add_column(column_name(type(table), name, attribute), describe(name, attribute), data=storable(values))


def make_table(title: str, name: str, columns: Columns, n_rows: int) -> Any:
    """Make a table of the attributes of an object, all of ``n_rows`` rows."""
    from hdmf.common import DynamicTable

    table = DynamicTable(name=title, description=f"ALF object {name}", id=list(range(n_rows)))
    add_columns(table, name, columns)
    return table


def make_intervals(title: str, name: str, columns: Columns) -> Any:
    """Make a table of intervals of an object whose ``intervals`` is (n, 2), in seconds."""
    from hdmf.common import VectorData
    from pynwb.epoch import TimeIntervals

    times = columns["intervals"]
    ends = [
        VectorData(name=f"{word}_time", description=f"When it {word}s, in seconds", data=times[:, i])
        for i, word in enumerate(("start", "stop"))
    ]
    table = TimeIntervals(name=title, description=f"ALF object {name}; times in seconds", columns=ends)
    add_columns(table, name, {key: values for key, values in columns.items() if key != "intervals"})
    return table


def as_text(value: Any) -> str:
    """Write settings as JSON."""
    return json.dumps(value, indent=1, default=str, ensure_ascii=False)
