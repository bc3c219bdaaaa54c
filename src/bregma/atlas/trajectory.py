"""Straight lines through the brain: fitted to points, met with planes, volumes and the brain's surface."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bregma.atlas.atlas import Atlas
from bregma.atlas.coordinates import Floats, check_direction, check_lengths, check_metres, check_point
from bregma.atlas.errors import InvalidCoordinates, OutsideBrain
from bregma.atlas.grid import AXES, Axis, Grid, axis_number
from bregma.atlas.path import walk_voxels

_SHORTEST = 1e-9
_PARALLEL = 1e-12


@dataclass(frozen=True, eq=False)
class Trajectory:
    """A straight line without ends.

    Parameters
    ----------
    point : (3,) array
        A point on it, in metres relative to bregma.
    vector : (3,) array
        Its direction, of any length; kept as a vector of length 1.

    Raises
    ------
    InvalidCoordinates
        If the vector has no length, or one of both is no finite triple.
    """

    point: Floats
    vector: Floats

    def __post_init__(self) -> None:
        object.__setattr__(self, "point", check_point(self.point, "the point of a line"))
        object.__setattr__(self, "vector", check_direction(self.vector))

    @classmethod
    def fit(cls, xyz: npt.ArrayLike) -> "Trajectory":
        """Fit a line to points: through their mean, along their first principal axis, downwards.

        Parameters
        ----------
        xyz : (..., 3) array
            Metres relative to bregma. NaN is left out.

        Raises
        ------
        InvalidCoordinates
            If there are not two different points.
        """
        points = check_metres(xyz, "points of a line").reshape(-1, 3)
        points = points[np.isfinite(points).all(axis=-1)]
        if len(points) < 2 or np.ptp(points, axis=0).max() < _SHORTEST:
            raise InvalidCoordinates(f"a line needs two different points, not {len(points)} at one place")
        centre = points.mean(axis=0)
        axis = np.linalg.svd(points - centre, full_matrices=False)[2][0]
        return cls(centre, -axis if _points_up(axis) else axis)

    def at(self, axis: Axis, value: npt.ArrayLike) -> Floats:
        """Return the points of the line that have a given coordinate.

        Parameters
        ----------
        axis : {"x", "y", "z"}
            Which coordinate is given.
        value : (...) array
            In metres.

        Returns
        -------
        (..., 3) array
            NaN if the line runs at a right angle to the axis: no point has that coordinate, or all have.
        """
        along = check_lengths(value, f"coordinates along {axis}")[..., None] - self.point[(i := axis_number(axis))]
        if abs(self.vector[i]) < _PARALLEL:
            return np.full((*along.shape[:-1], 3), np.nan)
        points: Floats = self.point + along * (self.vector / self.vector[i])
        return points

    def project(self, xyz: npt.ArrayLike) -> Floats:
        """Return the point of the line that is nearest to each coordinate.

        Parameters
        ----------
        xyz : (..., 3) array
            Metres relative to bregma. NaN stays NaN.
        """
        points: Floats = self.point + self.distance_along(xyz)[..., None] * self.vector
        return points

    def distance_along(self, xyz: npt.ArrayLike) -> Floats:
        """Return how far along the line each coordinate is, in metres from `point`, in the direction of `vector`."""
        along: Floats = (check_metres(xyz) - self.point) @ self.vector
        return along

    def distance(self, xyz: npt.ArrayLike, *, ends: npt.ArrayLike | None = None) -> Floats:
        """Return the distance of each coordinate from the line, or from a piece of it.

        Parameters
        ----------
        xyz : (..., 3) array
            Metres relative to bregma. NaN stays NaN.
        ends : (2, 3) array, optional
            Two points between which the piece lies.

        Returns
        -------
        (...) array
            In metres.
        """
        along = self.distance_along(xyz)
        if ends is not None:
            low, high = np.sort(_along_ends(self, ends))
            along = np.clip(along, low, high)
        nearest = self.point + along[..., None] * self.vector
        away: Floats = np.linalg.norm(check_metres(xyz) - nearest, axis=-1)
        return away

    def exit_points(self, grid: Grid) -> Floats:
        """Return where the line enters and leaves a volume: its outer faces.

        Returns
        -------
        (2, 3) or (0, 3) array
            In the direction of `vector`; empty if the line misses the volume.
        """
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            ways = (grid.bounds - self.point[:, None]) / self.vector[:, None]
        # 0 / 0 is a line within a face: the lower face belongs to the volume, the upper one does not.
        ways = np.sort(np.where(np.isnan(ways), -np.inf, ways), axis=1)
        first, last = ways[:, 0].max(), ways[:, 1].min()
        if not first < last:
            return np.empty((0, 3))
        return np.stack([self.point + first * self.vector, self.point + last * self.vector])

    def brain_ends(self, atlas: Atlas) -> Floats:
        """Return where the line enters the brain from above and where it leaves it at last.

        Voids between, as ventricles are, count as brain. The points lie on the line, on faces of voxels.

        Parameters
        ----------
        atlas : Atlas
            Says where the brain is.

        Returns
        -------
        (2, 3) array
            The upper point, then the lower one, in metres.

        Raises
        ------
        OutsideBrain
            If the line does not meet the brain.
        """
        ends = self.exit_points(atlas.grid)
        if len(ends):
            path = walk_voxels(atlas.grid, *(ends[::-1] if _points_up(self.vector) else ends))
            inside = np.flatnonzero((atlas.labels[tuple(path.index.T)] > 0) & (path.index[:, 0] >= 0))
            if inside.size:
                start, stop = path.edges[inside[0]], path.edges[inside[-1] + 1]
                top, down = (ends[1], -self.vector) if _points_up(self.vector) else (ends[0], self.vector)
                return np.stack([top + start * down, top + stop * down])
        raise OutsideBrain(
            f"the line through {self.point.tolist()} along {self.vector.tolist()} does not meet the brain; "
            "are its coordinates x, y, z in metres relative to bregma?"
        )


def _along_ends(line: Trajectory, ends: npt.ArrayLike) -> Floats:
    along = line.distance_along(ends)
    if along.shape != (2,):
        raise InvalidCoordinates(f"a piece of a line has two ends, (2, 3), not {np.shape(ends)}")
    return along


def _points_up(vector: Floats) -> bool:
    """Tell a direction from its opposite: up; if it is level, to the front; else to the right."""
    turning = next(vector[i] for i in reversed(range(len(AXES))) if vector[i] != 0)
    return bool(turning > 0)
