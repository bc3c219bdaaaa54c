"""The surface of one region."""

from bregma.viewer.render.drawn import Drawn, World
from bregma.viewer.render.geometry import make_actor, make_surface, unit_colour
from bregma.viewer.render.surface import region_mesh
from bregma.viewer.scene.layers.regions import RegionSurface

# Glass: a translucent surface is denser where it turns away from the eye, so that its outline stays legible.
RIM = """//VTK::Light::Impl
  float rim = 1.0 - abs(normalVCVSOutput.z);
  fragOutput0.a += (1.0 - fragOutput0.a) * fragOutput0.a * rim * rim * 4.0;
  fragOutput0.a = min(fragOutput0.a, 1.0);
"""


class DrawnRegion(Drawn):
    """One region's surface, smooth and like glass where it is translucent."""

    def __init__(self, layer: RegionSurface, world: World) -> None:
        from vtkmodules.vtkFiltersCore import vtkPolyDataNormals

        super().__init__(layer, world)
        mesh = region_mesh(world.atlas, layer.acronym)
        normals = vtkPolyDataNormals()
        normals.SetInputData(make_surface(mesh.vertices, mesh.faces))
        normals.SplittingOff()
        normals.ConsistencyOff()
        normals.Update()
        actor = make_actor(normals.GetOutput())
        look = actor.GetProperty()
        look.SetInterpolationToPhong()
        look.SetAmbient(0.25)
        look.SetDiffuse(0.75)
        look.SetSpecular(0.25)
        look.SetSpecularPower(30)
        # Only the front of a translucent surface is drawn: no sorting of triangles, and no colour twice.
        look.BackfaceCullingOn()
        actor.GetShaderProperty().AddFragmentShaderReplacement("//VTK::Light::Impl", True, RIM, False)
        self.props = [actor]

    def follow(self, layer: RegionSurface, moment: float) -> bool:
        """Take over colour and opacity."""
        if (layer.acronym, layer.hemisphere) != (self.layer.acronym, self.layer.hemisphere):
            return False
        self.layer = layer
        look = self.props[0].GetProperty()
        look.SetColor(*unit_colour(layer.rgb))
        look.SetOpacity(layer.opacity)
        return True
