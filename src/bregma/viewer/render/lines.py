"""Polylines, and what they share with tracks of probes: lines on the screen, coloured line by line."""

from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from bregma.viewer.render.drawn import Drawn, Hit, World
from bregma.viewer.render.geometry import MM, make_actor, make_lines, set_colours
from bregma.viewer.render.telling import tell
from bregma.viewer.scene.arrays import find_known
from bregma.viewer.scene.layers.links import Insertions
from bregma.viewer.scene.layers.objects import Lines
from bregma.viewer.scene.stage import Pick

Floats = npt.NDArray[np.floating[Any]]


class DrawnStrokes(Drawn):
    """Thin lines, one colour for each element of a layer.

    Parameters
    ----------
    layer : Lines or Insertions
        As it is drawn now.
    world : World
        What it has to know besides.
    lines : vtkPolyData
        What is drawn.
    element_of : (n_lines,) array of int
        Of which element of the layer each drawn line is.
    """

    #: The fields that say where its lines are: with others, it is drawn anew. The last has an entry for each element.
    PLACES: ClassVar[tuple[str, str]]

    def __init__(self, layer: Lines | Insertions, world: World, lines: Any, element_of: npt.NDArray[np.intp]) -> None:
        super().__init__(layer, world, [make_line_actor(lines)])
        self._moment = 0.0
        self._data = lines
        self._element_of = element_of

    def follow(self, layer: Lines | Insertions, moment: float) -> bool:
        """Take over colours, width and opacity."""
        if any(getattr(layer, name) is not getattr(self.layer, name) for name in self.PLACES):
            return False
        self.layer = layer
        self.props[0].GetProperty().SetOpacity(layer.opacity)
        self.resize()
        self.set_moment(moment)
        return True

    def set_moment(self, moment: float) -> None:
        """Write the colours of a moment into those that are drawn."""
        self._moment = moment
        n = len(getattr(self.layer, self.PLACES[-1]))
        rgb = self.world.colours_of(self.layer, moment, n)
        set_colours(self._data.GetCellData(), rgb[self._element_of])

    def resize(self) -> None:
        """Take over the height of the picture."""
        self.props[0].GetProperty().SetLineWidth(self.layer.size * self.world.pixels_per_size)

    def describe(self, hit: Hit) -> Pick | None:
        """Tell which element was hit, what it is called, and its value."""
        if hit.cell < 0:
            return None
        index = int(self._element_of[hit.cell])
        return tell(self, hit, self._moment, index, label=self._name(index))

    def _name(self, index: int) -> str:
        return ""


class DrawnLines(DrawnStrokes):
    """Lines of any length. A NaN parts a line in two."""

    PLACES = ("xyz", "lengths")

    def __init__(self, layer: Lines, world: World) -> None:
        xyz, lengths, line_of = part_lines(layer.xyz, layer.lengths)
        super().__init__(layer, world, make_lines(xyz * MM, lengths), line_of)


def make_line_actor(data: Any) -> Any:
    """Return an actor of lines whose colours no light changes, and that lie on a plane which holds them."""
    actor = make_actor(data, coloured=True)
    actor.GetProperty().LightingOff()
    mapper = actor.GetMapper()
    mapper.SetResolveCoincidentTopologyToPolygonOffset()
    mapper.SetRelativeCoincidentTopologyLineOffsetParameters(-4.0, -4.0)
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
