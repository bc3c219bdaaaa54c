"""Words at a place in the brain."""

from typing import Any

from bregma.viewer.render.drawn import Drawn, Hit, World
from bregma.viewer.render.geometry import MM
from bregma.viewer.scene.layers.objects import Text
from bregma.viewer.scene.stage import Pick


class DrawnText(Drawn):
    """Letters that face the reader, always as large on the screen."""

    def __init__(self, layer: Text, world: World) -> None:
        from vtkmodules.vtkRenderingCore import vtkBillboardTextActor3D

        super().__init__(layer, world)
        self._actor: Any = vtkBillboardTextActor3D()
        look = self._actor.GetTextProperty()
        look.SetJustificationToCentered()
        look.SetVerticalJustificationToCentered()
        look.SetFontFamilyToArial()
        self.props = [self._actor]

    def follow(self, layer: Text, moment: float) -> bool:
        """Take over words, place, colour and size."""
        self.layer = layer
        self._actor.SetInput(layer.text)
        self._actor.SetPosition(*(part * MM for part in layer.xyz))
        look = self._actor.GetTextProperty()
        look.SetColor(*self.world.ink(layer.rgb))
        look.SetOpacity(layer.opacity)
        self.resize()
        return True

    def resize(self) -> None:
        """Take over the height of the picture."""
        self._actor.GetTextProperty().SetFontSize(max(round(self.layer.size * self.world.pixels_per_size), 1))

    def describe(self, hit: Hit) -> Pick | None:
        """Tell the words."""
        return Pick(layer=self.layer.name, xyz=self.layer.xyz, label=self.layer.text)
