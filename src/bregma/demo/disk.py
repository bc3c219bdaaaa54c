"""A full disk, said in words."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bregma.demo.errors import DiskFull

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def explaining_full_disk(folder: Path) -> Iterator[None]:
    """Raise :class:`DiskFull`, which names the folder and the way out, where the system says "no space left"."""
    try:
        yield
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise DiskFull(f"no space left in {folder}; free some and run the command again") from error
