"""Sessions, datasets and insertions as values, the same whether they come from a server or from tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from functools import wraps
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, ClassVar, ParamSpec, TypeVar
from urllib.parse import unquote, urlsplit
from uuid import UUID

from bregma.alf import QC, ALFPath, InvalidALFName, SessionParts, filename_parts, is_id, is_valid
from bregma.one.errors import ResponseError
from bregma.one.rel_path import split_rel_path
from bregma.store import Fingerprint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bregma.alf import NameParts

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T", bound="Record")


def reading(read: Callable[P, R]) -> Callable[P, R]:
    """Let a reader of records say in this room's words that one is not as a server of this kind tells it."""

    @wraps(read)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return read(*args, **kwargs)
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            told = next((str(one)[:200] for one in args if not isinstance(one, type)), "")
            raise ResponseError(
                f"the server tells a record that cannot be read ({error!r}): {told}; is it an Alyx?", status=200
            ) from error

    return checked


class Record(Mapping[str, Any]):
    """A row with named fields that is a mapping too, of all that its server or table told: ``session["subject"]``."""

    __slots__ = ()
    columns: ClassVar[tuple[str, ...]] = ()
    """The fields that tables for people have."""

    def to_dict(self) -> dict[str, Any]:
        """Make a plain dict."""
        raise NotImplementedError

    def to_row(self) -> dict[str, str]:
        """Write the fields that people look for."""
        return {name: _shown(getattr(self, name)) for name in self.columns}

    def __getitem__(self, key: str) -> Any:
        return self.to_dict()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.to_dict())

    def __len__(self) -> int:
        return len(self.to_dict())

    def _repr_html_(self) -> str:
        return RecordList([self])._repr_html_()


class RecordList(list[T]):
    """A list of records that a notebook shows as a table."""

    most = 20
    """How many rows are shown."""

    def _repr_html_(self) -> str:
        from bregma.alf.summary import write_html

        if not self:
            return "<p>nothing found</p>"
        more = f"<p>{len(self)} in all</p>" if len(self) > self.most else ""
        return write_html([row.to_row() for row in self[: self.most]]) + more


def _shown(value: object) -> str:
    if isinstance(value, QC):
        return value.name
    return ", ".join(map(str, value)) if isinstance(value, tuple) else "" if value is None else str(value)


_MD5_LENGTH = 32  # old databases have a few SHA-1, which are longer


@dataclass(frozen=True, slots=True)
class Session(Record):
    """One experiment: a subject on a day, numbered.

    Attributes
    ----------
    told : mapping
        What else its server or table says, under the names that they give: ``session["start_time"]``.
    """

    columns: ClassVar[tuple[str, ...]] = ("eid", "lab", "subject", "date", "number", "task_protocol", "projects")

    eid: UUID
    lab: str
    subject: str
    date: date
    number: int
    task_protocol: str = ""
    projects: tuple[str, ...] = ()
    told: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def path(self) -> str:
        """``lab/Subjects/subject/YYYY-MM-DD/NNN``."""
        return str(SessionParts(self.lab or None, self.subject, self.date, self.number))

    @property
    def reference(self) -> str:
        """``YYYY-MM-DD_n_subject``, which people can read and type."""
        return f"{self.date.isoformat()}_{self.number}_{self.subject}"

    def to_dict(self) -> dict[str, Any]:
        """Make a plain dict: the fields, and what else was told."""
        named = ("lab", "subject", "date", "number", "task_protocol")
        content = {"id": self.eid, **{name: getattr(self, name) for name in named}, "projects": list(self.projects)}
        return {**content, **self.told}

    @classmethod
    @reading
    def from_record(cls, record: Mapping[str, Any]) -> Session:
        """Read a record of ``/sessions`` (of a list or a detail), or what insertions tell of theirs."""
        day = date.fromisoformat(str(record["start_time"])[:10])
        return cls(
            eid=id_of(record),
            lab=str(record.get("lab") or ""),
            subject=str(record["subject"]),
            date=day,
            number=int(record.get("number") or 0),  # sessions of a day as a whole have none
            task_protocol=str(record.get("task_protocol") or ""),
            projects=tuple(record.get("projects") or ()),
            told={**record, "date": day},
        )

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> Session:
        """Read a row of a table, which is told as it is but for its id."""
        projects = tuple(row["projects"].split(",")) if row["projects"] else ()
        return cls(
            UUID(row.pop("id")), row["lab"], row["subject"], row["date"], row["number"], row["task_protocol"],
            projects, row,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Dataset(Record):
    """One file of a session: where it lies in it, what it must be like, and where to fetch it."""

    columns: ClassVar[tuple[str, ...]] = ("rel_path", "file_size", "qc", "default_revision", "id")

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
        return split_rel_path(self.rel_path).collection

    @property
    def revision(self) -> str:
        """The revision, or an empty text for the first."""
        return split_rel_path(self.rel_path).revision

    @property
    def folder(self) -> str:
        """The folder in the session, with the revision."""
        return self.rel_path.rpartition("/")[0]

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
        return split_rel_path(self.rel_path).base

    def to_dict(self) -> dict[str, Any]:
        """Make a plain dict, a row of a dataset table."""
        return {each.name: getattr(self, each.name) for each in fields(self)} | {"qc": self.qc.name}

    @classmethod
    @reading
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
class Insertion(Record):
    """One probe in one session.

    Attributes
    ----------
    told : mapping
        What else its server or table says, under the names that they give.
    """

    columns: ClassVar[tuple[str, ...]] = ("pid", "name", "model", "serial", "eid")

    pid: UUID
    eid: UUID
    name: str
    model: str = ""
    serial: str = ""
    told: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Make a plain dict, as ``search_insertions(details=True)`` gives it: the fields, and what else was told."""
        named = {key: getattr(self, key) for key in ("name", "model", "serial")}
        ids = {} if "session" in self.told else {"id": self.pid, "session": self.eid}  # a row tells no session so
        return {**named, **self.told, **ids}

    @classmethod
    @reading
    def from_record(cls, record: Mapping[str, Any]) -> Insertion:
        """Read a record of ``/insertions``, or a row of a table of insertions with its session's."""
        named = {key: str(record.get(key) or "") for key in ("name", "model", "serial")}
        session = str(record.get("session") or record["eid"])[-36:]
        return cls(pid=UUID(str(record["id"])), eid=UUID(session), told=dict(record), **named)


@reading
def id_of(record: Mapping[str, Any]) -> UUID:
    """Read the id of a server's record, which may tell only its address."""
    return UUID(str(record.get("id") or record["url"]).rstrip("/")[-36:])


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
