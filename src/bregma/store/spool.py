"""Bytes gathered in a temporary file, for stores that take only files or must be told beforehand what comes."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bregma.store.errors import storage_full_for
from bregma.store.hashes import Fingerprint, Hasher

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bregma.store.protocol import Store

_WAY_OUT = "Nothing was stored: send the file again, or register it anew"


@contextmanager
def spooled(source: Path | Iterable[bytes], expected: Fingerprint, name: str) -> Iterator[Path]:
    """Give a file that has the bytes of a source and was compared with what is expected.

    Parameters
    ----------
    source : Path or iterable of bytes
        A file of this machine, which is given as it is, or chunks.
    expected : Fingerprint
        What the bytes must be like.
    name : str
        For messages.

    Raises
    ------
    HashMismatch
        If they are not.
    """
    if isinstance(source, Path):
        measured = Fingerprint.of(source) if expected.md5 else Fingerprint(source.stat().st_size)
        expected.check(measured, name, _WAY_OUT)
        yield source
        return
    hasher = Hasher()
    with tempfile.TemporaryDirectory(prefix="bregma-") as folder:
        path = Path(folder, "spool")
        with storage_full_for(name, folder), path.open("wb") as file:
            for chunk in hasher.through(source):
                file.write(chunk)
        expected.check(hasher.fingerprint, name, _WAY_OUT)
        yield path


def hash_by_reading(store: Store, key: str) -> str:
    """Compute the md5 of a file of a store that does not know it."""
    hasher = Hasher()
    for chunk in store.read(key):
        hasher.update(chunk)
    return str(hasher.fingerprint.md5)
