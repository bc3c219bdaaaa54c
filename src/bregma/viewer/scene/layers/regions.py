"""The brain's regions as layers: the annotation as a volume, one region's surface, or all surfaces at once."""

from dataclasses import dataclass
from typing import ClassVar

from bregma.viewer.errors import InvalidLayer
from bregma.viewer.scene.arrays import Colour, check_colour, check_positive, check_share
from bregma.viewer.scene.layers.layer import Hemisphere, Layer
from bregma.viewer.scene.values import Values


@dataclass(frozen=True, eq=False, kw_only=True)
class AnnotationVolume(Layer):
    """The labels of the scene's atlas as a volume, every region in exactly its own colour.

    Parameters
    ----------
    mapping : str
        Which regions are told apart: ``Allen``, ``Beryl``, ``Cosmos``, ``Swanson``, or one of the user's own.
    values : Values, optional
        A number for each row of the atlas's regions (`bregma.atlas.Regions`), in place of the atlas's colours;
        regions without one (NaN) are drawn in the missing colour, as faint as `missing_opacity` says.
    missing_opacity : float
        Of the regions without a value, as a share of the opacity.
    shown : tuple of str
        Acronyms of the regions to draw, each with all inside it; empty for all.
    hemisphere : {"both", "left", "right"}
        Which side is drawn.
    shading : bool
        Whether light falls on it.
    hollow : bool
        Whether only borders between regions are drawn, and what is inside stays empty.
    detail_um : float
        Finest voxel that is drawn, in micrometres: finer atlases are thinned out.
    """

    kind: ClassVar[str] = "annotation"
    name: str = "Annotation"
    opacity: float = 0.22
    mapping: str = "Allen"
    values: Values | None = None
    missing_opacity: float = 0.15
    shown: tuple[str, ...] = ()
    hemisphere: Hemisphere = "both"
    shading: bool = False
    hollow: bool = False
    detail_um: float = 50.0

    def __post_init__(self) -> None:
        super().__post_init__()
        check_share(self.missing_opacity, f"the opacity of what is missing in {self.name!r}")
        check_positive(self.detail_um, f"the detail of {self.name!r}")


@dataclass(frozen=True, eq=False, kw_only=True)
class RegionSurface(Layer):
    """The surface of one region, with all that is inside it in the region tree.

    Parameters
    ----------
    acronym : str
        Region of the scene's atlas.
    rgb : tuple of 3 int
        Colour, 0 to 255.
    hemisphere : {"both", "left", "right"}
        Which side is drawn.
    values : Values, optional
        One number (at each moment) that colours it instead.
    """

    kind: ClassVar[str] = "region"
    acronym: str
    rgb: Colour
    opacity: float = 0.5
    hemisphere: Hemisphere = "both"
    values: Values | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        check_colour(self.rgb, repr(self.name))
        self._check_values(1, "surface")


@dataclass(frozen=True, eq=False, kw_only=True)
class RegionSurfaces(Layer):
    """The surfaces of all regions of a mapping at once.

    Parameters
    ----------
    mapping : str
        Which regions are told apart.
    values : Values, optional
        A number for each row of the atlas's regions, in place of the atlas's colours; regions without one are not
        drawn.
    shown : tuple of str
        Acronyms of the regions to draw, each with all inside it; empty for all.
    hemisphere : {"both", "left", "right"}
        Which side is drawn.
    explode : float
        How far regions move away from the middle of the brain: 0 not at all, 1 to twice their distance.
    detail_um : float
        Edge of the voxels that the surfaces are made of, in micrometres: finer atlases are thinned out.
    """

    kind: ClassVar[str] = "regions"
    name: str = "Regions"
    mapping: str = "Beryl"
    values: Values | None = None
    shown: tuple[str, ...] = ()
    hemisphere: Hemisphere = "both"
    explode: float = 0.0
    detail_um: float = 50.0

    def __post_init__(self) -> None:
        super().__post_init__()
        check_positive(self.detail_um, f"the detail of {self.name!r}")
        if not self.explode >= 0:
            raise InvalidLayer(f"regions of {self.name!r} move apart by 0 or more, not {self.explode}")
