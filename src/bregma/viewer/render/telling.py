"""What is told about an element of a layer that was hit."""

import numpy as np

from bregma.viewer.render.drawn import Drawn, Hit, find_value
from bregma.viewer.scene.stage import Pick


def tell(drawn: Drawn, hit: Hit, moment: float, index: int, *, label: str = "", has_value: bool = True) -> Pick:
    """Return what is known of an element: where it was hit, in which region, and its value at a moment.

    Parameters
    ----------
    drawn : Drawn
        Its layer.
    hit : Hit
        Where it was hit.
    moment : float
        In seconds.
    index : int
        Which element it is.
    label : str
        What it is called.
    has_value : bool
        Whether the values of the layer are of such elements.
    """
    region = ""
    if drawn.world.has_atlas():
        regions = drawn.world.atlas.regions
        row = int(drawn.world.atlas.rows_at(np.array(hit.xyz)))
        region = regions.acronyms[row] if row else ""
    value = find_value(drawn.layer.coloured_by, moment, index) if has_value else None
    return Pick(layer=drawn.layer.name, xyz=hit.xyz, index=index, region=region, value=value, label=label)
