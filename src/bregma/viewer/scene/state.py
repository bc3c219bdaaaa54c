"""All that a scene is at one instant, frozen: to undo is to go back to an earlier one, to follow is to compare two."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

import numpy as np

from bregma.viewer.errors import InvalidLayer
from bregma.viewer.scene.arrays import Triple, check_metres
from bregma.viewer.scene.clipping import check_number
from bregma.viewer.scene.layers.layer import Layer
from bregma.viewer.scene.plain import Part
from bregma.viewer.scene.stage import Camera, Event, Look, Pick, Plane, Viewport


class What(StrEnum):
    """What of a scene changed."""

    LAYER = "layer"
    CAMERA = "camera"
    CLIPPING = "clipping"
    MOMENT = "moment"
    EVENTS = "events"
    LOOK = "look"
    SELECTION = "selection"
    CURSOR = "cursor"
    VIEWPORTS = "viewports"
    TITLE = "title"


@dataclass(frozen=True)
class Change:
    """One change of a scene.

    Parameters
    ----------
    what : What
        Which part changed.
    name : str
        The layer that was added, replaced or removed; empty for other parts.
    """

    what: What
    name: str = ""


@dataclass(frozen=True, eq=False, kw_only=True)
class SceneState(Part):
    """All that a scene is at one instant, but for its atlas.

    Parameters
    ----------
    title : str
        Written above the picture.
    layers : tuple of Layer
        In the order they were added.
    camera : Camera
        From where the scene is seen.
    clipping : tuple of Plane
        What cuts the layers that are clipped.
    moment : float
        The time that is shown, in seconds.
    events : tuple of Event
        Markers on the time axis.
    look : Look
        Light, background and lettering.
    viewports : tuple of Viewport
        Parts of the picture; one that fills it by default.
    cursor : tuple of 3 float, optional
        The place that linked slices go through, in metres.
    selection : Pick, optional
        What is selected.
    """

    kind: ClassVar[str] = "scene"
    title: str = ""
    layers: tuple[Layer, ...] = ()
    camera: Camera = field(default_factory=Camera)
    clipping: tuple[Plane, ...] = ()
    moment: float = 0.0
    events: tuple[Event, ...] = ()
    look: Look = field(default_factory=Look)
    viewports: tuple[Viewport, ...] = (Viewport(),)
    cursor: Triple | None = None
    selection: Pick | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        names = [layer.name for layer in self.layers]
        if len(set(names)) < len(names):
            raise InvalidLayer(f"every layer of a scene has a name of its own; these are {', '.join(names)}")
        check_number(self.clipping)
        if not self.viewports:
            raise InvalidLayer("a picture has one viewport at least: (Viewport(),) is the whole picture")
        if self.cursor is not None:
            check_metres(np.array([self.cursor]), "the cursor")

    def find(self, name: str) -> Layer | None:
        """Return the layer of a name, None if there is none."""
        return next((layer for layer in self.layers if layer.name == name), None)


_PARTS = {
    What.CAMERA: "camera",
    What.CLIPPING: "clipping",
    What.MOMENT: "moment",
    What.EVENTS: "events",
    What.LOOK: "look",
    What.SELECTION: "selection",
    What.CURSOR: "cursor",
    What.VIEWPORTS: "viewports",
    What.TITLE: "title",
}
#: Parts whose changes are no step of their own to undo: they move by themselves or by a look around.
PASSING = frozenset({What.MOMENT, What.CAMERA, What.SELECTION})


def find_changes(before: SceneState, after: SceneState) -> Iterator[Change]:
    """Yield what differs between two states, layers first; a layer that was replaced by its equal has changed."""
    old = {layer.name: layer for layer in before.layers}
    new = {layer.name: layer for layer in after.layers}
    for name in (*(name for name in old if name not in new), *new):
        if old.get(name) is not new.get(name):
            yield Change(What.LAYER, name)
    for what, part in _PARTS.items():
        if getattr(before, part) != getattr(after, part):
            yield Change(what)
