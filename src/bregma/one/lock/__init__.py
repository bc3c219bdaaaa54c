"""The lock file: which files of which sessions a result was made from, to load the same again."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from bregma.alf import QC, atomic_write
from bregma.one.errors import InvalidLock
from bregma.one.records import Dataset, Insertion, Session

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FORMAT = "one.lock"
VERSION = 1


@dataclass(frozen=True, slots=True)
class LockedSession:
    """One session, its probes, and those of its files that were loaded, by path."""

    session: Session
    datasets: tuple[Dataset, ...]
    insertions: tuple[Insertion, ...] = ()


@dataclass(frozen=True, slots=True)
class LockDifference:
    """What two locks do not share: files by session path and path, with their md5.

    Attributes
    ----------
    added, removed : tuple of str
        Files that only the second, or only the first lock has.
    changed : dict
        md5 in the first and in the second lock of files whose bytes differ.
    """

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)

    def __str__(self) -> str:
        lines = [f"- {path}" for path in self.removed] + [f"+ {path}" for path in self.added]
        lines += [f"! {path}: md5 {old} became {new}" for path, (old, new) in self.changed.items()]
        return "\n".join(lines) or "the same files"


@dataclass(frozen=True, slots=True)
class Lock:
    """Sessions with the files that were loaded of each; ids, revisions, sizes (bytes) and md5 included.

    Parameters
    ----------
    sessions : tuple of LockedSession
        By path.
    server : str
        Where the files came from; empty for a folder.
    tables_date : str
        When the tables were made that were searched, 'YYYY-MM-DD HH:MM' UTC; empty if a server was asked.
    """

    sessions: tuple[LockedSession, ...]
    server: str = ""
    tables_date: str = ""

    def __str__(self) -> str:
        """Tell how much it holds."""
        size = sum(dataset.file_size or 0 for _, dataset in self.datasets)
        return f"lock of {len(self.sessions)} sessions, {len(self.datasets)} files, {size:,} bytes"

    @property
    def datasets(self) -> list[tuple[Session, Dataset]]:
        """All files with their sessions."""
        return [(one.session, dataset) for one in self.sessions for dataset in one.datasets]

    def write(self, path: Path | str) -> Path:
        """Write a file that people can read and compare: JSON with a line per dataset.

        Returns
        -------
        Path
            The file; the same lock gives the same bytes.
        """
        with atomic_write(target := Path(path)) as file:
            file.write(self.to_text().encode())
        return target

    def to_text(self) -> str:
        """Write as JSON, a line per dataset."""
        head = {"format": FORMAT, "version": VERSION, "server": self.server, "tables_date": self.tables_date}
        lines = [f" {json.dumps(key)}: {json.dumps(value)}," for key, value in head.items()]
        sessions = ",\n".join(_session_text(one) for one in self.sessions)
        return "\n".join(["{", *lines, ' "sessions": [', sessions, " ]", "}", ""])

    @classmethod
    def read(cls, path: Path | str) -> Lock:
        """Read a lock file.

        Raises
        ------
        InvalidLock
            If it is none, damaged, or of a later version.
        FileNotFoundError
            If there is no such file.
        """
        return cls.from_text(Path(path).read_text(encoding="utf-8"), place=str(path))

    @classmethod
    def from_text(cls, text: str, *, place: str = "the text") -> Lock:
        """Read what ``to_text`` wrote; ``place`` is named in errors."""
        try:
            content = json.loads(text)
            if content["format"] != FORMAT:
                raise InvalidLock(f"{place} is no lock of ONE; write one with one.write_lock(path)")
            if content["version"] > VERSION:
                raise InvalidLock(f"{place} has version {content['version']}; this bregma reads {VERSION}: update it")
            sessions = tuple(_read_session(each) for each in content["sessions"])
            return cls(sessions, str(content["server"]), str(content["tables_date"]))
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            if isinstance(error, InvalidLock):
                raise
            raise InvalidLock(f"{place} is damaged ({error}); get it again from who wrote it") from error

    @classmethod
    def of(
        cls,
        entries: Iterable[tuple[Session, Dataset]],
        insertions: Iterable[Insertion] = (),
        *,
        server: str = "",
        tables_date: str = "",
    ) -> Lock:
        """Make a lock of datasets with their sessions, in any order."""
        sessions: dict[UUID, Session] = {}
        files: dict[UUID, dict[UUID, Dataset]] = {}
        for session, dataset in entries:
            sessions[session.eid] = session
            files.setdefault(session.eid, {})[dataset.id] = replace(dataset, exists=True)  # it was loaded
        probes = sorted(insertions, key=lambda one: one.name)
        locked = (
            LockedSession(
                session,
                tuple(sorted(files[eid].values(), key=lambda one: one.rel_path)),
                tuple(one for one in probes if one.eid == eid),
            )
            for eid, session in sessions.items()
        )
        return cls(tuple(sorted(locked, key=lambda one: (one.session.path, str(one.session.eid)))), server, tables_date)

    def compare(self, other: Lock) -> LockDifference:
        """Tell in which files another lock differs from this one, whoever they come from."""
        mine, theirs = self._digests(), other._digests()
        both = sorted(mine.keys() & theirs.keys())
        return LockDifference(
            added=tuple(sorted(theirs.keys() - mine.keys())),
            removed=tuple(sorted(mine.keys() - theirs.keys())),
            changed={path: (mine[path], theirs[path]) for path in both if mine[path] != theirs[path]},
        )

    def _digests(self) -> dict[str, str]:
        return {f"{session.path}/{dataset.rel_path}": dataset.hash for session, dataset in self.datasets}


def _session_text(locked: LockedSession) -> str:
    session = locked.session
    fields: dict[str, Any] = {
        "id": str(session.eid), "lab": session.lab, "subject": session.subject, "date": session.date.isoformat(),
        "number": session.number, "task_protocol": session.task_protocol, "projects": list(session.projects),
    }  # fmt: skip
    probes = [
        {"id": str(one.pid), "name": one.name, "model": one.model, "serial": one.serial} for one in locked.insertions
    ]
    head = ",\n".join(f"   {json.dumps(key)}: {json.dumps(value)}" for key, value in fields.items())
    lists = ",\n".join(
        f"   {json.dumps(key)}: [" + "".join(f"\n    {json.dumps(row)}," for row in rows).removesuffix(",") + "]"
        for key, rows in (("insertions", probes), ("datasets", [_dataset_row(one) for one in locked.datasets]))
    )
    return f"  {{\n{head},\n{lists}\n  }}"


def _dataset_row(dataset: Dataset) -> dict[str, Any]:
    return {
        "path": dataset.rel_path, "revision": dataset.revision, "md5": dataset.hash, "size": dataset.file_size,
        "default": dataset.default_revision, "qc": dataset.qc.name, "id": str(dataset.id),
    }  # fmt: skip


def _read_session(content: Mapping[str, Any]) -> LockedSession:
    eid = UUID(content["id"])
    session = Session(
        eid, content["lab"], content["subject"], date.fromisoformat(content["date"]), int(content["number"]),
        content["task_protocol"], tuple(content["projects"]),
    )  # fmt: skip
    datasets = tuple(
        Dataset(
            UUID(row["id"]), eid, row["path"], row["size"], row["md5"],
            qc=QC.parse(row["qc"]), default_revision=bool(row["default"]),
        )
        for row in content["datasets"]
    )  # fmt: skip
    probes = (
        Insertion(UUID(row["id"]), eid, row["name"], row["model"], row["serial"]) for row in content["insertions"]
    )
    return LockedSession(session, datasets, tuple(probes))
