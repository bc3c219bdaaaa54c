"""The outside of the brain: its top and bottom at each place, and the surface point nearest to a coordinate."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from bregma.atlas.coordinates import Floats, check_metres
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
        brain = labels != 0
        z = grid.scales[2]
        filled = brain.any(axis=2)
        highest = brain.shape[2] - 1 - brain[:, :, ::-1].argmax(axis=2)
        return cls(
            grid,
            top=np.where(filled, z[highest], np.nan),
            bottom=np.where(filled, z[brain.argmax(axis=2)], np.nan),
            points=grid.xyz_of(np.argwhere(brain & ~_interior(brain))),
        )

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
        places = np.asarray(xy, dtype=np.float64)[..., :2]
        level = np.full((*places.shape[:-1], 1), self.grid.origin[2])
        i, j, _ = np.moveaxis(self.grid.index_of(np.concatenate([places, level], axis=-1)), -1, 0)
        return np.where(i >= 0, heights[i, j], np.nan)

    @cached_property
    def _tree(self) -> Any:
        from scipy.spatial import KDTree

        return KDTree(self.points)


def _interior(brain: Mask) -> Mask:
    """Return the voxels whose six neighbours are all in the brain."""
    inner = np.zeros_like(brain)
    core = inner[1:-1, 1:-1, 1:-1]
    core[:] = brain[2:, 1:-1, 1:-1] & brain[:-2, 1:-1, 1:-1]
    core &= brain[1:-1, 2:, 1:-1] & brain[1:-1, :-2, 1:-1]
    core &= brain[1:-1, 1:-1, 2:] & brain[1:-1, 1:-1, :-2]
    return inner
