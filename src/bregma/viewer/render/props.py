"""Layers as things that VTK draws, and how their look is changed in place."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from bregma.atlas import Atlas
from bregma.viewer.errors import InvalidLayer
from bregma.viewer.render.camera import MM
from bregma.viewer.render.surface import region_mesh
from bregma.viewer.render.volume import LabelVolume, make_volume
from bregma.viewer.scene.layers import AnnotationVolume, Insertions, Layer, Points, RegionSurface
from bregma.viewer.scene.scene import Scene


@dataclass(frozen=True, eq=False)
class Drawn:
    """A layer as it is drawn.

    Parameters
    ----------
    prop : vtkProp
        What the renderer holds.
    restyle : callable
        Gives the prop the opacity and colour of a layer.
    set_dragging : callable
        Switches between quick and fine.
    """

    prop: Any
    restyle: Callable[[Layer], None]
    set_dragging: Callable[[bool], None] = lambda dragging: None


def draw_layer(layer: Layer, scene: Scene, pixels_per_size: float) -> Drawn:
    """Make what VTK draws for a layer.

    Parameters
    ----------
    layer : Layer
        What to draw.
    scene : Scene
        Where its atlas is.
    pixels_per_size : float
        Pixels of the picture for one pixel of a picture 1000 pixels high.
    """
    match layer:
        case AnnotationVolume():
            return _draw_volume(make_volume(scene.atlas, layer.opacity))
        case RegionSurface():
            return _draw_region(layer, scene.atlas)
        case Points():
            return _draw_points(layer, pixels_per_size)
        case Insertions():
            return _draw_insertions(layer, pixels_per_size)
        case _:
            raise InvalidLayer(f"nothing here draws a layer of kind {layer.kind!r}")


def same_shape(old: Layer, new: Layer) -> bool:
    """Return whether a change from one layer to the other is a matter of style only."""
    if isinstance(old, Points) and isinstance(new, Points):
        return old.xyz is new.xyz and old.rgb is new.rgb and old.size == new.size
    if isinstance(old, Insertions) and isinstance(new, Insertions):
        return old.entries is new.entries and old.tips is new.tips and old.size == new.size
    return type(old) is type(new)


def _draw_volume(volume: LabelVolume) -> Drawn:
    return Drawn(volume.prop, lambda layer: volume.set_opacity(layer.opacity), volume.set_dragging)


def _draw_region(layer: RegionSurface, atlas: Atlas) -> Drawn:
    import pyvista

    mesh = region_mesh(atlas, layer.acronym)
    surface = pyvista.PolyData.from_regular_faces(mesh.vertices, mesh.faces) if len(mesh.faces) else pyvista.PolyData()
    if len(mesh.faces):
        surface = surface.compute_normals(cell_normals=False, split_vertices=False, consistent_normals=False)
    actor = _actor(surface)
    look = actor.GetProperty()
    look.SetInterpolationToPhong()
    look.SetAmbient(0.25)
    look.SetDiffuse(0.75)
    look.SetSpecular(0.25)
    look.SetSpecularPower(30)
    # Only the front of a translucent surface is drawn: no sorting of triangles, and no colour twice.
    look.BackfaceCullingOn()
    actor.GetShaderProperty().AddFragmentShaderReplacement("//VTK::Light::Impl", True, _RIM, False)
    return _coloured(actor, layer)


# Glass: a translucent surface is denser where it turns away from the eye, so that its outline stays legible.
_RIM = """//VTK::Light::Impl
  float rim = 1.0 - abs(normalVCVSOutput.z);
  fragOutput0.a += (1.0 - fragOutput0.a) * fragOutput0.a * rim * rim * 4.0;
  fragOutput0.a = min(fragOutput0.a, 1.0);
"""


def _draw_points(layer: Points, pixels_per_size: float) -> Drawn:
    import pyvista

    known = np.isfinite(layer.xyz).all(axis=1)
    cloud = pyvista.PolyData((layer.xyz[known] * MM).astype(np.float32))
    cloud.point_data["rgb"] = layer.rgb[known]
    cloud.set_active_scalars("rgb")
    actor = _actor(cloud, coloured=True)
    look = actor.GetProperty()
    look.SetRepresentationToPoints()
    look.SetPointSize(layer.size * pixels_per_size)
    look.RenderPointsAsSpheresOn()
    look.SetAmbient(0.3)
    look.SetDiffuse(0.7)
    return replace(_coloured(actor, layer), set_dragging=lambda dragging: look.SetRenderPointsAsSpheres(not dragging))


def _draw_insertions(layer: Insertions, pixels_per_size: float) -> Drawn:
    import pyvista

    ends = np.stack([layer.entries, layer.tips], axis=1) * MM
    ends = ends[np.isfinite(ends).all(axis=(1, 2))]
    tracks = pyvista.PolyData()
    if len(ends):
        cells = np.c_[np.full(len(ends), 2), np.arange(2 * len(ends)).reshape(-1, 2)]
        tracks = pyvista.PolyData(ends.reshape(-1, 3).astype(np.float32), lines=cells.ravel())
    actor = _actor(tracks)
    actor.GetProperty().SetLineWidth(layer.size * pixels_per_size)
    actor.GetProperty().LightingOff()
    return _coloured(actor, layer)


def _actor(data: Any, *, coloured: bool = False) -> Any:
    from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper

    mapper: Any = vtkPolyDataMapper()
    mapper.SetInputData(data)
    mapper.SetScalarVisibility(coloured)
    actor: Any = vtkActor()
    actor.SetMapper(mapper)
    return actor


def _coloured(actor: Any, layer: Layer) -> Drawn:
    def restyle(new: Layer) -> None:
        look = actor.GetProperty()
        look.SetOpacity(new.opacity)
        if isinstance(new, RegionSurface | Insertions):
            look.SetColor(*_unit(new.rgb))

    restyle(layer)
    return Drawn(actor, restyle)


def _unit(rgb: tuple[int, int, int]) -> npt.NDArray[np.float64]:
    return np.array(rgb) / 255.0
