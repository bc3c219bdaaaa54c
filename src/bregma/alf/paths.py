"""A path that knows the convention: its session, collection, revision and file name."""

from __future__ import annotations

import os
from pathlib import Path, PosixPath, PurePath, PurePosixPath, PureWindowsPath, WindowsPath
from typing import TYPE_CHECKING, Any, Self

from bregma.alf.errors import InvalidALFName
from bregma.alf.grammar import NameParts, SessionParts, find_lab, find_session, is_revision, is_session_path, is_valid
from bregma.alf.parsing import Parts, filename_parts, full_path_parts, names_file, session_path_parts
from bregma.alf.renaming import Renaming

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID


class PureALFPath(Renaming, PurePath):
    """A file or folder of a session, with pathlib's methods and the convention's parts; never looks at the disk.

    Parts that a path lacks are empty texts. Methods named ``with_…`` and ``without_…`` return a new path.

    Examples
    --------
    >>> path = PureALFPath("mylab/Subjects/KS014/2019-08-30/001/alf/#2024-01-01#/_ibl_trials.table.pqt")
    >>> path.subject, path.sequence, path.collection, path.revision, path.object
    ('KS014', '001', 'alf', '2024-01-01', 'trials')
    """

    def __new__(cls, *args: str | os.PathLike[str]) -> Self:
        """Join texts and paths; the class for this system's separators."""
        chosen: Any = cls
        if cls is PureALFPath:
            chosen = PureWindowsALFPath if os.name == "nt" else PurePosixALFPath
        made: Self = super().__new__(chosen, *args)
        return made

    # What it is

    def is_dataset(self) -> bool:
        """Tell whether the last part is an ALF file name."""
        return is_valid(self.name)

    def is_session_path(self: PurePath | str) -> bool:
        """Tell whether the path ends with a session's number; also a function of any path or text."""
        return is_session_path(self)

    def is_valid_alf(self: PurePath | str) -> bool:
        """Tell whether the path is a session, a folder or file of one, or a file name; also a function."""
        try:
            return any(full_path_parts(self))
        except InvalidALFName:
            return False

    # All parts

    def parse_alf_path(self, as_dict: bool = True) -> Parts:
        """Split into all parts, from lab to extension, None for what is absent; see `full_path_parts`."""
        return full_path_parts(self, as_dict, assert_valid=False)

    def parse_alf_name(self, as_dict: bool = True) -> Parts:
        """Split the file name, from namespace to extension, None for what is absent; see `filename_parts`."""
        return filename_parts(self.name, as_dict, assert_valid=False)

    @property
    def alf_parts(self) -> tuple[str, ...]:
        """All parts, from lab to extension; empty texts for what is absent."""
        return tuple(part or "" for part in self.parse_alf_path(as_dict=False))

    @property
    def session_parts(self) -> tuple[str, ...]:
        """Lab, subject, date and number as they are written; empty texts for what is absent."""
        return tuple(part or "" for part in session_path_parts(self, assert_valid=False))

    @property
    def dataset_name_parts(self) -> tuple[str, ...]:
        """The parts of the file name, from namespace to extension; empty texts for what is absent."""
        return tuple(part or "" for part in self.parse_alf_name(as_dict=False))

    # The session

    @property
    def session(self) -> SessionParts:
        """Lab, subject, date and number as values.

        Raises
        ------
        InvalidALFName
            If the path has no session.
        """
        return SessionParts.of(self)

    @property
    def lab(self) -> str:
        """The lab."""
        return self.session_parts[0]

    @property
    def subject(self) -> str:
        """The subject's nickname."""
        return self.session_parts[1]

    @property
    def date(self) -> str:
        """The day, as ``YYYY-MM-DD``."""
        return self.session_parts[2]

    @property
    def sequence(self) -> str:
        """The session's number on that day, as it is written."""
        return self.session_parts[3]

    def session_path(self) -> Self | None:
        """Cut off what comes after the session's number; None where the path has no session."""
        place = find_session(self.parts)
        return type(self)(*self.parts[: place.end]) if place else None

    def session_path_short(self, include_lab: bool = False) -> str | None:
        """Write the session as ``subject/date/number``, with ``lab/`` before it if wished; None without a session."""
        parts = self.session_parts[0 if include_lab else 1 :]
        return "/".join(filter(None, parts)) or None

    def relative_to_session(self) -> Self:
        """Cut off the session: ``collection/#revision#/name``.

        Raises
        ------
        InvalidALFName
            If the path has no session.
        """
        return type(self)(*self.parts[self._session_place().end :])

    def relative_to_lab(self) -> Self:
        """Cut off ``lab/Subjects/`` and what comes before it.

        Raises
        ------
        InvalidALFName
            If the path has no ``lab/Subjects``.
        """
        start = find_lab(self.parts)
        if start is None:
            raise InvalidALFName(f"no lab in path {str(self)!r}; expected lab/Subjects/subject/YYYY-MM-DD/number")
        return type(self)(*self.parts[start + 2 :])

    # Inside the session

    @property
    def collection(self) -> str:
        """The folder of the session that holds the file, such as ``alf/probe00``."""
        return "/".join(folder for folder in self._folders() if not is_revision(folder))

    @property
    def revision(self) -> str:
        """The revision, without its ``#``."""
        folders = self._folders()
        return folders[-1][1:-1] if folders and is_revision(folders[-1]) else ""

    # The file name

    @property
    def name_parts(self) -> NameParts:
        """The parts of the file name as values.

        Raises
        ------
        InvalidALFName
            If the name does not follow the convention.
        """
        return NameParts.of(self.name)

    @property
    def namespace(self) -> str:
        """Whose convention the object follows, such as ``ibl``."""
        return self.dataset_name_parts[0]

    @property
    def object(self) -> str:
        """What the file is about, such as ``trials``."""
        return self.dataset_name_parts[1]

    @property
    def attribute(self) -> str:
        """What about it, such as ``goCue_times``."""
        return self.dataset_name_parts[2]

    @property
    def timescale(self) -> str:
        """The clock of its times; empty for the session's own."""
        return self.dataset_name_parts[3]

    @property
    def extra(self) -> str:
        """Parts between the attribute and the extension."""
        return self.dataset_name_parts[4]

    @property
    def uuid(self) -> UUID | None:
        """The dataset id in the name, or None."""
        return self.name_parts.uuid if is_valid(self.name) else None

    def _folders(self) -> tuple[str, ...]:
        """Folders between the session, where there is one, and the file name, where there is one."""
        place = find_session(self.parts)
        if place is None and self.is_absolute():
            return ()  # no session: nothing says which folders are the collection
        inner = self.parts[place.end if place else 0 :]
        return inner[:-1] if inner and names_file(inner[-1]) else inner


if TYPE_CHECKING:

    class _OnDisk(PureALFPath, Path): ...
else:
    _OnDisk = PureALFPath  # Path itself cannot be subclassed before Python 3.12


class ALFPath(_OnDisk):
    """A file or folder of a session on this machine: a `PureALFPath` with the methods of pathlib.Path."""

    def __new__(cls, *args: str | os.PathLike[str]) -> Self:
        """Join texts and paths; the class for this system's separators."""
        chosen: Any = cls
        if cls is ALFPath:
            chosen = WindowsALFPath if os.name == "nt" else PosixALFPath
        made: Self = super().__new__(chosen, *args)
        return made

    def is_dataset(self) -> bool:
        """Tell whether the last part is an ALF file name, and not a folder on disk."""
        return is_valid(self.name) and not self.is_dir()

    def is_session_path(self: Path | str) -> bool:
        """Tell whether the path ends with a session's number, and is not a file on disk; also a function."""
        return is_session_path(self) and not Path(self).is_file()

    def is_valid_alf(self: Path | str) -> bool:
        """Tell whether the path is named by the convention, and is on disk, if there, what its name says."""
        if not PureALFPath.is_valid_alf(self):
            return False
        path = Path(self)
        return not (path.is_dir() if names_file(path.name) else path.is_file())

    def iter_datasets(self, recursive: bool = False) -> Iterator[Self]:
        """Go through the ALF files of a folder, and with ``recursive`` of those inside it, in order of their paths."""
        files = (self.rglob if recursive else self.glob)("*.*.*")
        return (path for path in sorted(files) if path.is_dataset())


class PurePosixALFPath(PureALFPath, PurePosixPath):
    """A `PureALFPath` with slashes."""


class PureWindowsALFPath(PureALFPath, PureWindowsPath):
    """A `PureALFPath` with backslashes and drives."""


class PosixALFPath(ALFPath, PosixPath):
    """An `ALFPath` with slashes."""


class WindowsALFPath(ALFPath, WindowsPath):
    """An `ALFPath` with backslashes and drives."""
