"""Locks between processes, on any disk that they share: held for a moment, let go by whoever ends, however that is."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_UNSUPPORTED = {errno.ENOLCK, errno.EOPNOTSUPP}
_LIFETIME = 3600.0


@contextmanager
def lock_file(path: Path) -> Iterator[None]:
    """Hold a lock that a file stands for; others wait.

    Where the disk has no locks, as some network disks, a marker file stands for one; it is taken away from a process
    that ended, and after an hour from one of another machine.

    Parameters
    ----------
    path : Path
        The file; its folder is there. Whoever may write into that folder may lock.

    Raises
    ------
    OSError
        If the folder cannot be written to.
    """
    from filelock import FileLock, SoftFileLock

    mode = 0o600 | (path.parent.stat().st_mode & 0o066)
    native = FileLock(path, mode=mode)
    try:
        native.acquire()
    except OSError as error:
        if error.errno not in _UNSUPPORTED:
            raise
        with SoftFileLock(path.with_suffix(".marker"), lifetime=_LIFETIME):
            yield
        return
    try:
        yield
    finally:
        native.release()
