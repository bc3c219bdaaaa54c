"""Tracks of probes from the places of their units."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bregma.atlas import Atlas
from bregma.viewer.scene.arrays import Floats, as_points

_STEP = 50e-6
_FARTHEST = 8e-3


@dataclass(frozen=True, eq=False)
class Tracks:
    """Straight lines through the units of insertions.

    Parameters
    ----------
    insertions : (n,) array of int
        The insertion of each track.
    entries, tips : (n, 3) array
        The upper and the lower end, in metres relative to bregma.
    """

    insertions: npt.NDArray[np.int64]
    entries: Floats
    tips: Floats


def fit_tracks(xyz: npt.ArrayLike, insertion: npt.ArrayLike, *, atlas: Atlas | None = None) -> Tracks:
    """Fit a straight track to the units of each insertion.

    Parameters
    ----------
    xyz : (n_units, 3) array
        Places of units, in metres relative to bregma. NaN is left out.
    insertion : (n_units,) array of int
        The insertion of each unit. An insertion with one place only has no track.
    atlas : Atlas, optional
        With it, each track is prolonged upwards to where it leaves the brain.

    Returns
    -------
    Tracks
        One per insertion that has one, in the order of the insertions: the principal axis of its units,
        from the highest to the lowest.
    """
    points, group = as_points(xyz, "places of units"), np.asarray(insertion, dtype=np.int64)
    known = np.isfinite(points).all(axis=1)
    points, group = points[known], group[known]
    found, entries, tips = [], [], []
    for one in np.unique(group):
        ends = _principal_ends(points[group == one])
        if ends is not None:
            found.append(one)
            entries.append(_leave_brain(*ends, atlas) if atlas is not None else ends[0])
            tips.append(ends[1])
    empty = np.empty((0, 3))
    return Tracks(np.array(found, dtype=np.int64), np.array(entries or empty), np.array(tips or empty))


def _principal_ends(points: Floats) -> tuple[Floats, Floats] | None:
    centre = points.mean(axis=0)
    axis = np.linalg.svd(points - centre, full_matrices=False)[2][0]
    along = (points - centre) @ (axis if axis[2] >= 0 else -axis)
    if along.max() - along.min() < 1e-9:
        return None
    upwards = axis if axis[2] >= 0 else -axis
    return centre + along.max() * upwards, centre + along.min() * upwards


def _leave_brain(entry: Floats, tip: Floats, atlas: Atlas) -> Floats:
    upwards = (entry - tip) / np.linalg.norm(entry - tip)
    path = entry + np.arange(0.0, _FARTHEST, _STEP)[:, None] * upwards
    outside = np.flatnonzero(atlas.rows_at(path) == 0)
    farthest: Floats = path[outside[0] if outside.size else 0]
    return farthest
