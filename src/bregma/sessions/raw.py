"""The raw recording of a probe, read by time without being downloaded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, Self

import numpy as np

from bregma.sessions.errors import DataMissing, InconsistentData

if TYPE_CHECKING:
    from bregma.brainbox.lfp.probe import ProbeGeometry
    from bregma.brainbox.lfp.spikeglx import SpikeGLXMetadata
    from bregma.sessions.clock import ProbeClock


class Samples(Protocol):
    """Rows of samples that are read when they are indexed: ``bregma.alf.lazy.Traces``, or a memory map."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    def __getitem__(self, key: Any, /) -> Any:
        """Return rows."""

    def close(self) -> None:
        """Close the file."""


@dataclass(frozen=True)
class RawElectrophysiology:
    """A recording of shape (n_samples, n_channels) of which only what is asked for is read.

    An index (``raw[1000:2000, :384]``) and `between` give the numbers of the file (int16), or volts (float32) where
    ``as_volts`` is true. It goes into ``bregma.brainbox.lfp`` as ``Recording(raw.samples, raw.sampling_rate,
    raw.volts_per_bit)``.

    Parameters
    ----------
    samples
        The numbers of the file, read when they are indexed.
    sampling_rate
        Hz.
    metadata
        What SpikeGLX says of the recording; None where its ``.meta`` is missing.
    clock
        From the session's seconds to samples; None where the probe's time stamps are missing.
    as_volts
        Whether values are volts. The sync channel stays as it is.

    Raises
    ------
    InconsistentData
        If the metadata are of another number of channels.
    DataMissing
        If volts are wanted and there are no metadata.
    """

    samples: Samples | np.ndarray
    sampling_rate: float
    metadata: SpikeGLXMetadata | None = None
    clock: ProbeClock | None = None
    as_volts: bool = False

    def __post_init__(self) -> None:
        if self.metadata is not None and self.metadata.n_channels != self.shape[1]:
            raise InconsistentData(
                f"the recording has {self.shape[1]} channels and its .meta tells of {self.metadata.n_channels}"
            )
        if self.as_volts and self.metadata is None:
            raise DataMissing("volts need the .meta file of the recording; as_volts=False gives the numbers")

    @property
    def shape(self) -> tuple[int, int]:
        """Samples and channels, the sync channel among them."""
        n_samples, n_channels = self.samples.shape
        return n_samples, n_channels

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of the values that an index gives."""
        return np.dtype(np.float32) if self.as_volts else self.samples.dtype

    @property
    def duration(self) -> float:
        """Length of the recording, in seconds."""
        return self.shape[0] / self.sampling_rate

    @property
    def volts_per_bit(self) -> np.ndarray | None:
        """What one step of the file is in volts, per channel; 1 for the sync channel."""
        return None if self.metadata is None else np.asarray(self.metadata.volts_per_bit)

    @property
    def sync_channels(self) -> np.ndarray:
        """Columns that hold no voltage but pulses."""
        return np.zeros(0, np.int64) if self.metadata is None else np.asarray(self.metadata.sync_channels)

    @property
    def geometry(self) -> ProbeGeometry | None:
        """Where the channels are on the probe, as the ``.meta`` file says."""
        return None if self.metadata is None else self.metadata.geometry

    def __len__(self) -> int:
        return self.shape[0]

    def __repr__(self) -> str:
        unit = "volts" if self.as_volts else "numbers as stored"
        n_samples, n_channels = self.shape
        told = f"{n_samples} samples of {n_channels} channels, {self.duration:.1f} s at {self.sampling_rate:g} Hz"
        return f"{type(self).__name__}({told}; {unit})"

    def __getitem__(self, key: Any) -> np.ndarray:
        """Read what an index names, samples first."""
        found = np.asarray(self.samples[key])
        if not self.as_volts:
            return found
        assert self.volts_per_bit is not None  # as the metadata are there
        columns = key[1] if isinstance(key, tuple) and len(key) > 1 else slice(None)
        volts: np.ndarray = (found * self.volts_per_bit[columns]).astype(np.float32)
        return volts

    def between(self, start: float, stop: float, *, session_time: bool = False) -> np.ndarray:
        """Read the samples between two times.

        Parameters
        ----------
        start, stop
            Seconds since the first sample, or with `session_time` of the session's clock; ``stop`` is not included.

        Returns
        -------
        (n_samples, n_channels) array
            Less at the ends of the recording.

        Raises
        ------
        DataMissing
            If the session's clock is meant and the probe's time stamps are missing.
        """
        first, last = (max(0, round(value)) for value in self._to_samples(start, stop, session_time=session_time))
        return self[first:last]

    def _to_samples(self, *seconds: float, session_time: bool) -> list[float]:
        if not session_time:
            return [value * self.sampling_rate for value in seconds]
        if self.clock is None:
            raise DataMissing("the time stamps of the probe (_spikeglx_*.timestamps) are missing; give its own seconds")
        return [float(value) for value in self.clock.times2samples(np.array(seconds), self.sampling_rate)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; one that is mapped into memory closes with the last array of it."""
        close_samples(self.samples)


def close_samples(samples: Samples | np.ndarray) -> None:
    """Close what was opened to be read in parts; an array that is mapped into memory closes with its last use."""
    if not isinstance(samples, np.ndarray):
        samples.close()
