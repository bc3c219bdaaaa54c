"""Sessions, datasets and insertions as values, the same whether they come from a server or from tables."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

from bregma.alf import QC, ALFPath, InvalidALFName, SessionParts, filename_parts, is_id, is_valid
from bregma.store import Fingerprint

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bregma.alf import NameParts

_MD5_LENGTH = 32  # old databases have a few SHA-1, which are longer


@dataclass(frozen=True, slots=True)
class Session:
    """One experiment: a subject on a day, numbered."""

    eid: UUID
    lab: str
    subject: str
    date: date
    number: int
    task_protocol: str = ""
    projects: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """``lab/Subjects/subject/YYYY-MM-DD/NNN``."""
        return str(SessionParts(self.lab or None, self.subject, self.date, self.number))

    @property
    def reference(self) -> str:
        """``YYYY-MM-DD_n_subject``, which people can read and type."""
        return f"{self.date.isoformat()}_{self.number}_{self.subject}"

    def to_dict(self) -> dict[str, Any]:
        """Make a plain dict, as ``search(details=True)`` gives it."""
        content = asdict(self)
        return {"id": content.pop("eid"), **content, "projects": list(self.projects)}

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Session:
        """Read a record of ``/sessions`` (of a list or a detail)."""
        eid = record.get("id") or str(record["url"])[-36:]
        return cls(
            eid=UUID(str(eid)),
            lab=str(record.get("lab") or ""),
            subject=str(record["subject"]),
            date=date.fromisoformat(str(record["start_time"])[:10]),
            number=int(record.get("number") or 1),
            task_protocol=str(record.get("task_protocol") or ""),
            projects=tuple(record.get("projects") or ()),
        )


@dataclass(frozen=True, slots=True)
class Dataset:
    """One file of a session: where it lies in it, what it must be like, and where to fetch it."""

    id: UUID
    eid: UUID
    rel_path: str
    file_size: int | None = None
    hash: str = ""
    qc: QC = QC.NOT_SET
    default_revision: bool = True
    exists: bool = True
    url: str | None = None

    @property
    def name(self) -> str:
        """The file name, without its id."""
        return PurePosixPath(self.rel_path).name

    @property
    def collection(self) -> str:
        """The folder in the session, or an empty text."""
        return ALFPath(self.rel_path).collection

    @property
    def revision(self) -> str:
        """The revision, or an empty text for the first."""
        return ALFPath(self.rel_path).revision

    @property
    def parts(self) -> NameParts | None:
        """The parts of the name; None where it does not follow the convention (old files)."""
        return filename_parts(self.name) if is_valid(self.name) else None

    @property
    def fingerprint(self) -> Fingerprint:
        """What the file must be like, as far as the database knows."""
        return Fingerprint(self.file_size, self.hash if len(self.hash) == _MD5_LENGTH else None)

    @property
    def base(self) -> str:
        """The path without the revision: what the revisions of a dataset share."""
        return f"{self.collection}/{self.name}".lstrip("/")

    def to_dict(self) -> dict[str, Any]:
        """Make a plain dict, a row of a dataset table."""
        return {**asdict(self), "qc": self.qc.name}

    @classmethod
    def from_session_record(cls, record: Mapping[str, Any], eid: UUID) -> Dataset:
        """Read an item of ``data_dataset_session_related`` of a session."""
        size = record.get("file_size")
        return cls(
            id=UUID(str(record["id"])),
            eid=eid,
            rel_path=_relative_path(record),
            file_size=None if size is None else int(size),
            hash=str(record.get("hash") or ""),
            qc=QC.parse(record.get("qc") or QC.NOT_SET),
            default_revision=str(record.get("default_revision", True)) == "True",
            url=record.get("data_url") or None,
        )


@dataclass(frozen=True, slots=True)
class Insertion:
    """One probe in one session."""

    pid: UUID
    eid: UUID
    name: str
    model: str = ""
    serial: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Make a plain dict, as ``search_insertions(details=True)`` gives it."""
        content = asdict(self)
        return {"id": content.pop("pid"), "session": content.pop("eid"), **content}

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Insertion:
        """Read a record of ``/insertions``."""
        return cls(
            pid=UUID(str(record["id"])),
            eid=UUID(str(record["session"])[-36:]),
            name=str(record.get("name") or ""),
            model=str(record.get("model") or ""),
            serial=str(record.get("serial") or ""),
        )


def _relative_path(record: Mapping[str, Any]) -> str:
    """Find where a file lies in its session: from its address, else from collection, revision and name."""
    name = ALFPath(str(record["name"])).without_uuid().name
    address = record.get("data_url")
    if address:
        path = ALFPath(unquote(urlsplit(address, allow_fragments=False).path))
        try:
            return path.relative_to_session().without_uuid().as_posix()
        except InvalidALFName:
            pass  # not in a session's folder: the record's own fields must do
    revision = str(record.get("revision") or "")
    folders = [str(record.get("collection") or ""), f"#{revision}#" if revision and not is_id(revision) else ""]
    return "/".join([folder for folder in folders if folder] + [name])
