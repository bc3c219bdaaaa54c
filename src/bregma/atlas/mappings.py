"""Coarser views of a region table: Beryl, Cosmos, Swanson or the user's own, as arrays from row to row."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, SupportsIndex

import numpy as np
import numpy.typing as npt

from bregma.atlas.errors import MappingNotFound
from bregma.atlas.tree import find_nearest

if TYPE_CHECKING:
    from bregma.atlas.regions import Regions
    from bregma.atlas.table import Rows

Region = str | SupportsIndex
Parcellation = str | Iterable[Region] | Mapping[Region, Region]

LATERALISED = "-lr"
ALLEN = "Allen"
"""The name under which every table, of any species, has each structure by itself."""
ROOT = 1
"""Row of the root: where structures go that lie inside no listed region."""


def make_mapping(regions: "Regions", parcellation: Parcellation, *, lateralised: bool) -> "Rows":
    """Return for each row the row that it belongs to; `Regions.mapping` says more."""
    if isinstance(parcellation, str):
        parcellation = find_parcellation(regions, parcellation)
    if not isinstance(parcellation, Iterable):
        raise MappingNotFound(f"a mapping is a name, a list of regions or a dict of them, not {parcellation!r}")
    listed = list(parcellation)
    structures = regions.structures
    targets = np.full(len(structures), -1)
    becoming = list(parcellation.values()) if isinstance(parcellation, Mapping) else listed
    targets[structures.rows(listed)] = structures.rows(becoming)
    nearest = find_nearest(structures.parents, targets >= 0)
    mapped = np.where(targets[nearest] >= 0, targets[nearest], ROOT)
    mapped[0] = 0
    return _to_sides(regions, mapped, is_root_listed=targets[ROOT] >= 0, lateralised=lateralised)


def find_parcellation(regions: "Regions", name: str) -> Iterable[Region]:
    """Return the identifiers of a parcellation by its name, in any case.

    Raises
    ------
    MappingNotFound
        If the table has none of this name; the message tells those that there are.
    """
    listed: dict[str, npt.NDArray[np.int64]] = {ALLEN: regions.structures.ids[1:], **regions.parcellations}
    spelt = {known.casefold(): known for known in listed}
    if name.casefold() not in spelt:
        known = ", ".join(f"{each}[{LATERALISED}]" for each in listed)
        raise MappingNotFound(f"no mapping {name!r}; this region table has {known}, or give a list of regions")
    return listed[spelt[name.casefold()]]


def _to_sides(regions: "Regions", mapped: npt.NDArray[np.int64], *, is_root_listed: bool, lateralised: bool) -> "Rows":
    """Carry a mapping of structures over to a table of both sides."""
    both = mapped[regions.structure_rows]
    if lateralised:
        keeps_side = (regions.sides < 0) & (is_root_listed | (both != ROOT))
        both = both + regions.n_structures * keeps_side
    rows: Rows = both.astype(np.uint16)
    rows.flags.writeable = False
    return rows
