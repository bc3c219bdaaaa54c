"""Reads the bodies of ``/register-file`` and ``/check-protected``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.contenttypes.models import ContentType

from bregma.alf import ALFPath, InvalidALFName, SessionParts
from bregma.alyx import policy
from bregma.alyx.actions.models import Session
from bregma.alyx.actions.selectors import find_session
from bregma.alyx.data.registration import Batch, NewFile, Options, Owner
from bregma.alyx.data.repositories import find_repository
from bregma.alyx.data.services import check_may_name
from bregma.alyx.data.texts import flag, strings
from bregma.alyx.errors import InvalidRequest, SessionNotFound, UnknownName
from bregma.alyx.misc.models import Lab, LabMember
from bregma.alyx.records import COLLECTION, QC
from bregma.alyx.subjects.selectors import find_subject

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bregma.alyx.data.catalog import Catalog

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
        path = _plain(str(self.body.get("path") or "")).strip("/")
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

    def batch(self, catalog: Catalog) -> Batch:
        """Return all that is to be registered. Raises as :meth:`files`."""
        return Batch(self.owner, self.files(catalog), self.options())

    def files(self, catalog: Catalog) -> list[NewFile]:
        """Return the files, checked by name; only those for which each list that is given has a value.

        Raises
        ------
        InvalidALFName, InvalidRequest, UnknownName
            If a file is not named by the convention or has no dataset type or format, or a list is too long.
        """
        names = [name for name in strings(self.body.get("filenames")) if name]
        columns = [self._column(name, len(names)) for name in ("hashes", "filesizes", "versions", "qc")]
        return [self._file(name, catalog, *values) for name, *values in zip(names, *columns, strict=False)]

    def options(self) -> Options:
        """Return how the files are registered."""
        flags = {name: flag(self.body.get(name), default=name in ("exists", "default")) for name in FLAGS}
        repository = find_repository(name=self.body.get("name"), hostname=self.body.get("hostname"))
        labs = self._labs(named=repository is not None)
        return Options(created_by=self._created_by(), labs=labs, repository=repository, **flags)

    def _find(self) -> tuple[Any, Session]:
        if len(self.path.split("/")) < 3:
            raise SessionNotFound(f"The path {self.path} should be `nickname/YYYY-MM-DD/n/...")
        parts = SessionParts.of(self.path)
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

    def _file(self, given: str, catalog: Catalog, *values: str | None) -> NewFile:
        digest, size, version, qc = values
        inside = [part for part in _plain(given).split("/") if part not in ("", ".")]
        if not inside:
            raise InvalidRequest(f"{given!r} is no file name")
        path = "/".join((*self._folder, *inside))
        name = inside[-1]
        collection, revision = _split_folders((*self._collection, *inside[:-1]))
        return NewFile(
            relative_path=path,
            given_name=given,
            collection=collection,
            revision=revision,
            name=name,
            dataset_type=catalog.type_of(name),
            data_format=catalog.format_of(name),
            hash=digest or None,
            size=_size(size, given),
            version=version or "",
            qc=_qc(qc, path),
        )

    @cached_property
    def _folder(self) -> tuple[str, ...]:
        """The folders of the path, from the subject on."""
        path = ALFPath(self.path)
        if self.owner.session is None:
            return path.parts
        return (*path.parts[: len(path.parts) - len(self._collection)][-3:], *self._collection)

    @cached_property
    def _collection(self) -> tuple[str, ...]:
        """The folders of the path that are part of the collection."""
        path = ALFPath(self.path)
        return path.relative_to_session().parts if self.owner.session else path.parts

    def _column(self, name: str, length: int) -> list[str | None]:
        """Return one value per file; a single version or quality stands for all, no values for nothing."""
        values: list[str | None] = list(strings(self.body.get(name)))
        if len(values) == 1 and name in ("versions", "qc"):
            return values * length
        if len(values) > length:
            raise InvalidRequest(f"{len(values)} {name} for {length} filenames; give one for each file")
        return values or [None] * length

    def _created_by(self) -> LabMember:
        name = self.body.get("created_by")
        if not name or name == self.user.username:
            return self.user
        found = LabMember.objects.filter(username=name).first()
        if found is None:
            raise UnknownName(f"no user is called {name!r}; leave created_by out, or make that account first")
        check_may_name(self.user, found)
        return found

    def _labs(self, *, named: bool) -> list[Lab]:
        """Return the labs whose repositories get records; for what is no session's, where the named one does, none."""
        names = [name for key in ("labs", "projects") for name in strings(self.body.get(key)) if name]
        if not names:
            session = self.owner.session
            if session is None and named:
                return []
            return [(session.lab if session else None) or self.owner.subject.lab]
        labs = list(Lab.objects.filter(name__in=names))
        missing = set(names) - {lab.name for lab in labs}
        if missing:
            raise UnknownName(f"no lab is called {', '.join(sorted(missing))}")
        return labs


FLAGS = ("exists", "server_only", "default", "check_protected")


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
        size = int(float(str(text)))
    except (ValueError, OverflowError):
        size = -1
    if size < 0:
        raise InvalidRequest(f"{text!r} is not the size of {name} in bytes")
    return size


def _qc(text: str | None, path: str) -> int | None:
    if text in (None, ""):
        return None
    name = str(text).upper()
    if name.isdigit() and int(name) in QC.values:
        return int(name)
    if name not in QC.names:
        raise InvalidRequest(f'Invalid QC value "{text}" for dataset "{path}"')
    return int(QC[name])


def _plain(path: str) -> str:
    """Return a path with slashes, also if it came from Windows."""
    return re.sub("/+", "/", path.strip().replace("\\", "/"))


def _uuid(value: Any) -> UUID:
    try:
        return UUID(str(value))
    except ValueError as error:
        raise InvalidRequest(f"object_id {value!r} is not a uuid") from error
