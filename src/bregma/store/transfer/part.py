"""A file that is not whole yet: the hidden neighbour of its target, measured while it grows."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from bregma.store.hashes import CHUNK, Fingerprint, Hasher

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType
    from typing import BinaryIO, Self


class PartFile:
    """The bytes of a file so far, in ``.name.<md5>.part``, so that those of two versions never mix.

    Entering it takes up what an earlier run left, which is the only time that bytes are read again. Without an
    md5 nothing is taken up, as nobody could tell whether the rest fits, unless the caller will look at the content.

    Parameters
    ----------
    target : Path
        What it becomes; the folder is made.
    expected : Fingerprint
        What it must be like.
    resume : bool
        Take up what is there without an md5 too: the caller checks the content of the whole.
    """

    _file: BinaryIO

    def __init__(self, target: Path, expected: Fingerprint, *, resume: bool = False) -> None:
        self.target = target
        self.expected = expected
        self._resumes = resume or bool(expected.md5)
        self.path = target.with_name(f".{target.name}.{(expected.md5 or 'unknown').lower()}.part")
        self._hasher = Hasher()

    def __enter__(self) -> Self:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self.path.open("a+b")
        size = self._file.seek(0, os.SEEK_END)
        if not self._resumes or size > (self.expected.size or size):
            self.restart()
        elif size:
            self._measure()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._file.close()
        if kind is not None and self.size == 0:
            self.path.unlink(missing_ok=True)

    @property
    def size(self) -> int:
        """How many bytes are here."""
        return self._hasher.size

    @property
    def fingerprint(self) -> Fingerprint:
        """What is here."""
        return self._hasher.fingerprint

    def append(self, chunk: bytes) -> None:
        """Add bytes at the end."""
        self._file.write(chunk)
        self._hasher.update(chunk)

    def flush(self) -> None:
        """Hand what was added to the system, so that it outlives this process."""
        self._file.flush()

    def restart(self) -> None:
        """Forget all bytes."""
        self._file.seek(0)
        self._file.truncate()
        self._hasher = Hasher()

    def place(self) -> None:
        """Make it the target, once it is on the disk; parts of other versions go."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self.path.replace(self.target)
        for name in os.listdir(self.target.parent):  # noqa: PTH208 - done for each file: names are enough
            if name.startswith(f".{self.target.name}.") and name.endswith(".part"):
                self.target.with_name(name).unlink(missing_ok=True)

    def discard(self) -> None:
        """Remove it."""
        self._file.close()
        self.path.unlink(missing_ok=True)

    def _measure(self) -> None:
        self._file.seek(0)
        while chunk := self._file.read(CHUNK):
            self._hasher.update(chunk)
