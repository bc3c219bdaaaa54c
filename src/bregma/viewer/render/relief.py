"""Labels with a smooth surface, so that light falls on them."""

from typing import Any

import numpy as np
import numpy.typing as npt

from bregma.viewer.render.geometry import make_image

#: How much of what is around a voxel is drawn: all of it, and where the surface lies.
INSIDE, SURFACE = 255, 128

_REACH = 3


class Relief:
    """Voxels of four components: the colour of the label, and how much around it is drawn.

    Labels say nothing about the direction of a surface, for neighbouring numbers are not alike; what is around does.
    To change colours, all voxels are written.

    Parameters
    ----------
    labels : (n_x, n_y, n_z) array of uint16
        Row of a region table at each voxel.
    shown : (n_regions,) array of bool
        Which of them are drawn.
    origin : (3,) array
        Centre of the first voxel, in millimetres.
    spacing : float
        Edge of a voxel, in millimetres.
    """

    def __init__(
        self, labels: npt.NDArray[np.uint16], shown: npt.NDArray[np.bool_], origin: Any, spacing: float
    ) -> None:
        from scipy.ndimage import maximum_filter, uniform_filter
        from vtkmodules.util.numpy_support import numpy_to_vtk

        inside = shown[labels]
        around = np.where(inside, np.uint8(INSIDE), np.uint8(0))
        for _ in range(2):
            around = uniform_filter(around, _REACH)
        # The smoothed surface lies here and there before the first voxel that has a colour.
        drawn = np.where(inside, labels, np.uint16(0))
        self._rows = np.where(inside, labels, maximum_filter(drawn, 2 * _REACH - 1)).ravel(order="F")
        self._rgba = np.empty((labels.size, 4), dtype=np.uint8)
        self._rgba[:, 3] = around.ravel(order="F")
        self.image = make_image(labels, origin, spacing)
        self.image.GetPointData().SetScalars(numpy_to_vtk(self._rgba, deep=False))

    def paint(self, rgb: npt.NDArray[np.uint8]) -> None:
        """Write the (n_regions, 3) colours into the voxels."""
        self._rgba[:, :3] = rgb[self._rows]
        self.image.GetPointData().GetScalars().Modified()
        self.image.Modified()
