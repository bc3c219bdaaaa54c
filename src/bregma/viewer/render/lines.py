"""Polylines, tracks of probes and arcs between nodes: all are lines on the screen, coloured line by line."""

from typing import Any

import numpy as np
import numpy.typing as npt

from bregma.viewer.render.drawn import Drawn, Hit, World
from bregma.viewer.render.geometry import MM, make_actor, make_lines, set_colours
from bregma.viewer.render.telling import tell
from bregma.viewer.scene.arrays import find_known
from bregma.viewer.scene.layers.objects import Lines
from bregma.viewer.scene.stage import Pick

Floats = npt.NDArray[np.floating[Any]]


class DrawnLines(Drawn):
    """Lines of any length, one colour each. A NaN parts a line in two."""

    def __init__(self, layer: Lines, world: World) -> None:
        super().__init__(layer, world)
        self._moment = 0.0
        xyz, lengths, self._line_of = part_lines(layer.xyz, layer.lengths)
        self._data = make_lines(xyz * MM, lengths)
        self.props = [make_line_actor(self._data)]

    def follow(self, layer: Lines, moment: float) -> bool:
        """Take over colours, width and opacity."""
        if layer.xyz is not self.layer.xyz or layer.lengths is not self.layer.lengths:
            return False
        self.layer = layer
        self.props[0].GetProperty().SetOpacity(layer.opacity)
        self.resize()
        self.set_moment(moment)
        return True

    def set_moment(self, moment: float) -> None:
        """Write the colours of a moment into those that are drawn."""
        self._moment = moment
        rgb = self.world.colours_of(self.layer, moment, len(self.layer.lengths))
        set_colours(self._data.GetCellData(), rgb[self._line_of])

    def resize(self) -> None:
        """Take over the height of the picture."""
        self.props[0].GetProperty().SetLineWidth(self.layer.size * self.world.pixels_per_size)

    def describe(self, hit: Hit) -> Pick | None:
        """Tell which line was hit, and its value."""
        return tell(self, hit, self._moment, int(self._line_of[hit.cell])) if hit.cell >= 0 else None


def make_line_actor(data: Any) -> Any:
    """Return an actor of lines whose colours no light changes."""
    actor = make_actor(data, coloured=True)
    actor.GetProperty().LightingOff()
    return actor


def part_lines(
    xyz: Floats, lengths: npt.NDArray[np.int64]
) -> tuple[Floats, npt.NDArray[np.int64], npt.NDArray[np.intp]]:
    """Return lines without unknown points: places, how many each piece has, and of which line it is a piece."""
    known = find_known(xyz)
    line = np.repeat(np.arange(len(lengths)), lengths)
    starts = np.diff(line, prepend=-1) > 0
    starts[1:] |= ~known[:-1]
    piece = np.cumsum(starts)[known]
    _, first, counts = np.unique(piece, return_index=True, return_counts=True)
    return xyz[known], counts.astype(np.int64), line[known][first]
