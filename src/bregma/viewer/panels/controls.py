"""What of a layer a panel lets change: each control names a field, its range and its words."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from bregma.viewer.panels.held import Held, range_of
from bregma.viewer.scene.layers.layer import HEMISPHERES, Layer
from bregma.viewer.scene.layers.volumes import BLENDS, ImageVolume
from bregma.viewer.scene.scene import Scene

COLOUR_MAPS = (
    *("viridis", "magma", "inferno", "plasma", "cividis", "turbo", "gray", "bone", "hot", "Reds", "Blues", "Greens"),
    *("coolwarm", "RdBu_r", "PuOr", "twilight", "tab20"),
)
_MAPPINGS = ("Allen", "Beryl", "Cosmos", "Swanson")


class Kind(StrEnum):
    """How a field is changed."""

    SHARE = "share"
    NUMBER = "number"
    CHOICE = "choice"
    COLOURS = "colours"
    FLAG = "flag"
    COLOUR = "colour"
    TEXT = "text"


@dataclass(frozen=True, kw_only=True)
class Control:
    """One thing that can be changed.

    Parameters
    ----------
    path : str
        The field: ``opacity``, ``values.colormap``, ``transfer.limits.0`` …
    label, tip : str
        What stands beside it, and what it explains when asked.
    kind : Kind
        How it is changed.
    section : str
        Heading that it stands under.
    low, high : float
        Range of a number.
    unit : str
        Written after a number.
    scale : float
        What a field is multiplied by to be shown.
    choices : tuple of str
        What can be chosen.
    """

    path: str
    label: str
    kind: Kind
    tip: str
    section: str = "Appearance"
    low: float = 0.0
    high: float = 1.0
    unit: str = ""
    scale: float = 1.0
    choices: tuple[str, ...] = ()

    def read(self, layer: Layer) -> Any:
        """Return what the layer has, as it is shown."""
        value: Any = layer
        for part in self.path.split("."):
            value = value[int(part)] if part.isdigit() else getattr(value, part)
        return value * self.scale if self.kind is Kind.NUMBER else value

    def write(self, scene: Scene, name: str, value: Any) -> None:
        """Change the field of a layer of the scene; raises InvalidLayer for a value that cannot be."""
        wanted = float(value) / self.scale if self.kind in (Kind.NUMBER, Kind.SHARE) else value
        first, *rest = self.path.split(".")
        layer = scene.layer(name)
        scene.update(name, **{first: _replaced(getattr(layer, first), rest, wanted)})


def _replaced(old: Any, path: list[str], value: Any) -> Any:
    if not path:
        return value
    first, *rest = path
    if first.isdigit():
        index = int(first)
        return (*old[:index], _replaced(old[index], rest, value), *old[index + 1 :])
    return replace(old, **{first: _replaced(getattr(old, first), rest, value)})


_FIXED = (
    Control(path="opacity", label="Opacity", kind=Kind.SHARE, tip="How solid the layer is"),
    Control(path="rgb", label="Colour", kind=Kind.COLOUR, tip="One colour for the layer"),
    Control(path="size", label="Size", kind=Kind.NUMBER, low=0.5, high=30, unit="px", tip="Diameter or width"),
    Control(path="text", label="Words", kind=Kind.TEXT, tip="What is written"),
    Control(path="hemisphere", label="Hemisphere", kind=Kind.CHOICE, choices=HEMISPHERES, tip="Which side is drawn"),
    Control(path="explode", label="Explode", kind=Kind.SHARE, tip="Move regions away from the middle of the brain"),
    Control(path="labels_opacity", label="Labels", kind=Kind.SHARE, tip="How solid labels lie over the template"),
    Control(path="outlines", label="Outlines", kind=Kind.FLAG, tip="Draw the borders of regions"),
    Control(path="linked", label="Follows cursor", kind=Kind.FLAG, tip="Go through the place that is selected"),
    Control(path="hollow", label="Hollow", kind=Kind.FLAG, tip="Draw only the borders between regions"),
    Control(path="shading", label="Shading", kind=Kind.FLAG, tip="Let light fall on it"),
    Control(path="bend", label="Bend", kind=Kind.SHARE, tip="Height of the arcs"),
    Control(
        path="width", label="Width", kind=Kind.NUMBER, low=0.05, high=3, unit="mm", scale=1e3, tip="Across the track"
    ),
    Control(path="clipped", label="Clipped", kind=Kind.FLAG, tip="Let the scene's clipping cut it"),
)


def list_controls(layer: Layer, scene: Scene) -> tuple[Control, ...]:
    """Return what can be changed of a layer, in the order in which a panel shows it."""
    found = [*_FIXED, *_of_atlas(layer, scene), *_of_values(layer), *_of_transfer(layer)]
    return tuple(control for control in found if _applies(control, layer))


def _applies(control: Control, layer: Layer) -> bool:
    first = control.path.partition(".")[0]
    if not hasattr(layer, first):
        return False
    if control.path == "rgb":
        return isinstance(getattr(layer, "rgb", None), tuple) and layer.coloured_by is None
    if control.path == "labels_opacity":
        return getattr(layer, "of", "") == "both"
    return True


def _of_atlas(layer: Layer, scene: Scene) -> Iterable[Control]:
    known = [*_MAPPINGS]
    if scene.has_atlas:
        known += [name for name in scene.atlas.regions.parcellations if name not in known]
    yield Control(
        path="mapping", label="Parcellation", kind=Kind.CHOICE, choices=tuple(known), tip="Which regions are told apart"
    )
    images = tuple(one.name for one in scene.layers if isinstance(one, ImageVolume))
    shown = ("annotation", "template", "both", *images)
    yield Control(path="of", label="Shows", kind=Kind.CHOICE, choices=shown, tip="What the slice cuts through")
    yield Control(
        path="blend", label="Blend", kind=Kind.CHOICE, choices=BLENDS, tip="How voxels in line are put together"
    )


def _of_values(layer: Layer) -> Iterable[Control]:
    values = layer.coloured_by
    if values is None:
        return
    low, high = range_of(Held(values.data)) or values.bounds
    low, high = min(low, values.bounds[0]), max(high, values.bounds[1])
    yield Control(
        path="values.colormap", label="Colour map", kind=Kind.COLOURS, section="Values", tip="Colours of the numbers"
    )
    for index, label in enumerate(("From", "To")):
        yield Control(
            path=f"values.limits.{index}",
            label=label,
            kind=Kind.NUMBER,
            section="Values",
            low=low,
            high=high,
            tip=f"The number of the {'last' if index else 'first'} colour",
        )
    yield Control(
        path="values.missing", label="Missing", kind=Kind.COLOUR, section="Values", tip="Colour of what has no number"
    )
    if hasattr(layer, "missing_opacity"):
        yield Control(
            path="missing_opacity",
            label="Missing, opacity",
            kind=Kind.SHARE,
            section="Values",
            tip="How solid",
        )
    if values.times is not None:
        yield Control(
            path="values.interpolate", label="Smooth in time", kind=Kind.FLAG, section="Values", tip="Mix moments"
        )


def _of_transfer(layer: Layer) -> Iterable[Control]:
    if not hasattr(layer, "transfer"):
        return
    yield Control(
        path="transfer.colormap",
        label="Colour map",
        kind=Kind.COLOURS,
        section="Transfer function",
        tip="Colours of intensities",
    )
    yield Control(
        path="transfer.gradient",
        label="Borders only",
        kind=Kind.SHARE,
        section="Transfer function",
        tip="Draw only where the intensity changes",
    )
