"""The page of a scene: the picture, and the controls beside it."""

from typing import Any

from bregma.atlas import RegionNotFound
from bregma.viewer.errors import InvalidLayer
from bregma.viewer.render.hands import Hands
from bregma.viewer.render.window import Window
from bregma.viewer.scene.layers.layer import Layer
from bregma.viewer.scene.layers.objects import Insertions, Points
from bregma.viewer.scene.layers.regions import AnnotationVolume, RegionSurface
from bregma.viewer.scene.scene import Scene
from bregma.viewer.scene.stage import View
from bregma.viewer.scene.state import Change, What
from bregma.viewer.web.layout import Actions, lay_out


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
        self._scene = scene
        self._state = server.state
        self._state.update(
            {
                "trame__title": scene.title or "Brain",
                "scene_title": scene.title or "Brain",
                "scene_credit": scene.credit,
                "atlas_name": scene.atlas.name if scene.has_atlas else "",
                "is_phantom": scene.has_atlas and scene.atlas.is_phantom,
                "layers": self._rows(),
                "view_names": [view.value for view in View],
                "view_name": scene.camera.view.value,
                "region_choices": _region_choices(scene),
                "region_choice": None,
                "problem": "",
                "drawer": None,
            }
        )
        self.hands = Hands(window)
        actions = Actions(self.set_visible, self.set_opacity, self.look_from, self.add_region, self.remove)
        self._push = lay_out(server, window.vtk_window, actions)
        self._stop_following = scene.follow(self._follow)

    def close(self) -> None:
        """Follow the scene no more."""
        self._stop_following()

    def set_visible(self, name: str, visible: bool) -> None:
        """Show or hide a layer."""
        self._scene.update(name, visible=bool(visible))

    def set_opacity(self, name: str, opacity: float) -> None:
        """Make a layer more or less solid."""
        self._scene.update(name, opacity=min(max(float(opacity), 0.0), 1.0))

    def look_from(self, view: str) -> None:
        """Turn the brain to one of the views."""
        self._scene.look_from(view)

    def add_region(self, acronym: str | None) -> None:
        """Add the surface of a region; what is wrong with it is shown on the page."""
        self._state.problem = ""
        if not acronym:
            return
        try:
            self._scene.add_region(acronym)
        except (InvalidLayer, RegionNotFound) as error:
            self._state.problem = str(error)
        self._state.region_choice = None

    def remove(self, name: str) -> None:
        """Take a layer out."""
        self._scene.remove(name)

    def _follow(self, change: Change) -> None:
        if change.what is What.CAMERA:
            self._state.view_name = self._scene.camera.view.value
        elif change.what is What.LAYER:
            self._state.layers = self._rows()
        self._push()

    def _rows(self) -> list[dict[str, Any]]:
        return [_row(layer, self._scene) for layer in self._scene.layers]


def _row(layer: Layer, scene: Scene) -> dict[str, Any]:
    """Describe a layer to the page."""
    words, colour = layer.name, "linear-gradient(135deg, #ff7080, #98d6f9, #70ff71)"
    match layer:
        case RegionSurface():
            words = scene.atlas.regions.names[scene.atlas.regions.row(layer.acronym)]
            colour = "#" + bytes(layer.rgb).hex()
        case Insertions():
            words, colour = f"{len(layer.entries):,} probe tracks", "#" + bytes(layer.rgb).hex()
        case Points():
            words = f"{len(layer.xyz):,} points"
        case AnnotationVolume():
            words = "every region in its colour"
        case _:
            pass
    return {
        "name": layer.name,
        "words": words,
        "colour": colour,
        "visible": layer.visible,
        "opacity": layer.opacity,
        "removable": isinstance(layer, RegionSurface),
    }


def _region_choices(scene: Scene) -> list[dict[str, str]]:
    """Return the regions that the atlas shows a voxel of, and those around them, for the search box."""
    if not scene.has_atlas:
        return []
    import numpy as np

    regions = scene.atlas.regions.structures
    shown = np.zeros(len(regions), dtype=bool)
    labels = np.bincount(scene.atlas.labels.ravel(order="K"), minlength=len(scene.atlas.regions)) > 0
    shown[scene.atlas.regions.structure_rows[labels]] = True
    for row in range(len(regions) - 1, 1, -1):
        shown[regions.parents[row]] |= shown[row]
    rows = np.flatnonzero(shown[1:]) + 1
    return [
        {"value": regions.acronyms[row], "title": f"{regions.acronyms[row]} · {regions.names[row]}"} for row in rows
    ]
