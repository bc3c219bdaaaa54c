"""Tracks through the brain, straight or bent: places along them, and the regions that they cross."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bregma.atlas.atlas import Atlas, Mapping
from bregma.atlas.coordinates import Floats, check_lengths, check_metres
from bregma.atlas.errors import InvalidCoordinates
from bregma.atlas.path import walk_voxels
from bregma.atlas.regions import Regions
from bregma.atlas.table import Rows


@dataclass(frozen=True, eq=False)
class CrossedRegions:
    """The regions along a track, one after the other: a region that is crossed twice is there twice.

    Parameters
    ----------
    rows : (n,) array of uint16
        Row of `regions`; 0 is void.
    edges : (n + 1,) array
        Distances along the track, in metres; region i is between ``edges[i]`` and ``edges[i + 1]``.
    regions : Regions
        The table that the rows point to.
    """

    rows: Rows
    edges: Floats
    regions: Regions

    @property
    def acronyms(self) -> tuple[str, ...]:
        """Acronym of each."""
        return tuple(self.regions.acronyms[row] for row in self.rows)

    @property
    def ids(self) -> npt.NDArray[np.int64]:
        """Identifier of each, negative on the left."""
        return self.regions.ids[self.rows]

    @property
    def lengths(self) -> Floats:
        """(n,) array: how long the track is in each, in metres."""
        return np.diff(self.edges)

    def rows_at(self, distances: npt.ArrayLike) -> Rows:
        """Return the row at distances along the track, in metres; void before it, beyond it and for NaN."""
        wanted = check_lengths(distances)
        inside = (wanted >= self.edges[0]) & (wanted <= self.edges[-1])
        stretch = np.searchsorted(self.edges[1:-1], wanted, side="right")
        return np.where(inside, self.rows[stretch], np.uint16(0))


def find_crossed_regions(atlas: Atlas, track: npt.ArrayLike, *, mapping: Mapping | None = None) -> CrossedRegions:
    """Find the regions that a track crosses, with the exact places of their borders.

    Parameters
    ----------
    atlas : Atlas
        Whose regions.
    track : (n, 3) array
        Its points in their order, in metres; straight between them, as ``insertion.xyz``. NaN is left out.
    mapping : str, list, dict or array, optional
        Coarser view of the regions, as for `Regions.mapping`: for instance "Beryl".

    Returns
    -------
    CrossedRegions
        From the first point of the track to the last, with void where it leaves the brain.

    Raises
    ------
    InvalidCoordinates
        If there are not two different points.
    """
    points = _check_track(track)
    starts = _lengths_along(points)
    paths = [walk_voxels(atlas.grid, *points[i : i + 2]) for i in range(len(points) - 1)]
    index = np.concatenate([path.index for path in paths])
    edges = np.concatenate([[0.0], *(start + path.edges[1:] for start, path in zip(starts, paths, strict=False))])
    rows = np.where(index[:, 0] >= 0, atlas.labels[tuple(index.T)], np.uint16(0))
    rows = atlas.map_rows(rows, mapping)
    changes = np.flatnonzero(rows[1:] != rows[:-1]) + 1
    return CrossedRegions(rows[np.r_[0, changes]], edges[np.r_[0, changes, len(rows)]], atlas.regions)


def place_along(track: npt.ArrayLike, distances: npt.ArrayLike) -> Floats:
    """Return the places at given distances along a track: of the channels of a probe, for instance.

    Parameters
    ----------
    track : (n, 3) array
        Its points in their order, in metres; straight between them. NaN is left out.
    distances : (...) array
        From the first point along the track, in metres. Before the first point and beyond the last one, the first
        and the last stretch are prolonged. NaN stays NaN.

    Returns
    -------
    (..., 3) array
        Metres relative to bregma.

    Raises
    ------
    InvalidCoordinates
        If there are not two different points.
    """
    points, wanted = _check_track(track), check_lengths(distances)
    starts = _lengths_along(points)
    stretch = np.clip(np.searchsorted(starts, wanted, side="right") - 1, 0, len(points) - 2)
    part = (wanted - starts[stretch]) / np.diff(starts)[stretch]
    places: Floats = points[stretch] + part[..., None] * np.diff(points, axis=0)[stretch]
    return places


def _check_track(track: npt.ArrayLike) -> Floats:
    points = check_metres(track, "points of a track")
    if points.ndim != 2:
        raise InvalidCoordinates(f"a track is an array of shape (n, 3), not {points.shape}")
    points = points[np.isfinite(points).all(axis=-1)]
    moves = np.r_[True, (np.diff(points, axis=0) != 0).any(axis=-1)] if len(points) else np.empty(0, dtype=bool)
    if moves.sum() < 2:
        raise InvalidCoordinates(f"a track needs two different points, not {len(points)} at one place")
    return points[moves]


def _lengths_along(points: Floats) -> Floats:
    steps = np.linalg.norm(np.diff(points, axis=0), axis=-1)
    return np.concatenate([[0.0], np.cumsum(steps)])
