"""The grammar of the convention: what a file name and a session folder are made of.

A file is ``_namespace_object.attribute_timescale.extra.extension``; a session is
``lab/Subjects/subject/date/number``. Source: the ALF convention of the International Brain Laboratory.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath, PurePosixPath
from uuid import UUID

from bregma.alf.errors import InvalidALFName

_NAME = re.compile(
    r"""
    (?:_(?P<namespace>[a-zA-Z0-9]+)_)?
    (?P<object>\w+)
    \.(?P<attribute>(?:_[a-z]+_)?[a-zA-Z0-9]+(?:_(?:times|intervals)(?=[_.]))?)
    (?:_(?P<timescale>\w+))?
    (?:\.(?P<extra>[\w-]+(?:\.[\w-]+)*))?
    \.(?P<extension>\w+)
    """,
    re.VERBOSE | re.ASCII,
)
_SUBJECT = re.compile(r"[\w-][\w.-]*", re.ASCII)
_LAB = re.compile(r"\w+", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_NUMBER = re.compile(r"\d{1,3}", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_EXPECTED = "_namespace_object.attribute_timescale.extra.extension (namespace, timescale and extra may be absent)"


@dataclass(frozen=True, slots=True)
class NameParts:
    """The parts of one file name; those that are absent are None."""

    namespace: str | None
    object: str
    attribute: str
    timescale: str | None
    extra: str | None
    extension: str

    @property
    def uuid(self) -> UUID | None:
        """The dataset id, where the last extra part is one (as files are named on data servers)."""
        last = (self.extra or "").rpartition(".")[2]
        return UUID(last) if is_uuid(last) else None

    @property
    def key(self) -> str:
        """The name of the attribute in a loaded object: attribute, time scale and extra parts, without the id."""
        timescale = f"_{self.timescale}" if self.timescale else ""
        extra = [part for part in (self.extra or "").split(".") if part and not is_uuid(part)]
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

    @property
    def short(self) -> str:
        """``subject/YYYY-MM-DD/NNN``."""
        return f"{self.subject}/{self.date.isoformat()}/{self.number:03d}"

    def __str__(self) -> str:
        """``lab/Subjects/subject/YYYY-MM-DD/NNN``, without the first two where there is no lab."""
        return f"{self.lab}/Subjects/{self.short}" if self.lab else self.short


def is_uuid(text: str) -> bool:
    """Tell whether a text is a hyphenated UUID."""
    return _UUID.fullmatch(text) is not None


def is_valid(name: str) -> bool:
    """Tell whether a file name follows the convention."""
    return _NAME.fullmatch(name) is not None


def filename_parts(name: str) -> NameParts:
    """Split a file name.

    Raises
    ------
    InvalidALFName
        If it does not follow the convention.
    """
    match = _NAME.fullmatch(name)
    if match is None:
        raise InvalidALFName(f"{name!r} is not an ALF file name; expected {_EXPECTED}")
    return NameParts(**match.groupdict())


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
    if filename_parts(name) != parts:
        raise InvalidALFName(f"{name!r} would be read as {filename_parts(name)!r}, not as {parts!r}; change the parts")
    return name


def find_session(path: PurePath | str) -> tuple[SessionParts, int] | None:
    """Find the first session in a path.

    Returns
    -------
    tuple or None
        The session, and how many parts of the path come before its first file or collection.
    """
    parts = (PurePosixPath(path) if isinstance(path, str) else path).parts
    for i in range(len(parts) - 2):
        session = _session_at(parts, i)
        if session is not None:
            return session, i + 3
    return None


def session_path_parts(path: PurePath | str) -> SessionParts:
    """Find the session that a file or folder belongs to.

    Raises
    ------
    InvalidALFName
        If the path has no ``subject/YYYY-MM-DD/number``, or the date is not in the calendar.
    """
    found = find_session(path)
    if found is None:
        raise InvalidALFName(f"no session in path {str(path)!r}; expected (lab/Subjects/)subject/YYYY-MM-DD/number")
    return found[0]


def _session_at(parts: tuple[str, ...], i: int) -> SessionParts | None:
    """Read subject, date and number at one place of a path, and the lab before them."""
    subject, day, number = parts[i : i + 3]
    if not (_SUBJECT.fullmatch(subject) and _DATE.fullmatch(day) and _NUMBER.fullmatch(number)):
        return None
    try:
        when = date.fromisoformat(day)
    except ValueError:
        return None
    has_lab = i >= 2 and parts[i - 1] == "Subjects" and _LAB.fullmatch(parts[i - 2])
    return SessionParts(parts[i - 2] if has_lab else None, subject, when, int(number))
