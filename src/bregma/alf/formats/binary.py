"""Flat binary files, which only the metadata beside them explains."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from bregma.alf.errors import UnreadableFile
from bregma.alf.formats.arrays import flatten_column
from bregma.alf.metadata import read_metadata, split_columns
from bregma.alf.path import ALFPath

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy as np


def read_binary(path: Path) -> Any:
    """Map a flat binary file into memory; the path itself, where no metadata tells its ``dtype``."""
    metadata = read_metadata(path)
    if "dtype" not in metadata:
        return ALFPath(path)
    return split_columns(map_binary(path, metadata), metadata)


def map_binary(path: Path, metadata: Mapping[str, Any]) -> np.ndarray:
    """Map a flat binary file into memory, read-only.

    Parameters
    ----------
    path : Path
        Values one after another, row by row.
    metadata : mapping
        ``dtype``, in numpy's words, and ``shape`` or ``columns`` (their names, or how many there are).

    Raises
    ------
    UnreadableFile
        If the file holds another number of values.
    """
    import numpy as np

    dtype, shape = layout_of(metadata, path.stat().st_size, path)
    return flatten_column(np.memmap(path, dtype, mode="r", shape=shape))


def layout_of(metadata: Mapping[str, Any], size: int, name: object) -> tuple[np.dtype[Any], tuple[int, ...]]:
    """Work out the type and shape of a flat binary file of ``size`` bytes.

    Raises
    ------
    UnreadableFile
        If the metadata do not fit the size.
    """
    import numpy as np

    try:
        dtype = np.dtype(metadata["dtype"])
    except (TypeError, ValueError) as error:
        raise UnreadableFile(f"{name}: its metadata name no type of numpy: {error}") from error
    if dtype.hasobject or not dtype.itemsize:
        announced = "Python objects" if dtype.hasobject else "values without bytes"
        raise UnreadableFile(f"{name}: its metadata announce {announced}; name a plain type such as 'float32'")
    values, remainder = divmod(size, dtype.itemsize)
    shape = _shape(metadata, values)
    if remainder or shape is None or math.prod(shape) != values:
        raise UnreadableFile(
            f"{name} has {size} bytes, not an array of {dtype} and shape {shape} as its metadata say; "
            "correct them, or extract the file again"
        )
    return dtype, shape


def _shape(metadata: Mapping[str, Any], values: int) -> tuple[int, ...] | None:
    """Read the shape of so many values; None where the metadata tell none that could be."""
    columns, shape = metadata.get("columns"), metadata.get("shape")
    width = len(columns) if isinstance(columns, list) else columns or 0
    if not shape:
        shape = [values // width, width] if type(width) is int and width > 0 else [values]
    possible = isinstance(shape, list | tuple) and all(type(size) is int and size >= 0 for size in shape)
    return tuple(shape) if possible else None
