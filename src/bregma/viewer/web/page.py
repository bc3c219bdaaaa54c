"""The page of a scene: the picture, and the controls beside it."""

import asyncio
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from bregma.atlas import AtlasError
from bregma.viewer.errors import ViewerError
from bregma.viewer.panels.controls import list_controls
from bregma.viewer.panels.css import tell_bars
from bregma.viewer.panels.regions import show_only, tick_region
from bregma.viewer.panels.slicing import Placing, place_slice, read_placing
from bregma.viewer.render.hands import Hands
from bregma.viewer.render.window import Window
from bregma.viewer.scene.layers.volumes import Slice
from bregma.viewer.scene.player import Player
from bregma.viewer.scene.scene import Scene
from bregma.viewer.scene.state import Change, What
from bregma.viewer.web.layout import lay_out
from bregma.viewer.web.telling import tell_inspector, tell_layers, tell_pick, tell_regions, tell_time

_FRAME_S = 0.05
_KEYS = {
    "ArrowLeft": "Left",
    "ArrowRight": "Right",
    "ArrowUp": "Up",
    "ArrowDown": "Down",
    "+": "plus",
    "-": "minus",
    " ": "space",
    "PageUp": "Prior",
    "PageDown": "Next",
}


def _attempt(action: Callable[..., None]) -> Callable[..., None]:
    """Show on the page what cannot be done, in place of an error that only the server sees."""

    @wraps(action)
    def attempt(page: "Page", *values: Any) -> None:
        page.state.problem = ""
        try:
            action(page, *values)
        except (ViewerError, AtlasError, LookupError, ValueError) as error:
            page.state.problem = str(error)

    return attempt


class Page:
    """Keeps a trame page and a scene in step: controls change the scene, and the scene changes the page.

    Parameters
    ----------
    server : trame server
        Whose page this is.
    scene : Scene
        What is shown.
    window : Window
        Draws the scene.
    """

    def __init__(self, server: Any, scene: Scene, window: Window) -> None:
        self.scene, self.player = scene, Player(scene)
        self.state = server.state
        self._playing: asyncio.Task[None] | None = None
        self._region_parent = ""
        self.state.update(
            {
                "trame__title": scene.title or "Brain",
                "scene_title": scene.title or "Brain",
                "scene_credit": scene.credit,
                "atlas_name": scene.atlas.name if scene.has_atlas else "",
                "is_phantom": scene.has_atlas and scene.atlas.is_phantom,
                "has_atlas": scene.has_atlas,
                "region_query": "",
                "chosen": "",
                "problem": "",
                "drawer": None,
            }
        )
        self._tell()
        self._hands = Hands(window, player=self.player, later=_later)
        self._push = lay_out(server, window.vtk_window, self)
        window.on_change(self._push)
        self.player.on_change(self._follow_player)
        self._stop_following = scene.follow(self._follow)

    def close(self) -> None:
        """Follow the scene no more."""
        self._stop_following()
        if self._playing is not None:
            self._playing.cancel()

    @_attempt
    def set_visible(self, name: str, visible: bool) -> None:
        """Show or hide a layer."""
        self.scene.update(name, visible=bool(visible))

    @_attempt
    def set_opacity(self, name: str, opacity: float) -> None:
        """Make a layer more or less solid."""
        self.scene.update(name, opacity=min(max(float(opacity), 0.0), 1.0))

    @_attempt
    def remove(self, name: str) -> None:
        """Take a layer out."""
        self.scene.remove(name)

    @_attempt
    def look_from(self, view: str) -> None:
        """Turn the brain to one of the views."""
        self.scene.look_from(view)

    @_attempt
    def split(self, layout: str) -> None:
        """Divide the picture."""
        self.scene.split(layout)

    @_attempt
    def undo(self) -> None:
        """Take the last step back."""
        self.scene.undo()

    @_attempt
    def redo(self) -> None:
        """Do again what was taken back."""
        self.scene.redo()

    @_attempt
    def press_key(self, key: str, shift: bool, ctrl: bool) -> None:
        """Do what a key does in every front end."""
        self._hands.type_key(_KEYS.get(key, key), shift=bool(shift), ctrl=bool(ctrl))

    @_attempt
    def search(self, text: str | None) -> None:
        """List the regions that a text finds; without one, go on from where the tree was."""
        self.state.region_query = text or ""
        self._tell_regions()

    @_attempt
    def open_region(self, acronym: str) -> None:
        """List what is inside a region."""
        self._region_parent, self.state.region_query = acronym, ""
        self._tell_regions()

    @_attempt
    def tick_region(self, acronym: str, ticked: bool) -> None:
        """Draw the surface of a region, or hide it."""
        tick_region(self.scene, acronym, bool(ticked))

    @_attempt
    def show_only(self, acronym: str) -> None:
        """Let volumes and surfaces of all regions show one with all inside it; all again for an empty name."""
        show_only(self.scene, (acronym,) if acronym else ())

    @_attempt
    def choose(self, name: str) -> None:
        """Open what can be changed of a layer, or close it."""
        self.state.chosen = "" if self.state.chosen == name else name
        self._tell_inspector()

    @_attempt
    def set_control(self, path: str, value: Any) -> None:
        """Change one thing of the chosen layer."""
        layer = self.scene.layer(self.state.chosen)
        control = next(one for one in list_controls(layer, self.scene) if one.path == path)
        if isinstance(control.read(layer), tuple) and isinstance(value, str):
            value = tuple(bytes.fromhex(value.removeprefix("#")))
        control.write(self.scene, layer.name, value)

    @_attempt
    def place_slice(self, position_mm: float, first_tilt: float, second_tilt: float) -> None:
        """Move and tilt the chosen slice."""
        layer = self.scene.layer(self.state.chosen)
        if isinstance(layer, Slice):
            tilts = (float(first_tilt), float(second_tilt))
            place_slice(self.scene, layer.name, Placing(read_placing(layer).axis, float(position_mm), tilts))

    @_attempt
    def add_slice(self, direction: str) -> None:
        """Add a slice through bregma, or through the cursor."""
        place = self.scene.state.cursor or (0.0, 0.0, 0.0)
        axis = ("sagittal", "coronal", "horizontal").index(direction)
        self.scene.slice(direction, **{("ml", "ap", "dv")[axis]: place[axis]})  # type: ignore[arg-type]
        self.state.chosen = self.scene.layers[-1].name
        self._tell_inspector()

    @_attempt
    def toggle_play(self) -> None:
        """Play, or pause."""
        self.player.toggle()

    @_attempt
    def seek(self, moment: float) -> None:
        """Go to a moment."""
        self.player.seek(float(moment))

    @_attempt
    def step(self, steps: int) -> None:
        """Go to the next moment at which something changes, or back."""
        self.player.step(int(steps))

    @_attempt
    def set_speed(self, speed: float) -> None:
        """Play faster or slower."""
        self.player.speed = float(speed)

    def _follow(self, change: Change) -> None:
        match change.what:
            case What.MOMENT:
                self.state.time = tell_time(self.scene, self.player)
            case What.CAMERA:
                self.state.view_name = self._view_name()
            case What.SELECTION | What.CURSOR:
                self.state.selected = tell_pick(self.scene.state.selection, self.scene)
            case _:
                self._tell()
        # What the mouse does comes in no call of a control, after which trame would tell the browser itself.
        self.state.flush()

    def _tell(self) -> None:
        scene = self.scene
        if scene.state.find(self.state.chosen or "") is None:
            self.state.chosen = ""
        self.state.update(
            {
                "layers": tell_layers(scene),
                "bars": tell_bars(scene),
                "view_name": self._view_name(),
                "viewports": len(scene.state.viewports),
                "time": tell_time(scene, self.player),
                "selected": tell_pick(scene.state.selection, scene),
                "can_undo": scene.can_undo,
                "can_redo": scene.can_redo,
            }
        )
        self._tell_regions()
        self._tell_inspector()

    def _tell_regions(self) -> None:
        self.state.regions = tell_regions(self.scene, self.state.region_query, self._region_parent)

    def _tell_inspector(self) -> None:
        self.state.inspector = tell_inspector(self.scene, self.state.chosen)

    def _view_name(self) -> str:
        return "" if self.scene.camera.is_free else self.scene.camera.view.value

    def _follow_player(self) -> None:
        self.state.time = tell_time(self.scene, self.player)
        if self.player.is_playing and (self._playing is None or self._playing.done()):
            self._playing = asyncio.get_running_loop().create_task(self._play())

    async def _play(self) -> None:
        while self.player.is_playing:
            self.player.tick(time.monotonic())
            self.state.flush()
            await asyncio.sleep(_FRAME_S)
        self.state.flush()


def _later(seconds: float, action: Callable[[], None]) -> object:
    return asyncio.get_running_loop().call_later(seconds, action)
