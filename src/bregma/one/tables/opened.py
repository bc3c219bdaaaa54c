"""The tables of one folder, all of one moment, however many processes put new ones there meanwhile.

New tables wait in a folder of their own until all are whole, and then take the places of the old ones, one after the
other. Whoever opens tables looks among those that wait first, so that all are old or all are new.
"""

from __future__ import annotations

import os
import shutil
import weakref
from typing import TYPE_CHECKING, BinaryIO

from bregma.one.errors import TablesMissing
from bregma.one.tables import NAMES

if TYPE_CHECKING:
    from pathlib import Path

_READY = ".one_tables-ready"
_ATTEMPTS = 100


class OpenedTables:
    """The files of the tables in a folder, held open, so that they stay what they are.

    Parameters
    ----------
    folder : Path
        Where ``sessions.pqt`` and the others are.

    Raises
    ------
    TablesMissing
        If there is no table of sessions.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = _open_at_once(folder)
        self.close = weakref.finalize(self, _close, self.files)
        if "sessions" not in self.files:
            self.close()
            raise TablesMissing.at(folder / "sessions.pqt")

    def status(self, name: str) -> os.stat_result:
        """Return size and time of a table that is there."""
        return os.fstat(self.files[name].fileno())


def place_tables(new: Path, folder: Path) -> None:
    """Put new tables in the place of old ones, all of them or none; the caller holds the lock of the folder.

    Parameters
    ----------
    new : Path
        A folder inside the other one with nothing but whole tables; it is gone then.
    folder : Path
        Where the tables are.
    """
    finish_placing(folder)
    new.rename(folder / _READY)
    finish_placing(folder)


def finish_placing(folder: Path) -> None:
    """End what another process began and was killed over; the caller holds the lock of the folder."""
    ready = folder / _READY
    if ready.is_dir():
        for path in sorted(ready.glob("*.pqt")):
            path.replace(folder / path.name)
        shutil.rmtree(ready)


def find_table(folder: Path, name: str) -> Path | None:
    """Return where a table of a folder is now; None where there is none."""
    for place in (folder / _READY, folder):
        path = place / f"{name}.pqt"
        if path.is_file():
            return path
    return None


def _open_at_once(folder: Path) -> dict[str, BinaryIO]:
    for _ in range(_ATTEMPTS):
        files = _open_each(folder)
        if _states(folder) == {name: _state(os.fstat(file.fileno())) for name, file in files.items()}:
            return files
        _close(files)
    raise TablesMissing(f"the tables in {folder} change all the time; try again later")


def _open_each(folder: Path) -> dict[str, BinaryIO]:
    files: dict[str, BinaryIO] = {}
    for name in NAMES:
        path = find_table(folder, name)
        try:
            files |= {name: path.open("rb")} if path else {}
        except FileNotFoundError:  # moved to its place meanwhile: the next attempt finds it there
            continue
    return files


def _states(folder: Path) -> dict[str, tuple[int, int, int]]:
    states: dict[str, tuple[int, int, int]] = {}
    for name in NAMES:
        path = find_table(folder, name)
        try:
            states |= {name: _state(path.stat())} if path else {}
        except FileNotFoundError:
            continue
    return states


def _close(files: dict[str, BinaryIO]) -> None:
    for file in files.values():
        file.close()


def _state(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_ino, status.st_size, status.st_mtime_ns
