"""How deep places of the cortex lie: Laplace's equation between the pia and the white matter, from the annotation."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bregma.atlas.atlas import Atlas
from bregma.atlas.coordinates import Floats
from bregma.atlas.grid import Grid
from bregma.atlas.laplace import Cortex, Ints, find_slopes, measure_lengths, solve_laplace
from bregma.atlas.prepared import open_kept, user_cache

_COARSEST_UM = 90.0
_VERSION = 1


@dataclass(frozen=True, eq=False)
class CorticalDepth:
    """How deep each voxel of a cortex lies.

    Parameters
    ----------
    grid : Grid
        Of the atlas.
    voxels : (n,) array of int
        Places in the volume of labels, flattened (``labels.reshape(-1)``); in growing order.
    fraction : (n,) array
        Potential between pia (0) and white matter (1).
    depth, thickness : (n,) array
        Way to the pia along the streamline, and the whole streamline through the voxel, in metres.
    directions : (n, 3) array
        Which way the white matter is, along the streamline; of length 1.
    """

    grid: Grid
    voxels: Ints
    fraction: npt.NDArray[np.float32]
    depth: npt.NDArray[np.float32]
    thickness: npt.NDArray[np.float32]
    directions: npt.NDArray[np.float32]

    def fraction_at(self, xyz: npt.ArrayLike) -> Floats:
        """Return the depth at coordinates from 0 (pia) to 1 (white matter); NaN outside of the cortex and for NaN."""
        return self._at(self.fraction, xyz)

    def depth_at(self, xyz: npt.ArrayLike) -> Floats:
        """Return the depth below the pia at coordinates, in metres; NaN outside of the cortex and for NaN."""
        return self._at(self.depth, xyz)

    def thickness_at(self, xyz: npt.ArrayLike) -> Floats:
        """Return the thickness of the cortex at coordinates, in metres; NaN outside of the cortex and for NaN."""
        return self._at(self.thickness, xyz)

    def volume(self, values: npt.NDArray[np.float32] | None = None) -> npt.NDArray[np.float32]:
        """Return a volume on the grid of the atlas: the fraction, or other values of the voxels; NaN elsewhere."""
        whole = np.full(self.grid.shape, np.nan, dtype=np.float32)
        whole.reshape(-1)[self.voxels] = self.fraction if values is None else values
        return whole

    def rows_at(self, xyz: npt.ArrayLike) -> Ints:
        """Return the row of the voxel at coordinates; -1 outside of the cortex and for NaN."""
        index = self.grid.index_of(xyz)
        known = index[..., 0] >= 0
        flat = np.ravel_multi_index(tuple(np.where(known[..., None], index, 0).T), self.grid.shape).T
        place = np.minimum(np.searchsorted(self.voxels, flat), self.voxels.size - 1)
        found: Ints = np.where(known & (self.voxels[place] == flat), place, -1)
        return found

    def _at(self, values: npt.NDArray[np.float32], xyz: npt.ArrayLike) -> Floats:
        rows = self.rows_at(xyz)
        return np.where(rows >= 0, values[rows], np.nan).astype(np.float64)


def cortical_depth(
    atlas: Atlas,
    *,
    cortex: str = "Isocortex",
    white_matter: str = "fiber tracts",
    cache_dir: Path | str | None = None,
) -> CorticalDepth:
    """Compute how deep each voxel of the cortex lies; once, it is kept in the cache folder.

    Between the pia (0) and the white matter (1) Laplace's equation is solved; its gradient lines are the streamlines,
    along which depth and thickness are measured. The pia is where the cortex ends in void, and where its layer 1
    ends; the white matter where it ends in fibre tracts, and where its layer 6 ends.

    Parameters
    ----------
    atlas : Atlas
        Of any species whose table has a cortex and fibre tracts. A 50 µm atlas of the mouse takes ten seconds the first
        time, a 25 µm one two minutes and 4 GB of memory.
    cortex, white_matter : str
        Acronyms of what lies between, and of what is below.
    cache_dir : Path, optional
        Where it is kept; the user's cache folder by default.

    Raises
    ------
    InvalidAtlas
        If the atlas has no such regions.

    Notes
    -----
    Jones, Buchbinder & Aharon (2000), Human Brain Mapping 11, 12-32 (Laplace's equation); Yezzi & Prince (2003),
    IEEE Transactions on Medical Imaging 22, 1332-1339 (lengths of its streamlines). The Allen Institute made its
    streamlines in the same way from surfaces drawn by hand (Wang et al. 2020): the numbers are near, not equal.
    """
    folder = user_cache() if cache_dir is None else Path(cache_dir)
    digest = hashlib.blake2b(np.ascontiguousarray(atlas.labels.T).data, digest_size=12)
    digest.update(repr((_VERSION, cortex, white_matter, atlas.spacing, atlas.regions.names)).encode())
    kept = folder / "prepared" / f"cortex-{digest.hexdigest()}.npz"
    arrays = open_kept(kept, lambda: _compute_depth(atlas, cortex, white_matter), size=atlas.labels.size)
    return CorticalDepth(atlas.grid, **arrays)


def _compute_depth(atlas: Atlas, cortex: str, white_matter: str) -> dict[str, npt.NDArray[np.generic]]:
    found = Cortex.of_atlas(atlas, cortex, white_matter)
    fraction = solve_laplace(found, _guess(atlas, found, cortex, white_matter))
    slopes = find_slopes(found, fraction)
    steepness = np.linalg.norm(slopes, axis=1)
    directions = slopes / np.where(steepness > 0, steepness, 1)[:, None]
    above = measure_lengths(found, fraction, directions)
    below = measure_lengths(found, -fraction, -directions)
    results = {"fraction": fraction, "depth": above, "thickness": above + below, "directions": directions}
    return {"voxels": found.voxels, **{name: each.astype(np.float32) for name, each in results.items()}}


def _guess(atlas: Atlas, found: Cortex, cortex: str, white_matter: str) -> Floats | None:
    """Return a first guess of the potential of a fine atlas: that of the atlas with voxels twice as large."""
    if atlas.resolution_um >= _COARSEST_UM:
        return None
    coarse = atlas.coarsen(2 * atlas.resolution_um)
    known = CorticalDepth(coarse.grid, **_compute_depth(coarse, cortex, white_matter))  # type: ignore[arg-type]
    return known.fraction_at(found.grid.xyz_of(np.stack(np.unravel_index(found.voxels, found.grid.shape), axis=-1)))
