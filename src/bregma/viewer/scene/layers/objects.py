"""Points, lines, meshes, images along a path, and words."""

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from bregma.viewer.errors import InvalidLayer
from bregma.viewer.scene.arrays import (
    Bytes,
    Colour,
    Floats,
    Ints,
    Triple,
    as_colours,
    as_factors,
    as_indices,
    as_points,
    as_triple,
    check_colour,
    check_positive,
    find_known,
)
from bregma.viewer.scene.layers.layer import Layer
from bregma.viewer.scene.values import Values

_MANY = 100_000


def _white() -> Bytes:
    return np.array([255, 255, 255], dtype=np.uint8)


@dataclass(frozen=True, eq=False, kw_only=True)
class Points(Layer):
    """Points, such as the places of units.

    Parameters
    ----------
    xyz : (n, 3) array
        Metres relative to bregma; float32 stays float32. A point with a NaN is kept and not drawn.
    rgb : (n, 3) array of uint8, or one colour
        0 to 255; what `values` say comes first.
    values : Values, optional
        Numbers that colour the points.
    size : float
        Diameter on the screen, in pixels of a picture 1000 pixels high.
    sizes : (n,) array, optional
        Of each point as a factor of `size`.
    """

    kind: ClassVar[str] = "points"
    xyz: Floats
    rgb: Bytes = field(default_factory=_white)
    values: Values | None = None
    size: float = 5.0
    sizes: Floats | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        check_positive(self.size, f"the size of {self.name!r}")
        object.__setattr__(self, "xyz", as_points(self.xyz, f"coordinates of {self.name!r}"))
        object.__setattr__(self, "rgb", as_colours(self.rgb, len(self.xyz), repr(self.name)))
        self._check_values(len(self.xyz), "points")
        if self.sizes is not None:
            object.__setattr__(self, "sizes", as_factors(self.sizes, len(self.xyz), f"sizes of {self.name!r}"))

    def places(self) -> tuple[Floats, ...]:
        """Return where it is; the corners of a box around it where there are many points."""
        if len(self.xyz) <= _MANY:
            return (self.xyz,)
        known = self.xyz[find_known(self.xyz)]
        ends = np.stack([known.min(axis=0), known.max(axis=0)]) if len(known) else np.empty((0, 3))
        return (np.stack(np.meshgrid(*ends.T), axis=-1).reshape(-1, 3),)


@dataclass(frozen=True, eq=False, kw_only=True)
class Lines(Layer):
    """Polylines of any length, such as tracts, streamlines or neurons.

    Parameters
    ----------
    xyz : (n, 3) array
        The points of all lines, one line after the other, in metres.
    lengths : (n_lines,) array of int
        How many points each line has.
    rgb : (n_lines, 3) array of uint8, or one colour
        0 to 255.
    values : Values, optional
        Numbers that colour the lines.
    size : float
        Width on the screen, in pixels of a picture 1000 pixels high.
    """

    kind: ClassVar[str] = "lines"
    xyz: Floats
    lengths: Ints
    rgb: Bytes = field(default_factory=_white)
    values: Values | None = None
    size: float = 2.0

    def __post_init__(self) -> None:
        super().__post_init__()
        check_positive(self.size, f"the size of {self.name!r}")
        xyz = as_points(self.xyz, f"coordinates of {self.name!r}")
        lengths = as_indices(self.lengths, (-1,), len(xyz) + 1, f"lengths of {self.name!r}")
        if int(lengths.sum()) != len(xyz):
            raise InvalidLayer(f"the lines of {self.name!r} have {lengths.sum()} points, and {len(xyz)} are given")
        object.__setattr__(self, "xyz", xyz)
        object.__setattr__(self, "lengths", lengths)
        object.__setattr__(self, "rgb", as_colours(self.rgb, len(lengths), repr(self.name)))
        self._check_values(len(lengths), "lines")

    def places(self) -> tuple[Floats, ...]:
        """Return where it is."""
        return (self.xyz,)


@dataclass(frozen=True, eq=False, kw_only=True)
class Mesh(Layer):
    """A surface of triangles, from a file or from arrays.

    Parameters
    ----------
    vertices : (n, 3) array
        Metres relative to bregma.
    faces : (m, 3) array of int
        Vertices of each triangle.
    rgb : tuple of 3 int
        Colour, 0 to 255.
    values : Values, optional
        Numbers that colour the vertices.
    """

    kind: ClassVar[str] = "mesh"
    vertices: Floats
    faces: Ints
    rgb: Colour = (200, 200, 200)
    values: Values | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        check_colour(self.rgb, repr(self.name))
        vertices = as_points(self.vertices, f"vertices of {self.name!r}")
        object.__setattr__(self, "vertices", vertices)
        object.__setattr__(self, "faces", as_indices(self.faces, (-1, 3), len(vertices), f"faces of {self.name!r}"))
        self._check_values(len(vertices), "vertices")

    def places(self) -> tuple[Floats, ...]:
        """Return where it is."""
        return (self.vertices,)


@dataclass(frozen=True, eq=False, kw_only=True)
class PathImage(Layer):
    """An image along a path, such as activity at each depth of a probe through time, or channels' regions.

    Parameters
    ----------
    path : (k, 3) array
        From the first row of the image to the last, in metres.
    image : (n_rows, n_columns, 3) array of uint8
        Colours; rows along the path, columns across it.
    width : float
        Across the path, in metres.
    across : tuple of 3 float
        Direction in which the columns lie.
    """

    kind: ClassVar[str] = "path_image"
    path: Floats
    image: Bytes
    width: float = 500e-6
    across: Triple = (1.0, 0.0, 0.0)

    def __post_init__(self) -> None:
        super().__post_init__()
        check_positive(self.width, f"the width of {self.name!r}")
        path, image = as_points(self.path, f"the path of {self.name!r}"), np.asarray(self.image)
        if len(path) < 2 or not np.isfinite(path).all():
            raise InvalidLayer(f"the path of {self.name!r} has two or more known points, not {path.tolist()[:3]}")
        if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or 0 in image.shape:
            raise InvalidLayer(f"the image of {self.name!r} is (n, m, 3) uint8, not {image.dtype} {image.shape}")
        check_positive(float(np.linalg.norm(self.across)), f"the length of across of {self.name!r}")
        object.__setattr__(self, "path", path)
        object.__setattr__(self, "image", image)
        object.__setattr__(self, "across", as_triple(self.across, f"across of {self.name!r}"))

    def places(self) -> tuple[Floats, ...]:
        """Return where it is."""
        return (self.path,)


@dataclass(frozen=True, eq=False, kw_only=True)
class Text(Layer):
    """Words at a place in the brain, always facing the reader.

    Parameters
    ----------
    text : str
        The words.
    xyz : tuple of 3 float
        Metres relative to bregma.
    rgb : tuple of 3 int
        Colour, 0 to 255.
    size : float
        Height of a letter, in pixels of a picture 1000 pixels high.
    """

    kind: ClassVar[str] = "text"
    text: str
    xyz: Triple
    rgb: Colour = (240, 240, 240)
    size: float = 18.0

    def __post_init__(self) -> None:
        super().__post_init__()
        check_positive(self.size, f"the size of {self.name!r}")
        check_colour(self.rgb, repr(self.name))
        place = as_triple(self.xyz, f"the place of {self.name!r}")
        as_points([place], f"the place of {self.name!r}")
        object.__setattr__(self, "xyz", place)

    def places(self) -> tuple[Floats, ...]:
        """Return where it is."""
        return (np.array([self.xyz]),)
