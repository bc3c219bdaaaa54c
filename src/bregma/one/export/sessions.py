"""Exporting sessions as a folder or zip: ALF names, tables, checksums and a lock; ready to upload."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from bregma.one.errors import DatasetNotFound, FileNotDownloaded, ONEError
from bregma.one.export.about import About, readme
from bregma.one.export.packing import Entry, write_folder, write_zip
from bregma.one.export.tables import write_export_tables
from bregma.one.lock import Lock
from bregma.one.selection import Selection, read_selection
from bregma.store import Fingerprint, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bregma.one.api import ONE
    from bregma.one.identifiers import SessionName
    from bregma.one.records import Dataset, Session
    from bregma.one.selection import Pattern


class Layout(StrEnum):
    """How files are named: by ALF, or by ALF inside ``sourcedata`` with BIDS around it."""

    ALF = "alf"
    BIDS = "bids"


@dataclass(frozen=True, slots=True)
class Export:
    """What was exported.

    Attributes
    ----------
    path : Path
        The folder or zip.
    lock : Lock
        The datasets in it.
    n_files, size : int
        All files in it, and their bytes.
    """

    path: Path
    lock: Lock
    n_files: int
    size: int


def export_sessions(
    one: ONE,
    eids: Iterable[SessionName],
    target: Path | str,
    *,
    zip: bool | None = None,  # noqa: A002 - what the user makes
    datasets: Pattern | Mapping[str, Pattern] | Selection = None,
    layout: Layout | str = Layout.ALF,
    about: About | None = None,
) -> Export:
    """Write sessions as a folder or zip that ONE opens without a server.

    Files keep their ALF paths, without ids in their names. Beside them lie tables of exactly these sessions,
    datasets, insertions and subjects (and tags and regions, where tables are here), ``README.md``, ``md5sums.txt`` and
    ``one.lock``. Every file is verified. The target appears when it is whole; a folder that was interrupted is
    continued. The same data give the same bytes.

    Parameters
    ----------
    one : ONE
        Who loads; online or offline.
    eids : iterable of UUID, str, path or mapping
        Names of sessions.
    target : path
        The folder, or the zip, which is stored without compression.
    zip : bool, optional
        Whether to make a zip; by default if the target ends in ``.zip``.
    datasets : str, list of str, mapping or Selection
        Only these files: patterns of names, parts of names such as ``{"object": "trials"}``, or a selection with
        collection, revision and quality. By default all but those of critical quality.
    layout : {'alf', 'bids'}
        See ``Layout``.
    about : About, optional
        Title, licence, citation and authors.

    Returns
    -------
    Export
        The place, and what is in it.

    Raises
    ------
    FileExistsError
        If the target is there already.
    DatasetNotFound
        If no dataset is left to export.
    FileNotDownloaded
        If files cannot be had whole; lists all of them. Nothing is written.
    """
    target, style = Path(target), Layout(layout)
    if target.exists():
        raise FileExistsError(f"{target} is there already; remove it, or name another place")
    selection = datasets if isinstance(datasets, Selection) else read_selection(datasets)
    chosen = [_choose(one, eid, selection) for eid in eids]
    chosen = [(session, found) for session, found in chosen if found]
    if not chosen:
        raise DatasetNotFound(
            f"no dataset to export: none of these sessions has one that fits {datasets!r}; see one.list_datasets(eid)"
        )
    sources = _bring_all(one, chosen)
    lock = _lock(one, chosen, sources)
    with tempfile.TemporaryDirectory(prefix="bregma-export-") as temporary:
        entries = _entries(one, lock, sources, Path(temporary), style, about or About())
        is_zip = target.suffix == ".zip" if zip is None else zip
        (write_zip if is_zip else write_folder)(entries, target)
    return Export(target, lock, len(entries), sum(entry.size for entry in entries))


def _choose(one: ONE, eid: SessionName, selection: Selection) -> tuple[Session, list[Dataset]]:
    session, available = one.files_of(eid)
    return session, selection.of(available)


def _bring_all(one: ONE, chosen: list[tuple[Session, list[Dataset]]]) -> dict[str, Path]:
    """Bring all files here; returns where each is, by its path in the export."""
    sources: dict[str, Path] = {}
    missing: list[str] = []
    for session, datasets in chosen:
        try:
            paths = one.bring(session, datasets)
        except (ONEError, StoreError):
            missing += one.broken(session, datasets)
            continue
        sources |= {f"{session.path}/{one.rel_path}": path for one, path in zip(datasets, paths, strict=True)}
    if missing:
        listed = "\n  ".join(missing)
        raise FileNotDownloaded(
            f"{len(missing)} files cannot be exported:\n  {listed}\nLeave them out with datasets=, or get them first"
        )
    return sources


def _lock(one: ONE, chosen: list[tuple[Session, list[Dataset]]], sources: Mapping[str, Path]) -> Lock:
    """Make the lock of an export; sizes and hashes that the database does not tell are measured."""
    entries = []
    for session, datasets in chosen:
        for dataset in datasets:
            if not dataset.hash or dataset.file_size is None:
                measured = Fingerprint.of(sources[f"{session.path}/{dataset.rel_path}"])
                dataset = replace(dataset, hash=measured.md5 or "", file_size=measured.size)
            entries.append((session, dataset))
    insertions = [probe for session, _ in chosen for probe in one.list_insertions(session.eid)]
    return Lock.of(entries, insertions, server="" if one.offline else one.alyx.base_url)


def _entries(
    one: ONE, lock: Lock, sources: Mapping[str, Path], folder: Path, layout: Layout, about: About
) -> list[Entry]:
    """List all files of an export, by name; those that are made lie in a temporary folder."""
    inner = "" if layout is Layout.ALF else "sourcedata/"
    made: dict[str, Path] = {f"{inner}{path.name}": path for path in write_export_tables(one, lock, folder)}
    made[f"{inner}one.lock"] = lock.write(folder / "one.lock")
    sessions = [locked.session for locked in lock.sessions]
    datasets = [dataset for _, dataset in lock.datasets]
    texts = {"README.md": readme(about, sessions, datasets, alf=inner.rstrip("/"))}
    if layout is Layout.BIDS:
        from bregma.one.export.bids import bids_files

        texts |= bids_files(one, lock, sources, about)
    for number, (name, text) in enumerate(texts.items()):
        made[name] = folder / f"text{number}"
        made[name].write_text(text, encoding="utf-8")
    entries = []
    for session, dataset in lock.datasets:
        path = f"{session.path}/{dataset.rel_path}"
        entries.append(Entry(f"{inner}{path}", sources[path], dataset.file_size or 0, dataset.hash))
    entries += [Entry.of(name, path) for name, path in made.items()]
    entries.sort(key=lambda entry: entry.name)
    sums = folder / "md5sums.txt"
    sums.write_text("".join(f"{entry.md5}  {entry.name}\n" for entry in entries), encoding="utf-8")
    return [*entries, Entry.of("md5sums.txt", sums)]
