"""A volume of region labels with its place in space: which region is at a coordinate, where a region is."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from bregma.atlas.coarsening import average_blocks, sample_voxels, vote_in_blocks
from bregma.atlas.errors import InvalidAtlas, InvalidValues
from bregma.atlas.grid import Grid, Outside
from bregma.atlas.mappings import Parcellation
from bregma.atlas.regions import Hemisphere, Regions
from bregma.atlas.surface import BrainSurface
from bregma.atlas.table import Rows

#: What every picture of Allen's data says.
ALLEN_CREDIT = (
    "Allen Mouse Brain Common Coordinate Framework (CCFv3), annotation 2017. "
    "© Allen Institute for Brain Science; non-commercial use with citation: Wang et al. 2020."
)

#: A coarser view of the regions, as `Regions.mapping` takes it: a name, a list, a dict, or the row for each row.
Mapping = Parcellation | Rows


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
        _ = self.grid  # refuses what is none
        # A volume that stays on the disk is not read as a whole for this.
        if self.labels.size and not isinstance(self.labels, np.memmap) and int(self.labels.max()) >= len(self.regions):
            raise InvalidAtlas(f"label {int(self.labels.max())} has no row in a table of {len(self.regions)}")
        if self.template is not None and self.template.shape != self.labels.shape:
            raise InvalidAtlas(f"the template has shape {self.template.shape}, the labels {self.labels.shape}")

    @property
    def resolution_um(self) -> float:
        """Edge of a voxel, in micrometres."""
        return self.spacing * 1e6

    @cached_property
    def grid(self) -> Grid:
        """The voxels of the volume in space: indices, coordinates, limits."""
        n_x, n_y, n_z = self.labels.shape
        return Grid((n_x, n_y, n_z), self.origin, (self.spacing,) * 3)

    @cached_property
    def surface(self) -> BrainSurface:
        """The top, the bottom and the outside of the brain; computed when it is first asked for."""
        return BrainSurface.of_labels(self.labels, self.grid)

    def rows_at(self, xyz: npt.ArrayLike, *, mapping: Mapping | None = None, outside: Outside = "void") -> Rows:
        """Return the region row at each coordinate: that of the voxel it is in.

        Parameters
        ----------
        xyz : (..., 3) array
            Metres relative to bregma. NaN is void.
        mapping : str, list, dict or array, optional
            Coarser view of the regions, as for `Regions.mapping`: for instance "Beryl".
        outside : {"void", "raise", "clip"}
            What to do with coordinates outside of the volume: void, an error, or the nearest voxel.

        Returns
        -------
        (...) array of uint16
            Row of `regions`; 0 is void.

        Raises
        ------
        WrongUnit
            If the coordinates cannot be metres.
        OutsideVolume
            With ``outside="raise"``.
        """
        return self.map_rows(self.grid.look_up(self.labels, xyz, outside=outside), mapping)

    def acronyms_at(
        self, xyz: npt.ArrayLike, *, mapping: Mapping | None = None, outside: Outside = "void"
    ) -> npt.NDArray[np.str_]:
        """Return the acronym at each coordinate; ``void`` outside of the brain. Options as for `rows_at`."""
        return self.regions.acronym_array[self.rows_at(xyz, mapping=mapping, outside=outside)]

    def ids_at(
        self, xyz: npt.ArrayLike, *, mapping: Mapping | None = None, outside: Outside = "void"
    ) -> npt.NDArray[np.int64]:
        """Return the identifier at each coordinate, negative on the left, 0 for void. Options as for `rows_at`."""
        return self.regions.ids[self.rows_at(xyz, mapping=mapping, outside=outside)]

    def map_rows(self, rows: Rows, mapping: Mapping | None) -> Rows:
        """Return the rows that these have under a mapping; the same ones without a mapping."""
        return rows if mapping is None else self.regions.mapping(mapping)[rows]

    def mask(self, region: Any, *, hemisphere: Hemisphere | None = None) -> npt.NDArray[np.bool_]:
        """Return where a region is, or several are, with everything inside.

        Parameters
        ----------
        region : str, int, or a list of them
            Acronyms, or identifiers; a negative one is on the left.
        hemisphere : {"left", "right"}, optional
            Side; by default acronyms and positive identifiers mean both.

        Returns
        -------
        (n_x, n_y, n_z) array of bool
            True in the voxels of the regions and of their descendants.
        """
        wanted = np.zeros(len(self.regions), dtype=bool)
        wanted[self.regions.descendants(region, hemisphere=hemisphere)] = True
        found: npt.NDArray[np.bool_] = wanted[self.labels]
        return found

    def coarsen(self, resolution_um: float, *, by: Literal["sampling", "majority"] = "sampling") -> "Atlas":
        """Return this atlas with voxels of about the given edge.

        Parameters
        ----------
        resolution_um : float
            Edge of a voxel; it becomes the nearest multiple of this atlas' own. An atlas that is already as coarse
            comes back unchanged.
        by : {"sampling", "majority"}
            Every n-th voxel, the others left out, which is quick; or the most frequent label of each block of
            voxels, the smallest row of equally frequent ones, and the mean of the template.
        """
        if by not in ("sampling", "majority"):
            raise InvalidValues(f"an atlas is coarsened by 'sampling' or by 'majority', not {by!r}")
        if not resolution_um > 0:
            raise InvalidValues(f"the resolution of an atlas is positive, in micrometres, not {resolution_um}")
        step = max(1, round(min(resolution_um / self.resolution_um, max(self.labels.shape))))
        if step == 1:
            return self
        coarse = replace(self, spacing=self.spacing * step, labels=sample_voxels(self.labels, step), template=None)
        template = self.template
        if by == "sampling":
            return replace(coarse, template=None if template is None else sample_voxels(template, step))
        x, y, z = (np.array(self.origin) + self.spacing * (step - 1) / 2).tolist()
        averaged = None if template is None else average_blocks(template, step)
        return replace(coarse, origin=(x, y, z), labels=vote_in_blocks(self.labels, step), template=averaged)
