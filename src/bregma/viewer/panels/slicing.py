"""Where slices are, as people say it: millimetres along a named coordinate, and degrees of tilt."""

from dataclasses import dataclass

import numpy as np

from bregma.atlas import Plane, Trajectory
from bregma.viewer.errors import InvalidLayer
from bregma.viewer.panels.rows import COORDINATES
from bregma.viewer.scene.arrays import Triple
from bregma.viewer.scene.building import Direction
from bregma.viewer.scene.layers.layer import Layer
from bregma.viewer.scene.layers.links import Insertions
from bregma.viewer.scene.layers.volumes import Slice
from bregma.viewer.scene.scene import Scene

DIRECTIONS: dict[Direction, int] = {"sagittal": 0, "coronal": 1, "horizontal": 2}
STEEPEST = 60.0
_WITHOUT_ATLAS_MM = ((-6.0, 6.0), (-9.0, 6.0), (-9.0, 1.0))


@dataclass(frozen=True)
class Placing:
    """A slice in the terms of a panel.

    Parameters
    ----------
    axis : int
        0, 1, 2: the coordinate that it cuts most across.
    position_mm : float
        Where it meets that coordinate's axis, in millimetres from bregma.
    tilts : tuple of 2 float
        Degrees towards the other two coordinates, in their order.
    """

    axis: int
    position_mm: float
    tilts: tuple[float, float]

    @property
    def coordinate(self) -> str:
        """Name of the coordinate: ML, AP or DV."""
        return COORDINATES[self.axis]

    @property
    def tilted_towards(self) -> tuple[str, str]:
        """Names of the coordinates of the two tilts."""
        first, second = (name for name in COORDINATES if name != self.coordinate)
        return first, second

    @property
    def normal(self) -> Triple:
        """The direction of the slice."""
        return _normal_of(self.axis, self.tilts)

    @property
    def origin(self) -> Triple:
        """A point of the slice, in metres."""
        x, y, z = (np.eye(3)[self.axis] * self.position_mm * 1e-3).tolist()
        return x, y, z


def read_placing(layer: Slice) -> Placing:
    """Return where a slice is."""
    normal = np.array(layer.normal)
    axis = int(np.argmax(np.abs(normal)))
    normal *= np.sign(normal[axis])
    others = [other for other in range(3) if other != axis]
    tilts = np.degrees(np.arctan2(normal[others], normal[axis]))
    position = float(np.dot(layer.origin, normal) / normal[axis]) * 1e3
    return Placing(axis, position, (float(tilts[0]), float(tilts[1])))


def place_slice(scene: Scene, name: str, placing: Placing) -> None:
    """Put a slice of the scene there."""
    scene.update(name, origin=placing.origin, normal=placing.normal)


def range_mm(scene: Scene, axis: int) -> tuple[float, float]:
    """Return from where to where a slice across a coordinate meets the volume, in millimetres."""
    if not scene.has_atlas:
        return _WITHOUT_ATLAS_MM[axis]
    first = scene.atlas.origin[axis]
    return first * 1e3, (first + scene.atlas.spacing * (scene.atlas.labels.shape[axis] - 1)) * 1e3


def list_slices(scene: Scene) -> tuple[Slice, ...]:
    """Return the slices of a scene."""
    return tuple(layer for layer in scene.layers if isinstance(layer, Slice))


def slice_along(scene: Scene, chosen: Layer | None) -> None:
    """Add a slice that holds the probe that is selected, or the only one of the layer in hand.

    Raises
    ------
    InvalidLayer
        If neither is a probe with known ends.
    """
    pick = scene.state.selection
    layer = scene.state.find(pick.layer) if pick is not None else None
    index = pick.index if pick is not None else None
    if not isinstance(layer, Insertions):
        layer, index = chosen, 0 if isinstance(chosen, Insertions) and len(chosen.entries) == 1 else None
    if not isinstance(layer, Insertions) or index is None:
        raise InvalidLayer("click a probe, then cut along it")
    label = layer.labels[index] if layer.labels else layer.name
    line = Trajectory.fit(np.stack([layer.entries[index], layer.tips[index]]))
    name = f"Along {label}"
    free = scene.state.find(name) is None
    scene.slice(Plane.along(scene.atlas.grid, line), name=name if free else "")


def _normal_of(axis: int, tilts: tuple[float, float]) -> Triple:
    others = [other for other in range(3) if other != axis]
    normal = np.eye(3)[axis] + np.tan(np.radians(tilts)) @ np.eye(3)[others]
    x, y, z = (normal / np.linalg.norm(normal)).tolist()
    return x, y, z
