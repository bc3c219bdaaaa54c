"""What can go wrong with bytes at rest and on their way, as one tree of errors."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_FULL = {errno.ENOSPC, errno.EDQUOT}


class StoreError(Exception):
    """Root of every error of this room."""


class FileMissing(StoreError, FileNotFoundError):
    """A store has no file under a key."""


class InvalidKey(StoreError, ValueError):
    """A key could leave the store's folder, or is no key at all."""


class HashMismatch(StoreError, ValueError):
    """Bytes are not those that were announced: another size or another md5."""


class StorageFull(StoreError, OSError):
    """The disk or the quota is used up; nothing partial was left behind."""


class RangeNotSatisfiable(StoreError, ValueError):
    """A range request asks for bytes that a file does not have (HTTP 416)."""


class StoreUnavailable(StoreError, ConnectionError):
    """A server did not answer, or answered with an error of its own, as often as it was tried."""


class AccessDenied(StoreError, PermissionError):
    """A store refuses this reader or writer."""


@contextmanager
def storage_full_for(name: object, place: object) -> Iterator[None]:
    """Turn the system's "no space left" into an error that says what to do.

    Parameters
    ----------
    name, place : object
        The file being written and the folder it goes to, for the message.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise StorageFull(
            f"no space left for {name} in {place}; nothing was left behind. "
            "Free some space or choose another disk, then try again"
        ) from error
