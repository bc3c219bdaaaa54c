"""A graph in the brain: arcs that rise between places, and a ball at each place."""

from typing import Any

import numpy as np
import numpy.typing as npt

from bregma.viewer.render.drawn import Drawn, Hit, World
from bregma.viewer.render.geometry import MM, make_actor, make_lines, make_points, set_colours
from bregma.viewer.render.sizes import split_by_size
from bregma.viewer.render.telling import tell
from bregma.viewer.scene.arrays import find_known
from bregma.viewer.scene.layers.links import Connections
from bregma.viewer.scene.stage import Pick

_STEPS = 24
_BALL = 5.0


class DrawnConnections(Drawn):
    """Arcs as tubes, those of one width in one actor, and the nodes that they join."""

    def __init__(self, layer: Connections, world: World) -> None:
        super().__init__(layer, world)
        self._moment = 0.0
        arcs = bend_arcs(layer.nodes, layer.edges, layer.bend)
        known = find_known(arcs)
        parts = ((which, width) for which, width in split_by_size(known, layer.widths))
        self._parts = [_Arcs(arcs, np.arange(len(arcs)) if which is None else which, width) for which, width in parts]
        self._joined = np.unique(layer.edges[known])
        self._balls = make_actor(make_points(layer.nodes[self._joined] * MM, vertices=True))
        self._balls.GetProperty().SetRepresentationToPoints()
        self._balls.GetProperty().RenderPointsAsSpheresOn()
        self.props = [*(part.actor for part in self._parts), self._balls]

    def follow(self, layer: Connections, moment: float) -> bool:
        """Take over colours, width and opacity."""
        old = self.layer
        if layer.nodes is not old.nodes or layer.edges is not old.edges or layer.bend != old.bend:
            return False
        if layer.widths is not old.widths:
            return False
        self.layer = layer
        self._balls.GetProperty().SetColor(*self.world.ink(layer.rgb))
        for prop in self.props:
            prop.GetProperty().SetOpacity(layer.opacity)
        self.resize()
        self.set_moment(moment)
        return True

    def set_moment(self, moment: float) -> None:
        """Write the colours of a moment into those that are drawn."""
        self._moment = moment
        rgb = self.world.colours_of(self.layer, moment, len(self.layer.edges))
        for part in self._parts:
            set_colours(part.data.GetCellData(), rgb[part.which])

    def resize(self) -> None:
        """Take over the height of the picture."""
        unit = self.layer.size * self.world.pixels_per_size
        for part in self._parts:
            part.actor.GetProperty().SetLineWidth(unit * part.width)
        self._balls.GetProperty().SetPointSize(unit * _BALL)

    def describe(self, hit: Hit) -> Pick | None:
        """Tell which arc was hit and what it joins, or which node."""
        if hit.prop is self._balls:
            node = int(self._joined[hit.point])
            return tell(self, hit, self._moment, node, label=self._name(node), has_value=False)
        part = next((part for part in self._parts if part.actor is hit.prop), None)
        if part is None or hit.cell < 0:
            return None
        edge = int(part.which[hit.cell])
        source, target = self.layer.edges[edge].tolist()
        return tell(self, hit, self._moment, edge, label=f"{self._name(source)} → {self._name(target)}")

    def _name(self, node: int) -> str:
        return self.layer.labels[node] if self.layer.labels else str(node)


class _Arcs:
    """Arcs of one width.

    Parameters
    ----------
    arcs : (n_edges, n_steps, 3) array
        All arcs, in metres.
    which : (k,) array of int
        Those that are drawn here.
    width : float
        Theirs, as a factor of the layer's.
    """

    def __init__(self, arcs: npt.NDArray[np.float64], which: npt.NDArray[np.intp], width: float) -> None:
        self.which, self.width = which, width
        self.data: Any = make_lines(arcs[which].reshape(-1, 3) * MM, np.full(len(which), arcs.shape[1]))
        self.actor = make_actor(self.data, coloured=True)
        look = self.actor.GetProperty()
        look.RenderLinesAsTubesOn()
        look.SetAmbient(0.4)
        look.SetDiffuse(0.6)


def bend_arcs(
    nodes: npt.NDArray[np.floating[Any]], edges: npt.NDArray[np.int64], bend: float
) -> npt.NDArray[np.float64]:
    """Return arcs that rise upwards and away from the middle of all nodes.

    Parameters
    ----------
    nodes : (n, 3) array
        Where they begin and end.
    edges : (m, 2) array of int
        From which node to which.
    bend : float
        How high an arc rises, as a share of the distance of its ends.

    Returns
    -------
    (m, n_steps, 3) array
        Points along each arc; straight lines need two, NaN where an end is unknown.
    """
    ends = np.asarray(nodes, dtype=np.float64)[edges]
    middle, away = ends.mean(axis=1), ends[:, 1] - ends[:, 0]
    length = np.linalg.norm(away, axis=1, keepdims=True)
    known = find_known(nodes)
    outwards = middle - (nodes[known].mean(axis=0) if known.any() else 0.0)
    outwards = outwards / np.maximum(np.linalg.norm(outwards, axis=1, keepdims=True), 1e-12) + [0.0, 0.0, 1.0]
    outwards /= np.maximum(np.linalg.norm(outwards, axis=1, keepdims=True), 1e-12)
    control = (middle + 2 * bend * length * outwards)[:, None]
    share = np.linspace(0, 1, _STEPS if bend else 2)[None, :, None]
    arcs: npt.NDArray[np.float64] = (
        (1 - share) ** 2 * ends[:, :1] + 2 * share * (1 - share) * control + share**2 * ends[:, 1:]
    )
    return arcs
