"""A synthetic atlas: ellipsoids with the names of real regions. No brain, and it says so."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from bregma.atlas.atlas import Atlas
from bregma.atlas.errors import InvalidValues
from bregma.atlas.hemispheres import lateralise_labels
from bregma.atlas.regions import Regions

Triple = tuple[float, float, float]
Grid = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.float64]]

PHANTOM_CREDIT = "Phantom: ellipsoids with the names of real regions, made by bregma. Not a brain."


@dataclass(frozen=True)
class Ellipsoid:
    """One ellipsoid of the phantom, in millimetres relative to bregma; a lateral one has a mirror image.

    `shade` is its brightness in the template.
    """

    acronym: str
    centre: Triple
    radii: Triple
    shade: int


# The outer ones first: each is painted over those before it.
_ELLIPSOIDS = (
    Ellipsoid("ANcr1", (0.0, -6.6, -3.2), (3.2, 1.6, 2.0), 210),
    Ellipsoid("MOB", (0.9, 3.4, -3.4), (0.9, 1.5, 1.3), 250),
    Ellipsoid("SSp-bfd5", (0.0, -1.2, -3.2), (4.9, 4.7, 3.1), 180),
    Ellipsoid("MOs5", (1.3, 1.9, -1.9), (1.3, 1.6, 1.3), 195),
    Ellipsoid("VISp5", (2.5, -3.6, -1.7), (1.4, 1.3, 1.0), 205),
    Ellipsoid("ccb", (0.0, -1.2, -3.4), (3.6, 3.6, 2.2), 70),
    Ellipsoid("CP", (2.0, 0.5, -3.4), (1.1, 1.5, 1.3), 150),
    Ellipsoid("CA1", (2.1, -2.4, -2.4), (1.1, 1.0, 0.7), 230),
    Ellipsoid("VPM", (1.1, -1.7, -3.9), (0.9, 1.0, 0.8), 120),
    Ellipsoid("MD", (0.4, -1.2, -3.5), (0.4, 0.7, 0.5), 140),
    Ellipsoid("MRN", (0.8, -3.7, -4.1), (0.8, 0.7, 0.8), 130),
)
_LOWER_CORNER_MM = (-6.4, -8.8, -9.2)
_EDGE_MM = 12.8
_RING, _RINGS = 25, 18.0


def phantom_atlas(size: int = 64) -> Atlas:
    """Return a synthetic atlas, about as large as a mouse brain and in its place.

    It has the outline of a brain at most: nested, bilateral ellipsoids that carry real acronyms, so that what
    works on it works on the Allen atlas. Its template shows rings.

    Parameters
    ----------
    size : int
        Voxels along each edge of the cube; 64 gives 200 µm.

    Returns
    -------
    Atlas
        With ``is_phantom`` set. The arrays are shared between calls and cannot be written.

    Raises
    ------
    InvalidValues
        If the size is below 8 or above 512.
    """
    if not 8 <= size <= 512:
        raise InvalidValues(f"a phantom has 8 to 512 voxels along each edge, not {size}")
    spacing_mm = _EDGE_MM / size
    x, y, z = ((corner + spacing_mm / 2) * 1e-3 for corner in _LOWER_CORNER_MM)
    name = f"phantom, {spacing_mm * 1e3:g} µm (no brain)"
    labels, template = _paint(size)
    return Atlas(
        labels,
        (x, y, z),
        spacing_mm * 1e-3,
        Regions.allen().lateralised,
        name,
        PHANTOM_CREDIT,
        is_phantom=True,
        template=template,
    )


@cache
def _paint(size: int) -> tuple[npt.NDArray[np.uint16], npt.NDArray[np.uint16]]:
    """Return labels, and a template in which each ellipsoid has its shade and rings that no brain has."""
    steps = (np.arange(size) + 0.5) * (_EDGE_MM / size)
    x, y, z = np.meshgrid(*(corner + steps for corner in _LOWER_CORNER_MM), indexing="ij", sparse=True)
    labels = np.zeros((size, size, size), dtype=np.uint16, order="F")
    template = np.zeros_like(labels)
    for shape in _ELLIPSOIDS:
        distance = _distance(shape, (x, y, z))
        inside = distance <= 1.0
        labels[inside] = Regions.allen().row(shape.acronym)
        template[inside] = shape.shade + _RING * np.cos(_RINGS * distance[inside])
    labels = lateralise_labels(labels, x[:, 0, 0], Regions.allen())
    labels.flags.writeable = False
    template.flags.writeable = False
    return labels, template


def _distance(shape: Ellipsoid, grid: Grid) -> npt.NDArray[np.float64]:
    """Return how far from the centre places are: 1 on the surface."""
    # |x| paints both hemispheres at once; one that reaches over the midline merges with its mirror image.
    offsets = (np.abs(grid[0]) - shape.centre[0], grid[1] - shape.centre[1], grid[2] - shape.centre[2])
    distance = sum((offset / radius) ** 2 for offset, radius in zip(offsets, shape.radii, strict=True))
    return np.asarray(distance)
