"""One viewport of a window: a renderer of VTK with its light, its background and its camera."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np

from bregma.viewer.render.camera import Placement, place_camera, read_camera, read_placement
from bregma.viewer.render.geometry import unit_colour
from bregma.viewer.render.sight import Sight
from bregma.viewer.scene.scene import Scene
from bregma.viewer.scene.stage import Camera, Look, Viewport

_PEELS, _HARDLY_SEEN = 5, 0.01
_BRAIN_MM, _NEAREST = 40.0, 0.02
Part: TypeAlias = tuple[int, ...]


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
        self._shown = [0.0, 1.0]

    def add(self, layer: str, props: Iterable[Any]) -> None:
        """Draw the props of a layer here, unless the viewport hides it."""
        if self.viewport.draws(layer):
            for prop in props:
                self.renderer.AddViewProp(prop)

    def remove(self, props: Iterable[Any]) -> None:
        """Draw these props no more."""
        for prop in props:
            self.renderer.RemoveViewProp(prop)

    def follow(self, viewport: Viewport, props: Mapping[str, Iterable[Any]]) -> None:
        """Take over another viewport; `props` are those of each layer."""
        for layer, own in props.items():
            if self.viewport.draws(layer) != viewport.draws(layer):
                change = self.renderer.AddViewProp if viewport.draws(layer) else self.renderer.RemoveViewProp
                for prop in own:
                    change(prop)
        self.viewport = viewport
        self.renderer.SetViewport(*viewport.bounds)

    def set_look(self, look: Look) -> None:
        """Take over light and background."""
        self.set_background(look)
        self._lights.SetKeyLightIntensity(0.75 * look.light)

    def set_peeling(self, peeling: bool) -> None:
        """Draw what is translucent in the order of its depth, which takes several times as long, or in any order."""
        self.renderer.SetUseDepthPeeling(peeling)
        self.renderer.SetMaximumNumberOfPeels(_PEELS)
        self.renderer.SetOcclusionRatio(_HARDLY_SEEN)

    def set_background(self, look: Look) -> None:
        """Draw the background, or the part of it that is shown."""
        low, high = self._shown
        ends = np.array([unit_colour(look.bottom), unit_colour(look.top)])
        self.renderer.SetGradientBackground(look.top != look.bottom)
        self.renderer.SetBackground(*(ends[0] + low * (ends[1] - ends[0])))
        self.renderer.SetBackground2(*(ends[0] + high * (ends[1] - ends[0])))
        self.renderer.SetBackgroundAlpha(1.0)

    def set_transparent(self, transparent: bool, look: Look) -> None:
        """Leave the background out, or draw it."""
        if transparent:
            # Black, so that what is drawn over nothing is its colour times its alpha.
            self.renderer.GradientBackgroundOff()
            self.renderer.SetBackground(0.0, 0.0, 0.0)
            self.renderer.SetBackgroundAlpha(0.0)
        else:
            self.set_background(look)

    def show_part(self, part: Part, whole: tuple[int, int], look: Look) -> None:
        """Draw what of this pane is in a part (left, top, right, bottom) of a picture, in its pixels."""
        left, bottom, right, top = self.viewport.bounds
        own = np.array([left * whole[0], (1 - top) * whole[1], right * whole[0], (1 - bottom) * whole[1]])
        low, high = np.maximum(own[:2], part[:2]), np.minimum(own[2:], part[2:])
        self.renderer.SetDraw(bool(np.all(high > low)))
        if not self.renderer.GetDraw():
            return
        corner, size = np.array(part[:2]), np.subtract(part[2:], part[:2])
        (x0, y0), (x1, y1) = (low - corner) / size, (high - corner) / size
        self.renderer.SetViewport(x0, 1 - y1, x1, 1 - y0)
        share = (high - low) / (own[2:] - own[:2])
        off = (low + high - own[:2] - own[2:]) / (high - low)
        camera = self.renderer.GetActiveCamera()
        camera.SetWindowCenter(off[0], -off[1])
        camera.SetParallelScale(camera.GetParallelScale() * share[1])
        half_angle = math.tan(math.radians(camera.GetViewAngle()) / 2) * share[1]
        camera.SetViewAngle(math.degrees(2 * math.atan(half_angle)))
        shares = (own[3] - np.array([high[1], low[1]])) / (own[3] - own[1])
        self._shown = shares.tolist()
        self.set_background(look)

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
        # As near to the brain as can be: in perspective, depths far behind the nearest are hardly told apart.
        nearest = max(placed.distance - _BRAIN_MM, placed.distance * _NEAREST)
        camera.SetClippingRange(nearest, placed.distance + _BRAIN_MM)
        self._fitted_to = placed.half_height

    def read_camera(self) -> Camera:
        """Return where the camera is now, as the scene says it."""
        return read_camera(self.placement)

    @property
    def placement(self) -> Placement:
        """Where the camera is."""
        return read_placement(self.renderer.GetActiveCamera())

    def sight(self, x: float, y: float, window: tuple[int, int]) -> Sight | None:
        """Return the line of sight through a pixel of the window, from its top left; None if it is not in here."""
        left, bottom, right, top = self.viewport.bounds
        column, row = x + 0.5 - left * window[0], y + 0.5 - (1 - top) * window[1]
        width, height = (right - left) * window[0], (top - bottom) * window[1]
        if not (0 <= column < width and 0 <= row < height):
            return None
        return Sight(self.placement, self.size_in(window), (column, row))

    def fit(self, scene: Scene, window: tuple[int, int]) -> None:
        """Show as much as before in a window of another shape."""
        wanted = replace(self.viewport.camera or scene.camera, zoom=1.0)
        half_height = place_camera(scene, self.size_in(window), wanted).half_height
        camera = self.renderer.GetActiveCamera()
        if not wanted.is_free and self._fitted_to > 0:
            camera.SetParallelScale(camera.GetParallelScale() * half_height / self._fitted_to)
        self._fitted_to = half_height
