"""Which colour each region has in a layer: by mapping, values, side, and whether it is shown. No graphics."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from bregma.atlas import Regions
from bregma.viewer.errors import InvalidLayer
from bregma.viewer.scene.arrays import Bytes, Floats
from bregma.viewer.scene.layers.layer import Hemisphere, Layer
from bregma.viewer.scene.values import Values

Rows = npt.NDArray[np.uint16]
Flags = npt.NDArray[np.bool_]

_ROOT = 1
_SIDES = {"left": -1, "right": 1}


@dataclass(frozen=True, eq=False)
class Painted:
    """The rows of a region table as they are drawn.

    Parameters
    ----------
    rows : (n_regions,) array of uint16
        The row that stands for each row.
    rgb : (n_regions, 3) array of uint8
        Its colour.
    share : (n_regions,) array
        How solid it is, as a share of the layer's opacity; 0 for void and what is not shown.
    numbers : (n_regions,) array, optional
        Its value; None where regions have the colours of the atlas.
    """

    rows: Rows
    rgb: Bytes
    share: Floats
    numbers: Floats | None


@dataclass(frozen=True, eq=False, kw_only=True)
class Painting:
    """How regions are coloured.

    Parameters
    ----------
    mapping : str
        Which regions are told apart.
    values : Values, optional
        A number for each row of the table, in place of the atlas's colours.
    shown : tuple of str
        Acronyms of what is drawn, each with all inside it; empty for all.
    hemisphere : {"both", "left", "right"}
        Which side is drawn.
    missing : float
        How solid regions without a value are, and those that a coarser mapping leaves over; as a share.
    """

    mapping: str = "Allen"
    values: Values | None = None
    shown: tuple[str, ...] = ()
    hemisphere: Hemisphere = "both"
    missing: float = 1.0

    @classmethod
    def of(cls, layer: Any) -> "Painting":
        """Return how a layer of regions is coloured."""
        return cls(
            mapping=layer.mapping,
            values=layer.values,
            shown=getattr(layer, "shown", ()),
            hemisphere=getattr(layer, "hemisphere", "both"),
            missing=getattr(layer, "missing_opacity", 1.0),
        )

    def paint(self, regions: Regions, moment: float = 0.0) -> Painted:
        """Return the colours of all rows of a table at a moment, in seconds."""
        rows = regions.mapping(self.mapping, lateralised=regions.is_lateralised)
        share = self.find_shown(regions).astype(np.float64)
        if self.values is None:
            # Of the atlas itself the root is a region like any other.
            left_over = (rows == _ROOT) & (np.count_nonzero(rows == _ROOT) > 2)
            share[left_over] *= self.missing
            return Painted(rows, regions.rgb[rows], share, None)
        numbers = self.values.at(moment)[rows]
        share[np.isnan(numbers)] *= self.missing
        return Painted(rows, self.values.colour(numbers), share, numbers)

    def find_shown(self, regions: Regions) -> Flags:
        """Return which rows are drawn, (n_regions,)."""
        found = np.ones(len(regions), dtype=bool)
        if self.shown:
            found[:] = False
            found[regions.descendants(list(self.shown))] = True
        if self.hemisphere != "both" and regions.is_lateralised:
            found &= regions.sides == _SIDES[self.hemisphere]
        found[0] = False
        return found


def check_painting(layer: Layer, regions: Regions) -> None:
    """Refuse a layer of regions that this table does not have.

    Raises
    ------
    InvalidLayer
        If there is not a value for each row.
    MappingNotFound, RegionNotFound
        If the mapping or a region that is shown is unknown; the message suggests others.
    """
    painting = Painting.of(layer)
    regions.mapping(painting.mapping)
    painting.find_shown(regions)
    if painting.values is not None and painting.values.n != len(regions):
        raise InvalidLayer(
            f"{layer.name!r} has {painting.values.n} values, and the atlas {len(regions)} rows of regions; "
            "Scene.map_values makes them from acronyms or identifiers"
        )
