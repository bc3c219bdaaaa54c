"""The tree of regions beside a picture: what of it an atlas shows, what a search leaves, what is ticked."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from bregma.atlas import Atlas, Regions
from bregma.viewer.scene.arrays import Colour
from bregma.viewer.scene.layers.regions import RegionSurface
from bregma.viewer.scene.scene import Scene

_MOST_FOUND = 60


@dataclass(frozen=True)
class RegionRow:
    """A region in the tree.

    Parameters
    ----------
    row : int
        Of the table of structures.
    parent : int
        Row of the parent; its own for the first.
    acronym, name : str
        What it is called.
    rgb : tuple of 3 int
        Its colour.
    """

    row: int
    parent: int
    acronym: str
    name: str
    rgb: Colour


@lru_cache(maxsize=4)
def list_regions(atlas: Atlas) -> tuple[RegionRow, ...]:
    """Return the structures that an atlas has a voxel of, and those around them; parents before children."""
    table = atlas.regions.structures
    shown = np.zeros(len(table), dtype=bool)
    coarse = atlas.labels[::2, ::2, ::2] if atlas.labels.size > 20_000_000 else atlas.labels
    occurs = np.bincount(coarse.ravel(order="K"), minlength=len(atlas.regions)) > 0
    shown[atlas.regions.structure_rows[occurs]] = True
    for row in range(len(table) - 1, 1, -1):
        shown[table.parents[row]] |= shown[row]
    return tuple(_row_of(table, row) for row in (np.flatnonzero(shown[1:]) + 1).tolist())


def search_regions(atlas: Atlas, text: str) -> tuple[RegionRow, ...]:
    """Return the regions that a text finds, the best first; none for an empty text."""
    found = {one: place for place, one in enumerate(atlas.regions.search(text))} if text.strip() else {}
    rows = sorted((row for row in list_regions(atlas) if row.acronym in found), key=lambda row: found[row.acronym])
    return tuple(rows[:_MOST_FOUND])


def drawn_regions(scene: Scene) -> dict[str, str]:
    """Return the acronyms of the regions whose surface is drawn, with the names of their layers."""
    return {layer.acronym: layer.name for layer in scene.layers if isinstance(layer, RegionSurface) and layer.visible}


def tick_region(scene: Scene, acronym: str, ticked: bool) -> None:
    """Draw the surface of a region, or hide it."""
    kept = [one for one in scene.layers if isinstance(one, RegionSurface) and one.acronym == acronym]
    with scene.together():
        for layer in kept:
            if layer.visible != ticked:
                scene.update(layer.name, visible=ticked)
        if ticked and not kept:
            scene.add_region(acronym)


def show_only(scene: Scene, acronyms: tuple[str, ...]) -> None:
    """Let all layers that hold every region show these and what is inside them; none means all."""
    with scene.together():
        for layer in scene.layers:
            if hasattr(layer, "shown"):
                scene.update(layer.name, shown=acronyms)


def _row_of(table: Regions, row: int) -> RegionRow:
    red, green, blue = (int(part) for part in table.rgb[row])
    return RegionRow(int(row), int(table.parents[row]), table.acronyms[row], table.names[row], (red, green, blue))
