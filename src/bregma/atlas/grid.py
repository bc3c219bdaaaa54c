"""A grid of voxels in space: from metres to voxel indices and back."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeVar

import numpy as np
import numpy.typing as npt

from bregma.atlas.coordinates import Floats, check_lengths, check_metres, check_triples, xyz_from_ccf
from bregma.atlas.errors import InvalidAtlas, InvalidValues, OutsideVolume

Indices = npt.NDArray[np.intp]
Scalar = TypeVar("Scalar", bound=np.generic)
Axis = Literal["x", "y", "z"]

#: What to do with a coordinate outside of the volume: call it void, refuse it, or take the nearest voxel.
Outside = Literal["void", "raise", "clip"]

#: The axes of space by name, in the order of a volume's dimensions: to the right, to the front, upwards.
AXES: tuple[Axis, Axis, Axis] = ("x", "y", "z")

# Of a volume, in metres from bregma: that of a human brain with what is around it is smaller.
_LARGEST = 1.0
_ALLEN_EXTENT_UM = (11400, 13200, 8000)
_OUTSIDE = ("void", "raise", "clip")


@dataclass(frozen=True)
class Grid:
    """Voxels along x (right), y (front) and z (up), in metres relative to bregma.

    Parameters
    ----------
    shape : tuple of 3 int
        Voxels along each axis.
    origin : tuple of 3 float
        Coordinates of the centre of voxel (0, 0, 0).
    spacing : tuple of 3 float
        Edges of a voxel.

    Raises
    ------
    InvalidAtlas
        If a spacing is not positive, a shape has no voxels, or the volume is larger than metres can make it.
    """

    shape: tuple[int, int, int]
    origin: tuple[float, float, float]
    spacing: tuple[float, float, float]

    def __post_init__(self) -> None:
        if any(np.shape(each) != (3,) for each in (self.shape, self.origin, self.spacing)):
            raise InvalidAtlas(f"a grid has three axes, not a shape of {self.shape} voxels of {self.spacing} m")
        if not all(0 < edge < np.inf for edge in self.spacing):
            raise InvalidAtlas(f"the spacing of a grid is positive, in metres, not {self.spacing}")
        if not all(n > 0 and n == int(n) for n in self.shape):
            raise InvalidAtlas(f"a grid has voxels along each axis, not {self.shape}")
        if not np.abs(self.limits).max() < _LARGEST:
            raise InvalidAtlas(f"no brain reaches from {self.limits[:, 0]} to {self.limits[:, 1]} m: give metres")

    @classmethod
    def allen(cls, resolution_um: float = 25) -> "Grid":
        """Return the grid of the Allen volumes of a resolution, without reading one."""
        if not 1 <= resolution_um <= min(_ALLEN_EXTENT_UM):
            raise InvalidAtlas(f"the resolution of a volume is in micrometres, 1 or more; not {resolution_um}")
        n_x, n_y, n_z = (int(extent // resolution_um) for extent in _ALLEN_EXTENT_UM)
        last_ap, last_dv = (n_y - 1) * resolution_um, (n_z - 1) * resolution_um
        x, y, z = xyz_from_ccf([0.0, last_ap, last_dv]).tolist()
        return cls((n_x, n_y, n_z), (x, y, z), (resolution_um * 1e-6,) * 3)

    @property
    def scales(self) -> tuple[Floats, Floats, Floats]:
        """Coordinates of the voxel centres along x, along y and along z, in metres, growing."""
        x, y, z = (self.origin[i] + np.arange(self.shape[i], dtype=np.float64) * self.spacing[i] for i in range(3))
        return x, y, z

    @property
    def limits(self) -> Floats:
        """(3, 2) array: coordinates of the first and of the last voxel centre along each axis."""
        first = np.array(self.origin)
        return np.stack([first, first + (np.array(self.shape) - 1) * self.spacing], axis=1)

    @property
    def bounds(self) -> Floats:
        """(3, 2) array: the outer faces of the volume along each axis, half a voxel beyond the `limits`."""
        half: Floats = np.array(self.spacing)[:, None] * [-0.5, 0.5]
        return self.limits + half

    @property
    def affine(self) -> Floats:
        """(4, 4) array that takes a voxel index (i, j, k, 1) to metres (x, y, z, 1)."""
        matrix = np.diag([*self.spacing, 1.0])
        matrix[:3, 3] = self.origin
        return matrix

    def position_of(self, xyz: npt.ArrayLike) -> Floats:
        """Return where coordinates are, counted in voxels: whole numbers are voxel centres.

        Parameters
        ----------
        xyz : (..., 3) array
            Metres relative to bregma; also outside of the volume. NaN stays NaN.
        """
        position: Floats = (check_metres(xyz) - self.origin) / self.spacing
        return position

    def index_of(self, xyz: npt.ArrayLike, *, outside: Outside = "void") -> Indices:
        """Return the voxel that each coordinate is in.

        Parameters
        ----------
        xyz : (..., 3) array
            Metres relative to bregma.
        outside : {"void", "raise", "clip"}
            What to do with a coordinate outside of the volume: -1 on all three axes, an error, or the nearest
            voxel. NaN is nowhere: -1 in any case.

        Returns
        -------
        (..., 3) array of int

        Raises
        ------
        OutsideVolume
            With ``outside="raise"``; the message names the first such coordinate.
        WrongUnit
            If the coordinates cannot be metres.
        """
        places = check_metres(xyz)
        columns, inside = self._find_voxels((places[..., 0], places[..., 1], places[..., 2]), outside)
        with np.errstate(invalid="ignore"):
            return np.stack([np.where(inside, column, -1).astype(np.intp) for column in columns], axis=-1)

    def look_up(
        self, volume: npt.NDArray[Scalar], xyz: npt.ArrayLike, *, outside: Outside = "void"
    ) -> npt.NDArray[Scalar]:
        """Return the value of a volume at each coordinate: of the voxel that it is in.

        Parameters
        ----------
        volume : (n_x, n_y, n_z) array
            Values on this grid.
        xyz : (..., 3) array
            Metres relative to bregma.
        outside : {"void", "raise", "clip"}
            What to do with a coordinate outside of the volume, as for `index_of`; void is 0. NaN is void.

        Raises
        ------
        InvalidAtlas
            If the volume has another shape.
        OutsideVolume, WrongUnit
            As `index_of` does.
        """
        places = check_metres(xyz)
        return self._read(volume, (places[..., 0], places[..., 1], places[..., 2]), outside, 0)

    def look_up_mesh(
        self, volume: npt.NDArray[Scalar], mesh: tuple[Floats, Floats, Floats], *, void: float = 0
    ) -> npt.NDArray[Scalar]:
        """Return the value of a volume at each place of a mesh, quicker than at a list of its places.

        Parameters
        ----------
        volume : (n_x, n_y, n_z) array
            Values on this grid.
        mesh : tuple of 3 arrays
            Metres along x, y and z, of shapes that are broadcast against each other, as ``plane.mesh``.
        void : float
            The value outside of the volume and of NaN.

        Raises
        ------
        InvalidAtlas
            If the volume has another shape.
        WrongUnit
            If the coordinates cannot be metres.
        """
        x, y, z = (check_lengths(along, "coordinates") for along in mesh)
        return self._read(volume, (x, y, z), "void", void)

    def _read(
        self, volume: npt.NDArray[Scalar], mesh: tuple[Floats, Floats, Floats], outside: Outside, void: float
    ) -> npt.NDArray[Scalar]:
        volume = np.asarray(volume)
        if volume.shape != self.shape:
            raise InvalidAtlas(f"a volume of shape {volume.shape} is not on a grid of {self.shape}")
        columns, inside = self._find_voxels(mesh, outside)
        beyond = np.asarray(void, dtype=volume.dtype)
        if not (volume.flags.f_contiguous or volume.flags.c_contiguous):
            with np.errstate(invalid="ignore"):
                index = tuple(np.where(inside, column, 0).astype(np.intp) for column in columns)
            return np.where(inside, volume[index], beyond)
        order: Literal["C", "F"] = "F" if volume.flags.f_contiguous else "C"
        n_x, n_y, n_z = self.shape
        steps = (1, n_x, n_x * n_y) if order == "F" else (n_y * n_z, n_z, 1)
        with np.errstate(invalid="ignore"):  # infinite ones are set to zero below
            flat = columns[0] * steps[0] + columns[1] * steps[1] + columns[2] * steps[2]
        found = volume.ravel(order=order).take(np.where(inside, flat, 0).astype(np.intp))
        return np.where(inside, found, beyond)

    def _find_voxels(
        self, mesh: tuple[Floats, Floats, Floats], outside: Outside
    ) -> tuple[list[Floats], npt.NDArray[np.bool_]]:
        """Return the voxel of each coordinate along x, y and z, as whole floats, and which of them are voxels."""
        if outside not in _OUTSIDE:
            raise InvalidValues(f"outside of the volume is {', '.join(map(repr, _OUTSIDE))}, not {outside!r}")
        columns, inside = [], np.ones((), dtype=bool)
        for i, n in enumerate(self.shape):  # one axis at a time: half the time of all three at once
            column = mesh[i] - self.origin[i]
            column /= self.spacing[i]
            column += 0.5
            column = np.clip(column, 0, n - 1) if outside == "clip" else column
            inside = inside & (column >= 0) & (column < n)
            columns.append(np.floor(column))
        if outside == "raise" and not inside.all():
            self._refuse(np.stack(np.broadcast_arrays(*mesh), axis=-1)[~inside])
        return columns, inside

    def index_along(self, axis: Axis, value: float, *, outside: Literal["raise", "clip"] = "raise") -> int:
        """Return the index of the layer of voxels that a coordinate of one axis is in.

        Raises
        ------
        OutsideVolume
            If the volume does not reach there, unless it shall be clipped to the nearest layer; always for NaN.
        WrongUnit
            If the coordinate cannot be metres.
        """
        i = axis_number(axis)
        place = (float(check_lengths(value, f"coordinates along {axis}")) - self.origin[i]) / self.spacing[i] + 0.5
        inside = 0 <= place < self.shape[i]
        if not inside and (outside != "clip" or np.isnan(place)):
            low, high = self.bounds[i]
            raise OutsideVolume(f"{axis} = {value:g} m is outside of this volume, from {low:g} to {high:g} m")
        return int(np.clip(place, 0, self.shape[i] - 1))

    def xyz_of(self, index: npt.ArrayLike) -> Floats:
        """Return the coordinates of voxel centres; the inverse of `position_of`.

        Parameters
        ----------
        index : (..., 3) array
            Voxels along x, y and z; fractions and negative numbers are places between and before them.

        Returns
        -------
        (..., 3) array
            Metres relative to bregma.
        """
        xyz: Floats = check_triples(index, "voxels") * self.spacing + self.origin
        return xyz

    @cached_property
    def voxel_volume_mm3(self) -> float:
        """Volume of a voxel, in cubic millimetres."""
        return float(np.prod(np.array(self.spacing) * 1e3))

    def _refuse(self, xyz: Floats) -> None:
        known = xyz[~np.isnan(xyz).any(axis=-1)]
        if len(known):
            low, high = self.bounds.T.tolist()
            raise OutsideVolume(
                f"{len(known)} coordinates are outside of this volume, the first at {known[0].tolist()}; "
                f'it reaches from {low} to {high} m: leave them out, or choose outside="void" or "clip"'
            )


def axis_number(axis: Axis) -> int:
    """Return the number of an axis by its name.

    Raises
    ------
    InvalidValues
        If it is none of x, y and z.
    """
    if axis not in AXES:
        raise InvalidValues(f"an axis is 'x' (right), 'y' (front) or 'z' (up), not {axis!r}")
    return AXES.index(axis)
