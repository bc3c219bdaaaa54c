"""A picture of the brain as data: an atlas, layers, and how they are seen. Renderers follow its changes."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
import numpy.typing as npt

from bregma.atlas import Atlas
from bregma.viewer.errors import InvalidLayer, ViewerError
from bregma.viewer.scene.arrays import as_points, as_triple
from bregma.viewer.scene.checking import check_of_atlas
from bregma.viewer.scene.imaging import Imaging
from bregma.viewer.scene.layers.layer import Layer
from bregma.viewer.scene.layers.volumes import Slice
from bregma.viewer.scene.placing import Placing
from bregma.viewer.scene.plain import check_names
from bregma.viewer.scene.stage import Camera, View, Viewport
from bregma.viewer.scene.state import SceneState
from bregma.viewer.scene.storage import scene_from_dict, scene_to_dict
from bregma.viewer.scene.viewports import FLAT_VIEWS, LAYOUTS, split_four, split_groups, split_side

_NORMALS = {"sagittal": (1.0, 0.0, 0.0), "coronal": (0.0, 1.0, 0.0), "horizontal": (0.0, 0.0, 1.0)}
#: Where slices cross while there is no cursor.
_MIDDLE = (0.0, -0.002, -0.004)


class Scene(Imaging, Placing):
    """Layers of a picture of the brain, in the order they were added.

    Every verb returns the scene: ``Scene(atlas).add_region("TH").add_points(xyz).slice("coronal", ap=-0.002).show()``.

    Parameters
    ----------
    atlas : Atlas, optional
        What regions and colours come from; without one, the first verb that needs an atlas loads Allen's (at 50 µm,
        from the cache or the Allen Institute).
    title : str
        Written above the picture.
    view : View
        From where the brain is seen at first.
    """

    def __init__(self, atlas: Atlas | None = None, *, title: str = "", view: View | str = View.OBLIQUE) -> None:
        super().__init__(SceneState(title=title, camera=Camera.make(view=view)), atlas)

    def __repr__(self) -> str:
        atlas = self._atlas.name if self._atlas else "no atlas"
        layers = ", ".join(f"{layer.name}{'' if layer.visible else ' (hidden)'}" for layer in self.layers)
        return f"<Scene of {atlas}: {layers or 'empty'}>"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        """Return the picture that a notebook shows of a scene that is the last line of a cell."""
        from bregma.viewer.jupyter import make_bundle

        return make_bundle(self)

    @property
    def title(self) -> str:
        """What is written above the picture."""
        return self.state.title

    @title.setter
    def title(self, title: str) -> None:
        self._become(title=title)

    @property
    def camera(self) -> Camera:
        """From where the brain is seen."""
        return self.state.camera

    @property
    def credit(self) -> str:
        """The line that goes with every picture of this scene."""
        return self._atlas.credit if self._atlas else ""

    @property
    def span(self) -> tuple[float, float] | None:
        """First and last moment of all that changes with time, in seconds; None if nothing does."""
        spans = [span for layer in self.layers if (span := _span_of(layer)) is not None]
        return (min(first for first, _ in spans), max(last for _, last in spans)) if spans else None

    def change(self, **parts: Any) -> Self:
        """Replace other parts of the scene, as of `SceneState`: ``change(moment=1.5)``, ``change(clipping=())`` …"""
        if "layers" in parts:
            raise InvalidLayer("layers are changed by add, update and remove")
        check_names(parts, SceneState)
        return self._become(**parts)

    def look_from(self, view: View | str) -> Self:
        """Turn the brain to one of the views."""
        return self._become(camera=Camera.make(view=view, perspective=self.camera.perspective))

    def split(self, layout: str | Sequence[str | Sequence[str]] = "four") -> Self:
        """Divide the picture into viewports.

        Parameters
        ----------
        layout : str, or sequence of names of layers
            ``four``: three linked slices and the whole scene; ``side``: the same with a large scene; ``one``: the
            whole picture. Names, or groups of them: a viewport for each, all seen by one camera; what is in no group
            is drawn in all.

        Raises
        ------
        InvalidLayer
            If there is no such layout or layer.
        """
        if layout == "one":
            return self._become(viewports=(Viewport(),))
        if isinstance(layout, str):
            if layout not in LAYOUTS:
                raise InvalidLayer(f"no layout {layout!r}; there are {', '.join(LAYOUTS)}, or names of layers")
            with self.together():
                slices = {direction: self._flat_slice(direction) for direction in FLAT_VIEWS}
                self._link(slices.values())
                return self._become(viewports=split_four(slices) if layout == "four" else split_side(slices))
        groups = [(group,) if isinstance(group, str) else tuple(group) for group in layout]
        return self._become(viewports=split_groups(groups, [layer.name for layer in self.layers]))

    def move_cursor(self, xyz: npt.ArrayLike) -> Self:
        """Put the cursor to a place, in metres: all linked slices go through it."""
        place = as_triple(xyz, "the cursor")
        as_points([place], "the cursor")
        moved = tuple(
            replace(one, origin=place) if isinstance(one, Slice) and one.linked and one.origin != place else one
            for one in self.layers
        )
        return self._become(cursor=place, layers=moved)

    def move_slice(self, name: str, xyz: npt.ArrayLike) -> Self:
        """Let a slice go through a place, in metres; a linked one takes the cursor and the other slices along."""
        layer = self.layer(name)
        if not isinstance(layer, Slice):
            raise InvalidLayer(f"{name!r} is no slice but a layer of kind {layer.kind!r}")
        if layer.linked:
            return self.move_cursor(xyz)
        return self.update(name, origin=as_triple(xyz, f"the place of {name!r}"))

    def copy(self) -> Self:
        """Return another scene with the same atlas and state, of which the changes are its own."""
        scene = type(self)(self._atlas)
        scene._state = scene._told = self._state
        return scene

    def to_dict(self) -> dict[str, Any]:
        """Return the scene as data that JSON can hold; of the atlas only which one it is."""
        return scene_to_dict(self.state, self._atlas)

    @classmethod
    def from_dict(cls, entry: Mapping[str, Any], *, atlas: Atlas | None = None) -> Self:
        """Read what `to_dict` wrote.

        Parameters
        ----------
        entry : mapping
            The scene.
        atlas : Atlas, optional
            The atlas it was made with; a phantom is made again without being asked for.

        Raises
        ------
        NoAtlas
            If the scene was made with an atlas that is neither given nor a phantom, or with another one.
        ViewerError
            If the data are not a scene, or of a version that this release does not know.
        """
        state, made_with = scene_from_dict(entry, atlas)
        scene = cls(made_with)
        if made_with is not None:
            for layer in state.layers:
                check_of_atlas(layer, made_with)
        scene._state = scene._told = state
        return scene

    @classmethod
    def load(cls, path: Path | str, *, atlas: Atlas | None = None) -> Self:
        """Read a scene that was saved as .json."""
        try:
            entry = json.loads(Path(path).read_text(encoding="utf-8"))
        except (ValueError, RecursionError) as error:
            raise ViewerError(f"{path} holds no scene: {error}") from error
        return cls.from_dict(entry, atlas=atlas)

    def save(self, path: Path | str, *, size: tuple[int, int] = (1600, 1000), **how: Any) -> Path:
        """Write the scene; the ending says as what: a picture, a movie, a page or data.

        Parameters
        ----------
        path : Path
            Where: .png, .json and what else `bregma.viewer.export` writes.
        size : tuple of 2 int
            Width and height of pictures and movies, in pixels.
        how
            More that the kind of file takes.

        Raises
        ------
        ViewerError
            If there is no such ending.
        """
        from bregma.viewer.export import save_scene

        return save_scene(self, Path(path), size=size, **how)

    def show(self, where: Literal["window", "browser", "notebook", "page", "file"] | None = None) -> Any:
        """Open the scene: in a notebook as its output, else in a window, else in the browser until interrupted.

        Parameters
        ----------
        where : {"window", "browser", "notebook", "page", "file"}, optional
            By default the best that is possible here. In a notebook, ``notebook`` turns over the kernel's own
            channel, ``page`` is the whole page with all its panels, and ``file`` needs no kernel.
        """
        from bregma.viewer.showing import show

        return show(self, where)

    def _flat_slice(self, direction: str) -> str:
        """Return the name of the slice of a direction, a linked one before others; it is added if there is none."""
        normal = _NORMALS[direction]
        there = [one for one in self.layers if isinstance(one, Slice) and one.visible and one.normal == normal]
        if there:
            return max(there, key=lambda one: one.linked).name
        name = self._free_name(direction.capitalize())
        self.add(Slice(name=name, normal=normal, origin=self.state.cursor or _MIDDLE, linked=True))
        return name

    def _link(self, names: Iterable[str]) -> None:
        """Link slices; without a cursor yet, it comes to where those are that were not."""
        apart = [one for name in names if isinstance(one := self.layer(name), Slice) and not one.linked]
        place = np.array(self.state.cursor or _MIDDLE)
        for one in apart:
            if self.state.cursor is None:
                place = np.where(np.array(one.normal) != 0, one.origin, place)
            self.update(one.name, linked=True)
        if apart:
            self.move_cursor(place)


def _span_of(layer: Layer) -> tuple[float, float] | None:
    found: tuple[float, float] | None = getattr(layer.coloured_by or layer, "span", None)
    return found
