"""A still picture of a scene: drawn finely, lettered, written as PNG."""

from pathlib import Path

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

_FINER = 2
_LARGEST = 8000


def save_picture(scene: Scene, path: Path, *, size: tuple[int, int] = (1600, 1000)) -> None:
    """Write a scene as PNG, with its title, a legend, a scale bar and the atlas's credit.

    Parameters
    ----------
    scene : Scene
        What to draw.
    path : Path
        Where to write; nothing partial is left there.
    size : tuple of 2 int
        Width and height, in pixels.
    """
    from PIL import Image as Pillow

    lettered = letter(draw_picture(scene, size=size), scene)
    with atomic_write(path) as file:
        Pillow.fromarray(lettered).save(file, format="PNG")


def draw_picture(scene: Scene, *, size: tuple[int, int] = (1600, 1000)) -> Image:
    """Return a picture of a scene, without any lettering.

    Parameters
    ----------
    scene : Scene
        What to draw.
    size : tuple of 2 int
        Width and height, in pixels.

    Returns
    -------
    (height, width, 3) array of uint8
        Drawn with OpenGL, at twice the size and averaged; on a machine without OpenGL, by the slower and plainer
        renderer of this package.

    Raises
    ------
    ViewerError
        If the size is not between 16 and 8000 pixels.
    """
    if not all(16 <= edge <= _LARGEST for edge in size):
        raise ViewerError(f"a picture has 16 to {_LARGEST} pixels along each edge, not {size[0]} x {size[1]}")
    fine = (size[0] * _FINER, size[1] * _FINER)
    try:
        with Window(scene, fine) as window:
            image = window.draw()
    except NoOpenGL:
        image = draw_without_opengl(scene, fine, _background(scene.state.look, fine[1]))
    blocks = image.reshape(size[1], _FINER, size[0], _FINER, 3).sum(axis=(1, 3), dtype=np.uint16)
    averaged: Image = (blocks // _FINER**2).astype(np.uint8)
    return averaged


def _background(look: Look, height: int) -> npt.NDArray[np.float64]:
    share = np.linspace(0, 1, height)[:, None, None]
    return np.array(look.top) * (1 - share) + np.array(look.bottom) * share
