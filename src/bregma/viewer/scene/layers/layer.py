"""What every layer has."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from bregma.viewer.errors import InvalidLayer
from bregma.viewer.scene.arrays import Floats, check_share
from bregma.viewer.scene.plain import Part
from bregma.viewer.scene.values import Values

Hemisphere: TypeAlias = Literal["both", "left", "right"]
HEMISPHERES = ("both", "left", "right")


@dataclass(frozen=True, eq=False, kw_only=True)
class Layer(Part):
    """What every layer has.

    Parameters
    ----------
    name : str
        Unique in its scene.
    opacity : float
        0 (invisible) to 1 (solid).
    visible : bool
        Whether it is drawn.
    clipped : bool
        Whether the scene's clipping cuts it.
    group : str
        Where a tree of layers puts it; empty for the top.

    Raises
    ------
    InvalidLayer
        If the name is empty or the opacity is out of range.
    """

    name: str
    opacity: float = 1.0
    visible: bool = True
    clipped: bool = True
    group: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.name:
            raise InvalidLayer("a layer needs a name")
        check_share(self.opacity, f"the opacity of {self.name!r}")

    @property
    def coloured_by(self) -> Values | None:
        """The values that colour the layer, if any."""
        found = getattr(self, "values", None)
        return found if isinstance(found, Values) else None

    def places(self) -> tuple[Floats, ...]:
        """Return arrays of (n, 3) metres that a picture of this layer has to show; none for parts of the atlas."""
        return ()

    def _check_values(self, n: int, elements: str) -> None:
        values = self.coloured_by
        if values is not None and values.n != n:
            raise InvalidLayer(f"{self.name!r} has {n} {elements} and {values.n} values; give one for each")
