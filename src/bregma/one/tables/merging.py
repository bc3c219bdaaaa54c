"""Changing the tables of a folder: rows are replaced, added or dropped, and all tables take their places at once."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from bregma.one.tables import INDEX, MORE, TablesInfo
from bregma.one.tables.opened import finish_placing, place_tables
from bregma.one.tables.parquet import write_table
from bregma.one.tables.prepared import prepare_beside
from bregma.one.tables.snapshot import in_todays_columns, read_info, scan_table
from bregma.store.locking import lock_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import polars as pl

_NEW = ".one_tables-new-"


@contextmanager
def changing_tables(folder: Path) -> Iterator[Path]:
    """Hold the lock of a folder while its tables change; those that are put into the new folder take their places.

    Nothing changes where the block ends by an error, or leaves the new folder empty.

    Parameters
    ----------
    folder : Path
        Where the tables are; made if needed.

    Yields
    ------
    Path
        A new, empty folder on the same disk.
    """
    _check_writable(folder)
    with lock_file(folder / ".one_tables.lock"):
        finish_placing(folder)
        for left in folder.glob(f"{_NEW}*"):  # of a process that was killed: nobody else has the lock
            shutil.rmtree(left, ignore_errors=True)
        new = Path(mkdtemp(dir=folder, prefix=_NEW))
        try:
            yield new
            _place(new, folder)
        finally:
            shutil.rmtree(new, ignore_errors=True)


def _check_writable(folder: Path) -> None:
    """Make a folder for tables, or tell why none can be put there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except PermissionError as error:
        raise PermissionError(f"{folder} cannot be made ({error.strerror}); give another tables_dir") from error
    if not os.access(folder, os.W_OK):
        raise PermissionError(f"{folder} cannot be written to, so its tables stay as they are; give another tables_dir")


def merge_tables(
    folder: Path | str,
    *,
    deleted: Mapping[str, pl.Series] | None = None,
    info: TablesInfo | None = None,
    **frames: pl.DataFrame,
) -> None:
    """Add rows to the tables of a folder; they replace those of the same id.

    Parameters
    ----------
    folder : path
        Where the tables are or will be. Any number of processes may do this at once.
    deleted : mapping of str to polars.Series, optional
        Ids of rows to drop, for each table.
    info : TablesInfo, optional
        Where the tables are from now; by default as before.
    **frames : polars.DataFrame
        New rows, by the name of the table: sessions, datasets, insertions, subjects, tags, regions.

    Raises
    ------
    InvalidTables
        If a table is damaged, or a column is missing that has no default. Nothing changes then.
    """
    with changing_tables(Path(folder)) as new:
        put_merged(Path(folder), new, frames, deleted or {}, info)


def put_merged(
    folder: Path,
    new: Path,
    frames: Mapping[str, pl.DataFrame],
    deleted: Mapping[str, pl.Series],
    info: TablesInfo | None = None,
) -> None:
    """Write what the tables of a folder become into a new folder; see ``merge_tables``."""
    for name in sorted({*frames, *deleted}):
        path = folder / f"{name}.pqt"
        merged = _merged(path, name, frames.get(name), deleted.get(name))
        if merged is not None:
            write_table(new / path.name, name, merged, info or _info(path))


def _merged(path: Path, name: str, rows: pl.DataFrame | None, deleted: pl.Series | None) -> pl.DataFrame | None:
    import polars as pl

    frames = []
    if path.exists():
        old = scan_table(path, name)
        added = [] if rows is None else rows["id"].cast(pl.String).to_list()
        changed = pl.Series([*added, *([] if deleted is None else deleted)], dtype=pl.String)
        kept = old.filter(~pl.col("id").is_in(changed.implode())).collect()
        frames.append(_without_assumed(kept, name, pl.read_parquet_schema(path).keys()))
    if rows is not None:
        typed = in_todays_columns(rows.lazy(), name, f"what is to be added to {path}").collect()
        frames.append(_without_assumed(typed, name, rows.columns).unique(INDEX[name], keep="last"))
    return pl.concat(frames, how="diagonal_relaxed") if frames else None


def _without_assumed(frame: pl.DataFrame, name: str, columns: Iterable[str]) -> pl.DataFrame:
    """Drop what only stands for a column that a table does not have."""
    return frame.drop(*(MORE[name].keys() - {*columns}))


def _info(path: Path) -> TablesInfo:
    if path.exists():
        return read_info(path)
    return TablesInfo(datetime.now(UTC).strftime("%Y-%m-%d %H:%M"), "")


def _place(new: Path, folder: Path) -> None:
    datasets = new / "datasets.pqt"
    if datasets.exists():
        prepare_beside(datasets, folder)
    if any(new.iterdir()):
        place_tables(new, folder)
