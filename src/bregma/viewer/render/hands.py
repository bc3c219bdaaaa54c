"""Mouse and keyboard: turns, zooms, moves slices and selects, by writing into the scene."""

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from bregma.viewer.render.camera import read_camera
from bregma.viewer.render.drags import (
    Drag,
    Grip,
    MoveCursor,
    MoveSlice,
    Shift,
    Turn,
    Zoom,
    facing_slice,
    find_grip,
)
from bregma.viewer.render.geometry import MM
from bregma.viewer.render.gestures import turn, zoom
from bregma.viewer.render.interactor import listen
from bregma.viewer.render.window import Window
from bregma.viewer.scene.layers.volumes import Slice
from bregma.viewer.scene.player import Player
from bregma.viewer.scene.stage import Pick, View

_CLICK_PIXELS = 4.0
_DOUBLE_CLICK_S = 0.4
_REST_S = 0.25
_ZOOM = 1.15
_FAR_SCROLL = 10
_TURN_DEGREES = 15.0
_FINEST_STEP = 25e-6
_VIEWS = {"o": View.OBLIQUE, "l": View.LEFT, "r": View.RIGHT, "d": View.DORSAL, "v": View.VENTRAL}
_VIEWS |= {"a": View.ANTERIOR, "p": View.POSTERIOR}
_ARROWS = {"Left": (-1.0, 0.0), "Right": (1.0, 0.0), "Up": (0.0, 1.0), "Down": (0.0, -1.0)}

Later = Callable[[float, Callable[[], None]], object]


class Hands:
    """What mouse and keyboard do in a window.

    On the brain: the left button turns, with shift or the middle button it moves, the right button and the wheel
    zoom. A click selects, again at the same place what lies behind it, and twice quickly looks at it. A selected
    slice is dragged and scrolled along its normal; any slice with ctrl. On a slice seen straight from before, the
    left button moves the cursor, the wheel scrolls, and with ctrl it zooms.

    Parameters
    ----------
    window : Window
        Where; its interactor is listened to, and made if there is none. Whoever shows the window draws when its
        `Window.on_change` says so.
    player : Player, optional
        What the space bar plays.
    clock : callable
        Returns seconds, to tell a double click.
    later : callable, optional
        Calls a function after so many seconds, such as a timer of the front end: scrolling is then drawn coarsely,
        and finely once it rests. Without it, each step is drawn finely.
    """

    def __init__(
        self,
        window: Window,
        *,
        player: Player | None = None,
        clock: Callable[[], float] = time.monotonic,
        later: Later | None = None,
    ) -> None:
        self.window, self.scene, self.player = window, window.scene, player
        self._clock, self._later = clock, later
        self._drag: Drag | None = None
        self._grip: Grip | None = None
        self._has_moved = False
        self._clicked: tuple[float, float, float, int] | None = None
        self._place = (0.0, 0.0)
        self._scrolls = 0
        self._hover: list[Callable[[Pick | None], None]] = []
        self.interactor = listen(window.vtk_window, self)

    def on_hover(self, listener: Callable[[Pick | None], None]) -> None:
        """Call the listener with what is under the mouse whenever it moves with no button pressed."""
        self._hover.append(listener)

    def press(self, button: str, x: float, y: float, *, shift: bool = False, ctrl: bool = False) -> None:
        """Press a mouse button (left, middle, right) at a pixel of the window, from its top left."""
        self._place, self._has_moved = (x, y), False
        self._grip = find_grip(self.window, x, y)
        self._drag = None if self._grip is None else self._choose(self._grip, button, shift=shift, ctrl=ctrl)
        self.scene.begin_gesture()

    def move(self, x: float, y: float) -> None:
        """Move the mouse to a pixel."""
        self._place = (x, y)
        if self._grip is None:
            if self._hover:
                self._tell_hover(self.window.pick(x, y))
            return
        self._has_moved |= max(abs(x - self._grip.x), abs(y - self._grip.y)) >= _CLICK_PIXELS
        if self._drag is not None and self._has_moved:
            if self._drag.moves_view:
                self.window.set_dragging(True)
            self._drag.to(x, y)

    def release(self, x: float, y: float) -> None:
        """Release the mouse button: what did not move was a click."""
        grip, self._grip, drag, self._drag = self._grip, None, self._drag, None
        if grip is not None and not self._has_moved and not isinstance(drag, Zoom | Shift):
            self._click(grip, drag)
        self.scene.end_gesture()
        self.window.set_dragging(False)

    def scroll(self, steps: float, x: float, y: float, *, shift: bool = False, ctrl: bool = False) -> None:
        """Turn the wheel forwards, or backwards if negative: zoom, or go through a slice."""
        grip = find_grip(self.window, x, y)
        if grip is None:
            return
        flat = facing_slice(self.scene, grip.pane.viewport)
        layer = (None if ctrl else flat) if flat is not None else self._held_slice(grip, ctrl=ctrl)
        if layer is not None:
            self._step(layer, steps * (_FAR_SCROLL if shift else 1))
            return
        if self._later is not None:
            self.window.set_dragging(True)
            self._rest_later(self._later)
        placement = grip.sight.placement
        towards = placement.focus if placement.perspective else grip.sight.on_focus
        grip.set_camera(read_camera(zoom(placement, _ZOOM**steps, towards)))

    def type_key(self, key: str, *, shift: bool = False, ctrl: bool = False) -> None:
        """Press a key, as VTK names it: arrows, plus, minus, Escape, space, the first letter of a view …"""
        if ctrl:
            {"z": self.scene.redo if shift else self.scene.undo, "y": self.scene.redo}.get(key.lower(), lambda: None)()
        elif key in _ARROWS:
            self._turn_or_step(*_ARROWS[key], far=shift)
        elif key in ("Prior", "Next"):
            self._turn_or_step(0.0, 1.0 if key == "Prior" else -1.0, far=True)
        elif key in ("plus", "equal", "minus"):
            self._zoom(_ZOOM ** (-1 if key == "minus" else 1))
        elif key == "Escape":
            self.scene.change(selection=None)
        elif key == "space" and self.player is not None and self.player.timeline.span is not None:
            self.player.toggle()
        elif key.lower() in _VIEWS:
            self.scene.look_from(_VIEWS[key.lower()])

    def _choose(self, grip: Grip, button: str, *, shift: bool, ctrl: bool) -> Drag:
        if button == "right":
            return Zoom(grip)
        if button == "middle" or shift:
            return Shift(grip)
        flat = facing_slice(self.scene, grip.pane.viewport)
        if flat is not None:
            return MoveCursor(grip, flat)
        pick = self.window.pick(grip.x, grip.y)
        layer = self._slice_of(pick, ctrl=ctrl)
        return Turn(grip) if pick is None or layer is None else MoveSlice(grip, layer, pick.xyz)

    def _slice_of(self, pick: Pick | None, *, ctrl: bool) -> Slice | None:
        """Return the slice that may be moved there: the selected one, or any with ctrl."""
        layer = self.scene.state.find(pick.layer) if pick is not None else None
        selected = self.scene.state.selection
        is_held = ctrl or (layer is not None and selected is not None and selected.layer == layer.name)
        return layer if isinstance(layer, Slice) and is_held else None

    def _held_slice(self, grip: Grip, *, ctrl: bool) -> Slice | None:
        selected = self.scene.state.selection
        is_slice = selected is not None and isinstance(self.scene.state.find(selected.layer), Slice)
        return self._slice_of(self.window.pick(grip.x, grip.y), ctrl=ctrl) if ctrl or is_slice else None

    def _click(self, grip: Grip, drag: Drag | None) -> None:
        now, last = self._clock(), self._clicked
        again = last is not None and max(abs(grip.x - last[1]), abs(grip.y - last[2])) < _CLICK_PIXELS
        picks = self.window.pick_all(grip.x, grip.y)
        if isinstance(drag, MoveCursor):
            drag.to(grip.x, grip.y)
        if again and last is not None and now - last[0] < _DOUBLE_CLICK_S:
            self._clicked = None
            if self.scene.state.selection is not None and picks:
                self._look_at(grip, self.scene.state.selection)
            return
        depth = (last[3] + 1) % max(len(picks), 1) if again and last is not None else 0
        self._clicked = (now, grip.x, grip.y, depth)
        self.scene.change(selection=picks[depth] if picks else None)

    def _look_at(self, grip: Grip, pick: Pick) -> None:
        placement = replace(grip.sight.placement, focus=np.array(pick.xyz) * MM)
        with self.scene.together():
            grip.set_camera(read_camera(placement))
            self.scene.move_cursor(pick.xyz)

    def _turn_or_step(self, right: float, up: float, *, far: bool) -> None:
        grip = find_grip(self.window, *self._place) or find_grip(self.window, 0, 0)
        if grip is None:
            return
        flat = facing_slice(self.scene, grip.pane.viewport)
        selected = self.scene.state.selection
        held = flat or (self.scene.state.find(selected.layer) if selected is not None and far else None)
        if isinstance(held, Slice):
            self._step(held, (right + up) * (_FAR_SCROLL if far else 1))
            return
        turned = turn(grip.sight.placement, right * _TURN_DEGREES, up * _TURN_DEGREES)
        grip.set_camera(read_camera(turned))

    def _step(self, layer: Slice, steps: float) -> None:
        spacing = self.scene.atlas.spacing if self.scene.has_atlas else _FINEST_STEP
        self.scene.move_slice(layer.name, np.array(layer.origin) + steps * spacing * np.array(layer.normal))

    def _zoom(self, factor: float) -> None:
        grip = find_grip(self.window, *self._place) or find_grip(self.window, 0, 0)
        if grip is not None:
            grip.set_camera(read_camera(zoom(grip.sight.placement, factor)))

    def _rest_later(self, later: Later) -> None:
        self._scrolls += 1
        this = self._scrolls

        def rest() -> None:
            if this == self._scrolls and self._grip is None:
                self.window.set_dragging(False)

        later(_REST_S, rest)

    def _tell_hover(self, pick: Pick | None) -> None:
        for listener in tuple(self._hover):
            listener(pick)
