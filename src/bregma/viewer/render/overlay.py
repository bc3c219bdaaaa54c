"""The lettering of a window that is being used: drawn over the picture, and anew with every change."""

from typing import Any

import numpy as np

from bregma.viewer.render.lettering import list_live_marks
from bregma.viewer.render.marks import paint
from bregma.viewer.scene.scene import Scene


class Overlay:
    """A sheet over all panes of a window.

    Parameters
    ----------
    vtk_window : vtkRenderWindow
        What it lies over.
    """

    def __init__(self, vtk_window: Any) -> None:
        from vtkmodules.vtkRenderingCore import vtkActor2D, vtkImageMapper, vtkRenderer

        self._window = vtk_window
        self._renderer: Any = vtkRenderer()
        self._renderer.SetLayer(1)
        self._renderer.InteractiveOff()
        self._mapper: Any = vtkImageMapper()
        self._mapper.SetColorWindow(255)
        self._mapper.SetColorLevel(127.5)
        sheet: Any = vtkActor2D()
        sheet.SetMapper(self._mapper)
        self._renderer.AddViewProp(sheet)
        vtk_window.SetNumberOfLayers(2)
        vtk_window.AddRenderer(self._renderer)

    def update(self, scene: Scene, size: tuple[int, int]) -> None:
        """Write what belongs to a scene as it is now, in a window of a size."""
        from vtkmodules.util.numpy_support import numpy_to_vtk
        from vtkmodules.vtkCommonDataModel import vtkImageData

        clear = np.zeros((size[1], size[0], 4), dtype=np.uint8)
        written = paint(clear, list_live_marks(scene, size))[::-1]
        image: Any = vtkImageData()
        image.SetDimensions(size[0], size[1], 1)
        image.GetPointData().SetScalars(numpy_to_vtk(np.ascontiguousarray(written).reshape(-1, 4), deep=True))
        self._mapper.SetInputData(image)

    def close(self) -> None:
        """Take the sheet away."""
        self._window.RemoveRenderer(self._renderer)
        self._window.SetNumberOfLayers(1)
