"""Draws a scene on the processor alone, for machines that have no OpenGL library. Plainer, slower, and always there."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bregma.viewer.errors import NoOpenGL
from bregma.viewer.render.camera import Placement, place_camera
from bregma.viewer.render.geometry import MM
from bregma.viewer.render.opengl import HOW_TO_INSTALL
from bregma.viewer.render.raster import Fragments, splat, trace_mesh
from bregma.viewer.render.surface import region_mesh
from bregma.viewer.scene.layers.layer import Layer
from bregma.viewer.scene.layers.links import Insertions
from bregma.viewer.scene.layers.objects import Points
from bregma.viewer.scene.layers.regions import AnnotationVolume, RegionSurface
from bregma.viewer.scene.painting import Painting
from bregma.viewer.scene.scene import Scene

Floats = npt.NDArray[np.float64]
Size = tuple[int, int]

_SIZE_UNIT = 1000.0
_HAZE_PIXEL = 5
_HAZE_UM = 100.0
_SOLID_HAZE = 0.6
_KINDS = (RegionSurface, Points, Insertions, AnnotationVolume)


@dataclass(frozen=True, eq=False)
class _Drawing:
    """What every layer needs to know to be drawn."""

    scene: Scene
    camera: Placement
    size: Size


def draw_without_opengl(scene: Scene, size: Size, background: Floats) -> npt.NDArray[np.uint8]:
    """Return a picture of a scene.

    Surfaces, points and tracks hide or shine through each other pixel by pixel, in the order of their depth. The
    annotation lies as a haze before whatever is solid.

    Parameters
    ----------
    scene : Scene
        What to draw.
    size : tuple of 2 int
        Width and height, in pixels.
    background : (height, 1, 3) array
        What is behind everything, 0 to 255.

    Returns
    -------
    (height, width, 3) array of uint8

    Raises
    ------
    NoOpenGL
        If there is something in the scene that only OpenGL draws.
    """
    drawing = _Drawing(scene, place_camera(scene, size), size)
    shown = [layer for layer in scene.layers if layer.visible and layer.opacity > 0]
    _check(scene, shown)
    canvas = np.broadcast_to(background, (size[1], size[0], 3)).reshape(-1, 3).astype(np.float64)
    fragments = [found for layer in shown if (found := _trace(layer, drawing)) is not None]
    _blend(canvas, fragments)
    for layer in shown:
        if isinstance(layer, AnnotationVolume):
            _lay_haze(canvas, _solid_depth(fragments, size), layer, drawing)
    return np.clip(canvas + 0.5, 0, 255).astype(np.uint8).reshape(size[1], size[0], 3)


def _check(scene: Scene, layers: list[Layer]) -> None:
    """Refuse what would be left out."""
    lost = [repr(layer.name) for layer in layers if not isinstance(layer, _KINDS)]
    lost += ["the clipping"] if scene.state.clipping else []
    lost += ["several viewports"] if len(scene.state.viewports) > 1 else []
    lost += ["perspective"] if scene.camera.perspective else []
    if lost:
        raise NoOpenGL(
            f"without OpenGL, {lost[0]} cannot be drawn: leave that out, or install OpenGL. {HOW_TO_INSTALL}"
        )


def _trace(layer: Layer, drawing: _Drawing) -> Fragments | None:
    camera, size, moment = drawing.camera, drawing.size, drawing.scene.state.moment
    match layer:
        case RegionSurface():
            mesh = region_mesh(drawing.scene.atlas, layer.acronym, layer.hemisphere)
            rgb = np.array(layer.rgb) if layer.values is None else layer.values.rgb_at(moment)[0]
            return trace_mesh(mesh, rgb.astype(np.float64), layer.opacity, camera, size)
        case Points():
            known = np.isfinite(layer.xyz).all(axis=1)
            places = camera.project(layer.xyz[known] * MM, size)
            diameter = layer.size * size[1] / _SIZE_UNIT
            colours = layer.rgb if layer.values is None else layer.values.rgb_at(moment)
            return splat(places, colours[known].astype(np.float64), layer.opacity, diameter, size)
        case Insertions():
            return _trace_insertions(layer, drawing)
        case _:
            return None


def _trace_insertions(layer: Insertions, drawing: _Drawing) -> Fragments:
    size = drawing.size
    ends = np.stack([layer.entries, layer.tips], axis=1) * MM
    known = np.isfinite(ends).all(axis=(1, 2))
    places = drawing.camera.project(ends[known], size)
    length = np.abs(places[:, 1, :2] - places[:, 0, :2]).max(axis=1, initial=1.0)
    steps = int(np.ceil(length.max(initial=1.0))) + 1
    along = np.linspace(0, 1, steps)[None, :, None]
    dots = (places[:, :1] * (1 - along) + places[:, 1:] * along).reshape(-1, 3)
    one = np.broadcast_to(np.array(layer.rgb, dtype=np.uint8), (len(known), 3))
    colours = one if layer.values is None else layer.values.rgb_at(drawing.scene.state.moment)
    rgb = np.repeat(colours[known], steps, axis=0).astype(np.float64)
    return splat(dots, rgb, layer.opacity, layer.size * size[1] / _SIZE_UNIT, size)


def _blend(canvas: Floats, fragments: list[Fragments]) -> None:
    """Lay the fragments over the canvas, on each pixel the farthest first."""
    if not fragments:
        return
    pixel, depth, alpha = (
        np.concatenate([getattr(each, name) for each in fragments]) for name in ("pixels", "depth", "alpha")
    )
    rgb = np.concatenate([each.rgb for each in fragments])
    order = np.lexsort((-depth, pixel))
    starts = np.flatnonzero(np.diff(pixel[order], prepend=-1))
    # How many fragments of the same pixel lie behind each one: all that have none first, then all that have one...
    rank = np.arange(len(order)) - np.repeat(starts, np.diff(starts, append=len(order)))
    for behind in range(int(rank.max(initial=-1)) + 1):
        source = order[rank == behind]
        beneath = canvas[pixel[source]]
        canvas[pixel[source]] = beneath + alpha[source, None] * (rgb[source] - beneath)


def _solid_depth(fragments: list[Fragments], size: Size) -> Floats:
    solid = np.full(size[0] * size[1], np.inf)
    for each in fragments:
        opaque = each.alpha >= 1
        np.minimum.at(solid, each.pixels[opaque], each.depth[opaque])
    return solid.reshape(size[1], size[0])


def _lay_haze(canvas: Floats, solid: Floats, layer: AnnotationVolume, drawing: _Drawing) -> None:
    """March through the labels from the camera on; coarser than the pixels, which a haze does not show."""
    width, height = drawing.size
    pixel = _HAZE_PIXEL if layer.opacity < _SOLID_HAZE else 1
    columns, rows = np.meshgrid(np.arange(0, width, pixel), np.arange(0, height, pixel))
    middle = (columns.astype(np.float64) + pixel / 2, rows.astype(np.float64) + pixel / 2)
    colour, passing = _march(*middle, solid[rows, columns], layer, drawing)
    fine = (np.arange(height)[:, None] // pixel, np.arange(width)[None, :] // pixel)
    picture = canvas.reshape(height, width, 3)
    picture *= passing[fine][..., None]
    picture += colour[fine]


def _march(
    columns: Floats, rows: Floats, solid: Floats, layer: AnnotationVolume, drawing: _Drawing
) -> tuple[Floats, Floats]:
    """Return the light that the labels send to each place, and the share they let pass."""
    atlas, camera = drawing.scene.atlas.coarsen(_HAZE_UM), drawing.camera
    voxel = atlas.spacing * MM
    pixel_mm = 2 * camera.half_height / drawing.size[1]
    right = (columns - drawing.size[0] / 2) * pixel_mm
    up = (drawing.size[1] / 2 - rows) * pixel_mm
    start = camera.focus + right[..., None] * camera.right + up[..., None] * camera.up
    start = (start - np.array(atlas.origin) * MM) / voxel + 0.5
    colour, passing = np.zeros((*columns.shape, 3)), np.ones(columns.shape)
    painted = Painting.of(layer).paint(atlas.regions, drawing.scene.state.moment)
    alpha = (layer.opacity * painted.share) ** 3
    reach = np.linalg.norm(atlas.labels.shape) * voxel / 2
    for offset in np.arange(reach, -reach, -voxel):
        place = np.floor(start + offset / voxel * camera.backwards).astype(np.intp)
        inside = np.all((place >= 0) & (place < atlas.labels.shape), axis=-1) & (camera.distance - offset < solid)
        labels = atlas.labels[tuple(place[inside].T)]
        dense = alpha[labels]
        colour[inside] += (passing[inside] * dense)[:, None] * painted.rgb[labels]
        passing[inside] *= 1 - dense
    return colour, passing
