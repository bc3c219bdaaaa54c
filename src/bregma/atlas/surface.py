"""The outside of the brain: its top and bottom at each place, and the surface point nearest to a coordinate."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from bregma.atlas.coordinates import Floats, check_metres, check_numbers
from bregma.atlas.errors import InvalidCoordinates
from bregma.atlas.grid import Grid
from bregma.atlas.table import Rows

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class BrainSurface:
    """Where the brain begins and ends, seen from above, from below and from all sides.

    Parameters
    ----------
    grid : Grid
        The voxels of the volume.
    top, bottom : (n_x, n_y) array
        z of the centre of the highest and of the lowest voxel of the brain in each column, in metres;
        NaN where there is no brain.
    points : (n, 3) array
        Centres of the voxels of the brain that have a face in common with void or with the end of the volume.
    """

    grid: Grid
    top: Floats
    bottom: Floats
    points: Floats

    @classmethod
    def of_labels(cls, labels: Rows, grid: Grid) -> "BrainSurface":
        """Find the surface of what is not void in a volume of labels."""
        z = grid.scales[2]
        top, bottom = np.full(labels.shape[:2], np.nan), np.full(labels.shape[:2], np.nan)
        points = [np.empty((0, 3))]
        layers = _Layers(labels)
        for k in range(labels.shape[2]):  # layer by layer: a volume may be larger than the memory
            brain = layers.at(k)
            top[brain] = z[k]
            bottom[brain & np.isnan(bottom)] = z[k]
            points.append(grid.xyz_of(np.insert(np.argwhere(layers.rim(k)), 2, k, axis=1)))
        return cls(grid, top, bottom, np.concatenate(points))

    def top_at(self, xy: npt.ArrayLike) -> Floats:
        """Return z of the top of the brain at places seen from above.

        Parameters
        ----------
        xy : (..., 2) array
            x and y in metres; also a third entry is taken, and not looked at.

        Returns
        -------
        (...) array
            In metres; NaN where there is no brain, and for NaN.
        """
        return self._at(self.top, xy)

    def bottom_at(self, xy: npt.ArrayLike) -> Floats:
        """Return z of the bottom of the brain at places seen from above, as `top_at` does of the top."""
        return self._at(self.bottom, xy)

    def nearest(self, xyz: npt.ArrayLike) -> Floats:
        """Return the point of the surface that is nearest to each coordinate.

        Parameters
        ----------
        xyz : (..., 3) array
            Metres relative to bregma.

        Returns
        -------
        (..., 3) array
            One of `points`; NaN for NaN, and if there is no brain.
        """
        places = check_metres(xyz)
        known = np.isfinite(places).all(axis=-1) & (len(self.points) > 0)
        found = np.full(places.shape, np.nan)
        if known.any():
            found[known] = self.points[self._tree.query(places[known])[1]]
        return found

    def fill(self) -> Mask:
        """Return where the brain is with everything between its top and its bottom: also ventricles.

        Returns
        -------
        (n_x, n_y, n_z) array of bool
        """
        z, half = self.grid.scales[2], self.grid.spacing[2] / 2
        inside: Mask = (z > self.bottom[..., None] - half) & (z < self.top[..., None] + half)
        return inside

    def _at(self, heights: Floats, xy: npt.ArrayLike) -> Floats:
        places = check_numbers(xy, "places seen from above")
        if places.ndim == 0 or places.shape[-1] not in (2, 3):
            raise InvalidCoordinates(f"places seen from above have x and y on their last axis, not {places.shape}")
        places = places[..., :2]
        level = np.full((*places.shape[:-1], 1), self.grid.origin[2])
        i, j, _ = np.moveaxis(self.grid.index_of(np.concatenate([places, level], axis=-1)), -1, 0)
        return np.where(i >= 0, heights[i, j], np.nan)

    @cached_property
    def _tree(self) -> Any:
        from scipy.spatial import KDTree

        return KDTree(self.points)


class _Layers:
    """Where the brain is in each layer of a volume, from below; void below the first and above the last."""

    def __init__(self, labels: Rows) -> None:
        self._labels = labels
        self._known: dict[int, Mask] = {}

    def at(self, k: int) -> Mask:
        if k not in self._known:
            self._known = {near: layer for near, layer in self._known.items() if abs(near - k) <= 2}
            is_inside = 0 <= k < self._labels.shape[2]
            self._known[k] = self._labels[:, :, k] != 0 if is_inside else np.zeros(self._labels.shape[:2], dtype=bool)
        return self._known[k]

    def rim(self, k: int) -> Mask:
        """Return the voxels of the brain that have void on one of six sides."""
        brain = self.at(k)
        wide = np.pad(brain, 1)
        beside = wide[2:, 1:-1] & wide[:-2, 1:-1] & wide[1:-1, 2:] & wide[1:-1, :-2]
        rim: Mask = brain & ~(beside & self.at(k - 1) & self.at(k + 1))
        return rim
