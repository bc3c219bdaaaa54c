"""Cache tables: sessions, datasets, insertions and what they name, as parquet files, searched offline.

The files are those of the reference implementation (schema metadata ``one_metadata``, pandas indexes), so
that tables made by either server are read by either client.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bregma.alf import QC, atomic_write
from bregma.one.errors import InvalidTables

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    Frame = pd.DataFrame | pl.DataFrame

NAMES = ("sessions", "datasets", "insertions", "subjects", "tags", "regions")
MIN_API_VERSION = "2.10"
_ROW_GROUP = 50_000
INDEX = {name: ("eid", "id") if name in {"datasets", "insertions"} else ("id",) for name in NAMES}
REQUIRED = {
    "sessions": ("subject", "date", "number"),
    "datasets": ("rel_path",),
    "insertions": ("name",),
    "subjects": ("nickname",),
    "tags": ("name",),
    "regions": ("acronym",),
}
COLUMNS: dict[str, dict[str, Any]] = {
    "sessions": {"lab": "", "subject": "", "date": None, "number": 0, "task_protocol": "", "projects": ""},
    "datasets": {
        "rel_path": "",
        "file_size": None,
        "hash": "",
        "exists": True,
        "qc": QC.NOT_SET.name,
        "default_revision": True,
    },
    "insertions": {"name": "", "model": "", "serial": ""},
    "subjects": {
        "nickname": "",
        "lab": "",
        "species": "",
        "strain": "",
        "line": "",
        "sex": "",
        "birth_date": None,
        "death_date": None,
        "projects": "",
    },
    "tags": {"name": "", "description": "", "protected": False, "public": False, "hash": "", "datasets": 0},
    "regions": {"acronym": "", "name": "", "parent": "", "level": 0},
}


@dataclass(frozen=True, slots=True)
class TablesInfo:
    """Where tables come from: when they were made ('YYYY-MM-DD HH:MM', UTC), by which server, and its tags."""

    date_created: str
    origin: str
    database_tags: tuple[str, ...] = ()

    def to_json(self) -> str:
        """Write as the schema metadata ``one_metadata``."""
        content: dict[str, object] = {
            "date_created": self.date_created,
            "origin": self.origin,
            "min_api_version": MIN_API_VERSION,
        }
        if self.database_tags:
            content["database_tags"] = list(self.database_tags)
        return json.dumps(content)

    @classmethod
    def from_json(cls, text: str | bytes) -> TablesInfo:
        """Read schema metadata or the reply of ``/cache/info``; what is not said is empty."""
        content = json.loads(text)
        tags = content.get("database_tags") or ()
        tags = (tags,) if isinstance(tags, str) else tuple(tags)
        origin = content.get("origin") or ""
        origin = origin if isinstance(origin, str) else ", ".join(map(str, origin))
        return cls(str(content.get("date_created") or ""), origin, tags)


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
        _write(Path(folder, f"{name}.pqt"), name, frame, info) for name, frame in frames.items() if frame is not None
    ]


def _write(path: Path, name: str, frame: Frame, info: TablesInfo) -> Path:
    import pyarrow.parquet as pq

    table = _to_arrow(frame, name)
    table = table.replace_schema_metadata({**(table.schema.metadata or {}), b"one_metadata": info.to_json().encode()})
    with atomic_write(path) as file:
        pq.write_table(table, file, row_group_size=_ROW_GROUP)
    return path


def _to_arrow(frame: Frame, name: str) -> pa.Table:
    """Convert to the reference's types, sorted by id so that look-ups skip most row groups."""
    import pandas as pd
    import pyarrow as pa

    made = frame.reset_index() if isinstance(frame, pd.DataFrame) else frame.to_pandas()
    made = made.drop(columns=["index", "level_0"], errors="ignore")
    keys = list(INDEX[name])
    missing = [column for column in (*keys, *REQUIRED[name]) if column not in made]
    if missing:
        raise InvalidTables(f"table {name!r} lacks {', '.join(missing)}; it has {', '.join(map(str, made.columns))}")
    for column, default in COLUMNS[name].items():
        if column not in made:
            made[column] = default
        elif isinstance(default, str):
            made[column] = made[column].fillna(default)
    others = [column for column in made if column not in {*keys, *COLUMNS[name]}]
    made = made[[*keys, *COLUMNS[name], *others]]
    for key in keys:
        made[key] = made[key].astype(str)
    made = _typed(made).sort_values(keys).set_index(keys)
    return pa.Table.from_pandas(made)


def _typed(made: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    if "date" in made:
        made["date"] = pd.to_datetime(made["date"]).dt.date
        made["number"] = made["number"].astype("uint16")
    if "rel_path" in made:
        made["file_size"] = made["file_size"].astype("UInt64")
        made["exists"] = made["exists"].astype(bool)
        made["default_revision"] = made["default_revision"].astype(bool)
        names = [QC.parse(value).name for value in made["qc"]]
        made["qc"] = pd.Categorical(names, categories=[qc.name for qc in QC], ordered=True)
    return made
