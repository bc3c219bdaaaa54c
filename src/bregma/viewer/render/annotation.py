"""The annotation as a volume, every label in exactly its colour."""

from typing import Any

import numpy as np
import numpy.typing as npt

from bregma.atlas import Atlas
from bregma.viewer.render.borders import keep_borders
from bregma.viewer.render.casting import Fineness, make_caster, set_fineness
from bregma.viewer.render.drawn import Drawn, World
from bregma.viewer.render.geometry import MM, make_image
from bregma.viewer.scene.layers.regions import AnnotationVolume
from bregma.viewer.scene.painting import Painting

_STILL = Fineness(step=1.0, pixels=1.0)
# A haze has no edges to be sharp: two thirds of the lines of sight look the same and are drawn twice as fast.
_HAZE = Fineness(step=1.0, pixels=1.5)
_DRAGGING = Fineness(step=3.0, pixels=3.0)
# Nodes of the tables for each label.
_NODES = 5


class DrawnAnnotation(Drawn):
    """The labels of an atlas as a VTK volume: to change colours, two small tables are written and no voxel."""

    def __init__(self, layer: AnnotationVolume, world: World) -> None:
        from vtkmodules.vtkCommonDataModel import vtkPiecewiseFunction
        from vtkmodules.vtkRenderingCore import vtkColorTransferFunction, vtkVolume

        super().__init__(layer, world)
        self._atlas = world.atlas.coarsen(layer.detail_um)
        self._voxel = self._atlas.spacing * MM
        self._colours: Any = vtkColorTransferFunction()
        self._opacities: Any = vtkPiecewiseFunction()
        self._mapper = make_caster(world)
        self._mapper.SetInputData(_make_labels(self._atlas, layer))
        volume: Any = vtkVolume()
        volume.SetMapper(self._mapper)
        look = volume.GetProperty()
        look.SetInterpolationTypeToNearest()
        look.SetScalarOpacityUnitDistance(self._voxel)
        look.SetColor(self._colours)
        look.SetScalarOpacity(self._opacities)
        self.props = [volume]
        self.set_dragging(False)

    def follow(self, layer: AnnotationVolume, moment: float) -> bool:
        """Take over colours, opacity, side and light; other voxels only for borders of another mapping."""
        if layer.detail_um != self.layer.detail_um:
            return False
        if _borders_of(layer) != _borders_of(self.layer):
            self._mapper.SetInputData(_make_labels(self._atlas, layer))
        self.layer = layer
        look = self.props[0].GetProperty()
        look.SetShade(layer.shading)
        look.SetAmbient(0.35)
        look.SetDiffuse(0.75)
        self.set_moment(moment)
        self.set_dragging(False)
        return True

    def set_moment(self, moment: float) -> None:
        """Write the colours and opacities of a moment into the two tables."""
        painted = Painting.of(self.layer).paint(self._atlas.regions, moment)
        # Cubed, so that equal steps look equal: light passes about a hundred voxels.
        alpha = (self.layer.opacity * painted.share) ** 3
        _fill(self._colours, painted.rgb / 255.0)
        _fill(self._opacities, alpha)

    def set_dragging(self, dragging: bool) -> None:
        """Draw quickly and coarsely while the view turns, finely when it rests."""
        still = _STILL if self.layer.opacity == 1 else _HAZE
        set_fineness(self._mapper, _DRAGGING if dragging else still, self._voxel)


def _borders_of(layer: AnnotationVolume) -> str | None:
    return layer.mapping if layer.hollow else None


def _make_labels(atlas: Atlas, layer: AnnotationVolume) -> Any:
    labels = atlas.labels
    if layer.hollow:
        regions = atlas.regions
        labels = keep_borders(labels, regions.mapping(layer.mapping, lateralised=regions.is_lateralised))
    return make_image(labels, np.array(atlas.origin) * MM, atlas.spacing * MM)


def _fill(table: Any, entries: npt.NDArray[np.float64]) -> None:
    """Write one entry for each label: flat from 0.4 before it to 0.4 behind, so that no look-up mixes neighbours."""
    # Evenly spaced nodes are filled in no time; the other way to fill a table sorts it again and again.
    nodes = np.repeat(entries, _NODES, axis=0)
    table.BuildFunctionFromTable(-0.4, len(entries) - 0.6, len(nodes), np.ascontiguousarray(nodes).ravel())
