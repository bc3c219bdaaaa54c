"""The datasets of a table in the order of their sessions, each path split once: what look-ups by session read.

Tables keep their files as they are made, in whatever order. Beside them, or in the cache of the user, the same rows are
kept as Arrow files that are mapped into memory and shared by all processes. They are named by the size and time of the
table that they were made of, so that they are never of another one.
"""

from __future__ import annotations

import functools
import hashlib
import re
import shutil
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING
from uuid import UUID

from bregma.one.tables.snapshot import in_todays_columns, scan_table

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    import polars as pl

    from bregma.alf import QC

_VERSION = 1
_FEW = 100_000
"""Rows that are prepared in memory faster than a person notices, so that nothing is kept of them."""
_KEEP = 3


@dataclass(frozen=True)
class PreparedDatasets:
    """Rows by session.

    Attributes
    ----------
    rows : polars.DataFrame
        A row per dataset, those of a session together; the first two, ``session`` and ``path``, are rows of the
        others. Texts are bytes, which are mapped into memory without being looked at.
    paths : polars.DataFrame
        Each path once, sorted: rel_path, collection, revision, name.
    sessions : polars.DataFrame
        Each session once, sorted: eid, with its first row and the one after its last.
    """

    rows: pl.DataFrame
    paths: pl.DataFrame
    sessions: pl.DataFrame

    @cached_property
    def _places(self) -> dict[str, tuple[int, int]]:
        return {eid: (first, after) for eid, first, after in self.sessions.iter_rows()}

    def of_session(self, eid: UUID, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """Return the datasets of a session.

        Parameters
        ----------
        eid : UUID
            Of the session; there are no rows of one that is not there.
        columns : sequence of str, optional
            Some of those of the table, and of collection, revision and name; all by default.
        """
        import polars as pl

        first, after = self._places.get(str(eid), (0, 0))
        rows = self.rows.slice(first, after - first)
        split, path = self.paths.columns, rows["path"]
        found = []
        for name in columns or ("eid", *split, *rows.columns[2:]):
            if name == "eid":
                found.append(pl.Series("eid", [str(eid)] * rows.height, dtype=pl.String))
            elif name in split:
                found.append(self.paths[name].gather(path))
            else:
                found.append(_as_text(rows[name]) if rows[name].dtype == pl.Binary else rows[name])
        return pl.DataFrame(found)

    def sessions_with(self, patterns: Sequence[str], worst: QC) -> pl.Series:
        """Find the sessions that have a good enough file for each pattern; see ``sessions_with`` of the module."""
        import polars as pl

        good = self.rows["exists"] & (self.rows["qc"] <= int(worst))
        found = pl.Series(range(self.sessions.height), dtype=pl.UInt32)
        for pattern in patterns or [".*"]:
            named = self.paths["name"].is_in(matching_names(self.paths["name"], pattern))
            fits = good & named[self.rows["path"]] if patterns else good
            found = found.filter(found.is_in(self.rows["session"].filter(fits).unique().implode()))
        return self.sessions["eid"][found]


def sessions_with(table: pl.LazyFrame, patterns: Sequence[str], worst: QC, place: str) -> pl.Series:
    """Find the sessions that have a good enough file for each pattern, in a table that is not prepared.

    Parameters
    ----------
    table : polars.LazyFrame
        Datasets, in whatever columns they were written.
    patterns : sequence of str
        Regular expressions for whole file names, ignoring case; without any, one good file is enough.
    worst : QC
        Files of a worse quality do not count, nor do those that do not exist.
    place : str
        Where the table is from, for the message of an error.
    """
    import polars as pl

    columns = [one for one in ("eid", "rel_path", "exists", "qc") if one in table.collect_schema()]
    table = table.select(*columns, id=pl.lit(""))
    good = pl.col("exists") & (pl.col("qc") <= int(worst))
    if not patterns:
        return in_todays_columns(table, "datasets", place).filter(good).select(pl.col("eid").unique()).collect()["eid"]
    paths = split_paths(table.select(pl.col("rel_path").unique()).collect())
    found = []
    for pattern in patterns:
        wanted = paths.filter(pl.col("name").is_in(matching_names(paths["name"], pattern)))["rel_path"]
        rows = table.filter(pl.col("rel_path").is_in(wanted.implode())).collect()  # first what skips most
        found.append(in_todays_columns(rows.lazy(), "datasets", place).filter(good).collect()["eid"].unique())
    return functools.reduce(lambda these, those: these.filter(these.is_in(those.implode())), found)


def read_id(text: str) -> UUID:
    """Read a UUID as tables write it, in half the time of ``UUID(text)``."""
    return UUID(int=int(text.replace("-", ""), 16))


def matching_names(names: pl.Series, pattern: str) -> list[str]:
    """Return the names that match a regular expression wholly, ignoring case.

    Raises
    ------
    ValueError
        If it is not one.
    """
    try:
        matches = re.compile(pattern, re.IGNORECASE).fullmatch
    except re.error as error:
        raise ValueError(f"{pattern!r} is not a regular expression: {error}; escape what is meant as it is") from error
    return [name for name in names.unique() if matches(name)]


def _as_text(values: pl.Series) -> pl.Series:
    """Convert a few bytes to text, one by one: a cast looks at all that is mapped."""
    import polars as pl

    texts = [None if one is None else one.decode() for one in values]
    return pl.Series(values.name, texts, dtype=pl.String)


def prepare(table: pl.LazyFrame) -> PreparedDatasets:
    """Sort the rows of a table of datasets by session and path, and split the paths."""
    import polars as pl

    paths = split_paths(table.select(pl.col("rel_path").unique().sort()).collect())
    keys = table.select("eid", "rel_path").collect()
    sessions = keys.select(pl.col("eid").unique().sort())
    session = keys["eid"].cast(pl.Enum(sessions["eid"])).to_physical()
    path = keys["rel_path"].cast(pl.Enum(paths["rel_path"])).to_physical()
    del keys
    order = (session.cast(pl.UInt64) * max(paths.height, 1) + path.cast(pl.UInt64)).arg_sort()
    counts = session.value_counts().sort(session.name)["count"].cast(pl.UInt32)
    after = counts.cum_sum()
    sessions = sessions.with_columns(first=after - counts, after=after)
    columns = table.drop("eid", "rel_path").collect_schema().names()
    rows = pl.DataFrame({"session": session.cast(pl.UInt32)[order], "path": path.cast(pl.UInt32)[order]})
    for column in columns:  # one at a time: few are large, and none is needed twice
        rows = rows.hstack(table.select(column).collect()[order].with_columns(pl.col(pl.String).cast(pl.Binary)))
    return PreparedDatasets(rows, paths, sessions)


def split_paths(paths: pl.DataFrame) -> pl.DataFrame:
    """Add the collection, revision and name of paths ``collection/#revision#/name``; empty texts for what is absent."""
    import polars as pl

    path = pl.col("rel_path")
    split = paths.with_columns(
        pl.coalesce(path.str.extract(r"^(.*)/[^/]*$"), pl.lit("")).alias("folder"),
        path.str.extract(r"([^/]*)$").alias("name"),
    ).with_columns(pl.col("folder").str.extract(r"(?:^|/)#([^/#]+)#$").fill_null("").alias("revision"))
    collection = pl.col("folder").str.replace(r"(?:^|/)#[^/#]+#$", "")
    return split.with_columns(collection.alias("collection")).select("rel_path", "collection", "revision", "name")


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
    if made.rows.height <= _FEW:
        return made
    try:
        return keep_prepared(made, _of_user(path), status)
    except OSError:  # a full disk, or a home that may not be written: the rows stay in memory
        return made


def prepare_beside(path: Path, folder: Path) -> None:
    """Prepare a table of datasets that is about to be moved into a folder, for all who use that folder."""
    status = path.stat()
    made = prepare(scan_table(path, "datasets"))
    if made.rows.height > _FEW:
        keep_prepared(made, _beside(folder / path.name), status)


def keep_prepared(made: PreparedDatasets, folder: Path, status: os.stat_result) -> PreparedDatasets:
    """Write prepared rows into a folder of their own, wholly or not at all, and map them into memory.

    Raises
    ------
    OSError
        If they cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / _key(status)
    temporary = Path(mkdtemp(dir=folder, prefix=".new-"))
    try:
        for name in ("sessions", "paths", "rows"):
            getattr(made, name).write_ipc(temporary / f"{name}.arrow")
        temporary.chmod(0o755)
        if _map(target) is None:
            shutil.rmtree(target, ignore_errors=True)  # damaged, as a crash of the machine leaves it
            temporary.rename(target)
    except OSError:
        if _map(target) is None:  # else another process was faster, and its rows are the same
            raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    _forget_old(folder, target)
    return _map(target) or made


def find_prepared(path: Path, status: os.stat_result) -> PreparedDatasets | None:
    """Return the prepared rows of a table if somebody has made them."""
    for folder in (_beside(path), _of_user(path)):
        found = _map(folder / _key(status))
        if found is not None:
            return found
    return None


def _map(folder: Path) -> PreparedDatasets | None:
    """Map the files of a folder into memory; None where they are not there."""
    import polars as pl
    import pyarrow as pa
    import pyarrow.ipc

    frames = []
    for name in ("rows", "paths", "sessions"):
        try:
            with pa.memory_map(str(folder / f"{name}.arrow")) as mapped:
                frames.append(pl.DataFrame(pl.from_arrow(pa.ipc.open_file(mapped).read_all())))
        except (OSError, pa.ArrowInvalid):
            return None
    return PreparedDatasets(*frames)


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
