"""One viewport of a window: a renderer of VTK with its light, its background and its camera."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from bregma.viewer.render.camera import place_camera, read_camera, read_placement
from bregma.viewer.render.geometry import unit_colour
from bregma.viewer.scene.scene import Scene
from bregma.viewer.scene.stage import Camera, Look, Viewport


class Pane:
    """A part of a window.

    Parameters
    ----------
    viewport : Viewport
        Where it is and what it shows.
    """

    def __init__(self, viewport: Viewport) -> None:
        from vtkmodules.vtkRenderingCore import vtkLightKit, vtkRenderer

        self.viewport = viewport
        self.renderer: Any = vtkRenderer()
        self.renderer.SetViewport(*viewport.bounds)
        self._lights: Any = vtkLightKit()
        self._lights.AddLightsToRenderer(self.renderer)
        self._fitted_to = 1.0

    def add(self, layer: str, props: Iterable[Any]) -> None:
        """Draw the props of a layer here, unless the viewport hides it."""
        if layer not in self.viewport.hidden:
            for prop in props:
                self.renderer.AddViewProp(prop)

    def remove(self, props: Iterable[Any]) -> None:
        """Draw these props no more."""
        for prop in props:
            self.renderer.RemoveViewProp(prop)

    def set_look(self, look: Look) -> None:
        """Take over light and background."""
        self.renderer.GradientBackgroundOn()
        self.renderer.SetBackground(*unit_colour(look.bottom))
        self.renderer.SetBackground2(*unit_colour(look.top))
        self._lights.SetKeyLightIntensity(0.75 * look.light)

    def set_transparent(self, transparent: bool) -> None:
        """Leave the background out, or draw it."""
        self.renderer.SetGradientBackground(not transparent)
        self.renderer.SetBackgroundAlpha(0.0 if transparent else 1.0)

    def size_in(self, window: tuple[int, int]) -> tuple[int, int]:
        """Return width and height of this part of a window, in pixels."""
        left, bottom, right, top = self.viewport.bounds
        return max(round((right - left) * window[0]), 1), max(round((top - bottom) * window[1]), 1)

    def place_camera(self, scene: Scene, window: tuple[int, int]) -> None:
        """Put the camera where the viewport, or else the scene, has it."""
        wanted = self.viewport.camera or scene.camera
        placed = place_camera(scene, self.size_in(window), wanted)
        camera = self.renderer.GetActiveCamera()
        camera.SetParallelProjection(not wanted.perspective)
        camera.SetFocalPoint(*placed.focus)
        camera.SetPosition(*(placed.focus + placed.backwards * placed.distance))
        camera.SetViewUp(*placed.up)
        camera.SetParallelScale(placed.half_height)
        camera.SetViewAngle(placed.view_angle)
        camera.SetClippingRange(0.01, placed.distance * 3)
        self._fitted_to = placed.half_height

    def read_camera(self) -> Camera:
        """Return where the camera is now, as the scene says it."""
        camera = self.renderer.GetActiveCamera()
        return read_camera(read_placement(camera), perspective=not camera.GetParallelProjection())

    def fit(self, scene: Scene, window: tuple[int, int]) -> None:
        """Show as much as before in a window of another shape."""
        wanted = replace(self.viewport.camera or scene.camera, zoom=1.0)
        half_height = place_camera(scene, self.size_in(window), wanted).half_height
        camera = self.renderer.GetActiveCamera()
        if not wanted.is_free and self._fitted_to > 0:
            camera.SetParallelScale(camera.GetParallelScale() * half_height / self._fitted_to)
        self._fitted_to = half_height
