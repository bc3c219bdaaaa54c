"""p-values of an observed statistic against a null distribution that was drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np

from bregma.brainbox.arrays import Floats, InvalidInput, as_floats

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

Tail: TypeAlias = Literal["greater", "less", "two-sided"]


def compute_p_value(observed: ArrayLike, null: ArrayLike, *, tail: Tail = "greater") -> Floats:
    """Compute the p-value of what was observed: (r + 1) / (n + 1), where r of n null values reach it.

    It is never 0, and holds its level for any n (Phipson and Smyth 2010, Stat Appl Genet Mol Biol 9:39).

    Parameters
    ----------
    observed : array
        Statistics, one per unit or a single number.
    null : (n, ...) array
        Null values; the other axes are those of `observed`. NaN is left out.
    tail
        Which null values count: ``"greater"`` those at or above what was observed, ``"less"`` those at or below,
        ``"two-sided"`` twice the smaller share, at most 1.

    Returns
    -------
    array
        Of the shape of `observed`; NaN where that is NaN.

    Raises
    ------
    InvalidInput
        If the shapes do not match, there are no null values, or the tail is unknown.
    """
    values, nulls = _read(observed, null, tail)
    n_known = (~np.isnan(nulls)).sum(axis=0)
    above = ((nulls >= values).sum(axis=0) + 1) / (n_known + 1)
    below = ((nulls <= values).sum(axis=0) + 1) / (n_known + 1)
    return _choose_tail(values, above, below, tail)


def compute_uncorrected_p_value(observed: ArrayLike, null: ArrayLike, *, tail: Tail = "greater") -> Floats:
    """Compute the share of null values strictly beyond what was observed. It can be 0 and is then too small.

    This is the published form of the pseudosession test; `compute_p_value` should be preferred. Arguments and errors
    are those of `compute_p_value`.
    """
    values, nulls = _read(observed, null, tail)
    n_known = (~np.isnan(nulls)).sum(axis=0)
    above = (nulls > values).sum(axis=0) / n_known
    below = (nulls < values).sum(axis=0) / n_known
    return _choose_tail(values, above, below, tail)


def _read(observed: ArrayLike, null: ArrayLike, tail: Tail) -> tuple[Floats, Floats]:
    if tail not in get_args(Tail):
        raise InvalidInput(f"tail is {tail!r}; give one of {', '.join(get_args(Tail))}")
    values, nulls = as_floats("observed", observed, n_dims=()), as_floats("null", null, n_dims=())
    if nulls.ndim == 0 or nulls.shape[1:] != values.shape:
        raise InvalidInput(f"null has shape {nulls.shape}; give (n, {', '.join(map(str, values.shape))}) as observed")
    if nulls.shape[0] == 0 or np.isnan(nulls).all(axis=0).any():
        raise InvalidInput("null has no values; draw at least one")
    return values, nulls


def _choose_tail(values: Floats, above: Floats, below: Floats, tail: Tail) -> Floats:
    chosen = {"greater": above, "less": below, "two-sided": np.minimum(1.0, 2 * np.minimum(above, below))}[tail]
    return np.where(np.isnan(values), np.nan, chosen)
