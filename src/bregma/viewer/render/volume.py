"""What all volumes share: a prop of VTK that rays go through, and looking along a line of sight."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from bregma.viewer.render.casting import Fineness, make_caster, set_fineness
from bregma.viewer.render.drawn import Drawn, Hit, World
from bregma.viewer.scene.layers.layer import Layer

if TYPE_CHECKING:
    from bregma.viewer.render.walking import Cutter

_BEHIND = 0.5
DRAGGING = Fineness(step=3.0, pixels=3.0)


class DrawnVolume(Drawn):
    """A layer that is drawn by casting rays.

    Parameters
    ----------
    layer : Layer
        As it is drawn now.
    world : World
        What it has to know besides.
    of_card : bool
        Whether only the ray caster of graphics cards can draw it.
    """

    def __init__(self, layer: Layer, world: World, *, of_card: bool = False) -> None:
        from vtkmodules.vtkCommonDataModel import vtkPiecewiseFunction
        from vtkmodules.vtkRenderingCore import vtkColorTransferFunction, vtkVolume

        super().__init__(layer, world)
        self._colours: Any = vtkColorTransferFunction()
        self._opacities: Any = vtkPiecewiseFunction()
        self._mapper = make_caster(world, of_card=of_card)
        self._volume: Any = vtkVolume()
        self._volume.SetMapper(self._mapper)
        look = self._volume.GetProperty()
        look.SetColor(self._colours)
        look.SetScalarOpacity(self._opacities)
        look.SetAmbient(0.35)
        look.SetDiffuse(0.75)
        look.SetSpecular(0.15)
        self._moment = 0.0
        self._cutters: list[Cutter] = []
        self._step_mm = 1.0
        self.props = [self._volume]

    def set_dragging(self, dragging: bool) -> None:
        """Draw quickly and coarsely while the view turns, finely when it rests."""
        set_fineness(self._mapper, DRAGGING if dragging else self._find_fineness(), self._step_mm)

    def clip(self, planes: Any) -> None:
        """Cut by a vtkPlaneCollection, whose normals point to what remains.

        It begins a little behind each plane: a slice that lies in one is before it.
        """
        each = () if planes is None else (planes.GetItem(index) for index in range(planes.GetNumberOfItems()))
        self._cutters = [(np.array(plane.GetOrigin()), np.array(plane.GetNormal())) for plane in each]
        behind = [(point + normal * self._step_mm * _BEHIND, normal) for point, normal in self._cutters]
        super().clip(_make_collection(behind) if behind else None)

    def _find_fineness(self) -> Fineness:
        return Fineness(step=1.0, pixels=1.0)

    def _hits(self, places: Any, labels: Any) -> Sequence[Hit]:
        """Return hits at (n, 3) places in metres; each says in its cell which label is there."""
        prop = self.props[0]
        millimetres = (np.asarray(places) * 1e3).tolist()
        return [
            Hit(prop=prop, xyz_mm=(x, y, z), cell=int(label))
            for (x, y, z), label in zip(millimetres, labels, strict=True)
        ]


def _make_collection(cutters: "Sequence[Cutter]") -> Any:
    from vtkmodules.vtkCommonDataModel import vtkPlane, vtkPlaneCollection

    planes: Any = vtkPlaneCollection()
    for point, normal in cutters:
        plane: Any = vtkPlane()
        plane.SetOrigin(*point)
        plane.SetNormal(*normal)
        planes.AddItem(plane)
    return planes
