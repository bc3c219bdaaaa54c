"""A volume of region labels with its place in space: which region is at a coordinate, where a region is."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from bregma.atlas.errors import InvalidAtlas
from bregma.atlas.regions import Regions, Rows

#: What every picture of Allen's data says.
ALLEN_CREDIT = (
    "Allen Mouse Brain Common Coordinate Framework (CCFv3), annotation 2017. "
    "© Allen Institute for Brain Science; non-commercial use with citation: Wang et al. 2020."
)


@dataclass(frozen=True, eq=False)
class Atlas:
    """Region labels on a grid of cubes, in metres relative to bregma.

    Parameters
    ----------
    labels : (n_x, n_y, n_z) array of uint16
        Row of `regions` at each voxel; 0 is void. x grows to the right, y to the front, z upwards.
    origin : tuple of 3 float
        Coordinates of the centre of ``labels[0, 0, 0]``, in metres.
    spacing : float
        Edge of a voxel, in metres.
    regions : Regions
        The table that the labels point to.
    name : str
        What a reader should call this atlas.
    credit : str
        The line that goes with every picture of it.
    is_phantom : bool
        True for a synthetic volume that is no brain.
    template : (n_x, n_y, n_z) array, optional
        The picture on which the regions were drawn, on the same grid.

    Raises
    ------
    InvalidAtlas
        If the labels are not a volume of uint16 rows of the table, the spacing is not positive, or the template
        lies on another grid.
    """

    labels: npt.NDArray[np.uint16]
    origin: tuple[float, float, float]
    spacing: float
    regions: Regions
    name: str
    credit: str = ""
    is_phantom: bool = False
    template: npt.NDArray[np.generic] | None = None

    def __post_init__(self) -> None:
        if self.labels.ndim != 3 or self.labels.dtype != np.uint16:
            raise InvalidAtlas(f"labels are a uint16 volume, not {self.labels.dtype} of shape {self.labels.shape}")
        if not self.spacing > 0:
            raise InvalidAtlas(f"the spacing of an atlas is positive, in metres, not {self.spacing}")
        if self.labels.size and int(self.labels.max()) >= len(self.regions):
            raise InvalidAtlas(f"label {int(self.labels.max())} has no row in a table of {len(self.regions)}")
        if self.template is not None and self.template.shape != self.labels.shape:
            raise InvalidAtlas(f"the template has shape {self.template.shape}, the labels {self.labels.shape}")

    @property
    def resolution_um(self) -> float:
        """Edge of a voxel, in micrometres."""
        return self.spacing * 1e6

    def rows_at(self, xyz: npt.ArrayLike) -> Rows:
        """Return the region row at each coordinate: the voxel whose centre is nearest.

        Parameters
        ----------
        xyz : (..., 3) array
            Metres relative to bregma.

        Returns
        -------
        (...) array of uint16
            Row of `regions`; 0 (void) outside of the volume and where a coordinate is NaN.
        """
        points = np.asarray(xyz, dtype=np.float64)
        if points.ndim == 0 or points.shape[-1] != 3:
            raise ValueError(f"coordinates have three entries on their last axis; this array has shape {points.shape}")
        place = (points - self.origin) / self.spacing + 0.5
        inside = np.all((place >= 0) & (place < self.labels.shape), axis=-1)
        index = np.floor(np.where(inside[..., None], place, 0)).astype(np.intp)
        found: Rows = np.where(inside, self.labels[index[..., 0], index[..., 1], index[..., 2]], 0).astype(np.uint16)
        return found

    def acronyms_at(self, xyz: npt.ArrayLike) -> npt.NDArray[np.str_]:
        """Return the acronym at each coordinate; ``void`` outside of the brain."""
        return np.array(self.regions.acronyms)[self.rows_at(xyz)]

    def mask(self, region: str | int) -> npt.NDArray[np.bool_]:
        """Return where a region is, with everything inside it.

        Returns
        -------
        (n_x, n_y, n_z) array of bool
            True in the voxels of the region and of its descendants.
        """
        wanted = np.zeros(len(self.regions), dtype=bool)
        wanted[self.regions.descendants(region)] = True
        found: npt.NDArray[np.bool_] = wanted[self.labels]
        return found

    def coarsen(self, resolution_um: float) -> "Atlas":
        """Return this atlas with voxels of about the given edge: every n-th voxel, the others left out.

        An atlas that is already as coarse comes back unchanged.
        """
        step = max(1, round(resolution_um / self.resolution_um))
        if step == 1:
            return self
        every = (slice(None, None, step),) * 3
        template = None if self.template is None else np.asfortranarray(self.template[every])
        return replace(
            self, labels=np.asfortranarray(self.labels[every]), spacing=self.spacing * step, template=template
        )
