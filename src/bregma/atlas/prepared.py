"""Arrays made once from a file and kept beside the user's downloads: opened as memory maps that processes share."""

import errno
import hashlib
import logging
import os
import zipfile
from collections.abc import Callable
from contextlib import suppress
from glob import escape
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import numpy.typing as npt

from bregma.alf import atomic_write

logger = logging.getLogger(__name__)

_WORTH_KEEPING = 1_000_000
"""Values from which opening a prepared array is quicker than making it again."""


def user_cache() -> Path:
    """Return the folder in which atlases of this user are kept, which BREGMA_ATLAS_CACHE can name."""
    import platformdirs

    named = os.environ.get("BREGMA_ATLAS_CACHE")
    return Path(named) if named else Path(platformdirs.user_cache_dir("bregma")) / "atlas"


def open_prepared(
    source: Path, settings: str, shape: tuple[int, ...], fill: Callable[[npt.NDArray[Any]], None], folder: Path
) -> npt.NDArray[Any]:
    """Return the uint16 array that `fill` makes of a file, from the folder if it is there already.

    Parameters
    ----------
    source : Path
        The file; when it changes, the array is made anew and the old one goes.
    settings : str
        What else the array depends on.
    shape : tuple of int
        Of the array.
    fill : callable
        Writes into an empty array in Fortran order.
    folder : Path
        Where prepared arrays are kept. If nothing can be written there, the array is made in memory.

    Returns
    -------
    array of uint16
        It cannot be written.
    """
    if np.prod(shape) < _WORTH_KEEPING:
        return _make_in_memory(shape, fill)
    kept = _name_of(source, settings, folder)
    mapped = _open_whole(kept, shape)
    if mapped is not None:
        return mapped
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        return _make_file(kept, shape, fill)
    except OSError as error:
        logger.warning("%s is not kept prepared in %s: %s", source.name, kept.parent, error)
        return _make_in_memory(shape, fill)


def open_kept(kept: Path, make: Callable[[], dict[str, npt.NDArray[Any]]], *, size: int) -> dict[str, npt.NDArray[Any]]:
    """Return named arrays from a file, or make them; and keep them, if what they were made from has that size.

    Parameters
    ----------
    kept : Path
        An npz file; what the arrays depend on is in its name.
    make : callable
        Makes them.
    size : int
        Number of values that they are made from.
    """
    unreadable = (OSError, ValueError, EOFError, zipfile.BadZipFile)
    with suppress(*unreadable), kept.open("rb") as opened, np.load(opened) as stored:
        return {name: stored[name] for name in stored.files}
    made = make()
    if size >= _WORTH_KEEPING:
        try:
            with atomic_write(kept) as file:
                np.savez(file, **made)  # type: ignore[arg-type]
        except OSError as error:
            logger.warning("%s is not kept: %s", kept, error)
    return made


def _make_in_memory(shape: tuple[int, ...], fill: Callable[[npt.NDArray[Any]], None]) -> npt.NDArray[Any]:
    array = np.zeros(shape, np.uint16, order="F")
    fill(array)
    array.flags.writeable = False
    return array


def _open_whole(kept: Path, shape: tuple[int, ...]) -> npt.NDArray[Any] | None:
    """Open a prepared array; None if it is not there, or not whole as after a loss of power."""
    try:
        mapped: npt.NDArray[Any] = np.load(kept, mmap_mode="r")
    except (OSError, ValueError, EOFError):
        return None
    return mapped if mapped.shape == shape else None


def _make_file(kept: Path, shape: tuple[int, ...], fill: Callable[[npt.NDArray[Any]], None]) -> npt.NDArray[Any]:
    from bregma.store.locking import lock_file

    with lock_file(kept.parent / ".lock"):
        if (mapped := _open_whole(kept, shape)) is not None:
            return mapped
        for left in kept.parent.glob(".*.part"):  # by a process that was killed: all others wait for the lock
            left.unlink()
        growing = kept.with_name(f".{uuid4().hex}.part")
        try:
            array = np.lib.format.open_memmap(growing, "w+", np.uint16, shape, fortran_order=True)
            _reserve(growing)
            fill(array)
            array.flush()
            growing.replace(kept)
        finally:
            growing.unlink(missing_ok=True)
        for stale in kept.parent.glob(f"{escape(kept.name.rpartition('-')[0])}-*.npy"):
            if stale != kept:
                stale.unlink(missing_ok=True)
    return np.load(kept, mmap_mode="r")  # type: ignore[no-any-return]


def _reserve(file: Path) -> None:
    """Take the room of a file on the disk at once: a map that finds the disk full ends the process without a word."""
    if hasattr(os, "posix_fallocate"):
        with file.open("r+b") as opened:
            try:
                os.posix_fallocate(opened.fileno(), 0, file.stat().st_size)
            except OSError as error:
                if error.errno not in {errno.EINVAL, errno.EOPNOTSUPP}:  # a disk that cannot promise room
                    raise


def _name_of(source: Path, settings: str, folder: Path) -> Path:
    """Name the array after the file's name, its place with the settings, and its state."""
    found = source.stat()
    place = _digest(f"{source.resolve()} {settings}")
    return (
        folder / "prepared" / f"{source.name.partition('.')[0]}-{place}-{_digest(found.st_size, found.st_mtime_ns)}.npy"
    )


def _digest(*parts: object) -> str:
    return hashlib.blake2b(repr(parts).encode(), digest_size=6).hexdigest()
