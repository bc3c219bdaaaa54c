"""Points, each in its colour and size: up to ten million of them."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from bregma.viewer.render.drawn import Drawn, Hit, World
from bregma.viewer.render.geometry import MM, make_actor, make_points, set_colours
from bregma.viewer.render.sizes import split_by_size
from bregma.viewer.render.telling import tell
from bregma.viewer.scene.arrays import Bytes, find_known
from bregma.viewer.scene.layers.objects import Points
from bregma.viewer.scene.stage import Pick

Indices = npt.NDArray[np.intp]

_MOST_WHILE_DRAGGING = 150_000
_MOST_SPHERES = 300_000


class DrawnPoints(Drawn):
    """Points as small spheres on the screen; as squares where they are too many to tell the difference."""

    def __init__(self, layer: Points, world: World) -> None:
        super().__init__(layer, world)
        self._moment = 0.0
        self._are_few = False
        known = find_known(layer.xyz)
        self._parts = [_Part(layer, which, factor) for which, factor in split_by_size(known, layer.sizes)]
        self.props = [part.actor for part in self._parts]

    def follow(self, layer: Points, moment: float) -> bool:
        """Take over colours, size and opacity."""
        if layer.xyz is not self.layer.xyz or layer.sizes is not self.layer.sizes:
            return False
        self.layer = layer
        self.resize()
        self.set_moment(moment)
        return True

    def set_moment(self, moment: float) -> None:
        """Write the colours of a moment into those that are drawn."""
        self._moment = moment
        layer: Points = self.layer
        rgb = self.world.colours_of(layer, moment, len(layer.xyz))
        for part in self._parts:
            part.colour(rgb)

    def set_dragging(self, dragging: bool) -> None:
        """Draw squares while the view turns, and without a graphics card no more than can be turned smoothly."""
        few = dragging and not self.world.has_graphics_card and len(self.layer.xyz) > _MOST_WHILE_DRAGGING
        spheres = not dragging and self._can_be_spheres
        for part in self._parts:
            part.actor.GetProperty().SetRenderPointsAsSpheres(spheres)
            part.thin_out(_MOST_WHILE_DRAGGING / len(self.layer.xyz) if few else 1.0)
        if few != self._are_few:
            self._are_few = few
            self.set_moment(self._moment)

    def resize(self) -> None:
        """Take over the height of the picture."""
        for part in self._parts:
            look = part.actor.GetProperty()
            look.SetOpacity(self.layer.opacity)
            look.SetPointSize(self.layer.size * part.factor * self.world.pixels_per_size)
            look.SetRenderPointsAsSpheres(self._can_be_spheres)

    def describe(self, hit: Hit) -> Pick | None:
        """Tell which point was hit, its region and its value."""
        part = next(part for part in self._parts if part.actor is hit.prop)
        return tell(self, hit, self._moment, part.index_of(hit.point)) if hit.point >= 0 else None

    @property
    def _can_be_spheres(self) -> bool:
        return self.world.has_graphics_card or len(self.layer.xyz) <= _MOST_SPHERES


class _Part:
    """Points of one size: VTK draws all points of an actor equally large.

    Parameters
    ----------
    layer : Points
        Where they are.
    which : (k,) array of int, optional
        Which points of the layer; None for all of them.
    factor : float
        Their size, as a factor of the layer's.
    """

    def __init__(self, layer: Points, which: Indices | None, factor: float) -> None:
        self.factor = factor
        self._which = which
        self._few: Indices | None = None
        self._xyz_mm = np.multiply(layer.xyz if which is None else layer.xyz[which], MM, dtype=np.float32)
        self._all = make_points(self._xyz_mm, vertices=True)
        self._thin: tuple[Indices, Any] | None = None
        self.actor = make_actor(self._all, coloured=True)
        look = self.actor.GetProperty()
        look.SetRepresentationToPoints()
        look.SetAmbient(0.3)
        look.SetDiffuse(0.7)

    def thin_out(self, share: float) -> None:
        """Draw only a share of the points, or all."""
        if share == 1:
            self._few = None
            self.actor.GetMapper().SetInputData(self._all)
            return
        if self._thin is None:
            n = len(self._xyz_mm)
            few = np.unique(np.random.default_rng(0).integers(0, n, math.ceil(n * share)))
            self._thin = (few, make_points(self._xyz_mm[few], vertices=True))
        self._few, thin = self._thin
        self.actor.GetMapper().SetInputData(thin)

    def colour(self, rgb: Bytes) -> None:
        """Write the colours of all points of the layer into those that are drawn."""
        mine = rgb if self._which is None else rgb[self._which]
        set_colours(self.actor.GetMapper().GetInput().GetPointData(), mine if self._few is None else mine[self._few])

    def index_of(self, point: int) -> int:
        """Return which point of the layer one that is drawn is."""
        point = point if self._few is None else int(self._few[point])
        return point if self._which is None else int(self._which[point])
