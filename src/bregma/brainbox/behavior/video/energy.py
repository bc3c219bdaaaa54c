"""Motion energy: how much the pixels of a video change from frame to frame.

Frames come as one array or from any iterator, are looked at a few at a time and never copied whole.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from bregma.brainbox.arrays import Floats, InvalidInput, check_count
from bregma.brainbox.results import Labelled, values

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Frame: TypeAlias = NDArray[np.uint8]
Region: TypeAlias = tuple[slice, slice]


@dataclass(frozen=True)
class MotionEnergy(Labelled):
    """Change between frame i and frame i + ``step``; arrays of one value per pair of frames.

    ``energy`` is the mean over pixels and ``deviation`` the standard deviation, both of the difference in grey levels
    (0 to 255).
    """

    energy: Floats = values("pair")
    deviation: Floats = values("pair")
    step: int = 1

    @property
    def normalized(self) -> Floats:
        """The energy from 0 (least) to 1 (most); zeros where it is always the same."""
        if not self.energy.size:
            return self.energy
        low, high = self.energy.min(), self.energy.max()
        return np.asarray((self.energy - low) / (high - low if high > low else 1.0))


def difference_of_frames(one: Frame, other: Frame) -> Frame:
    """Return how much each pixel differs between two frames.

    Parameters
    ----------
    one, other : (height, width) or (height, width, 3) arrays
        Of 8 bits.

    Returns
    -------
    (height, width) array
        Grey levels, 0 to 255. Of colours, the root mean square over the three, rounded.

    Raises
    ------
    InvalidInput
        If the frames differ in shape, are not of 8 bits, or are no frames.
    """
    first, second = np.asarray(one), np.asarray(other)
    if first.shape != second.shape:
        raise InvalidInput(f"frames differ in shape: {first.shape} and {second.shape}")
    if first.dtype != np.uint8 or second.dtype != np.uint8:
        raise InvalidInput(f"frames are {first.dtype} and {second.dtype}; give 8-bit frames (uint8)")
    if first.ndim == 2:
        return np.maximum(first, second) - np.minimum(first, second)
    if first.ndim != 3 or first.shape[2] != 3:
        raise InvalidInput(f"a frame has shape {first.shape}; give (height, width) or (height, width, 3)")
    squares = (first.astype(np.float32) - second) ** 2
    return np.asarray(np.round(np.sqrt(squares.sum(axis=2) / 3)), dtype=np.uint8)


def difference_frames(frames: Iterable[Frame], *, step: int = 1) -> Iterator[Frame]:
    """Yield the difference between each frame and the one `step` later; see `difference_of_frames`.

    Parameters
    ----------
    frames
        (n_frames, height, width[, 3]) array, memory map, or an iterator. Only ``step + 1`` frames are held.

    Raises
    ------
    InvalidInput
        If the step is below 1, or frames are not alike.
    """
    check_count("step", step)
    held: deque[Any] = deque(maxlen=step)
    for frame in frames:
        if len(held) == step:
            yield difference_of_frames(held[0], frame)
        # An iterator may use its frame again for the next.
        held.append(np.array(frame))


def compute_motion_energy(
    frames: Iterable[Frame],
    *,
    step: int = 2,
    region: Region | None = None,
    kernel: tuple[int, int] | None = None,
) -> MotionEnergy:
    """Compute the motion energy of a video.

    Parameters
    ----------
    frames
        (n_frames, height, width[, 3]) array, memory map, or an iterator, of 8 bits.
    step
        Frames between those that are compared.
    region
        Part of the frame, such as ``np.s_[100:200, 50:150]`` (rows, columns); by default all of it.
    kernel
        Height and width, odd, of a Gaussian that blurs each difference over its rows and columns; by default none. Its
        standard deviation is ``0.3 * ((size - 1) / 2 - 1) + 0.8`` pixels.

    Returns
    -------
    MotionEnergy
        With n_frames - step values; none when there are too few frames.

    Raises
    ------
    InvalidInput
        If the step is below 1, the kernel is even, the region is empty, or frames are not alike and of 8 bits.
    """
    weights = tuple(_gaussian(size) for size in kernel) if kernel else None
    parts = frames if region is None else (np.asarray(frame)[region] for frame in frames)
    found = []
    for difference in difference_frames(parts, step=step):
        if not difference.size:
            raise InvalidInput(f"region {region} holds no pixels of the frame")
        pixels = difference if weights is None else _blur(difference, weights)
        found.append((pixels.mean(), pixels.std()))
    table = np.array(found, dtype=np.float64).reshape(-1, 2)
    return MotionEnergy(table[:, 0], table[:, 1], step)


def _gaussian(size: int) -> Floats:
    if size < 1 or size % 2 == 0:
        raise InvalidInput(f"kernel size {size} is not odd; give sizes such as (9, 9)")
    deviation = 0.3 * ((size - 1) / 2 - 1) + 0.8
    weights = np.exp(-0.5 * ((np.arange(size) - size // 2) / deviation) ** 2)
    return np.asarray(weights / weights.sum())


def _blur(difference: Frame, weights: tuple[Floats, ...]) -> NDArray[np.float32]:
    blurred = difference.astype(np.float32)
    for axis, along in enumerate(weights):
        blurred = ndimage.correlate1d(blurred, along, axis=axis, mode="mirror")
    return np.asarray(blurred, dtype=np.float32)
