"""What joins two places each: straight tracks of probes, and the arcs of a graph."""

from dataclasses import dataclass
from typing import ClassVar

from bregma.viewer.errors import InvalidLayer
from bregma.viewer.scene.arrays import (
    Colour,
    Floats,
    Ints,
    as_factors,
    as_indices,
    as_points,
    check_colour,
    check_positive,
)
from bregma.viewer.scene.layers.layer import Layer
from bregma.viewer.scene.values import Values


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
    values : Values, optional
        Numbers that colour the tracks.
    size : float
        Width on the screen, in pixels of a picture 1000 pixels high.
    """

    kind: ClassVar[str] = "insertions"
    entries: Floats
    tips: Floats
    labels: tuple[str, ...] = ()
    rgb: Colour = (240, 240, 240)
    values: Values | None = None
    size: float = 2.0

    def __post_init__(self) -> None:
        super().__post_init__()
        check_positive(self.size, f"the size of {self.name!r}")
        check_colour(self.rgb, repr(self.name))
        object.__setattr__(self, "entries", as_points(self.entries, f"entries of {self.name!r}"))
        object.__setattr__(self, "tips", as_points(self.tips, f"tips of {self.name!r}"))
        n, labels = len(self.entries), tuple(self.labels)
        if len(self.tips) != n or len(labels) not in (0, n):
            raise InvalidLayer(f"{self.name!r} has {n} entries, {len(self.tips)} tips and {len(labels)} labels")
        object.__setattr__(self, "labels", labels)
        self._check_values(n, "tracks")

    def places(self) -> tuple[Floats, ...]:
        """Return where it is."""
        return (self.entries, self.tips)


@dataclass(frozen=True, eq=False, kw_only=True)
class Connections(Layer):
    """A graph in the brain: nodes, and arcs between them.

    Parameters
    ----------
    nodes : (n, 3) array
        Metres relative to bregma.
    edges : (m, 2) array of int
        From which node to which.
    values : Values, optional
        Numbers that colour the arcs, such as weights.
    widths : (m,) array, optional
        Of each arc as a factor of `size`.
    rgb : tuple of 3 int
        Colour, 0 to 255.
    size : float
        Width on the screen, in pixels of a picture 1000 pixels high.
    bend : float
        Height of an arc as a share of its length; 0 is straight.
    labels : tuple of n str
        What each node is called.
    """

    kind: ClassVar[str] = "connections"
    nodes: Floats
    edges: Ints
    values: Values | None = None
    widths: Floats | None = None
    rgb: Colour = (240, 240, 240)
    size: float = 2.0
    bend: float = 0.2
    labels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        check_positive(self.size, f"the size of {self.name!r}")
        check_colour(self.rgb, repr(self.name))
        nodes = as_points(self.nodes, f"nodes of {self.name!r}")
        edges = as_indices(self.edges, (-1, 2), len(nodes), f"edges of {self.name!r}")
        if len(self.labels) not in (0, len(nodes)):
            raise InvalidLayer(f"{self.name!r} has {len(nodes)} nodes and {len(self.labels)} labels")
        object.__setattr__(self, "labels", tuple(self.labels))
        object.__setattr__(self, "nodes", nodes)
        object.__setattr__(self, "edges", edges)
        self._check_values(len(edges), "edges")
        if self.widths is not None:
            object.__setattr__(self, "widths", as_factors(self.widths, len(edges), f"widths of {self.name!r}"))

    def places(self) -> tuple[Floats, ...]:
        """Return where it is."""
        return (self.nodes,)
