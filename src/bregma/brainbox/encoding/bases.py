"""Smooth bumps that tile the time around an event: a kernel is a weighted sum of them. Times in seconds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bregma.brainbox.arrays import Floats, InvalidInput, Window, check_count, check_positive, check_window, count_bins
from bregma.brainbox.results import Labelled, axis, values

CUBIC = 3


@dataclass(frozen=True)
class Basis(Labelled):
    """Basis functions over bins of time.

    ``lags`` (n_lags,) are the centres of bins, seconds from the event (rounded up to a bin, see `EventKernel`);
    column i of ``functions`` (n_lags, n_bases) is one function. ``first`` is the bin of the first lag, 0 for the one
    that starts with the event.
    """

    bin_size: float
    first: int
    lags: Floats = axis("lag", unit="s")
    functions: Floats = values("lag", "basis")

    @property
    def n_bases(self) -> int:
        """How many functions."""
        return int(self.functions.shape[1])


def raised_cosine_basis(window: Window, n_bases: int, *, bin_size: float, n_before: int | None = None) -> Basis:
    """Tile a window with cosine bumps of one width; neighbours overlap by three quarters.

    Parameters
    ----------
    window
        Start and stop, seconds from the event; whole numbers of bins. A start below zero lets a kernel precede
        its event.
    n_bases
        How many bumps.
    bin_size
        Seconds; that of the design matrix.
    n_before
        None: all bumps have their centre in the window, and those at its ends are cut. A number: bumps are spaced
        so that all but two fit in the window, this many of them centred before it: with 1, the sum of the bumps is
        constant over most of the window.

    Returns
    -------
    Basis
        Bump i is ``(cos(pi / 2 * (x - i - 1/2)) + 1) / 2`` within two spacings, 0 beyond; x is time in spacings, at
        the end of each bin.

    Raises
    ------
    InvalidInput
        If the window is not of whole bins, or there are too few functions.

    Notes
    -----
    Park, Meister, Huk & Pillow (2014), Nature Neuroscience 17:1395.
    """
    if n_before is not None:
        check_count("n_before", n_before, least=0)
    first, n_bins = _read_window(window, bin_size)
    spare = 0 if n_before is None else 2
    _check_number(n_bases, spare + 1)
    spacing = n_bins / (n_bases - spare)
    centres = spacing * (np.arange(n_bases) + 0.5 - (n_before or 0))
    away = (np.arange(1, n_bins + 1)[:, None] - centres) / (4 * spacing)
    bumps = np.where(np.abs(away) < 0.5, np.cos(2 * np.pi * away) * 0.5 + 0.5, 0.0)
    return _make_basis(bumps, first, bin_size)


def log_raised_cosine_basis(window: Window, n_bases: int, *, bin_size: float, offset: float) -> Basis:
    """Tile a window with cosine bumps that grow wider with time: sharp just after the event, smooth later.

    Parameters
    ----------
    window, n_bases, bin_size
        As in `raised_cosine_basis`.
    offset
        Seconds, above zero, rounded up to bins: bumps have one width in ``log(time + offset)``. The larger, the more
        alike the bumps.

    Returns
    -------
    Basis
        The first function peaks at the start of the window, the last at its end.

    Raises
    ------
    InvalidInput
        If the window is not of whole bins, the offset not above zero, or there are fewer than two functions.

    Notes
    -----
    Pillow et al. (2008), Nature 454:995.
    """
    first, n_bins = _read_window(window, bin_size)
    check_positive("offset", offset)
    _check_number(n_bases, 2)
    n_offset = round_up(offset / bin_size)
    low, high = np.log([n_offset, n_bins + n_offset])
    spacing = (high - low) / (n_bases - 1)
    centres = low + spacing * np.arange(n_bases)
    phase = np.pi * (np.log(np.arange(n_bins) + n_offset)[:, None] - centres) / (2 * spacing)
    return _make_basis((np.cos(np.clip(phase, -np.pi, np.pi)) + 1) / 2, first, bin_size)


def bspline_basis(window: Window, n_bases: int, *, bin_size: float) -> Basis:
    """Tile a window with cubic B-splines, whose sum is one everywhere.

    Parameters
    ----------
    window, n_bases, bin_size
        As in `raised_cosine_basis`; at least four functions.

    Raises
    ------
    InvalidInput
        If the window is not of whole bins, or there are fewer than four functions.
    """
    from scipy.interpolate import BSpline

    first, n_bins = _read_window(window, bin_size)
    _check_number(n_bases, CUBIC + 1)
    inner = np.linspace(0, n_bins, n_bases - CUBIC + 1)
    knots = np.concatenate([np.zeros(CUBIC), inner, np.full(CUBIC, float(n_bins))])
    splines = BSpline.design_matrix(np.arange(n_bins) + 0.5, knots, CUBIC).toarray()
    return _make_basis(splines, first, bin_size)


def round_up(n_bins: float) -> int:
    """Return the first whole number at or above, rounding errors left aside."""
    return int(np.ceil(n_bins - 1e-6))


def _read_window(window: Window, bin_size: float) -> tuple[int, int]:
    """Return the first bin of the window and how many it has."""
    check_window(window)
    n_bins = count_bins(window[1] - window[0], bin_size, name="window")
    first = round(window[0] / bin_size)
    if abs(window[0] / bin_size - first) > 1e-6:
        raise InvalidInput(f"window starts at {window[0]:g} s, no whole number of bins of {bin_size:g} s")
    return first, n_bins


def _check_number(n_bases: int, least: int) -> None:
    check_count("n_bases", n_bases)
    if n_bases < least:
        raise InvalidInput(f"n_bases is {n_bases}; give {least} or more")


def _make_basis(functions: Floats, first: int, bin_size: float) -> Basis:
    lags = (first + np.arange(len(functions), dtype=np.float64) + 0.5) * bin_size
    return Basis(bin_size, first, lags, functions.astype(np.float64))
