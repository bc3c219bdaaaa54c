"""The annotation as a volume, every label in exactly its colour."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from bregma.atlas import Atlas
from bregma.viewer.render.camera import MM
from bregma.viewer.render.surface import make_image

VOLUME_RESOLUTION_UM = 100.0
_DRAGGING = 3.0


@dataclass(frozen=True, eq=False)
class LabelVolume:
    """A VTK volume and what its look depends on.

    Parameters
    ----------
    prop : vtkVolume
        What a renderer draws.
    rgb : (n, 3) array
        Colour of each label, 0 to 1; label 0 is void.
    voxel : float
        Edge of a voxel, in millimetres.
    """

    prop: Any
    rgb: npt.NDArray[np.float64]
    voxel: float

    def set_opacity(self, opacity: float) -> None:
        """Set how solid the labels are: at 1, the first voxel hides what is behind it."""
        # Cubed, so that equal steps look equal: light passes about a hundred voxels.
        alpha = np.full(len(self.rgb), opacity**3)
        alpha[0] = 0.0
        self.prop.GetProperty().SetScalarOpacity(_opacity_table(alpha))

    def set_dragging(self, dragging: bool) -> None:
        """Draw quickly and coarsely while the view turns, finely when it rests."""
        mapper = self.prop.GetMapper()
        mapper.SetSampleDistance(self.voxel * (_DRAGGING if dragging else 1.0))
        mapper.SetImageSampleDistance(_DRAGGING if dragging else 1.0)


def make_volume(atlas: Atlas, opacity: float) -> LabelVolume:
    """Return the labels of an atlas, at 100 µm or coarser, ready to be drawn."""
    from vtkmodules.vtkRenderingCore import vtkVolume

    coarse = atlas.coarsen(VOLUME_RESOLUTION_UM)
    # Only the labels that occur: the tables of the mapper stay short.
    present, labels = _compact(coarse.labels, len(coarse.regions))
    voxel = coarse.spacing * MM
    prop: Any = vtkVolume()
    prop.SetMapper(_make_mapper(make_image(labels, np.array(coarse.origin) * MM, voxel), voxel))
    volume = LabelVolume(prop, coarse.regions.rgb[present] / 255.0, voxel)
    look = prop.GetProperty()
    look.SetColor(_colour_table(volume.rgb))
    look.SetInterpolationTypeToNearest()
    look.SetScalarOpacityUnitDistance(voxel)
    look.ShadeOff()
    volume.set_opacity(opacity)
    return volume


def _compact(labels: npt.NDArray[np.uint16], n_regions: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.uint16]]:
    occurs = np.bincount(labels.ravel(order="K"), minlength=n_regions) > 0
    occurs[0] = True
    new = np.cumsum(occurs) - 1
    return np.flatnonzero(occurs), new.astype(np.uint16)[labels]


def _make_mapper(image: Any, voxel: float) -> Any:
    # The processor's ray caster: exact colours, and on machines without a graphics card faster than emulated OpenGL.
    from vtkmodules.vtkRenderingVolume import vtkFixedPointVolumeRayCastMapper

    mapper: Any = vtkFixedPointVolumeRayCastMapper()
    mapper.SetInputData(image)
    mapper.SetAutoAdjustSampleDistances(False)
    mapper.SetSampleDistance(voxel)
    return mapper


def _colour_table(rgb: npt.NDArray[np.float64]) -> Any:
    from vtkmodules.vtkRenderingCore import vtkColorTransferFunction

    table: Any = vtkColorTransferFunction()
    values = np.ascontiguousarray(np.c_[_plateaus(len(rgb)), np.repeat(rgb, 2, axis=0)])
    table.FillFromDataPointer(len(values), values.ravel())
    return table


def _opacity_table(alpha: npt.NDArray[np.float64]) -> Any:
    from vtkmodules.vtkCommonDataModel import vtkPiecewiseFunction

    table: Any = vtkPiecewiseFunction()
    values = np.ascontiguousarray(np.c_[_plateaus(len(alpha)), np.repeat(alpha, 2)])
    table.FillFromDataPointer(len(values), values.ravel())
    return table


def _plateaus(n: int) -> npt.NDArray[np.float64]:
    """Two nodes for each label: between them the colour is flat, so that no table look-up mixes neighbours."""
    nodes = np.repeat(np.arange(n, dtype=np.float64), 2)
    nodes[0::2] -= 0.4
    nodes[1::2] += 0.4
    return nodes
