"""Surfaces from files: OBJ, PLY, STL, VTK, VTP and GLB, whose unit nobody guesses."""

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt

from bregma.viewer.errors import InvalidLayer, ViewerError
from bregma.viewer.scene.arrays import Floats, Ints

Unit: TypeAlias = Literal["um", "mm", "m"]
Space: TypeAlias = Literal["bregma", "apdvml", "mlapdv"]

_METRES: dict[str, float] = {"um": 1e-6, "mm": 1e-3, "m": 1.0}
_READERS = {
    ".obj": ("vtkIOGeometry", "vtkOBJReader"),
    ".stl": ("vtkIOGeometry", "vtkSTLReader"),
    ".ply": ("vtkIOPLY", "vtkPLYReader"),
    ".vtk": ("vtkIOLegacy", "vtkPolyDataReader"),
    ".vtp": ("vtkIOXML", "vtkXMLPolyDataReader"),
    ".glb": ("vtkIOGeometry", "vtkGLTFReader"),
    ".gltf": ("vtkIOGeometry", "vtkGLTFReader"),
}


def read_mesh(path: Path | str) -> tuple[Floats, Ints]:
    """Read a surface in the unit and the space of its file.

    Returns
    -------
    vertices : (n, 3) array
        As they stand in the file.
    faces : (m, 3) array of int
        Vertices of each triangle; polygons are cut into triangles.

    Raises
    ------
    ViewerError
        If there is no such file, no mesh has this ending, or the file holds no triangle.
    """
    file = Path(path)
    if file.suffix.lower() not in _READERS:
        raise ViewerError(f"a mesh is read from {', '.join(_READERS)}; not from {file.name!r}")
    if not file.is_file():
        raise ViewerError(f"there is no file {file}")
    pieces = [_as_arrays(piece) for piece in _read_pieces(file)]
    first = np.cumsum([0, *(len(vertices) for vertices, _ in pieces)])
    if not sum(len(faces) for _, faces in pieces):
        raise ViewerError(f"{file} holds no triangle")
    vertices = np.concatenate([vertices for vertices, _ in pieces])
    return vertices, np.concatenate([faces + start for (_, faces), start in zip(pieces, first, strict=False)])


def to_metres(vertices: npt.ArrayLike, unit: Unit | None, space: Space, what: str) -> Floats:
    """Turn vertices of a file into metres relative to bregma.

    Parameters
    ----------
    vertices : (n, 3) array
        As `read_mesh` returns them.
    unit : {"um", "mm", "m"}
        Of the file.
    space : {"bregma", "apdvml", "mlapdv"}
        Relative to bregma (right, front, up), or from the corner of the Allen CCF, with its axes in this order.
    what : str
        What an error calls them.

    Raises
    ------
    InvalidLayer
        If the unit is not given or cannot be that of a brain, or there is no such space.
    """
    array = np.asarray(vertices, dtype=np.float64)
    if unit not in _METRES:
        reach = float(np.nanmax(np.abs(array), initial=0.0))
        likely = "um" if reach > 150 else "mm" if reach > 0.15 else "m"
        raise InvalidLayer(
            f"{what} does not say its unit: pass unit='um', 'mm' or 'm'. Its coordinates reach {reach:g}, "
            f"which looks like {likely}"
        )
    if space == "bregma":
        return array * _METRES[unit]
    if space not in get_args(Space):
        raise InvalidLayer(f"the space of {what} is {', '.join(get_args(Space))}; not {space!r}")
    from bregma.atlas import xyz_from_ccf

    return xyz_from_ccf(array * _METRES[unit] * 1e6, order=space)


def _read_pieces(file: Path) -> Iterator[Any]:
    module, name = _READERS[file.suffix.lower()]
    make: Callable[[], Any] = getattr(import_module(f"vtkmodules.{module}"), name)
    reader = make()
    reader.SetFileName(str(file))
    reader.Update()
    read = reader.GetOutput()
    if read.IsA("vtkPolyData"):
        yield read
        return
    tree = read.NewIterator()
    tree.InitTraversal()
    while not tree.IsDoneWithTraversal():
        if tree.GetCurrentDataObject().IsA("vtkPolyData"):
            yield tree.GetCurrentDataObject()
        tree.GoToNextItem()


def _as_arrays(data: Any) -> tuple[Floats, Ints]:
    from vtkmodules.util.numpy_support import vtk_to_numpy
    from vtkmodules.vtkFiltersCore import vtkTriangleFilter

    cutter: Any = vtkTriangleFilter()
    cutter.PassLinesOff()
    cutter.PassVertsOff()
    cutter.SetInputData(data)
    cutter.Update()
    triangles = cutter.GetOutput()
    if not triangles.GetNumberOfPolys():
        return np.empty((0, 3)), np.empty((0, 3), dtype=np.int64)
    vertices = vtk_to_numpy(triangles.GetPoints().GetData()).astype(np.float64)
    faces = vtk_to_numpy(triangles.GetPolys().GetConnectivityArray()).reshape(-1, 3).astype(np.int64)
    return vertices, faces
