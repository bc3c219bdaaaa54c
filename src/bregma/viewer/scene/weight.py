"""How much memory an earlier state of a scene holds on to."""

from collections.abc import Iterator
from dataclasses import fields

import numpy as np
import numpy.typing as npt

from bregma.viewer.scene.plain import Part
from bregma.viewer.scene.state import SceneState


def weigh_lost(before: SceneState, after: SceneState) -> int:
    """Return how many bytes of arrays one state has, in layers that another has not or has otherwise."""
    kept = {id(layer) for layer in after.layers}
    gone = {id(array): array for layer in before.layers if id(layer) not in kept for array in _arrays_of(layer)}
    if not gone:
        return 0
    names = {layer.name for layer in before.layers if id(layer) not in kept}
    still = {id(array) for layer in after.layers if layer.name in names for array in _arrays_of(layer)}
    return sum(array.nbytes for identity, array in gone.items() if identity not in still)


def _arrays_of(part: Part) -> Iterator[npt.NDArray[np.generic]]:
    for item in fields(part):
        value = getattr(part, item.name)
        if isinstance(value, np.ndarray):
            yield value
        elif isinstance(value, Part):
            yield from _arrays_of(value)
