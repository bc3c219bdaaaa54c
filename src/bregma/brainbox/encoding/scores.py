"""How well a model predicts spike counts: variance, deviance and information explained, unit by unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bregma.brainbox.arrays import Floats, InvalidInput, as_floats

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def compute_r2(counts: ArrayLike, predicted: ArrayLike) -> Floats:
    """Compute the share of the variance that predictions explain: 1 for all, 0 for no more than the mean.

    Parameters
    ----------
    counts, predicted : (n_rows, n_units) arrays
        Spikes observed and expected in each bin.

    Returns
    -------
    (n_units,) array
        NaN for units of constant count.

    Raises
    ------
    InvalidInput
        If shapes differ.
    """
    observed, expected = _read_pair(counts, predicted)
    return _share(((observed - expected) ** 2).sum(axis=0), ((observed - observed.mean(axis=0)) ** 2).sum(axis=0))


def compute_deviance_explained(counts: ArrayLike, predicted: ArrayLike) -> Floats:
    """Compute the share of the Poisson deviance that predictions explain (D²), against the mean count of each unit.

    Parameters
    ----------
    counts, predicted : (n_rows, n_units) arrays
        Spikes observed and expected in each bin. An expectation of zero where there was a spike gives -inf, one
        below zero NaN: a linear model may make them.

    Returns
    -------
    (n_units,) array
        NaN for units without spikes.

    Raises
    ------
    InvalidInput
        If shapes differ.
    """
    observed, expected = _read_pair(counts, predicted)
    mean = np.broadcast_to(observed.mean(axis=0), observed.shape)
    full = _log_likelihood(observed, observed)
    return _share(full - _log_likelihood(observed, expected), full - _log_likelihood(observed, mean))


def compute_bits_per_spike(counts: ArrayLike, predicted: ArrayLike) -> Floats:
    """Compute how many bits a spike is better predicted than by the mean count of its unit.

    Parameters
    ----------
    counts, predicted : (n_rows, n_units) arrays
        Spikes observed and expected in each bin.

    Returns
    -------
    (n_units,) array
        Difference of Poisson log-likelihoods, over the number of spikes and log 2; NaN for units without spikes and
        expectations below zero.

    Raises
    ------
    InvalidInput
        If shapes differ.

    Notes
    -----
    Pillow et al. (2008), Nature 454:995; Pei et al. (2021), Neural Latents Benchmark.
    """
    observed, expected = _read_pair(counts, predicted)
    mean = np.broadcast_to(observed.mean(axis=0), observed.shape)
    gain = _log_likelihood(observed, expected) - _log_likelihood(observed, mean)
    n_spikes = observed.sum(axis=0)
    return np.where(n_spikes > 0, gain / np.where(n_spikes > 0, n_spikes * np.log(2), 1), np.nan)


def _read_pair(counts: ArrayLike, predicted: ArrayLike) -> tuple[Floats, Floats]:
    observed, expected = as_floats("counts", counts, n_dims=()), as_floats("predicted", predicted, n_dims=())
    if observed.shape != expected.shape or observed.ndim != 2 or not len(observed):
        raise InvalidInput(
            f"counts {observed.shape} and predicted {expected.shape}: give both (n_rows, n_units), a row or more"
        )
    return observed, expected


def _log_likelihood(counts: Floats, expected: Floats) -> Floats:
    """Return the Poisson log-likelihood of each unit, less what depends on counts alone."""
    spiking = counts > 0
    logs = np.log(expected, out=np.full(expected.shape, -np.inf), where=expected > 0)
    terms = np.multiply(counts, logs, out=np.zeros_like(counts), where=spiking)
    total = (terms - expected).sum(axis=0)
    return np.where((expected < 0).any(axis=0), np.nan, total)


def _share(left: Floats, total: Floats) -> Floats:
    """Return 1 - left / total, NaN where the total vanishes."""
    some = total > 1e-12
    return np.where(some, 1 - left / np.where(some, total, 1), np.nan)
