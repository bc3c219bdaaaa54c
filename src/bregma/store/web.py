"""Requests to web servers that may be repeated, and ranges of files read over them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bregma.store.errors import StoreUnavailable
from bregma.store.retry import BUSY, Retry
from bregma.store.transfer.opening import Interrupted, TooShort, open_source
from bregma.store.transfer.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    import httpx


def read_web(
    client: httpx.Client,
    url: str,
    start: int = 0,
    stop: int | None = None,
    *,
    headers: Mapping[str, str] | None = None,
    retry: Retry | None = None,
) -> Iterator[bytes]:
    """Read a range of an address in chunks, going on where the connection broke.

    Parameters
    ----------
    client : httpx.Client
        Connections to use.
    url : str
        Where.
    start, stop : int
        The first byte, and the one after the last; to the end by default.
    headers : mapping, optional
        What this address may see; no other host is shown them.
    retry : Retry, optional
        How patient to be.

    Raises
    ------
    FileMissing, AccessDenied, StoreUnavailable
        As the server says.
    """
    retry, source, reason = retry or Retry(), Source(url), ""
    for attempt in retry.tries():
        try:
            with open_source(client, source, start, headers or {}, stop) as answer:
                first, last = start - answer.start, None if stop is None else stop - answer.start
                for chunk in between(answer.chunks, first, last):
                    yield chunk
                    start, attempt.moved = start + len(chunk), True
        except Interrupted as error:
            reason, attempt.retry_after, attempt.reached = str(error), error.retry_after, error.reached
        except TooShort:
            return
        else:
            return
    raise StoreUnavailable(f"{source.name} failed {attempt.number} times ({reason}); check the connection")


def ask(request: Callable[[], httpx.Response], url: str, retry: Retry) -> httpx.Response:
    """Make a request that may be repeated: while nobody answers, or a server is busy.

    Raises
    ------
    StoreUnavailable
        If nobody answers. What the server answers, whatever it is, is returned.
    """
    import httpx

    for attempt in retry.tries():
        try:
            response = request()
        except httpx.TransportError as error:
            attempt.reached = not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
            if attempt.is_last:
                raise StoreUnavailable(f"{Source(url).name}: {error}; check the connection and try again") from error
            continue
        except (httpx.RequestError, httpx.InvalidURL) as error:
            raise StoreUnavailable(f"{Source(url).name}: {error}; tell its server's administrator") from error
        attempt.retry_after = response.headers.get("Retry-After")
        if response.status_code not in BUSY or attempt.is_last:
            break
    return response


def between(chunks: Iterable[bytes], start: int, stop: int | None) -> Iterator[bytes]:
    """Cut a range out of the chunks of a whole file.

    An answer that ends with the range is read to its end, so that its connection can be used again.
    """
    position = 0
    for chunk in chunks:
        if stop is not None and position >= stop:
            return
        low, high = max(start - position, 0), None if stop is None else max(stop - position, 0)
        if piece := chunk[low:high]:
            yield piece
        position += len(chunk)
