"""Zips of tables: only tables come out of them, and no more bytes than such files have."""

from __future__ import annotations

import io
import json
import shutil
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from zipfile import BadZipFile, ZipFile

from bregma.alf import atomic_write
from bregma.one.errors import InvalidTables
from bregma.one.tables import NAMES, TablesInfo
from bregma.one.tables.snapshot import scan_table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from zipfile import ZipInfo

    import polars as pl

_TIGHTEST = 200
"""Times that a table becomes smaller in a zip, at most: parquet is packed already."""
_SMALL = 1 << 26


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed in a server's tables: new rows, ids of those that are gone, and what the tables are now."""

    rows: dict[str, pl.DataFrame]
    deleted: dict[str, pl.Series]
    info: TablesInfo
    etag: str


def unpack_tables(archive: Path, folder: Path, place: str) -> None:
    """Take the tables, and nothing else, out of a zip, and look at each.

    Parameters
    ----------
    archive : Path
        The zip.
    folder : Path
        Where its tables go; whatever folders it names, they lie in this one.
    place : str
        Where it is from, for messages.

    Raises
    ------
    InvalidTables
        If it is no zip of tables, or damaged.
    """
    wanted = {f"{name}.pqt": name for name in NAMES}
    with _readable(place), ZipFile(archive) as content:
        for member in content.infolist():
            if (name := PurePosixPath(member.filename).name) in wanted:
                _check_size(member, place)
                with content.open(member) as source, atomic_write(folder / name) as target:
                    shutil.copyfileobj(source, target)
                scan_table(folder / name, wanted[name])
    if not (folder / "sessions.pqt").exists():
        raise InvalidTables(f"{place} has no table of sessions; tell the server's administrator")


def read_changes(content: bytes, place: str) -> Changes:
    """Read the zip by which a server tells what changed; raises InvalidTables if it is none."""
    with _readable(place), ZipFile(io.BytesIO(content)) as delta:
        for member in delta.infolist():
            _check_size(member, place)
        told = json.loads(delta.read("delta.json"))
        rows = {name: _read(delta, name) for name in NAMES if f"{name}.pqt" in delta.namelist()}
        deleted = {str(name): gone["id"] for (name,), gone in _read(delta, "deleted").group_by("table")}
        return Changes(rows, deleted, TablesInfo.from_json(json.dumps(told)), str(told["etag"]))


def _read(archive: ZipFile, name: str) -> pl.DataFrame:
    import polars as pl

    return pl.read_parquet(archive.read(f"{name}.pqt"))


@contextmanager
def _readable(place: str) -> Iterator[None]:
    """Tell in this room's words that a zip cannot be read."""
    import polars as pl

    encrypted, shape = (RuntimeError, zlib.error, EOFError), (KeyError, TypeError)
    try:
        yield
    except (BadZipFile, *encrypted, *shape, json.JSONDecodeError, pl.exceptions.PolarsError) as error:
        raise InvalidTables(f"{place} is not a zip archive of tables: {error}; try again") from error


def _check_size(member: ZipInfo, place: str) -> None:
    if member.file_size > _SMALL + _TIGHTEST * member.compress_size:
        raise InvalidTables(
            f"{member.filename} in {place} would unpack from {member.compress_size} to {member.file_size} bytes, as no "
            "table does; tell the server's administrator"
        )
