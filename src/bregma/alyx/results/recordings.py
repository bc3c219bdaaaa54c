"""Trials and spikes read straight from the installation's store, kept in memory by the hash of their files."""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
from django.conf import settings

from bregma.alf import UnequalLengths, UnreadableFile, filename_parts, read_file
from bregma.alyx.data.addresses import path_with_uuid
from bregma.alyx.data.models import Dataset
from bregma.alyx.results.selectors import load_file_records
from bregma.alyx.results.visibility import TRIALS
from bregma.store.local import LocalStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from bregma.alyx.actions.models import Session
    from bregma.alyx.experiments.models import ProbeInsertion

CACHE_BYTES = 512 * 1024**2


@dataclass(frozen=True)
class Spikes:
    """Spikes of an insertion: ``times`` in seconds, ascending, and the unit of each."""

    times: NDArray[np.float64]
    clusters: NDArray[np.int64]

    def of_unit(self, unit: int) -> NDArray[np.float64]:
        """Return the spike times of one unit."""
        times: NDArray[np.float64] = self.times[self.clusters == unit]
        return times


class ArrayCache:
    """The arrays used last, up to a number of bytes in all; one per process, safe between threads."""

    def __init__(self, limit: int = CACHE_BYTES) -> None:
        self.limit = limit
        self.size = 0
        self._kept: OrderedDict[str, tuple[Any, int]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: str, load: Callable[[], Any]) -> Any:
        """Return what is kept under a key, or load and keep it. What has no key is not kept."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key][0]
        value = load()
        if key:
            self._keep(key, value)
        return value

    def _keep(self, key: str, value: Any) -> None:
        size = _size(value)
        with self._lock:
            if size > self.limit or key in self._kept:
                return
            self._kept[key] = (value, size)
            self.size += size
            while self.size > self.limit:
                self.size -= self._kept.popitem(last=False)[1][1]


CACHE = ArrayCache()


def load_trials(session: Session) -> Mapping[str, Any] | None:
    """Return a session's trials by ALF attribute; None when they are not in the store.

    A column of a table wins over a file of the same name, as when ONE loads them.
    """
    datasets = _default_datasets(session, "alf").filter(name__regex=TRIALS)
    columns: dict[str, Any] = {}
    files: dict[str, Any] = {}
    for attribute, content in _read_all(session, datasets):
        if attribute == "table":
            columns |= {str(name): content[name].to_numpy() for name in content.columns}
        else:
            files[attribute] = np.asarray(content)
    return files | columns or None


def load_spikes(insertion: ProbeInsertion) -> Spikes | None:
    """Return an insertion's spikes; None when they are not in the store."""
    session = insertion.session
    folder = f"alf/{insertion.name}"
    datasets = _default_datasets(session, folder).filter(name__regex=r"^spikes\.(times|clusters)\.")
    found = dict(_read_all(session, datasets))
    if not {"times", "clusters"} <= found.keys():
        return None
    spikes = as_numbers(found, ("times", "clusters"))
    return Spikes(spikes["times"], spikes["clusters"].astype(np.int64))


def as_numbers(values: Mapping[str, Any], names: Iterable[str]) -> dict[str, NDArray[np.float64]]:
    """Return columns as numbers, all of one length.

    Raises
    ------
    UnreadableFile
        If one holds no numbers, or is missing.
    UnequalLengths
        If their lengths differ.
    """
    found = {name: _numbers(name, values.get(name)) for name in names}
    if len({column.size for column in found.values()}) > 1:
        sizes = ", ".join(f"{column.size} {name}" for name, column in found.items())
        raise UnequalLengths(f"These belong together, but there are {sizes}.")
    return found


def _numbers(name: str, column: Any) -> NDArray[np.float64]:
    if column is None:
        raise UnreadableFile(f"There is no column {name}.")
    try:
        return np.asarray(column, dtype=np.float64).ravel()
    except (TypeError, ValueError) as error:
        raise UnreadableFile(f"The column {name} does not hold numbers.") from error


def store_key(session: Session, dataset: Dataset, relative_path: str) -> str:
    """Return the key of a dataset's file in the installation's store."""
    lab = session.lab.name if session.lab else session.subject.lab.name
    return f"{lab}/Subjects/{path_with_uuid(relative_path, dataset.pk)}"


def store_path(session: Session, dataset: Dataset, relative_path: str) -> Path:
    """Locate a dataset's file in the installation's store."""
    return LocalStore(settings.HOME.store).path(store_key(session, dataset, relative_path))


def _default_datasets(session: Session, folder: str) -> Any:
    inside = Dataset.objects.filter(session=session, default_dataset=True)
    return inside.filter(collection__regex=rf"^{re.escape(folder)}(/|$)").order_by("-collection", "name")


def _read_all(session: Session, datasets: Iterable[Dataset]) -> list[tuple[str, Any]]:
    """Read the datasets that are in the store; the shortest collection comes last and so wins."""
    rows = list(datasets)
    records = load_file_records([row.pk for row in rows])
    found = []
    for row in rows:
        record = records.get(row.pk)
        path = store_path(session, row, record.relative_path) if record else None
        if path is not None and path.is_file():
            content = CACHE.get(f"{row.pk}-{row.hash}" if row.hash else "", partial(read_file, path))
            found.append((filename_parts(row.name).attribute, content))
    return found


def _size(value: Any) -> int:
    if hasattr(value, "memory_usage"):
        return int(value.memory_usage(deep=True).sum())
    return int(getattr(value, "nbytes", 0))
