"""A path that knows the convention: its session, collection, revision and file name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Self

from bregma.alf.errors import InvalidALFName
from bregma.alf.grammar import (
    NameParts,
    SessionParts,
    filename_parts,
    find_session,
    is_uuid,
    is_valid,
    session_path_parts,
)

if TYPE_CHECKING:
    from uuid import UUID

    _Base = Path
else:
    _Base = type(Path())  # Path itself cannot be subclassed before Python 3.12


class ALFPath(_Base):
    """A file or folder of a session, with pathlib's methods and the convention's parts.

    Asking for a part that a path lacks (the session of a bare file name) raises InvalidALFName;
    lab, collection and revision may be absent and are then None.

    Examples
    --------
    >>> path = ALFPath("mylab/Subjects/KS014/2019-08-30/001/alf/#2024-01-01#/_ibl_trials.table.pqt")
    >>> path.subject, path.number, path.collection, path.revision, path.object
    ('KS014', 1, 'alf', '2024-01-01', 'trials')
    """

    @classmethod
    def parse(cls, path: Path | str) -> Self:
        """Make a path that is surely a session's folder or an ALF file of one.

        Raises
        ------
        InvalidALFName
            If there is no session in it, or what looks like a file is not named by the convention.
        """
        alf = cls(path)
        relative = alf.relative_to_session()
        if "." in relative.name and not is_valid(relative.name):
            filename_parts(relative.name)
        return alf

    # The session

    @property
    def session(self) -> SessionParts:
        """Lab, subject, date and number."""
        return session_path_parts(self)

    @property
    def lab(self) -> str | None:
        """The lab, or None where the path has none."""
        return self.session.lab

    @property
    def subject(self) -> str:
        """The subject's nickname."""
        return self.session.subject

    @property
    def date(self) -> str:
        """The day, as ``YYYY-MM-DD``."""
        return self.session.date.isoformat()

    @property
    def number(self) -> int:
        """The session's number on that day."""
        return self.session.number

    def session_path(self) -> Self:
        """Cut off what comes after the session's number."""
        return type(self)(*self.parts[: self._session_end()])

    def relative_to_session(self) -> Self:
        """Cut off the session: ``collection/#revision#/name``."""
        return type(self)(*self.parts[self._session_end() :])

    def is_session_path(self) -> bool:
        """Tell whether the path ends with a session's number."""
        found = find_session(self)
        return found is not None and found[1] == len(self.parts)

    # Inside the session

    @property
    def collection(self) -> str | None:
        """The folder of the session that holds the file, such as ``alf/probe00``, or None."""
        folders = [part for part in self._folders() if not _is_revision(part)]
        return "/".join(folders) or None

    @property
    def revision(self) -> str | None:
        """The revision, without its ``#``, or None for the first one."""
        folders = self._folders()
        return folders[-1][1:-1] if folders and _is_revision(folders[-1]) else None

    def with_revision(self, revision: str | None) -> Self:
        """Put the file into another revision of its collection, or with None into the first."""
        parent = self.parent.parent if _is_revision(self.parent.name) else self.parent
        return type(self)(parent, f"#{revision}#", self.name) if revision else type(self)(parent, self.name)

    def without_revision(self) -> Self:
        """Take the revision out."""
        return self.with_revision(None)

    # The file name

    @property
    def name_parts(self) -> NameParts:
        """Namespace, object, attribute, time scale, extra parts and extension."""
        return filename_parts(self.name)

    @property
    def namespace(self) -> str | None:
        """Whose convention the object follows, such as ``ibl``, or None."""
        return self.name_parts.namespace

    @property
    def object(self) -> str:
        """What the file is about, such as ``trials``."""
        return self.name_parts.object

    @property
    def attribute(self) -> str:
        """What about it, such as ``goCue_times``."""
        return self.name_parts.attribute

    @property
    def timescale(self) -> str | None:
        """The clock of its times, or None for the session's own."""
        return self.name_parts.timescale

    @property
    def extra(self) -> str | None:
        """Parts between the attribute and the extension, or None."""
        return self.name_parts.extra

    @property
    def uuid(self) -> UUID | None:
        """The dataset id in the name, or None."""
        return self.name_parts.uuid

    def with_uuid(self, uuid: UUID | str) -> Self:
        """Put a dataset id before the extension, in place of one that is there.

        Raises
        ------
        InvalidALFName
            If it is not a UUID.
        """
        if not is_uuid(str(uuid)):
            raise InvalidALFName(f"{uuid!r} is not a dataset id; expected a UUID with hyphens")
        bare = self.without_uuid()
        return bare.with_name(f"{bare.stem}.{uuid}{bare.suffix}")

    def without_uuid(self) -> Self:
        """Take the dataset id out of the name, where there is one."""
        stem, _, last = self.stem.rpartition(".")
        return self.with_name(stem + self.suffix) if stem and is_uuid(last) else self

    def _session_end(self) -> int:
        found = find_session(self)
        if found is None:
            session_path_parts(self)  # raises, and says what is expected
            raise AssertionError  # pragma: no cover
        return found[1]

    def _folders(self) -> tuple[str, ...]:
        """Folders between the session, where there is one, and the file name, where there is one."""
        found = find_session(self)
        if found is None and self.is_absolute():
            return ()  # no session: nothing says which folders are the collection
        inner = self.parts[found[1] if found else 0 :]
        return inner[:-1] if inner and is_valid(inner[-1]) else inner


def _is_revision(folder: str) -> bool:
    return len(folder) > 2 and folder.startswith("#") and folder.endswith("#")
