"""A store in a folder of this machine."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bregma.alf import atomic_write
from bregma.store.errors import FileMissing, InvalidKey, storage_full_for
from bregma.store.hashes import CHUNK, Fingerprint, Hasher, hash_file
from bregma.store.keys import check_key
from bregma.store.protocol import Entry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager
    from typing import BinaryIO

    Opener = Callable[[Path], AbstractContextManager[BinaryIO]]


class LocalStore:
    """Files under one folder. No key leads out of it, not even through a symbolic link.

    Parameters
    ----------
    root : Path
        The folder; made at the first ``put``.
    opener : callable, optional
        How to open a file for writing, wholly or not at all.
    """

    def __init__(self, root: Path | str, *, opener: Opener = atomic_write) -> None:
        self.root = Path(root)
        self._opener = opener

    def __repr__(self) -> str:
        return f"LocalStore({str(self.root)!r})"

    def path(self, key: str) -> Path:
        """Locate a key on the disk, whether or not there is a file.

        Raises
        ------
        InvalidKey
            If the key, or a symbolic link on its way, leads out of the store.
        """
        path = self.root / check_key(key)
        if not path.resolve().is_relative_to(self.root.resolve()):
            raise InvalidKey(f"key {key!r} leads out of the store through a symbolic link")
        return path

    def list(self, prefix: str = "") -> Iterator[Entry]:
        """Find the files whose key begins with a prefix, in order of their keys."""
        folder = prefix.rpartition("/")[0]
        start = self.path(folder) if folder else self.root
        for path in sorted(_walk(start)):
            key = path.relative_to(self.root).as_posix()
            if key.startswith(prefix):
                yield self._entry(key, path)

    def stat(self, key: str) -> Entry:
        """Look up one file.

        Raises
        ------
        FileMissing
            If there is none under that key.
        """
        return self._entry(key, self._existing(key))

    def read(self, key: str, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """Read bytes from ``start`` up to, not including, ``stop``, in chunks.

        Raises
        ------
        FileMissing
            If there is no such file; raised at once, not at the first chunk.
        """
        path = self._existing(key)
        return _read_between(path, start, path.stat().st_size if stop is None else stop)

    def put(
        self, key: str, source: Path | Iterable[bytes], *, size: int | None = None, md5: str | None = None
    ) -> Entry:
        """Store a file, wholly or not at all.

        Parameters
        ----------
        key : str
            Where.
        source : Path or iterable of bytes
            A file of this machine, or chunks.
        size, md5 : int, str, optional
            What the bytes must be like.

        Raises
        ------
        HashMismatch
            If they are not. What was stored before stays.
        StorageFull
            If the disk is full. What was stored before stays.
        """
        path, expected, hasher = self.path(key), Fingerprint(size, md5), Hasher()
        chunks = _read_between(source, 0, source.stat().st_size) if isinstance(source, Path) else source
        with storage_full_for(key, self.root), self._opener(path) as file:
            for chunk in hasher.through(chunks):
                file.write(chunk)
            expected.check(hasher.fingerprint, key, "Nothing was stored: send the file again, or register it anew")
        return self._entry(key, path)

    def hash(self, key: str) -> str:
        """Compute the md5 of a file, as 32 hexadecimal digits."""
        return hash_file(self._existing(key))

    def delete(self, key: str) -> None:
        """Remove a file; raises FileMissing if there is none."""
        self._existing(key).unlink()

    def _existing(self, key: str) -> Path:
        path = self.path(key)
        if not path.is_file():
            raise FileMissing(f"no file {key!r} in {self.root}; register and send it first")
        return path

    @staticmethod
    def _entry(key: str, path: Path) -> Entry:
        status = path.stat()
        return Entry(key, status.st_size, datetime.fromtimestamp(status.st_mtime, UTC))


def _walk(folder: Path) -> Iterator[Path]:
    """Find the files under a folder, without following links or showing unfinished ones."""
    for parent, _, names in os.walk(folder):
        for name in names:
            path = Path(parent, name)
            if not path.is_symlink() and not (name.startswith(".") and name.endswith(".part")):
                yield path


def _read_between(path: Path, start: int, stop: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        left = stop - start
        while left > 0 and (chunk := file.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk
