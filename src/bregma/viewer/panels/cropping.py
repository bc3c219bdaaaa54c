"""The box that a scene is cut to, as a panel says it: from where to where along each coordinate, in millimetres."""

from dataclasses import dataclass

import numpy as np

from bregma.viewer.panels.slicing import range_mm
from bregma.viewer.scene.clipping import box_planes, check_number
from bregma.viewer.scene.scene import Scene

_LEAST_MM = 0.05
_STRAIGHT = 1 - 1e-9


@dataclass(frozen=True)
class Extent:
    """What of a coordinate is shown.

    Parameters
    ----------
    low, high : float
        From where to where, in millimetres from bregma.
    least, most : float
        How far it can go.
    """

    low: float
    high: float
    least: float
    most: float

    @property
    def is_whole(self) -> bool:
        """Whether nothing is cut away."""
        return self.low <= self.least and self.high >= self.most


def read_box(scene: Scene) -> tuple[Extent, Extent, Extent]:
    """Return what is shown along ML, AP and DV; planes of other directions are left out."""
    ml, ap, dv = (_read_axis(scene, axis) for axis in range(3))
    return ml, ap, dv


def cut_to(scene: Scene, axis: int, *, low: float | None = None, high: float | None = None) -> None:
    """Move a side of the box, in millimetres; at the edge of the volume the side is no more. Oblique planes stay."""
    extents = list(read_box(scene))
    old = extents[axis]
    new_low = old.low if low is None else min(max(low, old.least), old.high - _LEAST_MM)
    new_high = old.high if high is None else max(min(high, old.most), old.low + _LEAST_MM)
    extents[axis] = Extent(new_low, new_high, old.least, old.most)
    ml, ap, dv = (_limits(extent) for extent in extents)
    others = (plane for plane in scene.state.clipping if max(map(abs, plane.normal)) <= _STRAIGHT)
    scene.change(clipping=check_number((*box_planes(ml, ap, dv), *others)))


def _read_axis(scene: Scene, axis: int) -> Extent:
    least, most = range_mm(scene, axis)
    low, high = least, most
    for plane in scene.state.clipping:
        if abs(plane.normal[axis]) > _STRAIGHT:
            place = plane.origin[axis] * 1e3
            low, high = (max(low, place), high) if plane.normal[axis] > 0 else (low, min(high, place))
    return Extent(low, high, least, most)


def _limits(extent: Extent) -> tuple[float | None, float | None]:
    low = None if np.isclose(extent.low, extent.least) else extent.low * 1e-3
    high = None if np.isclose(extent.high, extent.most) else extent.high * 1e-3
    return low, high
