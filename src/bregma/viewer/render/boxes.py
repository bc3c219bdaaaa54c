"""Many points sorted into boxes of space, of which a line of sight meets few."""

from typing import Any

import numpy as np
import numpy.typing as npt

from bregma.viewer.render.sight import Sight

_POINTS_IN_BOX, _MOST_ACROSS = 100, 32


class Boxes:
    """Points by the box that they are in.

    Parameters
    ----------
    places : (n, 3) array
        In millimetres, all known.
    """

    def __init__(self, places: npt.NDArray[np.floating[Any]]) -> None:
        n_across = int(np.clip(round((len(places) / _POINTS_IN_BOX) ** (1 / 3)), 1, _MOST_ACROSS))
        low, high = places.min(axis=0), places.max(axis=0)
        edges = np.maximum((high - low) / n_across, 1e-6)
        keys = np.zeros(len(places), dtype=np.uint16)
        for axis in range(3):
            keys *= np.uint16(n_across)
            keys += np.minimum((places[:, axis] - low[axis]) / edges[axis], n_across - 1).astype(np.uint16)
        self._order = np.argsort(keys, kind="stable").astype(np.int32)
        counts = np.bincount(keys, minlength=n_across**3)
        filled = np.flatnonzero(counts)
        self._ends = np.cumsum(counts[filled])
        self._starts = self._ends - counts[filled]
        corners = np.stack(np.unravel_index(filled, (n_across,) * 3), axis=1)
        self._centres = low + (corners + 0.5) * edges
        self._radius = float(np.linalg.norm(edges)) / 2

    def find_near(self, sight: Sight, pixels: float) -> npt.NDArray[np.int32]:
        """Return the points of all boxes that come as near to a line of sight; some of them are farther away."""
        offset = self._centres - sight.start
        along = offset @ sight.direction
        reach = pixels * sight.mm_per_pixel
        if sight.placement.perspective:
            reach = reach * np.maximum(along + self._radius, 0) / sight.placement.distance
        beside = np.einsum("ij,ij->i", offset, offset) - along**2
        met = np.flatnonzero(beside <= (self._radius + reach + 1e-4) ** 2)
        pieces = [self._order[start:end] for start, end in zip(self._starts[met], self._ends[met], strict=True)]
        return np.concatenate(pieces) if pieces else np.empty(0, dtype=np.int32)
