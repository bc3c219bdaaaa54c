"""A line of sight: from the camera through one pixel."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bregma.viewer.render.camera import Placement

Floats = npt.NDArray[np.float64]
_REACH = 4.0


@dataclass(frozen=True, eq=False)
class Sight:
    """What one pixel of a pane looks at.

    Parameters
    ----------
    placement : Placement
        Where the camera is.
    size : tuple of 2 int
        Width and height of the pane, in pixels.
    place : tuple of 2 float
        Column and row in the pane, from its top left.
    """

    placement: Placement
    size: tuple[int, int]
    place: tuple[float, float]

    @property
    def mm_per_pixel(self) -> float:
        """Millimetres that a pixel shows at the focus."""
        return 2 * self.placement.half_height / self.size[1]

    @property
    def on_focus(self) -> Floats:
        """The point that is seen here in the plane of the focus, in millimetres."""
        at, scale = self.placement, self.mm_per_pixel
        right, up = self.place[0] - self.size[0] / 2, self.size[1] / 2 - self.place[1]
        point: Floats = at.focus + scale * (right * at.right + up * at.up)
        return point

    @property
    def start(self) -> Floats:
        """Where the line begins, in millimetres."""
        back = self.placement.backwards * self.placement.distance
        start: Floats = (self.placement.focus if self.placement.perspective else self.on_focus) + back
        return start

    @property
    def direction(self) -> Floats:
        """Unit vector away from the camera."""
        away: Floats = self.on_focus - self.start
        return away / np.linalg.norm(away)

    @property
    def end(self) -> Floats:
        """Where the line ends, behind everything, in millimetres."""
        return self.start + self.direction * self.placement.distance * _REACH

    def depth(self, xyz_mm: npt.ArrayLike) -> Floats:
        """Return how far along the line the nearest place to each point is, in millimetres."""
        depth: Floats = (np.asarray(xyz_mm, dtype=np.float64) - self.start) @ self.direction
        return depth

    def meet_plane(self, origin_mm: npt.ArrayLike, normal: npt.ArrayLike) -> Floats | None:
        """Return where the line meets a plane, in millimetres; None if it does not."""
        normal = np.asarray(normal, dtype=np.float64)
        slope = float(self.direction @ normal)
        if abs(slope) < 1e-6:
            return None
        along = float((np.asarray(origin_mm) - self.start) @ normal) / slope
        return self.start + along * self.direction if along > 0 else None
