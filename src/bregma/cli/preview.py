"""A look at one dataset that fits on a page: what it is, and its first rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bregma.alf import UnknownDatasetType, find_dataset_type

if TYPE_CHECKING:
    from bregma.one import ONE

MOST_CHARACTERS = 2000
"""Of the rows of a preview: a few kB, whatever the dataset holds."""
MOST_BYTES = 20_000_000
"""Of a file that must be read whole to look into it; of a larger one only its size is told."""


def preview(
    one: ONE, session: str, dataset: str, *, collection: str | None = None, revision: str | None = None, rows: int = 5
) -> dict[str, Any]:
    """Describe a dataset: name, size, shape, type, columns where it has any, and its first rows as text.

    Of arrays, tables, recordings and videos only the beginning is read, from wherever they are.

    Raises
    ------
    DatasetNotFound, AmbiguousDataset
        If there is none of this name, or several.
    """
    from bregma.alf.lazy import has_parts

    path, size = _find(one, session, dataset, collection, revision)
    told: dict[str, Any] = {"dataset": path or dataset, "bytes": size, "description": _description(dataset)}
    if has_parts(path) or not path:
        return told | _look(one.open_dataset(session, dataset, collection, revision), rows)
    if size > MOST_BYTES:
        return {**told, "head": f"not shown: bregma get {session} {path} brings it here"}
    return told | _look(one.load_dataset(session, dataset, collection, revision), rows)


def _find(one: ONE, session: str, dataset: str, collection: str | None, revision: str | None) -> tuple[str, int]:
    """Find where one file is in its session, and how large; an empty text where there are none or several."""
    pattern = dataset if dataset.rpartition("/")[2].count(".") > 1 else f"{dataset}.*"
    found = one.find_datasets(session, pattern, collection, revision, default_revisions_only=revision is None)
    return (found[0].rel_path, found[0].file_size or 0) if len(found) == 1 else ("", 0)


def _description(dataset: str) -> str:
    try:
        return find_dataset_type(dataset).description
    except UnknownDatasetType:
        return ""


def _look(content: Any, rows: int) -> dict[str, Any]:
    """Read the beginning of what was opened or loaded."""
    from bregma.alf.lazy import LazyTable, Video

    told: dict[str, Any] = {"type": str(getattr(content, "dtype", type(content).__name__))}
    if isinstance(content, LazyTable):
        told["shape"] = [len(content), len(content.columns)]
        content = content.read(stop=rows) if len(content) > rows else content.read()
    elif hasattr(content, "shape"):
        told["shape"] = list(content.shape)
    if hasattr(content, "columns"):
        told["columns"], head = [str(name) for name in content.columns], content.head(rows).to_string()
    elif isinstance(content, Video):
        head = ""
    else:
        head = str(content[:rows] if told.get("shape") else content)
    return {**told, "head": head if len(head) <= MOST_CHARACTERS else f"{head[:MOST_CHARACTERS]} …"}
