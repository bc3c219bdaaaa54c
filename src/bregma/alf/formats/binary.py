"""Flat binary files, which only the metadata beside them explains."""

from __future__ import annotations

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
    except TypeError as error:
        raise UnreadableFile(f"{name}: its metadata name no type of numpy: {error}") from error
    if dtype.hasobject:
        raise UnreadableFile(f"{name}: its metadata announce Python objects; name a plain type such as 'float32'")
    columns = metadata.get("columns")
    width = columns if isinstance(columns, int) else len(columns or ())
    values, remainder = divmod(size, dtype.itemsize)
    shape = tuple(metadata.get("shape") or ((values // width, width) if width else (values,)))
    if remainder or int(np.prod(shape)) != values:
        raise UnreadableFile(
            f"{name} has {size} bytes, not an array of {dtype} and shape {shape} as its metadata say; "
            "correct them, or extract the file again"
        )
    return dtype, shape
