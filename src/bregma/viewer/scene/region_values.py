"""Numbers of regions, in the ways that people have them, as a number for each row of an atlas's table."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from bregma.atlas import Regions
from bregma.atlas.values import RegionValues, aggregate_values, propagate_down
from bregma.viewer.errors import InvalidLayer
from bregma.viewer.scene.arrays import Floats, as_floats

Given = npt.ArrayLike | Mapping[Any, Any]


def spread_values(
    values: Given,
    where: npt.ArrayLike | Iterable[Any] | None,
    regions: Regions,
    *,
    mapping: str = "Allen",
    statistic: str = "mean",
) -> Floats:
    """Return a number for each row of a table; regions inside one that has a number have its number.

    Parameters
    ----------
    values : (n,) or (n_times, n) array, or dict or Series of region to number (or to n_times numbers)
        NaN is missing.
    where : (n,) array or list, optional
        The region of each number, by acronym or identifier; a region may occur often. None for a dict or Series.
        Acronyms and positive identifiers mean both sides, unless the left is given for itself.
    regions : Regions
        The table.
    mapping : str
        What the regions are brought to first.
    statistic : str
        What becomes of several numbers of a region.

    Returns
    -------
    (n_rows,) or (n_times, n_rows) array
        NaN where there is no number.

    Raises
    ------
    InvalidLayer
        If regions are not said, or no number is known.
    InvalidValues, RegionNotFound, MappingNotFound
        As `bregma.atlas` says it.
    """
    numbers, names = _take_apart(values, where)
    found = aggregate_values(
        np.moveaxis(numbers, -1, 0),
        names,
        regions=regions,
        mapping=regions.mapping(mapping, lateralised=regions.is_lateralised),
        statistic=statistic,  # type: ignore[arg-type]
    )
    if not np.isfinite(found.values).any():
        raise InvalidLayer("no region has a value: all are NaN, or lie outside of the brain")
    return np.moveaxis(_carry_down(found), 0, -1)


def _carry_down(found: RegionValues) -> Floats:
    """Return the numbers of all rows: what is inside a region has its number, but for the root.

    The number of the root comes from what lies in no region. It belongs to that, not to every region without units.
    """
    table = found.regions
    roots = np.flatnonzero(table.parents == np.arange(len(table)))[1:]  # of each side; many where there is no root
    is_root = np.isin(found.rows, roots) if len(roots) == 1 + table.is_lateralised else np.zeros(len(found), dtype=bool)
    carried: Floats = propagate_down(found.values[~is_root], found.ids[~is_root], regions=table)
    for row, number in zip(found.rows[is_root].tolist(), found.values[is_root], strict=True):
        carried[found.mapping == row] = number
    if is_root.any() and np.isnan(carried[roots[-1]]).all():
        carried[roots[-1]] = carried[roots[0]]  # as everywhere, the right stands for both sides
    return carried


def _take_apart(values: Any, where: Any) -> tuple[Floats, list[Any]]:
    if where is None:
        if not hasattr(values, "items"):
            raise InvalidLayer(
                "say of which regions the values are: map_values({'TH': 1.0}) or map_values(values, acronyms)"
            )
        pairs = dict(values.items())
        if not pairs:
            raise InvalidLayer("there are no values to map")
        return np.moveaxis(as_floats(list(pairs.values()), "values of regions"), 0, -1), list(pairs)
    numbers = as_floats(values, "values of regions")
    names = np.asarray(where).tolist() if hasattr(where, "__array__") else list(where)
    if numbers.ndim not in (1, 2) or numbers.shape[-1] != len(names) or not names:
        raise InvalidLayer(f"values of shape {numbers.shape} go with {len(names)} regions: give one of each")
    return numbers, names
