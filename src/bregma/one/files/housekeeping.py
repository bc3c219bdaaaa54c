"""Keeping a folder of downloaded files in order: what takes space, what may go, what is damaged."""

from __future__ import annotations

import os
import re
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from bregma.one.errors import TablesMissing
from bregma.one.files.verified import Stamp, VerifiedHashes
from bregma.one.records import Dataset, Session
from bregma.one.tables.snapshot import scan_table
from bregma.store import hash_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import timedelta

    from bregma.one.files import DatasetFiles

_SESSION = re.compile(r"(?:([^/]+)/Subjects/)?([^/]+)/(\d{4}-\d\d-\d\d/\d{1,3})/.+")


@dataclass(frozen=True, slots=True)
class Usage:
    """What the files of one session take; ``session`` is ``YYYY-MM-DD/NNN``. All are empty for other files."""

    lab: str
    subject: str
    session: str
    files: int
    size: int


@dataclass(frozen=True, slots=True)
class Pruned:
    """Files that were (or, in a dry run, would be) removed, and what was spared for want of a known copy."""

    paths: list[Path]
    size: int
    spared: list[Path]
    dry_run: bool


@dataclass(frozen=True, slots=True)
class Verified:
    """What a comparison of files with the tables found."""

    good: int = 0
    damaged: list[Path] = field(default_factory=list)
    unknown: list[Path] = field(default_factory=list)
    refetched: list[Path] = field(default_factory=list)


def measure_cache(folder: Path | str) -> list[Usage]:
    """Add up the bytes of each session of a folder, the largest first.

    Parameters
    ----------
    folder : path
        A ``cache_dir``.

    Returns
    -------
    list of Usage
        Sizes in bytes; sum them by ``lab`` or ``subject`` as needed.
    """
    files: Counter[tuple[str, str, str]] = Counter()
    sizes: Counter[tuple[str, str, str]] = Counter()
    for name, status in _walk(Path(folder)):
        match = _SESSION.fullmatch(name)
        owner = (match[1] or "", match[2], match[3]) if match else ("", "", "")
        files[owner] += 1
        sizes[owner] += status.st_size
    return [Usage(*owner, files[owner], size) for owner, size in sizes.most_common()]


def prune_cache(
    folder: Path | str,
    *,
    tables_dir: Path | str | None = None,
    older_than: timedelta | None = None,
    unused_for: timedelta | None = None,
    keep: Iterable[Path | str] = (),
    dry_run: bool = True,
) -> Pruned:
    """Remove files that can be fetched again: those that the tables know, with the same size and hash.

    Parameters
    ----------
    folder : path
        A ``cache_dir``.
    tables_dir : path, optional
        Where the tables are, if not there.
    older_than : timedelta, optional
        Only files that were fetched before this long ago.
    unused_for : timedelta, optional
        Only files that were not loaded for this long (to the day).
    keep : iterable of path
        Files to leave, below the folder or absolute; such as those of a lock file.
    dry_run : bool
        Only say what would go.

    Raises
    ------
    TablesMissing
        If there are no tables to compare with.
    """
    root, verified = Path(folder), VerifiedHashes(Path(folder))
    known = {_path_of(*pair): pair[1] for pair in _expected(Path(tables_dir or folder))}
    kept, used = {_below(root, path) for path in keep}, verified.last_used()
    now, chosen, spared, size = time.time(), [], [], 0
    for name, status in _walk(root):
        last = max(used.get(name, 0.0), status.st_mtime)
        recent = (older_than and now - status.st_mtime < older_than.total_seconds()) or (
            unused_for and now - last < unused_for.total_seconds()
        )
        if recent or name in kept or not _SESSION.fullmatch(name):
            continue
        if name in known and _is_good(root, name, known[name], status, verified):
            chosen.append(root / name)
            size += status.st_size
        else:
            spared.append(root / name)
    if not dry_run:
        _remove(chosen, root, verified)
    return Pruned(chosen, size, spared, dry_run)


def verify_cache(
    folder: Path | str, *, tables_dir: Path | str | None = None, refetch: DatasetFiles | None = None
) -> Verified:
    """Compare every file of a folder with the tables: size and hash, measured anew.

    Parameters
    ----------
    folder : path
        A ``cache_dir``.
    tables_dir : path, optional
        Where the tables are, if not there.
    refetch : DatasetFiles, optional
        Who fetches the damaged ones again.

    Raises
    ------
    TablesMissing
        If there are no tables to compare with.
    StoreError
        If a damaged file is to be fetched again and cannot.
    """
    root, verified = Path(folder), VerifiedHashes(Path(folder))
    known = {_path_of(*pair): pair for pair in _expected(Path(tables_dir or folder))}
    report, good = Verified(), 0
    for name, status in _walk(root):
        if not _SESSION.fullmatch(name):
            continue
        verified.forget([name])
        if name not in known:
            report.unknown.append(root / name)
        elif _is_good(root, name, known[name][1], status, verified):
            good += 1
        else:
            report.damaged.append(root / name)
            if refetch is not None:
                session, dataset = known[name]
                report.refetched.extend(refetch.ensure(session, [dataset]))
    return Verified(good, report.damaged, report.unknown, report.refetched)


def _walk(root: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Find the files below a folder, in order, without those that are hidden."""
    for parent, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(name for name in names if not name.startswith(".")):
            path = Path(parent, name)
            if not path.is_symlink():
                yield path.relative_to(root).as_posix(), path.stat()


def _expected(tables: Path) -> Iterator[tuple[Session, Dataset]]:
    """Read from tables what files should be like."""
    if not (tables / "datasets.pqt").is_file():
        raise TablesMissing.at(tables / "datasets.pqt")
    wanted = ["id", "lab", "subject", "date", "number"]
    rows = scan_table(tables / "sessions.pqt", "sessions").select(wanted).collect().to_dicts()
    sessions = {row["id"]: _session(row) for row in rows}
    columns = ["eid", "id", "rel_path", "file_size", "hash"]
    for row in scan_table(tables / "datasets.pqt", "datasets").select(columns).collect().iter_rows(named=True):
        if row["eid"] in sessions:
            session = sessions[row["eid"]]
            size, md5 = row["file_size"], row["hash"] or ""
            yield session, Dataset(UUID(row["id"]), session.eid, row["rel_path"], file_size=size, hash=md5)


def _session(row: dict[str, Any]) -> Session:
    return Session(UUID(row["id"]), row["lab"] or "", row["subject"], row["date"], row["number"])


def _path_of(session: Session, dataset: Dataset) -> str:
    return f"{session.path}/{dataset.rel_path}"


def _is_good(root: Path, name: str, dataset: Dataset, status: os.stat_result, verified: VerifiedHashes) -> bool:
    expected, stamp = dataset.fingerprint, Stamp.of(status)
    if not expected.md5 or expected.size not in {None, stamp.size}:
        return False
    md5 = verified.find({name: stamp}).get(name)
    if md5 is None:
        md5 = hash_file(root / name)
        verified.remember({name: (stamp, md5)})
    return md5.lower() == expected.md5.lower()


def _remove(paths: list[Path], root: Path, verified: VerifiedHashes) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
    verified.forget(path.relative_to(root).as_posix() for path in paths)
    for folder in sorted({path.parent for path in paths}, key=lambda one: -len(one.parts)):
        _remove_empty(folder, root)


def _remove_empty(folder: Path, root: Path) -> None:
    while folder != root and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def _below(root: Path, path: Path | str) -> str:
    path = Path(path)
    return (path.relative_to(root) if path.is_absolute() else path).as_posix()
