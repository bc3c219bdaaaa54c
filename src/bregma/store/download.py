"""Fetching one file over HTTP: resumed when cut off, checked, and in place only when it is right."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bregma.store.errors import AccessDenied, FileMissing, StorageFull, StoreUnavailable, storage_full_for
from bregma.store.hashes import Fingerprint
from bregma.store.retry import BUSY, Retry

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from typing import BinaryIO

    import httpx


@dataclass(frozen=True, slots=True)
class Source:
    """Where a file comes from: its address, and headers (such as a token) that this address may see."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


def download(
    client: httpx.Client,
    source: Source | str,
    target: Path,
    *,
    expected: Fingerprint | None = None,
    retry: Retry | None = None,
    progress: Callable[[int], object] | None = None,
) -> Path:
    """Fetch a file.

    The bytes go to a hidden neighbour of the target ending in ``.part``. If the connection breaks, the next
    request (of this call or a later one) goes on where it stopped. The neighbour is renamed to the
    target only when size and md5 are right. Two callers must not fetch the same target at once: hold a lock.

    Parameters
    ----------
    client : httpx.Client
        Connections to use.
    source : Source or str
        Where from.
    target : Path
        Where to; its folder is made.
    expected : Fingerprint, optional
        What the file must be like. Without an md5, an interrupted download starts again.
    retry : Retry, optional
        How patient to be.
    progress : callable, optional
        Called with the number of bytes of each chunk.

    Returns
    -------
    Path
        The target.

    Raises
    ------
    HashMismatch
        If the server's file is another one, also after a second, whole download.
    FileMissing, AccessDenied, StoreUnavailable
        If the server has no such file, refuses, or stays away.
    StorageFull
        If the disk is full; the partial file is removed.
    """
    expected = expected or Fingerprint()
    source = Source(source) if isinstance(source, str) else source
    part = target.with_name(f".{target.name}.{expected.md5 or 'unknown'}.part")
    transfer = _Transfer(client, source, part, expected, progress or _ignore)
    try:
        with storage_full_for(target.name, target.parent):
            target.parent.mkdir(parents=True, exist_ok=True)
            transfer.run(retry or Retry())
            part.replace(target)
    except StorageFull:
        part.unlink(missing_ok=True)
        raise
    return target


@dataclass(slots=True)
class _Transfer:
    """The way of one file to its ``.part``."""

    client: httpx.Client
    source: Source
    part: Path
    expected: Fingerprint
    progress: Callable[[int], object]

    def run(self, retry: Retry) -> None:
        """Ask until the part is right, going on where the last answer stopped."""
        reason, failures = "", 0
        if not self.expected.md5:
            self.part.unlink(missing_ok=True)
        while failures < retry.attempts:
            before = self._size()
            reason, retry_after = self._request(before)
            if not reason and self._settled(resumed=before > 0):
                return
            # Progress is a reason for hope: only requests that brought nothing count.
            failures = failures + 1 if self._size() <= before else 1
            if failures < retry.attempts:
                retry.wait(failures, retry_after)
        raise StoreUnavailable(
            f"{self.source.url} failed {retry.attempts} times without progress ({reason or 'it came incomplete'}); "
            f"{self._size()} bytes are kept. Check the connection and try again"
        )

    def _request(self, start: int) -> tuple[str, str | None]:
        """Make one request; return why it must be repeated (or an empty text) and the server's Retry-After."""
        import httpx

        if start and start == self.expected.size:
            return "", None
        headers = {**self.source.headers, "Accept-Encoding": "identity"}
        if start:
            headers["Range"] = f"bytes={start}-"
        try:
            with self.client.stream("GET", self.source.url, headers=headers, follow_redirects=True) as response:
                return self._receive(response, start)
        except httpx.TransportError as error:
            return f"{type(error).__name__}: {error}", None

    def _receive(self, response: httpx.Response, start: int) -> tuple[str, str | None]:
        status = response.status_code
        if status == 416:
            self.part.unlink(missing_ok=True)
            return "the server has fewer bytes than were already here", None
        if status in BUSY or status >= 500:
            return f"the server answered {status}", response.headers.get("Retry-After")
        _check_status(status, self.source.url)
        resumed = status == 206 and response.headers.get("Content-Range", "").startswith(f"bytes {start}-")
        if status == 206 and not resumed:
            self.part.unlink(missing_ok=True)
            return "the server answered with another range", None
        with self.part.open("ab" if resumed else "wb") as file:
            self._write(response, file)
        return "", None

    def _write(self, response: httpx.Response, file: BinaryIO) -> None:
        for chunk in response.iter_bytes():
            file.write(chunk)
            self.progress(len(chunk))
        file.flush()
        os.fsync(file.fileno())

    def _settled(self, *, resumed: bool) -> bool:
        """Check the part; False if more must be asked for, HashMismatch if that is no use."""
        if self.expected.size is not None and self._size() < self.expected.size:
            return False
        measured = Fingerprint.of(self.part)
        if self.expected.accepts(measured):
            return True
        self.part.unlink()
        if resumed:  # the earlier bytes may have been those of another file: once more from the start
            return False
        self.expected.check(
            measured, self.source.url, "Nothing was kept: tell the lab to send the file again or register it anew"
        )
        return False

    def _size(self) -> int:
        return self.part.stat().st_size if self.part.exists() else 0


def _check_status(status: int, url: str) -> None:
    if status in {404, 410}:
        raise FileMissing(f"the server has no file {url} ({status}); it may not have been sent yet")
    if status in {401, 403}:
        raise AccessDenied(f"the server refuses {url} ({status}); sign in, or ask for access to this data")
    if status not in {200, 206}:
        raise StoreUnavailable(f"{url}: unexpected answer {status}")


def _ignore(_: int) -> None:
    pass
