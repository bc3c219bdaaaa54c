"""The window of VTK itself: made without a screen, and read."""

from typing import Any

import numpy as np
import numpy.typing as npt

from bregma.viewer.render.opengl import choose_opengl
from bregma.viewer.render.proven import relying_on


def make_canvas(size: tuple[int, int]) -> Any:
    """Return a vtkRenderWindow off screen; raises NoOpenGL where nothing can draw."""
    chosen = choose_opengl()
    import vtkmodules.vtkRenderingFreeType
    import vtkmodules.vtkRenderingOpenGL2
    import vtkmodules.vtkRenderingVolumeOpenGL2  # noqa: F401 - each registers what draws
    from vtkmodules.vtkRenderingCore import vtkRenderWindow

    window: Any = vtkRenderWindow()
    window.SetOffScreenRendering(True)
    window.SetSize(*size)
    # Eight samples a pixel cost more without a graphics card than all else; still pictures are averaged instead.
    window.SetMultiSamples(0)
    with relying_on(chosen):
        window.Start()
    return window


def read_canvas(vtk_window: Any, *, alpha: bool) -> npt.NDArray[np.uint8]:
    """Return what was drawn last, as (height, width, 3) bytes, or 4 with the alpha that colours are multiplied by."""
    from vtkmodules.util.numpy_support import vtk_to_numpy
    from vtkmodules.vtkRenderingCore import vtkWindowToImageFilter

    reader: Any = vtkWindowToImageFilter()
    reader.SetInput(vtk_window)
    reader.SetInputBufferTypeToRGBA() if alpha else reader.SetInputBufferTypeToRGB()
    reader.ReadFrontBufferOff()
    reader.ShouldRerenderOff()
    reader.Update()
    read = reader.GetOutput()
    width, height, _ = read.GetDimensions()
    pixels: npt.NDArray[np.uint8] = vtk_to_numpy(read.GetPointData().GetScalars()).reshape(height, width, -1)
    return pixels[::-1].copy()
