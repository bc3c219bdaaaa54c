"""Tuning curves: the rate of units as a function of a feature, such as position or direction. Times in seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bregma.brainbox.arrays import (
    Bools,
    Floats,
    Ints,
    InvalidInput,
    Window,
    as_floats,
    as_intervals,
    check_ascending,
    check_count,
    check_same_length,
    check_window,
)
from bregma.brainbox.results import Concise, Labelled, axis, values
from bregma.brainbox.spikes.binning import count_on_grid, row_axis
from bregma.brainbox.spikes.trains import read_spikes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

GAP = 5
"""Steps of the median size beyond which samples of a feature leave a gap."""


@dataclass(frozen=True)
class Feature(Concise):
    """A variable that units may be tuned to, sampled over time.

    Parameters
    ----------
    values : (n_samples,) array
        One for each of the sample times; NaN samples are times at which it is unknown.
    n_bins
        Into which its range is divided.
    limits
        Range; samples outside are left out, one at the upper limit is in the last bin. None: the extremes; for a
        circular feature 0 to 2 pi.
    circular
        Whether the range is a circle: values are wrapped into it, and smoothing goes round.
    smoothing
        Standard deviation of a Gaussian kernel, in the unit of the feature; 0 for none.
    """

    values: ArrayLike
    n_bins: int = 20
    limits: Window | None = None
    circular: bool = False
    smoothing: float = 0.0


@dataclass(frozen=True)
class TuningCurves(Labelled):
    """Rate of each unit by a feature.

    ``rate`` (n_units, n_bins) Hz, NaN in bins that were never visited; ``occupancy`` (n_bins,) the seconds spent in
    each, smoothed as the rates are; ``bins`` (n_bins,) their centres. Row i is unit ``cluster_ids[i]``.
    """

    circular: bool
    limits: Window
    cluster_ids: Ints = axis("cluster")
    bins: Floats = axis("bin")
    rate: Floats = values("cluster", "bin", unit="Hz")
    occupancy: Floats = values("bin", unit="s")


@dataclass(frozen=True)
class TuningMaps(Labelled):
    """Rate of each unit by two features.

    ``rate`` (n_units, n_x, n_y) Hz, NaN in bins that were never visited; ``occupancy`` (n_x, n_y) the seconds spent
    in each, smoothed as the rates are; ``x`` (n_x,) and ``y`` (n_y,) their centres. Row i is unit ``cluster_ids[i]``.
    """

    circular: tuple[bool, bool]
    limits: tuple[Window, Window]
    cluster_ids: Ints = axis("cluster")
    x: Floats = axis("x")
    y: Floats = axis("y")
    rate: Floats = values("cluster", "x", "y", unit="Hz")
    occupancy: Floats = values("x", "y", unit="s")


def compute_tuning_curves(
    spike_times: ArrayLike,
    spike_clusters: ArrayLike,
    times: ArrayLike,
    feature: Feature | ArrayLike,
    *,
    cluster_ids: ArrayLike | None = None,
    intervals: ArrayLike | None = None,
) -> TuningCurves:
    """Compute the rate of each unit by the value of a feature.

    A spike has the value of the sample nearest in time. A sample stands for the time nearest to it, so that uneven
    sampling does no harm; in a gap, of more than five median steps, neither time nor spikes are counted.

    Parameters
    ----------
    spike_times, spike_clusters : (n_spikes,) arrays
        Seconds and cluster of each spike, in any order; NaN times are left out.
    times : (n_samples,) array
        When the feature was sampled, s, ascending.
    feature : Feature or (n_samples,) array
        Values, and how to bin them; an array is divided into 20 bins.
    cluster_ids : (n_units,) array, optional
        Units to compute, in this order. By default all that occur.
    intervals : (n, 2) array, optional
        Start and stop of the periods to use, such as runs. Samples outside, and their spikes, are left out.

    Raises
    ------
    InvalidInput
        If lengths differ, times do not ascend, there are fewer than two samples, or no value is known.
    """
    one = feature if isinstance(feature, Feature) else Feature(feature)
    samples = _read_samples(times, [one], intervals)
    rate, occupancy, ids = _compute_rates(spike_times, spike_clusters, cluster_ids, samples)
    axes = samples.axes[0]
    return TuningCurves(one.circular, axes.limits, ids, axes.centres, rate, occupancy)


def compute_tuning_maps(
    spike_times: ArrayLike,
    spike_clusters: ArrayLike,
    times: ArrayLike,
    features: tuple[Feature | ArrayLike, Feature | ArrayLike],
    *,
    cluster_ids: ArrayLike | None = None,
    intervals: ArrayLike | None = None,
) -> TuningMaps:
    """Compute the rate of each unit by the values of two features, such as place on a floor.

    Parameters
    ----------
    spike_times, spike_clusters, times, cluster_ids, intervals
        As in `compute_tuning_curves`.
    features : pair of Feature or (n_samples,) arrays
        Values sampled at the same times, and how to bin them. A sample with one unknown value is left out.

    Raises
    ------
    InvalidInput
        As in `compute_tuning_curves`.
    """
    pair = [feature if isinstance(feature, Feature) else Feature(feature) for feature in features]
    if len(pair) != 2:
        raise InvalidInput(f"features has {len(pair)} features; give two")
    samples = _read_samples(times, pair, intervals)
    rate, occupancy, ids = _compute_rates(spike_times, spike_clusters, cluster_ids, samples)
    x, y = samples.axes
    circular, limits = (x.circular, y.circular), (x.limits, y.limits)
    return TuningMaps(circular, limits, ids, x.centres, y.centres, rate, occupancy)


@dataclass(frozen=True)
class _Axis:
    limits: Window
    n_bins: int
    circular: bool
    width: float
    """Of the smoothing kernel, in bins."""

    @property
    def centres(self) -> Floats:
        return self.limits[0] + (np.arange(self.n_bins) + 0.5) * (self.limits[1] - self.limits[0]) / self.n_bins


@dataclass(frozen=True)
class _Samples:
    """Sample i stands for the time from ``starts[i]`` to ``stops[i]``, and is in bin ``place[i]``, -1 for none."""

    starts: Floats
    stops: Floats
    place: Ints
    axes: list[_Axis]

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(axes.n_bins for axes in self.axes)


def _read_samples(times: ArrayLike, features: Sequence[Feature], intervals: ArrayLike | None) -> _Samples:
    when = as_floats("times", times)
    check_ascending("times of the feature", when)
    if when.size < 2:
        raise InvalidInput(f"times of the feature has {when.size} samples; give two or more")
    steps = np.diff(when)
    usual = float(np.median(steps))
    half = np.where(steps > GAP * usual, usual, steps) / 2
    starts = when - np.concatenate([[usual / 2], half])
    stops = when + np.concatenate([half, [usual / 2]])
    axes, places = zip(*(_place(feature, when) for feature in features), strict=True)
    shape = tuple(axis.n_bins for axis in axes)
    known = np.all([place >= 0 for place in places], axis=0) & _inside(when, intervals)
    flat = np.ravel_multi_index([np.maximum(place, 0) for place in places], shape)
    return _Samples(starts, stops, np.where(known, flat, -1), list(axes))


def _place(feature: Feature, times: Floats) -> tuple[_Axis, Ints]:
    """Return the bins of a feature, and that of each sample, -1 for none."""
    samples = as_floats("values", feature.values)
    check_same_length(times=times, values=samples)
    check_count("n_bins", feature.n_bins)
    known = samples[np.isfinite(samples)]
    limits = feature.limits
    if limits is None:
        if not known.size:
            raise InvalidInput("values of the feature are all NaN; give some that are known")
        limits = (0.0, 2 * np.pi) if feature.circular else (float(known.min()), float(known.max()))
    check_window(limits)
    low, high = limits
    if not 0 <= feature.smoothing < np.inf:
        raise InvalidInput(f"smoothing is {feature.smoothing}; give 0 or a positive number")
    axes = _Axis(limits, feature.n_bins, feature.circular, feature.smoothing * feature.n_bins / (high - low))
    if feature.circular:
        samples = low + np.mod(samples - low, high - low)
    edges = np.linspace(low, high, feature.n_bins + 1)
    place = np.searchsorted(edges, samples, side="right") - 1
    place[samples == high] = feature.n_bins - 1
    return axes, np.where((samples >= low) & (samples <= high), place, -1)


def _inside(times: Floats, intervals: ArrayLike | None) -> Bools:
    inside = np.zeros(times.size, dtype=np.bool_)
    if intervals is None:
        return ~inside
    for start, stop in as_intervals("intervals", intervals):
        inside |= (times >= start) & (times <= stop)
    return inside


def _compute_rates(
    spike_times: ArrayLike, spike_clusters: ArrayLike, cluster_ids: ArrayLike | None, samples: _Samples
) -> tuple[Floats, Floats, Ints]:
    """Return rates (n_units, ...) and seconds (...) in the bins of the features, and the units."""
    trains = read_spikes(spike_times, spike_clusters, cluster_ids)
    n_places = int(np.prod(samples.shape))
    used = samples.place >= 0
    lengths = (samples.stops - samples.starts)[used]
    occupancy = np.bincount(samples.place[used], weights=lengths, minlength=n_places).reshape(samples.shape)
    near = np.searchsorted(samples.stops, trains.times, side="left")
    near = np.minimum(near, samples.place.size - 1)
    inside = (trains.times >= samples.starts[near]) & (trains.times <= samples.stops[near])
    place = np.where(inside, samples.place[near], -1)
    found = count_on_grid(place, trains.rows, row_axis(n_places), row_axis(trains.n_units))
    counts = _smooth(found.reshape(trains.n_units, *samples.shape).astype(np.float64), samples.axes)
    seconds = _smooth(occupancy.astype(np.float64), samples.axes)
    rate = np.full(counts.shape, np.nan)
    np.divide(counts, seconds, out=rate, where=np.broadcast_to(occupancy > 0, counts.shape))
    return rate, seconds, trains.cluster_ids


def _smooth(histogram: Floats, axes: list[_Axis]) -> Floats:
    """Smooth along the axes of the features, the last ones."""
    from scipy.ndimage import gaussian_filter1d

    for place, one in enumerate(axes, start=histogram.ndim - len(axes)):
        if one.width > 0:
            smooth = gaussian_filter1d(histogram, one.width, axis=place, mode="wrap" if one.circular else "constant")
            histogram = np.asarray(smooth, dtype=np.float64)
    return histogram
