"""Scenes of the viewer as plain data, in the format that ``Scene.save("x.json")`` writes; the viewer draws them."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import numpy as np

from bregma.alyx.results.brain.statistics import structure_rows
from bregma.atlas import Regions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bregma.alyx.results.brain.places import Places
    from bregma.alyx.results.brain.statistics import RegionNumbers, Statistic

VERSION = 2


def scene_of_places(places: Places, title: str) -> dict[str, Any]:
    """Show tracks and recording sites, these in the colours of their regions, in a brain of glass."""
    layers = [_glass()]
    if places.labels:
        layers.append(
            {"kind": "insertions", "name": "Probes", "entries": _array(places.entries), "tips": _array(places.tips)}
            | {"labels": list(places.labels), "size": 3.0}
        )
    if len(places.sites):
        colours = Regions.allen().rgb[structure_rows(places.region_ids)].astype(np.uint8)
        layers.append(
            {"kind": "points", "name": "Recording sites", "xyz": _array(places.sites), "rgb": _array(colours)}
            | {"size": 5.0}
        )
    return _scene(title, layers)


def scene_of_statistic(found: RegionNumbers, statistic: Statistic, mapping: str) -> dict[str, Any]:
    """Show a number for each region as the colour of its surface, in the right half, open to the middle."""
    data = _array(found.of_both_sides)
    values = {"kind": "values", "data": data, "label": statistic.label, "colormap": "viridis"}
    surfaces = {"kind": "regions", "name": statistic.title, "mapping": mapping, "values": values, "hemisphere": "right"}
    return _scene(f"{statistic.title} by region", [surfaces])


def _glass() -> dict[str, Any]:
    return {"kind": "region", "name": "Brain", "acronym": "root", "rgb": [200, 210, 225], "opacity": 0.12}


def _scene(title: str, layers: list[dict[str, Any]]) -> dict[str, Any]:
    return {"version": VERSION, "atlas": None, "kind": "scene", "title": title, "layers": layers}


def _array(values: NDArray[Any]) -> dict[str, Any]:
    array = np.ascontiguousarray(values)
    little = array.astype(array.dtype.newbyteorder("<"))
    text = base64.b64encode(little.tobytes()).decode("ascii")
    return {"dtype": little.dtype.str, "shape": list(array.shape), "base64": text}
