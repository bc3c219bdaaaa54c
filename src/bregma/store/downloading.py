"""Fetching one file over connections that are open already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bregma.store.hashes import Fingerprint
from bregma.store.retry import Retry
from bregma.store.transfer.line import Line, Speeds
from bregma.store.transfer.single import bring
from bregma.store.transfer.source import Fetch, Source

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import httpx


def download(
    client: httpx.Client,
    source: Source | str,
    target: Path,
    *,
    expected: Fingerprint | None = None,
    retry: Retry | None = None,
    progress: Callable[[int], object] | None = None,
) -> Path:
    """Fetch a file, as :class:`Engine` does with many.

    Parameters
    ----------
    client : httpx.Client
        Connections to use.
    source : Source or str
        Where from.
    target : Path
        Where to; its folder is made. Two callers must not fetch the same target at once: hold a lock.
    expected : Fingerprint, optional
        What the file must be like. Without an md5, what an earlier run left is not used.
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
    source = Source(source) if isinstance(source, str) else source
    item = Fetch(target, [source], expected or Fingerprint())
    bring(item, client, retry or Retry(), Line(progress=progress), Speeds())
    return target
