"""What a server was found to have, so that it can be saved as tables and searched offline."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any

from bregma.one.records import Dataset, Session
from bregma.one.tables.rows import table_of_records

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from uuid import UUID

    import polars as pl

    from bregma.one.catalogue.local import LocalCatalogue
    from bregma.one.tables.rows import Record


class Found:
    """Sessions, datasets and insertions, each once, as they were told last. Threads may share it."""

    def __init__(self) -> None:
        self._records: dict[str, dict[UUID, Record]] = {"sessions": {}, "datasets": {}, "insertions": {}}
        self._lock = Lock()

    def __getstate__(self) -> dict[str, Any]:
        return {"_records": self._records}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._records = state["_records"]
        self._lock = Lock()

    def add(self, records: Iterable[Record]) -> None:
        """Remember records."""
        with self._lock:
            for record in records:
                if isinstance(record, Session):
                    if record.told or record.eid not in self._records["sessions"]:
                        self._records["sessions"][record.eid] = record
                elif isinstance(record, Dataset):
                    self._records["datasets"][record.id] = record
                else:
                    self._records["insertions"][record.pid] = record

    def thin_sessions(self) -> list[UUID]:
        """Return the ids of sessions of which only the path is known."""
        with self._lock:
            return [record.eid for record in self._records["sessions"].values() if not record.told]  # type: ignore[union-attr]

    def frames(self) -> dict[str, pl.DataFrame]:
        """Return the rows of tables, by their names; only of tables that have any."""
        with self._lock:
            found = {name: list(records.values()) for name, records in self._records.items() if records}
        return {name: table_of_records(name, records) for name, records in found.items()}


def save_found(found: Found, tables: LocalCatalogue, folder: Path, *, clobber: bool = False) -> None:
    """Add what was found to the tables of a folder, and in another folder than theirs, those tables too.

    Parameters
    ----------
    found : Found
        What a server was found to have.
    tables : LocalCatalogue
        The tables that are open.
    folder : Path
        Where to. Any number of processes may do this at once.
    clobber : bool
        Replace the tables there instead of adding to them.
    """
    from bregma.one.tables.merging import changing_tables, put_merged

    other = clobber or folder.resolve() != tables.folder.resolve()
    copied = tables.frames() if other else {}
    with changing_tables(folder) as new:
        before = new if clobber else folder
        put_merged(before, new, copied, {})
        for name, frame in found.frames().items():
            put_merged(new if name in copied else before, new, {name: frame}, {})
