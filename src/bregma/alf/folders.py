"""Folders of sessions: walking through them, numbering and tidying them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from bregma.alf.errors import InvalidALFName
from bregma.alf.path import ALFPath

if TYPE_CHECKING:
    from collections.abc import Iterator

_LAST_NUMBER = 999


def iter_sessions(root_dir: Path | str, pattern: str = "*") -> Iterator[ALFPath]:
    """Find the sessions in a folder, itself included.

    Parameters
    ----------
    root_dir : path
        The folder.
    pattern : str
        Where sessions lie in it, such as ``*/Subjects/*/????-??-??/*``: quicker than looking everywhere.

    Yields
    ------
    ALFPath
        Folders that end with subject, date and number, in order.
    """
    root = ALFPath(root_dir)
    if root.is_session_path():
        yield root
    for path in sorted(root.rglob(pattern)):
        if path.is_session_path() and path.is_dir():
            yield path


def iter_datasets(session_path: Path | str) -> Iterator[ALFPath]:
    """Find the files of a session that are named by the convention.

    Parameters
    ----------
    session_path : path
        The session's folder.

    Yields
    ------
    ALFPath
        Paths relative to that folder, in order.
    """
    folder = ALFPath(session_path)
    for path in folder.iter_datasets(recursive=True):
        yield path.relative_to(folder)


def next_num_folder(session_date_folder: Path | str) -> str:
    """Find the number of the next session of a day.

    Parameters
    ----------
    session_date_folder : path
        The folder of a subject's day, which need not be there.

    Returns
    -------
    str
        One more than the highest number, in three digits.

    Raises
    ------
    InvalidALFName
        If the day has session 999.
    """
    folder = Path(session_date_folder)
    names = [path.name for path in folder.iterdir() if path.is_dir()] if folder.is_dir() else []
    number = max([int(name) for name in names if name.isdecimal()], default=0) + 1
    if number > _LAST_NUMBER:
        raise InvalidALFName(f"{folder} has session {number - 1}; numbers end at {_LAST_NUMBER}, begin another day")
    return f"{number:03d}"


def remove_empty_folders(folder: Path | str) -> None:
    """Remove the folders inside a folder that hold nothing, or nothing but such folders."""
    for parent, _, _ in os.walk(folder, topdown=False):
        path = Path(parent)
        if path != Path(folder) and not any(path.iterdir()):
            path.rmdir()
