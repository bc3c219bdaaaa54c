"""What a loader needs of ONE, and how it finds the collection that holds an object."""

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any, Protocol
from uuid import UUID

from bregma.alf import InvalidALFName, filename_parts

ID = str | UUID


class DataSource(Protocol):
    """The methods of ``bregma.one.ONE`` that loaders call; anything that has them will do."""

    def list_datasets(self, eid: Any, /) -> Iterable[Any]:
        """Return the relative paths of a session's datasets."""

    def load_object(self, eid: Any, obj: str, /, collection: str | None = None) -> Any:
        """Return an object of a session: attribute names to arrays."""

    def pid2eid(self, pid: Any, /) -> tuple[Any, str]:
        """Return the session and the probe's name of an insertion."""


def find_objects(source: DataSource, eid: ID) -> dict[str, set[str]]:
    """Return the objects (``trials``, ``spikes``) in each collection of a session's default revisions."""
    found: dict[str, set[str]] = {}
    for dataset in source.list_datasets(eid):
        path = PurePosixPath(str(dataset))
        try:
            name = filename_parts(path.name).object
        except InvalidALFName:
            continue
        found.setdefault(_collection(path), set()).add(name)
    return found


def as_columns(bunch: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes of an object as plain one-dimensional columns; intervals become two of them."""
    import numpy as np

    columns: dict[str, Any] = {}
    for name, values in bunch.items():
        array = np.asarray(values)
        if array.ndim == 2:
            columns |= {f"{name}_{i}": array[:, i] for i in range(array.shape[1])}
        elif array.ndim == 1:
            columns[name] = array
    return columns


def _collection(path: PurePosixPath) -> str:
    """Return the folder of a dataset without its revision."""
    folders = [part for part in path.parent.parts if not (part.startswith("#") and part.endswith("#"))]
    return "/".join(folders)
