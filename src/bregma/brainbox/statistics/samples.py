"""Samples of many units as the tests of this folder take them: one row per unit, one column per sample."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bregma.brainbox.arrays import Floats, InvalidInput, as_floats

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def read_samples(name: str, values: ArrayLike) -> Floats:
    """Return `values` as (n_units, n_samples) floats; one dimension is one unit.

    Raises
    ------
    InvalidInput
        If there are more than two dimensions or a value is not finite.
    """
    samples = np.atleast_2d(as_floats(name, values, n_dims=()))
    if samples.ndim != 2:
        raise InvalidInput(f"{name} has shape {samples.shape}; give (n_units, n_samples)")
    if not np.isfinite(samples).all():
        raise InvalidInput(f"{name} holds NaN or infinity; leave those samples out first")
    return samples


def read_pair(first: ArrayLike, second: ArrayLike, *, paired: bool = False) -> tuple[Floats, Floats]:
    """Return two groups of samples of the same units.

    Raises
    ------
    InvalidInput
        If the numbers of units differ; when `paired`, also if the numbers of samples do.
    """
    one, other = read_samples("first", first), read_samples("second", second)
    if one.shape[0] != other.shape[0]:
        raise InvalidInput(f"first has {one.shape[0]} units and second {other.shape[0]}; rows are units")
    if paired and one.shape[1] != other.shape[1]:
        raise InvalidInput(
            f"first has {one.shape[1]} samples and second {other.shape[1]}; a paired test needs one of each per pair"
        )
    return one, other
