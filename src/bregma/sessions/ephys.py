"""One session with all its probes."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from bregma.sessions.errors import DataMissing, say_briefly
from bregma.sessions.insertion import SpikeSortingLoader
from bregma.sessions.probe_files import list_probes
from bregma.sessions.session import SessionLoader
from bregma.sessions.source import FAULTS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from bregma.sessions.sorting import SpikeSorting


class EphysSessionLoader(SessionLoader):
    """The data of one session and of all its probes, each loaded when it is first touched, and kept.

    As `SessionLoader`; and ``probes``, a `SpikeSortingLoader` for each probe, and ``spike_sorting``.

    Parameters
    ----------
    one, eid, session_path, revision
        As of `SessionLoader`.

    Examples
    --------
    >>> session = EphysSessionLoader(one, "2020-08-21_1_SWC_054")  # doctest: +SKIP
    >>> spikes, clusters, channels = session.spike_sorting["probe00"]  # doctest: +SKIP
    """

    @cached_property
    def probes(self) -> dict[str, SpikeSortingLoader]:
        """The probes of the session, by name: those with spikes, and those with a raw recording."""
        raw = {name.split("/")[1] for name in self.objects if name.startswith("raw_ephys_data/") and "/" in name}
        names = sorted({*list_probes(self.objects), *(name for name in raw if name.startswith("probe"))})
        revision = self.files.revision
        loaders = {name: SpikeSortingLoader(self.one, eid=self.eid, probe=name, revision=revision) for name in names}
        for loader in loaders.values():
            loader.files.take_listing(self.files)
        return loaders

    @property
    def spike_sorting(self) -> dict[str, SpikeSorting]:
        """The sorting of each probe: see `load_spike_sorting`."""
        return self._get("spike_sorting", self.load_spike_sorting)

    @property
    def provenance(self) -> pd.DataFrame:
        """The datasets behind what was loaded, those of probes as ``probe00.spikes``."""
        import pandas as pd

        tables = [super().provenance]
        for name, loader in self.probes.items():
            table = loader.provenance
            tables.append(table.assign(attribute=[f"{name}.{purpose}" for purpose in table["attribute"]]))
        return pd.concat([table for table in tables if len(table)] or tables[:1], ignore_index=True)

    def load_spike_sorting(
        self, probes: Sequence[str] | None = None, *, sorter: str | None = None, good_units: bool = False
    ) -> dict[str, SpikeSorting]:
        """Load the sortings of several probes; one that cannot be loaded does not lose the others.

        Parameters
        ----------
        probes
            Their names; by default all.
        sorter, good_units
            As of `SpikeSortingLoader.load_spike_sorting`.

        Returns
        -------
        dict of SpikeSorting
            By probe; those without any spikes are left out, and named in ``data_info``.

        Raises
        ------
        DataMissing
            If there is no sorting at all.
        """
        self._begin("spike_sorting")
        loaded: dict[str, SpikeSorting] = {}
        reasons: dict[str, str] = {}
        for name in self.probes if probes is None else probes:
            try:
                loaded[name] = self._probe(name).load_spike_sorting(sorter, good_units=good_units)
            except FAULTS as error:
                reasons[name] = say_briefly(error)
        for name in [name for name, sorting in loaded.items() if "spikes" in sorting.missing]:
            del loaded[name]
            reasons[name] = f"{name} was not sorted"
        reasons |= {name: f"no {', '.join(one.missing)}" for name, one in loaded.items() if one.missing}
        self._report.enter("spike_sorting", {}, reasons)
        if not loaded:
            if "spikes" in self.objects.get("alf", ()):
                reasons["alf"] = "its spikes lie in alf, of no probe; one.load_object(eid, 'spikes', collection='alf')"
            why = f": {'; '.join(reasons.values())}" if reasons else ""
            raise DataMissing(f"no sorting of session {self.eid}{why}", self.files.describe())
        self._report.enter("spike_sorting", {name: len(one.spikes["times"]) for name, one in loaded.items()}, {})
        self._kept["spike_sorting"] = loaded
        return loaded

    def _probe(self, name: str) -> SpikeSortingLoader:
        if name not in self.probes:
            raise DataMissing(f"no probe {name!r} in session {self.eid}; it has {', '.join(self.probes) or 'none'}")
        return self.probes[name]

    def _loads(self) -> dict[str, Callable[[], Any]]:
        return {**super()._loads(), "spike_sorting": self.load_spike_sorting}

    def _there(self) -> dict[str, set[str]]:
        return {**super()._there(), "spike_sorting": set(list_probes(self.objects))}
