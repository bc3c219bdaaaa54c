"""Array types of this room, and the checks that every function makes at its door."""

from collections.abc import Sequence
from enum import Enum
from typing import Any, TypeAlias, TypeGuard, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]
Window: TypeAlias = tuple[float, float]
Choice = TypeVar("Choice", bound=Enum)
Rng: TypeAlias = np.random.Generator | int | None


class BrainboxError(Exception):
    """Root of the errors of this room."""


class InvalidInput(BrainboxError, ValueError):
    """An argument has the wrong shape, length or range."""


def as_numbers(name: str, values: ArrayLike, *, n_dims: int | tuple[int, ...] = ()) -> NDArray[Any]:
    """Return `values` as an array of numbers or booleans, as they are, or raise `InvalidInput`.

    `n_dims` are the numbers of dimensions allowed, by default any.
    """
    try:
        array = np.asarray(values)
        if array.dtype == object and array.ndim:
            array = array.astype(np.float64)
    except (TypeError, ValueError):
        raise InvalidInput(f"{name} is {describe(values)}; give an array of numbers") from None
    if array.dtype == object:
        raise InvalidInput(f"{name} is {describe(values)}; give an array of numbers")
    if array.dtype.kind not in "fiub" and array.size:
        raise InvalidInput(f"{name} holds {array.dtype}, such as {describe(array.flat[0])}; give numbers")
    allowed = (n_dims,) if isinstance(n_dims, int) else n_dims
    if allowed and array.ndim not in allowed:
        listed = " or ".join(_DIMENSIONS[n] for n in allowed)
        flat = f", such as {name}.ravel()" if allowed == (1,) and array.size == max(array.shape, default=0) else ""
        raise InvalidInput(f"{name} has shape {array.shape}; give {listed}{flat}")
    return array if array.dtype.kind in "fiub" else array.astype(np.float64)


_DIMENSIONS = ("a number", "one dimension", "two dimensions", "three dimensions")


def describe(value: object) -> str:
    """Return a value as a message shows it: its beginning."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def as_floats(name: str, values: ArrayLike, *, n_dims: int | tuple[int, ...] = 1) -> Floats:
    """Return `values` as 64-bit floats of one dimension, or so many, or raise `InvalidInput`.

    Booleans are refused: they tell which, not when or how much.
    """
    array = as_numbers(name, values, n_dims=n_dims)
    if array.dtype == np.bool_:
        raise InvalidInput(f"{name} holds booleans; give the numbers themselves")
    return np.asarray(array, dtype=np.float64)


def as_ids(name: str, values: ArrayLike) -> Ints:
    """Return `values` as a one-dimensional array of whole numbers, or raise `InvalidInput`."""
    array = as_numbers(name, values, n_dims=1)
    if array.size == 0:
        return np.zeros(0, dtype=np.int64)
    if not np.issubdtype(array.dtype, np.integer):
        raise InvalidInput(f"{name} are {array.dtype}; cluster ids are whole numbers")
    return array.astype(np.int64)


def as_labels(name: str, values: ArrayLike) -> NDArray[Any]:
    """Return `values` as a one-dimensional array of numbers, booleans or words, or raise `InvalidInput`."""
    try:
        array = np.asarray(values)
    except ValueError:
        raise InvalidInput(f"{name} is {describe(values)}; give one value each") from None
    if array.ndim != 1:
        raise InvalidInput(f"{name} is {describe(values)}; give one value each, in one dimension")
    return array


def as_intervals(name: str, values: ArrayLike) -> Floats:
    """Return `values` as (n, 2) starts and stops, of which NaN is unknown, or raise `InvalidInput`."""
    bounds = as_floats(name, values, n_dims=(1, 2))
    if bounds.size == 0:
        return np.zeros((0, 2))
    if bounds.ndim != 2 or bounds.shape[1] != 2:
        raise InvalidInput(f"{name} has shape {bounds.shape}; give a start and a stop per row")
    backwards = np.flatnonzero(bounds[:, 1] < bounds[:, 0])
    if backwards.size:
        raise InvalidInput(f"{name} {backwards[0]} is {bounds[backwards[0]]}; it stops before it starts")
    return bounds


def check_ascending(name: str, values: Floats, *, repeats: bool = False) -> None:
    """Raise `InvalidInput` unless each value is above the one before, or with `repeats` not below; a NaN is neither."""
    ascends = values[1:] >= values[:-1] if repeats else values[1:] > values[:-1]
    if not ascends.all():
        place = int(np.argmin(ascends)) + 1
        remedy = "sort them and leave out NaN" if repeats else "sort them and leave out NaN and repeated ones"
        raise InvalidInput(f"{name} do not ascend: {values[place - 1]}, and then {values[place]} at {place}; {remedy}")


def check_same_length(**arrays: Sequence[Any] | NDArray[Any]) -> None:
    """Raise `InvalidInput` when the named arrays differ in length."""
    sizes = {name: len(array) for name, array in arrays.items()}
    if len(set(sizes.values())) > 1:
        listed = ", ".join(f"{name} {size}" for name, size in sizes.items())
        raise InvalidInput(f"arrays differ in length: {listed}")


def check_window(window: object, *, name: str = "window", give: str = "(start, stop) in seconds") -> None:
    """Raise `InvalidInput` unless the window is (start, stop) with a finite start before a finite stop.

    `name` and `give` tell of other windows, such as a band (low, high) in Hz.
    """
    ends = tuple(window) if isinstance(window, Sequence | np.ndarray) and not isinstance(window, str) else ()
    if len(ends) != 2 or not all(map(is_number, ends)):
        raise InvalidInput(f"{name} is {describe(window)}; give {give}: two numbers")
    if not ends[0] < ends[1]:
        before = give.strip("(").replace(", ", " before ").partition(")")[0]
        raise InvalidInput(f"{name} {window} is empty; give {give}, {before}")


def check_windows(windows: object) -> None:
    """Raise `InvalidInput` unless these are two windows."""
    given = list(windows) if isinstance(windows, Sequence | np.ndarray) and not isinstance(windows, str) else []
    if len(given) != 2:
        raise InvalidInput(f"windows is {describe(windows)}; give two of (start, stop), in seconds")
    for window in given:
        check_window(window, name="a window of windows")


def is_number(value: object) -> TypeGuard[float]:
    """Tell whether the value is one real number: not text, an array, a boolean, NaN or infinite."""
    return (
        isinstance(value, float | int | np.floating | np.integer)
        and not isinstance(value, bool)
        and bool(np.isfinite(value))
    )


def check_number(name: str, value: object) -> None:
    """Raise `InvalidInput` unless the value is a finite number."""
    if not is_number(value):
        raise InvalidInput(f"{name} is {describe(value)}; give a number")


def check_positive(name: str, value: object) -> None:
    """Raise `InvalidInput` unless the value is a finite number above zero."""
    if not (is_number(value) and value > 0):
        raise InvalidInput(f"{name} is {describe(value)}; give a number above zero")


def check_not_negative(name: str, value: object) -> None:
    """Raise `InvalidInput` unless the value is a finite number from zero."""
    if not (is_number(value) and value >= 0):
        raise InvalidInput(f"{name} is {describe(value)}; give a number from zero")


def check_count(name: str, value: object, *, least: int = 1) -> None:
    """Raise `InvalidInput` unless the value is a whole number of at least one, or of `least`."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise InvalidInput(f"{name} is {describe(value)}; give a whole number from {least}")


def check_fraction(name: str, value: object) -> None:
    """Raise `InvalidInput` unless the value lies between 0 and 1."""
    if not (is_number(value) and 0 < value < 1):
        raise InvalidInput(f"{name} is {describe(value)}; give a number between 0 and 1")


def read_choice(name: str, value: object, kind: type[Choice]) -> Choice:
    """Return the member of an enumeration that `value` is or names, or raise `InvalidInput`."""
    try:
        return kind(value)
    except ValueError:
        listed = ", ".join(repr(member.value) for member in kind)
        raise InvalidInput(f"{name} is {describe(value)}; give one of {listed}") from None


def check_one_of(name: str, value: object, allowed: Sequence[str]) -> None:
    """Raise `InvalidInput` unless the value is one of these words."""
    if value not in allowed:
        raise InvalidInput(f"{name} is {describe(value)}; give one of {', '.join(map(repr, allowed))}")


def read_rng(rng: Rng) -> np.random.Generator:
    """Return the generator given, one of that seed, or a fresh one for None; the global one is never used.

    Raises
    ------
    InvalidInput
        If it is none of these.
    """
    is_seed = isinstance(rng, int | np.integer) and not isinstance(rng, bool) and rng >= 0
    if not (is_seed or rng is None or isinstance(rng, np.random.Generator)):
        raise InvalidInput(f"rng is {describe(rng)}; give a numpy.random.Generator, a whole number from 0, or None")
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
