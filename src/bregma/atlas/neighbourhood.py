"""The regions within a radius of many coordinates at once, each with its share of the sphere."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bregma.atlas.atlas import Atlas, Mapping
from bregma.atlas.coordinates import Floats, check_lengths, check_metres
from bregma.atlas.errors import InvalidCoordinates
from bregma.atlas.grid import Indices
from bregma.atlas.regions import Regions
from bregma.atlas.table import Rows

Mask = npt.NDArray[np.bool_]

_VOXELS_AT_ONCE = 2_000_000


@dataclass(frozen=True, eq=False)
class NearbyRegions:
    """Which regions are around each of many coordinates: an entry for each pair of both.

    Parameters
    ----------
    points : (n,) array of int
        Position of the coordinate among those that were asked for, growing.
    rows : (n,) array of uint16
        Row of `regions`; 0 is void.
    fractions : (n,) array
        Share of the sphere around the coordinate, the largest first; the shares of a coordinate sum to 1.
    regions : Regions
        The table that the rows point to.
    """

    points: Indices
    rows: Rows
    fractions: Floats
    regions: Regions

    @property
    def ids(self) -> npt.NDArray[np.int64]:
        """Identifier of each entry, negative on the left."""
        return self.regions.ids[self.rows]

    def around(self, point: int) -> dict[str, float]:
        """Return the share of each acronym around one coordinate, both sides together, the largest first."""
        shares: dict[str, float] = {}
        for row, share in zip(*(column[self.points == point] for column in (self.rows, self.fractions)), strict=True):
            shares[self.regions.acronyms[row]] = shares.get(self.regions.acronyms[row], 0.0) + float(share)
        return shares


def find_nearby_regions(
    atlas: Atlas, xyz: npt.ArrayLike, radius: float, *, mapping: Mapping | None = None
) -> NearbyRegions:
    """Find the regions in a sphere around each coordinate.

    Parameters
    ----------
    atlas : Atlas
        Whose regions.
    xyz : (n, 3) or (3,) array
        Metres relative to bregma. NaN has void only.
    radius : float
        In metres. Voxels count whose centres are within it, and always the one that the coordinate is in.
    mapping : str, list, dict or array, optional
        Coarser view of the regions, as for `Regions.mapping`: for instance "Beryl".

    Returns
    -------
    NearbyRegions
        Outside of the volume is void.

    Raises
    ------
    InvalidCoordinates
        If the radius is negative or not finite, or the coordinates are not a list of places.
    WrongUnit
        If the radius or the coordinates cannot be metres.
    """
    points = np.atleast_2d(check_metres(xyz))
    if points.ndim != 2 or np.ndim(radius) or not 0 <= check_lengths(radius, "radii") < np.inf:
        raise InvalidCoordinates(f"a radius of {radius} m around places of shape {points.shape} is no list of spheres")
    side = 2 * int(np.ceil(radius / atlas.spacing)) + 3
    at_once = max(1, _VOXELS_AT_ONCE // side**3)
    found: list[tuple[Indices, Rows, Floats]] = [(np.empty(0, np.intp), np.empty(0, np.uint16), np.empty(0))]
    for first in range(0, len(points), at_once):
        place, rows, shares = _count(atlas, points[first : first + at_once], radius, mapping)
        found.append((place + first, rows, shares))
    places, all_rows, fractions = zip(*found, strict=True)
    return NearbyRegions(np.concatenate(places), np.concatenate(all_rows), np.concatenate(fractions), atlas.regions)


def _count(atlas: Atlas, points: Floats, radius: float, mapping: Mapping | None) -> tuple[Indices, Rows, Floats]:
    """Return the columns of the result for some coordinates, counted from the first of them."""
    places, unknown = points.copy(), np.flatnonzero(~np.isfinite(points).all(axis=-1))
    places[unknown] = atlas.origin
    rows, inside = _gather(atlas, places, radius)
    rows = atlas.map_rows(rows, mapping).copy()
    rows[unknown] = 0
    n_regions = len(atlas.regions)
    keys = (np.arange(len(points))[:, None, None, None] * n_regions + rows)[inside]
    counts = np.bincount(keys, minlength=len(points) * n_regions).reshape(len(points), n_regions)
    place, row = np.nonzero(counts)
    shares = (counts / counts.sum(axis=1, keepdims=True))[place, row]
    order = np.lexsort((row, -shares, place))
    return place[order], row[order].astype(np.uint16), shares[order]


def _gather(atlas: Atlas, points: Floats, radius: float) -> tuple[Rows, Mask]:
    """Return the labels in a cube around each coordinate, and which of them are in the sphere."""
    reach = np.arange(-(n := int(np.ceil(radius / atlas.spacing)) + 1), n + 1)
    place = atlas.grid.position_of(points)
    centre = np.floor(place + 0.5).astype(np.intp)
    index, squares, is_inside = [], [], []
    for i in range(3):
        along = centre[:, i, None] + reach
        shape = [len(points), 1, 1, 1]
        shape[i + 1] = len(reach)
        is_inside.append(((along >= 0) & (along < atlas.labels.shape[i])).reshape(shape))
        index.append(np.clip(along, 0, atlas.labels.shape[i] - 1).reshape(shape))
        squares.append((((along - place[:, i, None]) * atlas.spacing) ** 2).reshape(shape))
    rows = atlas.labels[index[0], index[1], index[2]] * (is_inside[0] & is_inside[1] & is_inside[2])
    near = squares[0] + squares[1] + squares[2] <= radius**2
    near[:, n, n, n] = True
    return rows.astype(np.uint16), near
