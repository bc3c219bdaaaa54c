"""The surface of one region."""

from bregma.viewer.render.drawn import Drawn, Hit, World, find_value
from bregma.viewer.render.geometry import make_smooth_surface, unit_colour
from bregma.viewer.render.glass import make_tissue
from bregma.viewer.render.surface import region_mesh
from bregma.viewer.scene.layers.regions import RegionSurface
from bregma.viewer.scene.stage import Pick


class DrawnRegion(Drawn):
    """One region's surface, smooth and like glass where it is translucent."""

    def __init__(self, layer: RegionSurface, world: World) -> None:
        super().__init__(layer, world)
        mesh = region_mesh(world.atlas, layer.acronym, layer.hemisphere)
        self._moment = 0.0
        self.props = [make_tissue(make_smooth_surface(mesh.vertices, mesh.faces))]

    def follow(self, layer: RegionSurface, moment: float) -> bool:
        """Take over colour and opacity."""
        if (layer.acronym, layer.hemisphere) != (self.layer.acronym, self.layer.hemisphere):
            return False
        self.layer = layer
        self.props[0].GetProperty().SetOpacity(layer.opacity)
        self.set_moment(moment)
        return True

    def set_moment(self, moment: float) -> None:
        """Take over the colour of a moment."""
        self._moment = moment
        values = self.layer.values
        red, green, blue = self.layer.rgb if values is None else values.rgb_at(moment)[0].tolist()
        self.props[0].GetProperty().SetColor(*unit_colour((red, green, blue)))

    def describe(self, hit: Hit) -> Pick | None:
        """Tell which region was hit, and its value."""
        regions, layer = self.world.atlas.regions, self.layer
        side = None if layer.hemisphere == "both" else layer.hemisphere
        value = find_value(layer.values, self._moment, 0)
        row = regions.row(layer.acronym, hemisphere=side)
        return Pick(layer=layer.name, xyz=hit.xyz, region=layer.acronym, label=regions.names[row], value=value)
