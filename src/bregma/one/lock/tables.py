"""Tables of all that a lock holds."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bregma.one.lock.pins import renew_defaults
from bregma.one.tables.rows import table_of_records

if TYPE_CHECKING:
    from bregma.one.lock import Lock


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
    datasets = (each for one in lock.sessions for each in renew_defaults(one.datasets, one.datasets))
    try:
        write_tables(
            temporary,
            table_of_records("sessions", (one.session for one in lock.sessions)),
            table_of_records("datasets", datasets),
            table_of_records("insertions", (each for one in lock.sessions for each in one.insertions)),
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
