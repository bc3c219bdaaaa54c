"""Points in the brain as a volume: how many there are, or what their values are, smoothed by a Gaussian."""

import numpy as np
import numpy.typing as npt

from bregma.atlas.coordinates import check_lengths, check_numbers
from bregma.atlas.errors import InvalidValues
from bregma.atlas.grid import Grid

_SIGMA_OF_FWHM = 1 / (2 * np.sqrt(2 * np.log(2)))
_FAR = 1e-3


def make_point_volume(
    grid: Grid, xyz: npt.ArrayLike, values: npt.ArrayLike | None = None, *, fwhm: float = 0.0
) -> npt.NDArray[np.float32]:
    """Put points into a volume.

    Parameters
    ----------
    grid : Grid
        The voxels, as ``atlas.grid``.
    xyz : (n, 3) array
        Metres relative to bregma. Points outside of the grid and NaN are left out.
    values : (n,) array, optional
        The volume then holds their mean, each point counted by the Gaussian; NaN is left out. By default it holds the
        number of points per voxel.
    fwhm : float
        Full width at half maximum of the Gaussian, in metres; 0 does not smooth.

    Returns
    -------
    (n_x, n_y, n_z) array of float32
        Numbers add up to that of the points (but for what the Gaussian carries over the edge). Means are NaN where the
        points are so far away that they count for less than a thousandth.

    Raises
    ------
    InvalidValues
        If there is not one value per point, or the width is negative.
    """
    if np.ndim(fwhm) or not 0 <= fwhm < np.inf:
        raise InvalidValues(f"the width of a Gaussian is 0 or more, in metres, not {fwhm}")
    check_lengths(fwhm, "widths of a Gaussian")
    index = np.atleast_2d(grid.index_of(xyz))
    weights = np.ones(len(index)) if values is None else check_numbers(values, "values of points", InvalidValues)
    if index.ndim != 2 or weights.shape != index.shape[:1]:
        raise InvalidValues(f"{len(index)} points do not go with values of shape {weights.shape}")
    kept = (index[:, 0] >= 0) & np.isfinite(weights)
    count = _smooth(_sum_in_voxels(index[kept], None, grid), fwhm, grid)
    if values is None:
        return count
    total = _smooth(_sum_in_voxels(index[kept], weights[kept], grid), fwhm, grid)
    near = count > _FAR * count.max(initial=0)
    return np.divide(total, count, out=np.full(count.shape, np.nan, np.float32), where=near)


def _sum_in_voxels(
    index: npt.NDArray[np.intp], weights: npt.NDArray[np.float64] | None, grid: Grid
) -> npt.NDArray[np.float32]:
    flat = np.ravel_multi_index(tuple(index.T), grid.shape)
    return np.bincount(flat, weights, minlength=int(np.prod(grid.shape))).reshape(grid.shape).astype(np.float32)


def _smooth(volume: npt.NDArray[np.float32], fwhm: float, grid: Grid) -> npt.NDArray[np.float32]:
    if fwhm == 0:
        return volume
    from scipy.ndimage import gaussian_filter

    widths = [fwhm * _SIGMA_OF_FWHM / edge for edge in grid.spacing]
    smooth: npt.NDArray[np.float32] = gaussian_filter(volume, widths, mode="constant")
    return smooth
