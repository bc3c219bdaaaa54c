"""Canonical correlations: the dimensions that two populations share, found by singular value decomposition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.ndimage import gaussian_filter1d

from bregma.brainbox.arrays import (
    Floats,
    Ints,
    InvalidInput,
    Rng,
    as_labels,
    as_numbers,
    check_count,
    check_not_negative,
    check_same_length,
    read_rng,
)
from bregma.brainbox.results import Labelled, values
from bregma.brainbox.statistics.significance import compute_p_value

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

RANK_TOLERANCE = 1e-10
"""Directions with less than this part of the largest spread are noise of the arithmetic."""
KERNEL_WIDTH = 8


@dataclass(frozen=True)
class CanonicalAxes(Labelled):
    """Axes fitted to two populations.

    ``first_weights`` (n_units of the first, n_axes) and ``second_weights`` turn centred activity into canonical
    variates of variance 1 on the data fitted; ``correlations`` (n_axes,) are those of each pair, descending.
    ``first_mean`` and ``second_mean`` are taken off before.
    """

    first_weights: Floats = values("first_unit", "dimension")
    second_weights: Floats = values("second_unit", "dimension")
    first_mean: Floats = values("first_unit")
    second_mean: Floats = values("second_unit")
    correlations: Floats = values("dimension")

    def project(self, first: ArrayLike, second: ArrayLike) -> tuple[Floats, Floats]:
        """Return the canonical variates of both populations, (n_samples, n_axes) each."""
        one, other = _read_populations(first, second)
        return (one - self.first_mean) @ self.first_weights, (other - self.second_mean) @ self.second_weights

    def correlate(self, first: ArrayLike, second: ArrayLike) -> Floats:
        """Return the correlation along each axis on other data; NaN where a variate does not vary."""
        return _correlate_columns(*self.project(first, second))


@dataclass(frozen=True)
class SharedDimensions(Labelled):
    """Cross-validated canonical correlations, and those of shuffled trials.

    ``correlations`` (n_folds, n_axes) on the tested trials of each fold; ``null`` (n_shuffles, n_axes) the mean over
    folds with trials of the second population shuffled; ``p_value`` (n_axes,) of the mean over folds against it.
    """

    correlations: Floats = values("fold", "dimension")
    null: Floats = values("shuffle", "dimension")
    p_value: Floats = values("dimension")


def preprocess_population(activity: ArrayLike, *, smoothing: float = 25.0, n_components: int = 20) -> Floats:
    """Smooth activity along time and keep its principal components.

    Parameters
    ----------
    activity : (n_samples, n_units) array
        Such as counts in bins; not changed.
    smoothing
        Standard deviation of a Gaussian kernel of area 1, in samples (bins); 0 for none. Activity beyond the ends
        counts as 0.
    n_components
        How many components to keep, at most as many as there are units; 0 for the units themselves.

    Returns
    -------
    (n_samples, n_components) array
        Centred, by descending variance; the largest weight of each component is positive.

    Raises
    ------
    InvalidInput
        If a value is not finite, or an option is out of range.
    """
    check_not_negative("smoothing", smoothing)
    check_count("n_components", n_components, least=0)
    samples = _read_population("activity", activity)
    if not 0 <= smoothing < np.inf or not 0 <= n_components <= min(samples.shape):
        raise InvalidInput(f"smoothing {smoothing}, n_components {n_components}: out of range for {samples.shape}")
    if smoothing > 0:
        samples = gaussian_filter1d(samples, smoothing, axis=0, mode="constant", truncate=KERNEL_WIDTH)
    if n_components == 0:
        return samples
    centred = samples - samples.mean(axis=0)
    components = np.linalg.svd(centred, full_matrices=False)[2][:n_components]
    largest = components[np.arange(n_components), np.abs(components).argmax(axis=1)]
    projected: Floats = centred @ (components * np.sign(largest)[:, None]).T
    return projected


def fit_cca(first: ArrayLike, second: ArrayLike, *, n_axes: int = 10) -> CanonicalAxes:
    """Find the axes along which two populations correlate most (Hotelling 1936).

    Parameters
    ----------
    first, second : (n_samples, n_units) arrays
        Activity of two populations at the same times; finite. Units that are sums of others are allowed.
    n_axes
        How many to keep; fewer where a population has not as many dimensions.

    Returns
    -------
    CanonicalAxes

    Raises
    ------
    InvalidInput
        If the numbers of samples differ, a value is not finite, or a population does not vary.
    """
    check_count("n_axes", n_axes)
    one, other = _read_populations(first, second)
    means = one.mean(axis=0), other.mean(axis=0)
    basis_one, whiten_one = _whiten(one - means[0], "first")
    basis_other, whiten_other = _whiten(other - means[1], "second")
    left, correlations, right = np.linalg.svd(basis_one.T @ basis_other, full_matrices=False)
    scale = np.sqrt(len(one) - 1)
    return CanonicalAxes(
        first_weights=scale * (whiten_one @ left[:, :n_axes]),
        second_weights=scale * (whiten_other @ right[:n_axes].T),
        first_mean=means[0],
        second_mean=means[1],
        correlations=np.minimum(correlations[:n_axes], 1.0),
    )


def find_shared_dimensions(
    first: ArrayLike,
    second: ArrayLike,
    trials: ArrayLike,
    *,
    n_axes: int = 10,
    n_folds: int = 5,
    n_shuffles: int = 100,
    rng: Rng = None,
) -> SharedDimensions:
    """Find how strongly two populations are correlated on trials that the axes were not fitted to, against chance.

    Parameters
    ----------
    first, second : (n_samples, n_units) arrays
        Activity of two populations at the same times; finite.
    trials : (n_samples,) array
        Trial of each sample. Trials are tested whole; for the null, whole trials of `second` change places.
    n_axes
        How many axes; at most as many as either population has dimensions in every fold.
    n_folds, n_shuffles
        How many folds, each of trials drawn at random, and how many shuffles.
    rng
        Generator, seed, or None.

    Returns
    -------
    SharedDimensions

    Raises
    ------
    InvalidInput
        If lengths differ, a value is not finite, or there are fewer trials than folds or than two.
    """
    check_count("n_shuffles", n_shuffles)
    one, other = _read_populations(first, second)
    labels = as_labels("trials", trials)
    check_same_length(first=one, trials=labels)
    generator = read_rng(rng)
    names, trial = np.unique(labels, return_inverse=True)
    check_count("n_folds", n_folds)
    if not 2 <= n_folds <= names.size:
        raise InvalidInput(f"n_folds is {n_folds} for {names.size} trials; give 2 or more, and at most one per trial")
    order = np.argsort(trial, kind="stable")
    one, other, trial = one[order], other[order], trial[order]
    fold = generator.permutation(names.size) % n_folds
    found = _validate(one, other, fold[trial], n_axes)
    null = np.array(
        [_validate(one, other[_shuffle(trial, generator)], fold[trial], n_axes).mean(axis=0) for _ in range(n_shuffles)]
    )
    return SharedDimensions(found, null, compute_p_value(found.mean(axis=0), null))


def _validate(first: Floats, second: Floats, fold: Ints, n_axes: int) -> Floats:
    """Return the correlations on the tested samples of each fold."""
    found = []
    for tested in (fold == number for number in range(fold.max() + 1)):
        axes = fit_cca(first[~tested], second[~tested], n_axes=n_axes)
        found.append(axes.correlate(first[tested], second[tested]))
    n_common = min(row.size for row in found)
    return np.array([row[:n_common] for row in found])


def _shuffle(trial: Ints, rng: np.random.Generator) -> Ints:
    """Return samples with whole trials in another order; samples within a trial stay in theirs."""
    place = rng.permutation(trial.max() + 1)
    return np.argsort(place[trial], kind="stable")


def _whiten(centred: Floats, name: str) -> tuple[Floats, Floats]:
    """Return an orthonormal basis of the samples, and the weights that lead to it."""
    basis, spread, weights = np.linalg.svd(centred, full_matrices=False)
    n_kept = int((spread > RANK_TOLERANCE * spread.max(initial=0.0)).sum())
    if n_kept == 0:
        raise InvalidInput(f"{name} does not vary; give samples that do")
    return basis[:, :n_kept], weights[:n_kept].T / spread[:n_kept]


def _correlate_columns(first: Floats, second: Floats) -> Floats:
    one, other = first - first.mean(axis=0), second - second.mean(axis=0)
    with np.errstate(invalid="ignore"):
        found: Floats = (one * other).sum(axis=0) / np.sqrt((one**2).sum(axis=0) * (other**2).sum(axis=0))
    return found


def _read_populations(first: ArrayLike, second: ArrayLike) -> tuple[Floats, Floats]:
    one, other = _read_population("first", first), _read_population("second", second)
    check_same_length(first=one, second=other)
    return one, other


def _read_population(name: str, activity: ArrayLike) -> Floats:
    samples = as_numbers(name, activity).astype(np.float64)
    if samples.ndim != 2 or 0 in samples.shape:
        raise InvalidInput(f"{name} has shape {samples.shape}; give (n_samples, n_units)")
    if not np.isfinite(samples).all():
        raise InvalidInput(f"{name} holds NaN or infinity; leave those samples out first")
    return samples
