"""Tracks of probes."""

import numpy as np

from bregma.viewer.render.drawn import World
from bregma.viewer.render.geometry import MM, make_lines
from bregma.viewer.render.lines import DrawnStrokes
from bregma.viewer.scene.arrays import find_known
from bregma.viewer.scene.layers.links import Insertions


class DrawnInsertions(DrawnStrokes):
    """Straight lines from entry to tip; one with an unknown end is not drawn."""

    PLACES = ("entries", "tips")

    def __init__(self, layer: Insertions, world: World) -> None:
        ends = np.stack([layer.entries, layer.tips], axis=1) * MM
        known = np.flatnonzero(find_known(ends))
        super().__init__(layer, world, make_lines(ends[known].reshape(-1, 3), np.full(len(known), 2)), known)

    def _name(self, index: int) -> str:
        return self.layer.labels[index] if self.layer.labels else ""
