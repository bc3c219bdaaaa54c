"""Arrays of a scene: checked at the door, read-only inside, exact and compact in JSON."""

import base64
from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from bregma.viewer.errors import InvalidLayer

Floats: TypeAlias = npt.NDArray[np.floating[Any]]
Ints: TypeAlias = npt.NDArray[np.int64]
Bytes: TypeAlias = npt.NDArray[np.uint8]
Colour: TypeAlias = tuple[int, int, int]
Triple: TypeAlias = tuple[float, float, float]


def freeze(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the array, or a copy where somebody else could write into it, read-only."""
    if array.flags.writeable:
        array = array.copy()
        array.flags.writeable = False
    return array


def as_floats(values: npt.ArrayLike, what: str) -> Floats:
    """Return a read-only array of floats of any shape; float32 stays float32, what is masked or None becomes NaN."""
    try:
        array = unmask(values)
        if array.dtype == object and array.ndim:
            array = array.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise InvalidLayer(f"{what} are an array of numbers: {error}") from error
    if array.dtype.kind not in "fiub":
        raise InvalidLayer(f"{what} are numbers, not {array.dtype}")
    return freeze(array if array.dtype in (np.float32, np.float64) else array.astype(np.float64))


def unmask(values: npt.ArrayLike) -> npt.NDArray[Any]:
    """Return an array as it is; what is masked in one becomes NaN."""
    if isinstance(values, np.ma.MaskedArray):
        filled: npt.NDArray[Any] = np.ma.filled(values.astype(np.float64), np.nan)
        return filled
    return np.asarray(values)


def as_points(values: npt.ArrayLike, what: str) -> Floats:
    """Return read-only (n, 3) floats in metres, or raise InvalidLayer; NaN is let through."""
    array = as_floats(values, what)
    if array.size == 0:
        array = freeze(array.reshape(0, 3))
    if array.ndim != 2 or array.shape[1] != 3:
        raise InvalidLayer(f"{what} are an array of shape (n, 3), in metres, not {array.shape}")
    check_metres(array, what)
    return array


def as_indices(values: npt.ArrayLike, shape: tuple[int, ...], below: int, what: str) -> Ints:
    """Return read-only integers of a shape (-1 is any length), each from 0 to below what they point into."""
    array = np.asarray(values)
    if array.size == 0:
        array = np.empty((0, *shape[1:]), dtype=np.int64)
    fits = array.ndim == len(shape) and all(want in (-1, have) for want, have in zip(shape, array.shape, strict=True))
    if not fits or array.dtype.kind not in "iu":
        raise InvalidLayer(f"{what} are integers of shape {shape}, not {array.dtype} of shape {array.shape}")
    if array.size and (array.min() < 0 or array.max() >= below):
        raise InvalidLayer(f"{what} count from 0 to {below - 1}; these run from {array.min()} to {array.max()}")
    return freeze(array.astype(np.int64, copy=False))


def as_factors(values: npt.ArrayLike, n: int, what: str) -> Floats:
    """Return read-only (n,) floats by which something is multiplied, none of them negative."""
    factors = as_floats(values, what)
    if factors.shape != (n,) or not np.all(factors >= 0):
        raise InvalidLayer(f"{what} are {n} numbers, none negative, not {factors.size}: {factors.ravel()[:5].tolist()}")
    return factors


def as_colours(values: npt.ArrayLike, n: int, what: str) -> Bytes:
    """Return read-only bytes of shape (n, 3); one colour serves all."""
    array = np.asarray(values)
    if array.shape == (3,):
        array = np.broadcast_to(array, (n, 3))
    if array.shape != (n, 3) or array.dtype.kind not in "iu" or (array.size and (array.min() < 0 or array.max() > 255)):
        raise InvalidLayer(
            f"colours of {what} are 3 or ({n}, 3) integers from 0 to 255, not {array.shape} {array.dtype}"
        )
    return freeze(array.astype(np.uint8, copy=False))


def check_colour(rgb: Colour, what: str) -> None:
    """Raise InvalidLayer unless this is one colour."""
    if len(tuple(rgb)) != 3 or any(not 0 <= part <= 255 or part != int(part) for part in rgb):
        raise InvalidLayer(f"the colour of {what} is three integers from 0 to 255, not {rgb}")


def check_positive(value: float, what: str) -> None:
    """Raise InvalidLayer unless the number is above zero."""
    if not value > 0:
        raise InvalidLayer(f"{what} is positive, not {value}")


def check_share(value: float, what: str) -> None:
    """Raise InvalidLayer unless the number is from 0 to 1."""
    if not 0.0 <= value <= 1.0:
        raise InvalidLayer(f"{what} is between 0 and 1, not {value}")


def as_triple(values: Any, what: str) -> Triple:
    """Return three finite floats, or raise InvalidLayer."""
    array = as_floats(values, what)
    if array.shape != (3,) or not np.isfinite(array).all():
        raise InvalidLayer(f"{what} is three numbers, not {values}")
    x, y, z = array.tolist()
    return x, y, z


def check_metres(xyz: npt.NDArray[Any], what: str) -> None:
    """Raise InvalidLayer for coordinates that no brain has in metres."""
    from bregma.atlas.coordinates import check_metres as check

    try:
        check(xyz)
    except ValueError as error:
        raise InvalidLayer(f"{what}: {error}") from error


def find_known(places: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Return of which of n places, (n, ...), all numbers are known."""
    known: npt.NDArray[np.bool_] = np.isfinite(places).all(axis=tuple(range(1, places.ndim)))
    return known


def array_to_dict(array: npt.NDArray[Any]) -> dict[str, Any]:
    """Write an array as its type, its shape and its bytes in base64."""
    data = np.ascontiguousarray(array)
    little = data.astype(data.dtype.newbyteorder("<"))
    text = base64.b64encode(little.tobytes()).decode("ascii")
    return {"dtype": little.dtype.str, "shape": list(array.shape), "base64": text}


def array_from_dict(entry: Mapping[str, Any]) -> npt.NDArray[Any]:
    """Read what `array_to_dict` wrote."""
    try:
        data = base64.b64decode(entry["base64"], validate=True)
        dtype = np.dtype(entry["dtype"])
        if dtype.kind not in "fiu":
            raise InvalidLayer(f"an array of a scene holds numbers, not {dtype}")
        return np.frombuffer(data, dtype=dtype).reshape(entry["shape"])
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidLayer(f"this is not an array of a scene: {error}") from error
