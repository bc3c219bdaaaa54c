"""A surface from a file or from arrays."""

import numpy as np

from bregma.viewer.render.drawn import Drawn, Hit, World
from bregma.viewer.render.geometry import MM, make_smooth_surface, set_colours, unit_colour
from bregma.viewer.render.glass import make_tissue
from bregma.viewer.render.telling import tell
from bregma.viewer.scene.arrays import find_known
from bregma.viewer.scene.layers.objects import Mesh
from bregma.viewer.scene.stage import Pick


class DrawnMesh(Drawn):
    """Triangles, smoothly lit, in one colour or coloured by values of their vertices."""

    def __init__(self, layer: Mesh, world: World) -> None:
        super().__init__(layer, world)
        self._moment = 0.0
        known = find_known(layer.vertices)
        self._faces = layer.faces[known[layer.faces].all(axis=1)]
        self._data = make_smooth_surface(np.where(known[:, None], layer.vertices, 0.0) * MM, self._faces)
        actor = make_tissue(self._data)
        # Who made the mesh may have turned its triangles either way.
        actor.GetProperty().BackfaceCullingOff()
        self.props = [actor]

    def follow(self, layer: Mesh, moment: float) -> bool:
        """Take over colours and opacity."""
        if layer.vertices is not self.layer.vertices or layer.faces is not self.layer.faces:
            return False
        self.layer = layer
        self.props[0].GetMapper().SetScalarVisibility(layer.values is not None)
        look = self.props[0].GetProperty()
        look.SetColor(*unit_colour(layer.rgb))
        look.SetOpacity(layer.opacity)
        self.set_moment(moment)
        return True

    def set_moment(self, moment: float) -> None:
        """Write the colours of a moment into those that are drawn."""
        self._moment = moment
        if self.layer.values is not None:
            set_colours(self._data.GetPointData(), self.layer.values.rgb_at(moment))

    def describe(self, hit: Hit) -> Pick | None:
        """Tell which vertex is nearest to what was hit, and its value."""
        if not 0 <= hit.cell < len(self._faces):
            return None
        corners = self._faces[hit.cell]
        nearest = np.linalg.norm(self.layer.vertices[corners] - np.array(hit.xyz), axis=1).argmin()
        return tell(self, hit, self._moment, int(corners[nearest]))
