"""Correction of p-values for many tests: the false discovery rate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np
from scipy.stats import false_discovery_control

from bregma.brainbox.arrays import Floats, InvalidInput, as_floats

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

Correction: TypeAlias = Literal["bh", "by"]


def correct_p_values(p_values: ArrayLike, method: Correction = "bh") -> Floats:
    """Correct p-values of many tests for their number, so that those below alpha hold the false discovery rate alpha.

    Parameters
    ----------
    p_values : array
        Any shape; all of its values are one family of tests. NaN (no test was made) stays NaN and does not count.
    method
        ``"bh"`` for Benjamini and Hochberg (1995), ``"by"`` for Benjamini and Yekutieli (2001), which holds for
        any dependence between the tests.

    Returns
    -------
    array
        Corrected p-values, in the places of the given ones; never below them.

    Raises
    ------
    InvalidInput
        If a p-value is outside 0 to 1, or the method is unknown.
    """
    if method not in get_args(Correction):
        raise InvalidInput(f"method is {method!r}; give 'bh' or 'by'")
    corrected = as_floats("p_values", p_values, n_dims=()).copy()
    known = ~np.isnan(corrected)
    outside = corrected[known][(corrected[known] < 0) | (corrected[known] > 1)]
    if outside.size:
        raise InvalidInput(f"p_values hold {outside[0]:g}; give numbers from 0 to 1, NaN for no test")
    if known.any():
        corrected[known] = false_discovery_control(corrected[known], method=method)
    return corrected
