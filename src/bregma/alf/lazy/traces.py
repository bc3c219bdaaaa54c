"""Compressed raw traces: ``.cbin``, explained by the ``.ch`` file beside it.

The format is that of mtscomp (International Brain Laboratory): the recording is cut along time into chunks, each
compressed by zlib after, as a rule, every sample but the first of a chunk was replaced by its difference from the
one before.
"""

from __future__ import annotations

import zlib
from bisect import bisect_right
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from bregma.alf.errors import UnreadableFile
from bregma.alf.lazy.array import LazyArray

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

    from bregma.alf.lazy.source import ByteSource

_NEEDED = {"chunk_bounds", "chunk_offsets", "n_channels", "dtype", "sample_rate"}
_KEPT = 2
_TIGHTEST = 1100
"""Times that zlib makes anything smaller, at the very most."""


class Traces(LazyArray):
    """A compressed recording of shape (n_samples, n_channels), in the unit of the file.

    Parameters
    ----------
    source : ByteSource
        The ``.cbin`` file.
    header : mapping
        What the ``.ch`` file says.

    Attributes
    ----------
    sample_rate : float
        In Hz.

    Raises
    ------
    UnreadableFile
        If the header lacks something, or is of another file.
    """

    def __init__(self, source: ByteSource, header: Mapping[str, Any]) -> None:
        import numpy as np

        if missing := _NEEDED - set(header):
            raise UnreadableFile(f"the header (.ch) of {source.name} lacks {', '.join(sorted(missing))}")
        if header.get("algorithm", "zlib") != "zlib":
            raise UnreadableFile(f"{source.name} is compressed by {header['algorithm']!r}; only zlib is known")
        self._source, self._header = source, header
        try:
            self._bounds, self._offsets = _cuts(header["chunk_bounds"]), _cuts(header["chunk_offsets"])
            self.shape = (self._bounds[-1], int(header["n_channels"]))
            self.dtype = np.dtype(header["dtype"])
            self.sample_rate = float(header["sample_rate"])
            _check(self)
        except (TypeError, ValueError, OverflowError) as error:
            raise UnreadableFile(f"the header (.ch) of {source.name} is damaged: {error}; download it again") from error
        self._chunk = lru_cache(_KEPT)(self._decompress)

    @property
    def duration(self) -> float:
        """Length of the recording, in seconds."""
        return len(self) / self.sample_rate

    def between(self, start: float, stop: float) -> np.ndarray:
        """Read the samples between two times.

        Parameters
        ----------
        start, stop : float
            Seconds since the first sample; ``stop`` is not included.

        Returns
        -------
        (n_samples, n_channels) array
            Less at the ends of the recording.
        """
        first, last = (max(0, round(seconds * self.sample_rate)) for seconds in (start, stop))
        found: np.ndarray = self[first:last]
        return found

    def _read(self, start: int, stop: int) -> np.ndarray:
        import numpy as np

        found: np.ndarray = np.empty((max(0, stop - start), self.shape[1]), self.dtype)
        i = bisect_right(self._bounds, start) - 1
        while start < stop:
            low, high = self._bounds[i], min(self._bounds[i + 1], stop)
            found[len(found) - (stop - start) :][: high - start] = self._chunk(i)[start - low : high - low]
            start, i = high, i + 1
        return found

    def _decompress(self, i: int) -> np.ndarray:
        """Read one chunk, of shape (n_samples, n_channels)."""
        import numpy as np

        shape = (self._bounds[i + 1] - self._bounds[i], self.shape[1])
        try:
            packed = self._source.read(self._offsets[i], self._offsets[i + 1])
            expected = shape[0] * shape[1] * self.dtype.itemsize
            content = zlib.decompressobj().decompress(packed, expected + 1)  # no more, whatever it would become
            chunk = np.frombuffer(content, self.dtype).reshape(shape, order=self._header.get("chunk_order", "F"))
        except (zlib.error, ValueError, TypeError) as error:
            raise UnreadableFile(f"chunk {i} of {self._source.name} is damaged: {error}; download it again") from error
        for axis, key in ((1, "do_spatial_diff"), (0, "do_time_diff")):
            if self._header.get(key, False):
                chunk = np.cumsum(chunk, axis=axis, dtype=self.dtype)
        return chunk


def _cuts(numbers: Any) -> list[int]:
    """Read where chunks begin, and the last one ends; raises ValueError unless each comes after the one before."""
    cuts = [int(number) for number in numbers]
    if len(cuts) < 2 or cuts[0] < 0 or any(low >= high for low, high in pairwise(cuts)):
        raise ValueError("its chunks do not follow one after another")
    return cuts


def _check(traces: Traces) -> None:
    """Raise ValueError unless these are traces of numbers whose chunks fit each other and the file."""
    if traces._offsets[-1] != traces._source.size:
        raise ValueError(f"its file has {traces._source.size} bytes, its header announces {traces._offsets[-1]}")
    if traces._bounds[0] != 0 or len(traces._bounds) != len(traces._offsets):
        raise ValueError("its chunks do not begin with the first sample, or not all have a place")
    if traces.shape[1] < 1 or traces.dtype.kind not in "iuf" or not traces.sample_rate > 0:
        raise ValueError(f"{traces.shape[1]} channels of {traces.dtype} at {traces.sample_rate} Hz are no traces")
    if traces.nbytes > _TIGHTEST * traces._source.size:
        raise ValueError(
            f"no {traces._source.size} bytes become {traces.shape[0]} samples of {traces.shape[1]} channels"
        )
