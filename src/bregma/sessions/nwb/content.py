"""The files of a session as an NWB file will hold them: grouped by object, read, and spread into columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bregma.alf import QC, AlfBunch, UnreadableFile, load_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import numpy as np

    from bregma.one import ONE, Dataset, Session

READABLE = ("npy", "npz", "pqt", "parquet", "csv", "ssv", "tsv", "htsv", "json", "jsonable")
Columns = dict[str, Any]
"""Arrays by name; texts as lists."""


@dataclass(slots=True)
class Account:
    """What became of each dataset: where it is in the file, or why it is not."""

    carried: dict[str, str] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)

    def carry(self, paths: Iterable[str], place: str) -> None:
        """Note where files went."""
        for path in paths:
            self.carried[path] = f"{self.carried[path]}, {place}" if path in self.carried else place

    def leave_out(self, paths: Iterable[str], reason: str) -> None:
        """Note why files did not go anywhere."""
        self.left_out.update(dict.fromkeys(paths, reason))


@dataclass(frozen=True, slots=True)
class ObjectFiles:
    """The files of one object in one collection; of one namespace, where several give the same attributes."""

    collection: str
    name: str
    namespace: str | None
    datasets: tuple[Dataset, ...]

    @property
    def paths(self) -> list[str]:
        """Where they lie in the session."""
        return [dataset.rel_path for dataset in self.datasets]

    def paths_of(self, attribute: str) -> list[str]:
        """Where the files of one attribute lie; those of its table, for a column."""
        found = [one.rel_path for one in self.datasets if one.parts and one.parts.key == attribute]
        tables = [one.rel_path for one in self.datasets if one.parts and one.parts.attribute == "table"]
        return found or tables or self.paths


def group_files(datasets: Iterable[Dataset], account: Account) -> list[ObjectFiles]:
    """Group what can be read by object; note the rest, which stays where it is, as left out."""
    groups: dict[tuple[str, str], list[Dataset]] = {}
    for dataset in datasets:
        parts = dataset.parts
        if dataset.qc is QC.CRITICAL:
            account.leave_out([dataset.rel_path], "its quality is CRITICAL")
        elif parts is None:
            account.leave_out([dataset.rel_path], "its name does not follow the convention; by reference")
        elif dataset.collection.startswith("raw_"):
            account.leave_out([dataset.rel_path], "raw data; by reference")
        elif parts.extension not in READABLE:
            account.leave_out([dataset.rel_path], f"{parts.extension} files are not tables or arrays; by reference")
        else:
            groups.setdefault((dataset.collection, parts.object), []).append(dataset)
    return [files for key, found in sorted(groups.items()) for files in _by_namespace(*key, found)]


def _by_namespace(collection: str, name: str, datasets: list[Dataset]) -> list[ObjectFiles]:
    """Keep the files of an object together, unless two namespaces give the same attribute."""
    named = [(one, one.parts) for one in datasets if one.parts]
    if len({parts.key for _, parts in named}) == len(named):
        return [ObjectFiles(collection, name, None, tuple(datasets))]
    namespaces = sorted({parts.namespace or "" for _, parts in named})
    return [
        ObjectFiles(collection, name, each, tuple(one for one, parts in named if (parts.namespace or "") == each))
        for each in namespaces
    ]


def read_object(one: ONE, session: Session, files: ObjectFiles, account: Account) -> AlfBunch:
    """Load one object; a file that cannot be read is noted, and the others are read."""
    paths = one.bring(session, files.datasets)
    try:
        return load_object(paths, files.name)
    except UnreadableFile:
        return _read_one_by_one(paths, files, account)


def _read_one_by_one(paths: Iterable[Path], files: ObjectFiles, account: Account) -> AlfBunch:
    bunch = AlfBunch()
    for path in paths:
        try:
            bunch.update(load_object([path], files.name))
        except UnreadableFile as error:
            account.leave_out([one for one in files.paths if one.endswith(path.name)], str(error))
    return bunch


def spread(bunch: Mapping[str, Any]) -> tuple[Columns, dict[str, Any]]:
    """Split an object into columns (frames spread, as ``metrics_firing_rate``) and what is no array (settings)."""
    columns: Columns = {}
    others: dict[str, Any] = {}
    for key, value in bunch.items():
        if hasattr(value, "columns"):
            columns |= {f"{key}_{name}": as_column(value[name]) for name in value.columns}
        elif hasattr(value, "dtype") and value.ndim > 0:
            columns[key] = as_column(value)
        else:
            others[key] = value
    return columns, others


def as_column(values: Any) -> np.ndarray | list[str]:
    """Make what HDF5 stores of an array or series: numbers as they are, anything else as a list of texts."""
    import numpy as np

    array = np.asarray(values)
    if array.dtype.kind in "biuf":
        return array
    if array.dtype.kind == "O" and array.size and all(isinstance(one, (bool, np.bool_)) for one in array.flat):
        return array.astype(bool)
    return ["" if one is None or one != one else str(one) for one in array.ravel()]  # NaN is not itself


def common_columns(columns: Columns) -> tuple[int, Columns]:
    """Choose the columns of the length that most have, the longer of two; returns it with them."""
    from collections import Counter

    lengths = Counter(len(values) for values in columns.values())
    if not lengths:
        return 0, {}
    n_rows = max(lengths, key=lambda length: (lengths[length], length))
    return n_rows, {key: values for key, values in columns.items() if len(values) == n_rows}
