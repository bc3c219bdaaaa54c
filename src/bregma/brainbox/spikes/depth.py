"""Spikes over depth along a probe: rates, amplitudes, correlation of depths. Seconds and micrometres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bregma.brainbox.arrays import Floats, Ints, Window, as_floats, check_ascending, check_count, check_same_length
from bregma.brainbox.results import Labelled, axis, values
from bregma.brainbox.spikes.binning import BinAxis, count_on_grid, cover, find_recorded
from bregma.brainbox.spikes.drift import compute_drift_map

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


@dataclass(frozen=True)
class DepthProfile(Labelled):
    """Spikes at each depth.

    ``depths_um`` (n_depths,) are the centres of bins; ``n_spikes`` (n_depths,); ``rate`` (n_depths,) Hz over the time
    recorded; ``amplitude`` (n_depths,) the mean in the unit given, NaN where there are too few spikes, or None.
    """

    depths_um: Floats = axis("depth", unit="um")
    n_spikes: Ints = values("depth")
    rate: Floats = values("depth", unit="Hz")
    amplitude: Floats | None = values("depth", default=None)


@dataclass(frozen=True)
class DepthAmplitudes(Labelled):
    """How often spikes of an amplitude or more occur at each depth.

    ``rate`` (n_depths, n_amplitudes) Hz of the spikes at least as large as each of ``amplitudes`` (n_amplitudes,), in
    the unit given; ``depths_um`` (n_depths,) are the centres of bins.
    """

    depths_um: Floats = axis("depth", unit="um")
    amplitudes: Floats = axis("amplitude")
    rate: Floats = values("depth", "amplitude", unit="Hz")


@dataclass(frozen=True)
class DepthCorrelation(Labelled):
    """Correlation of the spike counts of each pair of depths: ``correlation`` (n_depths, n_depths), NaN if silent."""

    depths_um: Floats = axis("depth", unit="um")
    correlation: Floats = values("depth", "other_depth")


def compute_depth_profile(
    spike_times: ArrayLike,
    spike_depths_um: ArrayLike,
    amps: ArrayLike | None = None,
    *,
    depth_bin_um: float = 10.0,
    recorded: Window | None = None,
    depth_limits_um: Window | None = None,
    min_spikes: int = 50,
) -> DepthProfile:
    """Compute the rate and the mean amplitude of spikes at each depth.

    Parameters
    ----------
    spike_times, spike_depths_um : (n_spikes,) arrays
        Seconds and micrometres, in any order. Spikes with a NaN are left out.
    amps : (n_spikes,) array, optional
        Amplitudes to average; a NaN is left out of the mean.
    depth_bin_um
        Size of the bins, from a multiple of it.
    recorded : (start, stop), optional
        Seconds; spikes outside are left out, and rates are over this time. By default the first spike to the last.
    depth_limits_um : (low, high), optional
        By default all spikes.
    min_spikes
        A bin of fewer has no amplitude.

    Returns
    -------
    DepthProfile
        Rates are NaN for a time recorded of zero.

    Raises
    ------
    InvalidInput
        If lengths differ, the bin size is not above zero, or limits are empty.
    """
    check_count("min_spikes", min_spikes, least=0)
    times = as_floats("spike_times", spike_times)
    span = find_recorded(times, recorded)
    if span is None:
        return DepthProfile(np.zeros(0), np.zeros(0, np.int64), np.zeros(0), None if amps is None else np.zeros(0))
    # One bin of time, a little longer than the span, so that it holds the last spike too.
    length = (span[1] - span[0]) * (1 + 1e-8) or 1.0
    limits = (span[0], span[0] + length)
    found = compute_drift_map(
        times,
        spike_depths_um,
        amps,
        time_bin=length,
        depth_bin_um=depth_bin_um,
        time_limits=limits,
        depth_limits_um=depth_limits_um,
    )
    n_spikes = found.counts.sum(axis=1, dtype=np.int64)
    rate = n_spikes / (span[1] - span[0]) if span[1] > span[0] else np.full(n_spikes.size, np.nan)
    if found.amplitudes is None:
        return DepthProfile(found.depths_um, n_spikes, rate)
    return DepthProfile(
        found.depths_um, n_spikes, rate, np.where(n_spikes >= min_spikes, found.amplitudes[:, 0], np.nan)
    )


def compute_depth_amplitudes(
    spike_times: ArrayLike,
    spike_depths_um: ArrayLike,
    amps: ArrayLike,
    *,
    amplitudes: ArrayLike | None = None,
    depth_bin_um: float = 40.0,
    recorded: Window | None = None,
) -> DepthAmplitudes:
    """Compute the rate of spikes of at least each amplitude, at each depth: a cumulative distribution.

    Parameters
    ----------
    spike_times, spike_depths_um, amps : (n_spikes,) arrays
        Seconds, micrometres, and any unit of amplitude, in any order. Spikes with a NaN are left out.
    amplitudes : (n_amplitudes,) array, optional
        Ascending. By default ten, evenly from the smallest amplitude to the 90th percentile.
    depth_bin_um
        Size of the bins, from a multiple of it.
    recorded : (start, stop), optional
        Seconds; spikes outside are left out, and rates are over this time. By default the first spike to the last.

    Returns
    -------
    DepthAmplitudes
        Of no depths without spikes.

    Raises
    ------
    InvalidInput
        If lengths differ, amplitudes do not ascend, or the bin size is not above zero.
    """
    times, depths = as_floats("spike_times", spike_times), as_floats("spike_depths_um", spike_depths_um)
    sizes = as_floats("amps", amps)
    check_same_length(spike_times=times, spike_depths_um=depths, amps=sizes)
    span = find_recorded(times, recorded)
    known = np.isfinite(times) & np.isfinite(depths) & np.isfinite(sizes)
    if span is not None:
        known &= (times >= span[0]) & (times <= span[1])
    depths, sizes = depths[known], sizes[known]
    levels = _read_levels(amplitudes, sizes)
    rows = cover("depth_bin_um", depths, depth_bin_um, None)
    reached = np.searchsorted(levels, sizes, side="right").astype(np.float64)
    counts = count_on_grid(reached, depths, BinAxis(0.0, 1.0, levels.size + 1), rows)
    at_least = counts[:, ::-1].cumsum(axis=1)[:, -2::-1] if levels.size else np.zeros((rows.n_bins, 0))
    duration = span[1] - span[0] if span is not None and span[1] > span[0] else np.nan
    return DepthAmplitudes(rows.centres, levels, at_least / duration)


def correlate_depths(
    spike_times: ArrayLike, spike_depths_um: ArrayLike, *, time_bin: float = 0.05, depth_bin_um: float = 40.0
) -> DepthCorrelation:
    """Correlate the spike counts of all pairs of depths over time (Pearson's correlation).

    Parameters
    ----------
    spike_times, spike_depths_um : (n_spikes,) arrays
        Seconds and micrometres, in any order. Spikes with a NaN are left out.
    time_bin, depth_bin_um
        Sizes of the bins, from multiples of them.

    Returns
    -------
    DepthCorrelation
        Of no depths without spikes. NaN for a depth whose count never changes.

    Raises
    ------
    InvalidInput
        If lengths differ or a bin size is not above zero.
    """
    found = compute_drift_map(spike_times, spike_depths_um, time_bin=time_bin, depth_bin_um=depth_bin_um)
    centred = found.counts - found.counts.mean(axis=1, keepdims=True) if found.counts.size else np.zeros((0, 0))
    length = np.sqrt((centred**2).sum(axis=1))
    with np.errstate(invalid="ignore", divide="ignore"):
        unit = centred / length[:, None]
    return DepthCorrelation(found.depths_um, np.clip(unit @ unit.T, -1.0, 1.0))


def _read_levels(amplitudes: ArrayLike | None, sizes: Floats) -> Floats:
    if amplitudes is None:
        return np.linspace(sizes.min(), np.quantile(sizes, 0.9), 10) if sizes.size else np.zeros(0)
    levels = as_floats("amplitudes", amplitudes)
    check_ascending("amplitudes", levels)
    return levels
