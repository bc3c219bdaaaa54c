"""The columns of a table of brain regions, and its two sides."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt

from bregma.atlas import tree

if TYPE_CHECKING:
    import pandas as pd

Rows = npt.NDArray[np.uint16]
Ids = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False, repr=False)
class RegionTable:
    """Brain regions in the order of the tree; `Regions` tells what each column is."""

    ids: Ids
    acronyms: tuple[str, ...]
    names: tuple[str, ...]
    parents: npt.NDArray[np.int64]
    rgb: npt.NDArray[np.uint8]
    parcellations: Mapping[str, Ids] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.acronyms)

    def __repr__(self) -> str:
        sides = ", right and left" if self.is_lateralised else ""
        return f"<{type(self).__name__}: {self.n_structures} structures{sides}>"

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
    def lateralised(self) -> Self:
        """This table with every structure twice: void, the right side, the left side with negative identifiers."""
        if self.is_lateralised:
            return self
        n = len(self) - 1
        return type(self)(
            ids=np.concatenate([self.ids, -self.ids[1:]]),
            acronyms=(*self.acronyms, *self.acronyms[1:]),
            names=(*self.names, *self.names[1:]),
            parents=np.concatenate([self.parents, self.parents[1:] + n]),
            rgb=np.concatenate([self.rgb, self.rgb[1:]]),
            parcellations=self.parcellations,
        )

    @cached_property
    def structures(self) -> Self:
        """This table with every structure once: of a lateralised table, void and the right side."""
        if not self.is_lateralised:
            return self
        n = self.n_structures + 1
        once = (self.ids[:n], self.acronyms[:n], self.names[:n], self.parents[:n], self.rgb[:n])
        return type(self)(*once, self.parcellations)

    @cached_property
    def n_structures(self) -> int:
        """Structures without void, each counted once."""
        return (len(self) - 1) // 2 if self.is_lateralised else len(self) - 1

    @cached_property
    def structure_rows(self) -> Rows:
        """Row of `structures` for each row: the two sides of a structure are one."""
        rows = np.arange(len(self), dtype=np.uint16)
        return np.where(self.sides < 0, rows - np.uint16(self.n_structures), rows)

    @cached_property
    def acronym_array(self) -> npt.NDArray[np.str_]:
        """The acronyms as an array, to be indexed with rows."""
        return np.array(self.acronyms)

    @cached_property
    def levels(self) -> npt.NDArray[np.uint8]:
        """How many regions are above each one; 0 for the root and void."""
        return tree.count_levels(self.parents)

    @cached_property
    def leaves(self) -> Rows:
        """Rows of the regions that nothing is inside of, without void."""
        is_parent = np.isin(np.arange(len(self)), self.parents)
        return np.flatnonzero(~is_parent).astype(np.uint16)

    @cached_property
    def hex_colours(self) -> tuple[str, ...]:
        """Colour of each region, for instance ``#ff7080``."""
        return tuple(f"#{colour.hex()}" for colour in map(bytes, self.rgb))

    @cached_property
    def rgba(self) -> npt.NDArray[np.uint8]:
        """Colour of each region with its opacity: void is transparent, (n, 4)."""
        return np.column_stack([self.rgb, np.where(np.arange(len(self)) == 0, 0, 255)]).astype(np.uint8)

    def to_dict(self) -> dict[str, npt.NDArray[Any]]:
        """Return the table by columns: id, acronym, name, parent (identifier), level, side, hex_colour."""
        return {
            "id": self.ids,
            "acronym": self.acronym_array,
            "name": np.array(self.names),
            "parent": self.ids[self.parents],
            "level": self.levels,
            "side": self.sides,
            "hex_colour": np.array(self.hex_colours),
        }

    def to_pandas(self) -> "pd.DataFrame":
        """Return the table as a data frame with the columns of `to_dict`; its index is the row."""
        import pandas as pd

        return pd.DataFrame(self.to_dict())
