"""Which md5 each file of a folder has, remembered between processes as long as a file does not change."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

NAME = ".verified.sqlite"
_DAY = 86_400
_PATIENCE = 10.0
_BATCH = 500
_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS verified (path TEXT PRIMARY KEY, size INTEGER, mtime_ns INTEGER, inode INTEGER, "
    "md5 TEXT, used INTEGER) WITHOUT ROWID"
)
_SAVE = "INSERT OR REPLACE INTO verified VALUES (?, ?, ?, ?, ?, ?)"


class Stamp(NamedTuple):
    """What changes when a file is written: size, time and number in its file system."""

    size: int
    mtime_ns: int
    inode: int

    @classmethod
    def of(cls, status: os.stat_result) -> Stamp:
        """Take it from what the system says of a file."""
        return cls(status.st_size, status.st_mtime_ns, status.st_ino)


@dataclass(frozen=True, slots=True)
class _Known:
    stamp: Stamp
    md5: str
    used: int


class VerifiedHashes:
    """The md5 of files, by path below a folder; kept in a small database there, if it can be written to.

    Any number of processes may use it at once. It only saves work: where it is damaged, locked or read-only,
    files are hashed again.

    Parameters
    ----------
    folder : Path
        Where the database lies.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME
        self._known: dict[str, _Known] = {}

    def find(self, stamps: Mapping[str, Stamp]) -> dict[str, str]:
        """Look up files; only those that did not change since they were hashed are told.

        Parameters
        ----------
        stamps : mapping of str to Stamp
            What the files are like now, by path below the folder.

        Returns
        -------
        dict of str to str
            The md5 of those that are known.
        """
        unseen = [path for path in stamps if path not in self._known]
        if unseen:
            self._known |= self._load(unseen)
        today = _today()
        found = {path: known for path, stamp in stamps.items() if (known := self._as_now(path, stamp))}
        stale = {path: known for path, known in found.items() if known.used < today}
        if stale:
            self._save({path: _Known(known.stamp, known.md5, today) for path, known in stale.items()})
        return {path: known.md5 for path, known in found.items()}

    def remember(self, hashes: Mapping[str, tuple[Stamp, str]]) -> None:
        """Keep what was measured of files, by path below the folder."""
        if hashes:
            today = _today()
            self._save({path: _Known(stamp, md5.lower(), today) for path, (stamp, md5) in hashes.items()})

    def forget(self, paths: Iterable[str]) -> None:
        """Drop what is known of files that are no more."""
        gone = list(paths)
        for path in gone:
            self._known.pop(path, None)
        with suppress(sqlite3.Error), closing(self._connect("rw")) as database, database:
            database.executemany("DELETE FROM verified WHERE path = ?", [(path,) for path in gone])

    def last_used(self) -> dict[str, float]:
        """Tell when each file was last loaded, to the day, in seconds since 1970."""
        try:
            with closing(self._connect("ro")) as database:
                rows = database.execute("SELECT path, used FROM verified").fetchall()
        except sqlite3.Error:
            return {}
        return {str(path): float(used) * _DAY for path, used in rows}

    def _as_now(self, path: str, stamp: Stamp) -> _Known | None:
        known = self._known.get(path)
        return known if known is not None and known.stamp == stamp else None

    def _load(self, paths: list[str]) -> dict[str, _Known]:
        found: list[tuple[str, int, int, int, str, int]] = []
        with suppress(sqlite3.Error), closing(self._connect("ro")) as database:
            for start in range(0, len(paths), _BATCH):
                batch = paths[start : start + _BATCH]
                marks = ",".join("?" * len(batch))
                query = f"SELECT * FROM verified WHERE path IN ({marks})"  # noqa: S608 - only question marks
                found += database.execute(query, batch).fetchall()
        return {path: _Known(Stamp(size, mtime, inode), md5, used) for path, size, mtime, inode, md5, used in found}

    def _save(self, known: Mapping[str, _Known]) -> None:
        self._known |= known
        rows = [(path, *one.stamp, one.md5, one.used) for path, one in known.items()]
        try:
            self._write(rows)
        except sqlite3.DatabaseError as error:
            if "malformed" in str(error) or "not a database" in str(error):
                with suppress(OSError, sqlite3.Error):
                    self.path.unlink()
                    self._write(rows)

    def _write(self, rows: Sequence[tuple[object, ...]]) -> None:
        with closing(self._connect("rwc")) as database, database:
            database.execute("PRAGMA synchronous=OFF")
            database.execute(_SCHEMA)
            database.executemany(_SAVE, rows)

    def _connect(self, mode: str) -> sqlite3.Connection:
        return sqlite3.connect(f"{self.path.absolute().as_uri()}?mode={mode}", uri=True, timeout=_PATIENCE)


def _today() -> int:
    return int(time.time() // _DAY)
