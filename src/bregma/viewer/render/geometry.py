"""Arrays as VTK data, and actors with the look of the house."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from bregma.viewer.scene.arrays import Colour
from bregma.viewer.scene.stage import Plane

MM = 1e3


def make_image(values: npt.NDArray[Any], origin: npt.ArrayLike, spacing: npt.ArrayLike) -> Any:
    """Return a volume as a VTK image: values at points, the first axis fastest; shared if it is so already.

    Parameters
    ----------
    values : (n_x, n_y, n_z) array
        The voxels.
    origin : (3,) array
        Centre of the first voxel, in millimetres.
    spacing : (3,) array or float
        Edges of a voxel, in millimetres.
    """
    from vtkmodules.util.numpy_support import numpy_to_vtk
    from vtkmodules.vtkCommonDataModel import vtkImageData

    image: Any = vtkImageData()
    image.SetDimensions(*values.shape)
    image.SetOrigin(*np.broadcast_to(origin, 3).tolist())
    image.SetSpacing(*np.broadcast_to(spacing, 3).tolist())
    flat = values.ravel(order="F")
    image.GetPointData().SetScalars(numpy_to_vtk(flat, deep=False))
    return image


def make_actor(data: Any, *, coloured: bool = False) -> Any:
    """Return an actor of polygons, points or lines; coloured by their scalars as they are, or by one colour."""
    from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper

    mapper: Any = vtkPolyDataMapper()
    mapper.SetInputData(data)
    mapper.SetScalarVisibility(coloured)
    mapper.SetColorModeToDirectScalars()
    actor: Any = vtkActor()
    actor.SetMapper(mapper)
    return actor


def make_points(xyz_mm: npt.NDArray[Any], *, vertices: bool = False) -> Any:
    """Return polygon data with points, and with a vertex cell for all of them where asked."""
    from vtkmodules.util.numpy_support import numpy_to_vtk
    from vtkmodules.vtkCommonCore import vtkPoints
    from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkPolyData

    points: Any = vtkPoints()
    points.SetData(numpy_to_vtk(np.ascontiguousarray(xyz_mm, dtype=np.float32), deep=True))
    data: Any = vtkPolyData()
    data.SetPoints(points)
    if vertices:
        # One cell for all draws twice as fast as a cell for each.
        order = np.arange(len(xyz_mm), dtype=np.int32)
        ends = np.array([0, len(xyz_mm)], dtype=np.int32)
        cells: Any = vtkCellArray()
        cells.SetData(numpy_to_vtk(ends, deep=True), numpy_to_vtk(order, deep=True))
        data.SetVerts(cells)
    return data


def make_lines(xyz_mm: npt.NDArray[Any], lengths: npt.NDArray[np.int64]) -> Any:
    """Return polygon data with polylines, one after the other."""
    from vtkmodules.util.numpy_support import numpy_to_vtkIdTypeArray
    from vtkmodules.vtkCommonDataModel import vtkCellArray

    data = make_points(xyz_mm)
    cells: Any = vtkCellArray()
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    order = np.arange(len(xyz_mm), dtype=np.int64)
    cells.SetData(numpy_to_vtkIdTypeArray(offsets, deep=True), numpy_to_vtkIdTypeArray(order, deep=True))
    data.SetLines(cells)
    return data


def make_surface(vertices_mm: npt.NDArray[Any], faces: npt.NDArray[Any]) -> Any:
    """Return polygon data with triangles."""
    from vtkmodules.util.numpy_support import numpy_to_vtkIdTypeArray
    from vtkmodules.vtkCommonDataModel import vtkCellArray

    data = make_points(vertices_mm)
    cells: Any = vtkCellArray()
    cells.SetData(3, numpy_to_vtkIdTypeArray(np.ascontiguousarray(faces, dtype=np.int64).ravel(), deep=True))
    data.SetPolys(cells)
    return data


def make_smooth_surface(vertices_mm: npt.NDArray[Any], faces: npt.NDArray[Any]) -> Any:
    """Return polygon data with triangles that are lit as one smooth surface: their vertices have normals."""
    from vtkmodules.vtkFiltersCore import vtkTriangleMeshPointNormals

    normals: Any = vtkTriangleMeshPointNormals()
    normals.SetInputData(make_surface(vertices_mm, faces))
    normals.Update()
    return normals.GetOutput()


def set_places(data: Any, xyz_mm: npt.NDArray[Any]) -> None:
    """Write new places of as many points into polygon data."""
    from vtkmodules.util.numpy_support import vtk_to_numpy

    vtk_to_numpy(data.GetPoints().GetData())[...] = xyz_mm
    data.GetPoints().Modified()


def set_colours(attributes: Any, rgb: npt.NDArray[np.uint8]) -> None:
    """Write (n, 3 or 4) bytes as the colours of points or cells; in place when there are as many already."""
    from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy

    old = attributes.GetScalars()
    if old is not None and (old.GetNumberOfTuples(), old.GetNumberOfComponents()) == rgb.shape:
        vtk_to_numpy(old)[...] = rgb
        old.Modified()
        return
    attributes.SetScalars(numpy_to_vtk(np.ascontiguousarray(rgb), deep=True))


def unit_colour(rgb: Colour) -> tuple[float, float, float]:
    """Return a colour from 0 to 1."""
    red, green, blue = (part / 255.0 for part in rgb)
    return red, green, blue


def make_planes(clipping: Iterable[Plane]) -> Any:
    """Return a vtkPlaneCollection, of which the normals point to what remains."""
    from vtkmodules.vtkCommonDataModel import vtkPlane, vtkPlaneCollection

    planes: Any = vtkPlaneCollection()
    for each in clipping:
        plane: Any = vtkPlane()
        plane.SetOrigin(*(part * MM for part in each.origin))
        plane.SetNormal(*each.normal)
        planes.AddItem(plane)
    return planes
