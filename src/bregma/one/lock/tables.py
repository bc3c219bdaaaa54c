"""Tables of given sessions, datasets and insertions, and of all that a lock holds."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bregma.one.lock.pins import renew_defaults
from bregma.one.tables.snapshot import empty_table

if TYPE_CHECKING:
    from collections.abc import Iterable

    import polars as pl

    from bregma.one.lock import Lock
    from bregma.one.records import Dataset, Insertion, Session


def write_lock_tables(lock: Lock, caches: Path) -> Path:
    """Write tables of exactly what a lock holds, and return their folder, which is named after their content.

    The folder appears when it is whole; many processes may ask for it at once.
    """
    from bregma.one.tables.parquet import write_tables

    folder = caches / "locks" / hashlib.sha256(lock.to_text().encode()).hexdigest()[:16]
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".part-"))
    try:
        write_tables(
            temporary,
            session_frame(one.session for one in lock.sessions),
            dataset_frame(each for one in lock.sessions for each in renew_defaults(one.datasets, one.datasets)),
            insertion_frame(each for one in lock.sessions for each in one.insertions),
            origin=lock.server or "lock",
            date_created=_moment(lock.tables_date),
        )
        _move(temporary, folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return folder


def _moment(text: str) -> datetime | None:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=UTC) if text else None


def _move(temporary: Path, folder: Path) -> None:
    try:
        temporary.replace(folder)
    except OSError:
        if not folder.is_dir():
            raise  # else another process made the same meanwhile


def session_frame(sessions: Iterable[Session]) -> pl.DataFrame:
    """Make rows of the table of sessions."""
    words = ("lab", "subject", "date", "number", "task_protocol")
    rows = [
        {"id": str(one.eid), **{key: getattr(one, key) for key in words}, "projects": ",".join(one.projects)}
        for one in sessions
    ]
    return record_frame("sessions", rows)


def dataset_frame(datasets: Iterable[Dataset]) -> pl.DataFrame:
    """Make rows of the table of datasets."""
    words = ("rel_path", "file_size", "hash", "default_revision")
    rows = [
        {"eid": str(one.eid), "id": str(one.id), "exists": True, "qc": int(one.qc)}
        | {key: getattr(one, key) for key in words}
        for one in datasets
    ]
    return record_frame("datasets", rows)


def insertion_frame(insertions: Iterable[Insertion]) -> pl.DataFrame:
    """Make rows of the table of insertions."""
    words = ("name", "model", "serial")
    rows = [{"eid": str(one.eid), "id": str(one.pid)} | {key: getattr(one, key) for key in words} for one in insertions]
    return record_frame("insertions", rows)


def record_frame(name: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Make rows of any cache table, with the columns that they tell."""
    import polars as pl

    empty = empty_table(name)
    return pl.DataFrame(rows, schema={key: empty.schema[key] for key in rows[0]}) if rows else empty
