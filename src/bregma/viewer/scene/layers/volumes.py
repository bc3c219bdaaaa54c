"""Volumes of intensities, and slices through volumes."""

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt

from bregma.viewer.errors import InvalidLayer
from bregma.viewer.scene.arrays import Floats, Triple, as_floats, as_triple, check_metres, check_positive, check_share
from bregma.viewer.scene.layers.layer import Layer
from bregma.viewer.scene.plain import Part
from bregma.viewer.scene.values import Values, colour_table

BLENDS = ("composite", "maximum", "minimum", "average", "isosurface")


@dataclass(frozen=True, eq=False, kw_only=True)
class Transfer(Part):
    """How intensities become colour and opacity.

    Parameters
    ----------
    colormap : str
        Name of a colour map of matplotlib.
    limits : tuple of 2 float, optional
        Intensities of the first and last colour; by default the 1st and 99.5th percentile of what is not zero.
    opacity : tuple of (float, float)
        Points of the opacity curve: share of the range of the limits, and opacity, both 0 to 1 and rising in the first.
    gradient : float
        0: opacity by intensity only; 1: only where the intensity changes, so that borders show.
    """

    kind: ClassVar[str] = "transfer"
    colormap: str = "gray"
    limits: tuple[float, float] | None = None
    opacity: tuple[tuple[float, float], ...] = ((0.0, 0.0), (0.15, 0.0), (1.0, 0.6))
    gradient: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        colour_table(self.colormap)
        if self.limits is not None and not self.limits[0] < self.limits[1]:
            raise InvalidLayer(f"limits of a transfer function are two rising numbers, not {self.limits}")
        points = np.array(self.opacity, dtype=np.float64)
        if points.ndim != 2 or points.shape[1] != 2 or len(points) < 2 or np.any(np.diff(points[:, 0]) < 0):
            raise InvalidLayer(
                f"an opacity curve is two or more (share, opacity) with rising shares, not {self.opacity}"
            )
        if np.any((points < 0) | (points > 1)) or not 0 <= self.gradient <= 1:
            raise InvalidLayer("shares, opacities and the gradient of a transfer function are between 0 and 1")
        object.__setattr__(self, "opacity", tuple((float(share), float(alpha)) for share, alpha in self.opacity))


@dataclass(frozen=True, eq=False, kw_only=True)
class ImageVolume(Layer):
    """A volume of intensities: a template, a brain, gene expression, density of cells; also one that changes.

    Parameters
    ----------
    image : (n_x, n_y, n_z) or (n_times, n_x, n_y, n_z) array, optional
        Intensities; x grows to the right, y to the front, z upwards. Integers stay as they are. None for the
        template of the scene's atlas.
    times : (n_times,) array, optional
        Rising moments of a changing volume, in seconds.
    origin : tuple of 3 float
        Centre of the first voxel, in metres.
    spacing : tuple of 3 float
        Edges of a voxel, in metres.
    transfer : Transfer
        Colours and opacities.
    blend : {"composite", "maximum", "minimum", "average", "isosurface"}
        How what lies along a line of sight is put together: what is before hides what is behind; the brightest or
        the darkest; all of it, thinly; or surfaces of equal intensity.
    isovalues : tuple of float
        Intensities of the surfaces that an isosurface blend draws.
    shading : bool
        Whether light falls on it.
    """

    kind: ClassVar[str] = "image"
    image: npt.NDArray[np.generic] | None = None
    times: Floats | None = None
    origin: Triple = (0.0, 0.0, 0.0)
    spacing: Triple = (25e-6, 25e-6, 25e-6)
    transfer: Transfer = Transfer()
    blend: Literal["composite", "maximum", "minimum", "average", "isosurface"] = "composite"
    isovalues: tuple[float, ...] = ()
    shading: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.blend == "isosurface" and not self.isovalues:
            raise InvalidLayer(f"{self.name!r} is drawn as isosurfaces; say of which intensities: isovalues=(…,)")
        object.__setattr__(self, "origin", as_triple(self.origin, f"the origin of {self.name!r}"))
        object.__setattr__(self, "spacing", as_triple(self.spacing, f"the spacing of {self.name!r}"))
        check_positive(min(self.spacing), f"the spacing of {self.name!r}")
        check_metres(np.array([self.origin]), f"the origin of {self.name!r}")
        check_metres(np.array([self.spacing]), f"the spacing of {self.name!r}")
        if self.image is not None:
            self._check_image(self.image)

    def _check_image(self, image: npt.NDArray[np.generic]) -> None:
        array = np.asarray(image)
        if array.dtype.kind not in "fiub" or array.ndim != (3 if self.times is None else 4) or 0 in array.shape:
            raise InvalidLayer(
                f"the image of {self.name!r} is a volume (n_x, n_y, n_z) of numbers, with times= one (n_times, n_x, "
                f"n_y, n_z); not {array.dtype} of shape {array.shape}"
            )
        object.__setattr__(self, "image", _freeze_volume(array.astype(np.uint8) if array.dtype == bool else array))
        if self.times is not None:
            times = as_floats(self.times, f"times of {self.name!r}")
            if times.shape != array.shape[:1] or np.any(np.diff(times) <= 0):
                raise InvalidLayer(
                    f"{self.name!r} has {len(array)} volumes; give as many rising times, not {times.shape}"
                )
            object.__setattr__(self, "times", times)

    @property
    def span(self) -> tuple[float, float] | None:
        """First and last moment, in seconds; None for a volume that does not change."""
        return None if self.times is None else (float(self.times[0]), float(self.times[-1]))

    def places(self) -> tuple[Floats, ...]:
        """Return two corners, none for the template of the atlas."""
        if self.image is None:
            return ()
        low = np.array(self.origin)
        return (np.stack([low, low + np.array(self.spacing) * (np.array(self.image.shape[-3:]) - 1)]),)

    def has_voxels_of(self, other: "ImageVolume") -> bool:
        """Return whether it has the voxels of another one, in the same place, and they are drawn in the same way."""
        same = (getattr(self, name) == getattr(other, name) for name in ("origin", "spacing", "blend"))
        return self.image is other.image and self.times is other.times and all(same)

    def step_at(self, moment: float) -> int:
        """Return which of the changing volumes holds at a moment."""
        assert self.times is not None
        return max(int(np.searchsorted(self.times, moment, side="right")) - 1, 0)


def _freeze_volume(image: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
    """Return a volume read-only; where that takes a copy, with x fastest, as it is drawn."""
    if not image.flags.writeable:
        return image
    axes = (2, 1, 0) if image.ndim == 3 else (0, 3, 2, 1)
    copy = image.transpose(axes).copy().transpose(axes)
    copy.flags.writeable = False
    return copy


@dataclass(frozen=True, eq=False, kw_only=True)
class Slice(Layer):
    """A plane through the brain, of any direction, that shows what it cuts; its picture is a `bregma.atlas.Slice`.

    Parameters
    ----------
    origin : tuple of 3 float
        A point of the plane, in metres.
    normal : tuple of 3 float
        Its direction; x cuts sagittally, y coronally, z horizontally.
    of : str
        What it shows: ``annotation``, ``template``, ``both`` (labels over the template), or the name of an
        `ImageVolume` of the scene.
    mapping : str
        Which regions are told apart.
    values : Values, optional
        A number for each row of the atlas's regions, in place of the atlas's colours.
    outlines : bool
        Whether the borders of regions are drawn.
    labels_opacity : float
        Of the labels over the template.
    linked : bool
        Whether it goes through the scene's cursor, and moving it moves the cursor.
    """

    kind: ClassVar[str] = "slice"
    origin: Triple = (0.0, 0.0, 0.0)
    normal: Triple = (0.0, 1.0, 0.0)
    of: str = "annotation"
    mapping: str = "Allen"
    values: Values | None = None
    outlines: bool = True
    labels_opacity: float = 0.5
    linked: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        origin = as_triple(self.origin, f"the origin of {self.name!r}")
        check_metres(np.array([origin]), f"the origin of {self.name!r}")
        check_share(self.labels_opacity, f"the opacity of labels of {self.name!r}")
        normal = np.array(as_triple(self.normal, f"the normal of {self.name!r}"))
        length = float(np.linalg.norm(normal))
        check_positive(length, f"the length of the normal of {self.name!r}")
        object.__setattr__(self, "origin", origin)
        object.__setattr__(self, "normal", as_triple(normal / length, "normal"))
