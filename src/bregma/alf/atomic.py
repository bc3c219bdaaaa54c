"""Writing a file so that it is either wholly there or not at all."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def atomic_write(path: Path) -> Iterator[BinaryIO]:
    """Open a temporary neighbour of a file for writing; move it into place when the block ends well.

    Parents are made. On any error, a full disk included, the neighbour is removed and an earlier
    file of that name stays as it was.

    Parameters
    ----------
    path : Path
        The file to make or to replace.

    Yields
    ------
    BinaryIO
        Where to write the bytes.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{uuid4().hex}.part")
    try:
        with temporary.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
