"""The raw recording of a probe, its clock and its geometry, found among the files of a session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from bregma.sessions.clock import AP_RATE, ProbeClock
from bregma.sessions.errors import AmbiguousCollection, DataMissing, SessionDataError
from bregma.sessions.raw import RawElectrophysiology, close_samples

if TYPE_CHECKING:
    from bregma.brainbox.lfp.spikeglx import SpikeGLXMetadata
    from bregma.one.records import Dataset
    from bregma.sessions.source import SessionFiles

BANDS = ("ap", "lf")


@dataclass(frozen=True)
class ProbeRecording:
    """The files of ``raw_ephys_data/<probe>``.

    Parameters
    ----------
    files
        Of the session.
    probe
        Such as ``probe00``.
    """

    files: SessionFiles
    probe: str

    def open(self, band: str, run: str | None, *, as_volts: bool) -> RawElectrophysiology:
        """Open the recording of a band.

        Raises
        ------
        DataMissing, AmbiguousCollection
            If there is none, or several runs of which none is named.
        ValueError
            If there is no such band.
        """
        if band not in BANDS:
            raise ValueError(f"no band {band!r}; choose from {', '.join(BANDS)}")
        found = self._one((f".{band}.cbin", f".{band}.bin"), run)
        metadata, clock = self.metadata(band, run), self.clock(run, missing_ok=True)
        samples = self._open(f"raw_{band}", found, metadata)
        rate = samples.sample_rate if metadata is None else metadata.sampling_rate
        try:
            return RawElectrophysiology(samples, rate, metadata, clock, as_volts)
        except SessionDataError:
            close_samples(samples)
            raise

    def _open(self, purpose: str, found: Dataset, metadata: SpikeGLXMetadata | None) -> Any:
        """Open a file of samples; one that is not compressed tells of its channels in its ``.meta`` only."""
        if found.name.endswith(".cbin"):
            return self.files.open(purpose, found)
        if metadata is None:
            raise DataMissing(f"{found.rel_path} needs its .meta file, which tells how many channels it has")
        explained = {"dtype": "int16", "columns": metadata.n_channels}
        return self.files.open(purpose, found, explained=explained)

    def metadata(self, band: str, run: str | None = None) -> SpikeGLXMetadata | None:
        """Read the ``.meta`` file of a band; None where there is none."""
        from bregma.brainbox.lfp.spikeglx import read_spikeglx_metadata

        found = self._all((f".{band}.meta",), run)
        if not found:
            return None
        path = self.files.bring(f"raw_{band}", found[0])
        return read_spikeglx_metadata(path.read_text(encoding="utf-8"))

    def clock(self, run: str | None = None, *, missing_ok: bool = False) -> ProbeClock | None:
        """Read the clock of the probe; None where there is none and that will do.

        Raises
        ------
        DataMissing
            If there is none.
        """
        from bregma.alf import read_file

        found = self._all((".timestamps.npy",), run)
        if not found and missing_ok:
            return None
        points: Any = read_file(self.files.bring("clock", self._one((".timestamps.npy",), run)))
        metadata = self.metadata("ap", run)
        rate = AP_RATE if metadata is None else metadata.sampling_rate
        samples, times = np.asarray(points, dtype=np.float64)[:, :2].T
        return ProbeClock(samples, times, rate)

    def _all(self, endings: tuple[str, ...], run: str | None) -> list[Dataset]:
        """Find the files of one ending: of several, the first that there is."""
        place = f"raw_ephys_data/{self.probe}"
        here = [one for one in self.files.chosen if one.collection == place and (run is None or run in one.name)]
        found = [[one for one in here if one.name.endswith(ending)] for ending in endings]
        return next(filter(None, found), [])

    def _one(self, endings: tuple[str, ...], run: str | None) -> Dataset:
        found = self._all(endings, run)
        if not found:
            place = f"raw_ephys_data/{self.probe} of session {self.files.eid}"
            raise DataMissing(f"no file *{' or *'.join(endings)} in {place}", self.files.describe())
        if len(found) > 1:
            listed = ", ".join(one.name for one in found)
            raise AmbiguousCollection(f"{self.probe} has several recordings: {listed}; name one, as run='g0_t0'")
        return found[0]
