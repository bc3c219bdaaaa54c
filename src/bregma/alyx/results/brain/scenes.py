"""Scenes of the viewer as plain data, in the format that ``Scene.save("x.json")`` writes; the viewer draws them."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from bregma.atlas import Regions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bregma.alyx.results.brain.places import Places

VERSION = 2
MAPPING = "Beryl"


@dataclass(frozen=True)
class Statistic:
    """A number for each region.

    Parameters
    ----------
    name, title : str
        In addresses, and as people read it.
    """

    name: str
    title: str


STATISTICS = {one.name: one for one in (Statistic("sites", "Recording sites"), Statistic("probes", "Probes"))}


def scene_of_places(places: Places, title: str) -> dict[str, Any]:
    """Show tracks and recording sites, these in the colours of their regions, in a brain of glass."""
    layers = [_glass()]
    if places.labels:
        layers.append(
            {"kind": "insertions", "name": "Probes", "entries": _array(places.entries), "tips": _array(places.tips)}
            | {"labels": list(places.labels), "size": 3.0}
        )
    if len(places.sites):
        colours = Regions.allen().rgb[_structure_rows(places.region_ids)].astype(np.uint8)
        layers.append(
            {"kind": "points", "name": "Recording sites", "xyz": _array(places.sites), "rgb": _array(colours)}
            | {"size": 5.0}
        )
    return _scene(title, layers)


def scene_of_statistic(numbers: NDArray[np.float64], statistic: Statistic) -> dict[str, Any]:
    """Show a number for each row of the regions as the colour of its surface, in the right half, open to the middle."""
    values = {"kind": "values", "data": _array(numbers), "label": statistic.title, "colormap": "viridis"}
    surfaces = {"kind": "regions", "name": statistic.title, "mapping": MAPPING, "values": values, "hemisphere": "right"}
    return _scene(f"{statistic.title} by region", [surfaces])


def count_by_region(places: Places, statistic: Statistic) -> NDArray[np.float64]:
    """Return how many sites, or probes, are in each region, for the rows of the lateralised table; NaN for none."""
    structures = Regions.allen()
    mapped = structures.mapping(MAPPING)[_structure_rows(places.region_ids)].astype(np.int64)
    if statistic.name == "probes":
        pairs = np.unique(np.stack([mapped, places.site_insertions]), axis=1)
        mapped = pairs[0]
    counts = np.bincount(mapped, minlength=len(structures)).astype(np.float64)
    # Void, and the whole brain: a site there is in no region.
    counts[:2] = 0
    numbers: NDArray[np.float64] = np.where(counts > 0, counts, np.nan)[structures.lateralised.structure_rows]
    return numbers


def table_of_regions(numbers: NDArray[np.float64], n_shown: int = 40) -> list[dict[str, Any]]:
    """Return the regions with the largest numbers, the largest first."""
    structures = Regions.allen()
    first = numbers[: len(structures)]
    order = [int(row) for row in np.argsort(-np.nan_to_num(first), kind="stable") if not np.isnan(first[row])]
    return [
        {"acronym": structures.acronyms[row], "name": structures.names[row], "number": int(first[row])}
        for row in order[:n_shown]
    ]


@cache
def _known_ids() -> dict[int, int]:
    return {int(one): row for row, one in enumerate(Regions.allen().ids)}


def _structure_rows(ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the rows of identifiers, of either sign; void for those that the table does not have."""
    return np.array([_known_ids().get(abs(int(one)), 0) for one in ids], dtype=np.int64)


def _glass() -> dict[str, Any]:
    return {"kind": "region", "name": "Brain", "acronym": "root", "rgb": [200, 210, 225], "opacity": 0.12}


def _scene(title: str, layers: list[dict[str, Any]]) -> dict[str, Any]:
    return {"version": VERSION, "atlas": None, "kind": "scene", "title": title, "layers": layers}


def _array(values: NDArray[Any]) -> dict[str, Any]:
    array = np.ascontiguousarray(values)
    little = array.astype(array.dtype.newbyteorder("<"))
    text = base64.b64encode(little.tobytes()).decode("ascii")
    return {"dtype": little.dtype.str, "shape": list(array.shape), "base64": text}
