"""Title, legend, scale bar and credit of a picture."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from bregma.viewer.render.camera import Placement
from bregma.viewer.scene.layers.layer import Layer
from bregma.viewer.scene.layers.objects import Insertions, Points
from bregma.viewer.scene.layers.regions import RegionSurface
from bregma.viewer.scene.scene import Scene

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

Image = npt.NDArray[np.uint8]

_TEXT = (226, 232, 240)
_FAINT = (139, 149, 164)
_BAR_MM = 2.0
_LEAST_HEIGHT = 240


def letter(picture: Image, scene: Scene, camera: Placement) -> Image:
    """Return the picture with its lettering; one that is too small to be read stays bare.

    Parameters
    ----------
    picture : (height, width, 3) array of uint8
        What was drawn; it is not changed.
    scene : Scene
        Where title, legend and credit come from.
    camera : Placement
        How much the picture shows, for the scale bar.
    """
    if picture.shape[0] < _LEAST_HEIGHT:
        return picture
    from PIL import Image as Pillow
    from PIL import ImageDraw

    page = Pillow.fromarray(picture)
    pen = ImageDraw.Draw(page)
    unit = picture.shape[0] / 1000
    _write_title(pen, scene, unit)
    _write_scale(pen, camera, (picture.shape[1], picture.shape[0]), unit)
    _write(pen, (28 * unit, picture.shape[0] - 26 * unit), scene.credit, 14 * unit, _FAINT, "ls")
    return np.asarray(page)


def legend(scene: Scene) -> Iterator[tuple[tuple[int, int, int], str]]:
    """Yield colour and words for each visible region, for tracks and for points."""
    for layer in scene.layers:
        if layer.visible and layer.opacity > 0 and (entry := _entry(layer, scene)) is not None:
            yield entry


def _entry(layer: Layer, scene: Scene) -> tuple[tuple[int, int, int], str] | None:
    match layer:
        case RegionSurface():
            name = scene.atlas.regions.names[scene.atlas.regions.row(layer.acronym)]
            return layer.rgb, layer.acronym if name == layer.acronym else f"{layer.acronym}  {name}"
        case Insertions():
            return layer.rgb, f"{len(layer.entries):,} {layer.name.lower()}"
        case Points():
            return _TEXT, f"{len(layer.xyz):,} {layer.name.lower()}"
        case _:
            return None


def _write_title(pen: "ImageDraw", scene: Scene, unit: float) -> None:
    top = 28 * unit
    if scene.title:
        _write(pen, (28 * unit, top), scene.title, 26 * unit, _TEXT, "lt")
        top += 44 * unit
    if scene.has_atlas:
        _write(pen, (28 * unit, top), scene.atlas.name, 16 * unit, _FAINT, "lt")
        top += 30 * unit
    for colour, words in legend(scene):
        pen.rectangle((28 * unit, top, 40 * unit, top + 12 * unit), fill=colour)
        _write(pen, (50 * unit, top), words, 16 * unit, _TEXT, "lt")
        top += 26 * unit


def _write_scale(pen: "ImageDraw", camera: Placement, size: tuple[int, int], unit: float) -> None:
    length = _BAR_MM / 2 / camera.half_height * size[1]
    right, bottom = size[0] - 28 * unit, size[1] - 28 * unit
    pen.line((right - length, bottom, right, bottom), fill=_TEXT, width=max(1, round(3 * unit)))
    _write(pen, (right - length / 2, bottom - 10 * unit), f"{_BAR_MM:g} mm", 16 * unit, _TEXT, "ms")


def _write(pen: "ImageDraw", place: tuple[float, float], words: str, size: float, colour: Any, anchor: str) -> None:
    from PIL import ImageFont

    # Pillow's own font is the same on every machine; it has no micro sign.
    pen.text(place, words.replace("µ", "u"), fill=colour, font=ImageFont.load_default(max(size, 8)), anchor=anchor)
