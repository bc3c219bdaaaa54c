"""Tracks of probes from the places of their units."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bregma.atlas import Atlas, InvalidCoordinates, OutsideBrain, Trajectory
from bregma.viewer.errors import InvalidLayer
from bregma.viewer.scene.arrays import Floats, as_floats, as_points


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
    points, group = as_points(xyz, "places of units"), as_floats(insertion, "insertions of units")
    if group.shape != (len(points),) or np.any(group != np.round(group)):
        raise InvalidLayer(f"insertions of {len(points)} units are as many whole numbers, not {group.shape} values")
    known = np.isfinite(points).all(axis=1)
    points, group = points[known], group[known]
    found, entries, tips = [], [], []
    for one in np.unique(group):
        ends = _find_ends(points[group == one], atlas)
        if ends is not None:
            found.append(one)
            entries.append(ends[0])
            tips.append(ends[1])
    empty = np.empty((0, 3))
    return Tracks(np.array(found, dtype=np.int64), np.array(entries or empty), np.array(tips or empty))


def find_labels(tracks: Tracks, labels: Sequence[str]) -> tuple[str, ...]:
    """Return what each track is called; raise InvalidLayer if an insertion has no label."""
    lacking = [one for one in tracks.insertions.tolist() if not 0 <= one < len(labels)]
    if labels and lacking:
        raise InvalidLayer(f"there are {len(labels)} labels, and no one for insertion {lacking[0]}")
    return tuple(labels[one] for one in tracks.insertions.tolist()) if labels else ()


def _find_ends(points: Floats, atlas: Atlas | None) -> Floats | None:
    """Return the upper and the lower end of the track through some units; None if they are at one place."""
    try:
        line = Trajectory.fit(points)
    except InvalidCoordinates:
        return None
    along = line.distance_along(points)  # downwards
    ends: Floats = line.point + np.array([along.min(), along.max()])[:, None] * line.vector
    return ends if atlas is None else _prolong(ends, line, atlas)


def _prolong(ends: Floats, line: Trajectory, atlas: Atlas) -> Floats:
    try:
        top = line.brain_ends(atlas)[0]
    except OutsideBrain:
        return ends
    return np.stack([top, ends[1]]) if line.distance_along(top) < line.distance_along(ends[0]) else ends
