"""Scenes as plotters of PyVista, for all that PyVista can do besides."""

from typing import TYPE_CHECKING, Any

from bregma.later import need_package
from bregma.viewer.render.camera import place_camera
from bregma.viewer.render.drawers import draw_layer
from bregma.viewer.render.drawn import World
from bregma.viewer.render.geometry import make_planes
from bregma.viewer.scene.scene import Scene

if TYPE_CHECKING:
    from pyvista import Plotter


def to_pyvista(scene: Scene, *, plotter: "Plotter | None" = None, **plotter_options: Any) -> "Plotter":
    """Put what a scene shows now into a plotter of PyVista, in millimetres relative to bregma.

    Later changes of the scene do not reach the plotter.

    Parameters
    ----------
    scene : Scene
        What to draw, from where, and cut by what.
    plotter : pyvista.Plotter, optional
        Where to put it; by default a new one.
    plotter_options
        Of a new plotter: ``off_screen=True``, ``window_size=(800, 600)`` …

    Returns
    -------
    pyvista.Plotter
        With an actor (or several) for each visible layer, named after it.

    Raises
    ------
    PackageMissing
        If PyVista is not installed.
    """
    need_package("pyvista", "viewer")
    import pyvista

    target = pyvista.Plotter(**plotter_options) if plotter is None else plotter
    width, height = target.window_size
    world = World(lambda: scene.atlas, scene.state.find, lambda: height, has_atlas=lambda: scene.has_atlas)
    planes = make_planes(scene.state.clipping)
    for layer in scene.layers:
        if not layer.visible or layer.opacity == 0:
            continue
        drawn = draw_layer(layer, world)
        drawn.follow(layer, scene.state.moment)
        drawn.clip(planes if layer.clipped else None)
        for number, prop in enumerate(drawn.props):
            name = layer.name if number == 0 else f"{layer.name} ({number + 1})"
            target.add_actor(prop, name=name, reset_camera=False, render=False)
    _place(target, scene, (width, height))
    return target


def _place(target: "Plotter", scene: Scene, size: tuple[int, int]) -> None:
    placed = place_camera(scene, size)
    target.camera.position = placed.focus + placed.backwards * placed.distance
    target.camera.focal_point = placed.focus
    target.camera.up = placed.up
    target.camera.parallel_projection = not scene.camera.perspective
    target.camera.parallel_scale = placed.half_height
    target.renderer.camera_set = True
    target.renderer.reset_camera_clipping_range()
