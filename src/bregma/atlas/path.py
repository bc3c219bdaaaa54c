"""The voxels that a straight line crosses, with the exact distances at which it enters and leaves each."""

from dataclasses import dataclass

import numpy as np

from bregma.atlas.coordinates import Floats
from bregma.atlas.grid import Grid, Indices

_SHORTEST = 1e-9


@dataclass(frozen=True, eq=False)
class VoxelPath:
    """The voxels between two points, in their order.

    Parameters
    ----------
    index : (n, 3) array of int
        Voxels; -1 on all three axes outside of the volume.
    edges : (n + 1,) array
        Distances from the first point, in metres; voxel i is between ``edges[i]`` and ``edges[i + 1]``.
    """

    index: Indices
    edges: Floats


def walk_voxels(grid: Grid, start: Floats, stop: Floats) -> VoxelPath:
    """Find the voxels on the straight way from one point to another.

    Voxels in which the way is shorter than a nanometre are left out: a point on a face is in the voxel ahead. Two
    points at the same place are in one voxel, with no length.
    """
    length = float(np.linalg.norm(stop - start))
    first, last = grid.position_of(start) + 0.5, grid.position_of(stop) + 0.5
    faces = np.sort(np.concatenate([_crossings(first[i], last[i], n) for i, n in enumerate(grid.shape)])) * length
    faces = faces[(faces > _SHORTEST) & (faces < length - _SHORTEST)]
    edges = np.concatenate([[0.0], faces[np.diff(faces, prepend=0.0) > _SHORTEST], [length]])
    middles = (edges[1:] + edges[:-1]) / 2
    index = grid.index_of(start + middles[:, None] * ((stop - start) / (length or 1.0)))
    return VoxelPath(index, edges)


def _crossings(first: float, last: float, n: int) -> Floats:
    """Return the fractions of the way at which a coordinate, in voxels, passes whole numbers from 0 to n."""
    low, high = max(0, int(np.ceil(min(first, last)))), min(n, int(np.floor(max(first, last))))
    if first == last or low > high:
        return np.empty(0)
    fractions: Floats = (np.arange(low, high + 1, dtype=np.float64) - first) / (last - first)
    return fractions[(fractions > 0) & (fractions < 1)]
