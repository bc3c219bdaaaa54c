"""Laplace's equation in a layer of voxels, and the lengths of its streamlines."""

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from bregma.atlas.atlas import Atlas
from bregma.atlas.coordinates import Floats
from bregma.atlas.errors import InvalidAtlas, RegionNotFound
from bregma.atlas.grid import Grid
from bregma.atlas.regions import Regions

Mask = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

_TOLERANCE = 1e-4
_INSIDE, _PIA, _WHITE, _WALL = range(4)
_LAYER = re.compile(r"layer (\d)", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class Cortex:
    """The voxels of a cortex, and which of their faces are on the pia, the white matter, or neither.

    Parameters
    ----------
    grid : Grid
        Of the atlas.
    voxels : (n,) array of int
        Places in the volume of labels, flattened; in growing order.
    neighbours : (n, 6) array of int
        Row of the voxel on each side (-x, +x, -y, +y, -z, +z); n where there is none.
    faces : (n, 6) array of int
        What is on each side: 0 cortex, 1 pia, 2 white matter, 3 something else.
    """

    grid: Grid
    voxels: Ints
    neighbours: npt.NDArray[np.int32]
    faces: npt.NDArray[np.uint8]

    @classmethod
    def of_atlas(cls, atlas: Atlas, cortex: str = "Isocortex", white_matter: str = "fiber tracts") -> "Cortex":
        """Find the cortex in an atlas; the two hemispheres do not touch.

        The pia is where the cortex ends in void, and where its layer 1 ends; the white matter where it ends in fibre
        tracts, and where its layer 6 ends. Through its other ends nothing flows.

        Raises
        ------
        InvalidAtlas
            If the atlas has no such regions, or no voxels of them.
        """
        regions = atlas.regions
        try:
            inside, fibres = (_rows_in(regions, name) for name in (cortex, white_matter))
        except RegionNotFound as error:
            raise InvalidAtlas(f"{atlas.name} has no cortex between pia and white matter: {error}") from error
        layers = np.array([int(found[1]) if (found := _LAYER.search(name)) else 0 for name in regions.names], np.int8)
        kinds = np.where(inside, regions.sides.astype(np.int16) + 2, 0).astype(np.uint8)
        # One more row stands for what lies beyond the volume: neither void nor fibres.
        kinds, fibres, layers = np.append(kinds, np.uint8(0)), np.append(fibres, False), np.append(layers, np.int8(0))
        labels = np.pad(atlas.labels, 1, constant_values=len(regions))
        flat = labels.reshape(-1)
        voxels = np.flatnonzero(kinds[flat])
        if voxels.size == 0:
            raise InvalidAtlas(f"{atlas.name} has no voxel of {cortex}")
        number = np.full(flat.size, voxels.size, dtype=np.int32)
        number[voxels] = np.arange(voxels.size, dtype=np.int32)
        own = flat[voxels]
        neighbours = np.empty((voxels.size, 6), dtype=np.int32)
        faces = np.empty((voxels.size, 6), dtype=np.uint8)
        for side, step in enumerate(_steps(labels.shape)):
            other = flat[voxels + step]
            faces[:, side] = _name_faces(kinds[own] == kinds[other], layers[own], other == 0, fibres[other])
            neighbours[:, side] = np.where(faces[:, side] == _INSIDE, number[voxels + step], voxels.size)
        places = np.array(np.unravel_index(voxels, labels.shape)) - 1
        return cls(atlas.grid, np.ravel_multi_index(tuple(places), atlas.labels.shape), neighbours, faces)

    @cached_property
    def edge(self) -> float:
        """Edge of a voxel, in metres."""
        return self.grid.spacing[0]


def solve_laplace(cortex: Cortex, guess: Floats | None) -> Floats:
    """Solve for the potential: 0 on the pia, 1 on the white matter, half a voxel from the centres beside them."""
    from scipy.sparse.linalg import LinearOperator, cg

    n = cortex.voxels.size
    fixed = (cortex.faces == _PIA) | (cortex.faces == _WHITE)
    diagonal = (cortex.faces == _INSIDE).sum(axis=1) + 2.0 * fixed.sum(axis=1)
    diagonal[diagonal == 0] = 1.0
    columns = np.ascontiguousarray(cortex.neighbours.T)

    def apply(values: Floats) -> Floats:
        padded = np.append(values.ravel(), 0.0)
        result: Floats = diagonal * values.ravel()
        for column in columns:
            result -= padded[column]
        return result

    right: Floats = 2.0 * (cortex.faces == _WHITE).sum(axis=1)
    start = np.full(n, 0.5) if guess is None else np.where(np.isfinite(guess), guess, 0.5)
    matrix = LinearOperator((n, n), matvec=apply, dtype=np.float64)
    scale = LinearOperator((n, n), matvec=lambda values: values.ravel() / diagonal, dtype=np.float64)
    found, _ = cg(matrix, right, x0=start, rtol=_TOLERANCE, maxiter=2000, M=scale)
    return np.clip(found, 0.0, 1.0)


def find_slopes(cortex: Cortex, fraction: Floats) -> Floats:
    """Return the gradient of the potential, in units per voxel; across a wall it is flat."""
    padded = np.append(fraction, 0.0)
    sides = np.empty((6, fraction.size))
    for side in range(6):
        ghosts = np.array([0.0, 0.0, 2.0, 0.0])[cortex.faces[:, side]] - fraction
        beyond = np.where(cortex.faces[:, side] == _WALL, fraction, ghosts)
        sides[side] = np.where(cortex.faces[:, side] == _INSIDE, padded[cortex.neighbours[:, side]], beyond)
    return (sides[1::2] - sides[::2]).T / 2


def measure_lengths(cortex: Cortex, potential: Floats, directions: Floats) -> Floats:
    """Return the way up along the streamline to where the potential is lowest, in metres.

    The length grows by one voxel per voxel along the direction. Taken upwind, each voxel depends on lower ones only:
    in the order of the potential that is a triangular system.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.linalg import spsolve_triangular

    n = potential.size
    rank = np.empty(n, dtype=np.int32)
    rank[np.argsort(potential, kind="stable")] = np.arange(n, dtype=np.int32)
    diagonal, right = np.zeros(n), np.ones(n)
    rows, columns, entries = [], [], []
    padded_rank = np.append(rank, np.int32(n))
    for axis in range(3):
        weight = np.abs(directions[:, axis])
        side = np.where(directions[:, axis] > 0, 2 * axis, 2 * axis + 1)
        other = cortex.neighbours[np.arange(n), side]
        flows = padded_rank[other] < rank
        ends = np.isin(cortex.faces[np.arange(n), side], (_PIA, _WHITE))
        diagonal += weight * (flows | ends)
        right -= weight * ends / 2
        rows.append(rank[flows])
        columns.append(padded_rank[other[flows]])
        entries.append(-weight[flows])
    stuck = diagonal < 1e-6
    diagonal[stuck], right[stuck] = 1.0, 0.5
    rows.append(rank)
    columns.append(rank)
    entries.append(diagonal)
    matrix = csr_array((np.concatenate(entries), (np.concatenate(rows), np.concatenate(columns))), shape=(n, n))
    ordered = np.empty(n)
    ordered[rank] = right
    lengths: Floats = spsolve_triangular(matrix, ordered, lower=True)[rank]
    return np.maximum(lengths, 0.5) * cortex.edge


def _rows_in(regions: Regions, name: str) -> Mask:
    chosen = np.zeros(len(regions), dtype=bool)
    chosen[regions.descendants(name)] = True
    return chosen


def _steps(shape: tuple[int, ...]) -> list[int]:
    """Return how far away the neighbours on the six sides are in a flattened volume."""
    strides = (shape[1] * shape[2], shape[2], 1)
    return [sign * stride for stride in strides for sign in (-1, 1)]


def _name_faces(same: Mask, layer: npt.NDArray[np.int8], void: Mask, fibres: Mask) -> npt.NDArray[np.uint8]:
    choices = [same, layer == 1, layer == 6, void, fibres]
    return np.select(choices, [_INSIDE, _PIA, _WHITE, _PIA, _WHITE], _WALL).astype(np.uint8)
