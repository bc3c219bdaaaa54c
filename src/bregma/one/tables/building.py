"""Cache tables of a folder of ALF files, so that it is searched and loaded without a server; and its tidying up."""

from __future__ import annotations

import platform
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from bregma.alf import ALFPath, SessionParts
from bregma.alf.folders import iter_datasets, iter_sessions
from bregma.one.tables import COLUMNS, INDEX, OUTCOMES, TablesInfo
from bregma.one.tables.merging import changing_tables
from bregma.one.tables.parquet import write_table
from bregma.one.tables.snapshot import empty_table, scan_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import polars as pl


NAMESPACE = UUID("8e0f4ae2-7c1b-5f0e-9a57-54f3c1c8a6d1")
"""Of the ids that sessions and files of a folder get from their paths, the same whenever and wherever they are made."""


def build_tables(
    folder: Path | str, out_dir: Path | str | None = None, *, hash_files: bool = False, lab: str | None = None
) -> tuple[Path, Path]:
    """Make tables of the sessions in a folder, named ``[lab/Subjects/]subject/YYYY-MM-DD/NNN``.

    Ids come from paths: made again, or elsewhere of a copy, they are the same.

    Parameters
    ----------
    folder : path
        Where the sessions are. Files that are not named by the convention are left out.
    out_dir : path, optional
        Where the tables go; by default into the folder.
    hash_files : bool
        Whether the md5 of each file is computed, to be checked when it is loaded.
    lab : str, optional
        The lab of sessions whose path names none.

    Returns
    -------
    (Path, Path)
        The tables of sessions and of datasets.

    Raises
    ------
    FileNotFoundError
        If there is no such folder.
    """
    root, target = Path(folder), Path(out_dir or folder)
    if not root.is_dir():
        raise FileNotFoundError(f"no folder {root}; name the one that holds the labs or subjects")
    sessions, datasets = _read_folder(root, lab, hash_files=hash_files)
    info = TablesInfo(datetime.now(UTC).strftime("%Y-%m-%d %H:%M"), platform.node())
    with changing_tables(target) as new:
        write_table(new / "sessions.pqt", "sessions", sessions, info)
        write_table(new / "datasets.pqt", "datasets", datasets, info)
    return target / "sessions.pqt", target / "datasets.pqt"


def remove_missing_datasets(
    cache_dir: Path | str,
    tables: dict[str, Any] | None = None,
    remove_empty_sessions: bool = True,
    dry: bool = True,
) -> list[Path]:
    """Remove the files of sessions that no table knows, and the folders of unknown sessions that are then empty.

    Files that are not named by the convention stay, and so do their sessions.

    Parameters
    ----------
    cache_dir : path
        Where the files are.
    tables : dict of DataFrame, optional
        ``sessions`` and ``datasets``; by default those in the folder.
    remove_empty_sessions : bool
        Whether folders are removed too.
    dry : bool
        Only tell what would be removed.

    Returns
    -------
    list of Path
        What is removed, or would be, in order.

    Raises
    ------
    TablesMissing
        If there are no tables: then nothing is known, and nothing removed.
    """
    root = Path(cache_dir)
    known = _known_paths(*_frames(root, tables))
    found: list[Path] = []
    for session in iter_sessions(root):
        key = str(_parts(root, session))
        unknown = list(_unknown_files(session, known.get(key, set())))
        others = {path for path in session.rglob("*") if not path.is_dir()} - {*unknown}
        is_empty = remove_empty_sessions and key not in known and not others
        if not dry:
            _remove(unknown, session)
        if is_empty and not dry:
            _remove_empty(session, root)
        found += [*unknown, session] if is_empty else unknown
    return sorted(found)


def _read_folder(root: Path, lab: str | None, *, hash_files: bool) -> tuple[pl.DataFrame, pl.DataFrame]:
    import polars as pl

    sessions, datasets, paths = {}, {}, []
    for folder in iter_sessions(root):
        parts = _parts(root, folder)
        eid = uuid5(NAMESPACE, f"{parts.lab or lab or ''}/{parts.short}")
        row = {"lab": parts.lab or lab or "", "subject": parts.subject, "date": parts.date, "number": parts.number}
        sessions[str(eid)] = {"id": str(eid), **row}
        for relative in iter_datasets(folder):
            rel_path = relative.as_posix()
            dataset = str(uuid5(eid, rel_path))
            size = (folder / relative).stat().st_size
            datasets[dataset] = {"eid": str(eid), "id": dataset, "rel_path": rel_path, "file_size": size}
            paths.append((dataset, folder / relative))
    for dataset, md5 in _hashes(paths) if hash_files else ():
        datasets[dataset]["hash"] = md5
    frame = _frame("datasets", datasets.values())
    return _frame("sessions", sessions.values()), frame.with_columns(default_revision=pl.Series(_are_newest(frame)))


def _hashes(paths: list[tuple[str, ALFPath]]) -> Iterator[tuple[str, str]]:
    from bregma.store import hash_file

    with ThreadPoolExecutor() as pool:
        yield from pool.map(lambda pair: (pair[0], hash_file(pair[1])), paths)


def _frame(name: str, rows: Iterable[dict[str, Any]]) -> pl.DataFrame:
    import polars as pl

    schema = empty_table(name).select(*INDEX[name], *COLUMNS[name]).schema
    known = {column: default for column, default in COLUMNS[name].items() if column != "qc"}
    return pl.DataFrame([{**known, "qc": 0, **row} for row in rows], schema=schema)


def _are_newest(datasets: pl.DataFrame) -> list[bool]:
    """Tell of each file whether it is the last of its revisions."""
    import polars as pl

    from bregma.one.tables.named import split_paths

    split = split_paths(datasets).with_columns(datasets["eid"])
    newest = pl.col("revision") == pl.col("revision").max().over("eid", "collection", "name")
    return split.select(newest).to_series().to_list()


def _frames(root: Path, tables: dict[str, Any] | None) -> tuple[pl.DataFrame, pl.DataFrame]:
    import polars as pl

    names = ("sessions", "datasets")
    if tables is None:
        sessions, datasets = (scan_table(root / f"{name}.pqt", name).collect() for name in names)
    else:
        given = [tables[name] for name in names]
        sessions, datasets = (
            one if isinstance(one, pl.DataFrame) else pl.from_pandas(_with_text_index(one)) for one in given
        )
    return sessions, datasets


def _with_text_index(frame: Any) -> Any:
    made = frame.reset_index()
    return made.assign(**{name: made[name].astype(str) for name in ("id", "eid", *OUTCOMES) if name in made})


def _known_paths(sessions: pl.DataFrame, datasets: pl.DataFrame) -> dict[str, set[str]]:
    """Return the files of each session by its path, with and without its lab."""
    files: dict[str, set[str]] = {}
    for eid, path in datasets.select("eid", "rel_path").iter_rows():
        files.setdefault(eid, set()).add(path)
    known: dict[str, set[str]] = {}
    for row in sessions.iter_rows(named=True):
        short = f"{row['subject']}/{row['date']}/{row['number']:03d}"
        for key in (short, f"{row['lab']}/Subjects/{short}") if row["lab"] else (short,):
            known.setdefault(key, set()).update(files.get(row["id"], ()))
    return known


def _parts(root: Path, session: ALFPath) -> SessionParts:
    """Read what names a session from its path in a folder, or from that of the folder if it is one."""
    return SessionParts.of(session if session == root else session.relative_to(root))


def _unknown_files(session: ALFPath, known: set[str]) -> Iterator[Path]:
    for relative in iter_datasets(session):
        if known.isdisjoint({relative.as_posix(), relative.without_uuid().as_posix()}):
            yield session / relative


def _remove(files: list[Path], session: Path) -> None:
    for path in files:
        path.unlink(missing_ok=True)
    for folder in {path.parent for path in files}:
        _remove_empty(folder, session)


def _remove_empty(folder: Path, outermost: Path) -> None:
    """Remove a folder that has no files, with those in it and around it, up to another."""
    for inner in sorted((path for path in folder.rglob("*") if path.is_dir()), reverse=True):
        if not any(inner.iterdir()):
            inner.rmdir()
    while folder != outermost and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
