"""Reads the bodies of ``/register-file`` and ``/check-protected``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.contenttypes.models import ContentType

from bregma.alf import ALFPath, InvalidALFName, filename_parts, session_path_parts
from bregma.alyx import policy
from bregma.alyx.actions.models import Session
from bregma.alyx.actions.selectors import find_session
from bregma.alyx.data.models import DataFormat, DatasetType
from bregma.alyx.data.registration import NewFile, Options, Owner
from bregma.alyx.data.repositories import find_repository
from bregma.alyx.data.services import check_may_name
from bregma.alyx.errors import InvalidRequest, SessionNotFound, UnknownName
from bregma.alyx.misc.models import Lab, LabMember
from bregma.alyx.records import COLLECTION, QC
from bregma.alyx.subjects.selectors import find_subject

if TYPE_CHECKING:
    from collections.abc import Mapping

REVISION_RULE = (
    "Invalid ALF path. There must be only 1 revision and it cannot contain"
    "sub folders. A revision folder must be surrounded by pound signs (#)."
)


@dataclass(frozen=True)
class RegistrationRequest:
    """The body of a request to register files or to ask whether they are protected.

    Parameters
    ----------
    body : mapping
        path, filenames and, as far as wanted, created_by, name or hostname (of a repository), labs, hashes,
        filesizes, versions, qc, exists, server_only, default, check_protected, content_type and object_id.
    user : LabMember
        Who asks.
    """

    body: Mapping[str, Any]
    user: LabMember

    @cached_property
    def path(self) -> str:
        """The folder that all files are in, from the subject on."""
        path = str(self.body.get("path") or "").strip().strip("/")
        if not path:
            raise InvalidRequest("a registration needs a path: subject/YYYY-MM-DD/number, and perhaps a collection")
        return path

    @cached_property
    def owner(self) -> Owner:
        """The session of the files, or the row that content_type and object_id name."""
        if self.body.get("content_type"):
            return self._other_owner()
        subject, session = self._find()
        return Owner(subject=subject, session=session)

    def files(self) -> list[NewFile]:
        """Return the files, checked by name.

        Raises
        ------
        InvalidALFName, InvalidRequest, UnknownName
            If a file is not named by the convention or has no dataset type or format, or a list has another length.
        """
        names = strings(self.body.get("filenames"))
        catalog = Catalog()
        columns = [
            self._column("hashes", len(names)),
            self._column("filesizes", len(names)),
            self._column("versions", len(names)),
            self._column("qc", len(names)),
        ]
        return [self._file(name, catalog, *values) for name, *values in zip(names, *columns, strict=True)]

    def options(self) -> Options:
        """Return how the files are registered."""
        flags = {name: _flag(self.body.get(name), default=name in ("exists", "default")) for name in FLAGS}
        return Options(
            created_by=self._created_by(),
            labs=self._labs(),
            repository=find_repository(name=self.body.get("name"), hostname=self.body.get("hostname")),
            **flags,
        )

    def _find(self) -> tuple[Any, Session]:
        if len(self.path.split("/")) < 3:
            raise SessionNotFound(f"The path {self.path} should be `nickname/YYYY-MM-DD/n/...")
        parts = session_path_parts(self.path)
        subject = find_subject(parts.subject, lab=parts.lab)
        same_day = Session.objects.filter(subject=subject, start_time__date=parts.date)
        if not same_day.exists():
            raise SessionNotFound(f"A base session for {subject} on {parts.date} does not exist")
        return subject, find_session(subject, parts.date, parts.number)

    def _other_owner(self) -> Owner:
        kind = str(self.body["content_type"])
        app, _, model = kind.rpartition(".")
        rows = ContentType.objects.filter(model=model, **({"app_label": app} if app else {}))
        content_type = rows.first()
        owner_class = content_type.model_class() if content_type else None
        if owner_class is None or owner_class not in policy.SUBJECT_PATHS:
            raise InvalidRequest(f"Invalid content type: {kind}")
        row = owner_class._default_manager.filter(pk=_uuid(self.body.get("object_id"))).first()
        subject = policy.subject_of(row) if row else None
        if subject is None:
            raise UnknownName(f"no {kind} has the id {self.body.get('object_id')!r}")
        return Owner(subject=subject, content_type=content_type, object_id=row.pk if row else None)

    def _file(self, name: str, catalog: Catalog, *values: str | None) -> NewFile:
        digest, size, version, qc = values
        path = ALFPath(f"{self.path}/{name}")
        folders = path.relative_to_session() if self.owner.session else ALFPath(path)
        collection, revision = _split_folders(folders.parts[:-1])
        return NewFile(
            relative_path=path.as_posix(),
            given_name=name,
            collection=collection,
            revision=revision,
            name=path.name,
            dataset_type=catalog.type_of(path.name),
            data_format=catalog.format_of(path.name),
            hash=digest or None,
            size=_size(size, name),
            version=version or "",
            qc=_qc(qc, path.as_posix()),
        )

    def _column(self, name: str, length: int) -> list[str | None]:
        """Return one value per file; a single value stands for all, too few are filled up with nothing."""
        values: list[str | None] = list(strings(self.body.get(name)))
        if len(values) == 1 and name in ("versions", "qc"):
            values = values * length
        if len(values) > length:
            raise InvalidRequest(f"{len(values)} {name} for {length} filenames; give one for each file")
        return values + [None] * (length - len(values))

    def _created_by(self) -> LabMember:
        name = self.body.get("created_by")
        if not name or name == self.user.username:
            return self.user
        found = LabMember.objects.filter(username=name).first()
        if found is None:
            raise UnknownName(f"no user is called {name!r}; leave created_by out, or make that account first")
        check_may_name(self.user, found)
        return found

    def _labs(self) -> list[Lab]:
        names = strings(self.body.get("labs") or self.body.get("projects"))
        if not names:
            session = self.owner.session
            return [(session.lab if session else None) or self.owner.subject.lab]
        labs = list(Lab.objects.filter(name__in=names))
        missing = set(names) - {lab.name for lab in labs}
        if missing:
            raise UnknownName(f"no lab is called {', '.join(sorted(missing))}")
        return labs


FLAGS = ("exists", "server_only", "default", "check_protected")


class Catalog:
    """All dataset types and formats, to recognise files by their names; two queries."""

    def __init__(self) -> None:
        self._types = list(DatasetType.objects.all())
        self._formats = list(DataFormat.objects.exclude(file_extension=""))

    def type_of(self, filename: str) -> DatasetType:
        """Return the one type whose pattern a file name matches.

        Raises
        ------
        InvalidALFName
            If the name does not follow the convention.
        UnknownName, InvalidRequest
            If no type or more than one matches.
        """
        parts = filename_parts(filename)
        plain = f"{parts.object}.{parts.attribute}".lower()
        found = [one for one in self._types if _matches(one, filename.lower(), plain)]
        if not found:
            raise UnknownName(
                f"no dataset type matches {filename!r}; make one whose name is {parts.object}.{parts.attribute}, "
                "or whose filename_pattern matches: POST /dataset-types"
            )
        if len(found) > 1:
            names = ", ".join(one.name for one in found)
            raise InvalidRequest(f"{filename!r} matches several dataset types, {names}; narrow their patterns")
        return found[0]

    def format_of(self, filename: str) -> DataFormat:
        """Return the format with a file's extension.

        Raises
        ------
        UnknownName
            If there is none.
        """
        extension = f".{filename.rpartition('.')[2]}"
        found = [one for one in self._formats if one.file_extension == extension]
        if not found:
            raise UnknownName(f"no data format has the extension {extension!r} of {filename!r}: POST /data-formats")
        return found[0]


def strings(value: Any) -> list[str]:
    """Read a list, or a text with commas, or nothing."""
    if value is None or value == "":
        return []
    parts = value.split(",") if isinstance(value, str) else value if isinstance(value, list | tuple) else [value]
    return ["" if part is None else str(part).strip() for part in parts]


def _matches(one: DatasetType, filename: str, plain: str) -> bool:
    return fnmatchcase(filename, one.filename_pattern) if one.filename_pattern else one.name.lower() == plain


def _split_folders(folders: tuple[str, ...]) -> tuple[str, str]:
    """Split folders into a collection and the revision, which comes last."""
    marked = [i for i, folder in enumerate(folders) if "#" in folder]
    if marked and (marked != [len(folders) - 1] or not re.fullmatch(r"#[\w.-]+#", folders[-1])):
        raise InvalidRequest(REVISION_RULE)
    collection = "/".join(folders[:-1] if marked else folders)
    if not re.fullmatch(COLLECTION.pattern, collection) or ".." in folders:
        raise InvalidALFName(f"{collection!r} is not a collection; {COLLECTION.message}")
    return collection, folders[-1].strip("#") if marked else ""


def _size(text: str | None, name: str) -> int | None:
    if text in (None, ""):
        return None
    try:
        return int(float(str(text)))
    except (ValueError, OverflowError) as error:
        raise InvalidRequest(f"{text!r} is not the size of {name} in bytes") from error


def _qc(text: str | None, path: str) -> int | None:
    if text in (None, ""):
        return None
    name = str(text).upper()
    if name.isdigit() and int(name) in QC.values:
        return int(name)
    if name not in QC.names:
        raise InvalidRequest(f'Invalid QC value "{text}" for dataset "{path}"')
    return int(QC[name])


def _flag(value: Any, *, default: bool) -> bool:
    if value is None:
        return default
    return value.strip().lower() not in ("false", "0", "") if isinstance(value, str) else bool(value)


def _uuid(value: Any) -> UUID:
    try:
        return UUID(str(value))
    except ValueError as error:
        raise InvalidRequest(f"object_id {value!r} is not a uuid") from error
