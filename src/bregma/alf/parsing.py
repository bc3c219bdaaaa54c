"""Paths taken apart into texts: a tuple or a dict of the parts, None for what is absent."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, overload

from bregma.alf.errors import InvalidALFName
from bregma.alf.grammar import (
    COLLECTION_SPEC,
    REL_PATH_SPEC,
    NameParts,
    find_session,
    folders_of,
    is_revision,
    is_valid,
    regex,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import PurePath

Texts: TypeAlias = tuple[str | None, ...]
Parts: TypeAlias = Texts | dict[str, str | None]

SESSION = ("lab", "subject", "date", "number")
INSIDE = ("collection", "revision")
NAME = NameParts._fields

_INSIDE = regex(rf"{COLLECTION_SPEC}\Z")
_RELATIVE = regex(REL_PATH_SPEC)


@overload
def filename_parts(filename: str) -> NameParts: ...
@overload
def filename_parts(filename: str, as_dict: bool = False, assert_valid: bool = True) -> Parts: ...
def filename_parts(filename: str, as_dict: bool = False, assert_valid: bool = True) -> Parts:
    """Split a file name into namespace, object, attribute, timescale, extra and extension.

    Parameters
    ----------
    filename : str
        The name, without folders.
    as_dict : bool
        Give a dict instead of a tuple.
    assert_valid : bool
        Refuse what does not follow the convention, instead of giving Nones.

    Returns
    -------
    NameParts, tuple or dict
        The parts as texts; those that are absent are None.

    Raises
    ------
    InvalidALFName
        If the name does not follow the convention.
    """
    if assert_valid or is_valid(filename):
        parts = NameParts.of(filename)
        return parts._asdict() if as_dict else parts
    return _shape(NAME, (None,) * len(NAME), as_dict=as_dict)


def session_path_parts(session_path: PurePath | str, as_dict: bool = False, assert_valid: bool = True) -> Parts:
    """Find the session of a path: its lab, subject, date and number, as they are written.

    See `filename_parts` for the arguments, the result and the errors. `SessionParts.of` reads date and number.
    """
    place = find_session(folders_of(session_path))
    return _checked(SESSION, place and place.texts, session_path, as_dict=as_dict, assert_valid=assert_valid)


def rel_path_parts(rel_path: PurePath | str, as_dict: bool = False, assert_valid: bool = True) -> Parts:
    """Split a file's path inside its session: collection, revision and the parts of its name.

    See `filename_parts` for the arguments, the result and the errors.
    """
    text = rel_path if isinstance(rel_path, str) else rel_path.as_posix()
    match = _RELATIVE.match(text)
    found = match and tuple(match[name] for name in (*INSIDE, *NAME))
    return _checked((*INSIDE, *NAME), found, rel_path, as_dict=as_dict, assert_valid=assert_valid)


def folder_parts(folder_path: PurePath | str, as_dict: bool = False, assert_valid: bool = True) -> Parts:
    """Split a folder of a session: lab, subject, date, number, collection and revision.

    See `filename_parts` for the arguments, the result and the errors.
    """
    found = _split_folders(folders_of(folder_path))
    return _checked((*SESSION, *INSIDE), found, folder_path, as_dict=as_dict, assert_valid=assert_valid)


def full_path_parts(path: PurePath | str, as_dict: bool = False, assert_valid: bool = True) -> Parts:
    """Split a folder of a session, a file of one, or a bare file name into all its parts, from lab to extension.

    A last part with two dots or more is taken for a file. See `filename_parts` for the arguments, the result
    and the errors.
    """
    folders = folders_of(path)
    name = folders[-1] if folders and names_file(folders[-1]) else ""
    folders = folders[:-1] if name else folders
    found: Texts | None = (None,) * 6 if name and not folders else _split_folders(folders)
    if not assert_valid:
        found = found or (None,) * 6
    parts = filename_parts(name, assert_valid=bool(name) and assert_valid)
    whole = found and (*found, *parts)
    return _checked((*SESSION, *INSIDE, *NAME), whole, path, as_dict=as_dict, assert_valid=assert_valid)


def names_file(name: str) -> bool:
    """Tell whether the last part of a path is meant as a file: it has two dots, and is no revision."""
    return name.count(".") > 1 and not is_revision(name)


def _split_folders(folders: Sequence[str]) -> Texts | None:
    """Find session, collection and revision; None where there is no session, or a folder no collection can have."""
    place = find_session(folders)
    inside = place and _INSIDE.match("".join(f"{folder}/" for folder in folders[place.end :]))
    return (*place.texts, inside["collection"], inside["revision"]) if place and inside else None


def _checked(
    names: Sequence[str], found: Texts | None, path: PurePath | str, *, as_dict: bool, assert_valid: bool
) -> Parts:
    if found is None and assert_valid:
        expected = "(lab/Subjects/)subject/YYYY-MM-DD/number/(collection/)(#revision#/)name"
        raise InvalidALFName(f"{str(path)!r} lacks {', '.join(names)}; expected parts of {expected}")
    return _shape(names, found or (None,) * len(names), as_dict=as_dict)


def _shape(names: Sequence[str], texts: Texts, *, as_dict: bool) -> Parts:
    return dict(zip(names, texts, strict=True)) if as_dict else texts
