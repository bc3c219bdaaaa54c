"""The header of ``.npy`` files, and arrays that are read through it."""

from __future__ import annotations

import ast
from tokenize import TokenError
from typing import TYPE_CHECKING, Any

from bregma.alf.errors import UnreadableFile
from bregma.alf.formats.arrays import flatten_column
from bregma.alf.lazy.array import RawArray

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np

    from bregma.alf.lazy.source import ByteSource

_MAGIC = b"\x93NUMPY"
_LONGEST_HEADER = 1 << 16


def map_npy(path: Path) -> np.ndarray:
    """Map an array on this machine into memory, read-only; one of Python objects is refused."""
    import numpy as np

    try:
        with np.errstate(over="ignore"):  # a shape beyond all numbers fits no file
            return flatten_column(np.load(path, mmap_mode="r", allow_pickle=False))
    except (ValueError, EOFError, TypeError, OverflowError, OSError, TokenError, AttributeError) as error:
        raise UnreadableFile(f"cannot map {path}: {error}; load it with read_file, or download it again") from error


def open_npy(source: ByteSource) -> RawArray:
    """Read the header of an array and leave the rest where it is; a column (n, 1) comes as (n,).

    Raises
    ------
    UnreadableFile
        If it is no array, or one of Python objects.
    """
    import numpy as np

    header, offset = _read_header(source)
    try:
        dtype = np.lib.format.descr_to_dtype(header["descr"])
        shape, by_column = tuple(header["shape"]), bool(header["fortran_order"])
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise UnreadableFile(f"{source.name} has a damaged header: {error!r}; download it again") from error
    if dtype.hasobject:
        raise UnreadableFile(f"{source.name} holds pickled Python objects, which could run code")
    if any(type(size) is not int or size < 0 for size in shape):
        raise UnreadableFile(f"{source.name} has a damaged header: no array has shape {shape}; download it again")
    if len(shape) == 2 and shape[1] == 1:
        shape = shape[:1]
    return RawArray(source, dtype, shape or (1,), offset=offset, by_column=by_column)


def _read_header(source: ByteSource) -> tuple[dict[str, Any], int]:
    """Read what the header says, and where the values begin."""
    start = source.read(0, min(12, source.size))
    if not start.startswith(_MAGIC):
        raise UnreadableFile(f"{source.name} is not an .npy file; download or extract it again")
    begin = 10 if start[6] == 1 else 12
    length = int.from_bytes(start[8:begin], "little")
    if length > _LONGEST_HEADER:
        raise UnreadableFile(f"{source.name} announces a header of {length} bytes; it is damaged, download it again")
    text = source.read(begin, begin + length).decode("latin-1" if start[6] < 3 else "utf-8")
    try:
        header = ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, MemoryError, RecursionError) as error:
        raise UnreadableFile(f"{source.name} has a damaged header: {error}; download it again") from error
    return header, begin + length
