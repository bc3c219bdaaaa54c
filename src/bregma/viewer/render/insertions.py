"""Tracks of probes."""

import numpy as np

from bregma.viewer.render.drawn import Drawn, Hit, World
from bregma.viewer.render.geometry import MM, make_lines, set_colours
from bregma.viewer.render.lines import make_line_actor
from bregma.viewer.render.telling import tell
from bregma.viewer.scene.arrays import find_known
from bregma.viewer.scene.layers.links import Insertions
from bregma.viewer.scene.stage import Pick


class DrawnInsertions(Drawn):
    """Straight lines from entry to tip."""

    def __init__(self, layer: Insertions, world: World) -> None:
        super().__init__(layer, world)
        self._moment = 0.0
        ends = np.stack([layer.entries, layer.tips], axis=1) * MM
        self._known = np.flatnonzero(find_known(ends))
        ends = ends[self._known].reshape(-1, 3)
        self._data = make_lines(ends, np.full(len(self._known), 2))
        self.props = [make_line_actor(self._data)]

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
        self._moment = moment
        rgb = self.world.colours_of(self.layer, moment, len(self.layer.entries))
        set_colours(self._data.GetCellData(), rgb[self._known])

    def resize(self) -> None:
        """Take over the height of the picture."""
        self.props[0].GetProperty().SetLineWidth(self.layer.size * self.world.pixels_per_size)

    def describe(self, hit: Hit) -> Pick | None:
        """Tell which insertion was hit, where it is there, and its value."""
        if hit.cell < 0:
            return None
        index = int(self._known[hit.cell])
        return tell(self, hit, self._moment, index, label=self.layer.labels[index] if self.layer.labels else "")
