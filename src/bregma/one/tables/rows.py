"""Rows of cache tables, made of records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bregma.one.records import Dataset, Insertion, Session
from bregma.one.tables import COLUMNS, INDEX
from bregma.one.tables.snapshot import empty_table

if TYPE_CHECKING:
    from collections.abc import Iterable

    import polars as pl

    Record = Session | Dataset | Insertion


def table_of_records(name: str, records: Iterable[Record]) -> pl.DataFrame:
    """Make a table of sessions, datasets or insertions, in the columns that all such tables have."""
    return table_of_rows(name, [_row(name, one) for one in records])


def table_of_rows(name: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Make any cache table of its rows, each with all columns but those that only some servers write."""
    import polars as pl

    empty = empty_table(name)
    columns = (*INDEX[name], *COLUMNS[name])
    return pl.DataFrame(rows, schema={column: empty.schema[column] for column in columns}) if rows else empty


def _row(name: str, record: Record) -> dict[str, Any]:
    row = {column: getattr(record, column) for column in COLUMNS[name]}
    if isinstance(record, Session):
        return {**row, "id": str(record.eid), "projects": ",".join(record.projects)}
    if isinstance(record, Dataset):
        return {**row, "eid": str(record.eid), "id": str(record.id), "qc": int(record.qc)}
    return {**row, "eid": str(record.eid), "id": str(record.pid)}
