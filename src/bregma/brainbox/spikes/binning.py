"""Any two variables of spikes, counted on a grid: time and unit, time and depth, depth and amplitude."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bregma.brainbox.arrays import (
    Floats,
    InvalidInput,
    Window,
    as_numbers,
    check_positive,
    check_same_length,
    check_window,
)
from bregma.brainbox.compiled import compiled
from bregma.brainbox.results import Labelled, axis, values
from bregma.brainbox.spikes.trains import find_rows, find_units

Numbers: TypeAlias = NDArray[Any]
Counts: TypeAlias = NDArray[np.int32]
Bins: TypeAlias = "float | ArrayLike"
Place: TypeAlias = Callable[[Numbers], Numbers]

MAX_CELLS = 500_000_000
CHUNK = 250_000
"""Values that are placed at a time: memory maps stay on disk, and places in the processor's cache."""


@dataclass(frozen=True)
class BinAxis:
    """Bins of one size: bin i holds ``start + i * size`` (included) to ``start + (i + 1) * size``."""

    start: float
    size: float
    n_bins: int
    nudge: float = 0.0
    """Part of a bin by which rounding may put a value before the edge that it lies on."""

    def __post_init__(self) -> None:
        if self.n_bins > MAX_CELLS:
            raise InvalidInput(f"{self.n_bins} bins of {self.size:g} are too many; use larger bins")

    @property
    def starts(self) -> Floats:
        """Where each bin starts."""
        return self.start + np.arange(self.n_bins, dtype=np.float64) * self.size

    @property
    def centres(self) -> Floats:
        """The centre of each bin."""
        return self.start + (np.arange(self.n_bins, dtype=np.float64) + 0.5) * self.size


@dataclass(frozen=True)
class Histogram2D(Labelled):
    """Counts, or sums of weights, over two variables.

    ``counts`` (n_y, n_x): whole numbers of 32 bits, or floats where weights were given. ``x`` (n_x,) and ``y``
    (n_y,) are the start of each bin, or the exact values counted.
    """

    x: Numbers = axis("x")
    y: Numbers = axis("y")
    counts: Numbers = values("y", "x")


def bincount2d(
    x: ArrayLike,
    y: ArrayLike,
    x_bin: Bins = 0.0,
    y_bin: Bins = 0.0,
    *,
    limits: tuple[Window | None, Window | None] = (None, None),
    weights: ArrayLike | None = None,
) -> Histogram2D:
    """Count points, or add up their weights, on a grid of two variables.

    One pass over the points. Arrays of 32 or 64 bits, memory maps too, are read as they are and never copied whole.

    Parameters
    ----------
    x, y : (n,) arrays
        The two variables of each point, in any order. A point with a NaN, or outside the bins, is left out.
    x_bin, y_bin : float or array
        A size: bins of that size. 0: one row or column for each value that occurs, ascending. An array: one for each
        of these exact values, in that order; points of other values are left out.
    limits : ((low, high) or None, (low, high) or None)
        Of x and of y, for bins of a size: the first bin starts at the low limit, the last holds the high one
        (where the high limit lies above the middle of its bin, an empty bin follows, as in the function of this
        name that labs know). None: the extremes that occur. Values that occur or are given need no limits.
    weights : (n,) array, optional
        Added up in place of counting. A NaN weight makes its cell NaN.

    Returns
    -------
    Histogram2D
        Of no cells when there are no points and no limits.

    Raises
    ------
    InvalidInput
        If lengths differ, a size is negative, an exact value is given twice, or the grid would not fit in memory.
    """
    across, along = read_numbers("x", x), read_numbers("y", y)
    weight = None if weights is None else read_numbers("weights", weights)
    check_same_length(x=across, y=along, weights=along if weight is None else weight)
    x_scale, x_place, x_axis = _read_axis("x", across, x_bin, limits[0])
    y_scale, y_place, y_axis = _read_axis("y", along, y_bin, limits[1])
    cells = _make_cells(x_axis, y_axis, weighted=weight is not None)
    for start in range(0, across.size, CHUNK):
        part = slice(start, start + CHUNK)
        weights_here = None if weight is None else weight[part]
        _add_points(cells, (x_place(across[part]), y_place(along[part])), (x_axis, y_axis), weights_here)
    return Histogram2D(x_scale, y_scale, cells)


def count_on_grid(
    x: Numbers, y: Numbers, x_axis: BinAxis, y_axis: BinAxis, weights: Numbers | None = None
) -> NDArray[Any]:
    """Return the points of each cell (n_y, n_x), or the sum of their weights. What lies outside or is NaN is left out.

    Raises
    ------
    InvalidInput
        If the grid would not fit in memory.
    """
    cells = _make_cells(x_axis, y_axis, weighted=weights is not None)
    _add_points(cells, (x, y), (x_axis, y_axis), weights)
    return cells


def row_axis(n_rows: int) -> BinAxis:
    """Return the bins of values that are rows already, 0 to `n_rows`; -1 lies outside."""
    return BinAxis(0.0, 1.0, n_rows)


def cover(name: str, numbers: Numbers, size: float, limits: Window | None) -> BinAxis:
    """Return the bins that cover the limits, or from a multiple of the size all the finite numbers.

    Raises
    ------
    InvalidInput
        If the size is not above zero or the limits are empty.
    """
    check_positive(name, size)
    nudge = 1e-9
    if limits is not None:
        check_window(limits, name=name.replace("bin", "limits"))
        return BinAxis(float(limits[0]), float(size), int(np.ceil((limits[1] - limits[0]) / size - nudge)), nudge)
    found = find_extremes(numbers)
    if found is None:
        return BinAxis(0.0, float(size), 0, nudge)
    start = float(np.floor(found[0] / size) * size)
    return BinAxis(start, float(size), int(np.floor((found[1] - start) / size + nudge)) + 1, nudge)


def find_extremes(numbers: Numbers) -> Window | None:
    """Return the smallest and largest finite number, None where there is none. Reads a memory map in parts."""
    low, high = np.inf, -np.inf
    for start in range(0, numbers.size, CHUNK):
        part = numbers[start : start + CHUNK]
        smallest, largest = np.fmin.reduce(part), np.fmax.reduce(part)
        if not (np.isfinite(smallest) and np.isfinite(largest)):
            part = part[np.isfinite(part)]
            smallest, largest = part.min(initial=np.inf), part.max(initial=-np.inf)
        low, high = min(low, float(smallest)), max(high, float(largest))
    return (low, high) if low <= high else None


def find_recorded(times: Numbers, recorded: Window | None) -> Window | None:
    """Return when a recording started and stopped: as given, else its first and last spike, None where it has none.

    Raises
    ------
    InvalidInput
        If the recording given is empty.
    """
    if recorded is None:
        return find_extremes(times)
    check_window(recorded, name="recorded")
    return recorded


def read_numbers(name: str, numbers: ArrayLike) -> Numbers:
    """Return one-dimensional numbers, those of 32 or 64 bits as they are, or raise `InvalidInput`."""
    array = as_numbers(name, numbers, n_dims=1)
    if array.dtype in (np.float64, np.float32, np.int64, np.int32):
        return array
    return array.astype(np.float64 if array.dtype.kind == "f" else np.int64)


def _make_cells(x_axis: BinAxis, y_axis: BinAxis, *, weighted: bool) -> NDArray[Any]:
    if x_axis.n_bins * y_axis.n_bins > MAX_CELLS:
        raise InvalidInput(f"a grid of {y_axis.n_bins} by {x_axis.n_bins} bins is too large; use larger bins")
    return np.zeros((y_axis.n_bins, x_axis.n_bins), dtype=np.float64 if weighted else np.int32)


def _add_points(
    cells: Numbers, points: tuple[Numbers, Numbers], axes: tuple[BinAxis, BinAxis], weights: Numbers | None
) -> None:
    # One weight for all, read as many times: counting is adding ones.
    added = np.broadcast_to(np.int32(1), points[0].shape) if weights is None else weights
    x_axis, y_axis = ((bins.start, bins.size, bins.nudge) for bins in axes)
    _add(cells, *points, added, x_axis, y_axis)


def _read_axis(name: str, numbers: Numbers, bins: Bins, limits: Window | None) -> tuple[Numbers, Place, BinAxis]:
    """Return the scale of one axis, what makes numbers such as its bins count, and these bins."""
    if np.ndim(bins) == 0 and bins != 0:
        found = _bins_of_size(name, numbers, float(bins), limits)  # type: ignore[arg-type] # a number: it has no axes
        return found.starts, lambda part: part, found
    scale = _find_values(numbers) if np.ndim(bins) == 0 else read_numbers(f"{name}_bin", bins)
    if np.unique(scale).size != scale.size:
        raise InvalidInput(f"{name}_bin names a value more than once")
    return scale, lambda part: _find_places(part, scale), row_axis(scale.size)


def _bins_of_size(name: str, numbers: Numbers, size: float, limits: Window | None) -> BinAxis:
    check_positive(f"{name}_bin", size)
    if limits is not None:
        check_window(limits, name=f"limits of {name}")
    span = limits or find_extremes(numbers)
    if span is None:
        return BinAxis(0.0, float(size), 0)
    return BinAxis(float(span[0]), size, int(np.ceil((span[1] + size / 2 - span[0]) / size)))


def _find_values(numbers: Numbers) -> Numbers:
    """Return the numbers that occur, ascending, NaN left out."""
    if numbers.dtype.kind == "f":
        return np.unique(numbers[np.isfinite(numbers)])
    return find_units(numbers).astype(numbers.dtype)


def _find_places(numbers: Numbers, scale: Numbers) -> NDArray[np.int32]:
    """Return the place of each number among those of the scale, -1 for others."""
    if numbers.dtype.kind == "i" and scale.dtype.kind == "i":
        return find_rows(numbers, scale.astype(np.int64))
    if scale.size == 0:
        return np.full(numbers.size, -1, dtype=np.int32)
    order = np.argsort(scale)
    near = order[np.minimum(np.searchsorted(scale, numbers, sorter=order), scale.size - 1)]
    return np.where(scale[near] == numbers, near, -1).astype(np.int32)


def _add_numpy(
    cells: Numbers,
    x: Numbers,
    y: Numbers,
    weights: Numbers,
    x_axis: tuple[float, float, float],
    y_axis: tuple[float, float, float],
) -> None:
    n_rows, n_columns = cells.shape
    for start in range(0, x.size, CHUNK):
        part = slice(start, start + CHUNK)
        column = np.floor((x[part] - x_axis[0]) / x_axis[1] + x_axis[2])
        row = np.floor((y[part] - y_axis[0]) / y_axis[1] + y_axis[2])
        inside = (column >= 0) & (column < n_columns) & (row >= 0) & (row < n_rows)
        places = row[inside].astype(np.int64) * n_columns + column[inside].astype(np.int64)
        np.add.at(cells.reshape(-1), places, weights[part][inside])


@compiled(_add_numpy)
def _add(
    cells: Numbers,
    x: Numbers,
    y: Numbers,
    weights: Numbers,
    x_axis: tuple[float, float, float],
    y_axis: tuple[float, float, float],
) -> None:
    """Add the weight of each point to its cell.

    First the cells of a block of points, which the compiler does eight at a time, then the additions.
    """
    n_rows, n_columns = cells.shape
    flat = cells.reshape(-1)
    places = np.empty(1024, dtype=np.int64)
    for start in range(0, x.size, places.size):
        size = min(places.size, x.size - start)
        for i in range(size):
            column = np.floor((x[start + i] - x_axis[0]) / x_axis[1] + x_axis[2])
            row = np.floor((y[start + i] - y_axis[0]) / y_axis[1] + y_axis[2])
            inside = (column >= 0) & (column < n_columns) & (row >= 0) & (row < n_rows)
            places[i] = int(row * n_columns + column) if inside else -1
        for i in range(size):
            if places[i] >= 0:
                flat[places[i]] += weights[start + i]
