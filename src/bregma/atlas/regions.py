"""The tree of brain regions: identifiers, acronyms, names, parents and colours of the Allen mouse brain atlas."""

import csv
import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources

import numpy as np
import numpy.typing as npt

from bregma.atlas.errors import RegionNotFound

Rows = npt.NDArray[np.uint16]


@dataclass(frozen=True, eq=False)
class Regions:
    """Brain regions in the order of the tree: every region comes after its parent.

    Row 0 is void (outside of the brain). Volumes hold rows, not Allen's sparse identifiers.

    Parameters
    ----------
    ids : (n,) array of int
        Allen structure identifiers; 0 for void.
    acronyms, names : tuple of n str
        For instance ``TH`` and ``Thalamus``.
    parents : (n,) array of int
        Row of the parent; void and the root are their own.
    rgb : (n, 3) array of uint8
        Allen's colour of each region.
    """

    ids: npt.NDArray[np.int64]
    acronyms: tuple[str, ...]
    names: tuple[str, ...]
    parents: npt.NDArray[np.int64]
    rgb: npt.NDArray[np.uint8]

    @classmethod
    def allen(cls) -> "Regions":
        """Return the 1,327 structures of the Allen mouse brain atlas, after void.

        Notes
        -----
        Structure graph of the Allen Mouse Brain Atlas, © Allen Institute for Brain Science.
        """
        return _allen()

    def __len__(self) -> int:
        return len(self.acronyms)

    def row(self, region: str | int) -> int:
        """Return the row of an acronym or an Allen identifier.

        Raises
        ------
        RegionNotFound
            If there is no such region; the message suggests near ones.
        """
        row = self._row_by_id.get(region) if isinstance(region, int) else self._row_by_acronym.get(region)
        if row is None:
            raise RegionNotFound(self._explain(region))
        return row

    def rows(self, ids: npt.ArrayLike) -> Rows:
        """Return the row of each Allen identifier.

        Raises
        ------
        RegionNotFound
            If an identifier is unknown; the message names the first ones.
        """
        wanted = np.asarray(ids, dtype=np.int64)
        order = np.argsort(self.ids)
        place = np.minimum(np.searchsorted(self.ids, wanted, sorter=order), len(self) - 1)
        found = order[place]
        unknown = np.unique(wanted[self.ids[found] != wanted])
        if unknown.size:
            raise RegionNotFound(f"{unknown.size} identifiers are not in the region table: {unknown[:5].tolist()}")
        return found.astype(np.uint16)

    def descendants(self, region: str | int) -> Rows:
        """Return the rows of a region and of everything inside it."""
        inside = np.zeros(len(self), dtype=bool)
        inside[self.row(region)] = True
        for row in range(1, len(self)):
            inside[row] |= inside[self.parents[row]]
        return np.flatnonzero(inside).astype(np.uint16)

    def ancestors(self, region: str | int) -> tuple[str, ...]:
        """Return the acronyms above a region, the nearest first."""
        row, above = self.row(region), []
        while (parent := int(self.parents[row])) != row:
            above.append(self.acronyms[parent])
            row = parent
        return tuple(above)

    def search(self, text: str) -> tuple[str, ...]:
        """Return the acronyms of the regions whose acronym or name contains the text, in any case."""
        wanted = text.casefold()
        return tuple(
            acronym
            for acronym, name in zip(self.acronyms, self.names, strict=True)
            if wanted in acronym.casefold() or wanted in name.casefold()
        )

    @cached_property
    def _row_by_acronym(self) -> dict[str, int]:
        return {acronym: row for row, acronym in enumerate(self.acronyms)}

    @cached_property
    def _row_by_id(self) -> dict[int, int]:
        return {int(identifier): row for row, identifier in enumerate(self.ids)}

    def _explain(self, region: str | int) -> str:
        message = f"no region {region!r} among the {len(self) - 1} of this atlas"
        near = self._suggest(region) if isinstance(region, str) else ()
        return f"{message}; did you mean {' or '.join(near)}?" if near else f"{message}; try Regions.search(text)"

    def _suggest(self, wanted: str) -> Sequence[str]:
        folded = {acronym.casefold(): acronym for acronym in self.acronyms[1:]}
        close = difflib.get_close_matches(wanted.casefold(), folded, n=3, cutoff=0.6)
        by_name = self.search(wanted)[:3] if len(wanted) > 3 else ()
        return tuple(dict.fromkeys([*(folded[name] for name in close), *by_name]))[:3]


@cache
def _allen() -> Regions:
    with (resources.files("bregma.atlas") / "regions.csv").open(encoding="utf-8") as file:
        table = list(csv.DictReader(file))
    row_by_id = {entry["id"]: row for row, entry in enumerate(table, start=1)}
    return Regions(
        ids=np.array([0, *(int(entry["id"]) for entry in table)]),
        acronyms=("void", *(entry["acronym"] for entry in table)),
        names=("void", *(entry["name"] for entry in table)),
        parents=np.array([0, *(row_by_id.get(entry["parent"], row) for row, entry in enumerate(table, 1))]),
        rgb=np.array([(0, 0, 0), *(tuple(bytes.fromhex(entry["rgb"])) for entry in table)], dtype=np.uint8),
    )
