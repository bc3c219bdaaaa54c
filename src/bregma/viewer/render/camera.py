"""From where, and how much of it: one orthographic camera that every way of drawing shares. In millimetres."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from bregma.atlas import Atlas
from bregma.viewer.scene.layers import Insertions, Points
from bregma.viewer.scene.scene import Scene, View

Floats = npt.NDArray[np.float64]
MM = 1e3
_MARGIN = 1.08
_SMALLEST_MM = 0.5
_COARSE_UM = 300.0

# Where the camera stands, and which way is up in the picture: x is right, y is front, z is up.
_PLACES: dict[View, tuple[tuple[float, float, float], tuple[float, float, float]]] = {
    View.OBLIQUE: ((-1.15, 1.0, 0.75), (0, 0, 1)),
    View.LEFT: ((-1, 0, 0), (0, 0, 1)),
    View.RIGHT: ((1, 0, 0), (0, 0, 1)),
    View.DORSAL: ((0, 0, 1), (0, 1, 0)),
    View.VENTRAL: ((0, 0, -1), (0, 1, 0)),
    View.ANTERIOR: ((0, 1, 0), (0, 0, 1)),
    View.POSTERIOR: ((0, -1, 0), (0, 0, 1)),
}


@dataclass(frozen=True, eq=False)
class Camera:
    """An orthographic camera.

    Parameters
    ----------
    focus : (3,) array
        The point in the middle of the picture, in millimetres.
    backwards, up, right : (3,) array
        Unit vectors: to the camera, and along the edges of the picture.
    half_height : float
        Half of what the picture shows from bottom to top, in millimetres.
    distance : float
        From the focus to the camera, in millimetres; beyond everything.
    """

    focus: Floats
    backwards: Floats
    up: Floats
    right: Floats
    half_height: float
    distance: float

    def project(self, xyz_mm: npt.ArrayLike, size: tuple[int, int]) -> Floats:
        """Return column, row (both in pixels, from the top left) and depth (millimetres from the camera).

        Parameters
        ----------
        xyz_mm : (..., 3) array
            Millimetres relative to bregma.
        size : tuple of 2 int
            Width and height of the picture.
        """
        offset = np.asarray(xyz_mm, dtype=np.float64) - self.focus
        scale = size[1] / 2 / self.half_height
        column = size[0] / 2 + offset @ self.right * scale
        row = size[1] / 2 - offset @ self.up * scale
        return np.stack([column, row, self.distance - offset @ self.backwards], axis=-1)


def place_camera(scene: Scene, size: tuple[int, int]) -> Camera:
    """Return the camera of the scene's view that shows the whole brain, or all points where there is none."""
    place, upwards = _PLACES[scene.view]
    backwards = np.array(place) / np.linalg.norm(place)
    right = np.cross(upwards, backwards)
    right /= np.linalg.norm(right)
    up = np.cross(backwards, right)
    places = _places_mm(scene)
    low, high = places.min(axis=0), places.max(axis=0)
    across = places @ np.stack([right, up]).T
    middle, reach = (across.min(axis=0) + across.max(axis=0)) / 2, np.ptp(across, axis=0) / 2
    centre = (low + high) / 2
    focus = centre + (middle - centre @ np.stack([right, up]).T) @ np.stack([right, up])
    half_height = max(float(reach[1]), float(reach[0]) * size[1] / size[0], _SMALLEST_MM) * _MARGIN
    return Camera(focus, backwards, up, right, half_height, float(np.linalg.norm(high - low)) * 2 + 1)


def _places_mm(scene: Scene) -> Floats:
    """Return what has to be in the picture: the voxels of the brain, or else the points and tracks."""
    if scene.has_atlas:
        filled = _brain_mm(scene.atlas)
        if len(filled):
            return filled
    places = [layer.xyz for layer in scene.layers if isinstance(layer, Points)]
    places += [ends for layer in scene.layers if isinstance(layer, Insertions) for ends in (layer.entries, layer.tips)]
    found = np.concatenate(places) if places else np.zeros((1, 3))
    found = (found[np.isfinite(found).all(axis=1)] * MM).astype(np.float64)
    return found if len(found) else np.zeros((1, 3))


@lru_cache(maxsize=4)
def _brain_mm(atlas: Atlas) -> Floats:
    coarse = atlas.coarsen(_COARSE_UM)
    places: Floats = (np.argwhere(coarse.labels > 0) * coarse.spacing + np.array(coarse.origin)) * MM
    return places
