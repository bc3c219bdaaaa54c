"""Arrays in JSON: exact, compact, and checked at the door."""

import base64
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from bregma.viewer.errors import InvalidLayer

Floats = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.uint8]


def as_points(values: npt.ArrayLike, what: str) -> Floats:
    """Return a read-only copy as (n, 3) floats, or raise InvalidLayer."""
    array = np.array(values, dtype=np.float64)
    if array.ndim != 2 or array.shape[1] != 3:
        raise InvalidLayer(f"{what} are an array of shape (n, 3), in metres, not {array.shape}")
    array.flags.writeable = False
    return array


def as_colours(values: npt.ArrayLike, n: int, what: str) -> Bytes:
    """Return a read-only copy as (n, 3) bytes; one colour serves all."""
    array = np.array(values)
    if array.shape == (3,):
        array = np.tile(array, (n, 1))
    if array.shape != (n, 3) or not np.issubdtype(array.dtype, np.integer) or np.any((array < 0) | (array > 255)):
        raise InvalidLayer(
            f"colours of {what} are 3 or ({n}, 3) integers from 0 to 255, not {array.shape} {array.dtype}"
        )
    array = array.astype(np.uint8)
    array.flags.writeable = False
    return array


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
