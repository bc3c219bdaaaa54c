"""All regions of a mapping as one actor: to recolour them, the colours are written anew and no triangle."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from bregma.viewer.render.drawn import Drawn, Hit, World, find_value
from bregma.viewer.render.geometry import make_smooth_surface, set_colours, set_places
from bregma.viewer.render.glass import make_tissue
from bregma.viewer.render.skin import Skin, closed_skins, outer_skin
from bregma.viewer.render.surfaces import region_surfaces
from bregma.viewer.scene.layers.regions import RegionSurfaces
from bregma.viewer.scene.painting import Painting
from bregma.viewer.scene.stage import Pick

_ROOT = 1
_MANY_FACES = 1_000_000
_COARSER = 3


class DrawnRegions(Drawn):
    """The surfaces of all regions, solid or like glass, in place or apart."""

    def __init__(self, layer: RegionSurfaces, world: World) -> None:
        super().__init__(layer, world)
        self._regions = world.atlas.regions
        mesh = region_surfaces(world.atlas, layer.mapping, layer.detail_um)
        self._visible = find_visible(layer, world)
        self._closed = _is_closed(layer)
        self._skin = (closed_skins if self._closed else outer_skin)(mesh, self._visible)
        self._data = make_smooth_surface(self._skin.vertices, self._skin.faces)
        self._moment, self._moved = 0.0, 0.0
        self._coarse: DrawnRegions | None = None
        actor = make_tissue(self._data, coloured=True)
        self._mapper = actor.GetMapper()
        self.props = [actor]

    def follow(self, layer: RegionSurfaces, moment: float) -> bool:
        """Take over colours, opacity and how far apart the regions are."""
        if (layer.mapping, layer.detail_um) != (self.layer.mapping, self.layer.detail_um):
            return False
        if _is_closed(layer) != self._closed or not np.array_equal(find_visible(layer, self.world), self._visible):
            return False
        self.layer = layer
        if layer.explode != self._moved:
            set_places(self._data, self._skin.vertices + layer.explode * _find_ways(self._skin))
            self._moved = layer.explode
        self.props[0].GetProperty().SetOpacity(layer.opacity)
        self.set_moment(moment)
        return True

    def set_moment(self, moment: float) -> None:
        """Write the colours of a moment into those that are drawn."""
        self._moment = moment
        rgb = Painting.of(self.layer).paint(self._regions, moment).rgb
        # Closed surfaces share no vertex, and colours of vertices are quicker to draw than those of triangles.
        if self._closed:
            set_colours(self._data.GetPointData(), rgb[self._skin.vertex_rows])
        else:
            set_colours(self._data.GetCellData(), rgb[self._skin.face_rows])

    def set_dragging(self, dragging: bool) -> None:
        """Draw coarser surfaces while the view turns, where many would have to be drawn without a graphics card."""
        mapper = self._coarsen()._mapper if dragging and self._are_many else self._mapper
        mapper.SetClippingPlanes(self._mapper.GetClippingPlanes())
        self.props[0].SetMapper(mapper)

    @property
    def _are_many(self) -> bool:
        return len(self._skin.faces) > _MANY_FACES and not self.world.has_graphics_card

    def _coarsen(self) -> "DrawnRegions":
        layer = replace(self.layer, detail_um=max(self.layer.detail_um, self.world.atlas.resolution_um) * _COARSER)
        if self._coarse is None or not self._coarse.follow(layer, self._moment):
            self._coarse = DrawnRegions(layer, self.world)
            self._coarse.follow(layer, self._moment)
        return self._coarse

    def count_translucent(self) -> int:
        """Return 2 where regions lie behind each other; 0 for too many triangles to be sorted without a card."""
        return 0 if self._are_many else 2 * super().count_translucent()

    def describe(self, hit: Hit) -> Pick | None:
        """Tell which region was hit, and its value."""
        row = int(self._skin.face_rows[hit.cell]) if 0 <= hit.cell < len(self._skin.face_rows) else 0
        if not row:
            return None
        return Pick(
            layer=self.layer.name,
            xyz=hit.xyz,
            index=row,
            region=self._regions.acronyms[row],
            label=self._regions.names[row],
            value=find_value(self.layer.values, self._moment, row),
        )


def find_visible(layer: RegionSurfaces, world: World) -> npt.NDArray[np.bool_]:
    """Return which rows have a surface that is drawn, (n_rows,).

    What a mapping leaves over fills the gaps of a whole and solid brain, and is left out of others. Regions that have
    no value at any moment are left out.
    """
    regions = world.atlas.regions
    is_whole = not (layer.shown or layer.values or _is_closed(layer)) and layer.hemisphere == "both"
    painted = replace(Painting.of(layer), values=None, missing=float(is_whole)).paint(regions)
    visible = np.zeros(len(regions), dtype=bool)
    visible[painted.rows[painted.share > 0]] = True
    visible[0], visible[_ROOT] = False, is_whole
    if layer.values is not None:
        visible &= np.isfinite(np.atleast_2d(layer.values.data)).any(axis=0)
    return visible


def _is_closed(layer: RegionSurfaces) -> bool:
    """Whether surfaces between neighbours can be seen."""
    return layer.opacity < 1 or layer.explode > 0


def _find_ways(skin: Skin) -> npt.NDArray[np.float32]:
    """Return for each vertex how its region moves away from the middle of the brain, as far as it is from there."""
    count = np.maximum(np.bincount(skin.vertex_rows), 1)
    centres = np.stack([np.bincount(skin.vertex_rows, axis) / count for axis in skin.vertices.T], axis=1)
    middle = (skin.vertices.min(axis=0) + skin.vertices.max(axis=0)) / 2 if len(skin.vertices) else 0.0
    ways: npt.NDArray[np.float32] = (centres - middle).astype(np.float32)[skin.vertex_rows]
    return ways
