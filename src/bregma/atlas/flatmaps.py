"""Flat maps: pictures of the brain or its cortex, whose pixels are region rows and, where they have one, voxels."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from bregma.atlas.atlas import Atlas
from bregma.atlas.coordinates import Floats
from bregma.atlas.cortex import CorticalDepth
from bregma.atlas.errors import InvalidAtlas
from bregma.atlas.grid import Grid
from bregma.atlas.planes import Plane
from bregma.atlas.regions import Regions
from bregma.atlas.slices import Slice
from bregma.atlas.streamlines import trace_streamlines
from bregma.atlas.table import Rows

Voxels = npt.NDArray[np.int64]
Reduction = Literal["mean", "median", "min", "max", "sum", "std", "count"]

_CIRCLE_STEPS = 4096
_REDUCTIONS: dict[str, Callable[..., Any]] = {
    "mean": np.nanmean,
    "median": np.nanmedian,
    "min": np.nanmin,
    "max": np.nanmax,
    "sum": np.nansum,
    "std": np.nanstd,
}
_REACH = 1.5


@dataclass(frozen=True, eq=False)
class FlatMap:
    """A flat picture of regions.

    Parameters
    ----------
    name : str
        What a reader should call it.
    rows : (n_rows, n_columns) array of uint16
        Row of `regions` at each pixel, the lowest first: draw it with ``origin="lower"``. 0 is void.
    regions : Regions
        The table that the rows point to.
    voxels : (n_rows, n_columns, n_depths) array of int, optional
        Places in the flattened volume of labels that each pixel shows, from the surface inwards; -1 for none. None
        for a drawing that has no voxels.
    grid : Grid, optional
        Of that volume.
    extent : tuple of 4 float
        Left, right, bottom and top edge of the picture; in metres where `is_metric`, else in pixels.
    is_metric : bool
        Whether distances in the picture are distances in the brain.
    credit : str
        The line that goes with every picture of it.
    """

    name: str
    rows: Rows
    regions: Regions
    voxels: Voxels | None = None
    grid: Grid | None = None
    extent: tuple[float, float, float, float] = (0.0, 1.0, 0.0, 1.0)
    is_metric: bool = False
    credit: str = ""

    @property
    def is_from_above(self) -> bool:
        """Whether the picture shows x and y of space, instead of a way round the brain or a drawing."""
        return self.grid is not None and self.rows.shape == self.grid.shape[1::-1]

    @property
    def picture(self) -> Slice:
        """The rows as a flat window, for `trace_borders` and `trace_regions`."""
        (left, right, bottom, top), (height, width) = self.extent, self.rows.shape
        edges = ((right - left) / width, (top - bottom) / height)
        corner = np.array([left + edges[0] / 2, bottom + edges[1] / 2, 0.0])
        return Slice(self.rows, Plane(corner, np.eye(3)[0], np.eye(3)[1], edges, (height, width)))

    @property
    def colours(self) -> npt.NDArray[np.uint8]:
        """(n_rows, n_columns, 4) array: the colour of each region and its opacity; void is transparent."""
        opacity = np.where(self.rows > 0, 255, 0).astype(np.uint8)
        return np.concatenate([self.regions.rgb[self.rows], opacity[..., None]], axis=2)

    def show_values(self, values: npt.ArrayLike) -> npt.NDArray[Any]:
        """Return a picture of one value per region.

        Parameters
        ----------
        values : (n_regions,) array
            One for each row of `regions`; that of void is shown outside of the brain.

        Raises
        ------
        InvalidAtlas
            If there are not as many values as rows.
        """
        table = np.asarray(values)
        if table.shape[:1] != (len(self.regions),):
            raise InvalidAtlas(f"this flat map has {len(self.regions)} rows, and the values have shape {table.shape}")
        return table[self.rows]

    def project_volume(self, volume: npt.NDArray[Any], *, reduction: Reduction = "mean") -> Floats:
        """Return a picture of any volume on the grid of the labels.

        Parameters
        ----------
        volume : (n_x, n_y, n_z) array
            NaN is left out.
        reduction : {"mean", "median", "min", "max", "sum", "std", "count"}
            How the voxels below one pixel become its value.

        Returns
        -------
        (n_rows, n_columns) array
            NaN where a pixel shows no voxel.

        Raises
        ------
        InvalidAtlas
            If this map has no voxels, or the volume lies on another grid.
        """
        voxels, grid = self._need_voxels()
        if volume.shape != grid.shape:
            raise InvalidAtlas(f"a volume of shape {volume.shape} is not on a grid of {grid.shape}")
        stack = np.asarray(volume).reshape(-1)[voxels].astype(np.float64)
        return _reduce(np.where(voxels >= 0, stack, np.nan), reduction)

    def project_points(
        self, xyz: npt.ArrayLike, values: npt.ArrayLike | None = None, *, reduction: Reduction = "mean"
    ) -> Floats:
        """Return a picture of values at places in the brain.

        Parameters
        ----------
        xyz : (n, 3) array
            Metres relative to bregma. Each goes to the pixel that shows its voxel or the nearest one, at most one and
            a half voxels away; others, and NaN, are left out.
        values : (n,) array, optional
            By default the points are counted. NaN is left out.
        reduction : {"mean", "median", "min", "max", "sum", "std", "count"}
            How the points in one pixel become its value.

        Returns
        -------
        (n_rows, n_columns) array
            NaN where there is no point (0 where they are counted, NaN outside of the map).
        """
        import pandas as pd

        pixels = self.pixels_of(xyz)
        hit = pixels >= 0
        numbers = np.ones(pixels.shape) if values is None else np.asarray(values, dtype=np.float64)
        if numbers.shape != pixels.shape:
            raise InvalidAtlas(f"{pixels.size} points do not go with values of shape {numbers.shape}")
        grouped = pd.Series(numbers[hit]).groupby(pixels[hit])
        found = grouped.agg("sum" if values is None else reduction)
        picture = np.full(self.rows.size, 0.0 if values is None else np.nan)
        picture[found.index.to_numpy(dtype=np.intp)] = found.to_numpy(dtype=np.float64)
        return np.where(self.rows > 0, picture.reshape(self.rows.shape), np.nan)

    def pixels_of(self, xyz: npt.ArrayLike) -> npt.NDArray[np.intp]:
        """Return the pixel that shows each place, as its position in the flattened picture; -1 for none and for NaN."""
        from scipy.spatial import KDTree

        voxels, grid = self._need_voxels()
        shown, first = np.unique(voxels, return_index=True)
        pixel_of = first[shown >= 0] // voxels.shape[2]
        centres = grid.xyz_of(np.stack(np.unravel_index(shown[shown >= 0], grid.shape), axis=-1))
        places = np.atleast_2d(np.asarray(xyz, dtype=np.float64))
        known = np.isfinite(places).all(axis=1)
        found = np.full(len(places), -1, dtype=np.intp)
        distance, nearest = KDTree(centres).query(places[known])
        found[known] = np.where(distance <= _REACH * grid.spacing[0], pixel_of[nearest], -1)
        return found

    def _need_voxels(self) -> tuple[Voxels, Grid]:
        if self.voxels is None or self.grid is None:
            raise InvalidAtlas(f"{self.name} is a drawing without voxels: it shows values of regions only")
        return self.voxels, self.grid


def map_dorsal_cortex(atlas: Atlas, *, depths: CorticalDepth | None = None, cortex: str = "Isocortex") -> FlatMap:
    """Return the cortex seen from above.

    Parameters
    ----------
    atlas : Atlas
        Whose cortex.
    depths : CorticalDepth, optional
        As `cortical_depth` makes it: a pixel then shows the voxels along its streamline down to the white matter, and
        volumes are projected along it. By default it shows the voxel of the surface.
    cortex : str
        Acronym of what is shown, where it is the highest of its column.
    """
    inside = np.zeros(len(atlas.regions), dtype=bool)
    inside[atlas.regions.descendants(cortex)] = True
    return _look_down("dorsal cortex", atlas, inside, depths)


def map_top_view(atlas: Atlas) -> FlatMap:
    """Return the whole brain seen from above: each pixel shows the highest voxel of its column."""
    return _look_down(f"{atlas.name} from above", atlas, np.arange(len(atlas.regions)) > 0, None)


def _look_down(name: str, atlas: Atlas, inside: npt.NDArray[np.bool_], depths: CorticalDepth | None) -> FlatMap:
    """Show the highest voxel of each column, where it is inside."""
    labels = atlas.labels
    highest = labels.shape[2] - 1 - (labels[:, :, ::-1] != 0).argmax(axis=2)
    x, y = np.indices(highest.shape)
    top = labels[x, y, highest]
    voxels = np.where(inside[top], np.ravel_multi_index((x, y, highest), labels.shape), -1)[..., None]
    if depths is not None:
        voxels = _follow_streamlines(atlas.grid, voxels, depths)
    left, bottom = (atlas.origin[axis] - atlas.spacing / 2 for axis in (0, 1))
    right, front = (edge + n * atlas.spacing for edge, n in zip((left, bottom), labels.shape[:2], strict=True))
    rows = np.where(inside[top], top, 0).astype(np.uint16).T
    turned, extent = voxels.transpose(1, 0, 2), (left, right, bottom, front)
    return FlatMap(name, rows, atlas.regions, turned, atlas.grid, extent, is_metric=True, credit=atlas.credit)


def map_circles(atlas: Atlas, *, n: int = 5) -> FlatMap:
    """Return the brain along concentric ellipses, cut open at the back and laid side by side, the innermost first.

    Each column of the picture is a column of the brain from its bottom to its top. The widest ellipse spans four
    fifths of the length and of the width of the brain.

    Parameters
    ----------
    atlas : Atlas
        Which brain.
    n : int
        Number of ellipses.
    """
    rings = _unroll_all(atlas, n)
    return _as_map("circles", atlas, np.concatenate(rings, axis=1))


def map_pyramid(atlas: Atlas, *, n: int = 5) -> FlatMap:
    """Return the brain along the concentric ellipses of `map_circles`, one above the other, the innermost on top."""
    rings = _unroll_all(atlas, n)
    width = rings[-1].shape[1]
    lower = [(width - ring.shape[1]) // 2 for ring in rings]
    centred = [
        np.pad(ring, ((0, 0), (edge, width - ring.shape[1] - edge)), constant_values=-1)
        for edge, ring in zip(lower, rings, strict=True)
    ]
    return _as_map("pyramid", atlas, np.concatenate(centred[::-1], axis=0))


def _as_map(name: str, atlas: Atlas, voxels: Voxels) -> FlatMap:
    rows = np.where(voxels >= 0, atlas.labels.reshape(-1)[voxels], 0).astype(np.uint16)
    height, width = rows.shape
    extent = (0.0, width * atlas.spacing, 0.0, height * atlas.spacing)
    return FlatMap(
        name, rows, atlas.regions, voxels[..., None], atlas.grid, extent, is_metric=True, credit=atlas.credit
    )


def _unroll_all(atlas: Atlas, n: int) -> list[Voxels]:
    if n < 1:
        raise InvalidAtlas(f"a brain is cut along one ellipse or more, not {n}")
    brain = np.argwhere((atlas.labels != 0).any(axis=2))
    if len(brain) == 0:
        raise InvalidAtlas(f"{atlas.name} is void everywhere")
    centre, widest = brain.mean(axis=0), 0.4 * np.ptp(brain, axis=0)
    return [_unroll(atlas, centre, widest * ring / n) for ring in range(1, n + 1)]


def _unroll(atlas: Atlas, centre: Floats, size: Floats) -> Voxels:
    """Return the voxels of the columns along one ellipse, at distances of one voxel; the lowest row first."""
    angle = np.linspace(0, 2 * np.pi, _CIRCLE_STEPS) - np.pi / 2
    path = centre + size * np.stack([-np.cos(angle), np.sin(angle)], axis=1)
    along = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))])
    wanted = np.arange(0, along[-1])
    x, y = (np.rint(np.interp(wanted, along, path[:, axis])).astype(np.intp) for axis in (0, 1))
    z = np.arange(atlas.labels.shape[2])[:, None]
    voxels: Voxels = np.ravel_multi_index(np.broadcast_arrays(x, y, z), atlas.labels.shape).astype(np.int64)
    return voxels


def _follow_streamlines(grid: Grid, surface: Voxels, depths: CorticalDepth) -> Voxels:
    """Return the voxels along the streamline from each voxel of the surface, each once, then -1."""
    pixels = np.flatnonzero(surface.ravel() >= 0)
    starts = grid.xyz_of(np.stack(np.unravel_index(surface.ravel()[pixels], grid.shape), axis=-1))
    steps = int(np.ceil(depths.thickness.max() / grid.spacing[0])) + 1
    index = grid.index_of(trace_streamlines(depths, starts, n_points=steps))
    flat = np.ravel_multi_index(tuple(np.moveaxis(np.maximum(index, 0), -1, 0)), grid.shape)
    flat[index[..., 0] < 0] = -1
    flat[:, 1:][flat[:, 1:] == flat[:, :-1]] = -1
    stack = np.full((surface.size, steps), -1, dtype=np.int64)
    stack[pixels] = flat
    return stack.reshape(*surface.shape[:2], steps)


def _reduce(stack: Floats, reduction: str) -> Floats:
    """Bring the last axis to one value, without a word about pixels that have none."""
    if reduction not in (*_REDUCTIONS, "count"):
        raise InvalidAtlas(f"no reduction {reduction!r}; known are {', '.join((*_REDUCTIONS, 'count'))}")
    known = np.isfinite(stack)
    empty = np.asarray(~known.any(axis=-1))
    if reduction == "count":
        return np.where(empty, np.nan, known.sum(axis=-1))
    filled = np.where(empty[..., None], 0.0, stack)
    return np.where(empty, np.nan, _REDUCTIONS[reduction](filled, axis=-1))
