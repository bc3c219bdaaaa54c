"""The layers of a scene as rows of a tree: a name, a few words, colours, whether and how solid it is drawn."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bregma.viewer.scene.arrays import Colour
from bregma.viewer.scene.layers.layer import Layer
from bregma.viewer.scene.layers.links import Connections, Insertions
from bregma.viewer.scene.layers.objects import Lines, Mesh, PathImage, Points, Text
from bregma.viewer.scene.layers.regions import AnnotationVolume, RegionSurface, RegionSurfaces
from bregma.viewer.scene.layers.volumes import ImageVolume, Slice
from bregma.viewer.scene.scene import Scene
from bregma.viewer.scene.values import colour_table

COORDINATES = ("ML", "AP", "DV")
RAINBOW: tuple[Colour, ...] = ((255, 112, 128), (152, 214, 249), (112, 255, 113))
_GROUPS: dict[type[Layer], str] = {
    AnnotationVolume: "Volumes",
    ImageVolume: "Volumes",
    Slice: "Slices",
    RegionSurface: "Regions",
    RegionSurfaces: "Regions",
    Points: "Points",
    Insertions: "Probes",
    PathImage: "Probes",
    Lines: "Lines and meshes",
    Mesh: "Lines and meshes",
    Connections: "Lines and meshes",
    Text: "Labels",
}


@dataclass(frozen=True)
class LayerRow:
    """One layer in the tree.

    Parameters
    ----------
    name, label, words : str
        What the layer is called, what of that its group does not say yet, and what it is.
    colours : tuple of colours
        Those of its icon, from one end to the other.
    visible : bool
        Whether it is drawn.
    opacity : float
        0 to 1.
    group : str
        Heading that it stands under.
    """

    name: str
    label: str
    words: str
    colours: tuple[Colour, ...]
    visible: bool
    opacity: float
    group: str


def list_rows(scene: Scene) -> tuple[LayerRow, ...]:
    """Return a row for each layer, in the order of the scene."""
    return tuple(
        LayerRow(
            name=layer.name,
            label=layer.name.removeprefix(layer.group).strip() or layer.name,
            words=describe_layer(layer, scene),
            colours=_colours(layer),
            visible=layer.visible,
            opacity=layer.opacity,
            group=layer.group or _GROUPS.get(type(layer), "Layers"),
        )
        for layer in scene.layers
    )


def describe_layer(layer: Layer, scene: Scene) -> str:
    """Return a few words on what a layer is, such as ``112,005 points · firing rate (Hz)``."""
    words = _WORDS[layer.kind](layer, scene) if layer.kind in _WORDS else layer.kind
    values = layer.coloured_by
    return f"{words} · {values.label}" if values is not None and values.label else words


def place_of_slice(layer: Slice) -> str:
    """Return where a slice is: ``AP −2.00 mm``, or ``oblique`` and how far from bregma."""
    distance = float(np.dot(layer.origin, layer.normal)) * 1e3
    axis = int(np.argmax(np.abs(layer.normal)))
    if abs(layer.normal[axis]) > 1 - 1e-6:
        return f"{COORDINATES[axis]} {signed(distance * np.sign(layer.normal[axis]))} mm"
    return f"oblique, {signed(distance)} mm"


def signed(number: float) -> str:
    """Return a number with a sign of the typographer's."""
    return f"{number:+.2f}".replace("-", "\N{MINUS SIGN}")


def count(n: int, noun: str) -> str:
    """Return a number of things: ``1 point``, ``2,655 points``."""
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def _region_words(layer: RegionSurface, scene: Scene) -> str:
    if not scene.has_atlas:
        return layer.acronym
    regions = scene.atlas.regions
    return regions.names[regions.row(layer.acronym)].removesuffix(" (left)")


def _slice_words(layer: Slice, scene: Scene) -> str:
    return f"{place_of_slice(layer)} · {layer.of}"


def _image_words(layer: ImageVolume, scene: Scene) -> str:
    if layer.image is None:
        return "template of the atlas"
    shape = " × ".join(map(str, layer.image.shape[-3:]))
    return shape if layer.times is None else f"{shape}, {len(layer.times)} moments"


_WORDS: dict[str, Callable[..., str]] = {
    "annotation": lambda layer, scene: f"every region, {layer.mapping}",
    "regions": lambda layer, scene: f"surfaces of all regions, {layer.mapping}",
    "region": _region_words,
    "slice": _slice_words,
    "image": _image_words,
    "points": lambda layer, scene: count(len(layer.xyz), "point"),
    "lines": lambda layer, scene: count(len(layer.lengths), "line"),
    "insertions": lambda layer, scene: count(len(layer.entries), "probe track"),
    "mesh": lambda layer, scene: count(len(layer.faces), "triangle"),
    "connections": lambda layer, scene: count(len(layer.edges), "connection"),
    "path_image": lambda layer, scene: "image along a track",
    "text": lambda layer, scene: layer.text,
}


def _colours(layer: Layer) -> tuple[Colour, ...]:
    values, transfer, rgb = layer.coloured_by, getattr(layer, "transfer", None), getattr(layer, "rgb", None)
    if values is not None or transfer is not None:
        table = colour_table(values.colormap if values is not None else transfer.colormap)  # type: ignore[union-attr]
        return tuple(_as_colour(one) for one in table[[10, 128, 245]])
    if rgb is None:
        return RAINBOW
    flat = np.asarray(rgb).reshape(-1, 3)
    return tuple(_as_colour(one) for one in flat[:: max(len(flat) // 3, 1)][:3]) or RAINBOW


def _as_colour(rgb: "np.ndarray") -> Colour:
    red, green, blue = (int(part) for part in rgb)
    return red, green, blue
