"""The surface of a region, from its voxels. Needs VTK's filters and no graphics."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from bregma.atlas import Atlas
from bregma.viewer.render.geometry import MM, make_image
from bregma.viewer.scene.layers.layer import Hemisphere

_MANY_VOXELS = 400_000
_SMOOTHING_STEPS = 8


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
    cropped = np.pad(mask[tuple(map(slice, low, high))], 2).astype(np.uint8)
    spacing = atlas.spacing * step * MM
    return _extract(cropped, np.array(atlas.origin) * MM + (low - 2) * spacing, spacing)


def _extract(mask: npt.NDArray[np.uint8], origin: npt.NDArray[np.float64], spacing: float) -> Mesh:
    from vtkmodules.util.numpy_support import vtk_to_numpy
    from vtkmodules.vtkFiltersCore import vtkSurfaceNets3D

    nets: Any = vtkSurfaceNets3D()
    nets.SetInputData(make_image(mask, origin, spacing))
    nets.SetValue(0, 1)
    nets.SetBackgroundLabel(0)
    nets.SetNumberOfIterations(_SMOOTHING_STEPS)
    nets.SetOutputMeshTypeToTriangles()
    nets.Update()
    surface = nets.GetOutput()
    vertices = vtk_to_numpy(surface.GetPoints().GetData()).astype(np.float32)
    faces = vtk_to_numpy(surface.GetPolys().GetConnectivityArray()).reshape(-1, 3).astype(np.int32)
    return Mesh(vertices, _face_outwards(vertices, faces))


def _face_outwards(vertices: npt.NDArray[np.float32], faces: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """Order the vertices so that the enclosed volume is positive."""
    corners = vertices[faces].astype(np.float64)
    volume = np.einsum("ij,ij->", corners[:, 0], np.cross(corners[:, 1], corners[:, 2]))
    return faces if volume >= 0 else np.ascontiguousarray(faces[:, ::-1])
