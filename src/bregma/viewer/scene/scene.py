"""A picture of the brain as data: an atlas, layers, and how they are seen. Renderers follow its changes."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, Self, TypeAlias

import numpy as np
import numpy.typing as npt

from bregma.atlas import Atlas, load_atlas
from bregma.viewer.errors import InvalidLayer, LayerNotFound
from bregma.viewer.scene.arrays import Colour, as_points
from bregma.viewer.scene.history import History
from bregma.viewer.scene.layers.layer import Hemisphere, Layer
from bregma.viewer.scene.layers.objects import Insertions, Points
from bregma.viewer.scene.layers.regions import AnnotationVolume, RegionSurface
from bregma.viewer.scene.layers.volumes import Slice
from bregma.viewer.scene.stage import Camera, View
from bregma.viewer.scene.state import SceneState
from bregma.viewer.scene.storage import scene_from_dict, scene_to_dict
from bregma.viewer.scene.tracks import fit_tracks
from bregma.viewer.scene.values import Values

Direction: TypeAlias = Literal["coronal", "sagittal", "horizontal"]

_WHITE = (255, 255, 255)
_DIRECTIONS: dict[str, tuple[str, int]] = {"sagittal": ("ml", 0), "coronal": ("ap", 1), "horizontal": ("dv", 2)}


class Scene(History):
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
        super().__init__(SceneState(title=title, camera=Camera(view=View(view))))
        self._atlas = atlas

    def __repr__(self) -> str:
        atlas = self._atlas.name if self._atlas else "no atlas"
        layers = ", ".join(f"{layer.name}{'' if layer.visible else ' (hidden)'}" for layer in self.layers)
        return f"<Scene of {atlas}: {layers or 'empty'}>"

    @property
    def title(self) -> str:
        """What is written above the picture."""
        return self.state.title

    @title.setter
    def title(self, title: str) -> None:
        self._become(title=title)

    @property
    def atlas(self) -> Atlas:
        """The atlas of this scene; without one, Allen's at 50 µm is loaded, or AtlasNotFound says what to do."""
        if self._atlas is None:
            self._atlas = load_atlas()
        return self._atlas

    @property
    def has_atlas(self) -> bool:
        """Whether this scene has an atlas."""
        return self._atlas is not None

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The layers, in the order they were added."""
        return self.state.layers

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

    def layer(self, name: str) -> Layer:
        """Return a layer by its name, or raise LayerNotFound."""
        found = self.state.find(name)
        if found is None:
            there = ", ".join(layer.name for layer in self.layers)
            raise LayerNotFound(f"no layer {name!r}; this scene has {there or 'none'}")
        return found

    def add(self, layer: Layer) -> Self:
        """Add a layer on top; raises InvalidLayer if its name is taken."""
        if self.state.find(layer.name) is not None:
            raise InvalidLayer(f"this scene already has a layer {layer.name!r}; give the new one another name")
        return self._become(layers=(*self.layers, layer))

    def add_annotation(self, atlas: Atlas | None = None, **look: Any) -> Self:
        """Add the annotation volume of an atlas, which becomes the scene's atlas.

        Parameters
        ----------
        atlas : Atlas, optional
            By default that of the scene.
        look
            As of `AnnotationVolume`: ``opacity=0.3``, ``mapping="Beryl"`` …

        Raises
        ------
        InvalidLayer
            If the scene has another atlas already.
        """
        if atlas is not None and self._atlas not in (None, atlas):
            raise InvalidLayer(f"this scene already shows {self.atlas.name}; start another Scene for {atlas.name}")
        self._atlas = atlas or self.atlas
        return self.add(AnnotationVolume(**look))

    def add_region(
        self,
        region: str | int,
        *,
        opacity: float = 0.5,
        rgb: Colour | None = None,
        hemisphere: Hemisphere = "both",
        visible: bool = True,
    ) -> Self:
        """Add the surface of a region, in the atlas's colour unless another is given.

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
        name = acronym if hemisphere == "both" else f"{acronym} ({hemisphere})"
        return self.add(
            RegionSurface(
                name=name,
                acronym=acronym,
                rgb=(red, green, blue) if rgb is None else rgb,
                opacity=opacity,
                hemisphere=hemisphere,
                visible=visible,
            )
        )

    def add_points(
        self,
        xyz: npt.ArrayLike,
        *,
        values: npt.ArrayLike | Values | None = None,
        times: npt.ArrayLike | None = None,
        name: str = "Points",
        rgb: npt.ArrayLike | None = None,
        **look: Any,
    ) -> Self:
        """Add points, in metres relative to bregma.

        Parameters
        ----------
        xyz : (n, 3) array
            Where they are.
        values : (n,) or (n_times, n) array, or Values, optional
            Numbers that colour them; without any and without `rgb`, each has the colour of its region.
        times : (n_times,) array, optional
            Moments of the rows of `values`, in seconds.
        name : str
            Of the layer.
        rgb : (n, 3) array, or one colour
            0 to 255.
        look
            As of `Points` and `Values`: ``size=3``, ``opacity=0.5``, ``colormap="magma"``, ``limits=(0, 20)`` …
        """
        points = as_points(xyz, f"coordinates of {name!r}")
        colours = np.asarray(rgb) if rgb is not None else self._region_colours(points)
        numbers, rest = make_values(values, times, look)
        return self.add(Points(name=name, xyz=points, rgb=colours, values=numbers, **rest))

    def add_insertions(
        self,
        entries: npt.ArrayLike,
        tips: npt.ArrayLike,
        *,
        name: str = "Insertions",
        labels: tuple[str, ...] = (),
        **look: Any,
    ) -> Self:
        """Add the tracks of probes, from entry to tip, in metres relative to bregma."""
        ends = (as_points(entries, f"entries of {name!r}"), as_points(tips, f"tips of {name!r}"))
        return self.add(Insertions(name=name, entries=ends[0], tips=ends[1], labels=labels, **look))

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
        with self.together():
            self.add_insertions(tracks.entries, tracks.tips, labels=names, opacity=0.5)
            return self.add_points(xyz, name="Units", size=size)

    def slice(
        self,
        direction: Direction | None = None,
        *,
        ml: float | None = None,
        ap: float | None = None,
        dv: float | None = None,
        name: str = "",
        **look: Any,
    ) -> Self:
        """Add a slice through the brain.

        Parameters
        ----------
        direction : {"coronal", "sagittal", "horizontal"}, optional
            Without one, give ``origin=`` and ``normal=`` of any plane.
        ml, ap, dv : float, optional
            Where the slice of that direction is, in metres from bregma: one of them, that of the direction.
        name : str
            Of the layer; by default made from the direction.
        look
            As of `Slice`: ``of="template"``, ``mapping="Beryl"``, ``outlines=False``, ``linked=True`` …

        Raises
        ------
        InvalidLayer
            If the direction is unknown, or a coordinate of another direction is given.
        """
        if direction is not None:
            look = _plane_of(direction, {"ml": ml, "ap": ap, "dv": dv}) | look
        elif any(one is not None for one in (ml, ap, dv)):
            raise InvalidLayer(f"say which direction is sliced: {', '.join(_DIRECTIONS)}")
        return self.add(Slice(name=name or self._free_name((direction or "slice").capitalize()), **look))

    def update(self, name: str, **changes: Any) -> Self:
        """Replace a layer by itself with other values, for instance ``update("TH", opacity=0.2)``."""
        if "name" in changes:
            raise InvalidLayer("a layer keeps its name; remove it and add another")
        old = self.layer(name)
        unknown = sorted(changes.keys() - vars(old).keys())
        if unknown:
            raise InvalidLayer(f"a layer of kind {old.kind!r} has no {unknown[0]!r}; it has {', '.join(vars(old))}")
        new = replace(old, **changes)
        return self._become(layers=tuple(new if layer is old else layer for layer in self.layers))

    def show_layer(self, name: str) -> Self:
        """Draw a layer again."""
        return self.update(name, visible=True)

    def hide_layer(self, name: str) -> Self:
        """Draw a layer no more, and keep it."""
        return self.update(name, visible=False)

    def remove(self, name: str) -> Self:
        """Take a layer out of the scene."""
        gone = self.layer(name)
        return self._become(layers=tuple(layer for layer in self.layers if layer is not gone))

    def change(self, **parts: Any) -> Self:
        """Replace other parts of the scene, as of `SceneState`: ``change(moment=1.5)``, ``change(clipping=())`` …"""
        if "layers" in parts:
            raise InvalidLayer("layers are changed by add, update and remove")
        unknown = sorted(parts.keys() - vars(self.state).keys())
        if unknown:
            raise InvalidLayer(f"a scene has no {unknown[0]!r}; it has {', '.join(vars(self.state))}")
        return self._become(**parts)

    def look_from(self, view: View | str) -> Self:
        """Turn the brain to one of the views."""
        return self._become(camera=replace(Camera(view=View(view)), perspective=self.camera.perspective))

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
        scene._state = scene._told = state
        return scene

    @classmethod
    def load(cls, path: Path | str, *, atlas: Atlas | None = None) -> Self:
        """Read a scene that was saved as .json."""
        return cls.from_dict(json.loads(Path(path).read_text(encoding="utf-8")), atlas=atlas)

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

    def show(self) -> Any:
        """Open the scene: in a notebook as its output, else in the browser until interrupted."""
        from bregma.viewer.showing import show

        return show(self)

    def _free_name(self, wanted: str) -> str:
        taken = {layer.name for layer in self.layers}
        numbered = (f"{wanted} {number}" for number in range(2, len(taken) + 3))
        return wanted if wanted not in taken else next(name for name in numbered if name not in taken)

    def _region_colours(self, points: npt.NDArray[Any]) -> npt.NDArray[Any]:
        if self._atlas is None:
            return np.array(_WHITE)
        rows = self._atlas.rows_at(points)
        return np.where(rows[:, None] == 0, np.uint8(160), self._atlas.regions.rgb[rows])


def make_values(
    values: npt.ArrayLike | Values | None, times: npt.ArrayLike | None, look: Mapping[str, Any]
) -> tuple[Values | None, dict[str, Any]]:
    """Return the values that colour a layer, and what is left of its look."""
    of_values = {name: look[name] for name in ("colormap", "limits", "missing", "label", "interpolate") if name in look}
    rest = {name: value for name, value in look.items() if name not in of_values}
    if values is None or isinstance(values, Values):
        if of_values or times is not None:
            raise InvalidLayer(f"{', '.join(of_values) or 'times'} go with values= given as an array")
        return values, rest
    return Values(data=np.asarray(values), times=None if times is None else np.asarray(times), **of_values), rest


def _span_of(layer: Layer) -> tuple[float, float] | None:
    found: tuple[float, float] | None = getattr(layer.coloured_by or layer, "span", None)
    return found


def _plane_of(direction: str, places: Mapping[str, float | None]) -> dict[str, Any]:
    if direction not in _DIRECTIONS:
        raise InvalidLayer(f"no slice of direction {direction!r}; there are {', '.join(_DIRECTIONS)}")
    coordinate, axis = _DIRECTIONS[direction]
    others = [name for name, place in places.items() if place is not None and name != coordinate]
    if others:
        raise InvalidLayer(f"a {direction} slice is placed by {coordinate}=, not by {others[0]}=")
    unit = np.eye(3)[axis]
    return {"origin": tuple(unit * (places[coordinate] or 0.0)), "normal": tuple(unit)}
