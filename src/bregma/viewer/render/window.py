"""A window of VTK that shows a scene and follows its changes, without a screen."""

from typing import Any

import numpy as np
import numpy.typing as npt

from bregma.viewer.render.camera import place_camera
from bregma.viewer.render.opengl import choose_opengl
from bregma.viewer.render.props import Drawn, draw_layer, same_shape
from bregma.viewer.scene.layers import Layer
from bregma.viewer.scene.scene import Scene

Image = npt.NDArray[np.uint8]

BACKGROUND_BOTTOM = (14, 17, 22)
BACKGROUND_TOP = (30, 36, 46)
_SIZE_UNIT = 1000.0


class Window:
    """Draws a scene with OpenGL, off screen. Close it when done, or use it in a ``with`` statement.

    Parameters
    ----------
    scene : Scene
        What to draw; the window follows its changes until it is closed.
    size : tuple of 2 int
        Width and height, in pixels.

    Raises
    ------
    NoOpenGL
        If no library on this machine can draw without a screen.
    """

    def __init__(self, scene: Scene, size: tuple[int, int] = (800, 600)) -> None:
        choose_opengl()
        import pyvista

        self._scene = scene
        self._drawn: dict[str, tuple[Layer, Drawn]] = {}
        self._plotter: Any = pyvista.Plotter(off_screen=True, window_size=list(size), lighting="light kit")
        self._plotter.set_background(_hex(BACKGROUND_BOTTOM), top=_hex(BACKGROUND_TOP))
        # Eight samples a pixel cost more without a graphics card than all else; still pictures are averaged instead.
        self._plotter.disable_anti_aliasing()
        self.vtk_window.SetMultiSamples(0)
        self._plotter.camera.parallel_projection = True
        for layer in scene.layers:
            self._sync_layer(layer.name)
        self.reset_camera()
        self._fitted_to = self.size
        self.vtk_window.AddObserver("WindowResizeEvent", lambda *_: self._fit())
        self._stop_following = scene.follow(self._sync)

    def __enter__(self) -> "Window":
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    @property
    def vtk_window(self) -> Any:
        """The vtkRenderWindow."""
        return self._plotter.render_window

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, in pixels."""
        width, height = self.vtk_window.GetSize()
        return width, height

    def draw(self) -> Image:
        """Return what the window shows, as (height, width, 3) bytes."""
        self._plotter.render()
        image: Image = np.asarray(self._plotter.screenshot(return_img=True))[..., :3]
        return image

    def set_dragging(self, dragging: bool) -> None:
        """Draw quickly while the view turns, finely when it rests."""
        for _, drawn in self._drawn.values():
            drawn.set_dragging(dragging)

    def turn_by_hand(self) -> None:
        """Let a mouse turn the brain: coarse while it moves, fine when it rests."""
        from vtkmodules.vtkInteractionStyle import vtkInteractorStyleTrackballCamera
        from vtkmodules.vtkRenderingCore import vtkRenderWindowInteractor

        hands: Any = self.vtk_window.GetInteractor() or vtkRenderWindowInteractor()
        style: Any = vtkInteractorStyleTrackballCamera()
        hands.SetRenderWindow(self.vtk_window)
        hands.SetInteractorStyle(style)
        hands.EnableRenderOff()
        self._hands = hands
        style.AddObserver("StartInteractionEvent", lambda *_: self.set_dragging(True))
        style.AddObserver("EndInteractionEvent", lambda *_: self.set_dragging(False))

    def reset_camera(self) -> None:
        """Put the camera where the scene's view has it."""
        view = place_camera(self._scene, self.size)
        camera = self._plotter.camera
        camera.focal_point = view.focus
        camera.position = view.focus + view.backwards * view.distance
        camera.up = view.up
        camera.parallel_scale = view.half_height
        camera.clipping_range = (0.01, view.distance * 3)
        self._plotter.renderer.camera_set = True

    def _fit(self) -> None:
        """After a change of the window's shape, show as much of the brain as before, from where it was seen."""
        before, self._fitted_to = self._fitted_to, self.size
        if min(self._fitted_to) > 0:
            change = (
                place_camera(self._scene, self._fitted_to).half_height / place_camera(self._scene, before).half_height
            )
            self._plotter.camera.parallel_scale *= change

    def close(self) -> None:
        """Follow the scene no more and free the graphics."""
        self._stop_following()
        self._drawn.clear()
        self._plotter.close()

    def _sync(self, name: str) -> None:
        if name == "view":
            self.reset_camera()
        else:
            self._sync_layer(name)

    def _sync_layer(self, name: str) -> None:
        wanted = next((layer for layer in self._scene.layers if layer.name == name), None)
        old = self._drawn.get(name)
        if old is not None and (wanted is None or not same_shape(old[0], wanted)):
            self._plotter.renderer.RemoveViewProp(old[1].prop)
            del self._drawn[name]
            old = None
        if wanted is None:
            return
        drawn = old[1] if old is not None else self._make(wanted)
        drawn.restyle(wanted)
        drawn.prop.SetVisibility(wanted.visible)
        self._drawn[name] = (wanted, drawn)

    def _make(self, layer: Layer) -> Drawn:
        drawn = draw_layer(layer, self._scene, self.size[1] / _SIZE_UNIT)
        self._plotter.renderer.AddViewProp(drawn.prop)
        return drawn


def _hex(rgb: tuple[int, int, int]) -> str:
    return "#" + bytes(rgb).hex()
