"""The columns of an object: its attributes, whether in files of their own or in a table."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from bregma.alf.errors import UnreadableFile
from bregma.alf.formats import read_file
from bregma.alf.metadata import read_metadata

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np

    from bregma.alf.grammar import NameParts


class Column(NamedTuple):
    """One attribute of one object."""

    file: Path
    parts: NameParts
    attribute: str
    """That of the file, or a column of its table, where it is one."""
    values: np.ndarray

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return len(self.values)

    @property
    def is_anchors(self) -> bool:
        """Whether it holds samples and their times, instead of one time per row."""
        return self.attribute == "timestamps" and self.values.ndim == 2 and self.values.shape[1] == 2


def read_columns(file: Path, parts: NameParts) -> list[Column]:
    """Read what a file holds; arrays stay on disk. Videos and the like have no columns.

    Raises
    ------
    UnreadableFile
        If it is empty, damaged, pickled, or not as its metadata say.
    """
    content = _map_npy(file) if parts.extension == "npy" else read_file(file)
    if parts.attribute == "table" and hasattr(content, "columns"):
        return [Column(file, parts, str(name), content[name].to_numpy()) for name in content.columns]
    values = content.to_numpy() if hasattr(content, "to_numpy") else content
    _check_columns(file, values)
    return [Column(file, parts, parts.attribute, values)] if getattr(values, "shape", ()) else []


def _map_npy(file: Path) -> np.ndarray:
    import numpy as np

    if file.stat().st_size == 0:
        raise UnreadableFile(f"{file} is empty; download or extract it again")
    try:
        values: np.ndarray = np.load(file, mmap_mode="r", allow_pickle=False)
    except (ValueError, EOFError, OSError) as problem:
        raise UnreadableFile(f"cannot read {file}: {problem}") from problem
    return values


def _check_columns(file: Path, values: Any) -> None:
    """Refuse a file whose metadata name another number of columns than it has."""
    try:
        columns = read_metadata(file).get("columns")
    except json.JSONDecodeError as problem:
        raise UnreadableFile(f"the metadata of {file} are no JSON: {problem}") from problem
    shape = getattr(values, "shape", ())
    n_columns = 1 if len(shape) == 1 else shape[1] if shape else None
    if isinstance(columns, list) and n_columns is not None and len(columns) != n_columns:
        raise UnreadableFile(f"{file} has {n_columns} columns, its metadata name {len(columns)}")
