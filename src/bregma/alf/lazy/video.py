"""Frames of a video by their number."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import chain
from typing import TYPE_CHECKING, Any, Self

from bregma.alf.errors import UnreadableFile
from bregma.later import need_package

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import numpy as np

    from bregma.alf.lazy.source import ByteSource


class Video:
    """A video of which only those frames are decoded that are asked for: ``video[0]``, ``video[100:200:10]``.

    Parameters
    ----------
    source : Path or ByteSource
        The file.
    pixels : str
        ``"rgb24"`` for frames of shape (height, width, 3), ``"gray"`` for (height, width).

    Attributes
    ----------
    frame_rate : float
        In Hz.

    Raises
    ------
    UnreadableFile
        If it is no video.
    """

    def __init__(self, source: Path | ByteSource, *, pixels: str = "rgb24") -> None:
        need_package("av", "formats")
        import av

        self._name = str(source) if not hasattr(source, "size") else source.name
        self._pixels = pixels
        try:
            place = source.file if hasattr(source, "file") else str(source)
            self._container: Any = av.open(place, metadata_errors="replace")
            self._stream: Any = self._container.streams.video[0]
            self._times, self._keys = self._index()
        except (av.error.FFmpegError, IndexError) as error:
            raise UnreadableFile(f"cannot read {self._name}: {error}; download it again") from error
        self.frame_rate = float(self._stream.average_rate or 0)
        self._next = len(self._times)
        self._decoded: Iterator[Any] = iter(())

    def __repr__(self) -> str:
        return f"Video({self._name!r}, shape={self.shape}, frame_rate={self.frame_rate:g})"

    def __len__(self) -> int:
        return len(self._times)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._container.close()

    @property
    def shape(self) -> tuple[int, ...]:
        """Frames, height, width and, for colours, 3."""
        size = (len(self), int(self._stream.height), int(self._stream.width))
        return size if self._pixels == "gray" else (*size, 3)

    def __getitem__(self, key: int | slice | Iterable[int]) -> np.ndarray:
        """Decode one frame (height, width, 3), or several (n, height, width, 3)."""
        import numpy as np

        if isinstance(key, slice):
            numbers = list(range(len(self))[key])
        else:
            numbers = np.atleast_1d(np.asarray(key, int)).tolist()
        frames = dict(self._frames(sorted({self._check(i) for i in numbers})))
        chosen = [frames[self._check(i)] for i in numbers]
        if np.ndim(key) == 0 and not isinstance(key, slice):  # type: ignore[arg-type]
            return chosen[0]
        return np.stack(chosen) if chosen else np.empty((0, *self.shape[1:]), np.uint8)

    def __iter__(self) -> Iterator[np.ndarray]:
        return (frame for _, frame in self._frames(range(len(self))))

    def _frames(self, numbers: Iterable[int]) -> Iterator[tuple[int, np.ndarray]]:
        """Decode frames in order."""
        for i in numbers:
            yield i, self._decode(i).to_ndarray(format=self._pixels)

    def _decode(self, i: int) -> Any:
        """Decode one frame, from the key frame before it on unless it is the next."""
        import av

        key = self._keys[bisect_right(self._keys, i) - 1]
        try:
            if not key <= self._next <= i:
                self._seek(key)
            return next(frame for frame in self._decoded if self._step() == i)
        except (av.error.FFmpegError, StopIteration) as error:
            self._next = len(self)
            raise UnreadableFile(f"frame {i} of {self._name} is damaged or missing; download it again") from error

    def _step(self) -> int:
        """Count a frame that was decoded."""
        self._next += 1
        return self._next - 1

    def _seek(self, key: int) -> None:
        """Go to a frame that can be decoded without those before it."""
        self._container.seek(self._times[key], stream=self._stream, backward=True)
        packets = self._container.demux(self._stream)
        first = next(packets)
        self._next = key if first.dts is None else bisect_left(self._times, first.dts)
        self._decoded = (frame for packet in chain([first], packets) for frame in packet.decode())

    def _index(self) -> tuple[list[int], list[int]]:
        """List the time stamps of all frames as they are decoded, and which are key frames, without decoding any.

        A closed group of frames begins with its key frame in both orders, those of decoding and of showing.
        """
        entries = list(self._stream.index_entries)
        if 0 < self._stream.frames <= len(entries):
            found = [(entry.timestamp, entry.is_keyframe) for entry in entries]
        else:
            packets = self._container.demux(self._stream)
            found = [(packet.dts, packet.is_keyframe) for packet in packets if packet.size and packet.dts is not None]
        keys = [i for i, (_, is_key) in enumerate(found) if is_key]
        return [time for time, _ in found], keys or [0]

    def _check(self, i: int) -> int:
        if not -len(self) <= i < len(self):
            raise IndexError(f"frame {i} is not in {self._name}, which has {len(self)}")
        return i % len(self)
