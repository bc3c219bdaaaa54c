"""A file somewhere else as a Python file that seeks: only the parts that are read are fetched."""

from __future__ import annotations

import io
import os
import threading
from collections import OrderedDict
from functools import partial
from typing import TYPE_CHECKING, Any

from bregma.store.errors import AccessDenied, StoreUnavailable
from bregma.store.transfer.opening import open_source
from bregma.store.web import read_web

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import httpx

    from bregma.store.protocol import Store
    from bregma.store.retry import Retry
    from bregma.store.transfer.source import Source

    ReadRange = Callable[[int, int], Iterator[bytes]]

BLOCK = 1 << 16
"""Bytes that are fetched and kept together."""
_KEPT = 256
_FURTHEST = 16


class RemoteFile(io.RawIOBase):
    """A seekable binary file over ranges of bytes.

    Blocks that were fetched are kept, the last 16 MiB of them; reading on from the end of what was fetched last
    fetches more and more ahead, up to 1 MiB. Any thread may read, but threads share the position.

    Parameters
    ----------
    read : callable
        Reads the bytes from a first one up to, not including, another, in chunks.
    size : int
        How many bytes the file has.
    name : str
        What to call it in messages.

    Attributes
    ----------
    bytes_fetched, requests : int
        What has been asked of the other side so far.
    """

    def __init__(self, read: ReadRange, size: int, name: str = "") -> None:
        super().__init__()
        self._read_range, self.size, self.name = read, size, name
        self.bytes_fetched = self.requests = 0
        self._position = 0
        self._blocks: OrderedDict[int, bytes] = OrderedDict()
        self._expected, self._ahead = -1, 1
        self._lock = threading.RLock()

    @classmethod
    def of(cls, store: Store, key: str) -> RemoteFile:
        """Open a file of a store; raises FileMissing."""
        return cls(partial(store.read, key), store.stat(key).size, key)

    @classmethod
    def at(
        cls, client: httpx.Client, source: Source, *, size: int | None = None, retry: Retry | None = None
    ) -> RemoteFile:
        """Open a copy of a file, on the web or in a store.

        Parameters
        ----------
        client : httpx.Client
            Connections to use for addresses of the web.
        source : Source
            Which copy. Its headers are renewed once when they are no longer accepted.
        size : int, optional
            How many bytes the file has; asked for, if not given.
        retry : Retry, optional
            How patient to be.

        Raises
        ------
        FileMissing, AccessDenied, StoreUnavailable
            As the server says.
        """
        if source.store is not None:
            return cls.of(source.store, source.key)
        reader = _WebReader(client, source, retry)
        return cls(reader, reader.size() if size is None else size, source.name)

    def __repr__(self) -> str:
        return f"RemoteFile({self.name!r}, {self.size} bytes, {self.bytes_fetched} fetched)"

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def seekable(self) -> bool:
        """Tell that any place can be gone to."""
        return True

    def tell(self) -> int:
        """Say at which byte the next read begins."""
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a byte, from the beginning, from here, or from the end."""
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self.size}[whence]
        if start + offset < 0:
            raise ValueError(f"{self.name}: cannot go to byte {start + offset}, before the beginning")
        self._position = start + offset
        return self._position

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer from here on; less only at the end of the file.

        Raises
        ------
        StoreUnavailable
            If the other side sends less than the file has.
        """
        view = memoryview(buffer).cast("B")
        with self._lock:
            start = self._position
            stop = min(start + len(view), self.size)
            if start >= stop:
                return 0
            if stop - start > _KEPT * BLOCK // 2:
                self._fetch_into(view[: stop - start], start)
            else:
                self._copy_into(view[: stop - start], start)
            self._position = stop
            return stop - start

    def _copy_into(self, view: memoryview, start: int) -> None:
        """Fill a buffer from blocks, fetching those that are missing, neighbours at once."""
        stop = start + len(view)
        first, last = start // BLOCK, (stop - 1) // BLOCK
        missing = [i for i in range(first, last + 1) if i not in self._blocks]
        if missing:
            self._fetch_blocks(missing[0], missing[-1] + 1)
        for i in range(first, last + 1):
            low, high = max(start, i * BLOCK), min(stop, (i + 1) * BLOCK)
            view[low - start : high - start] = self._blocks[i][low - i * BLOCK : high - i * BLOCK]
            self._blocks.move_to_end(i)
        while len(self._blocks) > _KEPT:
            self._blocks.popitem(last=False)

    def _fetch_blocks(self, first: int, stop: int) -> None:
        """Fetch blocks, and more after them while reading goes straight on."""
        self._ahead = min(2 * self._ahead, _FURTHEST) if first == self._expected else 1
        stop = self._expected = max(stop, first + self._ahead)
        content = memoryview(bytearray(min(stop * BLOCK, self.size) - first * BLOCK))
        self._fetch_into(content, first * BLOCK)
        for i in range(0, len(content), BLOCK):
            self._blocks[first + i // BLOCK] = bytes(content[i : i + BLOCK])

    def _fetch_into(self, view: memoryview, start: int) -> None:
        done = 0
        self.requests += 1
        for chunk in self._read_range(start, start + len(view)):
            view[done : done + len(chunk)] = chunk
            done += len(chunk)
            self.bytes_fetched += len(chunk)
        if done < len(view):
            raise StoreUnavailable(f"{self.name} ended at byte {start + done} of {self.size}; try again")


class _WebReader:
    """Reads ranges of an address, with new headers when the old ones are no longer accepted."""

    def __init__(self, client: httpx.Client, source: Source, retry: Retry | None) -> None:
        self._client, self._source, self._retry = client, source, retry
        self._headers = dict(source.headers)

    def __call__(self, start: int, stop: int) -> Iterator[bytes]:
        renewed = False
        while True:
            try:
                yield from read_web(
                    self._client, self._source.url, start, stop, headers=self._headers, retry=self._retry
                )
            except AccessDenied:
                fresh = self._source.renew(self._headers) if self._source.renew and not renewed else None
                if fresh is None:
                    raise
                self._headers, renewed = dict(fresh), True
            else:
                return

    def size(self) -> int:
        """Ask how many bytes the file has."""
        with open_source(self._client, self._source, 0, self._headers, 1) as answer:
            if answer.total is None:
                raise StoreUnavailable(f"{self._source.name} does not say how long it is; load it whole")
            return answer.total
