"""Current source density: where current enters and leaves cells, from the field potential along a probe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bregma.brainbox.arrays import Floats, Ints, InvalidInput, check_positive
from bregma.brainbox.lfp.traces import read_per_channel, read_traces

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

CONDUCTIVITY = 1 / 3
"""Of grey matter, in siemens per metre."""


def compute_csd(
    traces: ArrayLike,
    y_um: ArrayLike,
    *,
    columns: ArrayLike | None = None,
    conductivity: float = CONDUCTIVITY,
    smoothing_um: float | None = None,
) -> Floats:
    """Compute the current source density: minus conductivity times the second derivative along the probe.

    Parameters
    ----------
    traces : (n_samples, n_channels) array
        Field potential in volts, samples first; repair bad channels before.
    y_um : (n_channels,) array
        Place of each channel along the probe, in any order and at any distances.
    columns : (n_channels,) array, optional
        Channels with the same value are one column of sites, derived apart: `ProbeGeometry.x_um` on one shank. By
        default all channels are one column.
    conductivity : float
        In S/m.
    smoothing_um : float, optional
        Standard deviation of a Gaussian over depth that smooths the potential of each column first.

    Returns
    -------
    (n_samples, n_channels) array
        A/m³: sources (current leaves cells) positive, sinks negative. NaN for both ends of each column.

    Raises
    ------
    InvalidInput
        If traces are not finite or transposed, a column has fewer than three channels, or two at one place.

    References
    ----------
    C. Nicholson and J. A. Freeman, J. Neurophysiol. 38, 356 (1975).
    """
    checked = read_traces(traces)
    n_channels = checked.shape[1]
    y = read_per_channel("y_um", y_um, n_channels)
    column = np.zeros(n_channels) if columns is None else read_per_channel("columns", columns, n_channels)
    check_positive("conductivity", conductivity)
    density = np.full(checked.shape, np.nan)
    for number in np.unique(column):
        channels = _sort_column(np.flatnonzero(column == number), y)
        potential = checked[:, channels].astype(np.float64)
        if smoothing_um is not None:
            potential = potential @ _smoother(y[channels], smoothing_um)
        density[:, channels[1:-1]] = -conductivity * _second_derivative(potential, y[channels] * 1e-6)
    return density


def _sort_column(channels: Ints, y_um: Floats) -> Ints:
    ordered = channels[np.argsort(y_um[channels], kind="stable")]
    if ordered.size < 3:
        raise InvalidInput(f"a column has {ordered.size} channels; a second derivative needs three")
    together = np.flatnonzero(np.diff(y_um[ordered]) == 0)
    if together.size:
        first, second = ordered[together[0]], ordered[together[0] + 1]
        raise InvalidInput(f"channels {first} and {second} are both at {y_um[first]:g} um; give columns to part them")
    return ordered


def _second_derivative(potential: Floats, y: Floats) -> Floats:
    """Return the curvature at the inner places: of the parabola through each and its two neighbours."""
    below, above = np.diff(y)[:-1], np.diff(y)[1:]
    slopes = np.diff(potential, axis=1) / np.diff(y)
    curvature: Floats = 2 * np.diff(slopes, axis=1) / (below + above)
    return curvature


def _smoother(y_um: Floats, width_um: float) -> Floats:
    """Return the weights of all channels (rows) in each smoothed one (columns)."""
    check_positive("smoothing_um", width_um)
    weights = np.exp(-0.5 * ((y_um[:, np.newaxis] - y_um) / width_um) ** 2)
    normalised: Floats = weights / weights.sum(axis=0)
    return normalised
