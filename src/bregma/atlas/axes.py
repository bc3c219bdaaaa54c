"""Notice coordinates whose axes are in another order, or point the other way: most would be in the brain if turned."""

from itertools import permutations, product

import numpy as np
import numpy.typing as npt

from bregma.atlas.atlas import Atlas
from bregma.atlas.coordinates import Floats, check_metres
from bregma.atlas.errors import InvalidCoordinates
from bregma.atlas.grid import AXES

# What may be given: the axes in any order, y and z also the other way.
_GIVEN = tuple(order for signed in product("x", ("y", "-y"), ("z", "-z")) for order in permutations(signed))
_FEW, _MOST = 0.5, 0.9
_SAMPLE = 2000


def check_axes(atlas: Atlas, xyz: npt.ArrayLike, what: str = "coordinates") -> Floats:
    """Return coordinates, or refuse those that only another order or direction of axes puts into the brain.

    It is a guess, from some thousand of them: fewer than half are in the brain as they are, and more than nine tenths
    would be in another order, or with y or z the other way. Mistakes that leave most of them in the brain pass, as
    left for right does.

    Parameters
    ----------
    atlas : Atlas
        Says where the brain is.
    xyz : (..., 3) array
        Metres relative to bregma. NaN is not looked at.
    what : str
        What the message calls these values.

    Returns
    -------
    (..., 3) array
        The same values.

    Raises
    ------
    InvalidCoordinates
        If the axes seem to be others; the message says which.
    WrongUnit
        If the coordinates cannot be metres.
    """
    places = check_metres(xyz, what)
    known = places.reshape(-1, 3)
    known = known[np.isfinite(known).all(axis=-1)]
    known = known[:: max(1, len(known) // _SAMPLE)]
    if not len(known) or (share := _share_inside(atlas, known)) >= _FEW:
        return places
    best, given = max((_share_inside(atlas, _turn(known, given)), given) for given in _GIVEN)
    if best > _MOST:
        raise InvalidCoordinates(
            f"{share:.0%} of these {what} are in the brain; x (right), y (front), z (up) are asked for, and these may "
            f"be {', '.join(given)}, which would put {best:.0%} there"
        )
    return places


def _turn(xyz: Floats, given: tuple[str, ...]) -> Floats:
    """Return coordinates in the order x, y, z from those that are given otherwise."""
    turned = np.empty_like(xyz)
    for column, name in enumerate(given):
        turned[:, AXES.index(name[-1])] = xyz[:, column] * (-1 if name[0] == "-" else 1)
    return turned


def _share_inside(atlas: Atlas, xyz: Floats) -> float:
    return float((atlas.rows_at(xyz) > 0).mean())
