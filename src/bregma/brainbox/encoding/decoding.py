"""Bayesian decoding: where an animal is, given the spikes of units whose tuning is known. Times in seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from bregma.brainbox.arrays import (
    Floats,
    InvalidInput,
    Window,
    as_floats,
    bin_centres,
    check_positive,
    check_window,
    count_bins,
)
from bregma.brainbox.results import Labelled, axis, values
from bregma.brainbox.spikes.binning import BinAxis, count_on_grid, row_axis
from bregma.brainbox.spikes.trains import read_spikes

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from bregma.brainbox.encoding.tuning import TuningCurves, TuningMaps

Prior: TypeAlias = Literal["uniform", "occupancy"]

LEAST_RATE = 1e-12
"""Hz; the rate of a unit in a bin where it never fired: a single spike must not exclude the bin for certain."""


@dataclass(frozen=True)
class Decoded(Labelled):
    """What the spikes in each bin of time say of a feature.

    ``posterior`` (n_times, n_bins) probabilities, whose sum over bins is 1; ``most_likely`` and ``mean`` (n_times,)
    the value of the likeliest bin, and the mean over the posterior (on the circle for a circular feature).
    """

    times: Floats = axis("time", unit="s")
    bins: Floats = axis("bin")
    posterior: Floats = values("time", "bin")
    most_likely: Floats = values("time")
    mean: Floats = values("time")


@dataclass(frozen=True)
class DecodedPlace(Labelled):
    """What the spikes in each bin of time say of two features.

    ``posterior`` (n_times, n_x, n_y) probabilities, whose sum over x and y is 1; ``most_likely_x`` and
    ``most_likely_y`` (n_times,) the values of the likeliest bin.
    """

    times: Floats = axis("time", unit="s")
    x: Floats = axis("x")
    y: Floats = axis("y")
    posterior: Floats = values("time", "x", "y")
    most_likely_x: Floats = values("time")
    most_likely_y: Floats = values("time")


def decode_feature(
    spike_times: ArrayLike,
    spike_clusters: ArrayLike,
    tuning: TuningCurves,
    window: Window,
    *,
    bin_size: float,
    prior: Prior = "uniform",
) -> Decoded:
    """Decode one feature from the spikes in each bin of time.

    Units fire as independent Poisson processes, at the rates of their tuning.

    Parameters
    ----------
    spike_times, spike_clusters : (n_spikes,) arrays
        Seconds and cluster of each spike, in any order; spikes of units without tuning are left out.
    tuning
        Of `compute_tuning_curves`; from other times than those decoded, or the result looks better than it is. Bins
        that were never visited have no probability.
    window
        Start and stop, s; a whole number of bins.
    bin_size
        Seconds.
    prior
        "uniform" over the bins visited, or "occupancy": by the time spent in each.

    Raises
    ------
    InvalidInput
        If lengths differ, the window is not of whole bins, or no bin was visited.

    Notes
    -----
    Zhang, Ginzburg, McNaughton & Sejnowski (1998), J Neurophysiology 79:1017.
    """
    times, counts = _count(spike_times, spike_clusters, tuning, window, bin_size)
    posterior = compute_posterior(counts, tuning, bin_size=bin_size, prior=prior)
    if tuning.circular:
        low, high = tuning.limits
        turn = 2 * np.pi / (high - low)
        angle = np.angle(posterior @ np.exp(1j * (tuning.bins - low) * turn))
        mean = low + np.mod(angle, 2 * np.pi) / turn
    else:
        mean = posterior @ tuning.bins
    return Decoded(times, tuning.bins, posterior, tuning.bins[posterior.argmax(axis=1)], mean)


def decode_place(
    spike_times: ArrayLike,
    spike_clusters: ArrayLike,
    tuning: TuningMaps,
    window: Window,
    *,
    bin_size: float,
    prior: Prior = "uniform",
) -> DecodedPlace:
    """Decode two features at once from the spikes in each bin of time.

    Parameters
    ----------
    spike_times, spike_clusters, window, bin_size, prior
        As in `decode_feature`.
    tuning
        Of `compute_tuning_maps`.

    Raises
    ------
    InvalidInput
        As in `decode_feature`.
    """
    times, counts = _count(spike_times, spike_clusters, tuning, window, bin_size)
    posterior = compute_posterior(counts, tuning, bin_size=bin_size, prior=prior)
    x, y = np.unravel_index(posterior.reshape(len(posterior), -1).argmax(axis=1), posterior.shape[1:])
    return DecodedPlace(times, tuning.x, tuning.y, posterior, tuning.x[x], tuning.y[y])


def compute_posterior(
    counts: ArrayLike, tuning: TuningCurves | TuningMaps, *, bin_size: float, prior: Prior = "uniform"
) -> Floats:
    """Compute the probability of each bin of the features, given spike counts.

    Parameters
    ----------
    counts : (n_times, n_units) array
        Spikes in each bin of time, units as in `tuning`.
    tuning
        Rates by one or two features.
    bin_size
        Seconds in which spikes were counted.
    prior
        "uniform" or "occupancy".

    Returns
    -------
    (n_times, n_bins) or (n_times, n_x, n_y) array

    Raises
    ------
    InvalidInput
        If units differ, the prior is unknown, or no bin was visited.
    """
    check_positive("bin_size", bin_size)
    observed = as_floats("counts", counts, n_dims=())
    rate = tuning.rate.reshape(len(tuning.rate), -1)
    if observed.ndim != 2 or observed.shape[1] != len(rate):
        raise InvalidInput(f"counts has shape {observed.shape}; give (n_times, {len(rate)}): the units of the tuning")
    visited = (tuning.occupancy.reshape(-1) > 0) & np.isfinite(rate).all(axis=0)
    if not visited.any():
        raise InvalidInput("tuning has no bin that was visited; give more samples of the feature")
    if prior not in ("uniform", "occupancy"):
        raise InvalidInput(f"prior is {prior!r}; give 'uniform' or 'occupancy'")
    weights = tuning.occupancy.reshape(-1)[visited] if prior == "occupancy" else np.ones(int(visited.sum()))
    known = rate[:, visited]
    logs = observed @ np.log(known + LEAST_RATE) - bin_size * known.sum(axis=0) + np.log(weights / weights.sum())
    logs -= logs.max(axis=1, keepdims=True)
    np.exp(logs, out=logs)
    posterior = np.zeros((len(observed), rate.shape[1]))
    posterior[:, visited] = logs / logs.sum(axis=1, keepdims=True)
    return posterior.reshape(len(observed), *tuning.rate.shape[1:])


def _count(
    spike_times: ArrayLike,
    spike_clusters: ArrayLike,
    tuning: TuningCurves | TuningMaps,
    window: Window,
    bin_size: float,
) -> tuple[Floats, Floats]:
    """Return the centres of the bins of time, and the spikes of each unit in them (n_times, n_units)."""
    check_window(window)
    n_bins = count_bins(window[1] - window[0], bin_size, name="window")
    trains = read_spikes(spike_times, spike_clusters, tuning.cluster_ids)
    counts = count_on_grid(trains.rows, trains.times, row_axis(trains.n_units), BinAxis(window[0], bin_size, n_bins))
    return bin_centres(window[0], bin_size, n_bins), counts.astype(np.float64)
