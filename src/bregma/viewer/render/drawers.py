"""Who draws which kind of layer."""

from collections.abc import Callable
from typing import Any

from bregma.viewer.errors import InvalidLayer
from bregma.viewer.render.annotation import DrawnAnnotation
from bregma.viewer.render.connections import DrawnConnections
from bregma.viewer.render.drawn import Drawn, World
from bregma.viewer.render.images import draw_image
from bregma.viewer.render.insertions import DrawnInsertions
from bregma.viewer.render.lines import DrawnLines
from bregma.viewer.render.mesh import DrawnMesh
from bregma.viewer.render.path_image import DrawnPathImage
from bregma.viewer.render.points import DrawnPoints
from bregma.viewer.render.region import DrawnRegion
from bregma.viewer.render.regions import DrawnRegions
from bregma.viewer.render.slices import DrawnSlice
from bregma.viewer.render.text import DrawnText
from bregma.viewer.scene.layers.layer import Layer
from bregma.viewer.scene.layers.links import Connections, Insertions
from bregma.viewer.scene.layers.objects import Lines, Mesh, PathImage, Points, Text
from bregma.viewer.scene.layers.regions import AnnotationVolume, RegionSurface, RegionSurfaces
from bregma.viewer.scene.layers.volumes import ImageVolume, Slice

_DRAWERS: dict[type[Layer], Callable[[Any, World], Drawn]] = {
    AnnotationVolume: DrawnAnnotation,
    RegionSurface: DrawnRegion,
    RegionSurfaces: DrawnRegions,
    Slice: DrawnSlice,
    ImageVolume: draw_image,
    Points: DrawnPoints,
    Lines: DrawnLines,
    Mesh: DrawnMesh,
    Insertions: DrawnInsertions,
    Connections: DrawnConnections,
    PathImage: DrawnPathImage,
    Text: DrawnText,
}


def draw_layer(layer: Layer, world: World) -> Drawn:
    """Make what VTK draws for a layer; its look comes with `Drawn.follow`."""
    drawer = _DRAWERS.get(type(layer))
    if drawer is None:
        raise InvalidLayer(f"nothing here draws a layer of kind {layer.kind!r}")
    return drawer(layer, world)
