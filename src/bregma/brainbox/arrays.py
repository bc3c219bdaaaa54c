"""Array types of this room, and the checks that every function makes at its door."""

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]
Window: TypeAlias = tuple[float, float]
Rng: TypeAlias = np.random.Generator | int | None


class BrainboxError(Exception):
    """Root of the errors of this room."""


class InvalidInput(BrainboxError, ValueError):
    """An argument has the wrong shape, length or range."""


def as_floats(name: str, values: ArrayLike) -> Floats:
    """Return `values` as a one-dimensional array of 64-bit floats, or raise `InvalidInput`."""
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1:
        raise InvalidInput(f"{name} has shape {array.shape}; give one dimension")
    return array


def as_ids(name: str, values: ArrayLike) -> Ints:
    """Return `values` as a one-dimensional array of whole numbers, or raise `InvalidInput`."""
    array = np.asarray(values)
    if array.ndim != 1:
        raise InvalidInput(f"{name} has shape {array.shape}; give one dimension")
    if array.size == 0:
        return np.zeros(0, dtype=np.int64)
    if not np.issubdtype(array.dtype, np.integer):
        raise InvalidInput(f"{name} are {array.dtype}; cluster ids are whole numbers")
    return array.astype(np.int64)


def check_same_length(**arrays: Sequence[Any] | NDArray[Any]) -> None:
    """Raise `InvalidInput` when the named arrays differ in length."""
    sizes = {name: len(array) for name, array in arrays.items()}
    if len(set(sizes.values())) > 1:
        listed = ", ".join(f"{name} {size}" for name, size in sizes.items())
        raise InvalidInput(f"arrays differ in length: {listed}")


def check_window(window: Window) -> None:
    """Raise `InvalidInput` unless the window is (start, stop) with a finite start before a finite stop."""
    start, stop = window
    if not (np.isfinite(start) and np.isfinite(stop) and start < stop):
        raise InvalidInput(f"window {window} is empty; give (start, stop) in seconds, start before stop")


def check_positive(name: str, value: float) -> None:
    """Raise `InvalidInput` unless the value is a finite number above zero."""
    if not (np.isfinite(value) and value > 0):
        raise InvalidInput(f"{name} is {value}; give a number above zero")


def check_count(name: str, value: object) -> None:
    """Raise `InvalidInput` unless the value is a whole number of at least one."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        raise InvalidInput(f"{name} is {value!r}; give a whole number from 1")


def check_fraction(name: str, value: float) -> None:
    """Raise `InvalidInput` unless the value lies between 0 and 1."""
    if not 0 < value < 1:
        raise InvalidInput(f"{name} is {value}; give a number between 0 and 1")


def read_rng(rng: Rng) -> np.random.Generator:
    """Return the generator given, one of that seed, or a fresh one for None; the global one is never used.

    Raises
    ------
    InvalidInput
        If it is none of these.
    """
    if isinstance(rng, bool) or not (rng is None or isinstance(rng, np.random.Generator | int | np.integer)):
        raise InvalidInput(f"rng is {rng!r}; give a numpy.random.Generator, a whole number, or None")
    return np.random.default_rng(rng)


def count_bins(length: float, bin_size: float, *, name: str) -> int:
    """Return how many whole bins fill `length`, or raise `InvalidInput` when some of it is left over."""
    check_positive("bin_size", bin_size)
    exact = length / bin_size
    n_bins = round(exact)
    if n_bins < 1 or abs(exact - n_bins) > 1e-6 * max(exact, 1.0):
        raise InvalidInput(f"{name} of {length:g} s is not a whole number of bins of {bin_size:g} s")
    return n_bins


def bin_centres(start: float, bin_size: float, n_bins: int) -> Floats:
    """Return the centres of bins that begin at `start`."""
    steps: Floats = np.arange(n_bins, dtype=np.float64) + 0.5
    return start + steps * bin_size


def select_units(spike_clusters: Ints, cluster_ids: ArrayLike | None) -> Ints:
    """Return the ids to compute: those asked for, in the order asked, else all that occur, ascending.

    Raises
    ------
    InvalidInput
        If an id is asked for twice.
    """
    if cluster_ids is None:
        return np.unique(spike_clusters)
    ids = as_ids("cluster_ids", cluster_ids)
    if np.unique(ids).size != ids.size:
        raise InvalidInput("cluster_ids names a unit more than once")
    return ids
