"""Writing verified files into a folder or a zip that appears only when it is whole."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from bregma.alf import atomic_write
from bregma.store import Fingerprint, HashMismatch

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from typing import Self

_CHUNK = 1 << 20
_EPOCH = (1980, 1, 1, 0, 0, 0)
_MODE = 0o100644 << 16


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of an export: its name there, where its bytes are, and what they must be."""

    name: str
    source: Path
    size: int
    md5: str

    @classmethod
    def of(cls, name: str, source: Path) -> Self:
        """Measure a file."""
        measured = Fingerprint.of(source)
        return cls(name, source, measured.size or 0, measured.md5 or "")


def write_zip(entries: Iterable[Entry], target: Path) -> None:
    """Write a zip, stored, with ZIP64 where needed; the same files give the same bytes.

    Raises
    ------
    HashMismatch
        If a file changed meanwhile; nothing is left.
    """
    with atomic_write(target) as file, ZipFile(file, "w", ZIP_STORED, allowZip64=True) as archive:
        for entry in entries:
            info = ZipInfo(entry.name, _EPOCH)
            info.create_system, info.external_attr, info.file_size = 3, _MODE, entry.size
            with archive.open(info, "w") as member:
                _copy(entry, member)


def write_folder(entries: Iterable[Entry], target: Path) -> None:
    """Write a folder; one that was interrupted, ``.NAME.part`` beside it, is continued.

    Raises
    ------
    HashMismatch
        If a file changed meanwhile; what was copied stays for the next attempt.
    """
    part = target.with_name(f".{target.name}.part")
    wanted = set()
    for entry in entries:
        path = part / entry.name
        wanted.add(path)
        if not _is_there(entry, path):
            with atomic_write(path) as file:
                _copy(entry, file)
    for stray in (path for path in part.rglob("*") if path.is_file() and path not in wanted):
        stray.unlink()
    part.replace(target)


def _is_there(entry: Entry, path: Path) -> bool:
    return path.is_file() and path.stat().st_size == entry.size and Fingerprint.of(path).md5 == entry.md5


def _copy(entry: Entry, file: IO[bytes]) -> None:
    digest = hashlib.md5(usedforsecurity=False)
    size = 0
    with entry.source.open("rb") as source:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
            file.write(chunk)
    if (size, digest.hexdigest()) != (entry.size, entry.md5):
        raise HashMismatch(
            f"{entry.source}: expected {entry.size} bytes with md5 {entry.md5}, got {size} with {digest.hexdigest()}; "
            "load it again in remote mode, then export"
        )
