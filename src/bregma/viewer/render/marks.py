"""What is written and drawn over a picture, as data, and the painter that puts it there."""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from bregma.viewer.scene.arrays import Bytes, Colour

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

Image = npt.NDArray[np.uint8]
_LEAST_LETTER = 8.0
_FINER = 4
_NO_LETTER = "\uffff"
_HALO = 0.12


@dataclass(frozen=True)
class Words:
    """A line of text.

    Parameters
    ----------
    x, y : float
        Where, in pixels from the top left.
    text : str
        What is written.
    size : float
        Height of a letter with its space, in pixels.
    colour : tuple of 3 int
        0 to 255.
    anchor : str
        What of the text is at the place: ``l``, ``m`` or ``r``, then ``t``, ``m`` or ``s`` (top, middle, baseline).
    halo : tuple of 3 int, optional
        Colour of a rim, so that it is read over anything.
    """

    x: float
    y: float
    text: str
    size: float
    colour: Colour
    anchor: str = "ls"
    halo: Colour | None = None


@dataclass(frozen=True)
class Stroke:
    """A straight line."""

    x0: float
    y0: float
    x1: float
    y1: float
    width: float
    colour: Colour


@dataclass(frozen=True)
class Ring:
    """A circle."""

    x: float
    y: float
    radius: float
    width: float
    colour: Colour


@dataclass(frozen=True)
class Box:
    """A filled rectangle."""

    left: float
    top: float
    right: float
    bottom: float
    colour: Colour


@dataclass(frozen=True, eq=False)
class Ramp:
    """A bar of colours, the first at the bottom."""

    left: float
    top: float
    right: float
    bottom: float
    colours: Bytes


Mark: TypeAlias = Words | Stroke | Ring | Box | Ramp


def paint(picture: Image, marks: Iterable[Mark]) -> Image:
    """Return a picture with marks over it.

    Parameters
    ----------
    picture : (height, width, 3 or 4) array of uint8
        It is not changed.
    marks : iterable of Mark
        From the lowest to the topmost.
    """
    from PIL import Image as Pillow

    page = Pillow.fromarray(picture).convert("RGBA")
    for tile, left, top in (drawn for mark in marks for drawn in _draw(mark)):
        page.alpha_composite(tile, (max(left, 0), max(top, 0)), (max(-left, 0), max(-top, 0)))
    return np.array(page)[..., : picture.shape[2]]


def _draw(mark: Mark) -> Iterator[tuple[Any, int, int]]:
    """Yield a mark as small pictures, and where the top left corner of each comes."""
    match mark:
        case Words():
            if mark.halo is not None:
                yield _draw_words(mark, mark.halo, rim=_HALO)
            yield _draw_words(mark, mark.colour)
        case Stroke():
            yield _draw_stroke(mark)
        case Ring():
            yield _draw_ring(mark)
        case Box():
            box = (round(mark.left), round(mark.top), round(mark.right), round(mark.bottom))
            yield _fill(np.array(mark.colour, dtype=np.uint8), box)
        case Ramp():
            box = (round(mark.left), round(mark.top), round(mark.right), round(mark.bottom))
            index = np.linspace(len(mark.colours) - 1, 0, max(box[3] - box[1], 1)).round().astype(np.intp)
            yield _fill(mark.colours[index][:, None], box)


def _fill(rgb: Bytes, box: tuple[int, int, int, int]) -> tuple[Any, int, int]:
    from PIL import Image as Pillow

    left, top, right, bottom = box
    tile = np.empty((max(bottom - top, 1), max(right - left, 1), 4), dtype=np.uint8)
    tile[..., :3], tile[..., 3] = rgb, 255
    return Pillow.fromarray(tile), left, top


# Words mostly stay where they are from picture to picture.
@lru_cache(maxsize=512)
def _draw_words(mark: Words, colour: Colour, *, rim: float = 0.0) -> tuple[Any, int, int]:
    size = max(mark.size, _LEAST_LETTER) * _FINER
    font, width = font_for(mark.text, size), round(size * rim)
    box = font.getbbox(mark.text, anchor=mark.anchor, stroke_width=width)
    edges = (box[0] / _FINER + mark.x, box[1] / _FINER + mark.y, box[2] / _FINER + mark.x, box[3] / _FINER + mark.y)

    def draw(pen: "ImageDraw", x: float, y: float) -> None:
        place = ((mark.x - x) * _FINER, (mark.y - y) * _FINER)
        pen.text(place, mark.text, fill=255, font=font, anchor=mark.anchor, stroke_width=width)

    return _draw_smoothly(edges, colour, draw)


def _draw_stroke(mark: Stroke) -> tuple[Any, int, int]:
    half = mark.width / 2
    edges = (min(mark.x0, mark.x1), min(mark.y0, mark.y1), max(mark.x0, mark.x1), max(mark.y0, mark.y1))

    def draw(pen: "ImageDraw", x: float, y: float) -> None:
        ends = ((mark.x0 - x, mark.y0 - y), (mark.x1 - x, mark.y1 - y))
        line = tuple(part * _FINER for end in ends for part in end)
        pen.line(line, fill=255, width=max(round(mark.width * _FINER), 1))

    low, high = (edges[0] - half, edges[1] - half), (edges[2] + half, edges[3] + half)
    return _draw_smoothly((*low, *high), mark.colour, draw)


def _draw_ring(mark: Ring) -> tuple[Any, int, int]:
    reach = mark.radius + mark.width

    def draw(pen: "ImageDraw", x: float, y: float) -> None:
        middle = ((mark.x - x) * _FINER, (mark.y - y) * _FINER)
        pen.circle(middle, mark.radius * _FINER, outline=255, width=max(round(mark.width * _FINER), 1))

    return _draw_smoothly((mark.x - reach, mark.y - reach, mark.x + reach, mark.y + reach), mark.colour, draw)


def _draw_smoothly(
    edges: tuple[float, float, float, float], colour: Colour, draw: Callable[["ImageDraw", float, float], None]
) -> tuple[Any, int, int]:
    """Draw finely and average: letters keep their spacing, and lines have no steps."""
    from PIL import Image as Pillow
    from PIL import ImageDraw

    left, top = math.floor(edges[0]) - 1, math.floor(edges[1]) - 1
    width, height = math.ceil(edges[2]) + 1 - left, math.ceil(edges[3]) + 1 - top
    fine = Pillow.new("L", (width * _FINER, height * _FINER))
    draw(ImageDraw.Draw(fine), left, top)
    tile = Pillow.new("RGBA", (width, height), colour)
    tile.putalpha(fine.reduce(_FINER))
    return tile, left, top


@lru_cache(maxsize=64)
def font_for(text: str, size: float) -> Any:
    """Return Pillow's own font, which is the same on every machine; another for letters that it does not have."""
    from PIL import ImageFont

    usual: Any = ImageFont.load_default(size)
    unknown = bytes(usual.getmask(_NO_LETTER))
    if text.isascii() or not any(bytes(usual.getmask(letter)) == unknown for letter in set(text)):
        return usual
    import matplotlib

    wide = Path(matplotlib.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")
    return ImageFont.truetype(str(wide), round(size * 0.9))
