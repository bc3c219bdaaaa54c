"""Writing objects and tables, each file wholly or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bregma.alf.atomic import atomic_write
from bregma.alf.bunch import check_dimensions
from bregma.alf.errors import UnequalLengths, UnreadableFile
from bregma.alf.grammar import compose_name
from bregma.alf.path import ALFPath

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy as np
    import pandas as pd
    from numpy.typing import ArrayLike


def write_object(
    folder: Path | str,
    object: str,  # noqa: A002 - the word of the convention
    values: Mapping[str, ArrayLike],
    *,
    namespace: str | None = None,
    timescale: str | None = None,
    extra: str | None = None,
) -> list[ALFPath]:
    """Write one ``.npy`` file per attribute.

    Parameters
    ----------
    folder : path
        The collection to write into; made if needed.
    object : str
        The object, such as ``"spikes"``.
    values : mapping of str to array
        Attributes, all with the same number of rows, or one; ``timestamps`` may be two rows of sample and time.
    namespace, timescale, extra : str, optional
        Other parts of the names.

    Returns
    -------
    list of ALFPath
        The files, in the order of the attributes.

    Raises
    ------
    UnequalLengths
        If the attributes differ in rows. Nothing is written.
    InvalidALFName
        If a name is not allowed. Nothing is written.
    UnreadableFile
        If an array holds Python objects, which could not be read back safely. Nothing is written.
    """
    import numpy as np

    arrays = {key: np.asarray(value) for key, value in values.items()}
    names = [compose_name(object, key, "npy", namespace=namespace, timescale=timescale, extra=extra) for key in arrays]
    _check_arrays(object, arrays)
    paths = [ALFPath(folder, name) for name in names]
    for path, array in zip(paths, arrays.values(), strict=True):
        with atomic_write(path) as file:
            np.save(file, array, allow_pickle=False)
    return paths


def write_table(
    folder: Path | str,
    object: str,  # noqa: A002 - the word of the convention
    frame: pd.DataFrame,
    *,
    namespace: str | None = None,
) -> ALFPath:
    """Write an object as one parquet table, ``_namespace_object.table.pqt``.

    Parameters
    ----------
    folder : path
        The collection to write into; made if needed.
    object : str
        The object, such as ``"trials"``.
    frame : DataFrame
        One column per attribute; a two-column attribute as ``x_0`` and ``x_1``.

    Returns
    -------
    ALFPath
        The file.
    """
    path = ALFPath(folder, compose_name(object, "table", "pqt", namespace=namespace))
    with atomic_write(path) as file:
        frame.to_parquet(file)
    return path


def _check_arrays(name: str, arrays: Mapping[str, np.ndarray]) -> None:
    """Refuse attributes of different lengths, and arrays that only pickle could save."""
    if check_dimensions(arrays):
        rows = {key: len(array) if array.ndim else 1 for key, array in arrays.items()}
        raise UnequalLengths(f"attributes of {name!r} differ in rows: {rows}; nothing was written")
    for key, array in arrays.items():
        if array.dtype.hasobject:
            raise UnreadableFile(f"{name}.{key} holds Python objects; convert it to numbers or text first")
