"""Planes that cut a scene open: the sides of a box, or any."""

import numpy as np

from bregma.viewer.errors import InvalidLayer
from bregma.viewer.scene.arrays import Triple
from bregma.viewer.scene.conforming import conform
from bregma.viewer.scene.stage import Plane

#: From where to where; None for as far as there is something.
Range = tuple[float | None, float | None]

_MOST_PLANES = 6


def box_planes(ml: Range | None, ap: Range | None, dv: Range | None) -> tuple[Plane, ...]:
    """Return the sides of a box that are given.

    Raises
    ------
    InvalidLayer
        If a range does not reach from less to more.
    """
    planes = []
    for axis, limits in enumerate((ml, ap, dv)):
        low, high = conform((None, None) if limits is None else limits, Range, "a side of a box")
        if low is not None and high is not None and not low < high:
            raise InvalidLayer(f"a box reaches from less to more, not from {low} to {high} m")
        planes += [_side(axis, place, sign) for place, sign in ((low, 1.0), (high, -1.0)) if place is not None]
    return tuple(planes)


def check_number(planes: tuple[Plane, ...]) -> tuple[Plane, ...]:
    """Return the planes, or refuse more of them than graphics cards can cut by."""
    if len(planes) > _MOST_PLANES:
        raise InvalidLayer(f"a scene is cut by {_MOST_PLANES} planes at most; unclip() takes those away that are there")
    return planes


def _side(axis: int, place: float, sign: float) -> Plane:
    unit = np.eye(3)[axis]
    return Plane(origin=_triple(unit * place), normal=_triple(unit * sign))


def _triple(values: np.ndarray) -> Triple:
    x, y, z = values.tolist()
    return x, y, z
