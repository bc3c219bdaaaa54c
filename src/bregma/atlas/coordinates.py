"""Metres relative to bregma: the check at the door of everything that takes them, and Allen CCF micrometres.

The Allen common coordinate framework counts from the front, top, left corner of the volume. The field's
coordinates count from bregma: x to the right, y to the front, z upwards, in metres. The place of bregma in
the CCF is the one used by the International Brain Laboratory.
"""

from typing import Literal

import numpy as np
import numpy.typing as npt

from bregma.atlas.errors import AtlasError, InvalidCoordinates, WrongUnit

Floats = npt.NDArray[np.float64]

#: The order of the axes of CCF coordinates: as the IBL writes them, or as the Allen Institute does.
CCFOrder = Literal["mlapdv", "apdvml"]

#: Bregma in the Allen CCF: (ML, AP, DV), in micrometres from the left, the front and the top.
BREGMA_UM: tuple[float, float, float] = (5739.0, 5400.0, 332.0)

#: No part of a brain is farther from bregma than this, in metres; a larger value is in another unit.
FARTHEST = 0.15

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
        x (right), y (front), z (up). NaN passes: it is nowhere, which everything in this room answers with void or
        NaN. Infinite and masked values become NaN.
    what : str
        What the message calls these values.

    Returns
    -------
    (..., 3) array
        The same values; the same array if it already holds finite floats.

    Raises
    ------
    WrongUnit
        If a value is farther from bregma than `FARTHEST`; the message names it and guesses its unit.
    InvalidCoordinates
        If these are no numbers, or the last axis does not have three entries.
    """
    return check_lengths(check_triples(xyz, what), what)


def check_lengths(values: npt.ArrayLike, what: str = "distances") -> Floats:
    """Return distances or single coordinates of any shape as floats, or refuse what cannot be metres.

    Raises
    ------
    InvalidCoordinates, WrongUnit
        As `check_metres` does.
    """
    array = check_numbers(values, what)
    if array.size and not (array.max() <= FARTHEST and array.min() >= -FARTHEST):
        _refuse_far_values(array, what)
        return np.where(np.isinf(array), np.nan, array)
    return array


def check_triples(values: npt.ArrayLike, what: str) -> Floats:
    """Return numbers in any unit as floats, or refuse them if their last axis does not have three entries."""
    array = check_numbers(values, what)
    if array.ndim == 0 or array.shape[-1] != 3:
        way_out = "; transpose it" if array.ndim == 2 and array.shape[0] == 3 else ""
        raise InvalidCoordinates(
            f"{what} have three entries on their last axis; this array has shape {array.shape}{way_out}"
        )
    return array


def check_point(xyz: npt.ArrayLike, what: str) -> Floats:
    """Return one place as a (3,) array of its own, or refuse what is none: several, or NaN."""
    point = check_metres(xyz, what)
    if point.shape != (3,) or not np.isfinite(point).all():
        raise InvalidCoordinates(f"{what} is one place with three finite coordinates, not {point.tolist()}")
    return point.copy()


def check_direction(vector: npt.ArrayLike) -> Floats:
    """Return a vector of any length as one of length 1, or refuse what is none."""
    array = check_triples(vector, "a direction")
    with np.errstate(over="ignore"):
        length = np.linalg.norm(array)
    if array.shape != (3,) or not 0 < length < np.inf:
        raise InvalidCoordinates(f"a direction has three entries and a length, not {array.tolist()}")
    unit: Floats = array / length
    return unit


def check_numbers(values: npt.ArrayLike, what: str, error: type[AtlasError] = InvalidCoordinates) -> Floats:
    """Return numbers of any shape as floats, masked ones as NaN; or raise the error for what are no real numbers."""
    try:
        array = np.asarray(values)
        if isinstance(values, np.ma.MaskedArray):
            array = np.where(np.ma.getmaskarray(values), np.nan, array)
        if array.dtype.kind in "iuf" or (array.dtype.kind == "O" and array.ndim):
            return array.astype(np.float64, copy=False)
    except (ValueError, TypeError) as cause:
        raise error(f"{what} are an array of numbers: {cause}") from cause
    raise error(f"{what} are an array of numbers, not {array.dtype} of shape {array.shape}")


def check_micrometres(values: npt.ArrayLike, what: str = "coordinates") -> Floats:
    """Return values of any shape as floats, or refuse what cannot be micrometres.

    Raises
    ------
    InvalidCoordinates
        If these are no numbers.
    WrongUnit
        If all values are so small that they must be metres.
    """
    array = check_numbers(values, what)
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
    ccf = check_micrometres(check_triples(ccf_um, "CCF coordinates"), "CCF coordinates")
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


def _refuse_far_values(array: Floats, what: str) -> None:
    finite = array[np.isfinite(array)]
    far = finite[np.abs(finite) > FARTHEST]
    if far.size:
        worst = float(far[np.argmax(np.abs(far))])
        unit, divisor = ("millimetres", "1e3") if abs(worst) <= _LARGEST_IN_MM else ("micrometres", "1e6")
        raise WrongUnit(
            f"{what} are in metres, and {worst:g} m is larger than a brain; these look like {unit}: divide by {divisor}"
        )
