"""Statistics over the first axis of an array, with NaN left out or passed on."""

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from bregma.atlas.errors import InvalidValues

Floats = npt.NDArray[np.float64]
Compute = Callable[[Floats], npt.ArrayLike]
Statistic = Literal["mean", "median", "sum", "std", "min", "max", "count"]


def find_statistic(statistic: str | Compute, *, omit_nan: bool) -> Compute:
    """Return the function that computes a statistic over the first axis.

    Raises
    ------
    InvalidValues
        If there is no such statistic; the message names those that there are.
    """
    if callable(statistic):
        return statistic
    if statistic not in _STATISTICS:
        raise InvalidValues(f"no statistic {statistic!r}; there are {', '.join(_STATISTICS)}, or give a function")
    passing, omitting = _STATISTICS[statistic]
    return _omit(omitting) if omit_nan else passing


def _omit(compute: Callable[[Any], Any]) -> Compute:
    """Spare numpy what is all NaN, for it warns of it."""

    def compute_known(block: Floats) -> npt.ArrayLike:
        empty = np.isnan(block).all(axis=0)
        known = compute(np.where(empty, 0.0, block))
        return np.where(empty, 0.0 if compute is _count else np.nan, known)

    return compute_known


def _count(block: Floats) -> Any:
    return np.count_nonzero(~np.isnan(block), axis=0)


def _spread(block: Floats) -> Any:
    count = _count(block)
    squares = np.nansum((block - np.nanmean(block, axis=0)) ** 2, axis=0)
    return np.sqrt(np.divide(squares, count - 1, out=np.full(np.shape(squares), np.nan), where=count > 1))


def _pass_spread(block: Floats) -> Any:
    return np.where(np.isnan(block).any(axis=0), np.nan, _spread(np.nan_to_num(block)))


_STATISTICS: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "mean": (lambda block: np.mean(block, axis=0), lambda block: np.nanmean(block, axis=0)),
    "median": (lambda block: np.median(block, axis=0), lambda block: np.nanmedian(block, axis=0)),
    "sum": (lambda block: np.sum(block, axis=0), lambda block: np.nansum(block, axis=0)),
    "std": (_pass_spread, _spread),
    "min": (lambda block: np.min(block, axis=0), lambda block: np.nanmin(block, axis=0)),
    "max": (lambda block: np.max(block, axis=0), lambda block: np.nanmax(block, axis=0)),
    "count": (len, _count),
}
"""Of each: the function that passes NaN on, and the one that leaves it out."""
