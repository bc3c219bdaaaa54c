"""The files of one probe: which of its sortings is meant, and which of several curations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bregma.sessions.errors import AmbiguousCollection, DataMissing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bregma.one.records import Dataset
    from bregma.sessions.source import SessionFiles

SORTERS = ("iblsorter", "pykilosort")
"""Sorters in order of preference, when a probe was sorted more than once."""


@dataclass(frozen=True)
class ProbeFiles:
    """The files of one probe of a session."""

    session: SessionFiles
    probe: str

    @property
    def own(self) -> str:
        """The folder of the probe."""
        return f"alf/{self.probe}"

    @property
    def name(self) -> str:
        """What messages call it."""
        return f"{self.probe} of session {self.session.eid}"

    @property
    def collections(self) -> dict[str, set[str]]:
        """Objects in each collection of this probe's sortings, ``alf/<probe>`` and ``alf/<probe>/<sorter>``."""
        objects = self.session.objects
        return {name: parts for name, parts in objects.items() if f"{name}/".startswith(f"{self.own}/")}

    def find_sorting(self, sorter: str | None, *, must_exist: bool) -> str:
        """Return the collection of a sorting: the one that is named, else a known sorter's, else the probe's own.

        Raises
        ------
        DataMissing
            If there is no such sorting, or with `must_exist` no file of the probe beside other probes that have some.
        AmbiguousCollection
            If several unknown sorters sorted the probe.
        """
        if must_exist and not self.collections and self._probes():
            raise DataMissing(f"no file of {self.name}; the session has {', '.join(self._probes())}")
        sortings = [name for name, parts in self.collections.items() if "spikes" in parts]
        if sorter is not None:
            return self._named(f"{self.own}/{sorter}".rstrip("/"), sortings)
        for candidate in (*(f"{self.own}/{name}" for name in SORTERS), self.own):
            if candidate in sortings:
                return candidate
        if len(sortings) > 1:
            listed = ", ".join(sorted(name.rpartition("/")[2] for name in sortings))
            raise AmbiguousCollection(f"{self.name} was sorted by {listed}; name one as sorter=")
        return sortings[0] if sortings else self.own

    def place(self, part: str, chosen: str) -> str | None:
        """Return the collection to load a part from, the sorting's or the probe's own; None where there is none."""
        for collection in (chosen, self.own):
            if part in self.collections.get(collection, ()):
                return collection
        return None

    def _named(self, collection: str, sortings: list[str]) -> str:
        if collection not in sortings:
            listed = ", ".join(sorted(sortings)) or "none"
            raise DataMissing(f"no sorting {collection!r} of {self.name}; its sortings: {listed}")
        return collection

    def _probes(self) -> list[str]:
        """List the folders inside ``alf`` with a sorting: the probes of the session."""
        return list_probes(self.session.objects)


def list_probes(objects: dict[str, set[str]]) -> list[str]:
    """List the folders inside ``alf`` that have spikes, their own or in the folder of a sorter."""
    found = [name.split("/") for name, parts in objects.items() if "spikes" in parts]
    return sorted({parts[1] for parts in found if len(parts) > 1 and parts[0] == "alf"})


def choose_namespace(datasets: Iterable[Dataset], namespace: str | None) -> list[Dataset]:
    """Choose the files of a curation, and those without a namespace for what it did not change.

    Parameters
    ----------
    datasets
        Files of one object.
    namespace
        That of the curation (``av`` of ``_av_clusters.depths.npy``); None for files without one, where there are
        any.
    """
    by_key: dict[str, dict[str, Dataset]] = {}
    for one in datasets:
        if one.parts is not None:
            by_key.setdefault(f"{one.parts.key}.{one.parts.extension}", {})[one.parts.namespace or ""] = one
    plain = any("" in found for found in by_key.values())
    wanted = namespace or ""
    if namespace is None and not plain:
        return [one for found in by_key.values() for one in found.values()]
    return [found.get(wanted) or found[""] for found in by_key.values() if wanted in found or "" in found]
