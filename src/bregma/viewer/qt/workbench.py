"""What the panels of the application share: the scene, its player, the layer in hand, and where problems are told."""

from collections.abc import Callable

from bregma.alf.errors import ALFError
from bregma.atlas import AtlasError
from bregma.later import PackageMissing
from bregma.one.errors import ONEError
from bregma.sessions.errors import SessionDataError
from bregma.store.errors import StoreError
from bregma.viewer.errors import ViewerError
from bregma.viewer.scene.layers.layer import Layer
from bregma.viewer.scene.player import Player
from bregma.viewer.scene.scene import Scene
from bregma.viewer.scene.state import Change, What

#: What a person can act on; anything else is a fault of ours.
EXPECTED = (ViewerError, AtlasError, ALFError, ONEError, SessionDataError, StoreError, PackageMissing, OSError)


class Workbench:
    """The scene, and which of its layers the panels show.

    Parameters
    ----------
    scene : Scene
        What is worked on.
    """

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.player = Player(scene, loop=True)
        self._chosen: str | None = None
        self._on_choice: list[Callable[[], None]] = []
        self._on_problem: list[Callable[[str], None]] = []
        self._on_hold: list[Callable[[bool], None]] = []
        self._on_note: list[Callable[[str], None]] = []
        self._stop_following = scene.follow(self._follow)

    @property
    def chosen(self) -> Layer | None:
        """The layer that the panels show."""
        return self.scene.state.find(self._chosen) if self._chosen is not None else None

    def choose(self, name: str | None) -> None:
        """Take a layer in hand."""
        if name != self._chosen:
            self._chosen = name
            for listener in tuple(self._on_choice):
                listener()

    def on_choice(self, listener: Callable[[], None]) -> None:
        """Call the listener when another layer is in hand."""
        self._on_choice.append(listener)

    def on_problem(self, listener: Callable[[str], None]) -> None:
        """Call the listener with what went wrong, and with an empty text when something went well again."""
        self._on_problem.append(listener)

    def on_note(self, listener: Callable[[str], None]) -> None:
        """Call the listener with what went well and is worth a line."""
        self._on_note.append(listener)

    def attempt(self, action: Callable[[], object]) -> bool:
        """Do something that may fail for reasons of the user's; the scene stays whole, and the reason is told.

        Returns
        -------
        bool
            Whether it went well.
        """
        try:
            with self.scene.together():
                action()
        except EXPECTED as error:
            self.tell(str(error))
            return False
        self.tell("")
        return True

    def watch(self, action: Callable[[], object]) -> None:
        """Do what the mouse asks for; the reason is told if it cannot be done, and an older problem stays."""
        try:
            action()
        except EXPECTED as error:
            self.tell(str(error))

    def tell(self, problem: str) -> None:
        """Tell of a problem; empty when there is none."""
        for listener in tuple(self._on_problem):
            listener(problem)

    def hold(self, held: bool) -> None:
        """Begin or end a drag: all that it changes is one step, and pictures may be coarse until it ends."""
        self.scene.begin_gesture() if held else self.scene.end_gesture()
        for listener in tuple(self._on_hold):
            listener(held)

    def on_hold(self, listener: Callable[[bool], None]) -> None:
        """Call the listener with True when a drag begins, and with False when it ends."""
        self._on_hold.append(listener)

    def note(self, text: str) -> None:
        """Tell what went well."""
        for listener in tuple(self._on_note):
            listener(text)

    def close(self) -> None:
        """Follow the scene no more."""
        self._stop_following()

    def _follow(self, change: Change) -> None:
        if change.what is What.SELECTION and self.scene.state.selection is not None:
            self.choose(self.scene.state.selection.layer)
        elif change.what is What.LAYER and change.name == self._chosen and self.chosen is None:
            self.choose(None)
