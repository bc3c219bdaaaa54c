"""Arrays as bytes: one array per cell, in numpy's own file format, readable without DataJoint."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def to_bytes(array: NDArray[Any]) -> bytes:
    """Return the bytes of a .npy file that holds the array; records (named columns) included.

    Raises
    ------
    ValueError
        If the array holds Python objects.
    """
    stream = BytesIO()
    np.save(stream, np.asarray(array), allow_pickle=False)
    return stream.getvalue()


def from_bytes(stored: bytes | bytearray | memoryview) -> NDArray[Any]:
    """Return the array whose .npy file has these bytes."""
    return np.asarray(np.load(BytesIO(stored), allow_pickle=False))
