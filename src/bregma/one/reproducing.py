"""Loading the same again: locks of what was loaded, and pins to a release, a revision or a moment."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from bregma.one.catalogue.local import LocalCatalogue
from bregma.one.errors import LockBroken, ONEError, TablesMissing, UnknownMoment
from bregma.one.loading import Loading
from bregma.one.lock import Lock
from bregma.one.lock.pins import MomentPin, PinnedCatalogue, RevisionPin, parse_moment
from bregma.one.lock.tables import write_lock_tables
from bregma.one.tables.snapshot import read_info
from bregma.store import Fingerprint, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path
    from typing import Self
    from uuid import UUID

    from bregma.alf import ALFPath
    from bregma.one.catalogue import Catalogue
    from bregma.one.identifiers import SessionName
    from bregma.one.lock.pins import Pin
    from bregma.one.records import Dataset, Session
    from bregma.store import Plan


class Reproducing(Loading):
    """Writes and restores locks, and pins what is loaded."""

    _pinned: Catalogue | None = None

    def files_of(self, eid: SessionName) -> tuple[Session, list[Dataset]]:
        """Look up a session with all its files, every revision and quality."""
        session, datasets = self._datasets(eid, None)
        return self._whole([session])[session.eid], datasets

    def bring(self, session: Session, datasets: Iterable[Dataset]) -> list[ALFPath]:
        """Bring files of one session here, whole and verified, and tell where they are, in their order."""
        return self._obtain(session, list(datasets), check_hash=True)

    def plan(self, session: Session, datasets: Iterable[Dataset]) -> Plan:
        """Say how many files and bytes ``bring`` would fetch, and fetch nothing."""
        return self._files.plan(session, datasets)

    def make_lock(self) -> Lock:
        """Make a lock of all that was loaded while ``one.record_loaded`` was true.

        Raises
        ------
        ValueError
            If nothing was recorded.
        """
        entries = self.recorder.entries
        if not entries:
            raise ValueError("nothing was recorded; set one.record_loaded = True before loading, then write the lock")
        catalogue = self._catalogue()
        eids = dict.fromkeys(session.eid for session, _ in entries)
        insertions = [one for eid in eids for one in catalogue.search_insertions({"session": str(eid)})]
        server = "" if self.offline else self.alyx.base_url
        whole = self._whole(session for session, _ in entries)
        complete = [(whole[session.eid], self._with_hash(session, dataset)) for session, dataset in entries]
        return Lock.of(complete, insertions, server=server, tables_date=self._tables_date())

    def write_lock(self, path: Path | str = "one.lock") -> Path:
        """Write a lock of all that was loaded while ``one.record_loaded`` was true.

        Parameters
        ----------
        path : path
            The file; an earlier one is replaced.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        ValueError
            If nothing was recorded.
        """
        return self.make_lock().write(path)

    @classmethod
    def from_lock(cls, path: Path | str, **arguments: Any) -> Self:
        """Open exactly what a lock holds: other sessions, datasets and revisions are not there.

        Parameters
        ----------
        path : path
            The lock file.
        **arguments
            As of the class; by default the server that the lock names. In local mode, or with a folder, nothing is
            asked of it.

        Raises
        ------
        InvalidLock
            If the file is no lock.
        ValueError
            If the lock comes from a folder and none is given.
        """
        lock = Lock.read(path)
        if not arguments.keys() & {"base_url", "client", "cache_dir"}:
            if not lock.server:
                raise ValueError(f"{path} was made from a folder, not a server; give it as cache_dir=")
            arguments["base_url"] = lock.server
        return cls(**arguments).under(lock)

    def under(self, lock: Lock) -> Self:
        """Make a ONE of the same server and files that knows exactly what a lock holds."""
        from bregma.services.home import Home

        return self._of_tables(write_lock_tables(lock, Home.default().cache))

    def restore(self, lock: Lock | Path | str) -> list[ALFPath]:
        """Bring all files of a lock here, the very same bytes.

        Returns
        -------
        list of ALFPath
            In the order of the lock.

        Raises
        ------
        LockBroken
            If files are missing or have changed; lists all of them.
        """
        lock = lock if isinstance(lock, Lock) else Lock.read(lock)
        paths: list[ALFPath] = []
        broken: list[str] = []
        for locked in lock.sessions:
            try:
                paths += self.bring(locked.session, locked.datasets)
            except (ONEError, StoreError):
                broken += self.broken(locked.session, locked.datasets)
        if broken:
            listed = "\n  ".join(broken)
            raise LockBroken(
                f"{len(broken)} of {len(lock.datasets)} files of the lock cannot be had as they were:\n  {listed}\n"
                "Ask who wrote the lock for these files, or compare it with a new one"
            )
        return paths

    def at(self, *, tag: str | None = None, revision: str | None = None, moment: datetime | str | None = None) -> Self:
        """Make a ONE that loads what was there, whatever came since.

        Parameters
        ----------
        tag : str
            Only datasets of this release. Its tables are fetched from the server; in local mode they must be in the
            folder of that name in the cache.
        revision : str
            Of each file the last revision up to this one, such as ``"2024-01-01"``; later ones are not there.
        moment : datetime or str
            Datasets that the server had then, ISO 8601, UTC if no time zone is given. A server tells when it entered a
            dataset, not whether its bytes were replaced later: a lock notices that.

        Returns
        -------
        ONE
            Of the same class, server and files. This one stays as it is.

        Raises
        ------
        ValueError
            If not exactly one pin is given.
        UnknownMoment
            If a moment is given in local mode: tables do not tell when datasets were entered.
        TablesMissing
            If a tag is given in local mode and its tables are not here.
        """
        if (tag is None) + (revision is None) + (moment is None) != 2:
            raise ValueError("give one of tag=, revision= and moment=; several are pinned one after the other")
        if tag is not None:
            return self._at_tag(tag)
        if revision is not None:
            return self._with_pin(RevisionPin(revision))
        if self.offline:
            raise UnknownMoment(
                f"the tables in {self.tables_dir} do not tell when datasets were entered; "
                "pin a moment with mode='remote', or a tag or revision"
            )
        assert moment is not None
        return self._with_pin(MomentPin(parse_moment(moment), self.alyx))

    def _at_tag(self, tag: str) -> Self:
        folder = self.cache_dir / tag
        if self.offline:
            try:
                read_info(folder / "sessions.pqt")
            except TablesMissing as error:
                raise TablesMissing(
                    f"{folder} has no tables of the release {tag!r}; get them once with load_cache(tag={tag!r})"
                ) from error
            return self._of_tables(folder)
        other = copy(self)
        other.load_cache(tag=tag)
        return self._of_tables(other.tables_dir)

    def _of_tables(self, folder: Path) -> Self:
        """Ask the tables of a folder only; files come from where they came from."""
        other = copy(self)
        other._local = LocalCatalogue(folder)
        other._pinned = other._local
        return other

    def _with_pin(self, pin: Pin) -> Self:
        other = copy(self)
        other._pinned = cast("Catalogue", PinnedCatalogue(self._catalogue(), pin))
        return other

    def _catalogue(self, query_type: str | None = None) -> Catalogue:
        return self._pinned or super()._catalogue(query_type)

    def _whole(self, sessions: Iterable[Session]) -> dict[UUID, Session]:
        """Ask for protocol and projects of those sessions of which only the path is known."""
        found = {session.eid: session for session in sessions}
        thin = [eid for eid, session in found.items() if not session.told]
        return found | dict(zip(thin, self._catalogue().sessions(thin) if thin else (), strict=True))

    def _with_hash(self, session: Session, dataset: Dataset) -> Dataset:
        """Measure a file of which the database does not tell hash or size."""
        if dataset.hash and dataset.file_size is not None:
            return dataset
        measured = Fingerprint.of(self._files.path(session, dataset))
        return replace(dataset, hash=measured.md5 or "", file_size=measured.size)

    def _tables_date(self) -> str:
        return read_info(self.tables_dir / "sessions.pqt").date_created if self.offline or self._pinned else ""

    def broken(self, session: Session, datasets: Iterable[Dataset]) -> list[str]:
        """Ask for files one by one, and tell which cannot be had and why."""
        broken = []
        for dataset in datasets:
            try:
                self.bring(session, [dataset])
            except (ONEError, StoreError) as error:
                broken.append(f"{session.path}/{dataset.rel_path} (md5 {dataset.hash}): {error}")
        return broken
