"""An image that stands along a path, as a ribbon."""

import numpy as np
import numpy.typing as npt

from bregma.viewer.render.drawn import Drawn, Hit, World
from bregma.viewer.render.geometry import MM, make_actor, make_surface, set_colours
from bregma.viewer.render.telling import tell
from bregma.viewer.scene.layers.objects import PathImage
from bregma.viewer.scene.stage import Pick


class DrawnPathImage(Drawn):
    """A ribbon of as many squares as the image has pixels, each in exactly its colour."""

    def __init__(self, layer: PathImage, world: World) -> None:
        super().__init__(layer, world)
        vertices, faces = make_ribbon(layer)
        self._data = make_surface(vertices * MM, faces)
        actor = make_actor(self._data, coloured=True)
        actor.GetProperty().LightingOff()
        self.props = [actor]

    def follow(self, layer: PathImage, moment: float) -> bool:
        """Take over the image and its opacity."""
        old = self.layer
        same = layer.path is old.path and layer.image.shape == old.image.shape
        if not same or (layer.width, layer.across) != (old.width, old.across):
            return False
        self.layer = layer
        self.props[0].GetProperty().SetOpacity(layer.opacity)
        set_colours(self._data.GetCellData(), np.repeat(layer.image.reshape(-1, 3), 2, axis=0))
        return True

    def describe(self, hit: Hit) -> Pick | None:
        """Tell which row of the image was hit."""
        if hit.cell < 0:
            return None
        row, column = divmod(hit.cell // 2, self.layer.image.shape[1])
        return tell(self, hit, 0.0, row, label=f"row {row}, column {column}")


def make_ribbon(layer: PathImage) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Return the corners of all pixels, in metres, and two triangles for each, row by row."""
    n_rows, n_columns = layer.image.shape[:2]
    path = np.asarray(layer.path, dtype=np.float64)
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))])
    heights = np.linspace(0, along[-1], n_rows + 1)
    middle = np.stack([np.interp(heights, along, path[:, axis]) for axis in range(3)], axis=1)
    across = np.array(layer.across) / np.linalg.norm(layer.across) * layer.width
    offsets = np.linspace(-0.5, 0.5, n_columns + 1)[:, None] * across
    vertices = (middle[:, None] + offsets).reshape(-1, 3)
    corner = (np.arange(n_rows)[:, None] * (n_columns + 1) + np.arange(n_columns)).reshape(-1, 1)
    below, right = n_columns + 1, 1
    both = corner + np.array([0, right, below, right, below + right, below])
    return vertices, both.reshape(-1, 3)
