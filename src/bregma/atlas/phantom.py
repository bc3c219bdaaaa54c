"""A synthetic atlas: ellipsoids with the names of real regions. No brain, and it says so."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from bregma.atlas.atlas import Atlas
from bregma.atlas.hemispheres import lateralise_labels
from bregma.atlas.regions import Regions

Triple = tuple[float, float, float]
Grid = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.float64]]

PHANTOM_CREDIT = "Phantom: ellipsoids with the names of real regions, made by bregma. Not a brain."


@dataclass(frozen=True)
class Ellipsoid:
    """One ellipsoid of the phantom, in millimetres relative to bregma; a lateral one has a mirror image."""

    acronym: str
    centre: Triple
    radii: Triple


# The outer ones first: each is painted over those before it.
_ELLIPSOIDS = (
    Ellipsoid("ANcr1", (0.0, -6.6, -3.2), (3.2, 1.6, 2.0)),
    Ellipsoid("MOB", (0.9, 3.4, -3.4), (0.9, 1.5, 1.3)),
    Ellipsoid("SSp-bfd5", (0.0, -1.2, -3.2), (4.9, 4.7, 3.1)),
    Ellipsoid("MOs5", (1.3, 1.9, -1.9), (1.3, 1.6, 1.3)),
    Ellipsoid("VISp5", (2.5, -3.6, -1.7), (1.4, 1.3, 1.0)),
    Ellipsoid("ccb", (0.0, -1.2, -3.4), (3.6, 3.6, 2.2)),
    Ellipsoid("CP", (2.0, 0.5, -3.4), (1.1, 1.5, 1.3)),
    Ellipsoid("CA1", (2.1, -2.4, -2.4), (1.1, 1.0, 0.7)),
    Ellipsoid("VPM", (1.1, -1.7, -3.9), (0.9, 1.0, 0.8)),
    Ellipsoid("MD", (0.4, -1.2, -3.5), (0.4, 0.7, 0.5)),
    Ellipsoid("MRN", (0.8, -3.7, -4.1), (0.8, 0.7, 0.8)),
)
_LOWER_CORNER_MM = (-6.4, -8.8, -9.2)
_EDGE_MM = 12.8


def phantom_atlas(size: int = 64) -> Atlas:
    """Return a synthetic atlas, about as large as a mouse brain and in its place.

    It has the outline of a brain at most: nested, bilateral ellipsoids that carry real acronyms, so that what
    works on it works on the Allen atlas.

    Parameters
    ----------
    size : int
        Voxels along each edge of the cube; 64 gives 200 µm.

    Returns
    -------
    Atlas
        With ``is_phantom`` set. The array is shared between calls and cannot be written.

    Raises
    ------
    ValueError
        If the size is below 8 or above 512.
    """
    if not 8 <= size <= 512:
        raise ValueError(f"a phantom has 8 to 512 voxels along each edge, not {size}")
    spacing_mm = _EDGE_MM / size
    x, y, z = ((corner + spacing_mm / 2) * 1e-3 for corner in _LOWER_CORNER_MM)
    name = f"phantom, {spacing_mm * 1e3:g} µm (no brain)"
    regions = Regions.allen().lateralised
    return Atlas(_paint(size), (x, y, z), spacing_mm * 1e-3, regions, name, PHANTOM_CREDIT, is_phantom=True)


@cache
def _paint(size: int) -> npt.NDArray[np.uint16]:
    steps = (np.arange(size) + 0.5) * (_EDGE_MM / size)
    x, y, z = np.meshgrid(*(corner + steps for corner in _LOWER_CORNER_MM), indexing="ij", sparse=True)
    labels = np.zeros((size, size, size), dtype=np.uint16, order="F")
    for shape in _ELLIPSOIDS:
        labels[_inside(shape, (x, y, z))] = Regions.allen().row(shape.acronym)
    labels = lateralise_labels(labels, x[:, 0, 0], Regions.allen())
    labels.flags.writeable = False
    return labels


def _inside(shape: Ellipsoid, grid: Grid) -> npt.NDArray[np.bool_]:
    # |x| paints both hemispheres at once; one that reaches over the midline merges with its mirror image.
    offsets = (np.abs(grid[0]) - shape.centre[0], grid[1] - shape.centre[1], grid[2] - shape.centre[2])
    distance = sum((offset / radius) ** 2 for offset, radius in zip(offsets, shape.radii, strict=True))
    inside: npt.NDArray[np.bool_] = np.asarray(distance) <= 1.0
    return inside
