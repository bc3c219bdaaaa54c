"""What the colours of a scene mean: a swatch for what has one colour, a bar for what is coloured by values."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from bregma.viewer.scene.arrays import Bytes, Colour
from bregma.viewer.scene.layers.layer import Layer
from bregma.viewer.scene.layers.links import Connections, Insertions
from bregma.viewer.scene.layers.objects import Lines, Mesh, Points
from bregma.viewer.scene.layers.regions import RegionSurface
from bregma.viewer.scene.scene import Scene
from bregma.viewer.scene.stage import Look
from bregma.viewer.scene.values import colour_table

_TINY = 1e-6
_LOOKED_AT, _MOST_COLOURS = 256, 4


@dataclass(frozen=True)
class Swatch:
    """One entry of a legend.

    Parameters
    ----------
    words : str
        What it is.
    colours : tuple of colours
        Its colour, or some of what has many.
    """

    words: str
    colours: tuple[Colour, ...]


@dataclass(frozen=True, eq=False)
class ColourBar:
    """What the colours of values mean.

    Parameters
    ----------
    label : str
        What the numbers are.
    low, high : str
        The numbers of the first and the last colour.
    colours : (256, 3) array
        From the first to the last.
    missing : tuple of 3 int, optional
        Colour of what has no value; None where all have one.
    """

    label: str
    low: str
    high: str
    colours: Bytes
    missing: Colour | None


def list_swatches(scene: Scene) -> Iterator[Swatch]:
    """Yield an entry for each visible layer that no values colour and that is no volume or slice."""
    for layer in scene.layers:
        if layer.visible and layer.opacity > 0 and layer.coloured_by is None:
            entry = _swatch(layer, scene)
            if entry is not None:
                yield replace(entry, colours=_inked(entry.colours, scene.state.look))


def list_colour_bars(scene: Scene) -> tuple[ColourBar, ...]:
    """Return a bar for each visible layer that values colour; one for all that mean the same."""
    found: dict[tuple[object, ...], ColourBar] = {}
    for layer in scene.layers:
        values = layer.coloured_by
        if values is None or not layer.visible or layer.opacity == 0:
            continue
        label = values.label or layer.name
        has_missing = bool(np.isnan(values.data).any())
        key = (label, values.colormap, values.bounds)
        if key not in found or (has_missing and found[key].missing is None):
            low, high = format_range(*values.bounds)
            missing = values.missing if has_missing else None
            found[key] = ColourBar(label, low, high, colour_table(values.colormap), missing)
    return tuple(found.values())


def format_range(low: float, high: float) -> tuple[str, str]:
    """Return two numbers with as few digits as tell them apart well; what is tiny beside the range is 0."""
    low, high = (0.0 if abs(number) < _TINY * (high - low) else number for number in (low, high))
    digits = next((n for n in range(3, 16) if abs(float(f"{high - low:.3g}")) * 1e-2 >= abs(high) * 10.0**-n), 3)
    first, last = (f"{number:.{digits}g}".replace("-", "\N{MINUS SIGN}") for number in (low, high))
    return first, last


def _swatch(layer: Layer, scene: Scene) -> Swatch | None:
    match layer:
        case RegionSurface(acronym="root"):
            return None  # the outline of the brain says what it is
        case RegionSurface():
            name = scene.atlas.regions.names[scene.atlas.regions.row(layer.acronym)]
            return Swatch(layer.acronym if name == layer.acronym else f"{layer.acronym}  {name}", (layer.rgb,))
        case Insertions():
            return Swatch(_count(len(layer.entries), layer.name), (layer.rgb,))
        case Connections():
            return Swatch(_count(len(layer.edges), layer.name), (layer.rgb,))
        case Points():
            return Swatch(_count(len(layer.xyz), layer.name), _some_colours(layer.rgb))
        case Lines():
            return Swatch(_count(len(layer.lengths), layer.name), _some_colours(layer.rgb))
        case Mesh():
            return Swatch(layer.name, (layer.rgb,))
        case _:
            return None


def _inked(colours: tuple[Colour, ...], look: Look) -> tuple[Colour, ...]:
    return _some_colours(look.ink(np.array(colours, dtype=np.uint8))) if colours else ()


def _some_colours(rgb: Bytes) -> tuple[Colour, ...]:
    """Return the colours there are, and of many some from first to last."""
    if not len(rgb):
        return ()
    few = rgb[np.linspace(0, len(rgb) - 1, min(len(rgb), _LOOKED_AT)).astype(np.intp)]
    found = list(dict.fromkeys((int(red), int(green), int(blue)) for red, green, blue in few))
    return tuple(found[:: -(-len(found) // _MOST_COLOURS)])


def _count(n: int, name: str) -> str:
    words = name if any(letter.isupper() for letter in name[1:]) else name.lower()
    return f"{n:,} {words.removesuffix('s') if n == 1 else words}"
