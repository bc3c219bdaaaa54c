"""How well units stand apart in the space of their spikes' features: principal components, or amplitude and depth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special
from scipy.spatial import KDTree
from scipy.spatial.distance import cdist

from bregma.brainbox.arrays import (
    Floats,
    Ints,
    InvalidInput,
    as_floats,
    as_ids,
    check_count,
    check_same_length,
    select_units,
)
from bregma.brainbox.results import Labelled, axis, values
from bregma.brainbox.spikes.trains import find_rows

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

MIN_SPIKES = 2
"""Fewer spikes, of a unit or of the others, have no covariance."""
NEGLIGIBLE = 1e-20
"""Probability below which a spike adds nothing to the L-ratio."""


@dataclass(frozen=True)
class ClusterIsolation(Labelled):
    """How well each unit stands apart; every array is (n_units,), NaN for too few spikes or dependent features.

    ``isolation_distance``: squared Mahalanobis distance from the unit within which as many spikes of others lie as
    it has (larger is better); ``l_ratio``: spikes of others expected to be its own, by that distance, per spike
    (smaller is better); ``d_prime``: distance of the means on the best separating line, in standard deviations;
    ``silhouette``: -1 to 1, how much nearer the unit's spikes are to its own centre than to the nearest other;
    ``nn_hit_rate``: fraction of its spikes' neighbours that are its own; ``nn_miss_rate``: fraction of other spikes'
    neighbours that are its own.
    """

    cluster_ids: Ints = axis("cluster")
    isolation_distance: Floats = values("cluster")
    l_ratio: Floats = values("cluster")
    d_prime: Floats = values("cluster")
    silhouette: Floats = values("cluster")
    nn_hit_rate: Floats = values("cluster")
    nn_miss_rate: Floats = values("cluster")


def compute_cluster_isolation(
    features: ArrayLike,
    spike_clusters: ArrayLike,
    cluster_ids: ArrayLike | None = None,
    *,
    n_neighbors: int = 4,
    max_spikes: int = 10_000,
) -> ClusterIsolation:
    """Compute how well units stand apart from all other spikes given.

    Give spikes of units that can be confused, such as those within 100 µm; the cost is spikes times units.

    Parameters
    ----------
    features : (n_spikes, n_features) array
        Principal components, or amplitude and depth; of comparable scale for the silhouette and the neighbours, the
        rest feel no scale. Spikes with NaN are left out.
    spike_clusters : (n_spikes,) array
        Unit of each spike.
    cluster_ids : (n_units,) array or None
        Units to measure, in this order; spikes of others count as others. None: all that occur.
    n_neighbors
        Neighbours of each spike.
    max_spikes
        Spikes of all units, evenly chosen, among which neighbours are looked for.

    Returns
    -------
    ClusterIsolation

    Raises
    ------
    InvalidInput
        If lengths or shapes do not fit, ids are not whole numbers, or a unit is asked for twice.

    References
    ----------
    Harris et al. (2001), Neuron 32:141 (isolation distance); Schmitzer-Torbert et al. (2005), Neuroscience 131:1
    (L-ratio); Hill, Mehta and Kleinfeld (2011), J. Neurosci. 31:8699 (d'); Hruschka et al. (2004) (simplified
    silhouette); Chung et al. (2017), Neuron 95:1381 (neighbours). As SpikeInterface's "mahalanobis", "d_prime",
    "silhouette" and "nearest_neighbor".
    """
    points, rows, ids = _read_features(features, spike_clusters, cluster_ids)
    check_count("n_neighbors", n_neighbors)
    check_count("max_spikes", max_spikes)
    centres, everyone = _find_centres(points, rows)
    # Volts beside micrometres would pass for dependent features.
    spread = points.std(axis=0) if points.size else np.ones(points.shape[1])
    scaled = points / np.where(spread > 0, spread, 1.0)
    squares = scaled.T @ scaled
    measured = [_separate(scaled, rows == row, squares) for row in range(ids.size)]
    distance, l_ratio, d_prime = np.array(measured).reshape(-1, 3).T
    silhouette = np.array([_silhouette(points[rows == row], row, centres, everyone) for row in range(ids.size)])
    hits, misses = _find_neighbours(points, rows, ids.size, n_neighbors, max_spikes)
    return ClusterIsolation(ids, distance, l_ratio, d_prime, silhouette, hits, misses)


def _read_features(
    features: ArrayLike, spike_clusters: ArrayLike, cluster_ids: ArrayLike | None
) -> tuple[Floats, Ints, Ints]:
    """Return the features around their mean, the row of each spike's unit (others from n_units on), and the units."""
    points = as_floats("features", features, n_dims=())
    clusters = as_ids("spike_clusters", spike_clusters)
    if points.ndim != 2 or points.shape[1] == 0:
        raise InvalidInput(f"features have shape {points.shape}; give (n_spikes, n_features)")
    check_same_length(features=points, spike_clusters=clusters)
    known = np.isfinite(points).all(axis=1)
    points, clusters = points[known], clusters[known]
    ids = select_units(clusters, cluster_ids)
    everyone = np.concatenate([ids, np.setdiff1d(clusters, ids)])
    return points - points.mean(axis=0) if points.size else points, find_rows(clusters, everyone).astype(np.int64), ids


def _find_centres(points: Floats, rows: Ints) -> tuple[Floats, Ints]:
    """Return the means of the units that have spikes, and the rows of these."""
    everyone, places, counts = np.unique(rows, return_inverse=True, return_counts=True)
    sums = np.zeros((everyone.size, points.shape[1]))
    np.add.at(sums, places, points)
    return sums / counts[:, None], everyone


def _separate(points: Floats, own: NDArray[np.bool_], squares: Floats) -> tuple[float, float, float]:
    """Return isolation distance, L-ratio and d' of one unit; `squares` is the matrix of products of all features."""
    mine = points[own]
    n_mine, n_others, n_features = mine.shape[0], points.shape[0] - mine.shape[0], points.shape[1]
    least = min(n_mine, n_others)
    if least < MIN_SPIKES:
        return np.nan, np.nan, np.nan
    centre, other_centre = mine.mean(axis=0), -mine.sum(axis=0) / n_others
    spread = np.cov(mine.T, ddof=0).reshape(n_features, n_features)
    other_spread = (squares - mine.T @ mine) / n_others - np.outer(other_centre, other_centre)
    d_prime = _discriminate(centre - other_centre, spread, other_spread, n_mine / points.shape[0])
    covariance = spread * n_mine / (n_mine - 1)
    if np.linalg.matrix_rank(covariance, hermitian=True) < n_features:
        return np.nan, np.nan, d_prime
    away = (points - centre) @ np.linalg.inv(np.linalg.cholesky(covariance)).T
    squared = np.einsum("ij,ij->i", away, away)
    squared[own] = np.inf
    near = squared[squared < special.chdtri(n_features, NEGLIGIBLE)]
    l_ratio = special.chdtrc(n_features, near).sum() / n_mine
    return float(np.partition(squared, least - 1)[least - 1]), float(l_ratio), d_prime


def _discriminate(between: Floats, spread: Floats, other_spread: Floats, fraction: float) -> float:
    """Return the distance of the means, in standard deviations, on the line of Fisher's discriminant."""
    within = fraction * spread + (1 - fraction) * other_spread
    if np.linalg.matrix_rank(within, hermitian=True) < between.size:
        return np.nan
    line = np.linalg.solve(within, between)
    return float(line @ between / np.sqrt(line @ (spread + other_spread) @ line / 2))


def _silhouette(mine: Floats, row: int, centres: Floats, everyone: Ints) -> float:
    """Return how much nearer a unit's spikes are to its own centre than to the one that is nearest on average."""
    if mine.shape[0] == 0 or everyone.size < 2:
        return np.nan
    distances = cdist(mine, centres)
    own = everyone == row
    inner, outer = distances[:, own][:, 0], distances[:, ~own]
    nearest = outer[:, np.argmin(outer.mean(axis=0))]
    largest = np.maximum(inner, nearest)
    return float(np.mean((nearest - inner) / np.where(largest > 0, largest, 1)))


def _find_neighbours(
    points: Floats, rows: Ints, n_units: int, n_neighbors: int, max_spikes: int
) -> tuple[Floats, Floats]:
    """Return hit and miss rate of each unit: one search for all."""
    chosen = np.unique(np.linspace(0, points.shape[0] - 1, min(max_spikes, points.shape[0])).astype(np.int64))
    if chosen.size <= n_neighbors:
        return np.full(n_units, np.nan), np.full(n_units, np.nan)
    points, rows = points[chosen], rows[chosen]
    near: Ints = np.asarray(KDTree(points).query(points, k=n_neighbors + 1)[1], dtype=np.int64)
    # A spike is its own nearest neighbour, unless others lie on the same point.
    is_self = near == np.arange(rows.size)[:, None]
    is_self[~is_self.any(axis=1), -1] = True
    neighbours = rows[near[~is_self].reshape(rows.size, n_neighbors)]
    size = int(rows.max()) + 1 + n_units
    own = (neighbours == rows[:, None]).sum(axis=1)
    hits = np.bincount(rows, own, minlength=size)[:n_units]
    found = np.bincount(neighbours.ravel(), minlength=size)[:n_units]
    counts = np.bincount(rows, minlength=size)[:n_units]
    with np.errstate(divide="ignore", invalid="ignore"):
        missed = np.where(counts > 0, (found - hits) / (n_neighbors * (rows.size - counts)), np.nan)
        return hits / (n_neighbors * counts), missed
