"""Tracks of probes."""

import numpy as np

from bregma.viewer.render.drawn import Drawn, World
from bregma.viewer.render.geometry import MM, make_actor, make_lines, set_colours
from bregma.viewer.scene.arrays import as_colours
from bregma.viewer.scene.layers.objects import Insertions


class DrawnInsertions(Drawn):
    """Straight lines from entry to tip."""

    def __init__(self, layer: Insertions, world: World) -> None:
        super().__init__(layer, world)
        ends = np.stack([layer.entries, layer.tips], axis=1) * MM
        self._known = np.flatnonzero(np.isfinite(ends).all(axis=(1, 2)))
        ends = ends[self._known].reshape(-1, 3)
        self._data = make_lines(ends, np.full(len(self._known), 2))
        actor = make_actor(self._data, coloured=True)
        actor.GetProperty().LightingOff()
        self.props = [actor]

    def follow(self, layer: Insertions, moment: float) -> bool:
        """Take over colours, width and opacity."""
        if layer.entries is not self.layer.entries or layer.tips is not self.layer.tips:
            return False
        self.layer = layer
        self.props[0].GetProperty().SetOpacity(layer.opacity)
        self.resize()
        self.set_moment(moment)
        return True

    def set_moment(self, moment: float) -> None:
        """Write the colours of a moment into those that are drawn."""
        layer: Insertions = self.layer
        n = len(layer.entries)
        rgb = as_colours(layer.rgb, n, layer.name) if layer.values is None else layer.values.rgb_at(moment)
        set_colours(self._data.GetCellData(), rgb[self._known])

    def resize(self) -> None:
        """Take over the height of the picture."""
        self.props[0].GetProperty().SetLineWidth(self.layer.size * self.world.pixels_per_size)
