"""Metres relative to bregma: the check at the door of everything that takes them, and Allen CCF micrometres.

The Allen common coordinate framework counts from the front, top, left corner of the volume. The field's
coordinates count from bregma: x to the right, y to the front, z upwards, in metres. The place of bregma in
the CCF is the one used by the International Brain Laboratory.
"""

from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from bregma.atlas.errors import InvalidCoordinates, WrongUnit

Floats = npt.NDArray[np.float64]

#: The order of the axes of CCF coordinates: as the IBL writes them, or as the Allen Institute does.
CCFOrder = Literal["mlapdv", "apdvml"]

#: Bregma in the Allen CCF: (ML, AP, DV), in micrometres from the left, the front and the top.
BREGMA_UM: tuple[float, float, float] = (5739.0, 5400.0, 332.0)

#: No part of a brain is farther from bregma than this, in metres; a larger value is in another unit.
FARTHEST = 0.1

_DIRECTION = np.array([1.0, -1.0, -1.0])
# Position of ML, AP and DV in a coordinate of each order.
_PLACES = {"mlapdv": [0, 1, 2], "apdvml": [2, 0, 1]}
_LARGEST_IN_MM = 30.0
_ROUNDING_UM = 1e-6


def check_metres(xyz: npt.ArrayLike, what: str = "coordinates") -> Floats:
    """Return coordinates as floats, or refuse what cannot be metres relative to bregma.

    Parameters
    ----------
    xyz : (..., 3) array
        x (right), y (front), z (up). NaN and infinite values pass: they are nowhere, which everything in this
        room answers with void or NaN.
    what : str
        What the message calls these values.

    Returns
    -------
    (..., 3) array
        The same values; the same array if it already holds floats.

    Raises
    ------
    WrongUnit
        If a value is farther from bregma than `FARTHEST`; the message names it and guesses its unit.
    InvalidCoordinates
        If the last axis does not have three entries.
    """
    return check_lengths(_triples(xyz, what), what)


def check_lengths(values: npt.ArrayLike, what: str = "distances") -> Floats:
    """Return distances or single coordinates of any shape as floats, or refuse what cannot be metres.

    Raises
    ------
    WrongUnit
        As `check_metres` does.
    """
    array = np.asarray(values, dtype=np.float64)
    if array.size and not (array.max() <= FARTHEST and array.min() >= -FARTHEST):
        _refuse_far_values(array, what)
    return array


def check_micrometres(values: npt.ArrayLike, what: str = "coordinates") -> Floats:
    """Return values of any shape as floats, or refuse what cannot be micrometres.

    Raises
    ------
    WrongUnit
        If all values are so small that they must be metres.
    """
    array = np.asarray(values, dtype=np.float64)
    finite = np.abs(array[np.isfinite(array)])
    if finite.size and _ROUNDING_UM < (largest := float(finite.max())) <= FARTHEST:
        raise WrongUnit(
            f"{what} are in micrometres, and none of these is larger than {largest:g}; "
            "these look like metres: multiply by 1e6"
        )
    return array


def xyz_from_ccf(ccf_um: npt.ArrayLike, *, order: CCFOrder = "mlapdv") -> Floats:
    """Turn Allen CCF coordinates into metres relative to bregma.

    Parameters
    ----------
    ccf_um : (..., 3) array
        Micrometres from the left (ML), the front (AP) and the top (DV) of the volume. NaN stays NaN.
    order : {"mlapdv", "apdvml"}
        What stands on the last axis; "apdvml" is the Allen Institute's own.

    Returns
    -------
    (..., 3) array
        x (right), y (front), z (up), in metres.

    Raises
    ------
    InvalidCoordinates
        If the last axis does not have three entries, or the order is neither of these two.
    WrongUnit
        If all values are so small that they must be metres.
    """
    ccf = check_micrometres(_triples(ccf_um, "CCF coordinates"), "CCF coordinates")
    xyz: Floats = (ccf[..., _places(order)] - np.array(BREGMA_UM)) * _DIRECTION * 1e-6
    return xyz


def ccf_from_xyz(xyz: npt.ArrayLike, *, order: CCFOrder = "mlapdv") -> Floats:
    """Turn metres relative to bregma into Allen CCF micrometres; the inverse of `xyz_from_ccf`.

    Parameters
    ----------
    xyz : (..., 3) array
        x (right), y (front), z (up), in metres. NaN stays NaN.
    order : {"mlapdv", "apdvml"}
        What shall stand on the last axis; "apdvml" is the Allen Institute's own.

    Returns
    -------
    (..., 3) array
        Micrometres from the left (ML), the front (AP) and the top (DV) of the volume.

    Raises
    ------
    InvalidCoordinates
        If the last axis does not have three entries, or the order is neither of these two.
    WrongUnit
        If the values cannot be metres.
    """
    ml_ap_dv_um = check_metres(xyz) * _DIRECTION * 1e6 + np.array(BREGMA_UM)
    ccf: Floats = ml_ap_dv_um[..., np.argsort(_places(order))]
    return ccf


def _places(order: str) -> list[int]:
    if order not in _PLACES:
        raise InvalidCoordinates(f"CCF coordinates are ordered {' or '.join(map(repr, _PLACES))}, not {order!r}")
    return _PLACES[order]


def _triples(values: Any, what: str) -> Floats:
    array = np.asarray(values, dtype=np.float64)
    if array.ndim == 0 or array.shape[-1] != 3:
        way_out = "; transpose it" if array.ndim == 2 and array.shape[0] == 3 else ""
        raise InvalidCoordinates(
            f"{what} have three entries on their last axis; this array has shape {array.shape}{way_out}"
        )
    return array


def _refuse_far_values(array: Floats, what: str) -> None:
    finite = array[np.isfinite(array)]
    far = finite[np.abs(finite) > FARTHEST]
    if far.size:
        worst = float(far[np.argmax(np.abs(far))])
        unit, divisor = ("millimetres", "1e3") if abs(worst) <= _LARGEST_IN_MM else ("micrometres", "1e6")
        raise WrongUnit(
            f"{what} are in metres, and {worst:g} m is larger than a brain; these look like {unit}: divide by {divisor}"
        )
