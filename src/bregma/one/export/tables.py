"""Tables of exactly the sessions and datasets that are exported."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from bregma.one.errors import TablesMissing
from bregma.one.subjects import find_subject
from bregma.one.tables import INDEX, TablesInfo
from bregma.one.tables.parquet import write_table
from bregma.one.tables.rows import table_of_records, table_of_rows
from bregma.one.tables.snapshot import scan_table

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import polars as pl

    from bregma.one.api import ONE
    from bregma.one.lock import Lock


def write_export_tables(one: ONE, lock: Lock, folder: Path) -> list[Path]:
    """Write sessions, datasets, insertions and subjects, and tags and regions where tables on this machine have them.

    The tables are dated by their newest session, so that the same data give the same bytes.

    Parameters
    ----------
    one : ONE
        Where the data come from.
    lock : Lock
        What is exported.
    folder : Path
        Where the tables go.
    """
    newest = max(locked.session.date for locked in lock.sessions)
    info = TablesInfo(f"{datetime.combine(newest, time(), UTC):%Y-%m-%d %H:%M}", lock.server or "export")
    sessions = table_of_records("sessions", (locked.session for locked in lock.sessions))
    datasets = table_of_records("datasets", (dataset for _, dataset in lock.datasets))
    probes = table_of_records("insertions", (probe for locked in lock.sessions for probe in locked.insertions))
    frames = {
        "sessions": _with_more(one, "sessions", sessions),
        "datasets": _with_more(one, "datasets", datasets),
        "insertions": _with_more(one, "insertions", probes),
        "subjects": _subjects(one, sorted({locked.session.subject for locked in lock.sessions})),
    }
    frames |= _vocabularies(one, frames["datasets"])
    return [write_table(folder / f"{name}.pqt", name, frame, info) for name, frame in frames.items()]


def _subjects(one: ONE, nicknames: Iterable[str]) -> pl.DataFrame:
    rows = []
    for nickname in nicknames:
        animal = find_subject(one, nickname)
        words = ("nickname", "lab", "species", "strain", "line", "sex", "birth_date", "death_date")
        row = {key: getattr(animal, key) for key in words}
        rows.append({**row, "id": animal.id or nickname, "projects": ",".join(animal.projects)})
    return table_of_rows("subjects", rows)


def _with_more(one: ONE, name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Add the columns that only the tables on this machine tell."""
    import polars as pl

    table = _table(one, name)
    if table is None or frame.is_empty():
        return frame
    rows = table.filter(pl.col("id").is_in(frame["id"].to_list())).collect()
    more = [column for column in rows.columns if column not in frame.columns]
    return frame.join(rows.select(*INDEX[name], *more), on=INDEX[name], how="left") if more else frame


def _vocabularies(one: ONE, datasets: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Take the tags that datasets carry, and the tree of regions."""
    import polars as pl

    found: dict[str, pl.DataFrame] = {}
    if (regions := _table(one, "regions")) is not None:
        found["regions"] = regions.collect()
    if "tags" in datasets.columns and (tags := _table(one, "tags")) is not None:
        names = {name for text in datasets["tags"].drop_nulls().to_list() for name in text.split(",")}
        found["tags"] = tags.filter(pl.col("name").is_in(sorted(names))).collect()
    return found


def _table(one: ONE, name: str) -> pl.LazyFrame | None:
    try:
        return scan_table(one.tables_dir / f"{name}.pqt", name)
    except TablesMissing:
        return None
