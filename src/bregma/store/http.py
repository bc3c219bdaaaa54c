"""A store behind a web server that serves ranges and takes uploads."""

from __future__ import annotations

import re
import threading
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import quote

from bregma.store.errors import (
    AccessDenied,
    FileMissing,
    HashMismatch,
    StorageFull,
    StoreError,
    StoreUnavailable,
)
from bregma.store.hashes import CHUNK, Fingerprint
from bregma.store.keys import check_key
from bregma.store.protocol import Entry
from bregma.store.retry import Retry
from bregma.store.spool import hash_by_reading
from bregma.store.web import ask, read_web
from bregma.store.web_client import open_client

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    import httpx

_NO_HEAD = frozenset({403, 405, 501})
_MD5_TAG = re.compile(r'"?([0-9a-fA-F]{32})"?')


class HTTPStore:
    """Files of a web server, under ``base_url/key``.

    Parameters
    ----------
    base_url : str
        The address that keys are added to.
    headers : mapping, optional
        Sent with each request, such as ``Authorization``. Never shown.
    auth : (user, password), optional
        HTTP Basic log-in.
    query : str
        Added to each address after ``?``, as signed links need it. Never shown.
    retry : Retry, optional
        How patient to be.
    transport : httpx.BaseTransport, optional
        Another way to reach the server (tests).
    """

    def __init__(
        self,
        base_url: str,
        *,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        query: str = "",
        retry: Retry | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self._query = f"?{query}" if query else ""
        self._retry = retry or Retry()
        self._headers = {**(headers or {}), **(_basic(auth) if auth else {})}
        self._transport = transport
        self._lock = threading.Lock()
        self._client: httpx.Client | None = None

    def __repr__(self) -> str:
        return f"HTTPStore({self.base_url!r})"

    def __getstate__(self) -> dict[str, Any]:
        return {key: value for key, value in self.__dict__.items() if key not in {"_client", "_lock"}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._lock, self._client = threading.Lock(), None

    def close(self) -> None:
        """Close the connections; they open again when needed."""
        with self._lock:
            if self._client is not None:
                self._client.close()
                self._client = None

    def url(self, key: str) -> str:
        """Make the address of a key; ``#`` of revisions is escaped."""
        return f"{self.base_url}/{quote(check_key(key))}{self._query}"

    def list(self, prefix: str = "") -> Iterator[Entry]:
        """Refuse: a plain web server has no list of files; ask Alyx for the datasets instead."""
        raise StoreError(f"{self.base_url} cannot list files under {prefix!r}; ask Alyx for its datasets")

    def stat(self, key: str) -> Entry:
        """Look up one file; raises FileMissing."""
        from email.utils import parsedate_to_datetime

        headers = self._head(key).headers
        size = headers.get("Content-Range", "").rpartition("/")[2] or headers.get("Content-Length", "0")
        modified = headers.get("Last-Modified")
        when = parsedate_to_datetime(modified) if modified else datetime.now(UTC)
        return Entry(key, int(size) if size.isdigit() else 0, when)

    def read(self, key: str, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """Read bytes from ``start`` up to, not including, ``stop``, in chunks; raises FileMissing."""
        if stop is None or stop > start:
            yield from read_web(self._http, self.url(key), start, stop, headers=self._headers, retry=self._retry)

    def put(
        self, key: str, source: Path | Iterable[bytes], *, size: int | None = None, md5: str | None = None
    ) -> Entry:
        """Send a file; the server refuses bytes that are not those registered.

        Parameters
        ----------
        key : str
            Where.
        source : Path or iterable of bytes
            A file of this machine (sent again when the server is busy), or chunks.
        size, md5 : int, str, optional
            What the bytes must be like. For a file they are measured.

        Raises
        ------
        HashMismatch, StorageFull, AccessDenied, FileMissing, StoreUnavailable
            As the server says.
        """
        upload(
            self._http, self.url(key), source, expected=Fingerprint(size, md5), headers=self._headers, retry=self._retry
        )
        return self.stat(key)

    def hash(self, key: str) -> str:
        """Ask for the md5 of a file (its ETag), or compute it by reading the file."""
        tag = _MD5_TAG.fullmatch(self._head(key).headers.get("ETag", ""))
        return tag[1].lower() if tag else hash_by_reading(self, key)

    @property
    def _http(self) -> httpx.Client:
        with self._lock:
            if self._client is None:
                self._client = open_client(self._transport)
            return self._client

    def _head(self, key: str) -> httpx.Response:
        url = self.url(key)
        headers = {**self._headers, "Accept-Encoding": "identity"}
        response = ask(lambda: self._http.head(url, headers=headers, follow_redirects=True), url, self._retry)
        if response.status_code in _NO_HEAD:  # links that are signed for reading, and simple servers
            first = {**headers, "Range": "bytes=0-0"}
            response = ask(lambda: self._first_byte(url, first), url, self._retry)
        if response.status_code not in {200, 206, 416}:
            _fail(response, key)
        return response

    def _first_byte(self, url: str, headers: Mapping[str, str]) -> httpx.Response:
        """Ask for as little as possible of a file; the rest is not waited for."""
        with self._http.stream("GET", url, headers=headers, follow_redirects=True) as response:
            if not response.is_success:
                response.read()
            return response


def upload(
    client: httpx.Client,
    url: str,
    source: Path | Iterable[bytes],
    *,
    expected: Fingerprint | None = None,
    headers: Mapping[str, str] | None = None,
    retry: Retry | None = None,
) -> None:
    """PUT a file's bytes to an address, with their md5 in ``X-Content-MD5``.

    Parameters
    ----------
    client : httpx.Client
        Connections to use.
    url : str
        Where to.
    source : Path or iterable of bytes
        A file (sent again when the server is busy or the connection breaks), or chunks (sent once).
    expected : Fingerprint, optional
        What is sent; measured first where the source is a file and it is not given.
    headers : mapping, optional
        Sent along.
    retry : Retry, optional
        How patient to be.

    Raises
    ------
    HashMismatch, StorageFull, AccessDenied, FileMissing, StoreUnavailable
        As the server says.
    """
    from pathlib import Path

    expected, retry = expected or Fingerprint(), retry or Retry()
    if isinstance(source, Path) and (expected.size is None or not expected.md5):
        measured = Fingerprint.of(source)
        expected.check(measured, source, "The file changed since it was registered: register it again")
        expected = measured
    sent = {"Content-Type": "application/octet-stream", **(headers or {})}
    if expected.md5:
        sent["X-Content-MD5"] = expected.md5
    if expected.size is not None:
        sent["Content-Length"] = str(expected.size)
    retry = retry if isinstance(source, Path) else replace(retry, attempts=1)
    response = ask(lambda: client.put(url, content=_chunks(source), headers=sent), url, retry)
    if not response.is_success:
        _fail(response, url)


def _basic(auth: tuple[str, str]) -> dict[str, str]:
    return {"Authorization": f"Basic {b64encode(':'.join(auth).encode()).decode()}"}


def _chunks(source: Path | Iterable[bytes]) -> Iterator[bytes]:
    from pathlib import Path

    if not isinstance(source, Path):
        yield from source
        return
    with source.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _fail(response: httpx.Response, name: str) -> NoReturn:
    """Raise the error that an answer stands for, with the server's own words."""
    status, words = response.status_code, response.text[:500]
    if status in {404, 410}:
        raise FileMissing(f"the server has no {name} ({status}); register it first. {words}")
    if status in {401, 403}:
        raise AccessDenied(f"the server refuses {name} ({status}); sign in, or ask for access. {words}")
    if status in {409, 412, 422}:
        raise HashMismatch(f"the server refuses the bytes of {name} ({status}). {words}")
    if status == 507:
        raise StorageFull(f"the server's disk is full, {name} was not stored. {words}")
    raise StoreUnavailable(f"{name}: the server answered {status}. {words}")
