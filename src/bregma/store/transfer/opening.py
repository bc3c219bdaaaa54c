"""Asking a source for the rest of a file."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from bregma.store.errors import AccessDenied, FileMissing, StoreError, StoreUnavailable
from bregma.store.retry import BUSY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import httpx

    from bregma.store.transfer.source import Source

_REDIRECTS = 5


class Interrupted(StoreError):
    """An answer did not come or broke off: worth another attempt.

    Attributes
    ----------
    retry_after : str or None
        When the server wants to be asked again.
    reached : bool
        Whether anybody answered.
    """

    def __init__(self, message: str, *, retry_after: str | None = None, reached: bool = True) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.reached = reached


class TooShort(StoreError):
    """A server's file has fewer bytes than are here already."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Bytes of a file from ``start`` on; ``total`` is the size of the whole, if the server says it."""

    start: int
    chunks: Iterator[bytes]
    total: int | None = None
    framed: bool = True
    """Whether a broken connection can be told from the end."""


@contextmanager
def open_source(
    client: httpx.Client, source: Source, start: int, headers: Mapping[str, str], stop: int | None = None
) -> Iterator[Answer]:
    """Ask a source for a file from one byte on.

    Parameters
    ----------
    client : httpx.Client
        Connections for addresses of the web.
    source : Source
        Which copy.
    start : int
        The first byte wanted; the answer may begin at 0 nevertheless.
    headers : mapping
        What the address may see.
    stop : int, optional
        The byte after the last one wanted.

    Raises
    ------
    Interrupted
        If it is worth trying again.
    TooShort, FileMissing, AccessDenied, StoreUnavailable
        If not.
    """
    import httpx

    if source.store is not None:
        with _patience(source.name):
            yield Answer(start, source.store.read(source.key, start, stop))
        return
    try:
        with _following(client, source, headers, _range(start, stop)) as response:
            yield _read_answer(response, source.name, start)
    except (httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
        raise StoreUnavailable(f"{source.name} is no address of a file: {error}") from error
    except httpx.DecodingError as error:
        raise StoreUnavailable(f"{source.name} comes packed and damaged: {error}; tell its administrator") from error
    except httpx.TransportError as error:
        met = not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
        raise Interrupted(f"{type(error).__name__}: {error}", reached=met) from error


@contextmanager
def _patience(name: str) -> Iterator[None]:
    """Turn a store that is away into something worth another attempt."""
    try:
        yield
    except StoreUnavailable as error:
        raise Interrupted(f"{name}: {error}") from error


@contextmanager
def _following(
    client: httpx.Client, source: Source, headers: Mapping[str, str], wanted: Mapping[str, str]
) -> Iterator[httpx.Response]:
    """Follow redirects; what one host may see is not shown to another."""
    url = _join(source.url, "")
    for _ in range(_REDIRECTS + 1):
        if urlsplit(url).scheme not in {"http", "https"}:
            raise StoreUnavailable(f"{source.name} leads to {url}, which is no address of the web")
        if urlsplit(url).scheme == "http" and urlsplit(source.url).scheme == "https":
            raise StoreUnavailable(f"{source.name} leads from https to {url}, where anybody on the way may change it")
        seen = dict(headers) if _host(url) == _host(source.url) else {}
        with client.stream("GET", url, headers={**seen, **wanted}, follow_redirects=False) as response:
            if "Location" not in response.headers or not response.is_redirect:
                yield response
                return
            url = _join(url, response.headers["Location"])
    raise StoreUnavailable(f"{source.name} sends from one address to the next, more than {_REDIRECTS} times")


def _join(url: str, location: str) -> str:
    """Follow a redirect by one step."""
    try:
        joined = urljoin(url, location) if location else url
        _host(joined)
    except ValueError as error:
        raise StoreUnavailable(f"{location or url!r} is no address to be sent to: {error}") from error
    return joined


def _range(start: int, stop: int | None) -> dict[str, str]:
    whole = {"Accept-Encoding": "identity"}
    if not start and stop is None:
        return whole
    return {**whole, "Range": f"bytes={start}-{'' if stop is None else stop - 1}"}


def _read_answer(response: httpx.Response, url: str, start: int) -> Answer:
    status = response.status_code
    if status == 416:
        raise TooShort(f"{url} has fewer than {start} bytes")
    if status in BUSY or status >= 500:
        raise Interrupted(f"the server answered {status}", retry_after=response.headers.get("Retry-After"))
    _check_status(status, url)
    first, total = _position(response)
    if status == 206 and first != start:
        raise TooShort(f"{url} answered with bytes from {first} on instead of {start}")
    framed = "Content-Length" in response.headers or "chunked" in response.headers.get("Transfer-Encoding", "").lower()
    framed = framed or response.http_version == "HTTP/2"
    return Answer(first, response.iter_bytes(), total, framed)


def _check_status(status: int, url: str) -> None:
    if status in {404, 410}:
        raise FileMissing(f"the server has no file {url} ({status}); it may not have been sent yet")
    if status in {401, 403}:
        raise AccessDenied(f"the server refuses {url} ({status}); sign in, or ask for access to this data")
    if status not in {200, 206}:
        raise StoreUnavailable(f"{url}: unexpected answer {status}")


def _position(response: httpx.Response) -> tuple[int, int | None]:
    """Read where an answer begins, and how long the whole file is."""
    if response.status_code == 206:
        span, _, total = response.headers.get("Content-Range", "").removeprefix("bytes ").partition("/")
        first = span.partition("-")[0]
        begin = _whole(first)
        return -1 if begin is None else begin, _whole(total)
    return 0, _whole(response.headers.get("Content-Length", ""))


def _whole(digits: str) -> int | None:
    """Read a number of bytes; None for what is none, or more than any disk has."""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 20 else None


def _host(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or {"http": 80, "https": 443}.get(parts.scheme)
