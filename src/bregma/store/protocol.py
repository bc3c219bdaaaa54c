"""What every store can do, wherever its files lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a store: its key, its size in bytes, and when it was last changed (aware, UTC)."""

    key: str
    size: int
    modified: datetime


class Store(Protocol):
    """Files under keys (``lab/Subjects/subject/date/number/collection/#revision#/name.uuid.ext``)."""

    def list(self, prefix: str = "") -> Iterator[Entry]:
        """Find the files whose key begins with a prefix, in order of their keys."""

    def stat(self, key: str) -> Entry:
        """Look up one file; raises FileMissing."""

    def read(self, key: str, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """Read bytes from ``start`` up to, not including, ``stop``, in chunks; raises FileMissing."""

    def put(
        self, key: str, source: Path | Iterable[bytes], *, size: int | None = None, md5: str | None = None
    ) -> Entry:
        """Store a file, wholly or not at all; raises HashMismatch if size or md5 differ from those given."""

    def hash(self, key: str) -> str:
        """Compute the md5 of a file, as 32 hexadecimal digits; raises FileMissing."""
