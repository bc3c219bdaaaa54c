"""Look-ups in cache tables, without a server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from bregma.alf import QC
from bregma.one.conditions import matching_insertions, matching_sessions
from bregma.one.errors import InsertionNotFound, SessionNotFound
from bregma.one.records import Dataset, Insertion, Session
from bregma.one.snapshot import empty_table, scan_table
from bregma.one.tables import NAMES
from bregma.one.terms import INSERTION_TERMS, SESSION_TERMS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl


_NEWEST_FIRST = ["date", "subject", "number"]


class LocalCatalogue:
    """Sessions, datasets and insertions of the tables in a folder.

    Parameters
    ----------
    folder : Path
        Where ``sessions.pqt``, ``datasets.pqt`` and ``insertions.pqt`` are; sessions are required.
    """

    session_terms: tuple[str, ...] = SESSION_TERMS
    insertion_terms: tuple[str, ...] = INSERTION_TERMS

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)
        self._frames: dict[str, pl.LazyFrame] = {}

    def __getstate__(self) -> dict[str, Any]:
        return {"folder": self.folder, "_frames": {}}

    def table(self, name: str) -> pl.LazyFrame:
        """Open one table; empty where the folder lacks it (but sessions, which are required)."""
        if name not in NAMES:
            raise ValueError(f"no table {name!r}; there are {', '.join(NAMES)}")
        if name not in self._frames:
            path = self.folder / f"{name}.pqt"
            there = name == "sessions" or path.exists()
            frame = scan_table(path, name) if there else empty_table(name).lazy()
            # Sessions are few and asked for all the time; datasets are many and read by row groups.
            self._frames[name] = frame if name == "datasets" else frame.collect().lazy()
        return self._frames[name]

    def search(self, terms: Mapping[str, Any]) -> list[Session]:
        """Find sessions, newest first."""
        frame = matching_sessions(self.table, terms).sort(_NEWEST_FIRST, descending=True).collect()
        return [_session(row) for row in frame.iter_rows(named=True)]

    def session(self, eid: UUID) -> Session:
        """Look up one session."""
        import polars as pl

        frame = self.table("sessions").filter(pl.col("id") == str(eid)).collect()
        if frame.is_empty():
            raise SessionNotFound(f"the tables in {self.folder} have no session {eid}; load_cache() gets newer ones")
        return _session(frame.row(0, named=True))

    def details(self, eid: UUID) -> dict[str, Any]:
        """Tell all that the tables know of a session."""
        return self.session(eid).to_dict()

    def datasets(self, eid: UUID) -> tuple[Session, list[Dataset]]:
        """Look up a session with its files."""
        import polars as pl

        session = self.session(eid)
        frame = self.table("datasets").filter(pl.col("eid") == str(eid)).collect()
        return session, [_dataset(row) for row in frame.iter_rows(named=True)]

    def search_insertions(self, terms: Mapping[str, Any]) -> list[Insertion]:
        """Find insertions."""
        frame = matching_insertions(self.table, terms)
        return [_insertion(row) for row in frame.sort("eid", "name").collect().iter_rows(named=True)]

    def insertion(self, pid: UUID) -> Insertion:
        """Look up one insertion."""
        found = self.search_insertions({"id": pid})
        if not found:
            raise InsertionNotFound(
                f"the tables in {self.folder} have no insertion {pid}; load_cache() gets newer ones"
            )
        return found[0]


def _session(row: Mapping[str, Any]) -> Session:
    projects = tuple(name for name in row["projects"].split(",") if name)
    fields = {key: row[key] for key in ("lab", "subject", "date", "number", "task_protocol")}
    return Session(eid=UUID(row["id"]), projects=projects, **fields)


def _dataset(row: Mapping[str, Any]) -> Dataset:
    fields = {key: row[key] for key in ("rel_path", "file_size", "hash", "default_revision", "exists")}
    return Dataset(id=UUID(row["id"]), eid=UUID(row["eid"]), qc=QC(row["qc"]), **fields)


def _insertion(row: Mapping[str, Any]) -> Insertion:
    fields = {key: row[key] for key in ("name", "model", "serial")}
    return Insertion(pid=UUID(row["id"]), eid=UUID(row["eid"]), **fields)
