"""Tables of a moment, read from a folder: lazily, so that a query touches only the rows it needs."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING
from uuid import UUID

from bregma.alf import QC
from bregma.one.errors import InvalidTables, TablesMissing
from bregma.one.tables import COLUMNS, INDEX, REQUIRED, TablesInfo

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl


def read_info(path: Path) -> TablesInfo:
    """Read where one table comes from; empty where the file does not say.

    Raises
    ------
    TablesMissing, InvalidTables
        If there is no such file, or it is not parquet.
    """
    import polars as pl

    _check_exists(path)
    try:
        metadata = pl.read_parquet_metadata(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise _damaged(path, error) from error
    return TablesInfo.from_json(metadata.get("one_metadata") or "{}")


def scan_table(path: Path, name: str) -> pl.LazyFrame:
    """Open one table in today's columns, whichever client or server wrote it.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        What is in it: one of :data:`bregma.one.tables.NAMES`.

    Returns
    -------
    polars.LazyFrame
        Ids as text; qc as numbers; old pairs of integer ids, and columns that were called otherwise, converted.

    Raises
    ------
    TablesMissing, InvalidTables
        If there is no such file, or it is not such a table.
    """
    import polars as pl

    _check_exists(path)
    try:
        frame = pl.scan_parquet(path)
        columns = frame.collect_schema().names()
        if any(f"{key}_0" in columns for key in INDEX[name]):
            frame = _with_text_ids(frame.collect(), name).lazy()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise _damaged(path, error) from error
    return _in_todays_columns(frame, name, path)


def empty_table(name: str) -> pl.DataFrame:
    """Make a table without rows, for what a folder does not have."""
    import polars as pl

    kinds = {"number": pl.UInt16, "level": pl.UInt16, "datasets": pl.UInt32, "file_size": pl.UInt64, "qc": pl.UInt8}
    days = dict.fromkeys(("date", "birth_date", "death_date"), pl.Date)
    flags = dict.fromkeys(("exists", "default_revision", "protected", "public"), pl.Boolean)
    columns = (*INDEX[name], *COLUMNS[name])
    return pl.DataFrame(schema={column: (kinds | days | flags).get(column, pl.String) for column in columns})


def _check_exists(path: Path) -> None:
    if not path.is_file():
        raise TablesMissing(f"no table {path}; download tables with load_cache(), or copy some there")


def _damaged(path: Path, error: Exception) -> InvalidTables:
    return InvalidTables(f"{path} is not a parquet table: {error}; remove it and call load_cache()")


def _in_todays_columns(frame: pl.LazyFrame, name: str, path: Path) -> pl.LazyFrame:
    import polars as pl

    columns = frame.collect_schema().names()
    if "project" in columns and "projects" not in columns:
        frame = frame.rename({"project": "projects"})
        columns = frame.collect_schema().names()
    missing = [key for key in (*INDEX[name], *REQUIRED[name]) if key not in columns]
    if missing:
        raise InvalidTables(f"{path} is not a table of {name}: it lacks {', '.join(missing)}")
    absent = {column: default for column, default in COLUMNS[name].items() if column not in columns}
    frame = frame.with_columns(pl.lit(default).alias(column) for column, default in absent.items())
    return _in_todays_types(frame, name)


def _in_todays_types(frame: pl.LazyFrame, name: str) -> pl.LazyFrame:
    import polars as pl

    texts = {column: default for column, default in COLUMNS[name].items() if isinstance(default, str)}
    texts.pop("qc", None)
    frame = frame.with_columns(pl.col(key).cast(pl.String) for key in INDEX[name]).with_columns(
        pl.col(column).cast(pl.String).fill_null(default) for column, default in texts.items()
    )
    if name == "sessions":
        return frame.with_columns(pl.col("date").cast(pl.Date), pl.col("number").cast(pl.UInt16))
    if name == "datasets":
        numeric = frame.collect_schema()["qc"].is_numeric()
        return frame.with_columns(
            pl.col("file_size").cast(pl.UInt64, strict=False),
            pl.col("exists").cast(pl.Boolean).fill_null(value=True),
            pl.col("default_revision").cast(pl.Boolean).fill_null(value=False),
            pl.col("qc").cast(pl.UInt8) if numeric else _qc_number(),
        )
    return frame


def _qc_number() -> pl.Expr:
    import polars as pl

    numbers = {qc.name: int(qc) for qc in QC}
    return pl.col("qc").cast(pl.String).replace_strict(numbers, default=0, return_dtype=pl.UInt8)


def _with_text_ids(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    """Convert ids of tables before 2022, two little-endian integers each, to UUIDs."""
    import polars as pl

    for key in INDEX[name]:
        if f"{key}_0" in frame.columns:
            pairs = zip(frame[f"{key}_0"], frame[f"{key}_1"], strict=True)
            ids = [str(UUID(bytes=struct.pack("<qq", *pair))) for pair in pairs]
            frame = frame.with_columns(pl.Series(key, ids, dtype=pl.String)).drop(f"{key}_0", f"{key}_1")
    return frame
