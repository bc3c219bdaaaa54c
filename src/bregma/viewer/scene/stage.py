"""What a scene has besides its layers: where it is seen from, what cuts it, its time, its light and its selection."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

import numpy as np

from bregma.viewer.errors import InvalidLayer
from bregma.viewer.scene.arrays import (
    Bytes,
    Colour,
    Triple,
    as_triple,
    check_colour,
    check_metres,
    check_positive,
    check_share,
)
from bregma.viewer.scene.plain import Part

# What is too pale for paper: bright, and without a hue.
_PALE, _GREY = 200, 24


class View(StrEnum):
    """From where the brain is seen."""

    OBLIQUE = "oblique"
    LEFT = "left"
    RIGHT = "right"
    DORSAL = "dorsal"
    VENTRAL = "ventral"
    ANTERIOR = "anterior"
    POSTERIOR = "posterior"


@dataclass(frozen=True, eq=False, kw_only=True)
class Camera(Part):
    """From where the scene is seen.

    Parameters
    ----------
    view : View
        One of the views, which shows the whole brain.
    position, focus, up : tuple of 3 float, optional
        A free place instead: where the camera stands, what it looks at (metres), and which way is up.
    height : float, optional
        How much a free camera shows from bottom to top at its focus, in metres.
    zoom : float
        Above 1, less is seen, larger.
    perspective : bool
        Whether what is far looks small; else parallel lines stay parallel.
    """

    kind: ClassVar[str] = "camera"
    view: View = View.OBLIQUE
    position: Triple | None = None
    focus: Triple | None = None
    up: Triple | None = None
    height: float | None = None
    zoom: float = 1.0
    perspective: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        check_positive(self.zoom, "the zoom of a camera")
        free = (self.position, self.focus, self.up, self.height)
        if any(part is None for part in free) and any(part is not None for part in free):
            raise InvalidLayer("a free camera has all of position, focus, up and height; a view has none of them")
        for name in ("position", "focus", "up"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, as_triple(getattr(self, name), f"{name} of a camera"))
        if self.height is not None:
            check_positive(self.height, "the height of what a camera shows")

    @property
    def is_free(self) -> bool:
        """Whether it stands somewhere else than the views."""
        return self.position is not None


@dataclass(frozen=True, eq=False, kw_only=True)
class Plane(Part):
    """A plane that cuts: what lies on the side of its normal remains.

    Endless, unlike `bregma.atlas.Plane`, which is a rectangle of pixels.

    Parameters
    ----------
    origin : tuple of 3 float
        A point of it, in metres.
    normal : tuple of 3 float
        Towards what remains.
    """

    kind: ClassVar[str] = "plane"
    origin: Triple
    normal: Triple

    def __post_init__(self) -> None:
        super().__post_init__()
        origin, normal = as_triple(self.origin, "the origin of a plane"), np.array(as_triple(self.normal, "a normal"))
        check_metres(np.array([origin]), "the origin of a plane")
        check_positive(float(np.linalg.norm(normal)), "the length of a normal")
        object.__setattr__(self, "origin", origin)
        object.__setattr__(self, "normal", as_triple(normal / np.linalg.norm(normal), "a normal"))


@dataclass(frozen=True, eq=False, kw_only=True)
class Viewport(Part):
    """A part of the picture with a camera of its own.

    Parameters
    ----------
    bounds : tuple of 4 float
        Left, bottom, right and top, as shares of the picture.
    camera : Camera, optional
        None for the scene's: such viewports turn together.
    hidden : tuple of str
        Names of layers that are not drawn here.
    only : tuple of str
        Names of the layers that are drawn here and no others, also when more are added; empty for all.
    title : str
        Written into its corner.
    """

    kind: ClassVar[str] = "viewport"
    bounds: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)
    camera: Camera | None = None
    hidden: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    title: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        left, bottom, right, top = self.bounds
        if not (0 <= left < right <= 1 and 0 <= bottom < top <= 1):
            raise InvalidLayer(f"bounds of a viewport are left < right and bottom < top from 0 to 1, not {self.bounds}")

    def draws(self, layer: str) -> bool:
        """Return whether a layer is drawn here."""
        return layer not in self.hidden and (not self.only or layer in self.only)


@dataclass(frozen=True, eq=False, kw_only=True)
class Look(Part):
    """Light, background and lettering.

    Parameters
    ----------
    top, bottom : tuple of 3 int
        Colours of the background's ends.
    light : float
        Strength of the light, 0 to 1.
    ambient : float
        How much of it comes from everywhere, 0 to 1.
    legend, scale_bar, axes, credit : bool
        What is written beside the brain.
    """

    kind: ClassVar[str] = "look"
    top: Colour = (30, 36, 46)
    bottom: Colour = (14, 17, 22)
    light: float = 1.0
    ambient: float = 0.25
    legend: bool = True
    scale_bar: bool = True
    axes: bool = True
    credit: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        check_colour(self.top, "the background")
        check_colour(self.bottom, "the background")
        check_share(self.light, "the strength of the light")
        check_share(self.ambient, "the light from everywhere")

    @classmethod
    def paper(cls) -> "Look":
        """Return the look for print: white, with dark letters."""
        return cls(top=(255, 255, 255), bottom=(255, 255, 255))

    @property
    def is_light(self) -> bool:
        """Whether letters have to be dark."""
        return sum(self.top) + sum(self.bottom) > 3 * 255

    def ink(self, rgb: Bytes) -> Bytes:
        """Return colours as they are drawn: on a light background, near white becomes as dark.

        Parameters
        ----------
        rgb : (n, 3) array of uint8
            Of points, lines or letters.
        """
        if not self.is_light:
            return rgb
        pale = (rgb.min(axis=1) >= _PALE) & (np.ptp(rgb, axis=1) <= _GREY)
        return np.where(pale[:, None], np.uint8(255) - rgb, rgb)


@dataclass(frozen=True, eq=False, kw_only=True)
class Event(Part):
    """Something that happened, as a marker on the time axis.

    Parameters
    ----------
    time : float
        Seconds.
    label : str
        What it was.
    rgb : tuple of 3 int
        Colour of the marker.
    """

    kind: ClassVar[str] = "event"
    time: float
    label: str = ""
    rgb: Colour = (255, 209, 128)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not np.isfinite(self.time):
            raise InvalidLayer(f"the time of an event is a number of seconds, not {self.time}")
        check_colour(self.rgb, f"event {self.label!r}")


@dataclass(frozen=True, eq=False, kw_only=True)
class Pick(Part):
    """What was under the mouse.

    Parameters
    ----------
    layer : str
        Name of the layer.
    xyz : tuple of 3 float
        Where it was hit, in metres.
    index : int, optional
        Which element: the point, line, track, vertex or edge.
    region : str
        Acronym of the region there; empty outside of the brain or without an atlas.
    value : float, optional
        The number there, at the scene's moment.
    label : str
        What the element is called, such as the label of an insertion.
    """

    kind: ClassVar[str] = "pick"
    layer: str
    xyz: Triple
    index: int | None = None
    region: str = ""
    value: float | None = None
    label: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "xyz", as_triple(self.xyz, "the place of a pick"))
