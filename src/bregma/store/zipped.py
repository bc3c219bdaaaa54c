"""A store in a zip file, on this machine or behind any other store: only the parts that are asked for are read."""

from __future__ import annotations

import struct
import threading
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from bregma.store.errors import FileMissing, HashMismatch, StoreError
from bregma.store.hashes import CHUNK
from bregma.store.keys import check_key
from bregma.store.local import LocalStore
from bregma.store.protocol import Entry
from bregma.store.remote_file import RemoteFile
from bregma.store.spool import hash_by_reading
from bregma.store.web import between

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bregma.store.protocol import Store

_HEADER = struct.Struct("<4s22xHH")
_MAGIC = b"PK\x03\x04"
_ENCRYPTED = 0x1


class ZipStore:
    """Files of a zip, under the names they have in it. Nothing can be added.

    Parameters
    ----------
    place : Path, str or Store
        The zip file of this machine, or the store it lies in.
    key : str
        Its key there.
    """

    def __init__(self, place: Path | str | Store, key: str = "") -> None:
        if isinstance(place, (Path, str)):
            path = Path(place).expanduser().absolute()
            place, key = LocalStore(path.parent), path.name
        self._store, self._key = place, key
        self._members: dict[str, ZipInfo] | None = None
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"ZipStore({self._key!r} in {self._store!r})"

    def __getstate__(self) -> dict[str, object]:
        return {key: value for key, value in self.__dict__.items() if key != "_lock"}

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__dict__.update(state)
        self._lock = threading.Lock()

    def list(self, prefix: str = "") -> Iterator[Entry]:
        """Find the files whose key begins with a prefix, in order of their keys."""
        yield from (self.stat(key) for key in sorted(self._index()) if key.startswith(prefix))

    def stat(self, key: str) -> Entry:
        """Look up one file; raises FileMissing."""
        member = self._member(key)
        return Entry(key, member.file_size, datetime(*member.date_time, tzinfo=UTC))

    def read(self, key: str, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """Read bytes from ``start`` up to, not including, ``stop``, in chunks; raises FileMissing.

        What is stored as it is, is read from ``start`` on; what is deflated, from its beginning. Whole files are
        compared with the sum that the zip has of them.
        """
        member = self._member(key)
        stop = member.file_size if stop is None else min(stop, member.file_size)
        if start >= stop:
            return
        if member.compress_type == ZIP_STORED and (start, stop) != (0, member.file_size):
            yield from self._raw(member, start, stop)
            return
        chunks = self._raw(member, 0, member.compress_size)
        if member.compress_type == ZIP_DEFLATED:
            chunks = _inflate(chunks)
        yield from between(self._checked(member, chunks), start, stop)

    def put(
        self, key: str, source: Path | Iterable[bytes], *, size: int | None = None, md5: str | None = None
    ) -> NoReturn:
        """Refuse: a zip that was shared is not changed."""
        raise StoreError(f"{self!r} is read-only, {key!r} was not stored; export a new zip instead")

    def hash(self, key: str) -> str:
        """Compute the md5 of a file, as 32 hexadecimal digits; raises FileMissing."""
        self._member(key)
        return hash_by_reading(self, key)

    def _index(self) -> dict[str, ZipInfo]:
        """Read the list of files at the zip's end, once."""
        with self._lock:
            if self._members is None:
                try:
                    with ZipFile(RemoteFile.of(self._store, self._key)) as archive:
                        self._members = {one.filename: one for one in archive.infolist() if not one.is_dir()}
                except (BadZipFile, ValueError) as error:  # or shorter than any zip
                    raise StoreError(f"{self!r} is not a zip ({error}); get it again") from error
            return self._members

    def _member(self, key: str) -> ZipInfo:
        member = self._index().get(check_key(key))
        if member is None:
            raise FileMissing(f"no file {key!r} in {self!r}")
        if member.compress_type not in {ZIP_STORED, ZIP_DEFLATED} or member.flag_bits & _ENCRYPTED:
            raise StoreError(f"{key!r} in {self!r} is encrypted or packed in an unusual way; unpack the zip by hand")
        return member

    def _raw(self, member: ZipInfo, start: int, stop: int) -> Iterator[bytes]:
        """Read bytes of a member as they lie in the zip; its header there says where they begin."""
        place = member.header_offset
        header = b"".join(self._store.read(self._key, place, place + _HEADER.size))
        if len(header) < _HEADER.size or not header.startswith(_MAGIC):
            raise HashMismatch(f"{member.filename!r} is not where {self!r} says; the zip is damaged, get it again")
        _, name, extra = _HEADER.unpack(header)
        first = place + _HEADER.size + name + extra
        return self._store.read(self._key, first + start, first + stop)

    def _checked(self, member: ZipInfo, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Hand on the chunks of a whole member, and compare their sum at the end."""
        total, size = 0, 0
        for chunk in chunks:
            total, size = zlib.crc32(chunk, total), size + len(chunk)
            if size > member.file_size:
                break
            if size == member.file_size and total != member.CRC:
                break
            yield chunk
        if (size, total) != (member.file_size, member.CRC):
            raise HashMismatch(f"{member.filename!r} in {self!r} is damaged; get the zip again")


def _inflate(chunks: Iterable[bytes]) -> Iterator[bytes]:
    machine = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for packed in chunks:
            yield machine.decompress(packed, CHUNK)
            while machine.unconsumed_tail:
                yield machine.decompress(machine.unconsumed_tail, CHUNK)
        yield machine.flush()
    except zlib.error as error:
        raise HashMismatch(f"a packed file is damaged ({error}); get the zip again") from error
