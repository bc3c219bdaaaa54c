"""The methods of `ALFPath` as functions of any path or text."""

from __future__ import annotations

from pathlib import Path, PurePath, PureWindowsPath
from typing import TYPE_CHECKING, overload

from bregma.alf.grammar import REL_PATH_SPEC, find_session, folders_of, is_valid, regex
from bregma.alf.paths import ALFPath, PureALFPath, PurePosixALFPath, PureWindowsALFPath

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

_RELATIVE = regex(REL_PATH_SPEC)


@overload
def ensure_alf_path(path: Path | str) -> ALFPath: ...  # type: ignore[overload-overlap] # a text has letters
@overload
def ensure_alf_path(path: PurePath) -> PureALFPath: ...
@overload
def ensure_alf_path(path: Iterable[PurePath | str]) -> list[PureALFPath]: ...
def ensure_alf_path(path: PurePath | str | Iterable[PurePath | str]) -> PureALFPath | list[PureALFPath]:
    """Make paths of the convention: of a text or Path an ALFPath, of a pure path a pure one, of several a list.

    Raises
    ------
    TypeError
        If it is neither a text, a path, nor several of them.
    """
    if isinstance(path, PureALFPath):
        return path
    if isinstance(path, (str, Path)):
        return ALFPath(path)
    if isinstance(path, PureWindowsPath):
        return PureWindowsALFPath(path)
    if isinstance(path, PurePath):
        return PurePosixALFPath(path)
    try:
        return [ensure_alf_path(one) for one in path]
    except TypeError as error:
        raise TypeError(f"{path!r} is no path; give a text, a path of pathlib, or several of them") from error


def get_session_path(path: PurePath | str | None) -> PureALFPath | None:
    """Cut off what comes after the session's number; None where there is no session."""
    return None if path is None else ensure_alf_path(path).session_path()


def get_alf_path(path: PurePath | str) -> str | None:
    """Find what the convention names in a path: from the session on, or inside one, or only the file name.

    Returns
    -------
    str or None
        With slashes; None where nothing follows the convention.
    """
    folders = folders_of(path)
    if place := find_session(folders):
        return "/".join(folders[place.start :])
    if not folders or not is_valid(folders[-1]):
        return None
    text = (path if isinstance(path, str) else path.as_posix()).strip("/")
    return text if _RELATIVE.match(text) else folders[-1]


def padded_sequence(file_path: PurePath | str) -> PureALFPath:
    """Write the session's number of a path with three digits.

    Raises
    ------
    InvalidALFName
        If the path has no session.
    """
    path = ensure_alf_path(file_path)
    return path.with_sequence(path.session.number)


def without_revision(file_path: PurePath | str) -> PureALFPath:
    """Take the revision out of a path; see `PureALFPath.without_revision`."""
    return ensure_alf_path(file_path).without_revision()


def add_uuid_string(file_path: PurePath | str, uuid: UUID | str, strict: bool = False) -> PureALFPath:
    """Put a dataset id before the extension; see `PureALFPath.with_uuid`."""
    return ensure_alf_path(file_path).with_uuid(uuid, strict)


def remove_uuid_string(file_path: PurePath | str) -> PureALFPath:
    """Take the dataset id out of a file name; see `PureALFPath.without_uuid`."""
    return ensure_alf_path(file_path).without_uuid()
