"""Values per region: statistics over the units in each, and values carried up and down the tree."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from bregma.atlas.coordinates import Floats, check_numbers
from bregma.atlas.errors import InvalidValues
from bregma.atlas.mappings import Parcellation
from bregma.atlas.regions import Regions
from bregma.atlas.statistics import Compute, Statistic, find_statistic
from bregma.atlas.table import Ids, Rows
from bregma.atlas.tree import find_nearest

if TYPE_CHECKING:
    import pandas as pd

Places = npt.NDArray[np.int64]
Given = npt.ArrayLike | Iterable[Any]
NaNPolicy = Literal["omit", "propagate", "raise"]


@dataclass(frozen=True, eq=False, repr=False)
class RegionValues:
    """A value for each of some regions.

    Parameters
    ----------
    regions : Regions
        The table.
    mapping : (n_table,) array of uint16
        What the rows of the table were brought to.
    rows : (n_regions,) array of uint16
        Row of each region with a value, in the order of the table.
    values : (n_regions, ...) array
        Its value.
    counts : (n_regions,) array of int
        How many units it comes from.
    """

    regions: Regions
    mapping: Rows
    rows: Rows
    values: Floats
    counts: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        return f"<RegionValues: {len(self)} regions>"

    @property
    def ids(self) -> Ids:
        """Identifier of each region; negative on the left."""
        return self.regions.ids[self.rows]

    @property
    def acronyms(self) -> npt.NDArray[np.str_]:
        """Acronym of each region."""
        return self.regions.acronym_array[self.rows]

    def of_at_least(self, count: int) -> "RegionValues":
        """Return the regions that have at least so many units."""
        enough = self.counts >= count
        return replace(self, rows=self.rows[enough], values=self.values[enough], counts=self.counts[enough])

    def paint(self) -> Floats:
        """Return the value of every row of the table, that of the region it is mapped to; NaN where there is none.

        ``painted[labels]`` is a volume of values.
        """
        table = np.full((len(self.regions), *self.values.shape[1:]), np.nan)
        table[self.rows] = self.values
        painted: Floats = table[self.mapping]
        return painted

    def to_pandas(self) -> "pd.DataFrame":
        """Return a data frame: id, acronym, name, side, count, and the value or ``value_0``, ``value_1`` ..."""
        import pandas as pd

        names = np.array(self.regions.names)[self.rows]
        columns = {"id": self.ids, "acronym": self.acronyms, "name": names, "side": self.regions.sides[self.rows]}
        flat = self.values.reshape(len(self), int(np.prod(self.values.shape[1:])))
        labels = ["value"] if self.values.ndim == 1 else [f"value_{i}" for i in range(flat.shape[1])]
        return pd.DataFrame(columns | {"count": self.counts} | dict(zip(labels, flat.T, strict=True)))


def aggregate_values(
    values: npt.ArrayLike,
    where: Given,
    *,
    regions: Regions | None = None,
    mapping: Parcellation | Rows = "Allen",
    statistic: Statistic | Callable[[Floats], npt.ArrayLike] = "mean",
    nan: NaNPolicy = "omit",
) -> RegionValues:
    """Return a statistic of the values of all units in each region.

    Parameters
    ----------
    values : (n_units, ...) array
        A value, or for instance a time series, of each unit.
    where : (n_units,) array or list of int or str
        Region of each, as identifiers (negative on the left) or acronyms; units in void or NaN are left out.
    regions : Regions, optional
        The Allen table of both sides by default.
    mapping : str, list, dict or array
        What the regions are brought to first, as for `Regions.mapping`: ``Beryl``, or ``Beryl-lr`` to have each
        hemisphere for itself.
    statistic : {"mean", "median", "sum", "std", "min", "max", "count"} or callable
        ``std`` is of the sample (n - 1). A callable takes the (n, ...) values of one region.
    nan : {"omit", "propagate", "raise"}
        Leave NaN values out; make the statistic of their region NaN; or refuse them.

    Returns
    -------
    RegionValues
        Of the regions that have a unit, in the order of the table.

    Raises
    ------
    InvalidValues
        If there is not one value per unit, no such statistic or policy, or a NaN that is refused.
    RegionNotFound
        If a region is unknown.
    """
    table = Regions.allen().lateralised if regions is None else regions
    rows = np.atleast_1d(table.rows(where, mapping=mapping))
    numbers = _check_values(values, rows, nan)
    compute = find_statistic(statistic, omit_nan=nan == "omit")
    kept = rows > 0
    if nan == "omit":
        kept &= _has_value(numbers)
    order = np.flatnonzero(kept)[np.argsort(rows[kept], kind="stable")]
    found, starts, counts = np.unique(rows[order], return_index=True, return_counts=True)
    each = _compute_each if callable(statistic) else _compute_alike
    computed = each(compute, numbers[order], starts, counts)
    return RegionValues(table, table.mapping(mapping), found, computed, counts)


def propagate_down(values: npt.ArrayLike, where: Given, *, regions: Regions | None = None) -> Floats:
    """Give every region the value of the nearest region that holds it.

    Parameters
    ----------
    values : (n_given, ...) array
        NaN is no value.
    where : (n_given,) array or list of int or str
        Region of each; acronyms and positive identifiers mean both sides where the left is not given for itself.
    regions : Regions, optional
        The Allen table of both sides by default.

    Returns
    -------
    (n_table, ...) array
        A region's own value, else that of the nearest one above it that has one, else NaN.

    Raises
    ------
    InvalidValues
        If there is not one value per region, or a region is given twice.
    """
    table = Regions.allen().lateralised if regions is None else regions
    placed = _place_values(values, np.atleast_1d(table.rows(where)), table)
    found: Floats = placed[find_nearest(table.parents, _has_value(placed))]
    return found


def propagate_up(
    values: npt.ArrayLike, where: Given, *, weights: npt.ArrayLike | None = None, regions: Regions | None = None
) -> Floats:
    """Give every region the mean of the values inside it, its own included.

    Parameters
    ----------
    values : (n_given, ...) array
        NaN is no value.
    where : (n_given,) array or list of int or str
        Region of each; acronyms and positive identifiers mean both sides where the left is not given for itself.
    weights : (n_given,) array, optional
        How much each value counts. With the numbers of units behind means, the result is the mean over all units
        in a region. By default each given region counts once.
    regions : Regions, optional
        The Allen table of both sides by default.

    Returns
    -------
    (n_table, ...) array
        NaN for regions that hold no value.

    Raises
    ------
    InvalidValues
        If there is not one value (and weight) per region, a region is given twice, or a weight is negative or NaN.
    """
    table = Regions.allen().lateralised if regions is None else regions
    rows = np.atleast_1d(table.rows(where))
    placed = _place_values(values, rows, table)
    weight = _place_values(_check_weights(weights, len(rows)), rows, table)
    shares = np.where(np.isnan(placed), 0.0, weight.reshape(-1, *[1] * (placed.ndim - 1)))
    sums = np.where(np.isnan(placed), 0.0, placed) * shares
    for level in range(int(table.levels.max()), 0, -1):
        below = np.flatnonzero(table.levels == level)
        np.add.at(sums, table.parents[below], sums[below])
        np.add.at(shares, table.parents[below], shares[below])
    means: Floats = np.divide(sums, shares, out=np.full(sums.shape, np.nan), where=shares > 0)
    return means


def _compute_each(compute: Compute, numbers: Floats, starts: Places, counts: Places) -> Floats:
    """Return a statistic of each block of rows, one after the other."""
    results = [compute(numbers[start : start + count]) for start, count in zip(starts, counts, strict=True)]
    shape = np.shape(results[0]) if results else numbers.shape[1:]
    return np.array(results, dtype=np.float64).reshape(len(starts), *shape)


def _compute_alike(compute: Compute, numbers: Floats, starts: Places, counts: Places) -> Floats:
    """Return the same for a statistic of any number of columns: at once for all blocks of as many rows."""
    results = np.empty((len(starts), *numbers.shape[1:]))
    for count in np.unique(counts):
        alike = np.flatnonzero(counts == count)
        results[alike] = compute(numbers[starts[alike] + np.arange(count)[:, None]])
    return results


def _check_values(values: npt.ArrayLike, rows: Rows, nan: str) -> Floats:
    numbers = np.atleast_1d(check_numbers(values, "values", InvalidValues))
    if rows.ndim != 1 or len(numbers) != len(rows):
        raise InvalidValues(f"values have shape {numbers.shape}, regions {rows.shape}; give one value per region")
    if nan not in ("omit", "propagate", "raise"):
        raise InvalidValues(f"nan is 'omit', 'propagate' or 'raise', not {nan!r}")
    if nan == "raise" and (broken := ~np.isfinite(numbers)).any():
        raise InvalidValues(f"{broken.sum()} values are NaN or infinite; leave them out, or use nan='omit'")
    return numbers


def _check_weights(weights: npt.ArrayLike | None, n_regions: int) -> Floats:
    if weights is None:
        return np.ones(n_regions)
    numbers = check_numbers(weights, "weights", InvalidValues)
    if numbers.shape != (n_regions,) or not (numbers >= 0).all():
        raise InvalidValues(f"weights are positive or zero, one for each of {n_regions} regions, and not NaN")
    return numbers


def _has_value(numbers: Floats) -> npt.NDArray[np.bool_]:
    """Return which entries along the first axis are not all NaN."""
    nothing: npt.NDArray[np.bool_] = np.all(np.isnan(numbers), axis=tuple(range(1, numbers.ndim)))
    return ~nothing


def _place_values(values: npt.ArrayLike, rows: Rows, table: Regions) -> Floats:
    """Return the value of each row of the table, of the right also for a left that has none; NaN elsewhere."""
    numbers = _check_values(values, rows, "omit")
    distinct, counts = np.unique(rows, return_counts=True)
    if (counts > 1).any():
        twice = table.acronyms[distinct[counts > 1][0]]
        raise InvalidValues(f"{twice} is given more than once; aggregate_values makes one value of many")
    placed = np.full((len(table), *numbers.shape[1:]), np.nan)
    right = table.sides[rows] > 0
    placed[rows[right].astype(np.intp) + table.n_structures] = numbers[right]
    placed[rows] = numbers
    placed[0] = np.nan
    return placed
