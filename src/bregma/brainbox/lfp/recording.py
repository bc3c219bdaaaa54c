"""Long recordings, read and worked on a stretch at a time: memory maps, compressed files, anything with rows."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from bregma.brainbox.arrays import InvalidInput, check_count
from bregma.brainbox.lfp.traces import Traces, check_sampling_rate, check_shape
from bregma.brainbox.results import Concise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import ArrayLike, NDArray


class Samples(Protocol):
    """Rows of samples that are read when asked for: an array, a memory map, `bregma.alf` traces."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Samples and channels."""
        ...

    def __getitem__(self, key: Any, /) -> Any:
        """Return rows: `key` is a slice."""
        ...


@dataclass(frozen=True)
class Recording(Concise):
    """Samples (n_samples, n_channels) of a file, and how to read them as traces in volts.

    A slice of it, ``recording[start:stop]``, is read in volts: it goes wherever samples go.

    Parameters
    ----------
    samples : array-like with shape and rows
        Samples first; nothing is read yet.
    sampling_rate : float
        In Hz.
    volts_per_bit : number or (n_channels,) array
        Of each channel of `samples`; 1 when they are volts already.
    channels : (n,) array, optional
        Channels to read, in this order: leave out the sync channel, or put them in order along the probe.

    Raises
    ------
    InvalidInput
        If samples are not (n_samples, n_channels), or gains or channels do not fit them.
    """

    samples: Samples
    sampling_rate: float
    volts_per_bit: ArrayLike = 1.0
    channels: ArrayLike | None = None

    def __post_init__(self) -> None:
        check_shape(self.samples.shape)
        check_sampling_rate(self.sampling_rate)
        n_saved = self.samples.shape[1]
        gains = np.asarray(self.volts_per_bit, np.float64)
        if gains.shape not in ((), (n_saved,)) or not np.isfinite(gains).all():
            raise InvalidInput(f"volts_per_bit has shape {gains.shape}; give one finite number, or {n_saved}")
        if self.channels is not None and not np.isin(self.channels, np.arange(n_saved)).all():
            raise InvalidInput(f"channels names some that are not among the {n_saved} of the samples")

    @property
    def n_samples(self) -> int:
        """How many samples there are."""
        return self.samples.shape[0]

    @property
    def n_channels(self) -> int:
        """How many channels are read."""
        return self.samples.shape[1] if self.channels is None else len(np.asarray(self.channels))

    @property
    def shape(self) -> tuple[int, int]:
        """Samples, and channels that are read."""
        return self.n_samples, self.n_channels

    def __getitem__(self, rows: slice) -> Traces:
        start, stop, step = rows.indices(self.n_samples)
        if step != 1:
            raise InvalidInput(f"a recording is read in one piece; give a slice without the step {step}")
        return self.read(start, stop)

    def read(self, start: int, stop: int) -> Traces:
        """Return the traces (stop - start, n_channels) in volts; less at the end of the recording."""
        bits = np.asarray(self.samples[max(start, 0) : stop])
        gains = np.broadcast_to(np.asarray(self.volts_per_bit, np.float64), (bits.shape[1],))
        if self.channels is not None:
            chosen = np.asarray(self.channels)
            bits, gains = bits[:, chosen], gains[chosen]
        volts = np.empty(bits.shape, np.float64 if bits.dtype == np.float64 else np.float32)
        np.multiply(bits, gains, out=volts, casting="same_kind")
        return volts


@dataclass(frozen=True)
class Chunk:
    """A stretch of a recording: samples to read, and those of them whose result is kept."""

    read: slice
    keep: slice


def iterate_chunks(n_samples: int, chunk_size: int, overlap: int = 0) -> Iterator[Chunk]:
    """Cut a recording into stretches that overlap.

    Parameters
    ----------
    n_samples : int
        Of the recording.
    chunk_size : int
        Samples of which the result is kept, in each stretch.
    overlap : int
        Samples read before and after those, where there are any.

    Yields
    ------
    Chunk
        Kept samples follow each other without a gap.

    Raises
    ------
    InvalidInput
        If `chunk_size` is not above zero or `overlap` is negative.
    """
    check_count("n_samples", n_samples, least=0)
    check_count("chunk_size", chunk_size)
    check_count("overlap", overlap, least=0)
    if chunk_size < 1 or overlap < 0:
        raise InvalidInput(f"chunk_size {chunk_size}, overlap {overlap}: give a chunk above zero, no negative overlap")
    for start in range(0, n_samples, chunk_size):
        stop = min(start + chunk_size, n_samples)
        yield Chunk(slice(max(0, start - overlap), min(n_samples, stop + overlap)), slice(start, stop))


def process_recording(
    recording: Recording,
    function: Callable[[Traces], NDArray[Any]],
    *,
    chunk_size: int = 65_536,
    overlap: int = 1024,
    out: Any = None,
    n_threads: int = 1,
) -> Any:
    """Run a function over a long recording, stretch by stretch.

    Parameters
    ----------
    recording : Recording
        Of any length; `n_threads` stretches of it are in memory at once.
    function : callable
        Takes traces (n, n_channels) in volts and returns one row per sample, such as filtered traces.
    chunk_size, overlap : int
        Samples kept of each stretch, and read around them: more than the function's filters ring.
    out : array or memory map (n_samples, ...), optional
        Filled with the result, cast to its type. By default a new array in memory.
    n_threads : int
        Stretches worked on at once. Filters, transforms and products of matrices let each other run.

    Returns
    -------
    (n_samples, ...) array
        `out`.

    Raises
    ------
    InvalidInput
        If the function does not return one row per sample, or `out` has not as many rows.
    """
    check_count("n_threads", n_threads)
    chunks = iterate_chunks(recording.n_samples, chunk_size, overlap)
    if out is not None and len(out) != recording.n_samples:
        raise InvalidInput(f"out has {len(out)} rows; the recording has {recording.n_samples} samples")

    def work(chunk: Chunk) -> NDArray[Any]:
        traces = recording.read(chunk.read.start, chunk.read.stop)
        result = np.asarray(function(traces))
        if len(result) != len(traces):
            raise InvalidInput(f"function returned {len(result)} rows for {len(traces)} samples; return one per sample")
        first = chunk.keep.start - chunk.read.start
        return result[first : first + chunk.keep.stop - chunk.keep.start]

    with ThreadPoolExecutor(max(1, n_threads)) as pool:
        while batch := list(islice(chunks, max(1, n_threads))):
            for chunk, rows in zip(batch, pool.map(work, batch), strict=True):
                if out is None:
                    out = np.empty((recording.n_samples, *rows.shape[1:]), rows.dtype)
                out[chunk.keep] = rows
    return out
