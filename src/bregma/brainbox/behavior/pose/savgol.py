"""Savitzky-Golay smoothing of samples that are not evenly spaced: a polynomial through each window, at its centre.

Source: Savitzky and Golay, Analytical Chemistry 36 (1964), 1627-1639; here each window is fitted at its own places.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bregma.brainbox.arrays import (
    Floats,
    Ints,
    InvalidInput,
    as_floats,
    check_ascending,
    check_count,
    check_same_length,
)

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

ROWS = 4096
"""Windows that are fitted at once."""


def smooth_savgol(places: ArrayLike, samples: ArrayLike, *, window: int, order: int = 3) -> Floats:
    """Smooth samples at any places.

    Parameters
    ----------
    places, samples : (n_samples,) arrays
        Strictly ascending, such as seconds or frames, and the values there; without NaN.
    window
        Samples in a window, odd.
    order
        Of the polynomial, below the window.

    Returns
    -------
    (n_samples,) array
        The half windows at both ends take the polynomial of the first and last whole window.

    Raises
    ------
    InvalidInput
        If lengths differ, the window is even, not above the order, or longer than the samples, places do not ascend, or
        a value is NaN.
    """
    where, what = as_floats("places", places), as_floats("samples", samples)
    check_same_length(places=where, samples=what)
    check_count("window", window)
    check_count("order", order, least=0)
    if window % 2 == 0 or not 0 <= order < window <= where.size:
        limits = f"odd, above the order {order}, and at most the {where.size} samples that are known"
        raise InvalidInput(f"window is {window}; give a number that is {limits}")
    check_ascending("places", where)
    if not np.isfinite(what).all():
        raise InvalidInput("samples have NaN; leave them out, with their places")
    half = window // 2
    smooth = np.empty(where.size)
    smooth[half : where.size - half] = _fit_centres(where, what, window, order)
    for inside, centre in ((slice(0, half), half), (slice(where.size - half, None), where.size - half - 1)):
        polynomial = _fit(where, what, np.array([centre]), window, order)[0]
        smooth[inside] = np.polynomial.polynomial.polyval(where[inside] - where[centre], polynomial)
    return smooth


def _fit_centres(where: Floats, what: Floats, window: int, order: int) -> Floats:
    """Return the value of its polynomial at the centre of each whole window."""
    half, n_windows = window // 2, where.size - window + 1
    step = np.diff(where).min()
    even = np.isclose(where[window - 1 :] - where[:n_windows], (window - 1) * step, rtol=1e-9, atol=0)
    values = np.convolve(what, _even_weights(window, order), mode="valid")
    uneven = np.flatnonzero(~even)
    for start in range(0, uneven.size, ROWS):
        some = uneven[start : start + ROWS]
        values[some] = _fit(where, what, some + half, window, order)[:, 0]
    return np.asarray(values)


def _even_weights(window: int, order: int) -> Floats:
    places = np.arange(window) - window // 2
    return np.asarray(np.linalg.pinv(np.vander(places / max(window // 2, 1), order + 1, increasing=True))[0])[::-1]


def _fit(where: Floats, what: Floats, centres: Ints, window: int, order: int) -> Floats:
    """Return the coefficients of the polynomial around each centre, (n_centres, order + 1), lowest first."""
    samples = centres[:, None] + (np.arange(window) - window // 2)
    offsets = where[samples] - where[centres, None]
    # Places are taken in half widths of the window, and values from their mean: powers of frames would lose digits.
    scale = np.abs(offsets).max(axis=1, keepdims=True)
    scale[scale == 0] = 1.0
    powers = np.ones((centres.size, order + 1, window))
    for power in range(order):
        np.multiply(powers[:, power], offsets / scale, out=powers[:, power + 1])
    level = what[samples].mean(axis=1, keepdims=True)
    moments = powers @ (what[samples] - level)[:, :, None]
    fitted = np.linalg.solve(powers @ powers.transpose(0, 2, 1), moments)[:, :, 0]
    fitted[:, 0] += level[:, 0]
    return np.asarray(fitted / scale ** np.arange(order + 1))
