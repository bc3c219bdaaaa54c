"""The datasets of a table in the order of their sessions, each path split once: what look-ups by session read.

Tables keep their files as they are made, in whatever order. Beside them, or in the cache of the user, the same rows are
kept as Arrow files, of which each look-up reads a few. They are named by the size and time of the table that they were
made of, so that they are never of another one.
"""

from __future__ import annotations

import hashlib
import shutil
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from bregma.one.tables.blocks import Blocks, write_blocks
from bregma.one.tables.named import NamedFiles, number_paths
from bregma.one.tables.snapshot import scan_table

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    import polars as pl

    from bregma.alf import QC

_VERSION = 2
_FEW = 100_000
"""Rows that are prepared in memory faster than a person notices, so that nothing is kept of them."""
_KEEP = 3
_ABANDONED = 3600.0
"""Seconds after which nobody writes rows any more that are not in place: their process was killed."""
_KEYS = ("session", "path", "exists", "qc")


@dataclass(frozen=True)
class PreparedDatasets:
    """Rows by session.

    Attributes
    ----------
    sessions : polars.DataFrame
        Each session once, sorted: eid, with its first row and the one after its last.
    paths : polars.DataFrame
        Each path once, sorted: rel_path, collection, revision, name.
    keys : polars.DataFrame
        A row per dataset, those of a session together: exists, qc, and its ``session`` and ``path`` as rows of the
        others.
    rows : polars.DataFrame or Blocks
        All else of the same datasets.
    """

    sessions: pl.DataFrame
    paths: pl.DataFrame
    keys: pl.DataFrame
    rows: pl.DataFrame | Blocks

    def of_session(self, eid: UUID) -> pl.DataFrame:
        """Return the datasets of a session: the columns of the table, and collection, revision and name.

        There are none of a session that is not there.
        """
        import polars as pl

        first, length = self._place(str(eid))
        keys = self.keys.slice(first, length)
        found = self.rows.slice(first, length).hstack([keys["exists"], keys["qc"], *self.paths[keys["path"]]])
        return found.insert_column(0, pl.Series("eid", [str(eid)] * length, dtype=pl.String))

    def _place(self, eid: str) -> tuple[int, int]:
        """Return the first row of a session, and how many it has."""
        number = self.sessions["eid"].search_sorted(eid)
        found, first, after = self.sessions.row(number) if number < self.sessions.height else ("", 0, 0)
        return (first, after - first) if found == eid else (0, 0)

    def sessions_with(self, patterns: Sequence[str], worst: QC) -> pl.Series:
        """Find the ids of sessions by the names of their files; see ``NamedFiles``."""
        return self.sessions["eid"][self._named.sessions_with(patterns, worst)]

    @cached_property
    def _named(self) -> NamedFiles:
        return NamedFiles(self.keys, self.paths)


def read_id(text: str) -> UUID:
    """Read a UUID as tables write it, in half the time of ``UUID(text)``."""
    return UUID(int=int(text.replace("-", ""), 16))


def prepare(table: pl.LazyFrame) -> PreparedDatasets:
    """Sort the rows of a table of datasets by session and path, and split the paths."""
    import polars as pl

    given = table.select("eid", "rel_path").collect()
    eids = given["eid"].unique().sort()
    session = given["eid"].cast(pl.Enum(eids)).to_physical().cast(pl.UInt32).alias("session")
    paths, path = number_paths(given["rel_path"])
    del given
    order = (session.cast(pl.UInt64) * max(paths.height, 1) + path.cast(pl.UInt64)).arg_sort()
    rows = pl.DataFrame([session[order], path[order]])
    after = rows["session"].search_sorted(pl.Series(range(eids.len()), dtype=pl.UInt32), side="right")
    sessions = pl.DataFrame({"eid": eids, "first": after.shift(1, fill_value=0), "after": after})
    for column in table.drop("eid", "rel_path").collect_schema():  # one at a time: few are large
        rows = rows.hstack(table.select(column).collect()[order])
    return PreparedDatasets(sessions, paths, rows.select(_KEYS), rows.drop(_KEYS))


def open_prepared(path: Path, table: pl.LazyFrame, status: os.stat_result) -> PreparedDatasets:
    """Return the prepared rows of a table, made if they are not there, and kept for the user if they are many.

    Parameters
    ----------
    path : Path
        The table of datasets.
    table : polars.LazyFrame
        What is in it.
    status : os.stat_result
        Of that very file.
    """
    found = find_prepared(path, status)
    if found is not None:
        return found
    made = prepare(table)
    if made.keys.height <= _FEW:
        return made
    try:
        return keep_prepared(made, _of_user(path), status)
    except OSError:  # a full disk, or a home that may not be written: the rows stay in memory
        return made


def prepare_beside(path: Path, folder: Path) -> None:
    """Prepare a table of datasets that is about to be moved into a folder, for all who use that folder."""
    status = path.stat()
    made = prepare(scan_table(path, "datasets"))
    if made.keys.height > _FEW:
        keep_prepared(made, _beside(folder / path.name), status)


def keep_prepared(made: PreparedDatasets, folder: Path, status: os.stat_result) -> PreparedDatasets:
    """Write prepared rows into a folder of their own, wholly or not at all, and open them.

    Raises
    ------
    OSError
        If they cannot be written.
    """
    from tempfile import mkdtemp

    folder.mkdir(parents=True, exist_ok=True)
    target = folder / _key(status)
    temporary = Path(mkdtemp(dir=folder, prefix=".new-"))
    try:
        _write(made, temporary)
        temporary.chmod(0o755)
        if _open(target) is None:
            shutil.rmtree(target, ignore_errors=True)  # damaged, as a crash of the machine leaves it
            temporary.rename(target)
    except OSError:
        if _open(target) is None:  # else another process was faster, and its rows are the same
            raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    _forget_old(folder, target)
    return _open(target) or made


def find_prepared(path: Path, status: os.stat_result) -> PreparedDatasets | None:
    """Return the prepared rows of a table if somebody has made them."""
    for folder in (_beside(path), _of_user(path)):
        found = _open(folder / _key(status))
        if found is not None:
            return found
    return None


def _write(made: PreparedDatasets, folder: Path) -> None:
    rows = made.rows.slice(0, made.keys.height)
    blocks = write_blocks(rows, made.sessions["first"], folder / "rows.arrow")
    frames = {"sessions": made.sessions, "paths": made.paths, "keys": made.keys, "blocks": blocks}
    for name, frame in frames.items():
        frame.write_ipc(folder / f"{name}.arrow")


def _open(folder: Path) -> PreparedDatasets | None:
    """Open the files of a folder; None where they are not there, or not whole."""
    import polars as pl

    try:
        sessions, paths, keys, blocks = (
            pl.read_ipc(folder / f"{name}.arrow") for name in ("sessions", "paths", "keys", "blocks")
        )
        return PreparedDatasets(sessions, paths, keys, Blocks.open(folder / "rows.arrow", blocks))
    except (OSError, pl.exceptions.PolarsError):
        return None


def _key(status: os.stat_result) -> str:
    return f"{_VERSION}-{status.st_size}-{status.st_mtime_ns}"


def _beside(path: Path) -> Path:
    return path.parent / ".prepared"


def _of_user(path: Path) -> Path:
    from bregma.services.home import Home

    name = hashlib.blake2b(str(path.resolve()).encode(), digest_size=8).hexdigest()
    return Home.default().cache / "prepared" / name


def _forget_old(folder: Path, newest: Path) -> None:
    """Remove rows of tables that are no more; whoever has them mapped keeps them."""
    others = [one for one in folder.iterdir() if one != newest and not one.name.startswith(".new-")]
    for old in sorted(others, key=lambda one: one.name.rpartition("-")[2])[: -_KEEP + 1]:
        shutil.rmtree(old, ignore_errors=True)
    horizon = time.time() - _ABANDONED
    for left in folder.glob(".new-*"):
        if _changed_at(left) < horizon:
            shutil.rmtree(left, ignore_errors=True)


def _changed_at(path: Path) -> float:
    """Tell when a path was last changed, in seconds since 1970; now, where another process just removed it."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return time.time()
