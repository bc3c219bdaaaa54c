"""The layers of a scene: added, changed, hidden and taken out; those that are parts of the atlas."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal, Self, TypeAlias

import numpy as np
import numpy.typing as npt

from bregma.atlas import Atlas, load_atlas
from bregma.atlas import Plane as AtlasPlane
from bregma.viewer.errors import InvalidLayer, LayerNotFound
from bregma.viewer.scene.arrays import Colour
from bregma.viewer.scene.checking import check_atlas, check_layer
from bregma.viewer.scene.conforming import conform
from bregma.viewer.scene.history import History
from bregma.viewer.scene.layers.layer import Hemisphere, Layer
from bregma.viewer.scene.layers.regions import AnnotationVolume, RegionSurface, RegionSurfaces
from bregma.viewer.scene.layers.volumes import Slice
from bregma.viewer.scene.plain import check_names
from bregma.viewer.scene.state import SceneState
from bregma.viewer.scene.values import Values, make_values

Direction: TypeAlias = Literal["coronal", "sagittal", "horizontal"]

_DETAIL_UM = 50.0
_VOXELS_ACROSS = 200
_DIRECTIONS: dict[str, tuple[str, int]] = {"sagittal": ("ml", 0), "coronal": ("ap", 1), "horizontal": ("dv", 2)}


class Building(History):
    """A scene to which parts of the brain are added.

    Parameters
    ----------
    state : SceneState
        The first one.
    atlas : Atlas, optional
        What regions and colours come from.
    """

    def __init__(self, state: SceneState, atlas: Atlas | None = None) -> None:
        super().__init__(state)
        check_atlas(atlas)
        self._atlas = atlas

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

    def layer(self, name: str) -> Layer:
        """Return a layer by its name, or raise LayerNotFound."""
        found = self.state.find(name)
        if found is None:
            there = ", ".join(layer.name for layer in self.layers)
            raise LayerNotFound(f"no layer {name!r}; this scene has {there or 'none'}")
        return found

    def add(self, layer: Layer) -> Self:
        """Add a layer on top; raises InvalidLayer if its name is taken."""
        if not isinstance(layer, Layer):
            raise InvalidLayer(f"a scene holds layers, such as Points(…), not {type(layer).__name__}")
        if self.state.find(layer.name) is not None:
            raise InvalidLayer(f"this scene already has a layer {layer.name!r}; give the new one another name")
        check_layer(layer, self.layers, self._atlas)
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
        check_atlas(atlas)
        if atlas is not None and self._atlas not in (None, atlas):
            raise InvalidLayer(f"this scene already shows {self.atlas.name}; start another Scene for {atlas.name}")
        self._atlas = atlas or self.atlas
        return self.add(AnnotationVolume.make(**look))

    def add_region(
        self,
        region: str | int,
        *,
        rgb: Colour | None = None,
        hemisphere: Hemisphere = "both",
        values: npt.ArrayLike | Values | None = None,
        times: npt.ArrayLike | None = None,
        **look: Any,
    ) -> Self:
        """Add the surface of a region, in the atlas's colour unless another is given.

        Parameters
        ----------
        region : str or int
            An acronym, or an identifier; a negative one is on the left.
        rgb : tuple of 3 int, optional
            0 to 255.
        hemisphere : {"both", "left", "right"}
            Which side is drawn.
        values : float or (n_times,) array, or Values, optional
            A number that colours it.
        times : (n_times,) array, optional
            Moments of the values, in seconds.
        look
            As of `RegionSurface` and `Values`: ``opacity=0.2``, ``visible=False``, ``limits=(0, 1)`` …

        Raises
        ------
        RegionNotFound
            If the atlas has no such region; the message suggests near ones.
        InvalidLayer
            If this atlas shows no voxel of the region.
        """
        regions = self.atlas.regions
        row = regions.row(region)
        if row == 0:
            raise InvalidLayer(f"{region!r} is what lies outside of the brain; it has no surface")
        acronym = regions.acronyms[row]
        if not isinstance(region, str) and region < 0:
            hemisphere = "left"
        if not self.atlas.mask(acronym, hemisphere=None if hemisphere == "both" else hemisphere).any():
            raise InvalidLayer(f"{self.atlas.name} has no voxel of {acronym} ({regions.names[row]})")
        red, green, blue = regions.rgb[row].tolist()
        name = look.pop("name", acronym if hemisphere == "both" else f"{acronym} ({hemisphere})")
        if not (values is None or isinstance(values, Values)):
            values = np.reshape(values, -1 if times is None else (-1, 1))
        numbers, rest = make_values(values, times, look)
        colour = (red, green, blue) if rgb is None else rgb
        return self.add(
            RegionSurface.make(name=name, acronym=acronym, rgb=colour, hemisphere=hemisphere, values=numbers, **rest)
        )

    def add_regions(self, *shown: str, name: str = "Regions", **look: Any) -> Self:
        """Add the surfaces of all regions at once, or of some with all that is inside them.

        Parameters
        ----------
        shown : str
            Acronyms; none for all.
        name : str
            Of the layer.
        look
            As of `RegionSurfaces`: ``mapping="Cosmos"`` (by default Beryl where the atlas has it, else every structure
            by itself), ``hemisphere="left"``, ``explode=0.5``, ``opacity=0.3`` …

        Raises
        ------
        RegionNotFound, MappingNotFound
            If the atlas has no such regions or mapping; the message suggests near ones.
        """
        mapping = "Beryl" if "Beryl" in self.atlas.regions.parcellations else "Allen"
        fitting: dict[str, Any] = {"mapping": mapping, "detail_um": _find_detail(self.atlas)}
        return self.add(RegionSurfaces.make(name=self._free_name(name), shown=shown, **(fitting | look)))

    def slice(
        self,
        direction: Direction | AtlasPlane | None = None,
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
        direction : {"coronal", "sagittal", "horizontal"}, or Plane of bregma.atlas, optional
            A plane of the atlas, such as ``Plane.along(atlas.grid, probe.trajectory)``, is shown as it is. Without
            one, give ``origin=`` and ``normal=``.
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
        places = {"ml": ml, "ap": ap, "dv": dv}
        section = direction.section if isinstance(direction, AtlasPlane) else direction
        if isinstance(direction, str):
            look = _plane_of(direction, places) | look
        elif any(one is not None for one in places.values()):
            raise InvalidLayer(f"say which direction is sliced, and no plane: {', '.join(_DIRECTIONS)}")
        elif direction is not None:
            look = {"origin": tuple(direction.origin), "normal": tuple(direction.normal)} | look
        return self.add(Slice.make(name=name or self._free_name((section or "slice").capitalize()), **look))

    def update(self, name: str, /, **changes: Any) -> Self:
        """Replace a layer by itself with other values, for instance ``update("TH", opacity=0.2)``."""
        if "name" in changes:
            raise InvalidLayer("a layer keeps its name; remove it and add another")
        old = self.layer(name)
        check_names(changes, type(old))
        new = replace(old, **changes)
        check_layer(new, self.layers, self._atlas)
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

    def _free_name(self, wanted: str) -> str:
        taken = {layer.name for layer in self.layers}
        numbered = (f"{wanted} {number}" for number in range(2, len(taken) + 3))
        return wanted if wanted not in taken else next(name for name in numbered if name not in taken)


def _plane_of(direction: str, places: Mapping[str, float | None]) -> dict[str, Any]:
    if direction not in _DIRECTIONS:
        raise InvalidLayer(f"no slice of direction {direction!r}; there are {', '.join(_DIRECTIONS)}")
    coordinate, axis = _DIRECTIONS[direction]
    others = [name for name, place in places.items() if place is not None and name != coordinate]
    if others:
        raise InvalidLayer(f"a {direction} slice is placed by {coordinate}=, not by {others[0]}=")
    origin, normal = [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]
    origin[axis] = conform(places[coordinate] or 0.0, float, f"{coordinate} of a slice")
    normal[axis] = 1.0
    return {"origin": origin, "normal": normal}


def _find_detail(atlas: Atlas) -> float:
    """Return the voxels that surfaces are made of, in micrometres: finer ones in brains that are small."""
    return min(_DETAIL_UM, float(max(atlas.labels.shape)) * atlas.resolution_um / _VOXELS_ACROSS)
