"""Datasets as a pandas table, indexed and typed as in cache tables that are in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from bregma.alf import QC

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd
    import polars as pl

    from bregma.one.records import Dataset, Session

_OF_SESSIONS = ("lab", "subject", "date", "number", "task_protocol")
COLUMNS = ("rel_path", "file_size", "hash", "exists", "qc", "default_revision")


def row_of_session(session: Session) -> pd.Series[Any]:
    """Make the row of a session, named by its id; its projects are one text, with commas between."""
    import pandas as pd

    values = {column: getattr(session, column) for column in _OF_SESSIONS}
    return pd.Series({**values, "projects": ",".join(session.projects)}, name=session.eid)


def frame_of_datasets(datasets: Iterable[Dataset]) -> pd.DataFrame:
    """Make a table of datasets.

    Parameters
    ----------
    datasets : iterable of Dataset
        Of any sessions.

    Returns
    -------
    pandas.DataFrame
        A row per dataset, sorted by its index: ``eid`` and ``id`` (UUIDs). Columns: rel_path, file_size (bytes, may be
        missing), hash (md5), exists, qc (an ordered category), default_revision.
    """
    rows = sorted(datasets, key=lambda one: (one.eid.int, one.id.int))
    columns = {column: [getattr(row, column) for row in rows] for column in COLUMNS}
    columns["qc"] = [qc.name for qc in columns["qc"]]
    return _frame([row.eid for row in rows], [row.id for row in rows], columns)


def frame_of_rows(rows: pl.DataFrame) -> pd.DataFrame:
    """Make a table of rows of a cache table, as ``frame_of_datasets``; the qualities are numbers."""
    names, rows = {int(qc): qc.name for qc in QC}, rows.sort("eid", "id")
    columns = {column: rows[column].to_list() for column in COLUMNS}
    columns["qc"] = [names[qc] for qc in columns["qc"]]
    known = {eid: UUID(eid) for eid in rows["eid"].unique()}
    return _frame([known[eid] for eid in rows["eid"]], [UUID(key) for key in rows["id"]], columns)


def by_value(frame: pd.DataFrame, values: Sequence[str]) -> dict[str, pd.DataFrame]:
    """Split a table by a text of each row; the keys are sorted."""
    return {value: frame[[one == value for one in values]] for value in sorted(set(values))}


def _frame(eids: list[UUID], ids: list[UUID], columns: Mapping[str, list[Any]]) -> pd.DataFrame:
    import pandas as pd

    index = pd.MultiIndex.from_arrays([pd.Index(eids, dtype=object), pd.Index(ids, dtype=object)], names=["eid", "id"])
    qualities = pd.CategoricalDtype([qc.name for qc in sorted(QC)], ordered=True)
    types: dict[str, Any] = {"file_size": "UInt64", "exists": bool, "qc": qualities, "default_revision": bool}
    frame = pd.DataFrame(columns, index=index, columns=list(COLUMNS))
    texts = {column: "str" for column in COLUMNS if column not in types}
    return frame.astype({**types, **texts})
