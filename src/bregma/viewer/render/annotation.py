"""The annotation as a volume, every label in exactly its colour."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from bregma.viewer.render.borders import keep_borders
from bregma.viewer.render.casting import Fineness
from bregma.viewer.render.drawn import Hit, World
from bregma.viewer.render.geometry import MM, make_image
from bregma.viewer.render.relief import INSIDE, SURFACE, Relief
from bregma.viewer.render.sight import Sight
from bregma.viewer.render.volume import DrawnVolume
from bregma.viewer.render.walking import find_starts, walk
from bregma.viewer.scene.layers.regions import AnnotationVolume
from bregma.viewer.scene.painting import Painted, Painting
from bregma.viewer.scene.stage import Pick

_SOLID = Fineness(step=1.0, pixels=1.0)
_DENSE = Fineness(step=1.0, pixels=1.5)
# A haze has no edges to be sharp. In a picture 720 pixels high, a voxel of 50 µm takes four pixels: with lines of sight
# three pixels apart, colours differ by 0.4 of 255 in the mean, and it is drawn six times as fast.
_HAZES = {0.3: 3.0, 0.5: 2.0}
_HEIGHT_OF_PIXEL = 240
# Nodes of the tables for each label.
_NODES = 5
# With light, what is less solid than this is not drawn: a surface is there or not.
_FAINT = 0.5


class DrawnAnnotation(DrawnVolume):
    """The labels of an atlas as a VTK volume: to change colours, two small tables are written and no voxel."""

    def __init__(self, layer: AnnotationVolume, world: World) -> None:
        # Light needs four components, with which the processor's caster leaves holes.
        super().__init__(layer, world, of_card=layer.shading)
        self._atlas = world.atlas.coarsen(layer.detail_um)
        self._step_mm = self._atlas.spacing * MM
        self._voxels_as: tuple[object, ...] = ()
        self._relief: Relief | None = None
        look = self._volume.GetProperty()
        look.SetScalarOpacityUnitDistance(self._step_mm)

    def follow(self, layer: AnnotationVolume, moment: float) -> bool:
        """Take over colours, opacity, side and light."""
        if (layer.detail_um, layer.shading) != (self.layer.detail_um, self.layer.shading):
            return False
        self.layer = layer
        look = self._volume.GetProperty()
        look.SetShade(layer.shading)
        look.SetIndependentComponents(not layer.shading)
        look.SetInterpolationType(layer.shading)  # nearest for labels, linear for colours with light on them
        self.set_moment(moment)
        self.set_dragging(False)
        return True

    def set_moment(self, moment: float) -> None:
        """Write the colours and opacities of a moment into the two tables; only with light, into voxels."""
        self._moment = moment
        painted = self._paint()
        self._take_voxels(painted.share > _FAINT)
        # Cubed, so that equal steps look equal: light passes about a hundred voxels.
        alpha = (self.layer.opacity * painted.share) ** 3
        if self._relief is not None:
            self._relief.paint(painted.rgb)
            _fill_relief(self._opacities, float(alpha.max()))
        else:
            _fill(self._colours, painted.rgb / 255.0)
            _fill(self._opacities, alpha)

    def resize(self) -> None:
        """Look more finely where the picture is small."""
        self.set_dragging(False)

    def meet(self, sight: Sight) -> Sequence[Hit]:
        """Return where a line of sight enters each region that is drawn."""
        painted = self._paint()
        places = walk(self._atlas.grid, sight, self._cutters)
        rows = self._atlas.rows_at(places)
        seen = np.where(painted.share[rows] > 0, painted.rows[rows], 0)
        starts = find_starts(seen)
        return self._hits(places[starts], seen[starts])

    def describe(self, hit: Hit) -> Pick | None:
        """Tell the region that was entered, and its value."""
        row = hit.cell
        if row <= 0:
            return None
        numbers = self._paint().numbers
        value = None if numbers is None or np.isnan(numbers[row]) else float(numbers[row])
        return Pick(layer=self.layer.name, xyz=hit.xyz, region=self._atlas.regions.acronyms[row], value=value)

    def _take_voxels(self, shown: npt.NDArray[np.bool_]) -> None:
        """Draw other voxels where that is needed: only borders depend on the mapping, only light on what is shown."""
        layer, atlas = self.layer, self._atlas
        wanted = (layer.hollow and layer.mapping, layer.shading and shown.tobytes())
        if wanted == self._voxels_as:
            return
        self._voxels_as = wanted
        labels, origin = atlas.labels, np.array(atlas.origin) * MM
        if layer.hollow:
            labels = keep_borders(labels, atlas.regions.mapping(layer.mapping))
        self._relief = Relief(labels, shown, origin, self._step_mm) if layer.shading else None
        made = self._relief.image if self._relief else make_image(labels, origin, self._step_mm)
        self._mapper.SetInputData(made)

    def _paint(self) -> Painted:
        return Painting.of(self.layer).paint(self._atlas.regions, self._moment)

    def _find_fineness(self) -> Fineness:
        for opacity, pixels in _HAZES.items():
            if self.layer.opacity <= opacity:
                return Fineness(step=1.0, pixels=min(max(self.world.height() / _HEIGHT_OF_PIXEL, 2.0), pixels))
        return _SOLID if self.layer.opacity == 1 and not self.layer.shading else _DENSE


def _fill(table: Any, entries: npt.NDArray[np.float64]) -> None:
    """Write one entry for each label: flat from 0.4 before it to 0.4 behind, so that no look-up mixes neighbours."""
    # Evenly spaced nodes are filled in no time; the other way to fill a table sorts it again and again.
    nodes = np.repeat(entries, _NODES, axis=0)
    table.BuildFunctionFromTable(-0.4, len(entries) - 0.6, len(nodes), np.ascontiguousarray(nodes).ravel())


def _fill_relief(table: Any, alpha: float) -> None:
    table.RemoveAllPoints()
    for inside, share in ((0, 0.0), (SURFACE - 1, 0.0), (SURFACE, alpha), (INSIDE, alpha)):
        table.AddPoint(inside, share)
