"""Cache tables written as parquet files, which this client and the reference's read."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bregma.alf import QC, atomic_write
from bregma.one.tables import COLUMNS, INDEX, MORE, OUTCOMES, TablesInfo
from bregma.one.tables.snapshot import in_todays_columns

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    Frame = pd.DataFrame | pl.DataFrame

_ROW_GROUP = 50_000


def write_tables(
    folder: Path | str,
    sessions: Frame,
    datasets: Frame,
    insertions: Frame | None = None,
    *,
    origin: str,
    date_created: datetime | None = None,
    tags: tuple[str, ...] = (),
) -> list[Path]:
    """Write cache tables that ONE clients read, this one and the reference's.

    Parameters
    ----------
    folder : path
        Where ``sessions.pqt``, ``datasets.pqt`` and ``insertions.pqt`` go; made if needed.
    sessions : DataFrame (pandas or polars)
        Columns (or pandas index) id, lab, subject, date, number, task_protocol, projects (comma-joined).
    datasets : DataFrame
        eid, id, rel_path (``collection/#revision#/name``), and where known file_size (bytes), hash (md5),
        exists, qc (name or number), default_revision.
    insertions : DataFrame, optional
        eid, id, name, model, serial, and further columns as they are.
    origin : str
        Which server made them.
    date_created : datetime, optional
        Now, by default.
    tags : tuple of str
        The public release they hold.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    InvalidTables
        If a column that has no default is missing.
    """
    made = (date_created or datetime.now(UTC)).strftime("%Y-%m-%d %H:%M")
    info = TablesInfo(made, origin, tags)
    frames = {"sessions": sessions, "datasets": datasets, "insertions": insertions}
    return [
        write_table(Path(folder, f"{name}.pqt"), name, frame, info)
        for name, frame in frames.items()
        if frame is not None
    ]


def write_table(path: Path, name: str, frame: Frame, info: TablesInfo) -> Path:
    """Write one table, sorted by id so that look-ups skip most of it.

    Raises
    ------
    InvalidTables
        If a column that has no default is missing.
    """
    import polars as pl
    import pyarrow.parquet as pq

    given = frame if isinstance(frame, pl.DataFrame) else _from_pandas(frame, name)
    typed = in_todays_columns(given.lazy(), name, f"what is to be written to {path}").sort(INDEX[name]).collect()
    others = [column for column in given.columns if column in typed.columns and column not in COLUMNS[name]]
    table = _to_arrow(typed, name, [column for column in others if column not in INDEX[name]], info)
    with atomic_write(path) as file:
        pq.write_table(table, file, row_group_size=_ROW_GROUP)
    return path


def _from_pandas(frame: pd.DataFrame, name: str) -> pl.DataFrame:
    import pandas as pd
    import polars as pl

    made = frame.reset_index().drop(columns=["index", "level_0"], errors="ignore")
    for column in {*INDEX[name], *OUTCOMES} & set(made):
        made[column] = made[column].astype(str)
    for column in {"date", "birth_date", "death_date"} & set(made):
        made[column] = pd.to_datetime(made[column]).dt.date
    return pl.from_pandas(made)


def _to_arrow(typed: pl.DataFrame, name: str, others: list[str], info: TablesInfo) -> pa.Table:
    import pyarrow as pa

    from bregma.one.tables.schema import arrow_schema

    found = {column: None if column in MORE[name] else _type(typed[column]) for column in others}
    schema = arrow_schema(name, info, found)
    columns = [_column(typed[field.name], field.type) for field in schema]
    return pa.Table.from_arrays(columns, schema=schema)


def _type(values: pl.Series) -> pa.DataType:
    import pyarrow as pa

    type_ = values.head(0).to_arrow().type
    return pa.string() if pa.types.is_large_string(type_) or pa.types.is_dictionary(type_) else type_


def _column(values: pl.Series, type_: pa.DataType) -> pa.Array:
    import polars as pl
    import pyarrow as pa

    if not pa.types.is_dictionary(type_):
        return values.to_arrow().cast(type_)
    order = {int(qc): i for i, qc in enumerate(sorted(QC))}
    codes = values.replace_strict(order, return_dtype=pl.Int8).to_arrow()
    return pa.DictionaryArray.from_arrays(codes, pa.array([qc.name for qc in sorted(QC)]), ordered=True)
