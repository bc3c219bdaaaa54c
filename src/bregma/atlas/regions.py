"""The tree of brain regions: identifiers, acronyms, names, parents and colours of the Allen mouse brain atlas."""

import csv
import difflib
import operator
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import Literal, SupportsIndex

import numpy as np
import numpy.typing as npt

from bregma.atlas.errors import RegionNotFound

Rows = npt.NDArray[np.uint16]
Hemisphere = Literal["left", "right"]


@dataclass(frozen=True, eq=False)
class Regions:
    """Brain regions in the order of the tree: every region comes after its parent.

    Row 0 is void (outside of the brain). Volumes hold rows, not Allen's sparse identifiers. A lateralised table has
    every structure twice: void, the right side, the left side; the identifiers of the left are negative.

    Parameters
    ----------
    ids : (n,) array of int
        Allen structure identifiers; 0 for void, negative on the left of a lateralised table.
    acronyms, names : tuple of n str
        For instance ``TH`` and ``Thalamus``.
    parents : (n,) array of int
        Row of the parent, on the same side; void and the root are their own.
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

    @property
    def is_lateralised(self) -> bool:
        """Whether every structure stands in it twice, right and left."""
        return bool(self.sides.any())

    @cached_property
    def sides(self) -> npt.NDArray[np.int8]:
        """Side of each row: 1 right, -1 left, 0 for void and for structures that have no side."""
        signs = np.sign(self.ids).astype(np.int8)
        return signs if (signs < 0).any() else np.zeros_like(signs)

    @cached_property
    def lateralised(self) -> "Regions":
        """This table with every structure twice: void, the right side, the left side with negative identifiers."""
        if self.is_lateralised:
            return self
        n = len(self) - 1
        return Regions(
            ids=np.concatenate([self.ids, -self.ids[1:]]),
            acronyms=(*self.acronyms, *self.acronyms[1:]),
            names=(*self.names, *self.names[1:]),
            parents=np.concatenate([self.parents, self.parents[1:] + n * (self.parents[1:] > 0)]),
            rgb=np.concatenate([self.rgb, self.rgb[1:]]),
        )

    @cached_property
    def structures(self) -> "Regions":
        """This table with every structure once: of a lateralised table, void and the right side."""
        if not self.is_lateralised:
            return self
        n = self.n_structures + 1
        return Regions(self.ids[:n], self.acronyms[:n], self.names[:n], self.parents[:n], self.rgb[:n])

    @cached_property
    def n_structures(self) -> int:
        """Structures without void, each counted once."""
        return (len(self) - 1) // 2 if self.is_lateralised else len(self) - 1

    @cached_property
    def structure_rows(self) -> Rows:
        """Row of `structures` for each row: the two sides of a structure are one."""
        return np.where(self.sides < 0, np.arange(len(self)) - self.n_structures, np.arange(len(self))).astype(
            np.uint16
        )

    def row(self, region: str | SupportsIndex, *, hemisphere: Hemisphere | None = None) -> int:
        """Return the row of an acronym or an Allen identifier.

        Parameters
        ----------
        region : str or int
            An acronym, or an identifier; a negative one is on the left.
        hemisphere : {"left", "right"}, optional
            Side, in a lateralised table. By default an acronym means the right side, and an identifier its own.

        Raises
        ------
        RegionNotFound
            If there is no such region; the message suggests near ones.
        """
        key = region if isinstance(region, str) else operator.index(region)
        row = self._row_by_acronym.get(key) if isinstance(key, str) else self._row_by_id.get(key)
        if row is None:
            raise RegionNotFound(self._explain(key))
        return row if hemisphere is None or row == 0 else self._turn(row, hemisphere)

    def rows(self, ids: npt.ArrayLike) -> Rows:
        """Return the row of each Allen identifier; negative ones are on the left.

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

    def descendants(self, region: str | SupportsIndex, *, hemisphere: Hemisphere | None = None) -> Rows:
        """Return the rows of a region and of everything inside it.

        Parameters
        ----------
        region : str or int
            An acronym, or an identifier; a negative one is on the left.
        hemisphere : {"left", "right"}, optional
            Side, in a lateralised table. By default an acronym and a positive identifier mean both.
        """
        row = self.row(region, hemisphere=hemisphere)
        inside = np.zeros(len(self), dtype=bool)
        inside[row] = True
        if hemisphere is None and self.sides[row] > 0:
            inside[row + self.n_structures] = True
        reached = 0
        while reached != (reached := np.count_nonzero(inside)):
            inside |= inside[self.parents]
        return np.flatnonzero(inside).astype(np.uint16)

    def ancestors(self, region: str | SupportsIndex) -> tuple[str, ...]:
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
            for acronym, name in zip(self.structures.acronyms, self.structures.names, strict=True)
            if wanted in acronym.casefold() or wanted in name.casefold()
        )

    def _turn(self, row: int, hemisphere: Hemisphere) -> int:
        """Return the row of the same structure on the given side."""
        if hemisphere not in ("left", "right"):
            raise ValueError(f"a hemisphere is 'left' or 'right', not {hemisphere!r}")
        if not self.is_lateralised:
            raise RegionNotFound(f"this region table has no {hemisphere} side; take its lateralised one")
        structure = row if self.sides[row] > 0 else row - self.n_structures
        return structure if hemisphere == "right" else structure + self.n_structures

    @cached_property
    def _row_by_acronym(self) -> dict[str, int]:
        structures = self.acronyms[: self.n_structures + 1]
        return {acronym: row for row, acronym in enumerate(structures)}

    @cached_property
    def _row_by_id(self) -> dict[int, int]:
        return {int(identifier): row for row, identifier in enumerate(self.ids)}

    def _explain(self, region: str | int) -> str:
        message = f"no region {region!r} among the {self.n_structures} of this atlas"
        near = self._suggest(region) if isinstance(region, str) else ()
        return f"{message}; did you mean {' or '.join(near)}?" if near else f"{message}; try Regions.search(text)"

    def _suggest(self, wanted: str) -> Sequence[str]:
        folded = {acronym.casefold(): acronym for acronym in self.structures.acronyms[1:]}
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
