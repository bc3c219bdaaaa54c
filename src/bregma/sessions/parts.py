"""Reading the parts of a sorting: spikes, units, channels; what does not fit the others is left out and named."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from bregma.alf import AlfBunch
from bregma.sessions.errors import DataMissing, InconsistentData
from bregma.sessions.probe_files import choose_namespace
from bregma.sessions.sorting import merge_clusters
from bregma.sessions.tables import as_precise

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bregma.sessions.probe_files import ProbeFiles

ESSENTIAL = {"spikes": ("times", "clusters"), "clusters": ("channels",), "channels": ("localCoordinates",)}
SPIKES = ("times", "clusters", "amps", "depths")
"""Attributes of spikes that are loaded unless more are asked for; each other is as long again, and seldom needed."""
LARGE = ("waveforms", "waveformsChannels", "templates")
"""Attributes of clusters that are only loaded if they are asked for."""


@dataclass(frozen=True)
class SortingParts:
    """The parts of one sorting of a probe.

    Attributes
    ----------
    probe
        Its files.
    collection
        Where the sorting is.
    namespace
        Of a curation, or None.
    attributes
        More than are loaded as a rule.
    left_out
        Told which attributes do not fit the others.
    """

    probe: ProbeFiles
    collection: str
    namespace: str | None = None
    attributes: tuple[str, ...] = ()
    left_out: dict[str, str] = field(default_factory=dict)

    def check_namespace(self) -> None:
        """Raise DataMissing if nothing of the sorting has the namespace that is asked for."""
        here = [one.parts for one in self.probe.session.chosen if one.collection == self.collection and one.parts]
        known = sorted({parts.namespace for parts in here if parts.namespace})
        if self.namespace is not None and self.namespace not in known:
            listed = ", ".join(known) or "none"
            raise DataMissing(f"no files of namespace {self.namespace!r} in {self.collection}; there are {listed}")

    def load_clusters(self) -> AlfBunch | None:
        """Load the units."""
        return self.load("clusters", without=set(LARGE) - {*self.attributes})

    def load_spikes(self, *, good_units: bool) -> AlfBunch | None:
        """Load the spikes: of all units, or of those that pass all criteria.

        Raises
        ------
        InconsistentData
            If times and units differ in number.
        """
        passing = self.probe.place("passingSpikes", self.collection) if good_units and not self.namespace else None
        if passing is not None:
            return self._check(self.load("passingSpikes", passing, purpose="spikes"))
        spikes = self._check(self.load("spikes", only={*SPIKES, *self.attributes}))
        return _keep_good(spikes, self.load_clusters()) if good_units and spikes is not None else spikes

    def load(
        self,
        name: str,
        place: str | None = None,
        *,
        only: set[str] | None = None,
        without: set[str] = frozenset(),  # type: ignore[assignment] # never changed
        purpose: str | None = None,
    ) -> AlfBunch | None:
        """Load an object of the sorting, or else of the probe; None where there is none."""
        place = place or self.probe.place(name, self.collection)
        if place is None:
            return None
        files = self.probe.session
        found = choose_namespace(files.find(name, collection=place), self.namespace)
        wanted = [one for one in found if one.parts and one.parts.attribute not in without]
        wanted = [one for one in wanted if one.parts and (only is None or one.parts.attribute in {*only, "table"})]
        return files.load(purpose or name, wanted) if wanted else None

    def _check(self, spikes: AlfBunch | None) -> AlfBunch | None:
        """Keep the attributes of one value per spike, times in 64 bits."""
        if spikes is None:
            return None
        sizes = {name: len(spikes[name]) for name in ESSENTIAL["spikes"] if name in spikes}
        if len(sizes) < 2 or len(set(sizes.values())) > 1:
            told = f"spikes in {self.collection} need times and clusters of one length: {sizes}"
            raise InconsistentData(f"{told}; {self.probe.session.say_faults('spikes')}".rstrip("; "))
        n_spikes = sizes["times"]
        for name, values in spikes.items():
            if np.ndim(values) and len(values) != n_spikes:
                self.left_out[f"spikes.{name}"] = f"{len(values)} rows for {n_spikes} spikes"
        fits = {name: values for name, values in spikes.items() if f"spikes.{name}" not in self.left_out}
        return AlfBunch({name: as_precise(name, values) for name, values in fits.items()})


def empty(part: str) -> AlfBunch:
    """Make a part without rows."""
    shapes = {"localCoordinates": (0, 2)}
    kinds = {"times": np.float64, "localCoordinates": np.float64}
    return AlfBunch(
        {name: np.zeros(shapes.get(name, (0,)), dtype=kinds.get(name, np.int64)) for name in ESSENTIAL[part]}
    )


def with_sites(channels: AlfBunch | None, sites: AlfBunch | None) -> AlfBunch | None:
    """Let what is known of the electrode sites come before what a sorter wrote of its channels.

    Where they are of other lengths the sites stand alone, numbered in their order.
    """
    if channels is None or sites is None:
        return sites if channels is None else channels
    joined = AlfBunch({**channels, **sites})
    if joined.is_consistent:
        return joined
    n_sites = max(len(values) for values in sites.values() if np.ndim(values))
    return AlfBunch({**sites, "rawInd": np.arange(n_sites)})


def _keep_good(spikes: AlfBunch, clusters: Mapping[str, Any] | None) -> AlfBunch:
    """Keep the spikes of units whose label is 1; labels that do not fit are computed."""
    units = merge_clusters(spikes, empty("clusters") if clusters is None else clusters, None)
    good = np.isin(spikes["clusters"], units["cluster_id"][np.asarray(units["label"]) == 1])
    return AlfBunch({name: np.asarray(values)[good] for name, values in spikes.items()})
