"""Tell from its content that a mouse brain lies the wrong way round."""

import numpy as np
import numpy.typing as npt

from bregma.atlas.errors import InvalidAtlas
from bregma.atlas.orientation import Orientation
from bregma.atlas.regions import Regions

_EVERY = 4
_OPPOSITE = dict(zip("lrapsi", "rlpais", strict=True))


def check_directions(labels: npt.NDArray[np.uint16], regions: Regions, name: object, orientation: Orientation) -> None:
    """Refuse labels in which the olfactory bulb lies behind the cerebellum, or the cortex below the hypothalamus.

    Left and right cannot be told: the Allen brain is symmetric. Volumes without these regions pass.

    Parameters
    ----------
    labels : (n_x, n_y, n_z) array
        Rows of the lateralised table.
    regions : Regions
        The Allen table.
    name : object
        Where they are from, for the message.
    orientation : Orientation
        The one that was taken, for the message.

    Raises
    ------
    InvalidAtlas
        If the axes run the other way; the message names the orientation that fits.
    """
    few = labels[::_EVERY, ::_EVERY, ::_EVERY]
    front = _centre(few, regions, "MOB", axis=1) - _centre(few, regions, "CB", axis=1)
    up = _centre(few, regions, "Isocortex", axis=2) - _centre(few, regions, "HY", axis=2)
    wrong = [*("ap" if front < 0 else ""), *("si" if up < 0 else "")]
    if not wrong:
        return
    fitting = "".join(_OPPOSITE[letter] if letter in wrong else letter for letter in orientation.letters)
    told = "the olfactory bulb lies behind the cerebellum" if front < 0 else "the cortex lies below the hypothalamus"
    raise InvalidAtlas(f"read as {orientation.letters!r}, {told} in {name}; pass orientation={fitting!r}")


def _centre(labels: npt.NDArray[np.uint16], regions: Regions, acronym: str, *, axis: int) -> float:
    """Return the mean place of a region along an axis; NaN if it is not there."""
    wanted = np.zeros(len(regions.lateralised), dtype=bool)
    wanted[regions.lateralised.descendants(acronym)] = True
    others = tuple(other for other in range(3) if other != axis)
    amount = wanted[labels].sum(axis=others)
    return float(np.average(np.arange(amount.size), weights=amount)) if amount.any() else float("nan")
