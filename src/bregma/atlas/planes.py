"""Flat windows into the brain: the pixels of coronal, sagittal, horizontal and tilted planes in space."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from bregma.atlas.coordinates import Floats, check_direction, check_metres, check_point
from bregma.atlas.errors import InvalidCoordinates, InvalidValues, OutsideVolume
from bregma.atlas.grid import AXES, Axis, Grid, axis_number
from bregma.atlas.trajectory import Trajectory

#: The planes of anatomy.
Section = Literal["coronal", "sagittal", "horizontal"]

# Of each section: the axis that it is at a right angle to, and those that go right and up in its picture.
_FRAMES: dict[str, tuple[Axis, Axis, Axis]] = {
    "coronal": ("y", "x", "z"),
    "sagittal": ("x", "y", "z"),
    "horizontal": ("z", "x", "y"),
}
_LEVEL = 1e-12
_SKEW = 1e-6


@dataclass(frozen=True)
class Layer:
    """One layer of voxels of a grid: at a right angle to an axis, by its index along it."""

    grid: Grid
    axis: Axis
    index: int


@dataclass(frozen=True, eq=False)
class Plane:
    """A rectangle of pixels in space, seen with `right` to the right and `up` upwards.

    Distances in the plane are counted from bregma along `right` and `up`: in a plane of anatomy they are the
    coordinates themselves. The planes that cut a scene of the viewer are endless: `bregma.viewer.Plane`.

    Parameters
    ----------
    origin : (3,) array
        Centre of pixel (0, 0), the lower left one, in metres relative to bregma.
    right, up : (3,) array
        Directions of length 1, at a right angle to each other.
    spacing : tuple of 2 float
        Width and height of a pixel, in metres.
    shape : tuple of 2 int
        Rows (upwards) and columns (to the right).
    section : {"coronal", "sagittal", "horizontal"} or "tilted"
        What to call it.
    layer : Layer, optional
        The voxels that the pixels are, if they are voxels.
    """

    origin: Floats
    right: Floats
    up: Floats
    spacing: tuple[float, float]
    shape: tuple[int, int]
    section: Section | Literal["tilted"] = "tilted"
    layer: Layer | None = None

    @classmethod
    def cut(cls, grid: Grid, section: Section, at: float, *, outside: Literal["raise", "clip"] = "raise") -> "Plane":
        """Return a plane of anatomy: the layer of voxels at a coordinate.

        Parameters
        ----------
        grid : Grid
            The voxels, as ``atlas.grid``.
        section : {"coronal", "sagittal", "horizontal"}
            Coronal is at a y and shows x and z; sagittal at an x and shows y and z; horizontal at a z and shows
            x and y.
        at : float
            The coordinate, in metres.
        outside : {"raise", "clip"}
            What to do where the volume does not reach: an error, or its last layer.

        Raises
        ------
        OutsideVolume
            If the volume does not reach there.
        WrongUnit
            If the coordinate cannot be metres.
        """
        axis, *shown = _frame(section)
        across, upwards = (axis_number(one) for one in shown)
        layer = Layer(grid, axis, grid.index_along(axis, at, outside=outside))
        corner = np.array(grid.origin)
        corner[axis_number(axis)] += layer.index * grid.spacing[axis_number(axis)]
        return cls(
            corner,
            np.eye(3)[across],
            np.eye(3)[upwards],
            (grid.spacing[across], grid.spacing[upwards]),
            (grid.shape[upwards], grid.shape[across]),
            section,
            layer,
        )

    @classmethod
    def along(cls, grid: Grid, line: Trajectory, like: Section = "coronal") -> "Plane":
        """Return the plane that holds a line and looks most like a plane of anatomy.

        It keeps the axis that goes to the right in that plane's picture, and tilts the other one along the line.
        A line that does not tilt it gives the plane of anatomy itself.

        Parameters
        ----------
        grid : Grid
            The voxels, as ``atlas.grid``.
        line : Trajectory
            As ``insertion.trajectory``, or ``Trajectory.fit(xyz)``.
        like : {"coronal", "sagittal", "horizontal"}
            The plane of anatomy.
        """
        _, *shown = _frame(like)
        across, upwards = (axis_number(one) for one in shown)
        up = line.vector.copy()
        up[across] = 0.0
        if np.linalg.norm(up) < _LEVEL:
            up = np.eye(3)[upwards]
        turned = up if up[upwards] >= 0 else -up
        return cls.spanned(grid, line.point, np.eye(3)[across], turned)

    @classmethod
    def across(cls, grid: Grid, point: npt.ArrayLike, normal: npt.ArrayLike) -> "Plane":
        """Return the plane through a point at a right angle to a direction, seen with its level line to the right.

        Parameters
        ----------
        grid : Grid
            The voxels, as ``atlas.grid``.
        point : (3,) array
            Metres relative to bregma.
        normal : (3,) array
            Of any length.
        """
        away = check_direction(normal)
        right = np.array([away[1], -away[0], 0.0]) if np.hypot(*away[:2]) > _LEVEL else np.array([1.0, 0.0, 0.0])
        right = right if tuple(right) >= (0, 0, 0) else -right
        up = np.cross(right, away)
        return cls.spanned(grid, point, right, up if tuple(up[::-1]) >= (0, 0, 0) else -up)

    @classmethod
    def spanned(cls, grid: Grid, point: npt.ArrayLike, right: npt.ArrayLike, up: npt.ArrayLike) -> "Plane":
        """Return the plane through a point along two directions, as wide as the volume is there.

        Its pixels are as large as the smallest edge of a voxel.

        Raises
        ------
        InvalidCoordinates
            If the directions are not at a right angle to each other.
        OutsideVolume
            If the plane misses the volume.
        """
        place = check_point(point, "the point of a plane")
        across, upwards = check_direction(right), check_direction(up)
        if abs(across @ upwards) > _SKEW:
            raise InvalidCoordinates(f"a plane goes right and up at a right angle, not along {across} and {upwards}")
        away = np.cross(across, upwards)
        outline = _outline(grid, place, away)
        if not len(outline):
            raise OutsideVolume(
                f"the plane through {place.tolist()} at a right angle to {away.tolist()} misses the volume"
            )
        shown = outline @ np.stack([across, upwards], axis=1)
        edge, low = min(grid.spacing), shown.min(axis=0)
        columns, rows = (np.floor(np.ptp(shown, axis=0) / edge + _SKEW) + 1).astype(int).tolist()
        origin = low[0] * across + low[1] * upwards + (place @ away) * away
        return cls(origin, across, upwards, (edge, edge), (rows, columns))

    @property
    def axes(self) -> tuple[str, str]:
        """Names of the axes to the right and up: x, y or z, with a prime if the plane is tilted."""
        return _name(self.right), _name(self.up)

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """Left, right, bottom and top edge of the picture, in metres, for ``imshow(..., origin="lower")``."""
        left, bottom = (float(self.origin @ way - edge / 2) for way, edge in zip(self._ways, self.spacing, strict=True))
        rows, columns = self.shape
        return left, left + columns * self.spacing[0], bottom, bottom + rows * self.spacing[1]

    @property
    def mesh(self) -> tuple[Floats, Floats, Floats]:
        """Coordinates of the pixels along x, y and z: (n_rows or 1, n_columns or 1) arrays, to be broadcast."""
        rows, columns = (
            np.arange(n, dtype=np.float64) * edge for n, edge in zip(self.shape, self.spacing[::-1], strict=True)
        )
        x, y, z = (_slope(*starts, rows, columns) for starts in zip(self.origin, self.up, self.right, strict=True))
        return x, y, z

    @property
    def pixels(self) -> Floats:
        """(n_rows, n_columns, 3) array: the centre of each pixel, in metres relative to bregma."""
        centres = [np.broadcast_to(along, self.shape) for along in self.mesh]
        return np.stack(centres, axis=-1)

    @property
    def normal(self) -> Floats:
        """(3,) array: the direction of length 1 to the viewer."""
        towards: Floats = np.cross(self.right, self.up)
        return towards

    def project(self, xyz: npt.ArrayLike) -> Floats:
        """Return where coordinates are in the picture, seen at a right angle.

        Parameters
        ----------
        xyz : (..., 3) array
            Metres relative to bregma. NaN stays NaN.

        Returns
        -------
        (..., 2) array
            To the right and up, in metres, as in `extent`.
        """
        places: Floats = check_metres(xyz) @ np.stack(self._ways, axis=1)
        return places

    def distance(self, xyz: npt.ArrayLike) -> Floats:
        """Return how far coordinates are from the plane, in metres; positive ones on the side of the viewer."""
        away: Floats = (check_metres(xyz) - self.origin) @ self.normal
        return away

    @property
    def _ways(self) -> tuple[Floats, Floats]:
        return self.right, self.up


def _frame(section: str) -> tuple[Axis, Axis, Axis]:
    if section not in _FRAMES:
        raise InvalidValues(f"a section is {', '.join(map(repr, _FRAMES))}, not {section!r}")
    return _FRAMES[section]


def _outline(grid: Grid, point: Floats, normal: Floats) -> Floats:
    """Return the corners of the piece of a plane that is inside the box of the outer voxel centres."""
    corners = np.stack(np.meshgrid(*grid.limits, indexing="ij"), axis=-1)
    away = (corners - point) @ normal
    found = [corners[np.abs(away) < _LEVEL]]
    for i in range(3):
        start, stop = np.moveaxis(away, i, 0)
        crossed = start * stop < 0
        part = (start[crossed] / (start - stop)[crossed])[:, None]
        low, high = (end[crossed] for end in np.moveaxis(corners, i, 0))
        found.append(low + part * (high - low))
    return np.concatenate(found)


def _slope(start: float, up: float, right: float, rows: Floats, columns: Floats) -> Floats:
    """Return a coordinate of each pixel; of one row or one column only, where the others are the same."""
    upwards = rows[:, None] * up if up else np.zeros((1, 1))
    across = columns * right if right else np.zeros((1, 1))
    return start + upwards + across


def _name(way: Floats) -> str:
    largest = int(np.argmax(np.abs(way)))
    return AXES[largest] if abs(way[largest]) > 1 - _LEVEL else f"{AXES[largest]}′"
