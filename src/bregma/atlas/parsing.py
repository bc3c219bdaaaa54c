"""Read the many ways in which people name regions: acronyms, identifiers, lists and arrays of them."""

from collections.abc import Iterable, Mapping
from math import isnan
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from bregma.atlas.errors import InvalidValues, MappingNotFound, RegionNotFound
from bregma.atlas.search import suggest_acronyms

if TYPE_CHECKING:
    from bregma.atlas.regions import Regions
    from bregma.atlas.table import Rows

Ints = npt.NDArray[np.int64]

_NAMED = 3
"""How many unknown regions a message names."""
_LARGEST = 2.0**53
"""Beyond it floats are no longer exact."""
_SEARCH = "try Regions.search(text)"


def parse_regions(regions: "Regions", given: npt.ArrayLike | Iterable[Any]) -> Ints:
    """Return the row of each region that is given by acronym or identifier; NaN and None are void.

    Raises
    ------
    RegionNotFound
        If one is unknown; the message names the first ones, and near ones.
    """
    array = _to_array(given)
    if array.dtype.kind == "b":
        raise RegionNotFound("regions are acronyms or identifiers, not booleans")
    if array.dtype.kind in "ui":
        return _find_ids(regions, array.astype(np.int64))
    if array.dtype.kind == "f":
        return _find_ids(regions, _to_whole(array))
    items = array.ravel().tolist()
    rows = regions.lookup.find_keys(items)
    missing = np.flatnonzero(rows < 0)
    if unknown := [items[i] for i in missing if not is_missing(items[i])]:
        raise RegionNotFound(explain(regions, *dict.fromkeys(unknown)))
    rows[missing] = 0
    return rows.reshape(array.shape)


def turn(regions: "Regions", rows: npt.NDArray[np.integer], hemisphere: str) -> Ints:
    """Return the rows of the same structures on the given side; void stays.

    Raises
    ------
    InvalidValues
        If the side is not ``left`` or ``right``.
    RegionNotFound
        If the table has no sides.
    """
    if hemisphere not in ("left", "right"):
        raise InvalidValues(f"a hemisphere is 'left' or 'right', not {hemisphere!r}")
    if not regions.is_lateralised:
        raise RegionNotFound(f"this region table has no {hemisphere} side; take its lateralised one")
    structures: Ints = regions.structure_rows[rows].astype(np.int64)
    return np.where(structures > 0, structures + regions.n_structures, 0) if hemisphere == "left" else structures


def explain(regions: "Regions", *unknown: Any) -> str:
    """Return the words about regions that a table does not have."""
    first = unknown[0]
    message = f"no region {first!r} among the {regions.n_structures} of this atlas"
    if len(unknown) > 1:
        named = ", ".join(repr(each) for each in unknown[:_NAMED])
        message = f"{len(unknown)} of the regions are unknown to this atlas: {named}"
    if not isinstance(first, str):
        turned = first in regions.lateralised.lookup.by_key
        return f"{message}; " + ("it is on the left: take the lateralised table" if turned else _SEARCH)
    structures = regions.structures
    near = suggest_acronyms(first, structures.acronyms[1:], structures.names[1:])
    known = [f"{each} ({structures.names[structures.row(each)]})" for each in near]
    return f"{message}; did you mean {' or '.join(known)}?" if near else f"{message}; {_SEARCH}"


def check_mapping(regions: "Regions", mapping: "Rows") -> "Rows":
    """Return a mapping from row to row as it is.

    Raises
    ------
    MappingNotFound
        If it is of another table.
    """
    if mapping.shape != (len(regions),) or mapping.max(initial=0) >= len(regions):
        raise MappingNotFound(f"a mapping has a row for each of {len(regions)} regions; this has shape {mapping.shape}")
    return mapping


def _to_array(given: Any) -> npt.NDArray[Any]:
    """Numbers and texts keep their kind; a list of both stays as it is, for numpy would make texts of all."""
    if isinstance(given, Mapping):
        raise RegionNotFound(f"regions are acronyms, identifiers, or a list of them, not {type(given).__name__}")
    if isinstance(given, (np.ndarray, str, bytes)) or not isinstance(given, Iterable):
        return np.asarray(given)
    if hasattr(given, "__array__"):
        return np.asarray(given)
    items = list(given)
    holds_text = any(isinstance(item, str) for item in items)
    is_mixed = holds_text or any(item is None for item in items)
    try:
        return np.array(items, dtype=object) if is_mixed else np.array(items)
    except ValueError as error:
        raise RegionNotFound(f"lists of regions are of one length: {error}") from error


def is_missing(item: Any) -> bool:
    """Tell None and the values that stand for nothing in tables."""
    return item is None or (isinstance(item, float) and isnan(item)) or type(item).__name__ == "NAType"


def _to_whole(numbers: npt.NDArray[Any]) -> Ints:
    known = np.where(np.isnan(numbers), 0, numbers).astype(np.float64)
    if (broken := (np.abs(known) > _LARGEST) | (known != np.round(known))).any():
        raise RegionNotFound(f"identifiers of regions are whole numbers; this is {numbers[broken].ravel()[0]}")
    return known.astype(np.int64)


def _find_ids(regions: "Regions", ids: Ints) -> Ints:
    rows = regions.lookup.find_ids(ids)
    if (rows < 0).any():
        raise RegionNotFound(explain(regions, *np.unique(ids[rows < 0]).tolist()))
    return rows
