"""Look-ups in cache tables, without a server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from bregma.alf import QC, SessionParts
from bregma.one.catalogue import several_labs
from bregma.one.catalogue.conditions import matching_insertions, matching_sessions
from bregma.one.catalogue.terms import LOCAL_INSERTION_TERMS, LOCAL_SESSION_TERMS
from bregma.one.errors import DatasetNotFound, InsertionNotFound, SessionNotFound, TablesMissing
from bregma.one.records import Dataset, Insertion, Session
from bregma.one.tables import COLUMNS, MORE, NAMES, OUTCOMES
from bregma.one.tables.named import NamedFiles
from bregma.one.tables.opened import OpenedTables
from bregma.one.tables.prepared import PreparedDatasets, find_prepared, open_prepared, prepare, read_id
from bregma.one.tables.snapshot import empty_table, scan_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    import polars as pl


_NEWEST_FIRST = ["date", "subject", "number"]
_OF_DATASET = ["id", "rel_path", "file_size", "hash", "qc", "default_revision", "exists"]
_OUTCOMES = {int(qc): qc for qc in QC}
_LARGE = 4_000_000
"""Bytes of a table of datasets that is not prepared for a single search."""


class LocalCatalogue:
    """Sessions, datasets and insertions of the tables in a folder.

    Parameters
    ----------
    folder : Path
        Where ``sessions.pqt``, ``datasets.pqt`` and ``insertions.pqt`` are; sessions are required.
    """

    session_terms: tuple[str, ...] = LOCAL_SESSION_TERMS
    insertion_terms: tuple[str, ...] = LOCAL_INSERTION_TERMS

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)
        self._forget()

    def __getstate__(self) -> dict[str, Any]:
        return {"folder": self.folder}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.folder = state["folder"]
        self._forget()

    def _forget(self) -> None:
        self._opened: OpenedTables | None = None
        self._frames: dict[str, pl.LazyFrame] = {}
        self._columns: dict[str, list[str]] = {}
        self._prepared: PreparedDatasets | None = None
        self._named: NamedFiles | None = None
        self._eids: dict[str, UUID] = {}
        self._told_sessions: pl.DataFrame | None = None
        self._last: tuple[Session, list[Dataset]] | None = None  # scripts load much of one session in a row

    def table(self, name: str) -> pl.LazyFrame:
        """Open one table; empty where the folder lacks it (but sessions, which are required).

        All tables are of the moment when the first was opened.
        """
        if name not in NAMES:
            raise ValueError(f"no table {name!r}; there are {', '.join(NAMES)}")
        if name not in self._frames:
            file = self._tables().files.get(name)
            frame = scan_table(self._path(name), name, file) if file else empty_table(name).lazy()
            if name == "sessions":
                frame = frame.sort(_NEWEST_FIRST, descending=True, maintain_order=True)
            # Sessions are few and asked for all the time; datasets are many and read by row groups.
            self._frames[name] = frame if name == "datasets" else frame.collect().lazy()
        return self._frames[name]

    def frames(self) -> dict[str, pl.DataFrame]:
        """Return the tables that are there, in the columns that they have; none where there are no tables at all."""
        try:
            names = list(self._tables().files)
        except TablesMissing:
            return {}
        tables = {name: self.table(name).collect() for name in names}
        return {
            name: frame.drop(*(one for one in MORE[name] if not self.tells(name, one)))
            for name, frame in tables.items()
        }

    def tells(self, name: str, column: str) -> bool:
        """Tell whether a table of these says something of a column, or only has what stands for nothing."""
        import polars as pl

        if name not in self._columns:
            file = self._tables().files.get(name)
            self._columns[name] = pl.scan_parquet(file).collect_schema().names() if file else []
        return column in self._columns[name]

    def prepared(self) -> PreparedDatasets:
        """Return the datasets in the order of sessions, with each path once."""
        if self._prepared is None:
            table, opened = self.table("datasets"), self._tables()
            there = "datasets" in opened.files
            self._prepared = (
                open_prepared(self._path("datasets"), table, opened.status("datasets")) if there else prepare(table)
            )
        return self._prepared

    def sessions_with(self, patterns: Sequence[str], worst: QC = QC.FAIL) -> pl.Series:
        """Find the sessions that have a file for each pattern, none of them worse than a quality.

        Parameters
        ----------
        patterns, worst
            As of ``NamedFiles.sessions_with``.

        Returns
        -------
        polars.Series
            Ids of sessions, in no order.

        Raises
        ------
        ValueError
            If a pattern is not a regular expression.
        """
        if self._prepared is None and self._named is None:
            self._named = self._names_of_unprepared()
        return (self._named or self.prepared()).sessions_with(patterns, worst)

    def all_paths(self) -> list[str]:
        """List the paths that datasets have in their sessions, each once."""
        return self.prepared().paths["rel_path"].to_list()

    def _names_of_unprepared(self) -> NamedFiles | None:
        """Read the names of files where preparing the table takes longer than a question may."""
        import polars as pl

        opened = self._tables()
        if "datasets" not in opened.files or opened.status("datasets").st_size < _LARGE:
            return None
        self._prepared = find_prepared(self._path("datasets"), opened.status("datasets"))
        frame = pl.scan_parquet(opened.files["datasets"])
        if self._prepared is not None or "eid" not in frame.collect_schema():
            return None
        return NamedFiles.of_table(frame, str(self._path("datasets")))

    def _told(self, frame: pl.LazyFrame, name: str) -> pl.LazyFrame:
        """Leave out the columns that the file of a table lacks, and name outcomes of quality control."""
        import polars as pl

        lacking = [column for column in MORE[name] if not self.tells(name, column)]
        names = {int(qc): qc.name for qc in QC}
        told = [one for one in (*COLUMNS[name], *MORE[name]) if one in OUTCOMES and one not in lacking]
        qc = pl.col(told).replace_strict(names, return_dtype=pl.String)
        return frame.with_columns(qc).drop(lacking)

    def _tables(self) -> OpenedTables:
        if self._opened is None:
            self._opened = OpenedTables(self.folder)
        return self._opened

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.pqt"

    def search(self, terms: Mapping[str, Any]) -> list[Session]:
        """Find sessions, newest first."""
        rows = self._told(self._newest(terms), "sessions").collect().iter_rows(named=True)
        return [Session.from_row(row) for row in rows]

    def search_ids(self, terms: Mapping[str, Any]) -> list[UUID]:
        """Find the ids of sessions, newest first."""
        if not self._eids:
            self._eids = {text: read_id(text) for text in self.table("sessions").collect()["id"]}
        known = self._eids
        return [known[text] for text in self._newest(terms).select("id").collect()["id"].to_list()]

    def _newest(self, terms: Mapping[str, Any]) -> pl.LazyFrame:
        return matching_sessions(self, terms).slice(terms.get("offset", 0), terms.get("limit"))

    def session(self, eid: UUID) -> Session:
        """Look up one session."""
        if self._told_sessions is None:
            self._told_sessions = self._told(self.table("sessions"), "sessions").collect()
        row = self._told_sessions["id"].index_of(str(eid))
        if row is None:
            raise SessionNotFound(f"the tables in {self.folder} have no session {eid}; load_cache() gets newer ones")
        return Session.from_row(self._told_sessions.row(row, named=True))

    def details(self, eid: UUID) -> pd.DataFrame:
        """Tell all that the tables know of a session: its files, with the columns of the session."""
        from bregma.one.catalogue.details import frame_of_session

        return frame_of_session(*self.datasets(eid))

    def sessions(self, eids: Sequence[UUID]) -> list[Session]:
        """Look up many sessions."""
        return [self.session(eid) for eid in eids]

    def named(self, parts: SessionParts) -> list[Session]:
        """Find the sessions of a path; of several labs, if it names none."""
        import polars as pl

        of_day = (pl.col("subject") == parts.subject) & (pl.col("date") == parts.date)
        frame = self.table("sessions").filter(of_day & (pl.col("number") == parts.number))
        frame = frame.filter(pl.col("lab") == parts.lab) if parts.lab else frame
        return [Session.from_row(row) for row in self._told(frame, "sessions").collect().iter_rows(named=True)]

    def datasets(self, name: UUID | SessionParts) -> tuple[Session, list[Dataset]]:
        """Look up a session with its files."""
        eid = name if isinstance(name, UUID) else self._only(name).eid
        last = self._last
        if last is None or last[0].eid != eid:
            last = self._last = self.session(eid), self._datasets_of(eid)
        return last[0], [*last[1]]

    def _datasets_of(self, eid: UUID) -> list[Dataset]:
        rows = self.prepared().of_session(eid)[_OF_DATASET].iter_rows()
        return [
            Dataset(read_id(key), eid, path, size, md5, _OUTCOMES[qc], default, exists)
            for key, path, size, md5, qc, default, exists in rows
        ]

    def dataset(self, dataset_id: UUID) -> tuple[Session, Dataset]:
        """Look up one file with its session."""
        import polars as pl

        rows = self.table("datasets").filter(pl.col("id") == str(dataset_id)).collect()
        if rows.is_empty():
            raise DatasetNotFound(
                f"the tables in {self.folder} have no dataset {dataset_id}; load_cache() gets newer ones"
            )
        row = rows.row(0, named=True)
        session = self.session(UUID(row["eid"]))
        fields = {name: row[name] for name in _OF_DATASET[1:]}
        return session, Dataset(id=dataset_id, eid=session.eid, **{**fields, "qc": QC(row["qc"])})

    def _only(self, parts: SessionParts) -> Session:
        found = self.named(parts)
        if not found:
            raise SessionNotFound(f"the tables in {self.folder} have no session {parts}; load_cache() gets newer ones")
        if len(found) > 1:
            raise several_labs(parts, found)
        return found[0]

    def search_insertions(self, terms: Mapping[str, Any]) -> list[Insertion]:
        """Find insertions."""
        order = [*_NEWEST_FIRST, "name"]
        frame = matching_insertions(self, terms).sort(order, descending=True, maintain_order=True)
        frame = frame.slice(terms.get("offset", 0), terms.get("limit"))
        rows = self._told(frame, "insertions").collect().iter_rows(named=True)
        return [Insertion.from_record(row) for row in rows]

    def insertion(self, pid: UUID) -> Insertion:
        """Look up one insertion."""
        found = self.search_insertions({"id": pid})
        if not found:
            raise InsertionNotFound(
                f"the tables in {self.folder} have no insertion {pid}; load_cache() gets newer ones"
            )
        return found[0]
