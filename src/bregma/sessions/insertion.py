"""One insertion: its spikes, its units, the channels of its probe, its waveforms and its raw recording."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bregma.alf import AlfBunch
from bregma.sessions.channels import REGIONS, interpolate_channel_locations, place_channels
from bregma.sessions.errors import DataMissing
from bregma.sessions.histology import Histology, ask_histology
from bregma.sessions.parts import SortingParts, empty, with_sites
from bregma.sessions.probe_files import ProbeFiles
from bregma.sessions.recording import ProbeRecording
from bregma.sessions.sorting import SpikeSorting, merge_clusters
from bregma.sessions.source import SessionFiles
from bregma.sessions.tables import as_precise

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy as np
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    from bregma.atlas import Atlas
    from bregma.brainbox.lfp.probe import ProbeGeometry
    from bregma.sessions.clock import ProbeClock
    from bregma.sessions.protocols import ID, DataSource
    from bregma.sessions.raw import RawElectrophysiology

PARTS = ("spikes", "clusters", "channels")


class SpikeSortingLoader:
    """Load the spike sorting of one insertion.

    Parameters
    ----------
    one
        A ``bregma.one.ONE``, or anything with its ``list_datasets``, ``load_object`` and, for a pid, ``pid2eid``.
    pid
        The insertion; or else
    eid, probe
        the session (any name of it) and the probe's name, such as ``probe00``.
    revision
        Of each file the last revision up to this one; by default the default ones.
    atlas
        Only used to name regions along a track of which the database has no channels; never loaded by itself.

    Raises
    ------
    DataMissing
        If neither a pid nor both of eid and probe are given.
    """

    def __init__(
        self,
        one: DataSource,
        pid: ID | None = None,
        eid: ID | None = None,
        probe: str | None = None,
        *,
        revision: str | None = None,
        atlas: Atlas | None = None,
    ) -> None:
        if pid is not None:
            eid, probe = one.pid2eid(pid)
        if eid is None or not probe:
            raise DataMissing("give an insertion's pid, or both eid= and probe=")
        self.one, self.pid, self.eid, self.probe, self.atlas = one, pid, eid, probe, atlas
        self.files = SessionFiles(one, eid, revision)
        self._probe = ProbeFiles(self.files, probe)
        self._recording = ProbeRecording(self.files, probe)
        self._sorting: SpikeSorting | None = None

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._probe.name}, loaded: {', '.join(self.files.purposes) or 'nothing'})"

    @property
    def collections(self) -> dict[str, set[str]]:
        """Objects in each collection of this probe's sortings, ``alf/<probe>`` and ``alf/<probe>/<sorter>``."""
        return self._probe.collections

    @property
    def provenance(self) -> pd.DataFrame:
        """The datasets behind what was loaded: a row each, with attribute, id, path, revision, md5 and size."""
        return self.files.provenance

    @property
    def sorting(self) -> SpikeSorting:
        """The sorting as `load_spike_sorting` loads it, once."""
        return self._sorting or self.load_spike_sorting()

    def load_spike_sorting(
        self,
        sorter: str | None = None,
        *,
        namespace: str | None = None,
        good_units: bool = False,
        attributes: Iterable[str] = (),
    ) -> SpikeSorting:
        """Load spikes, clusters and channels.

        Parameters
        ----------
        sorter
            Folder of one sorting, such as ``pykilosort``; an empty text is the probe's own. By default that of a
            known sorter, ``iblsorter`` first, else the probe's own, else the only one.
        namespace
            Of a curation by hand (``av`` of ``_av_spikes.clusters.npy``), whose files come in place of the sorter's.
        good_units
            Whether only spikes of units are wanted that pass all criteria (``label`` 1): from the smaller table of
            passing spikes if there is one. Clusters stay as they are.
        attributes
            More attributes than usual: ``samples`` and ``templates`` of spikes, ``waveforms`` of clusters …

        Returns
        -------
        SpikeSorting
            Parts that the collection lacks are taken from the probe's own folder (channels are often there), and
            else are empty and named in ``missing``.

        Raises
        ------
        DataMissing
            If a sorter or namespace is named that there is not, or a probe without files beside others with some.
        AmbiguousCollection
            If several unknown sorters sorted the probe.
        InconsistentData
            If times and units of spikes differ in number.
        """
        chosen = self._probe.find_sorting(sorter, must_exist=self.pid is None)
        source = SortingParts(self._probe, chosen, namespace, tuple(attributes))
        source.check_namespace()
        self._sorting = None
        for purpose in PARTS:
            self.files.forget(purpose)
        channels, histology = self.load_channels(sorter)
        spikes = source.load_spikes(good_units=good_units)
        parts = {"spikes": spikes, "clusters": source.load_clusters(), "channels": channels or None}
        missing = tuple(name for name, part in parts.items() if part is None)
        loaded = {name: empty(name) if part is None else part for name, part in parts.items()}
        self._sorting = SpikeSorting(
            **loaded, collection=chosen, missing=missing, left_out=source.left_out, histology=histology
        )
        return self._sorting

    @staticmethod
    def merge_clusters(
        spikes: Mapping[str, Any] | None,
        clusters: Mapping[str, Any],
        channels: Mapping[str, Any] | None,
        *,
        compute_metrics: bool = False,
    ) -> AlfBunch:
        """Put metrics and places together with the units: see `bregma.sessions.merge_clusters`."""
        return merge_clusters(spikes, clusters, channels, compute_metrics=compute_metrics)

    def load_channels(self, sorter: str | None = None) -> tuple[AlfBunch, str]:
        """Load the channels, with their places in the brain from the best source there is.

        Parameters
        ----------
        sorter
            As of `load_spike_sorting`.

        Returns
        -------
        channels : AlfBunch
            ALF attributes and ``lateral_um``, ``axial_um``, ``x``, ``y``, ``z`` (m), ``atlas_id``, ``acronym``;
            empty if there are none.
        histology : str
            ``alf``: places on file. Else, if a server is asked, ``resolved``: of the alignment that was agreed on,
            ``aligned``: of one that was not, ``traced``: of the track seen in histology. Empty if nobody knows.
        """
        source = SortingParts(self._probe, self._probe.find_sorting(sorter, must_exist=False))
        channels = with_sites(source.load("channels"), source.load("electrodeSites", purpose="channels"))
        if channels is None:
            return AlfBunch(), ""
        if {"mlapdv", REGIONS} <= set(channels):
            return place_channels(channels), "alf"
        if "localCoordinates" not in channels:
            return place_channels(channels), ""
        placed = self._load_placed(source)
        if placed is not None:
            return place_channels(interpolate_channel_locations(placed, channels)), "alf"
        asked = self._ask(channels)
        return (place_channels(channels), "") if asked is None else (place_channels(asked.channels), asked.provenance)

    def load_clusters(self, sorter: str | None = None) -> AlfBunch:
        """Load the units without their spikes; empty if there are none."""
        source = SortingParts(self._probe, self._probe.find_sorting(sorter, must_exist=False))
        self.files.forget("clusters")
        return source.load_clusters() or AlfBunch()

    def load_waveforms(self, sorter: str | None = None) -> AlfBunch:
        """Open the waveforms of units and spikes without reading them whole.

        Returns
        -------
        AlfBunch
            By attribute (``templates``, ``traces``, ``table``, ``channels``, those that there are) what
            ``one.open_dataset`` gives: arrays and tables of which an index reads only its part.

        Raises
        ------
        DataMissing
            If the sorting has none.
        """
        place = self._probe.find_sorting(sorter, must_exist=True)
        found = self.files.find("waveforms", collection=place)
        return AlfBunch({one.parts.key: self.files.open("waveforms", one) for one in found if one.parts})

    def load_drift(self, sorter: str | None = None) -> AlfBunch:
        """Load the drift that the sorter estimated: ``times`` (s) and ``um``, how far the tissue had moved.

        Raises
        ------
        DataMissing
            If the sorting has none.
        """
        place = self._probe.find_sorting(sorter, must_exist=True)
        drift = self.files.load("drift", self.files.find("drift", collection=place))
        return AlfBunch({name: as_precise(name, values) for name, values in drift.items()})

    def raw_electrophysiology(
        self, band: str = "ap", *, as_volts: bool = False, run: str | None = None
    ) -> RawElectrophysiology:
        """Open the raw recording, here or on its server, so that only what is indexed is read.

        Parameters
        ----------
        band
            ``ap``, or ``lf`` for field potentials.
        as_volts
            Whether an index gives volts (float32), or the numbers of the file (int16).
        run
            Part of the name of one of several recordings, such as ``g0_t1``.

        Raises
        ------
        DataMissing, AmbiguousCollection
            If there is no recording, or several.
        """
        return self._recording.open(band, run, as_volts=as_volts)

    @property
    def clock(self) -> ProbeClock:
        """The clock of the probe; DataMissing if its time stamps are not there."""
        clock = self._recording.clock()
        assert clock is not None  # else it raises
        return clock

    def samples2times(self, samples: ArrayLike, sampling_rate: float | None = None) -> NDArray[np.float64]:
        """Return the session's seconds of samples of the probe: see `ProbeClock`."""
        return self.clock.samples2times(samples, sampling_rate)

    def times2samples(self, times: ArrayLike, sampling_rate: float | None = None) -> NDArray[np.float64]:
        """Return the samples of the probe at the session's seconds: see `ProbeClock`."""
        return self.clock.times2samples(times, sampling_rate)

    @property
    def probe_geometry(self) -> ProbeGeometry:
        """Where all channels are on the probe, as its ``.meta`` file says, else as channels of the sorting do.

        Raises
        ------
        DataMissing
            If neither is there.
        """
        from bregma.brainbox.lfp.probe import ProbeGeometry

        for band in ("ap", "lf"):
            metadata = self._recording.metadata(band)
            if metadata is not None and metadata.geometry is not None:
                return metadata.geometry
        channels, _ = self.load_channels()
        if "localCoordinates" not in channels:
            raise DataMissing(f"neither a .meta file nor channels tell the geometry of {self._probe.name}")
        return ProbeGeometry.of(channels["lateral_um"], channels["axial_um"])

    def _load_placed(self, source: SortingParts) -> AlfBunch | None:
        """Load channels of the probe's own folder that have a place in the brain."""
        if "channels" not in self.collections.get(self._probe.own, ()):
            return None
        placed = source.load("channels", self._probe.own)
        return placed if placed is not None and {"mlapdv", REGIONS} <= set(placed) else None

    def _ask(self, channels: AlfBunch) -> Histology | None:
        """Ask the server that `one` talks to, if it does."""
        client = getattr(self.one, "alyx", None)
        if client is None or getattr(self.one, "offline", True):
            return None
        if self.pid is not None:
            return ask_histology(client, client.rest("insertions", "read", id=self.pid), channels, self.atlas)
        session = self.files.session
        named = client.rest("insertions", "list", session=str(session.eid if session else self.eid), name=self.probe)
        return ask_histology(client, named[0], channels, self.atlas) if len(named) else None
