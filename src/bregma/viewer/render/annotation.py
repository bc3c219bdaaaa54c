"""The annotation as a volume, every label in exactly its colour."""

from typing import Any

import numpy as np
import numpy.typing as npt

from bregma.viewer.render.drawn import Drawn, World
from bregma.viewer.render.geometry import MM, make_image
from bregma.viewer.scene.layers.regions import AnnotationVolume

_DRAGGING = 3.0


class DrawnAnnotation(Drawn):
    """The labels of an atlas as a VTK volume: to change colours, two small tables are written and no voxel."""

    def __init__(self, layer: AnnotationVolume, world: World) -> None:
        from vtkmodules.vtkRenderingCore import vtkVolume

        super().__init__(layer, world)
        coarse = world.atlas.coarsen(layer.detail_um)
        # Only the labels that occur: the tables of the mapper stay short.
        self._present, labels = _compact(coarse.labels, len(coarse.regions))
        self._voxel = coarse.spacing * MM
        volume: Any = vtkVolume()
        self._mapper = _make_mapper(make_image(labels, np.array(coarse.origin) * MM, self._voxel), self._voxel)
        volume.SetMapper(self._mapper)
        look = volume.GetProperty()
        look.SetInterpolationTypeToNearest()
        look.SetScalarOpacityUnitDistance(self._voxel)
        look.ShadeOff()
        look.SetColor(_colour_table(coarse.regions.rgb[self._present] / 255.0))
        self.props = [volume]

    def follow(self, layer: AnnotationVolume, moment: float) -> bool:
        """Set how solid the labels are: at 1, the first voxel hides what is behind it."""
        if layer.detail_um != self.layer.detail_um:
            return False
        self.layer = layer
        # Cubed, so that equal steps look equal: light passes about a hundred voxels.
        alpha = np.full(len(self._present), layer.opacity**3)
        alpha[0] = 0.0
        self.props[0].GetProperty().SetScalarOpacity(_opacity_table(alpha))
        return True

    def set_dragging(self, dragging: bool) -> None:
        """Draw quickly and coarsely while the view turns, finely when it rests."""
        self._mapper.SetSampleDistance(self._voxel * (_DRAGGING if dragging else 1.0))
        self._mapper.SetImageSampleDistance(_DRAGGING if dragging else 1.0)


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
