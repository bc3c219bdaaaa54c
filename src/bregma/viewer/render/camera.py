"""From where, and how much of it: one orthographic camera that every way of drawing shares. In millimetres."""

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from bregma.atlas import Atlas
from bregma.viewer.render.geometry import MM
from bregma.viewer.scene.layers.layer import Layer
from bregma.viewer.scene.layers.regions import RegionSurfaces
from bregma.viewer.scene.scene import Scene
from bregma.viewer.scene.stage import Camera, View

Floats = npt.NDArray[np.float64]
_MARGIN = 1.08
_SMALLEST_MM = 0.1
_COARSE_UM = 300.0
_STEPS_ALONG = 40

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
class Placement:
    """A camera in place, with parallel lines of sight unless it has a view angle.

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
    perspective : bool
        Whether what is far looks small.
    """

    focus: Floats
    backwards: Floats
    up: Floats
    right: Floats
    half_height: float
    distance: float
    perspective: bool = False

    @property
    def view_angle(self) -> float:
        """Angle from bottom to top that shows the same at the focus in perspective, in degrees."""
        return math.degrees(2 * math.atan2(self.half_height, self.distance))

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
        depth = self.distance - offset @ self.backwards
        shrink = self.distance / np.maximum(depth, 1e-9) if self.perspective else 1.0
        scale = size[1] / 2 / self.half_height * shrink
        column = size[0] / 2 + offset @ self.right * scale
        row = size[1] / 2 - offset @ self.up * scale
        return np.stack([column, row, depth], axis=-1)


def place_camera(scene: Scene, size: tuple[int, int], camera: Camera | None = None) -> Placement:
    """Return where a camera stands: a view shows the whole brain, or all that is placed where there is none.

    Parameters
    ----------
    scene : Scene
        What has to be in the picture.
    size : tuple of 2 int
        Width and height of the picture.
    camera : Camera, optional
        That of a viewport; by default the scene's.
    """
    chosen = scene.camera if camera is None else camera
    placed = _place_free(chosen) if chosen.is_free else _place_view(scene, chosen, size)
    return replace(placed, half_height=placed.half_height / chosen.zoom, perspective=chosen.perspective)


def read_camera(placement: Placement) -> Camera:
    """Return a placement as the free camera of a scene, in metres."""
    position = placement.focus + placement.backwards * placement.distance
    return Camera(
        position=_metres(position),
        focus=_metres(placement.focus),
        up=_metres(placement.up * MM),
        height=placement.half_height * 2 / MM,
        perspective=placement.perspective,
    )


def read_placement(camera: Any) -> Placement:
    """Return where a camera of VTK stands."""
    focus, position = np.array(camera.GetFocalPoint()), np.array(camera.GetPosition())
    distance = max(float(np.linalg.norm(position - focus)), 1e-6)
    backwards, right, up = _axes((position - focus) / distance, np.array(camera.GetViewUp()))
    half_height, perspective = camera.GetParallelScale(), not camera.GetParallelProjection()
    if perspective:
        half_height = distance * math.tan(math.radians(camera.GetViewAngle()) / 2)
    return Placement(focus, backwards, up, right, half_height, distance, perspective)


def _metres(xyz_mm: Floats) -> tuple[float, float, float]:
    x, y, z = (xyz_mm / MM).tolist()
    return x, y, z


def _place_free(camera: Camera) -> Placement:
    focus, position = np.array(camera.focus) * MM, np.array(camera.position) * MM
    distance = max(float(np.linalg.norm(position - focus)), 1e-6)
    backwards, right, up = _axes((position - focus) / distance, np.array(camera.up))
    assert camera.height is not None  # a free camera has all parts
    return Placement(focus, backwards, up, right, camera.height * MM / 2, distance)


def _place_view(scene: Scene, camera: Camera, size: tuple[int, int]) -> Placement:
    place, upwards = _PLACES[camera.view]
    backwards, right, up = _axes(np.array(place) / np.linalg.norm(place), np.array(upwards))
    places = _places_mm(scene)
    low, high = places.min(axis=0), places.max(axis=0)
    across = places @ np.stack([right, up]).T
    middle, centre = (across.min(axis=0) + across.max(axis=0)) / 2, (low + high) / 2
    focus = centre + (middle - centre @ np.stack([right, up]).T) @ np.stack([right, up])
    distance = float(np.linalg.norm(high - low)) * 2 + 1
    # In perspective, what is nearer than the focus takes more room.
    larger = distance / (distance - (places - focus) @ backwards) if camera.perspective else np.ones(len(places))
    reach = (np.abs(across - middle) * larger[:, None]).max(axis=0)
    half_height = max(float(reach[1]), float(reach[0]) * size[1] / size[0], _SMALLEST_MM) * _MARGIN
    return Placement(focus, backwards, up, right, half_height, distance)


def _axes(backwards: Floats, upwards: Floats) -> tuple[Floats, Floats, Floats]:
    right = np.cross(upwards, backwards)
    length = float(np.linalg.norm(right))
    right = right / length if length > 1e-9 else np.array([1.0, 0.0, 0.0])
    return backwards, right, np.cross(backwards, right)


def _places_mm(scene: Scene) -> Floats:
    """Return what has to be in the picture: the voxels of the brain, or else the points and tracks."""
    if scene.has_atlas:
        filled = _brain_mm(scene.atlas)
        if len(filled):
            apart: Floats = (filled - filled.mean(axis=0)) * max(map(_explosion, scene.layers), default=0.0)
            return filled + apart
    places = [np.asarray(places) for layer in scene.layers for places in layer.places()]
    found = np.concatenate(places) if places else np.zeros((1, 3))
    found = (found[np.isfinite(found).all(axis=1)] * MM).astype(np.float64)
    return found if len(found) else np.zeros((1, 3))


def _explosion(layer: Layer) -> float:
    return layer.explode if isinstance(layer, RegionSurfaces) and layer.visible else 0.0


def _spread(places: Floats, scene: Scene) -> Floats:
    """Return the brain as large as its regions make it when they move apart."""
    shown = [layer for layer in scene.layers if isinstance(layer, RegionSurfaces) and layer.visible]
    reach = max((layer.explode for layer in shown), default=0.0)
    middle = (places.min(axis=0) + places.max(axis=0)) / 2
    return places + reach * (places - middle) if reach else places


@lru_cache(maxsize=4)
def _brain_mm(atlas: Atlas) -> Floats:
    longest_um = max(atlas.labels.shape) * atlas.resolution_um
    coarse = atlas.coarsen(min(_COARSE_UM, longest_um / _STEPS_ALONG))
    places: Floats = (np.argwhere(coarse.labels > 0) * coarse.spacing + np.array(coarse.origin)) * MM
    return places
