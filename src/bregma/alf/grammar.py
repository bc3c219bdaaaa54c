"""The grammar of the convention: what a file name and a session folder are made of.

A file is ``_namespace_object.attribute_timescale.extra.extension``; a session is
``lab/Subjects/subject/date/number``. Source: the ALF convention of the International Brain Laboratory.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import PurePath, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple, Self
from uuid import UUID

from bregma.alf.errors import InvalidALFName

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

SESSION_SPEC = "({lab}/Subjects/)?{subject}/{date}/{number}"
"""The folders of a session."""
COLLECTION_SPEC = "({collection}/)?(#{revision}#/)?"
"""The folders inside a session."""
FILE_SPEC = r"(?:_{namespace}_)?{object}\.{attribute}(?:_{timescale})?(?:\.{extra})?\.{extension}\Z"
"""The name of a file."""
REL_PATH_SPEC = f"{COLLECTION_SPEC}{FILE_SPEC}"
"""A file inside a session."""
FULL_SPEC = f"{SESSION_SPEC}/{REL_PATH_SPEC}"
"""A file from its lab on."""

_PATTERNS = {
    "lab": r"\w+",
    "subject": r"[\w.-]+",
    "date": "[0-9]{4}-[0-9]{2}-[0-9]{2}",
    "number": "[0-9]{1,3}",
    "collection": r"[\w./-]+",
    "revision": r"[\w.-]+",
    "namespace": "[a-zA-Z0-9]+",
    "object": r"\w+",
    "attribute": r"(?:_[a-z]+_)?[a-zA-Z0-9]+(?:_(?:times|intervals)(?=[_.]))?",
    "timescale": r"\w+",
    "extra": r"[.\w-]+",
    "extension": r"\w+",
}
_ID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_EXPECTED = "_namespace_object.attribute_timescale.extra.extension (namespace, timescale and extra may be absent)"


class NameParts(NamedTuple):
    """The parts of one file name; those that are absent are None."""

    namespace: str | None
    object: str
    attribute: str
    timescale: str | None
    extra: str | None
    extension: str

    @classmethod
    def of(cls, name: str) -> Self:
        """Split a file name.

        Raises
        ------
        InvalidALFName
            If it does not follow the convention.
        """
        match = _NAME.match(name)
        if match is None:
            raise InvalidALFName(f"{name!r} is not an ALF file name; expected {_EXPECTED}")
        return cls(*match.groups())

    @property
    def uuid(self) -> UUID | None:
        """The dataset id, where the last extra part is one (as files are named on data servers)."""
        last = (self.extra or "").rpartition(".")[2]
        return UUID(last) if is_id(last) else None

    @property
    def key(self) -> str:
        """The name of the attribute in a loaded object: attribute, time scale and extra parts, without the id."""
        timescale = f"_{self.timescale}" if self.timescale else ""
        extra = [part for part in (self.extra or "").split(".") if part and not is_id(part)]
        return ".".join([self.attribute + timescale, *extra])

    def __str__(self) -> str:
        """Put the file name together again."""
        namespace = f"_{self.namespace}_" if self.namespace else ""
        timescale = f"_{self.timescale}" if self.timescale else ""
        extra = f".{self.extra}" if self.extra else ""
        return f"{namespace}{self.object}.{self.attribute}{timescale}{extra}.{self.extension}"


@dataclass(frozen=True, slots=True)
class SessionParts:
    """What names a session: its lab (where the path has one), subject, date and number."""

    lab: str | None
    subject: str
    date: date
    number: int

    @classmethod
    def of(cls, path: PurePath | str) -> Self:
        """Find the session that a file or folder belongs to.

        Raises
        ------
        InvalidALFName
            If the path has no ``subject/YYYY-MM-DD/number``, or the date is not in the calendar.
        """
        place = find_session(folders_of(path))
        if place is None:
            raise InvalidALFName(f"no session in path {str(path)!r}; expected (lab/Subjects/)subject/YYYY-MM-DD/number")
        lab, subject, day, number = place.texts
        return cls(lab, subject, date.fromisoformat(day), int(number))

    @property
    def short(self) -> str:
        """``subject/YYYY-MM-DD/NNN``."""
        return f"{self.subject}/{self.date.isoformat()}/{self.number:03d}"

    def __str__(self) -> str:
        """``lab/Subjects/subject/YYYY-MM-DD/NNN``, without the first two where there is no lab."""
        return f"{self.lab}/Subjects/{self.short}" if self.lab else self.short


class SessionPlace(NamedTuple):
    """Where in a path its session is: first and one-past-last folder, and lab, subject, date, number as written."""

    start: int
    end: int
    texts: tuple[str | None, str, str, str]


def regex(spec: str = FULL_SPEC, **parts: str | None) -> re.Pattern[str]:
    """Make the pattern of a file, a session or a whole path.

    Parameters
    ----------
    spec : str
        One of the ``*_SPEC`` texts, or one like them: names of parts in braces.
    **parts : str
        Patterns in place of those of the convention, such as ``object="trials"``; None leaves it.

    Returns
    -------
    re.Pattern
        With a group for each part; not anchored at its beginning.

    Raises
    ------
    KeyError
        If there is no such part.

    Examples
    --------
    >>> regex(FILE_SPEC).match("_ibl_trials.goCue_times.npy")["attribute"]
    'goCue_times'
    """
    if unknown := parts.keys() - _PATTERNS.keys():
        raise KeyError(f"no part {', '.join(sorted(unknown))}; choose from {', '.join(_PATTERNS)}")
    patterns = _PATTERNS | {name: pattern for name, pattern in parts.items() if pattern is not None}
    return re.compile(spec.format(**{name: f"(?P<{name}>{pattern})" for name, pattern in patterns.items()}))


_NAME = regex(FILE_SPEC)
_SUBJECT, _LAB = re.compile(_PATTERNS["subject"]), re.compile(_PATTERNS["lab"])
_DATE, _NUMBER = re.compile(_PATTERNS["date"]), re.compile(_PATTERNS["number"])


def is_id(text: str) -> bool:
    """Tell whether a text is a UUID with hyphens, of any version and in any case."""
    return _ID.fullmatch(text) is not None


def is_uuid(uuid: object, versions: Collection[int] = (4, 3)) -> bool:
    """Tell whether something can be read as a UUID of some versions, with hyphens or without.

    Parameters
    ----------
    uuid : str, int, bytes or UUID
        What may be one; 16 bytes, or a number of 128 bits. Anything else is none.
    versions : tuple of int
        The versions that count. Databases make the fourth, tables of files the third.
    """
    try:
        if isinstance(uuid, int):
            uuid = UUID(int=uuid)
        elif isinstance(uuid, bytes):
            uuid = UUID(bytes=uuid)
        elif isinstance(uuid, str):
            uuid = UUID(uuid)
    except ValueError:
        return False
    return isinstance(uuid, UUID) and uuid.version in versions


def is_uuid_string(string: object) -> bool:
    """Tell whether a text is a UUID of version 3, 4 or 5 as it is written: with hyphens, in small letters."""
    return isinstance(string, str) and is_uuid(string, (3, 4, 5)) and str(UUID(string)) == string


def is_valid(filename: str) -> bool:
    """Tell whether a file name follows the convention."""
    return _NAME.match(filename) is not None


def is_session_path(path_object: PurePath | str) -> bool:
    """Tell whether a path ends with a session's subject, date and number; nothing is looked up on disk."""
    folders = folders_of(path_object)
    return len(folders) > 2 and _session_at(folders, len(folders) - 3) is not None


def compose_name(
    object: str,  # noqa: A002 - the word of the convention
    attribute: str,
    extension: str,
    *,
    namespace: str | None = None,
    timescale: str | None = None,
    extra: str | None = None,
) -> str:
    """Put a file name together from its parts.

    Raises
    ------
    InvalidALFName
        If a part would be read back as something else, such as a hyphen or a dot in an object.
    """
    parts = NameParts(namespace or None, object, attribute, timescale or None, extra or None, extension)
    name = str(parts)
    if NameParts.of(name) != parts:
        raise InvalidALFName(f"{name!r} would be read as {NameParts.of(name)!r}, not as {parts!r}; change the parts")
    return name


def folders_of(path: PurePath | str) -> tuple[str, ...]:
    """Split a path into its folders and name; a text by its slashes."""
    return PurePosixPath(path).parts if isinstance(path, str) else path.parts


def find_session(folders: Sequence[str]) -> SessionPlace | None:
    """Find the first session among the folders of a path."""
    places = (_session_at(folders, i) for i in range(len(folders) - 2))
    return next((place for place in places if place is not None), None)


@lru_cache(10_000)
def is_day(text: str) -> bool:
    """Tell whether a text is a day of the calendar, YYYY-MM-DD; paths repeat the same few."""
    try:
        return _DATE.fullmatch(text) is not None and bool(date.fromisoformat(text))
    except ValueError:
        return False


def find_lab(folders: Sequence[str]) -> int | None:
    """Find the first lab among the folders of a path: the one before ``Subjects``."""
    labs = (i for i, folder in enumerate(folders[1:]) if folder == "Subjects" and _LAB.fullmatch(folders[i]))
    return next(labs, None)


def is_revision(folder: str) -> bool:
    """Tell whether a folder's name is that of a revision, ``#...#``."""
    return len(folder) > 2 and folder.startswith("#") and folder.endswith("#")


def _session_at(folders: Sequence[str], i: int) -> SessionPlace | None:
    """Read subject, date and number at one place of a path, and the lab before them."""
    subject, day, number = folders[i : i + 3]
    if not (_NUMBER.fullmatch(number) and _is_subject(subject) and is_day(day)):
        return None
    has_lab = i >= 2 and folders[i - 1] == "Subjects" and _LAB.fullmatch(folders[i - 2]) is not None
    return SessionPlace(i - 2 if has_lab else i, i + 3, (folders[i - 2] if has_lab else None, subject, day, number))


def _is_subject(folder: str) -> bool:
    return _SUBJECT.fullmatch(folder) is not None and folder not in {".", ".."}
