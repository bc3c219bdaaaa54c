"""The regions that a probe goes through, from its entry to its tip."""

import numpy as np

from bregma.atlas import find_crossed_regions
from bregma.viewer.scene.layers.layer import Layer
from bregma.viewer.scene.layers.links import Insertions
from bregma.viewer.scene.scene import Scene

_OUTSIDE = "outside"


def list_crossings(scene: Scene, layer: Layer, index: int | None) -> list[tuple[str, str]]:
    """Return the regions along a track with the depths of their borders, in millimetres from the entry.

    Parameters
    ----------
    scene : Scene
        Whose atlas tells the regions.
    layer : Layer
        Other layers than insertions give nothing.
    index : int, optional
        Which of its tracks; not needed where there is one.
    """
    if not isinstance(layer, Insertions) or not scene.has_atlas:
        return []
    if index is None and len(layer.entries) != 1:
        return []
    track = np.stack([layer.entries[index or 0], layer.tips[index or 0]])
    if not np.isfinite(track).all() or np.array_equal(*track):
        return []
    crossed = find_crossed_regions(scene.atlas, track)
    names = [acronym if row else _OUTSIDE for acronym, row in zip(crossed.acronyms, crossed.rows, strict=True)]
    edges = [f"{edge * 1e3:.2f}" for edge in crossed.edges]
    return [("crosses", "at depths from its entry"), *zip(names, map(_between, edges, edges[1:]), strict=False)]


def _between(edge: str, following: str) -> str:
    return f"{edge} – {following} mm"
