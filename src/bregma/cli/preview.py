"""A look at one dataset that fits on a page: what it is, and its first rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bregma.alf import UnknownDatasetType, find_dataset_type

if TYPE_CHECKING:
    from pathlib import Path

    from bregma.one import ONE

MOST_CHARACTERS = 2000
"""Of the rows of a preview: a few kB, whatever the dataset holds."""


def preview(
    one: ONE, session: str, dataset: str, *, collection: str | None = None, revision: str | None = None, rows: int = 5
) -> dict[str, Any]:
    """Describe a dataset: name, size, shape, type, columns where it has any, and its first rows as text.

    Raises
    ------
    DatasetNotFound, AmbiguousDataset
        If there is none of this name, or several.
    """
    path = one.load_dataset(session, dataset, collection, revision, download_only=True)
    told: dict[str, Any] = {"dataset": path.relative_to_session().as_posix(), "bytes": path.stat().st_size}
    try:
        told["description"] = find_dataset_type(path.name).description
    except UnknownDatasetType:
        told["description"] = ""
    return told | _look(path, rows)


def _look(path: Path, rows: int) -> dict[str, Any]:
    """Read the head of a file; of an array on disk, only that."""
    content = _open(path)
    shape = tuple(getattr(content, "shape", ()))
    told: dict[str, Any] = {"shape": list(shape), "type": str(getattr(content, "dtype", type(content).__name__))}
    if hasattr(content, "columns"):
        told["columns"] = [str(name) for name in content.columns]
        content = content.head(rows).to_string()
    elif shape:
        content = content[:rows]
    elif isinstance(content, (list, dict)):
        told["keys"] = list(content)[:50] if isinstance(content, dict) else len(content)
    text = str(content)
    told["head"] = text if len(text) <= MOST_CHARACTERS else f"{text[:MOST_CHARACTERS]} …"
    return told


def _open(path: Path) -> Any:
    from bregma.alf import read_file

    if path.suffix != ".npy":
        return read_file(path)
    import numpy as np

    return np.load(path, mmap_mode="r", allow_pickle=False)
