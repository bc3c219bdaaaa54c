"""Elements in groups of one size each: VTK draws all points and lines of an actor equally large."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

_STEPS = 12


def split_by_size(
    known: npt.NDArray[np.bool_], sizes: npt.NDArray[np.floating[Any]] | None
) -> Iterator[tuple[npt.NDArray[np.intp] | None, float]]:
    """Yield which elements are drawn at which size, at most twelve sizes.

    Parameters
    ----------
    known : (n,) array of bool
        Which elements have a place.
    sizes : (n,) array, optional
        How large each is; what has a size of 0 is not drawn.

    Yields
    ------
    which : (k,) array of int, or None
        Elements; None for all of them.
    size : float
        Theirs, or one that is near.
    """
    if sizes is None:
        yield (None if known.all() else np.flatnonzero(known)), 1.0
        return
    where = np.flatnonzero(known & (sizes > 0))
    wanted = sizes[where]
    distinct = np.unique(wanted)
    steps = distinct if len(distinct) <= _STEPS else np.linspace(distinct[0], distinct[-1], _STEPS)
    nearest = np.searchsorted((steps[1:] + steps[:-1]) / 2, wanted)
    for step, size in enumerate(steps.tolist()):
        if np.any(nearest == step):
            yield where[nearest == step], size
