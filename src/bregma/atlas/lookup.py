"""Find the rows of many identifiers or acronyms at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

_SMALL = 2**15
"""Below it an identifier is looked up in a table; nine in ten of Allen's are."""


@dataclass(frozen=True, eq=False)
class Lookup:
    """Looks up identifiers, each of which stands in one row, and acronyms.

    Parameters
    ----------
    ids : (n,) array of int
        Identifier of each row.
    acronyms : tuple of str
        Those of the first rows; what comes after them are the same regions on the other side.
    """

    ids: Ints
    acronyms: tuple[str, ...]

    @cached_property
    def by_key(self) -> dict[str | int, int]:
        """Row of each identifier and acronym."""
        rows: dict[str | int, int] = {acronym: row for row, acronym in enumerate(self.acronyms)}
        return rows | {identifier: row for row, identifier in enumerate(self.ids.tolist())}

    def find_keys(self, keys: Sequence[Any]) -> Ints:
        """Return the row of each identifier or acronym; -1 for one that is in no row."""
        find = self.by_key.get
        return np.array([find(key, -1) for key in keys], dtype=np.int64)

    def find_ids(self, wanted: Ints) -> Ints:
        """Return the row of each identifier, of many quickly; -1 for one that is in no row."""
        small = (wanted > -_SMALL) & (wanted < _SMALL)
        rows: Ints = np.asarray(self._small[np.where(small, wanted, 0) + _SMALL])
        if not small.all():
            rows[~small] = self._search(wanted[~small])
        return rows

    def _search(self, wanted: Ints) -> Ints:
        order, sorted_ids = self._sorted
        place = np.minimum(np.searchsorted(sorted_ids, wanted), len(order) - 1)
        return np.where(sorted_ids[place] == wanted, order[place], -1)

    @cached_property
    def _small(self) -> Ints:
        table = np.full(2 * _SMALL, -1, dtype=np.int64)
        rows = np.flatnonzero(np.abs(self.ids) < _SMALL)
        table[self.ids[rows] + _SMALL] = rows
        return table

    @cached_property
    def _sorted(self) -> tuple[Ints, Ints]:
        order = np.argsort(self.ids)
        return order, self.ids[order]
