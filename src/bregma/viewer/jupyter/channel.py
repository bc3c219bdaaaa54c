"""One output of a notebook that can be turned: what its script sends is done here, and a picture goes back."""

import asyncio
import base64
import io
import time
from collections.abc import Callable, Mapping
from typing import Any

from bregma.viewer.errors import ViewerError
from bregma.viewer.render.hands import Hands
from bregma.viewer.render.lettering import letter
from bregma.viewer.render.window import Window
from bregma.viewer.scene.player import Player
from bregma.viewer.scene.scene import Scene
from bregma.viewer.scene.stage import Pick
from bregma.viewer.web.telling import tell_pick, tell_scene

Send = Callable[[dict[str, Any]], None]

_FINE, _FAST = 92, 65
_SMALLEST, _LARGEST = 64, 2400


class Channel:
    """Draws a scene for one output, and lets its messages turn it.

    Parameters
    ----------
    scene : Scene
        What is shown.
    send : callable
        Takes what the output is to show: ``picture``, ``scene``, ``hover`` and ``problem``, each where it is new.
    """

    def __init__(self, scene: Scene, send: Send) -> None:
        self._scene, self._send = scene, send
        self._window = Window(scene)
        self._player = Player(scene)
        self._hands = Hands(self._window, player=self._player)
        self._hands.on_hover(self._hover)
        self._window.on_change(self._note_change)
        self._news: dict[str, Any] = {}
        self._is_stale, self._is_busy = True, False

    def close(self) -> None:
        """Free the graphics."""
        self._window.close()

    def answer(self, message: Mapping[str, Any]) -> None:
        """Do what the output asks, and send back what is new, at least that it was heard.

        What cannot be done is told to the output.
        """
        self._news, self._is_busy = {}, True
        try:
            _find_action(message)(self, message)
        except (ViewerError, LookupError, TypeError, ValueError) as error:
            self._news["problem"] = str(error)
        finally:
            self._is_busy = False
        self._tell(quick=message.get("do") in ("move", "tick"))

    def _tell(self, *, quick: bool = False) -> None:
        if self._is_stale:
            self._is_stale = False
            self._news |= {"picture": self._draw(_FAST if quick else _FINE)}
            self._news |= {"scene": tell_scene(self._scene, self._player)}
        self._send(self._news)

    def _draw(self, quality: int) -> str:
        from PIL import Image

        target = io.BytesIO()
        Image.fromarray(letter(self._window.draw(), self._scene)).save(target, format="JPEG", quality=quality)
        return base64.b64encode(target.getvalue()).decode("ascii")

    def _note_change(self) -> None:
        if self._is_stale:
            return
        self._is_stale = True
        if not self._is_busy:
            # Another cell changed the scene, perhaps in many steps: one picture when it is done.
            asyncio.get_running_loop().call_soon(self._catch_up)

    def _catch_up(self) -> None:
        if self._is_stale:
            self._news = {}
            self._tell()

    def _hover(self, pick: Pick | None) -> None:
        self._news["hover"] = tell_pick(pick, self._scene)

    def _resize(self, message: Mapping[str, Any]) -> None:
        width, height = (min(max(int(message[edge]), _SMALLEST), _LARGEST) for edge in ("width", "height"))
        self._window.vtk_window.SetSize(width, height)
        self._window.fit()
        self._is_stale = True

    def _press(self, message: Mapping[str, Any]) -> None:
        self._hands.press(str(message["button"]), *_place(message), **_held(message))

    def _move(self, message: Mapping[str, Any]) -> None:
        self._hands.move(*_place(message))

    def _release(self, message: Mapping[str, Any]) -> None:
        self._hands.release(*_place(message))
        self._is_stale = True

    def _scroll(self, message: Mapping[str, Any]) -> None:
        self._hands.scroll(float(message["steps"]), *_place(message), **_held(message))

    def _type(self, message: Mapping[str, Any]) -> None:
        self._hands.type_key(str(message["key"]), **_held(message))

    def _tick(self, message: Mapping[str, Any]) -> None:
        self._player.tick(time.monotonic())

    def _play(self, message: Mapping[str, Any]) -> None:
        self._player.toggle()
        self._is_stale = True

    def _seek(self, message: Mapping[str, Any]) -> None:
        self._player.seek(float(message["moment"]))

    def _view(self, message: Mapping[str, Any]) -> None:
        self._scene.look_from(str(message["view"]))

    def _show_layer(self, message: Mapping[str, Any]) -> None:
        self._scene.update(str(message["layer"]), visible=bool(message["visible"]))

    def _fade(self, message: Mapping[str, Any]) -> None:
        self._scene.update(str(message["layer"]), opacity=float(message["opacity"]))

    def _undo(self, message: Mapping[str, Any]) -> None:
        self._scene.undo()

    def _redo(self, message: Mapping[str, Any]) -> None:
        self._scene.redo()


_ACTIONS: dict[str, Callable[[Channel, Mapping[str, Any]], None]] = {
    "resize": Channel._resize,
    "press": Channel._press,
    "move": Channel._move,
    "release": Channel._release,
    "scroll": Channel._scroll,
    "key": Channel._type,
    "tick": Channel._tick,
    "play": Channel._play,
    "seek": Channel._seek,
    "view": Channel._view,
    "show": Channel._show_layer,
    "fade": Channel._fade,
    "undo": Channel._undo,
    "redo": Channel._redo,
}


def _find_action(message: Mapping[str, Any]) -> Callable[[Channel, Mapping[str, Any]], None]:
    wanted = message.get("do")
    if wanted not in _ACTIONS:
        raise ViewerError(f"an output asks for {', '.join(_ACTIONS)}; not for {wanted!r}")
    return _ACTIONS[wanted]


def _place(message: Mapping[str, Any]) -> tuple[float, float]:
    return float(message["x"]), float(message["y"])


def _held(message: Mapping[str, Any]) -> dict[str, bool]:
    return {"shift": bool(message.get("shift")), "ctrl": bool(message.get("ctrl"))}
