"""How large the regions of an atlas are, and where their centres are."""

import numpy as np
import numpy.typing as npt

from bregma.atlas.atlas import Atlas
from bregma.atlas.coordinates import Floats


def compute_volumes(atlas: Atlas, *, with_inner: bool = True) -> Floats:
    """Return the volume of each region.

    Parameters
    ----------
    atlas : Atlas
        Whose regions.
    with_inner : bool
        With everything inside a region; else only what is labelled with the region itself.

    Returns
    -------
    (n_regions,) array
        In cubic millimetres, for each row of the region table; that of void is what the volume holds around the
        brain.
    """
    counts = _count_along(atlas, 2).sum(axis=0).astype(np.float64)
    return (_sum_up(counts, atlas.regions.parents) if with_inner else counts) * atlas.grid.voxel_volume_mm3


def compute_centroids(atlas: Atlas, *, with_inner: bool = True) -> Floats:
    """Return the centre of mass of each region; the two sides of a lateralised table are apart.

    Parameters
    ----------
    atlas : Atlas
        Whose regions.
    with_inner : bool
        With everything inside a region; else only what is labelled with the region itself.

    Returns
    -------
    (n_regions, 3) array
        In metres relative to bregma; NaN for void and for regions without a voxel. The centre of a bent region may
        be outside of it.
    """
    layers = [_count_along(atlas, axis) for axis in range(3)]
    counts = layers[0].sum(axis=0)
    sums = np.stack([along @ layer for along, layer in zip(atlas.grid.scales, layers, strict=True)], axis=1)
    parents = atlas.regions.parents
    weights = counts.astype(np.float64)
    if with_inner:
        weights, sums = _sum_up(weights, parents), _sum_up(sums, parents)
    weights[0] = 0
    centres: Floats = np.full_like(sums, np.nan)
    there = weights > 0
    centres[there] = sums[there] / weights[there, None]
    return centres


def _count_along(atlas: Atlas, axis: int) -> npt.NDArray[np.int64]:
    """Return the voxels of each row in each layer across an axis."""
    n = len(atlas.regions)
    layers = np.moveaxis(atlas.labels, axis, 0)
    return np.stack([np.bincount(layer.ravel(order="K"), minlength=n) for layer in layers])


def _sum_up(values: Floats, parents: npt.NDArray[np.int64]) -> Floats:
    """Add the values of each region to those of all above it; void keeps to itself."""
    summed = values.copy()
    for row in range(len(parents) - 1, 0, -1):  # a region comes after its parent
        if parents[row] != row:
            summed[parents[row]] += summed[row]
    return summed
