"""One insertion: its spikes, its units and the channels of its probe."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bregma.sessions.errors import AmbiguousCollection, DataMissing
from bregma.sessions.source import ID, DataSource, find_objects

PARTS = ("spikes", "clusters", "channels")
SORTERS = ("iblsorter", "pykilosort")
"""Sorters in order of preference, when a probe was sorted more than once."""
ESSENTIAL = {"spikes": ("times", "clusters"), "clusters": ("channels",), "channels": ("localCoordinates",)}


@dataclass(frozen=True)
class SpikeSorting:
    """A spike sorting; it unpacks into spikes, clusters and channels.

    Each part maps ALF attributes to arrays: ``spikes`` one value per spike (``times`` s, ``clusters``, ``amps`` V,
    ``depths`` µm), ``clusters`` one per unit, ``channels`` one per channel. A part named in ``missing`` was not
    found: it has only empty arrays of its essential attributes.
    """

    spikes: Mapping[str, Any]
    clusters: Mapping[str, Any]
    channels: Mapping[str, Any]
    collection: str
    missing: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        return iter((self.spikes, self.clusters, self.channels))

    @property
    def is_complete(self) -> bool:
        """Whether all three parts were found."""
        return not self.missing


@dataclass
class SpikeSortingLoader:
    """Load the spike sorting of one insertion.

    Parameters
    ----------
    one
        A ``bregma.one.ONE``, or anything with its ``list_datasets``, ``load_object`` and, for a pid, ``pid2eid``.
    pid
        The insertion; or else
    eid, probe
        the session and the probe's name, such as ``probe00``.

    Raises
    ------
    DataMissing
        If neither a pid nor both of eid and probe are given.
    """

    one: DataSource
    pid: ID | None = None
    eid: ID | None = None
    probe: str | None = None
    _objects: dict[str, set[str]] | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        if self.pid is not None:
            self.eid, self.probe = self.one.pid2eid(self.pid)
        if self.eid is None or not self.probe:
            raise DataMissing("give an insertion's pid, or both eid= and probe=")

    @property
    def collections(self) -> dict[str, set[str]]:
        """Objects in each collection of this probe's sortings, ``alf/<probe>`` and ``alf/<probe>/<sorter>``."""
        if self._objects is None:
            assert self.eid is not None
            self._objects = find_objects(self.one, self.eid)
        own = f"alf/{self.probe}"
        return {name: parts for name, parts in self._objects.items() if f"{name}/".startswith(f"{own}/")}

    def load_spike_sorting(self, sorter: str | None = None) -> SpikeSorting:
        """Load spikes, clusters and channels.

        Parameters
        ----------
        sorter
            Folder of one sorting, such as ``pykilosort``. By default that of a known sorter, ``iblsorter`` first,
            else the files of the probe's own folder.

        Returns
        -------
        SpikeSorting
            Parts that the collection lacks are taken from the probe's own folder (channels are often there), and
            else are empty and named in ``missing``.

        Raises
        ------
        DataMissing
            If a sorter is named that this probe was not sorted by, or a probe without files beside others with some.
        AmbiguousCollection
            If several unknown sorters sorted the probe.
        """
        chosen = self._find_collection(sorter)
        places = {part: self._place(part, chosen) for part in PARTS}
        loaded = {
            part: _empty(part) if place is None else self.one.load_object(self.eid, part, collection=place)
            for part, place in places.items()
        }
        missing = tuple(part for part, place in places.items() if place is None)
        return SpikeSorting(**loaded, collection=chosen, missing=missing)

    def _find_collection(self, sorter: str | None) -> str:
        own = f"alf/{self.probe}"
        if self.pid is None and not self.collections and self._probes():
            raise DataMissing(f"no file of {self._name()}; the session has {', '.join(self._probes())}")
        sortings = [name for name, parts in self.collections.items() if "spikes" in parts]
        if sorter is not None:
            return self._named(f"{own}/{sorter}", sortings)
        for candidate in (*(f"{own}/{name}" for name in SORTERS), own):
            if candidate in sortings:
                return candidate
        if len(sortings) > 1:
            listed = ", ".join(sorted(name.rpartition("/")[2] for name in sortings))
            raise AmbiguousCollection(f"{self._name()} was sorted by {listed}; name one as sorter=")
        return sortings[0] if sortings else own

    def _named(self, collection: str, sortings: list[str]) -> str:
        if collection not in sortings:
            listed = ", ".join(sorted(sortings)) or "none"
            raise DataMissing(f"no sorting {collection!r} of {self._name()}; its sortings: {listed}")
        return collection

    def _place(self, part: str, chosen: str) -> str | None:
        """Return the collection to load a part from; None where there is none."""
        for collection in (chosen, f"alf/{self.probe}"):
            if part in self.collections.get(collection, ()):
                return collection
        return None

    def _probes(self) -> list[str]:
        """List the folders inside ``alf`` with a sorting: the probes of the session."""
        found = [name.split("/") for name, parts in (self._objects or {}).items() if "spikes" in parts]
        return sorted({parts[1] for parts in found if len(parts) > 1 and parts[0] == "alf"})

    def _name(self) -> str:
        return f"{self.probe} of session {self.eid}"


def _empty(part: str) -> dict[str, Any]:
    shapes = {"localCoordinates": (0, 2)}
    kinds = {"times": np.float64, "localCoordinates": np.float64}
    return {name: np.zeros(shapes.get(name, (0,)), dtype=kinds.get(name, np.int64)) for name in ESSENTIAL[part]}
