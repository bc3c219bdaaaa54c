"""Which way the axes of a volume run, and telling when they run another way than said."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np
import numpy.typing as npt

from bregma.atlas.coordinates import xyz_from_ccf
from bregma.atlas.errors import InvalidAtlas

Triple = tuple[float, float, float]

#: Where the first voxel of a volume of the Allen Institute lies: anterior, superior, left.
ALLEN_ORIENTATION = "asl"
#: Extent of the CCF volume in the order of its files: front to back, top to bottom, left to right.
CCF_EXTENT_UM = (13200, 8000, 11400)
RESOLUTIONS_UM = (10, 25, 50, 100)

_AXIS_OF = {"l": 0, "r": 0, "p": 1, "a": 1, "i": 2, "s": 2}
_TURNED = frozenset("ras")
_LETTERS_OF = ("lr", "pa", "is")


@dataclass(frozen=True)
class Orientation:
    """The side of the brain on which each axis of a volume begins.

    Parameters
    ----------
    letters : str
        Three letters, one for each axis: l(eft) or r(ight), a(nterior) or p(osterior), s(uperior) or i(nferior).
        Files of the Allen Institute are ``asl``.

    Raises
    ------
    InvalidAtlas
        If the letters do not name three axes.
    """

    letters: str

    def __post_init__(self) -> None:
        if sorted(_AXIS_OF.get(letter, -1) for letter in self.letters) != [0, 1, 2]:
            raise InvalidAtlas(
                f"an orientation is three letters that say where each axis begins, one of l/r, a/p and s/i, "
                f"such as 'asl' of the Allen files, not {self.letters!r}"
            )

    def to_xyz(self, volume: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return a view of a volume with axes x (right), y (front), z (up)."""
        order = [_AXIS_OF[letter] for letter in self.letters]
        flipped = volume[tuple(slice(None, None, -1 if letter in _TURNED else 1) for letter in self.letters)]
        return flipped.transpose(np.argsort(order))

    def from_xyz(self, volume: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return a view of an x, y, z volume with the axes of the file."""
        turned = volume.transpose([_AXIS_OF[letter] for letter in self.letters])
        return turned[tuple(slice(None, None, -1 if letter in _TURNED else 1) for letter in self.letters)]

    def shape_xyz(self, shape: Sequence[int]) -> tuple[int, int, int]:
        """Return the shape along x, y, z of a volume with this shape in the file."""
        lengths = dict(zip((_AXIS_OF[letter] for letter in self.letters), map(int, shape), strict=True))
        return lengths[0], lengths[1], lengths[2]


def ccf_shape(resolution_um: float) -> tuple[int, int, int]:
    """Return the shape of an Allen file: front to back, top to bottom, left to right."""
    ap, dv, ml = (round(extent / resolution_um) for extent in CCF_EXTENT_UM)
    return ap, dv, ml


def ccf_resolution(shape: Sequence[int]) -> int | None:
    """Return the resolution of the CCF volume with this shape, its axes in any order; None if there is none."""
    lengths = sorted(shape)
    return next((step for step in RESOLUTIONS_UM if sorted(ccf_shape(step)) == lengths), None)


def check_ccf_order(shape: Sequence[int], orientation: Orientation, name: object) -> None:
    """Refuse a mouse brain whose axes come in another order than the orientation says.

    Raises
    ------
    InvalidAtlas
        If the shape is that of the CCF with other axes; the message names the order that fits.
    """
    step = ccf_resolution(shape)
    if step is None:
        return
    ap, dv, ml = ccf_shape(step)
    if orientation.shape_xyz(shape) == (ml, ap, dv):
        return
    fitting = next(
        "".join(letters) for letters in permutations(ALLEN_ORIENTATION)
        if Orientation("".join(letters)).shape_xyz(shape) == (ml, ap, dv)
    )  # fmt: skip
    raise InvalidAtlas(
        f"{name} has the shape {tuple(shape)} of the mouse brain at {step} um, but its axes are not "
        f"{orientation.letters!r}: by their lengths they are front to back {ap}, top to bottom {dv}, left to right "
        f"{ml}. Pass orientation={fitting!r} (a letter for where each axis begins)"
    )


def place_of_ccf(shape_xyz: Sequence[int], spacing_um: float) -> Triple:
    """Return where the voxel [0, 0, 0] of an x, y, z volume in the CCF is centred, in metres from bregma."""
    _, n_y, n_z = shape_xyz
    x, y, z = xyz_from_ccf([0.0, (n_y - 1) * spacing_um, (n_z - 1) * spacing_um]).tolist()
    return x, y, z


def place_of_middle(shape_xyz: Sequence[int], spacing_um: float) -> Triple:
    """Return where the voxel [0, 0, 0] is centred when the middle of the volume is the origin, in metres."""
    x, y, z = ((1 - length) / 2 * spacing_um * 1e-6 for length in shape_xyz)
    return x, y, z


def letters_towards(letters: str) -> str:
    """Turn letters that say where axes lead to, as in NIfTI files, into letters that say where they begin."""
    return "".join(_LETTERS_OF[_AXIS_OF[letter]].replace(letter, "") for letter in letters.lower())
