"""What is selected, in lines and numbers: where it is, what its value is, and how it stands among the others."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from bregma.viewer.panels.crossings import list_crossings
from bregma.viewer.panels.held import thin
from bregma.viewer.panels.rows import COORDINATES, describe_layer, signed
from bregma.viewer.scene.arrays import Colour, Floats
from bregma.viewer.scene.layers.layer import Layer
from bregma.viewer.scene.scene import Scene
from bregma.viewer.scene.stage import Pick

_BINS = 32


@dataclass(frozen=True, eq=False)
class Histogram:
    """How many elements of a layer have which value.

    Parameters
    ----------
    counts : (n,) array
        Elements in each bin.
    edges : (n + 1,) array
        Of the bins.
    colours : tuple of n colours
        Those of the bins' middles in the picture.
    mark : float, optional
        The value of what is selected.
    label : str
        What the numbers are.
    """

    counts: Floats
    edges: Floats
    colours: tuple[Colour, ...]
    mark: float | None = None
    label: str = ""


@dataclass(frozen=True)
class Summary:
    """What a panel tells of the selection.

    Parameters
    ----------
    title, words : str
        What is selected, short and in words.
    rgb : tuple of 3 int, optional
        Colour of its region.
    lines : tuple of (str, str)
        Names and values.
    histogram : Histogram, optional
        Of the layer's values at the scene's moment.
    """

    title: str
    words: str = ""
    rgb: Colour | None = None
    lines: tuple[tuple[str, str], ...] = ()
    histogram: Histogram | None = field(default=None, compare=False)


def summarise(scene: Scene, layer: str | None = None) -> Summary | None:
    """Return what is told of the picked thing, else of a layer; None if neither is there."""
    pick = scene.state.selection
    chosen = scene.state.find(pick.layer) if pick is not None else None
    if pick is not None and chosen is not None:
        return _of_pick(scene, chosen, pick)
    named = scene.state.find(layer) if layer else None
    if named is None:
        return None
    lines = (*_statistics(named, scene), *list_crossings(scene, named, None))
    return Summary(named.name, describe_layer(named, scene), None, lines, _histogram(named, scene, None))


def number(value: float, digits: int = 4) -> str:
    """Return a number with so many significant digits."""
    return f"{value:.{digits}g}".replace("-", "\N{MINUS SIGN}")


def name_pick(scene: Scene, pick: Pick) -> str:
    """Return what a picked thing is called: its label, else the acronym of its region, else its layer."""
    own = pick.label if pick.label != _region(scene, pick)[0] else ""
    return own or pick.region or pick.layer


def tell_pick(scene: Scene, pick: Pick) -> str:
    """Return a line on a picked thing: what it is called, its region's name and its value."""
    value = number(pick.value) if pick.value is not None else ""
    return " · ".join(part for part in (name_pick(scene, pick), _region(scene, pick)[0], value) if part)


def _of_pick(scene: Scene, layer: Layer, pick: Pick) -> Summary:
    lines = [("layer", layer.name)]
    if pick.index is not None:
        lines.append(("element", f"{pick.index:,}"))
    place = zip(COORDINATES, pick.xyz, strict=True)
    lines += [(name, f"{signed(part * 1e3)} mm") for name, part in place]
    if pick.value is not None:
        label = layer.coloured_by.label if layer.coloured_by is not None else ""
        lines.append((label or "value", number(pick.value)))
        lines += _standing(layer, scene, pick.value)
    lines += list_crossings(scene, layer, pick.index)
    words, rgb = _region(scene, pick)
    title = name_pick(scene, pick)
    return Summary(title, words, rgb, tuple(lines), _histogram(layer, scene, pick.value))


def _region(scene: Scene, pick: Pick) -> tuple[str, Colour | None]:
    if not pick.region or not scene.has_atlas:
        return "", None
    regions = scene.atlas.regions
    row = regions.row(pick.region)
    red, green, blue = (int(part) for part in regions.rgb[row])
    return regions.names[row], (red, green, blue)


def _numbers(layer: Layer, scene: Scene) -> Floats | None:
    if layer.coloured_by is None:
        return None
    numbers = thin(layer.coloured_by.at(scene.state.moment))
    known: Floats = numbers[np.isfinite(numbers)]
    return known if known.size else None


def _statistics(layer: Layer, scene: Scene) -> Iterator[tuple[str, str]]:
    numbers = _numbers(layer, scene)
    if numbers is None or layer.coloured_by is None:
        return
    known = int(np.isfinite(layer.coloured_by.at(scene.state.moment)).sum())
    yield "values", f"{known:,} of {layer.coloured_by.n:,}"
    low, middle, high = np.percentile(numbers, (25, 50, 75))
    yield "median", number(float(middle))
    yield "quartiles", f"{number(float(low))} – {number(float(high))}"
    yield "mean ± SD", f"{number(float(numbers.mean()))} ± {number(float(numbers.std()))}"
    yield "range", f"{number(float(numbers.min()))} – {number(float(numbers.max()))}"


def _standing(layer: Layer, scene: Scene, value: float) -> list[tuple[str, str]]:
    numbers = _numbers(layer, scene)
    if numbers is None:
        return []
    share = float(np.mean(numbers < value)) + float(np.mean(numbers == value)) / 2
    return [("percentile", f"{share:.0%}")]


def _histogram(layer: Layer, scene: Scene, mark: float | None) -> Histogram | None:
    numbers = _numbers(layer, scene)
    if numbers is None or layer.coloured_by is None:
        return None
    counts, edges = np.histogram(numbers, bins=_BINS)
    colours = layer.coloured_by.colour((edges[:-1] + edges[1:]) / 2)
    as_tuples = tuple((int(red), int(green), int(blue)) for red, green, blue in colours)
    return Histogram(counts.astype(np.float64), edges, as_tuples, mark, layer.coloured_by.label)
