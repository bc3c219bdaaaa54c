"""A window of VTK that shows a scene and follows its changes: one of its own without a screen, or one that is given."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from bregma.viewer.render.canvas import make_canvas, read_canvas
from bregma.viewer.render.drawers import draw_layer
from bregma.viewer.render.drawn import Drawn, World
from bregma.viewer.render.geometry import make_planes
from bregma.viewer.render.overlay import Overlay
from bregma.viewer.render.pane import Pane, Part
from bregma.viewer.render.picking import find_picks
from bregma.viewer.render.sight import Sight
from bregma.viewer.scene.layers.layer import Layer
from bregma.viewer.scene.scene import Scene
from bregma.viewer.scene.stage import Pick
from bregma.viewer.scene.state import Change, What

Image = npt.NDArray[np.uint8]


class Window:
    """Draws a scene with OpenGL. Close it when done, or use it in a ``with`` statement.

    Parameters
    ----------
    scene : Scene
        What to draw; the window follows its changes until it is closed.
    size : tuple of 2 int
        Width and height, in pixels.
    vtk_window : vtkRenderWindow, optional
        Where to draw, such as the one inside a Qt widget; by default a new one off screen.

    Raises
    ------
    NoOpenGL
        If no library on this machine can draw without a screen.
    """

    def __init__(self, scene: Scene, size: tuple[int, int] = (800, 600), *, vtk_window: Any = None) -> None:
        self.scene = scene
        self._vtk_window = vtk_window if vtk_window is not None else make_canvas(size)
        self._is_own = vtk_window is None
        self._world = World(
            lambda: scene.atlas,
            lambda name: scene.state.find(name),
            lambda: self.size[1],
            self._vtk_window.ReportCapabilities,
            lambda: scene.has_atlas,
            lambda: scene.state.look,
        )
        self._drawn: dict[str, Drawn] = {}
        self._panes: list[Pane] = []
        self._listeners: list[Callable[[], None]] = []
        self._is_dragging = False
        self._overlay: Overlay | None = None
        self._whole: tuple[int, int] | None = None
        self._planes = make_planes(scene.state.clipping)
        self._handlers: dict[What, Callable[[], None]] = {
            What.CAMERA: self.reset_camera,
            What.CLIPPING: self._sync_clipping,
            What.MOMENT: self._sync_moment,
            What.VIEWPORTS: self._sync_viewports,
            What.LOOK: self._sync_look,
        }
        for layer in scene.layers:
            self._sync_layer(layer.name)
        self._make_panes()
        self._height = self.size[1]
        self._vtk_window.AddObserver("WindowResizeEvent", lambda *_: self.fit())
        self._stop_following = scene.follow(self._follow)

    def __enter__(self) -> "Window":
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    @property
    def vtk_window(self) -> Any:
        """The vtkRenderWindow."""
        return self._vtk_window

    @property
    def panes(self) -> tuple[Pane, ...]:
        """The parts of the window, one for each viewport of the scene."""
        return tuple(self._panes)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, in pixels: of the whole picture while `show_part` draws a part of it."""
        width, height = self._vtk_window.GetSize()
        return self._whole or (width, height)

    def drawn(self, name: str) -> Drawn:
        """Return how a layer is drawn; raises KeyError for one that is not."""
        return self._drawn[name]

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call the listener after each change that a new picture would show; whoever shows pictures draws one then."""
        self._listeners.append(listener)

    def render(self) -> None:
        """Draw into the window."""
        self._vtk_window.Render()

    def draw(self, *, transparent: bool = False) -> Image:
        """Return what the window shows, as (height, width, 3) bytes.

        Without the background there are 4: colours multiplied by the alpha, and the alpha.
        """
        for pane in self._panes:
            pane.set_transparent(transparent, self.scene.state.look)
        self._vtk_window.SetAlphaBitPlanes(transparent)
        self._vtk_window.Render()
        image = read_canvas(self._vtk_window, alpha=transparent)
        for pane in self._panes:
            pane.set_transparent(False, self.scene.state.look)
        return image

    def show_part(self, part: Part, whole: tuple[int, int]) -> None:
        """Draw from now on a part (left, top, right, bottom) of a picture of any size, in its pixels."""
        self._whole = whole
        self._vtk_window.SetSize(part[2] - part[0], part[3] - part[1])
        for drawn in self._drawn.values():
            drawn.resize()
        for pane in self._panes:
            pane.place_camera(self.scene, whole)
            pane.show_part(part, whole, self.scene.state.look)

    def set_dragging(self, dragging: bool) -> None:
        """Draw quickly while the view turns; when it rests, finely, of which the listeners are told."""
        if dragging == self._is_dragging:
            return
        self._is_dragging = dragging
        for drawn in self._drawn.values():
            drawn.set_dragging(dragging)
        self._sync_peeling()
        if not dragging:
            self._tell()

    def sight(self, x: float, y: float) -> tuple[Pane, Sight] | None:
        """Return the pane that has a pixel, counted from the top left, and its line of sight; None beside them all."""
        for pane in reversed(self._panes):
            sight = pane.sight(x, y, self.size)
            if sight is not None:
                return pane, sight
        return None

    def pick(self, x: float, y: float) -> Pick | None:
        """Return what is seen at a pixel, counted from the top left; None where nothing is."""
        return next(iter(self.pick_all(x, y)), None)

    def pick_all(self, x: float, y: float) -> tuple[Pick, ...]:
        """Return all that lies under a pixel, the nearest first, also behind what hides it."""
        found = self.sight(x, y)
        if found is None:
            return ()
        pane, sight = found
        layers = [drawn for name, drawn in self._drawn.items() if pane.viewport.draws(name)]
        return find_picks(layers, sight, self.scene.state.clipping)

    def reset_camera(self) -> None:
        """Put the cameras where the scene has them."""
        for pane in self._panes:
            pane.place_camera(self.scene, self.size)

    def fit(self) -> None:
        """After a change of the window's shape, show as much as before, from where it was seen."""
        if min(self.size) <= 0:
            return
        for pane in self._panes:
            pane.fit(self.scene, self.size)
        if self.size[1] != self._height:
            self._height = self.size[1]
            for drawn in self._drawn.values():
                drawn.resize()
        if self._overlay is not None:
            self._overlay.update(self.scene, self.size)

    def close(self) -> None:
        """Follow the scene no more and free the graphics."""
        self._stop_following()
        self._listeners.clear()
        for pane in self._panes:
            self._vtk_window.RemoveRenderer(pane.renderer)
        self._panes.clear()
        self._drawn.clear()
        if self._is_own:
            self._vtk_window.Finalize()

    def _follow(self, change: Change) -> None:
        if change.what is What.LAYER:
            self._sync_layer(change.name)
            self._sync_users(change.name)
            self._sync_peeling()
        elif change.what in self._handlers:
            self._handlers[change.what]()
        self._tell()

    def set_lettered(self, lettered: bool) -> None:
        """Write legend, scale bar, axes and so on over the picture, also the cursor and what is selected; or do not."""
        if lettered == (self._overlay is not None):
            return
        if self._overlay is not None:
            self._overlay.close()
        self._overlay = Overlay(self._vtk_window) if lettered else None
        self._tell()

    def _tell(self) -> None:
        if self._overlay is not None and min(self.size) > 0:
            self._overlay.update(self.scene, self.size)
        for listener in tuple(self._listeners):
            listener()

    def _sync_clipping(self) -> None:
        self._planes = make_planes(self.scene.state.clipping)
        for drawn in self._drawn.values():
            self._clip(drawn)

    def _sync_moment(self) -> None:
        for drawn in self._drawn.values():
            drawn.set_moment(self.scene.state.moment)

    def _sync_look(self) -> None:
        for pane in self._panes:
            pane.set_look(self.scene.state.look)
        for drawn in self._drawn.values():
            drawn.follow(drawn.layer, self.scene.state.moment)

    def _sync_layer(self, name: str) -> None:
        wanted, moment = self.scene.state.find(name), self.scene.state.moment
        drawn = self._drawn.get(name)
        if (
            drawn is not None
            and wanted is not None
            and type(wanted) is type(drawn.layer)
            and drawn.follow(wanted, moment)
        ):
            self._set_visible(drawn, wanted)
            return
        if drawn is not None:
            for pane in self._panes:
                pane.remove(drawn.props)
            del self._drawn[name]
        if wanted is not None:
            made = draw_layer(wanted, self._world)
            made.follow(wanted, moment)
            self._drawn[name] = made
            self._set_visible(made, wanted)
            for pane in self._panes:
                pane.add(name, made.props)

    def _sync_users(self, name: str) -> None:
        """Let the layers follow that are drawn from another one."""
        for drawn in self._drawn.values():
            if drawn.uses(name):
                drawn.follow(drawn.layer, self.scene.state.moment)

    def _sync_peeling(self) -> None:
        """Sort what is translucent by depth where surfaces may lie behind each other, and not while the view turns."""
        n = sum(drawn.count_translucent() for drawn in self._drawn.values())
        for pane in self._panes:
            pane.set_peeling(n > 1 and not self._is_dragging)

    def _set_visible(self, drawn: Drawn, layer: Layer) -> None:
        for prop in drawn.props:
            prop.SetVisibility(layer.visible and layer.opacity > 0)
        self._clip(drawn)

    def _clip(self, drawn: Drawn) -> None:
        drawn.clip(self._planes if drawn.layer.clipped else None)

    def _sync_viewports(self) -> None:
        viewports = self.scene.state.viewports
        if len(viewports) != len(self._panes):
            self._make_panes()
            return
        for pane, viewport in zip(self._panes, viewports, strict=True):
            if pane.viewport != viewport:
                pane.follow(viewport, {name: drawn.props for name, drawn in self._drawn.items()})
                pane.place_camera(self.scene, self.size)

    def _make_panes(self) -> None:
        for pane in self._panes:
            self._vtk_window.RemoveRenderer(pane.renderer)
        state = self.scene.state
        self._panes = [Pane(viewport) for viewport in state.viewports]
        for pane in self._panes:
            self._vtk_window.AddRenderer(pane.renderer)
            pane.set_look(state.look)
            for name, drawn in self._drawn.items():
                pane.add(name, drawn.props)
            pane.place_camera(self.scene, self.size)
        self._sync_peeling()
