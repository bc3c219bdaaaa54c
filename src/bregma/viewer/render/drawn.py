"""A layer as VTK draws it: what every kind of layer has to be able to do."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bregma.atlas import Atlas
from bregma.viewer.render.sight import Sight
from bregma.viewer.scene.arrays import Bytes, Colour
from bregma.viewer.scene.layers.layer import Layer
from bregma.viewer.scene.stage import Look, Pick
from bregma.viewer.scene.values import Values

_SIZE_UNIT = 1000.0
# What draws without a card, as its OpenGL calls itself.
_EMULATED = ("llvmpipe", "softpipe", "swiftshader", "swrast")


@dataclass(frozen=True, eq=False)
class World:
    """What a layer's drawing has to know besides the layer.

    Parameters
    ----------
    get_atlas : callable
        Returns the scene's atlas.
    find_layer : callable
        Returns another layer by its name, None if there is none.
    height : callable
        Returns the height of the picture, in pixels.
    capabilities : callable
        Returns what VTK tells about the graphics of this machine.
    has_atlas : callable
        Returns whether the scene has an atlas already.
    look : callable
        Returns light and background of the scene.
    """

    get_atlas: Callable[[], Atlas]
    find_layer: Callable[[str], Layer | None]
    height: Callable[[], int]
    capabilities: Callable[[], str] = str
    has_atlas: Callable[[], bool] = lambda: True
    look: Callable[[], Look] = Look

    @property
    def atlas(self) -> Atlas:
        """The scene's atlas."""
        return self.get_atlas()

    @property
    def pixels_per_size(self) -> float:
        """Pixels of this picture for one pixel of a picture 1000 pixels high."""
        return self.height() / _SIZE_UNIT

    def colours_of(self, layer: Any, moment: float, n: int) -> Bytes:
        """Return the (n, 3) colours of the elements of a layer at a moment: by value, or their own."""
        values: Values | None = layer.values
        if values is not None:
            return values.rgb_at(moment)
        own = self.look().ink(np.atleast_2d(np.asarray(layer.rgb, dtype=np.uint8)))
        return np.broadcast_to(own, (n, 3))

    def ink(self, rgb: Colour) -> tuple[float, float, float]:
        """Return one colour as it is drawn, from 0 to 1."""
        red, green, blue = (self.look().ink(np.array([rgb], dtype=np.uint8))[0] / 255.0).tolist()
        return red, green, blue

    @property
    def has_graphics_card(self) -> bool:
        """Whether a graphics card draws; False too where VTK does not know yet."""
        told = self.capabilities().lower()
        return "renderer string" in told and not any(name in told for name in _EMULATED)


@dataclass(frozen=True, eq=False)
class Hit:
    """Where a line of sight met a prop.

    Parameters
    ----------
    prop : vtkProp
        What was hit.
    xyz_mm : tuple of 3 float
        Where, in millimetres.
    cell, point : int
        Element of the prop's data, -1 where there is none.
    """

    prop: Any
    xyz_mm: tuple[float, float, float]
    cell: int = -1
    point: int = -1

    @property
    def xyz(self) -> tuple[float, float, float]:
        """Where, in metres."""
        x, y, z = (part * 1e-3 for part in self.xyz_mm)
        return x, y, z


@dataclass(eq=False)
class Drawn:
    """A layer as VTK draws it. Each kind of layer has a class of its own; what they share is here.

    Parameters
    ----------
    layer : Layer
        As it is drawn now.
    world : World
        What it has to know besides.
    props : list of vtkProp
        What a renderer holds.
    """

    layer: Any
    world: World
    props: list[Any] = field(default_factory=list)

    def follow(self, layer: Any, moment: float) -> bool:
        """Take over the look of the replaced layer, at a moment, in place.

        Returns
        -------
        bool
            False if the shape of things differs and all has to be made anew.
        """
        raise NotImplementedError

    def set_moment(self, moment: float) -> None:
        """Show another moment; nothing for a layer that does not change with time."""

    def set_dragging(self, dragging: bool) -> None:
        """Draw quickly while the view turns, finely when it rests."""

    def resize(self) -> None:
        """Take over the height of the picture: sizes are shares of it."""

    def clip(self, planes: Any) -> None:
        """Cut by a vtkPlaneCollection, whose normals point to what remains; None does not cut."""
        from vtkmodules.vtkCommonDataModel import vtkPlaneCollection

        kept: Any = vtkPlaneCollection() if planes is None else planes  # VTK takes no None here
        for prop in self.props:
            mapper = getattr(prop, "GetMapper", lambda: None)()
            if mapper is not None:
                mapper.SetClippingPlanes(kept)

    def count_translucent(self) -> int:
        """Return how many translucent surfaces may lie behind each other."""
        return sum(
            bool(prop.GetVisibility() and prop.IsA("vtkActor") and prop.HasTranslucentPolygonalGeometry())
            for prop in self.props
        )

    def meet(self, sight: Sight) -> Sequence[Hit] | None:
        """Return where a line of sight meets the layer, the nearest first; None leaves it to the shapes of its props.

        Volumes have no shape: they look along the line themselves.
        """
        return None

    def uses(self, name: str) -> bool:
        """Return whether it is drawn from another layer, and has to follow when that changes."""
        return False

    def describe(self, hit: Hit) -> Pick | None:
        """Tell what was hit; None if it lets the line of sight through."""
        return Pick(layer=self.layer.name, xyz=hit.xyz)


def find_value(values: Values | None, moment: float, index: int) -> float | None:
    """Return the number of one element at a moment; None where there is none."""
    number = np.nan if values is None else float(values.at(moment)[index])
    return None if np.isnan(number) else number
