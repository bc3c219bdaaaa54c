"""Fingerprints of files: size and md5 (the hash that ONE and Alyx exchange)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bregma.store.errors import HashMismatch

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

CHUNK = 1 << 20


def hash_file(path: Path) -> str:
    """Compute the md5 of a file, as 32 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, _md5).hexdigest()


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What a file must be like; what is not known is None and not checked."""

    size: int | None = None
    md5: str | None = None

    @classmethod
    def of(cls, path: Path) -> Fingerprint:
        """Measure a file."""
        return cls(path.stat().st_size, hash_file(path))

    def accepts(self, other: Fingerprint) -> bool:
        """Tell whether what was measured agrees with what is known."""
        return (self.size is None or self.size == other.size) and (
            not self.md5 or (other.md5 or "").lower() == self.md5.lower()
        )

    def check(self, other: Fingerprint, name: object, way_out: str) -> None:
        """Raise HashMismatch, naming the file, both hashes and sizes and what to do, unless it is accepted."""
        if not self.accepts(other):
            raise HashMismatch(
                f"{name}: expected {self}, got {other}. {way_out}",
            )

    def __str__(self) -> str:
        """Say both, for messages."""
        size = "unknown size" if self.size is None else f"{self.size} bytes"
        return f"{size} with md5 {self.md5 or 'unknown'}"


class Hasher:
    """Measures bytes as they pass by."""

    def __init__(self) -> None:
        self._digest = _md5()
        self._size = 0

    def update(self, chunk: bytes) -> None:
        """Count and hash one chunk."""
        self._digest.update(chunk)
        self._size += len(chunk)

    def through(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Hand on chunks, measuring each."""
        for chunk in chunks:
            self.update(chunk)
            yield chunk

    @property
    def size(self) -> int:
        """How many bytes have passed so far."""
        return self._size

    @property
    def fingerprint(self) -> Fingerprint:
        """What has passed so far."""
        return Fingerprint(self._size, self._digest.hexdigest())


def _md5() -> hashlib._Hash:
    return hashlib.md5(usedforsecurity=False)
