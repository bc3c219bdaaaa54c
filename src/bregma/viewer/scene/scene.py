"""A picture of the brain as data: an atlas, layers, and a view. Renderers follow its changes."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from bregma.atlas import Atlas
from bregma.viewer.errors import InvalidLayer, LayerNotFound, NoAtlas, ViewerError
from bregma.viewer.scene.arrays import as_points
from bregma.viewer.scene.layers import (
    AnnotationVolume,
    Colour,
    Insertions,
    Layer,
    Points,
    RegionSurface,
)
from bregma.viewer.scene.storage import parts_from_dict, scene_to_dict
from bregma.viewer.scene.tracks import fit_tracks

_WHITE = (255, 255, 255)


class View(StrEnum):
    """From where the brain is seen."""

    OBLIQUE = "oblique"
    LEFT = "left"
    RIGHT = "right"
    DORSAL = "dorsal"
    VENTRAL = "ventral"
    ANTERIOR = "anterior"
    POSTERIOR = "posterior"


Listener = Callable[[str], None]


class Scene:
    """Layers of a picture of the brain, in the order they were added.

    Every verb returns the scene: ``Scene().add_annotation(atlas).add_region("TH").add_points(xyz).save("a.png")``.

    Parameters
    ----------
    atlas : Atlas, optional
        What regions and colours come from; `add_annotation` can give it later.
    title : str
        Written above the picture.
    view : View
        From where the brain is seen at first.
    """

    def __init__(self, atlas: Atlas | None = None, *, title: str = "", view: View | str = View.OBLIQUE) -> None:
        self.title = title
        self._atlas = atlas
        self._view = View(view)
        self._layers: dict[str, Layer] = {}
        self._listeners: list[Listener] = []

    def __repr__(self) -> str:
        atlas = self._atlas.name if self._atlas else "no atlas"
        layers = ", ".join(f"{name}{'' if layer.visible else ' (hidden)'}" for name, layer in self._layers.items())
        return f"<Scene of {atlas}: {layers or 'empty'}>"

    @property
    def atlas(self) -> Atlas:
        """The atlas of this scene; raises NoAtlas when there is none."""
        if self._atlas is None:
            raise NoAtlas("this scene has no atlas; give it one: Scene(atlas) or add_annotation(atlas)")
        return self._atlas

    @property
    def has_atlas(self) -> bool:
        """Whether this scene has an atlas."""
        return self._atlas is not None

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The layers, in the order they were added."""
        return tuple(self._layers.values())

    @property
    def view(self) -> View:
        """From where the brain is seen."""
        return self._view

    @property
    def credit(self) -> str:
        """The line that goes with every picture of this scene."""
        return self._atlas.credit if self._atlas else ""

    def layer(self, name: str) -> Layer:
        """Return a layer by its name, or raise LayerNotFound."""
        if name not in self._layers:
            raise LayerNotFound(f"no layer {name!r}; this scene has {', '.join(self._layers) or 'none'}")
        return self._layers[name]

    def add(self, layer: Layer) -> Self:
        """Add a layer on top; raises InvalidLayer if its name is taken."""
        if layer.name in self._layers:
            raise InvalidLayer(f"this scene already has a layer {layer.name!r}; give the new one another name")
        self._layers[layer.name] = layer
        self._tell(layer.name)
        return self

    def add_annotation(self, atlas: Atlas | None = None, *, opacity: float = 0.22, visible: bool = True) -> Self:
        """Add the annotation volume of an atlas, which becomes the scene's atlas.

        Raises
        ------
        InvalidLayer
            If the scene has another atlas already.
        """
        if atlas is not None and self._atlas not in (None, atlas):
            raise InvalidLayer(f"this scene already shows {self.atlas.name}; start another Scene for {atlas.name}")
        self._atlas = atlas or self.atlas
        return self.add(AnnotationVolume(opacity=opacity, visible=visible))

    def add_region(
        self, region: str | int, *, opacity: float = 0.5, rgb: Colour | None = None, visible: bool = True
    ) -> Self:
        """Add the surface of a region, in Allen's colour unless another is given.

        Raises
        ------
        RegionNotFound
            If the atlas has no such region; the message suggests near ones.
        InvalidLayer
            If this atlas shows no voxel of the region.
        """
        regions = self.atlas.regions
        row = regions.row(region)
        acronym = regions.acronyms[row]
        if not self.atlas.mask(acronym).any():
            raise InvalidLayer(f"{self.atlas.name} has no voxel of {acronym} ({regions.names[row]})")
        red, green, blue = regions.rgb[row].tolist()
        colour = (red, green, blue) if rgb is None else rgb
        return self.add(RegionSurface(name=acronym, acronym=acronym, rgb=colour, opacity=opacity, visible=visible))

    def add_points(
        self,
        xyz: npt.ArrayLike,
        *,
        name: str = "Points",
        rgb: npt.ArrayLike | None = None,
        size: float = 5.0,
        opacity: float = 1.0,
    ) -> Self:
        """Add points, in metres relative to bregma; without a colour, each has that of its region."""
        points = as_points(xyz, f"coordinates of {name!r}")
        colours = np.asarray(rgb) if rgb is not None else self._region_colours(points)
        return self.add(Points(name=name, xyz=points, rgb=colours, size=size, opacity=opacity))

    def add_insertions(
        self,
        entries: npt.ArrayLike,
        tips: npt.ArrayLike,
        *,
        name: str = "Insertions",
        labels: tuple[str, ...] = (),
        rgb: Colour = (240, 240, 240),
        opacity: float = 1.0,
    ) -> Self:
        """Add the tracks of probes, from entry to tip, in metres relative to bregma."""
        ends = (as_points(entries, f"entries of {name!r}"), as_points(tips, f"tips of {name!r}"))
        return self.add(Insertions(name=name, entries=ends[0], tips=ends[1], labels=labels, rgb=rgb, opacity=opacity))

    def add_units(
        self, xyz: npt.ArrayLike, insertion: npt.ArrayLike, *, labels: tuple[str, ...] = (), size: float = 5.0
    ) -> Self:
        """Add units as points coloured by region, and the fitted track of each insertion.

        Parameters
        ----------
        xyz : (n_units, 3) array
            Metres relative to bregma.
        insertion : (n_units,) array of int
            The insertion of each unit, an index into `labels`.
        labels : tuple of str
            What each insertion is called.
        size : float
            Diameter of a unit, in pixels of a picture 1000 pixels high.
        """
        tracks = fit_tracks(xyz, insertion, atlas=self._atlas)
        names = tuple(labels[one] for one in tracks.insertions.tolist()) if labels else ()
        self.add_insertions(tracks.entries, tracks.tips, labels=names, opacity=0.5)
        return self.add_points(xyz, name="Units", size=size)

    def update(self, name: str, **changes: Any) -> Self:
        """Replace a layer by itself with other values, for instance ``update("TH", opacity=0.2)``."""
        if "name" in changes:
            raise InvalidLayer("a layer keeps its name; remove it and add another")
        self._layers[name] = replace(self.layer(name), **changes)
        self._tell(name)
        return self

    def show_layer(self, name: str) -> Self:
        """Draw a layer again."""
        return self.update(name, visible=True)

    def hide_layer(self, name: str) -> Self:
        """Draw a layer no more, and keep it."""
        return self.update(name, visible=False)

    def remove(self, name: str) -> Self:
        """Take a layer out of the scene."""
        self.layer(name)
        del self._layers[name]
        self._tell(name)
        return self

    def look_from(self, view: View | str) -> Self:
        """Turn the brain to one of the views."""
        self._view = View(view)
        self._tell("view")
        return self

    def follow(self, listener: Listener) -> Callable[[], None]:
        """Call the listener with the name of whatever changes ("view" for the view); returns how to stop it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def to_dict(self) -> dict[str, Any]:
        """Return the scene as data that JSON can hold; of the atlas only which one it is."""
        return scene_to_dict(self)

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
        made_with, title, view, layers = parts_from_dict(entry, atlas)
        scene = cls(made_with, title=title, view=view)
        for layer in layers:
            scene.add(layer)
        return scene

    def save(self, path: Path | str, *, size: tuple[int, int] = (1600, 1000)) -> Path:
        """Write the scene: a picture (.png) or its data (.json).

        Parameters
        ----------
        path : Path
            Where; the ending says what.
        size : tuple of 2 int
            Width and height of a picture, in pixels.

        Raises
        ------
        ViewerError
            If the ending is neither.
        """
        target = Path(path)
        if target.suffix == ".json":
            target.write_text(json.dumps(self.to_dict()), encoding="utf-8")
        elif target.suffix == ".png":
            from bregma.viewer.render import save_picture

            save_picture(self, target, size=size)
        else:
            raise ViewerError(f"a scene is saved as .png or .json, not as {target.name!r}")
        return target

    def show(self) -> None:
        """Open the scene in the browser, until interrupted."""
        import webbrowser

        from bregma.viewer.web import serve

        serve(self, ready=lambda url: bool(webbrowser.open(url)))

    def _tell(self, name: str) -> None:
        for listener in tuple(self._listeners):
            listener(name)

    def _region_colours(self, points: npt.NDArray[np.float64]) -> npt.NDArray[Any]:
        if self._atlas is None:
            return np.array(_WHITE)
        rows = self._atlas.rows_at(points)
        return np.where(rows[:, None] == 0, np.uint8(160), self._atlas.regions.rgb[rows])
