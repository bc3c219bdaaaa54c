"""The surface of a region, from its voxels. Needs VTK's filters and no graphics."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from bregma.atlas import Atlas
from bregma.viewer.render.geometry import MM
from bregma.viewer.render.nets import cast_net
from bregma.viewer.scene.layers.layer import Hemisphere

_MANY_VOXELS = 400_000
_SMOOTHING_STEPS = 12
_CRACK = 2
_MARGIN = _CRACK + 2


@dataclass(frozen=True, eq=False)
class Mesh:
    """A closed surface of triangles.

    Parameters
    ----------
    vertices : (n, 3) array of float32
        Millimetres relative to bregma.
    faces : (m, 3) array of int32
        Vertices of each triangle.
    """

    vertices: npt.NDArray[np.float32]
    faces: npt.NDArray[np.int32]


@lru_cache(maxsize=64)
def region_mesh(atlas: Atlas, acronym: str, hemisphere: Hemisphere = "both") -> Mesh:
    """Return the smoothed surface of a region and all inside it.

    Regions of many voxels are taken from every second or third voxel: the surface looks the same and draws faster.

    Raises
    ------
    RegionNotFound
        If the atlas has no such region.
    """
    mask = atlas.mask(acronym, hemisphere=None if hemisphere == "both" else hemisphere)
    step = max(1, round((mask.sum() / _MANY_VOXELS) ** (1 / 3)))
    mask = mask[::step, ::step, ::step]
    where = [np.flatnonzero(mask.any(axis=tuple({0, 1, 2} - {axis}))) for axis in range(3)]
    if not all(axis.size for axis in where):
        return Mesh(np.empty((0, 3), np.float32), np.empty((0, 3), np.int32))
    low, high = np.array([axis[0] for axis in where]), np.array([axis[-1] + 1 for axis in where])
    cropped = _fill(np.pad(mask[tuple(map(slice, low, high))], _MARGIN)).astype(np.uint8)
    spacing = atlas.spacing * step * MM
    net = cast_net(cropped, np.array(atlas.origin) * MM + (low - _MARGIN) * spacing, spacing, steps=_SMOOTHING_STEPS)
    return Mesh(net.vertices, net.faces)


def _fill(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Close cracks of a voxel or two, and fill what is enclosed: thin tracts and vessels would tear the surface."""
    from scipy import ndimage

    closed = ndimage.binary_closing(mask, iterations=_CRACK)
    outside, _ = ndimage.label(~closed)
    filled: npt.NDArray[np.bool_] = outside != outside[0, 0, 0]
    return filled
