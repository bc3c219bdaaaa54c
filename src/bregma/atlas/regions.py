"""The tree of brain regions: identifiers, acronyms, names, parents and colours, and the conversions between them."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, SupportsIndex

import numpy as np
import numpy.typing as npt

from bregma.atlas import parsing, tree
from bregma.atlas.errors import InvalidValues, RegionNotFound
from bregma.atlas.lookup import Lookup
from bregma.atlas.mappings import LATERALISED, Parcellation, make_mapping
from bregma.atlas.search import rank_matches, suggest_acronyms
from bregma.atlas.table import Ids, RegionTable, Rows

Hemisphere = Literal["left", "right"]


@dataclass(frozen=True, eq=False, repr=False)
class Regions(RegionTable):
    """Brain regions in the order of the tree: every region comes after its parent.

    Row 0 is void (outside of the brain), row 1 the root. Volumes hold rows, not Allen's sparse identifiers. A
    lateralised table has every structure twice: void, the right side, the left side; the identifiers of the left are
    negative.

    Wherever a method takes regions, they are acronyms, identifiers, or a list of both.

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
    parcellations : dict of str to array of int
        Identifiers of the structures that make up each coarser view of the table, for instance ``Beryl``.
    """

    @classmethod
    def allen(cls) -> "Regions":
        """Return the 1,327 structures of the Allen mouse brain atlas, after void.

        Notes
        -----
        Structure graph of the Allen Mouse Brain Atlas, © Allen Institute for Brain Science. Beryl and Cosmos are
        selections of its structures by N. Steinmetz, Swanson those that L. Swanson's flat map of the rat brain
        shows; all three as the International Brain Laboratory uses them.
        """
        from bregma.atlas.ontology import read_ontology

        return read_ontology()

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
        if isinstance(region, str) and hemisphere is None and (row := self.lookup.by_key.get(region)) is not None:
            return row
        given: Any = region
        rows = self.rows(given, hemisphere=hemisphere)
        if np.ndim(rows) or parsing.is_missing(region):
            raise RegionNotFound(f"one region is an acronym or an identifier, not {region!r}")
        return int(rows)

    def rows(
        self,
        regions: npt.ArrayLike | Iterable[Any],
        *,
        mapping: Parcellation | Rows | None = None,
        hemisphere: Hemisphere | None = None,
    ) -> Rows:
        """Return the row of each region.

        Parameters
        ----------
        regions : array or list of int, str, or both
            Identifiers (negative ones are on the left), acronyms. NaN and None are void.
        mapping : str, list, dict or array, optional
            Coarser view to bring them to, as for `mapping`.
        hemisphere : {"left", "right"}, optional
            Side of all, in a lateralised table. By default acronyms mean the right side, identifiers their own.

        Returns
        -------
        array of uint16
            In the shape of the regions.

        Raises
        ------
        RegionNotFound
            If one is unknown; the message names the first ones, and near ones.
        """
        rows = parsing.parse_regions(self, regions)
        rows = rows if hemisphere is None else parsing.turn(self, rows, hemisphere)
        return rows.astype(np.uint16) if mapping is None else self.mapping(mapping)[rows]

    def ids_of(
        self,
        regions: npt.ArrayLike | Iterable[Any],
        *,
        mapping: Parcellation | Rows | None = None,
        hemisphere: Hemisphere | None = None,
    ) -> Ids:
        """Return the identifier of each region, given and mapped as for `rows`."""
        return self.ids[self.rows(regions, mapping=mapping, hemisphere=hemisphere)]

    def remap(self, ids: npt.ArrayLike | Iterable[Any], mapping: Parcellation | Rows) -> Ids:
        """Return the identifiers that regions have in a coarser view: `ids_of` with a mapping; NaN becomes 0, void."""
        return self.ids_of(ids, mapping=mapping)

    def acronyms_of(
        self, regions: npt.ArrayLike | Iterable[Any], *, mapping: Parcellation | Rows | None = None
    ) -> npt.NDArray[np.str_]:
        """Return the acronym of each region, given and mapped as for `rows`."""
        return self.acronym_array[self.rows(regions, mapping=mapping)]

    def mapping(self, parcellation: Parcellation | Rows, *, lateralised: bool = False) -> Rows:
        """Return for each row the row that it belongs to in a coarser view of the table.

        Parameters
        ----------
        parcellation : str, list, dict or array
            ``Allen`` (each structure by itself, in any table), ``Beryl``, ``Cosmos`` or ``Swanson``, in any case, with
            ``-lr`` to keep the sides apart; a list of regions; a dict that says for regions which region they become;
            or what this method returned.
        lateralised : bool
            Keep the sides apart; else both sides go to the right one. One root stays for both, unless it is listed.

        Returns
        -------
        (n,) array of uint16
            Row of the nearest listed region that holds each one; the root where there is none, void for void.
            ``regions.mapping("Beryl")[labels]`` maps a volume. It cannot be written.

        Raises
        ------
        MappingNotFound
            If there is no parcellation of this name.
        RegionNotFound
            If a listed region is unknown.
        """
        if isinstance(parcellation, np.ndarray) and parcellation.dtype == np.uint16:
            return parsing.check_mapping(self, parcellation)
        if not isinstance(parcellation, str):
            return make_mapping(self, parcellation, lateralised=lateralised)
        name = parcellation.casefold()
        key = (name.removesuffix(LATERALISED), lateralised or name.endswith(LATERALISED))
        if key not in self._mappings:
            self._mappings[key] = make_mapping(self, key[0], lateralised=key[1])
        return self._mappings[key]

    def descendants(self, region: Any, *, hemisphere: Hemisphere | None = None) -> Rows:
        """Return the rows of a region, or of several, and of everything inside.

        Parameters
        ----------
        region : str, int, or a list of them
            Acronyms, or identifiers; a negative one is on the left.
        hemisphere : {"left", "right"}, optional
            Side, in a lateralised table. By default acronyms and positive identifiers mean both.
        """
        rows = np.atleast_1d(self.rows(region, hemisphere=hemisphere)).astype(np.intp)
        if hemisphere is None:
            rows = np.concatenate([rows, rows[self.sides[rows] > 0] + self.n_structures])
        return np.flatnonzero(tree.find_inside(self.parents, rows)).astype(np.uint16)

    def ancestors(self, region: str | SupportsIndex) -> tuple[str, ...]:
        """Return the acronyms above a region, the nearest first."""
        return tuple(self.acronyms[row] for row in self.lineage(region)[-2::-1])

    def lineage(self, region: str | SupportsIndex) -> Rows:
        """Return the rows from the root down to a region and with it."""
        return tree.find_above(self.parents, self.row(region)).astype(np.uint16)

    def children(self, region: str | SupportsIndex) -> Rows:
        """Return the rows that are directly inside a region."""
        row = self.row(region)
        inside = self.parents == row
        inside[row] = False
        return np.flatnonzero(inside).astype(np.uint16)

    def subtree(self, region: str | SupportsIndex) -> Rows:
        """Return the rows above a region, its own, and those of everything inside it; on its side."""
        inside = tree.find_inside(self.parents, self.row(region))
        inside[self.lineage(region)] = True
        return np.flatnonzero(inside).astype(np.uint16)

    def search(self, text: str) -> tuple[str, ...]:
        """Return the acronyms of the regions that a text may mean, in any case, the likeliest first.

        These are the acronym that is the text, the name that is, what the field calls so (``V1``, ``hippocampus``),
        acronyms that begin with it, names with words that begin like those of the text, and acronyms or names that
        hold it anywhere; where there is none, the few that are most like it (``thalmus``).
        """
        if not isinstance(text, str):
            raise InvalidValues(f"regions are searched by a text, not {text!r}")
        structures = self.structures
        found = tuple(structures.acronyms[i] for i in rank_matches(text, structures.acronyms, structures.names))
        return found or suggest_acronyms(text, structures.acronyms[1:], structures.names[1:])

    @cached_property
    def lookup(self) -> Lookup:
        """Finds the rows of many identifiers or acronyms at once; -1 for unknown ones."""
        return Lookup(self.ids, self.acronyms[: self.n_structures + 1])

    @cached_property
    def _mappings(self) -> dict[tuple[str, bool], Rows]:
        return {}
