"""Points, each in its colour."""

import numpy as np

from bregma.viewer.render.drawn import Drawn, World
from bregma.viewer.render.geometry import MM, make_actor, make_points, set_colours
from bregma.viewer.scene.layers.objects import Points


class DrawnPoints(Drawn):
    """Points as small spheres on the screen."""

    def __init__(self, layer: Points, world: World) -> None:
        super().__init__(layer, world)
        self._known = np.flatnonzero(np.isfinite(layer.xyz).all(axis=1))
        self._data = make_points(layer.xyz[self._known] * MM, vertices=True)
        actor = make_actor(self._data, coloured=True)
        look = actor.GetProperty()
        look.SetRepresentationToPoints()
        look.RenderPointsAsSpheresOn()
        look.SetAmbient(0.3)
        look.SetDiffuse(0.7)
        self.props = [actor]

    def follow(self, layer: Points, moment: float) -> bool:
        """Take over colours, size and opacity."""
        if layer.xyz is not self.layer.xyz:
            return False
        self.layer = layer
        look = self.props[0].GetProperty()
        look.SetOpacity(layer.opacity)
        look.SetPointSize(layer.size * self.world.pixels_per_size)
        self.set_moment(moment)
        return True

    def set_moment(self, moment: float) -> None:
        """Write the colours of a moment into those that are drawn."""
        values = self.layer.values
        rgb = self.layer.rgb if values is None else values.rgb_at(moment)
        set_colours(self._data.GetPointData(), rgb[self._known])

    def set_dragging(self, dragging: bool) -> None:
        """Draw squares while the view turns."""
        self.props[0].GetProperty().SetRenderPointsAsSpheres(not dragging)

    def resize(self) -> None:
        """Take over the height of the picture."""
        self.props[0].GetProperty().SetPointSize(self.layer.size * self.world.pixels_per_size)
