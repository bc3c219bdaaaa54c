"""The opacity curve of a transfer function under the mouse: points that are taken, moved, added and removed."""

from typing import TypeAlias

import numpy as np

Point: TypeAlias = tuple[float, float]
Curve: TypeAlias = tuple[Point, ...]


def find_point(curve: Curve, x: float, y: float, *, reach: tuple[float, float]) -> int | None:
    """Return which point of the curve is nearest to a place within reach, None if there is none."""
    away = np.hypot((np.array([one[0] for one in curve]) - x) / reach[0], [(one[1] - y) / reach[1] for one in curve])
    nearest = int(np.argmin(away))
    return nearest if away[nearest] <= 1 else None


def move_point(curve: Curve, index: int, x: float, y: float) -> Curve:
    """Return the curve with a point moved; it stays between its neighbours, the ends stay at the ends."""
    low = curve[index - 1][0] if index > 0 else 0.0
    high = curve[index + 1][0] if index < len(curve) - 1 else 1.0
    if index == 0:
        high = low
    elif index == len(curve) - 1:
        low = high
    placed = (float(np.clip(x, low, high)), float(np.clip(y, 0, 1)))
    return (*curve[:index], placed, *curve[index + 1 :])


def add_point(curve: Curve, x: float, y: float) -> tuple[Curve, int]:
    """Return the curve with one more point, and which it is."""
    x, y = float(np.clip(x, 0, 1)), float(np.clip(y, 0, 1))
    index = min(max(sum(one[0] <= x for one in curve), 1), len(curve) - 1)
    return (*curve[:index], (x, y), *curve[index:]), index


def remove_point(curve: Curve, index: int) -> Curve:
    """Return the curve without a point; its ends remain."""
    return curve if index in (0, len(curve) - 1) else (*curve[:index], *curve[index + 1 :])
