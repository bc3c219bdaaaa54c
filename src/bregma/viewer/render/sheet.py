"""A picture on a rectangle in space, and lines on it."""

from typing import Any

import numpy as np
import numpy.typing as npt

from bregma.viewer.render.enlarging import enlarge_labels
from bregma.viewer.render.geometry import make_actor, make_image, make_points
from bregma.viewer.scene.arrays import Bytes

Floats = npt.NDArray[np.float64]

_SMOOTHING_STEPS = 12


class Sheet:
    """A rectangle with a picture, whose colours no light changes; transparent pixels are holes."""

    def __init__(self) -> None:
        from vtkmodules.vtkRenderingCore import vtkTexture

        self._texture: Any = vtkTexture()
        self._texture.SetColorModeToDirectScalars()
        self._texture.RepeatOff()
        self._texture.EdgeClampOn()
        self._data = _make_rectangle()
        self.actor = make_actor(self._data)
        self.actor.SetTexture(self._texture)
        self.actor.GetProperty().LightingOff()

    def place(self, corners_mm: Floats) -> None:
        """Put the (4, 3) corners somewhere: lower left, lower right, upper right, upper left."""
        from vtkmodules.util.numpy_support import vtk_to_numpy

        points = self._data.GetPoints()
        vtk_to_numpy(points.GetData())[...] = corners_mm
        points.Modified()
        self._data.Modified()

    def clear(self) -> None:
        """Show nothing."""
        self.show(np.zeros((1, 1, 4), dtype=np.uint8))

    def show(self, rgba: Bytes) -> None:
        """Show (n_rows, n_columns, 4) pixels, the lowest row first."""
        self._texture.SetInputData(_make_pixels(rgba))


class Outlines:
    """Thin dark lines where the regions of a slice touch."""

    def __init__(self) -> None:
        from vtkmodules.vtkCommonDataModel import vtkPolyData

        self.actor = make_actor(vtkPolyData())
        look = self.actor.GetProperty()
        look.LightingOff()
        look.SetColor(0.05, 0.06, 0.08)
        # Lines on a sheet are drawn before it from either side.
        mapper = self.actor.GetMapper()
        mapper.SetResolveCoincidentTopologyToPolygonOffset()
        mapper.SetRelativeCoincidentTopologyLineOffsetParameters(-4.0, -4.0)

    def show(self, rows: npt.NDArray[np.uint16], corners_mm: Floats) -> None:
        """Draw the borders between (n_rows, n_columns) regions that fill a rectangle."""
        self.actor.GetMapper().SetInputData(outline_regions(rows, corners_mm))

    def clear(self) -> None:
        """Draw nothing."""
        from vtkmodules.vtkCommonDataModel import vtkPolyData

        self.actor.GetMapper().SetInputData(vtkPolyData())


def outline_regions(rows: npt.NDArray[np.uint16], corners_mm: Floats) -> Any:
    """Return smoothed lines between the regions that fill a rectangle, and around them, as polygon data.

    Parameters
    ----------
    rows : (n_rows, n_columns) array of uint16
        The region of each pixel, the lowest row first; 0 is outside.
    corners_mm : (4, 3) array
        Lower left, lower right, upper right and upper left corner of the rectangle, in millimetres.
    """
    from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy
    from vtkmodules.vtkFiltersCore import vtkSurfaceNets2D

    # From pixels of half the edge: lines and the picture beneath leave a border by a quarter of a pixel at most.
    labels = np.pad(enlarge_labels(rows, 1), 1).astype(np.int32)
    nets: Any = vtkSurfaceNets2D()
    nets.SetInputData(make_image(labels.T[:, :, None], (-1.0, -1.0, 0.0), 1.0))
    for index, label in enumerate(np.unique(labels)[1:].tolist()):
        nets.SetValue(index, label)
    nets.SetBackgroundLabel(0)
    smoother = nets.GetSmoother()
    smoother.SetNumberOfIterations(_SMOOTHING_STEPS)
    smoother.SetRelaxationFactor(0.5)
    smoother.SetConstraintDistance(1.2)
    nets.Update()
    lines = nets.GetOutput()
    if not lines.GetNumberOfPoints():
        return lines
    pixels = vtk_to_numpy(lines.GetPoints().GetData())[:, :2]
    shares = (pixels + 0.5) / (2 * np.array(rows.shape[::-1]))
    across, upwards = corners_mm[1] - corners_mm[0], corners_mm[3] - corners_mm[0]
    places = corners_mm[0] + shares[:, :1] * across + shares[:, 1:] * upwards
    lines.GetPoints().SetData(numpy_to_vtk(places.astype(np.float32), deep=True))
    lines.GetCellData().Initialize()
    return lines


def _make_pixels(rgba: Bytes) -> Any:
    """Return pixels as a VTK image."""
    from vtkmodules.util.numpy_support import numpy_to_vtk
    from vtkmodules.vtkCommonDataModel import vtkImageData

    image: Any = vtkImageData()
    image.SetDimensions(rgba.shape[1], rgba.shape[0], 1)
    image.GetPointData().SetScalars(numpy_to_vtk(rgba.reshape(-1, rgba.shape[-1]), deep=True))
    return image


def _make_rectangle() -> Any:
    from vtkmodules.util.numpy_support import numpy_to_vtk
    from vtkmodules.vtkCommonDataModel import vtkCellArray

    data = make_points(np.zeros((4, 3)))
    cells: Any = vtkCellArray()
    cells.InsertNextCell(4, (0, 1, 2, 3))
    data.SetPolys(cells)
    places = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], dtype=np.float32)
    data.GetPointData().SetTCoords(numpy_to_vtk(places, deep=True))
    return data
