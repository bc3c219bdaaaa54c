"""What a drag of the mouse does, from where it began to where it is: each writes into the scene."""

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from bregma.viewer.render.camera import read_camera
from bregma.viewer.render.geometry import MM
from bregma.viewer.render.gestures import shift, turn, zoom
from bregma.viewer.render.pane import Pane
from bregma.viewer.render.sight import Sight
from bregma.viewer.render.window import Window
from bregma.viewer.scene.arrays import Triple
from bregma.viewer.scene.layers.volumes import Slice
from bregma.viewer.scene.scene import Scene
from bregma.viewer.scene.stage import Camera, Viewport

_HALF_TURN = 180.0
_FARTHEST_MM = 20.0
_STRAIGHT = 0.97


class Drag(Protocol):
    """Something that is being dragged."""

    @property
    def moves_view(self) -> bool:
        """Whether the whole view moves, so that it is drawn coarsely meanwhile."""

    def to(self, x: float, y: float) -> None:
        """Follow the mouse to a pixel of the window."""


@dataclass(frozen=True, eq=False)
class Grip:
    """Where a drag begins.

    Parameters
    ----------
    window : Window
        What is dragged in.
    index : int
        Which of its panes.
    pane : Pane
        That pane.
    sight : Sight
        The line of sight there.
    x, y : float
        The pixel of the window, from its top left.
    """

    window: Window
    index: int
    pane: Pane
    sight: Sight
    x: float
    y: float

    @property
    def scene(self) -> Scene:
        """What is shown."""
        return self.window.scene

    def sight_at(self, x: float, y: float) -> Sight:
        """Return the line of sight through another pixel, as the camera was at first."""
        column, row = self.sight.place
        return replace(self.sight, place=(column + x - self.x, row + y - self.y))

    def set_camera(self, camera: Camera) -> None:
        """Put the pane's camera there: its own, or that of the scene."""
        write_camera(self.scene, self.index, camera)


def find_grip(window: Window, x: float, y: float) -> Grip | None:
    """Return what is under a pixel of the window; None beside all panes."""
    found = window.sight(x, y)
    return None if found is None else Grip(window, window.panes.index(found[0]), *found, x, y)


def write_camera(scene: Scene, viewport: int, camera: Camera) -> None:
    """Put the camera of a viewport somewhere: its own, or that of the scene."""
    viewports = list(scene.state.viewports)
    if viewports[viewport].camera is None:
        scene.change(camera=camera)
        return
    viewports[viewport] = replace(viewports[viewport], camera=camera)
    scene.change(viewports=tuple(viewports))


def facing_slice(scene: Scene, viewport: Viewport) -> Slice | None:
    """Return the slice that a viewport with a camera of its own looks straight at: a flat view of it."""
    from bregma.viewer.render.camera import place_camera

    if viewport.camera is None:
        return None
    backwards = place_camera(scene, (100, 100), viewport.camera).backwards
    slices = (one for one in scene.layers if isinstance(one, Slice) and one.visible and viewport.draws(one.name))
    return next((one for one in slices if abs(float(np.array(one.normal) @ backwards)) > 1 - 1e-6), None)


@dataclass(frozen=True, eq=False)
class Turn:
    """Goes around the focus."""

    grip: Grip
    moves_view: bool = True

    def to(self, x: float, y: float) -> None:
        """Turn by half a circle along the height of the pane."""
        degrees = _HALF_TURN / self.grip.sight.size[1]
        turned = turn(self.grip.sight.placement, -(x - self.grip.x) * degrees, (y - self.grip.y) * degrees)
        self.grip.set_camera(read_camera(turned))


@dataclass(frozen=True, eq=False)
class Shift:
    """Moves what is seen along with the mouse."""

    grip: Grip
    moves_view: bool = True

    def to(self, x: float, y: float) -> None:
        """Keep what was under the mouse under it."""
        scale = self.grip.sight.mm_per_pixel
        shifted = shift(self.grip.sight.placement, (self.grip.x - x) * scale, (y - self.grip.y) * scale)
        self.grip.set_camera(read_camera(shifted))


@dataclass(frozen=True, eq=False)
class Zoom:
    """Comes nearer, upwards, or goes away."""

    grip: Grip
    moves_view: bool = True

    def to(self, x: float, y: float) -> None:
        """Zoom by a factor of 4 along half the height of the pane."""
        factor = 4.0 ** (2 * (self.grip.y - y) / self.grip.sight.size[1])
        self.grip.set_camera(read_camera(zoom(self.grip.sight.placement, factor)))


@dataclass(frozen=True, eq=False)
class MoveCursor:
    """Moves the scene's cursor in the plane of a slice that is seen straight from before."""

    grip: Grip
    layer: Slice
    moves_view: bool = False

    def to(self, x: float, y: float) -> None:
        """Put the cursor under the mouse."""
        met = self.grip.sight_at(x, y).meet_plane(np.array(self.layer.origin) * MM, self.layer.normal)
        if met is not None and np.abs(met).max() <= _FARTHEST_MM:
            self.grip.scene.move_cursor(met / MM)


@dataclass(frozen=True, eq=False)
class MoveSlice:
    """Moves a slice along its normal."""

    grip: Grip
    layer: Slice
    held: Triple
    moves_view: bool = False

    def to(self, x: float, y: float) -> None:
        """Keep the place that was taken hold of under the mouse, as near as the normal allows."""
        sight, normal = self.grip.sight_at(x, y), np.array(self.layer.normal)
        towards = float(sight.direction @ normal)
        held = np.array(self.held) * MM
        if abs(towards) > _STRAIGHT:
            along = (self.grip.y - y) * sight.mm_per_pixel * -np.sign(towards)
        else:
            # Where the normal through the held place comes nearest to the line of sight.
            offset = sight.start - held
            along = (offset @ normal - towards * (offset @ sight.direction)) / (1 - towards**2)
        place = np.array(self.layer.origin) * MM + float(np.clip(along, -_FARTHEST_MM, _FARTHEST_MM)) * normal
        self.grip.scene.move_slice(self.layer.name, place / MM)
