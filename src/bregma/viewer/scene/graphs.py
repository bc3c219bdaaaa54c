"""A matrix of connections between regions as a graph in the brain."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from bregma.atlas import Atlas, compute_centroids
from bregma.atlas.regions import Hemisphere
from bregma.viewer.errors import InvalidLayer
from bregma.viewer.scene.arrays import Floats, Ints, as_floats, as_points

_THINNEST, _THICKEST = 0.4, 3.0


@dataclass(frozen=True, eq=False)
class Graph:
    """What joins what, the weakest first, so that strong arcs are drawn over weak ones.

    Parameters
    ----------
    edges : (m, 2) array of int
        From which node to which.
    weights : (m,) array
        How strongly.
    """

    edges: Ints
    weights: Floats

    @property
    def widths(self) -> Floats:
        """How wide each arc is drawn, as a factor: the wider, the farther its weight is from zero."""
        size = np.abs(self.weights)
        largest = float(size.max(initial=0.0))
        widths: Floats = _THINNEST + (_THICKEST - _THINNEST) * (size / largest if largest else size)
        return widths


def find_edges(matrix: npt.ArrayLike, *, threshold: float = 0.0, n: int | None = None) -> Graph:
    """Return the edges of a matrix of weights, without those of a node to itself.

    Parameters
    ----------
    matrix : (n, n) array
        From row to column. NaN and 0 are no edge. Of a symmetric matrix every edge is taken once.
    threshold : float
        Least size of a weight, whatever its sign.
    n : int, optional
        How many nodes there are.

    Raises
    ------
    InvalidLayer
        If it is not square, or of another number of nodes, or nothing in it is above the threshold.
    """
    weights = as_floats(matrix, "weights of connections")
    if weights.ndim != 2 or weights.shape[0] != weights.shape[1] or n not in (None, len(weights)):
        nodes = "" if n is None else f" for {n} regions"
        raise InvalidLayer(f"a matrix of connections is square{nodes}, not {weights.shape}")
    known = np.nan_to_num(weights)
    if np.array_equal(known, known.T):
        known = np.triu(known)
    edges = np.argwhere((known != 0) & (np.abs(known) >= threshold) & ~np.eye(len(known), dtype=bool))
    if not len(edges):
        raise InvalidLayer(
            f"no connection has a weight of {threshold:g} or more; the largest is {np.abs(known).max(initial=0.0):g}"
        )
    found = known[tuple(edges.T)]
    order = np.argsort(np.abs(found), kind="stable")
    return Graph(edges[order], found[order])


def place_nodes(
    regions: Any, nodes: npt.ArrayLike | None, atlas: Atlas | None, hemisphere: Hemisphere | None
) -> tuple[Floats, tuple[str, ...]]:
    """Return where the nodes are and what they are called: as given, or the centres of regions.

    Raises
    ------
    InvalidLayer
        If neither regions nor places are given, or the atlas has no voxel of a region.
    RegionNotFound
        If a region is unknown; the message suggests near ones.
    """
    labels = () if regions is None else tuple(str(one) for one in regions)
    if nodes is not None:
        return as_points(nodes, "nodes of connections"), labels
    if regions is None or atlas is None:
        raise InvalidLayer("say where the nodes are: regions= with their acronyms, or nodes= with their places")
    rows = atlas.regions.rows(list(regions), hemisphere=hemisphere)
    places = compute_centroids(atlas)[rows]
    unknown = [label for label, place in zip(labels, places, strict=True) if not np.isfinite(place).all()]
    if unknown:
        raise InvalidLayer(f"{atlas.name} has no voxel of {', '.join(unknown[:5])}; leave them out or give nodes=")
    return places, labels
