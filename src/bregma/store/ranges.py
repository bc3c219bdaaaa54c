"""HTTP range requests, as RFC 9110 section 14 defines them, for a single range of bytes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bregma.store.errors import RangeNotSatisfiable

_SPEC = re.compile(r"\s*bytes\s*=\s*(\d{0,100})\s*-\s*(\d{0,100})\s*", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Range:
    """Bytes from ``start`` up to, not including, ``stop`` of a file of ``size`` bytes."""

    start: int
    stop: int
    size: int

    def __len__(self) -> int:
        return self.stop - self.start

    @property
    def content_range(self) -> str:
        """The value of the Content-Range header."""
        return f"bytes {self.start}-{self.stop - 1}/{self.size}"


def parse_range(header: str | None, size: int) -> Range | None:
    """Read a Range header.

    Parameters
    ----------
    header : str or None
        Its value, such as ``bytes=0-99``, ``bytes=100-`` or ``bytes=-100``.
    size : int
        The file's size in bytes.

    Returns
    -------
    Range or None
        None means: send the whole file. That holds for no header, another unit, several ranges and
        what cannot be understood, all of which a server may ignore (RFC 9110, 14.2).

    Raises
    ------
    RangeNotSatisfiable
        If the range begins after the end of the file, or is a suffix of no bytes; answer 416.
    """
    match = _SPEC.fullmatch(header or "")
    if match is None or not any(match.groups()):
        return None
    first, last = match.groups()
    if not first:
        start, stop = max(0, size - int(last)), size
    else:
        start, stop = int(first), size if not last else min(int(last) + 1, size)
        if last and int(last) < start:
            return None
    if start >= size or start >= stop:
        raise RangeNotSatisfiable(f"range {header!r} is outside a file of {size} bytes")
    return Range(start, stop, size)
