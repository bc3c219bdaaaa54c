"""What is computed once for an array and kept, however often the layer around it is replaced."""

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from bregma.viewer.scene.arrays import Floats

_MOST_COLUMNS, _SAMPLES = 4000, 200_000


class Held:
    """An array as a key: the same one, not an equal one."""

    def __init__(self, array: npt.NDArray[Any]) -> None:
        self.array = array

    def __hash__(self) -> int:
        return id(self.array)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Held) and self.array is other.array


def thin(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return every n-th number of an array, so that there are no more than some hundred thousand."""
    flat = array.reshape(-1)
    return flat[:: max(flat.size // _SAMPLES, 1)]


@lru_cache(maxsize=16)
def range_of(held: Held) -> tuple[float, float] | None:
    """Return the least and the greatest finite number; None if there is none."""
    finite = held.array[np.isfinite(held.array)]
    return (float(finite.min()), float(finite.max())) if finite.size else None


@lru_cache(maxsize=8)
def band_of(held: Held) -> tuple[Floats, Floats, Floats]:
    """Return the 10th, 50th and 90th percentile of each row of an array, from some thousand of its columns."""
    rows = held.array.reshape(len(held.array), -1)
    known = rows[:, :: max(rows.shape[1] // _MOST_COLUMNS, 1)].astype(np.float64)
    known[~np.isfinite(known)] = np.nan
    known[np.isnan(known).all(axis=1)] = 0.0
    low, middle, high = np.nanpercentile(known, (10, 50, 90), axis=1)
    return low, middle, high


@lru_cache(maxsize=8)
def histogram_of(held: Held, limits: tuple[float, float] | None, bins: int) -> Floats:
    """Return the heights of a histogram from 0 to 1, of the square root of counts; zeros are left out."""
    sparse = thin(held.array).astype(np.float64)
    known = sparse[np.isfinite(sparse) & (sparse != 0)]
    if not known.size:
        return np.zeros(bins)
    low, high = limits if limits is not None else np.percentile(known, (1, 99.5))
    counts, _ = np.histogram(known, bins=bins, range=(float(low), float(max(high, low + 1e-12))))
    tall = np.sqrt(counts)
    heights: Floats = tall / max(tall.max(), 1)
    return heights
