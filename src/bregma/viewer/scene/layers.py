"""What a scene can hold. Each layer is frozen: to change one, replace it (`Scene.update`)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, TypeAlias

import numpy as np

from bregma.viewer.errors import InvalidLayer
from bregma.viewer.scene.arrays import Bytes, Floats, array_from_dict, array_to_dict, as_colours, as_points

Colour: TypeAlias = tuple[int, int, int]


@dataclass(frozen=True, eq=False, kw_only=True)
class Layer:
    """What every layer has.

    Parameters
    ----------
    name : str
        Unique in its scene.
    opacity : float
        0 (invisible) to 1 (solid).
    visible : bool
        Whether it is drawn.

    Raises
    ------
    InvalidLayer
        If the name is empty or the opacity is out of range.
    """

    kind: ClassVar[str]

    name: str
    opacity: float = 1.0
    visible: bool = True

    def __post_init__(self) -> None:
        if not self.name:
            raise InvalidLayer("a layer needs a name")
        if not 0.0 <= self.opacity <= 1.0:
            raise InvalidLayer(f"the opacity of {self.name!r} is between 0 and 1, not {self.opacity}")

    def to_dict(self) -> dict[str, Any]:
        """Return the layer as data that JSON can hold."""
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        return {"kind": self.kind} | {name: _plain(value) for name, value in values.items()}


@dataclass(frozen=True, eq=False, kw_only=True)
class AnnotationVolume(Layer):
    """The labels of the scene's atlas as a volume, every region in its own colour."""

    kind: ClassVar[str] = "annotation"
    name: str = "Annotation"
    opacity: float = 0.22


@dataclass(frozen=True, eq=False, kw_only=True)
class RegionSurface(Layer):
    """The surface of one region, with all that is inside it in the region tree.

    Parameters
    ----------
    acronym : str
        Region of the scene's atlas.
    rgb : tuple of 3 int
        Colour, 0 to 255.
    """

    kind: ClassVar[str] = "region"
    acronym: str
    rgb: Colour
    opacity: float = 0.5

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_colour(self.rgb, self.name)


@dataclass(frozen=True, eq=False, kw_only=True)
class Points(Layer):
    """Points, such as the places of units.

    Parameters
    ----------
    xyz : (n, 3) array
        Metres relative to bregma. A point with a NaN is kept and not drawn.
    rgb : (n, 3) array of uint8, or one colour
        0 to 255.
    size : float
        Diameter on the screen, in pixels of a picture 1000 pixels high.
    """

    kind: ClassVar[str] = "points"
    xyz: Floats
    rgb: Bytes = field(default_factory=lambda: np.array([255, 255, 255]))
    size: float = 5.0

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_size(self.size, self.name)
        object.__setattr__(self, "xyz", as_points(self.xyz, f"coordinates of {self.name!r}"))
        object.__setattr__(self, "rgb", as_colours(self.rgb, len(self.xyz), repr(self.name)))


@dataclass(frozen=True, eq=False, kw_only=True)
class Insertions(Layer):
    """Straight tracks of probes.

    Parameters
    ----------
    entries, tips : (n, 3) array
        Where each track begins and ends, in metres relative to bregma.
    labels : tuple of n str
        What each insertion is called.
    rgb : tuple of 3 int
        Colour, 0 to 255.
    size : float
        Width on the screen, in pixels of a picture 1000 pixels high.
    """

    kind: ClassVar[str] = "insertions"
    entries: Floats
    tips: Floats
    labels: tuple[str, ...] = ()
    rgb: Colour = (240, 240, 240)
    size: float = 2.0

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_size(self.size, self.name)
        _check_colour(self.rgb, self.name)
        object.__setattr__(self, "entries", as_points(self.entries, f"entries of {self.name!r}"))
        object.__setattr__(self, "tips", as_points(self.tips, f"tips of {self.name!r}"))
        n, labels = len(self.entries), tuple(self.labels)
        if len(self.tips) != n or len(labels) not in (0, n):
            raise InvalidLayer(f"{self.name!r} has {n} entries, {len(self.tips)} tips and {len(labels)} labels")
        object.__setattr__(self, "labels", labels)


_KINDS: dict[str, type[Layer]] = {layer.kind: layer for layer in (AnnotationVolume, RegionSurface, Points, Insertions)}


def layer_from_dict(entry: Mapping[str, Any]) -> Layer:
    """Read what `Layer.to_dict` wrote.

    Raises
    ------
    InvalidLayer
        If the kind is unknown, or the values are not those of such a layer.
    """
    kind = entry.get("kind")
    if kind not in _KINDS:
        raise InvalidLayer(f"no layer of kind {kind!r}; there are {', '.join(_KINDS)}")
    values = {name: _from_plain(value) for name, value in entry.items() if name != "kind"}
    try:
        return _KINDS[kind](**values)
    except TypeError as error:
        raise InvalidLayer(f"this is not a layer of kind {kind!r}: {error}") from error


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return array_to_dict(value)
    return list(value) if isinstance(value, tuple) else value


def _from_plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return array_from_dict(value)
    return tuple(value) if isinstance(value, list) else value


def _check_colour(rgb: Colour, name: str) -> None:
    if [part for part in rgb if 0 <= part <= 255 and part == int(part)] != list(rgb) or len(tuple(rgb)) != 3:
        raise InvalidLayer(f"the colour of {name!r} is three integers from 0 to 255, not {rgb}")


def _check_size(size: float, name: str) -> None:
    if not size > 0:
        raise InvalidLayer(f"the size of {name!r} is positive, not {size}")
