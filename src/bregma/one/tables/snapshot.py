"""One cache table of a moment, in today's columns, whichever client or server wrote it."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from bregma.alf import QC
from bregma.one.errors import InvalidTables, TablesMissing
from bregma.one.tables import COLUMNS, INDEX, MORE, OUTCOMES, REQUIRED, TablesInfo

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

_NUMBERS = {"number": "UInt16", "level": "UInt16", "datasets": "UInt32", "file_size": "UInt64"}
_COUNTS = {"n_trials": "UInt32", "n_correct_trials": "UInt32"}
_DAYS = dict.fromkeys(("date", "birth_date", "death_date"), "Date")
_FLAGS = dict.fromkeys(("exists", "default_revision", "protected", "public"), "Boolean")
_TYPES = {**_NUMBERS, **_COUNTS, **_DAYS, **_FLAGS}
_UNKNOWN = {"exists": True, "default_revision": False, "protected": False, "public": False}
"""What a flag that is missing in a row means."""


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


def scan_table(path: Path, name: str, file: BinaryIO | None = None) -> pl.LazyFrame:
    """Open one table in today's columns.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        What is in it: one of :data:`bregma.one.tables.NAMES`.
    file : file object, optional
        The file, open: what is read then stays the same when the path gets another one.

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

    if file is None:
        _check_exists(path)
    try:
        frame = pl.scan_parquet(file or path)
        columns = frame.collect_schema().names()
        if any(f"{key}_0" in columns for key in INDEX[name]):
            frame = _with_text_ids(frame.collect(), name).lazy()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise _damaged(path, error) from error
    return in_todays_columns(frame, name, str(path))


def empty_table(name: str) -> pl.DataFrame:
    """Make a table without rows, for what a folder does not have."""
    import polars as pl

    columns = (*INDEX[name], *COLUMNS[name], *MORE[name])
    kinds = _TYPES | dict.fromkeys(OUTCOMES, "UInt8")
    return pl.DataFrame(schema={column: getattr(pl, kinds.get(column, "String")) for column in columns})


def in_todays_columns(frame: pl.LazyFrame, name: str, place: str) -> pl.LazyFrame:
    """Rename, add and convert columns, whatever they were called and held.

    Parameters
    ----------
    frame : polars.LazyFrame
        A table; qc may be names or numbers.
    name : str
        What is in it: one of :data:`bregma.one.tables.NAMES`.
    place : str
        Where it is from, for the message of an error.

    Raises
    ------
    InvalidTables
        If a column is missing that has no default.
    """
    import polars as pl

    columns = frame.collect_schema().names()
    if "project" in columns and "projects" not in columns and name in {"sessions", "subjects"}:
        frame = frame.rename({"project": "projects"})
        columns = frame.collect_schema().names()
    missing = [key for key in (*INDEX[name], *REQUIRED[name]) if key not in columns]
    if missing:
        raise InvalidTables(
            f"{place} is not a table of {name}: it lacks {', '.join(missing)}; it has {', '.join(columns)}"
        )
    known = COLUMNS[name] | MORE[name]
    absent = {column: default for column, default in known.items() if column not in columns}
    frame = frame.with_columns(pl.lit(default).alias(column) for column, default in absent.items())
    return frame.with_columns(_typed(frame, name)).select(*INDEX[name], pl.exclude(INDEX[name]))


def _typed(frame: pl.LazyFrame, name: str) -> list[pl.Expr]:
    """Say how each column gets its type; those that have it are left as they are, for a scan to skip rows by."""
    import polars as pl

    schema, typed = frame.collect_schema(), []
    for column, default in (dict.fromkeys(INDEX[name]) | COLUMNS[name] | MORE[name]).items():
        if column in OUTCOMES:
            told = schema[column]
            typed.append(pl.col(column).cast(pl.UInt8) if told.is_numeric() else _qc_number(column, told))
            continue
        type_ = getattr(pl, _TYPES.get(column, "String"))
        expression = pl.col(column)
        if schema[column] != type_:
            expression = expression.cast(type_, strict=column != "file_size")
        if default is not None:
            expression = expression.fill_null(_UNKNOWN.get(column, default))
        typed.append(expression)
    return typed


def _check_exists(path: Path) -> None:
    if not path.is_file():
        raise TablesMissing.at(path)


def _damaged(path: Path, error: Exception) -> InvalidTables:
    return InvalidTables(f"{path} is not a parquet table: {error}; remove it and call load_cache()")


def _qc_number(column: str, type_: pl.DataType) -> pl.Expr:
    import polars as pl

    names = {qc.name: int(qc) for qc in QC}
    numbers = {str(int(qc)): int(qc) for qc in QC}
    text = pl.col(column)
    if type_ == pl.String:  # categories are as the reference writes them
        text = text.str.to_uppercase()
    elif type_ != pl.Categorical:
        text = text.cast(pl.String)
    return text.replace_strict(names | numbers, default=0, return_dtype=pl.UInt8)


def _with_text_ids(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    """Convert ids of tables before 2022, two little-endian integers each, to UUIDs."""
    import numpy as np
    import polars as pl

    for key in INDEX[name]:
        if f"{key}_0" in frame.columns:
            pairs = np.ascontiguousarray(frame.select(f"{key}_0", f"{key}_1").to_numpy(), dtype="<i8")
            digits = pairs.tobytes().hex()
            plain = [digits[i : i + 32] for i in range(0, len(digits), 32)]
            ids = [f"{one[:8]}-{one[8:12]}-{one[12:16]}-{one[16:20]}-{one[20:]}" for one in plain]
            frame = frame.with_columns(pl.Series(key, ids, dtype=pl.String)).drop(f"{key}_0", f"{key}_1")
    return frame
