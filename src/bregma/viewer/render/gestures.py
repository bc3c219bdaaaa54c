"""How a camera moves: by hand, on a circle, or from one place to another. Pure geometry."""

import math
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from bregma.viewer.render.camera import Placement

Floats = npt.NDArray[np.float64]


def turn(placement: Placement, right: float, up: float) -> Placement:
    """Go around the focus: by degrees to the right, and upwards."""
    around = _rotate(placement.up, math.radians(right))
    turned_right, back = around @ placement.right, around @ placement.backwards
    over = _rotate(turned_right, -math.radians(up))
    return replace(placement, right=turned_right, backwards=over @ back, up=over @ placement.up)


def shift(placement: Placement, right_mm: float, up_mm: float) -> Placement:
    """Move camera and focus along the picture, in millimetres."""
    return replace(placement, focus=placement.focus + right_mm * placement.right + up_mm * placement.up)


def zoom(placement: Placement, factor: float, towards_mm: Floats | None = None) -> Placement:
    """Show less, larger; what is at a place in millimetres stays where it is in the picture."""
    away = 1.0 / factor
    focus = placement.focus if towards_mm is None else towards_mm + (placement.focus - towards_mm) * away
    distance = placement.distance * (away if placement.perspective else 1.0)
    return replace(placement, focus=focus, half_height=placement.half_height * away, distance=distance)


def circle(placement: Placement, degrees: float) -> Placement:
    """Go around the focus on a level path: around the axis from ventral to dorsal."""
    around = _rotate(np.array([0.0, 0.0, 1.0]), math.radians(degrees))
    backwards, right, up = (around @ each for each in (placement.backwards, placement.right, placement.up))
    return replace(placement, backwards=backwards, right=right, up=up)


def fly(start: Placement, end: Placement, share: float) -> Placement:
    """Return where a camera is on its way, after a share of it: it turns evenly and starts and stops gently."""
    from scipy.spatial.transform import Rotation, Slerp

    eased = share * share * (3 - 2 * share)
    frames = np.stack([np.stack([each.right, each.up, each.backwards], axis=1) for each in (start, end)])
    right, up, backwards = Slerp([0.0, 1.0], Rotation.from_matrix(frames))(eased).as_matrix().T
    height, distance = (
        math.exp((1 - eased) * math.log(one) + eased * math.log(other))
        for one, other in ((start.half_height, end.half_height), (start.distance, end.distance))
    )
    focus = (1 - eased) * start.focus + eased * end.focus
    return Placement(focus, backwards, up, right, height, distance, start.perspective)


def _rotate(axis: Floats, angle: float) -> Floats:
    x, y, z = axis
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    turned: Floats = np.eye(3) + math.sin(angle) * cross + (1 - math.cos(angle)) * cross @ cross
    return turned
