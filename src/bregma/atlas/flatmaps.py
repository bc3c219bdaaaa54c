"""Flat maps: pictures of the brain or its cortex, whose pixels are region rows and, where they have one, voxels."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from bregma.atlas.coordinates import Floats, check_metres, check_numbers
from bregma.atlas.errors import InvalidAtlas, InvalidValues
from bregma.atlas.grid import Grid
from bregma.atlas.planes import Plane
from bregma.atlas.regions import Regions
from bregma.atlas.slices import Slice
from bregma.atlas.table import Rows

Voxels = npt.NDArray[np.int64]
Reduction = Literal["mean", "median", "min", "max", "sum", "std", "count"]

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
    is_from_above : bool
        Whether the picture shows x and y of space, instead of a way round the brain or a drawing.
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
    is_from_above: bool = False
    credit: str = ""

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

    def coarsen(self, step: int) -> "FlatMap":
        """Return every n-th pixel of this map, in the same place; the map itself for a step of 1."""
        if step == 1:
            return self
        voxels = None if self.voxels is None else self.voxels[::step, ::step]
        rows = self.rows[::step, ::step]
        (left, right, bottom, top), (height, width) = self.extent, self.rows.shape
        across, upwards = (right - left) / width * step, (top - bottom) / height * step
        extent = (left, left + rows.shape[1] * across, bottom, bottom + rows.shape[0] * upwards)
        return replace(self, rows=rows, voxels=voxels, extent=extent)

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

        _check_reduction(reduction)
        pixels = self.pixels_of(xyz)
        hit = pixels >= 0
        numbers = np.ones(pixels.shape) if values is None else check_numbers(values, "values", InvalidValues)
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
        places = check_metres(xyz).reshape(-1, 3)
        known = np.isfinite(places).all(axis=1)
        found = np.full(len(places), -1, dtype=np.intp)
        distance, nearest = KDTree(centres).query(places[known])
        found[known] = np.where(distance <= _REACH * grid.spacing[0], pixel_of[nearest], -1)
        return found

    def _need_voxels(self) -> tuple[Voxels, Grid]:
        if self.voxels is None or self.grid is None:
            raise InvalidAtlas(f"{self.name} is a drawing without voxels: it shows values of regions only")
        return self.voxels, self.grid


def _reduce(stack: Floats, reduction: str) -> Floats:
    """Bring the last axis to one value, without a word about pixels that have none."""
    _check_reduction(reduction)
    known = np.isfinite(stack)
    empty = np.asarray(~known.any(axis=-1))
    if reduction == "count":
        return np.where(empty, np.nan, known.sum(axis=-1))
    filled = np.where(empty[..., None], 0.0, stack)
    return np.where(empty, np.nan, _REDUCTIONS[reduction](filled, axis=-1))


def _check_reduction(reduction: str) -> None:
    if reduction not in (*_REDUCTIONS, "count"):
        raise InvalidAtlas(f"no reduction {reduction!r}; known are {', '.join((*_REDUCTIONS, 'count'))}")
