"""Ranges of bytes of a file, wherever it lies."""

from __future__ import annotations

import os
from threading import Lock
from typing import TYPE_CHECKING, BinaryIO, cast

from bregma.alf.errors import UnreadableFile

if TYPE_CHECKING:
    import io

    import numpy as np

    SeekableFile = BinaryIO | io.RawIOBase | io.BufferedIOBase


class ByteSource:
    """A seekable binary file of which any thread may read any range.

    Parameters
    ----------
    file : binary file
        Open for reading; closed with the source.
    name : str
        What to call it in messages.
    """

    def __init__(self, file: SeekableFile, name: str) -> None:
        self.file = cast("BinaryIO", file)
        self.name = name
        self._lock = Lock()
        self.size = self.file.seek(0, os.SEEK_END)
        self.file.seek(0)

    def read(self, start: int, stop: int) -> bytes:
        """Read the bytes from ``start`` up to, not including, ``stop``; raises UnreadableFile if there are fewer."""
        buffer = bytearray(stop - start)
        self._fill(memoryview(buffer), start)
        return bytes(buffer)

    def read_into(self, array: np.ndarray, start: int) -> None:
        """Fill a contiguous array with the bytes from ``start`` on."""
        if array.size:
            self._fill(array.reshape(-1).view("u1").data, start)

    def close(self) -> None:
        """Close the file."""
        self.file.close()

    def _fill(self, buffer: memoryview, start: int) -> None:
        with self._lock:
            self.file.seek(start)
            done = 0
            while done < len(buffer):
                piece = self.file.read(len(buffer) - done)
                if not piece:
                    raise UnreadableFile(
                        f"{self.name} ends at byte {start + done} of {start + len(buffer)}; download it again"
                    )
                buffer[done : done + len(piece)] = piece
                done += len(piece)
