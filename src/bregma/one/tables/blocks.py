"""Rows on the disk in blocks of whole sessions, so that those of one are read without the others."""

from __future__ import annotations

import os
import weakref
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import polars as pl

_ROWS = 1024


@dataclass(frozen=True)
class Blocks:
    """Rows of a file that is held open: it may be removed meanwhile, and threads may share it.

    Attributes
    ----------
    file : file object
        The blocks one after the other, each a stream in Arrow's format.
    starts : list of int
        The first row of each block.
    ends : list of int
        The byte after each block.
    """

    file: BinaryIO
    starts: list[int]
    ends: list[int]

    def __post_init__(self) -> None:
        weakref.finalize(self, self.file.close)

    @classmethod
    def open(cls, path: Path, places: pl.DataFrame) -> Blocks:
        """Open the file of ``write_blocks``; raises OSError if it is not there or shorter than its blocks."""
        found = cls(path.open("rb"), places["start"].to_list(), places["end"].to_list())
        if os.fstat(found.file.fileno()).st_size != found.ends[-1]:
            raise OSError(f"{path} was cut off")
        return found

    def slice(self, first: int, length: int) -> pl.DataFrame:
        """Read the rows of one session, from the first on."""
        import polars as pl

        block = bisect_right(self.starts, first) - 1
        begin = self.ends[block - 1] if block else 0
        content = os.pread(self.file.fileno(), self.ends[block] - begin, begin)
        return pl.read_ipc_stream(content).slice(first - self.starts[block], length)


def write_blocks(rows: pl.DataFrame, sessions: Iterable[int], path: Path) -> pl.DataFrame:
    """Write rows in blocks.

    Parameters
    ----------
    rows : polars.DataFrame
        Those of each session together.
    sessions : iterable of int
        The first row of each session, ascending.
    path : Path
        Where to.

    Returns
    -------
    polars.DataFrame
        The first row of each block (``start``) and the byte after it (``end``).
    """
    import polars as pl

    by_block: dict[int, int] = {}
    for first in sessions:
        by_block.setdefault(first // _ROWS, first)
    starts, ends = list(by_block.values()) or [0], []
    with path.open("wb") as file:
        for start, after in zip(starts, [*starts[1:], rows.height], strict=True):
            rows.slice(start, after - start).write_ipc_stream(file)
            ends.append(file.tell())
    return pl.DataFrame({"start": starts, "end": ends})
