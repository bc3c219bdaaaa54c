"""A still picture of a scene: drawn finely, lettered, written as PNG or JPEG."""

from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bregma.alf import atomic_write
from bregma.viewer.errors import NoOpenGL, ViewerError
from bregma.viewer.render.lettering import letter
from bregma.viewer.render.software import draw_without_opengl
from bregma.viewer.render.window import Window
from bregma.viewer.scene.scene import Scene
from bregma.viewer.scene.stage import Look

Image = npt.NDArray[np.uint8]

FINER = 2
_SMALLEST, _LARGEST = 16, 30_000
_TILE = 2048
_SEAM = 64
_DPI = 300
_FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG"}


def save_picture(
    scene: Scene, path: Path, *, size: tuple[int, int] = (1600, 1000), transparent: bool = False, lettered: bool = True
) -> None:
    """Write a scene as PNG or JPEG, with its title, a legend, colour bars, scale bars, axes and the atlas's credit.

    Parameters
    ----------
    scene : Scene
        What to draw.
    path : Path
        Where to write; nothing partial is left there.
    size : tuple of 2 int
        Width and height, in pixels.
    transparent : bool
        Whether the background is left out, which a JPEG cannot.
    lettered : bool
        Whether anything is written beside the brain.
    """
    from PIL import Image as Pillow

    kind = _FORMATS[path.suffix.lower()]
    if transparent and kind == "JPEG":
        raise ViewerError(f"a JPEG has no transparent background: save {path.stem}.png instead")
    picture = draw_picture(scene, size=size, transparent=transparent)
    image = Pillow.fromarray(letter(picture, scene) if lettered else picture)
    with atomic_write(path) as file:
        image.save(file, format=kind, dpi=(_DPI, _DPI), **_tell_credit(kind, scene.credit))


def _tell_credit(kind: str, credit: str) -> dict[str, Any]:
    """Whose atlas it is goes with the file, also where it is not written into the picture."""
    from PIL.PngImagePlugin import PngInfo

    if kind == "JPEG":
        return {"quality": 95, "comment": credit}
    about = PngInfo()
    if credit:
        about.add_text("Copyright", credit)
    return {"pnginfo": about}


def draw_picture(scene: Scene, *, size: tuple[int, int] = (1600, 1000), transparent: bool = False) -> Image:
    """Return a picture of a scene, without any lettering.

    Parameters
    ----------
    scene : Scene
        What to draw.
    size : tuple of 2 int
        Width and height, in pixels.
    transparent : bool
        Whether the background is left out.

    Returns
    -------
    (height, width, 3) array of uint8
        Drawn with OpenGL, at twice the size and averaged; on a machine without OpenGL, by the slower and plainer
        renderer of this package. With 4 and an alpha if transparent.

    Raises
    ------
    ViewerError
        If the size is not between 16 and 30000 pixels.
    NoOpenGL
        If there is no OpenGL here and the plain renderer cannot draw a layer, or leave the background out.
    """
    if not all(_SMALLEST <= edge <= _LARGEST for edge in size):
        raise ViewerError(f"a picture has {_SMALLEST} to {_LARGEST} pixels along each edge, not {size[0]} x {size[1]}")
    try:
        window = Window(scene, (FINER * min(size[0], _TILE), FINER * min(size[1], _TILE)))
    except NoOpenGL:
        if transparent:
            raise
        fine = (size[0] * FINER, size[1] * FINER)
        return average(draw_without_opengl(scene, fine, _background(scene.state.look, fine[1])))
    with window:
        return _draw_tiles(window, size, transparent=transparent)


def _draw_tiles(window: Window, size: tuple[int, int], *, transparent: bool) -> Image:
    image: Image = np.empty((size[1], size[0], 4 if transparent else 3), dtype=np.uint8)
    for left, top in product(range(0, size[0], _TILE), range(0, size[1], _TILE)):
        right, bottom = min(left + _TILE, size[0]), min(top + _TILE, size[1])
        # Points whose middle is outside are not drawn: tiles overlap by more than half a point.
        x, y = max(left - _SEAM, 0), max(top - _SEAM, 0)
        part = (x, y, min(right + _SEAM, size[0]), min(bottom + _SEAM, size[1]))
        window.show_part(tuple(edge * FINER for edge in part), (size[0] * FINER, size[1] * FINER))
        tile = average(window.draw(transparent=transparent))[top - y : bottom - y, left - x : right - x]
        image[top:bottom, left:right] = _divide_by_alpha(tile) if transparent else tile
    return image


def average(fine: Image) -> Image:
    """Return a picture of half the size, each pixel the mean of four."""
    height, width, n = fine.shape
    blocks = fine.reshape(height // FINER, FINER, width // FINER, FINER, n).sum(axis=(1, 3), dtype=np.uint16)
    averaged: Image = (blocks // FINER**2).astype(np.uint8)
    return averaged


def _divide_by_alpha(image: Image) -> Image:
    alpha = image[..., 3:].astype(np.float32)
    colours = image[..., :3] * (np.float32(255) / np.maximum(alpha, 1))
    return np.concatenate([np.clip(colours + 0.5, 0, 255).astype(np.uint8), image[..., 3:]], axis=-1)


def _background(look: Look, height: int) -> npt.NDArray[np.float64]:
    share = np.linspace(0, 1, height)[:, None, None]
    return np.array(look.top) * (1 - share) + np.array(look.bottom) * share
