"""Receptive fields: responses to white and black squares, by place on the screen. Times in seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from bregma.brainbox.arrays import (
    Floats,
    Ints,
    InvalidInput,
    Rng,
    Window,
    as_floats,
    check_count,
    check_window,
    read_rng,
)
from bregma.brainbox.results import Labelled, axis, values
from bregma.brainbox.spikes.event_bins import bin_spikes2d, make_bins
from bregma.brainbox.spikes.trains import SpikeTrains, read_spikes
from bregma.brainbox.statistics.significance import compute_p_value
from bregma.brainbox.task.passive.depths import PROBE_UM, place_depths

if TYPE_CHECKING:
    from numpy.typing import ArrayLike
    from scipy.sparse import csr_matrix

    from bregma.brainbox.task.passive.stimulus import SparseNoise

CELLS_AT_ONCE = 2_000_000


@dataclass(frozen=True)
class ReceptiveFields(Labelled):
    """Mean response of each unit to each square.

    ``on`` and ``off`` (n_units, n_x, n_y, n_times) Hz, for squares that turn white and black; NaN for squares that
    never did. ``times`` (n_times,) are bin centres, seconds from the onset; row i is unit ``cluster_ids[i]``.
    """

    cluster_ids: Ints = axis("cluster")
    x: Ints = axis("x")
    y: Ints = axis("y")
    times: Floats = axis("time", unit="s")
    on: Floats = values("cluster", "x", "y", "time", unit="Hz")
    off: Floats = values("cluster", "x", "y", "time", unit="Hz")


@dataclass(frozen=True)
class DepthReceptiveFields(Labelled):
    """Mean response of all spikes at each depth to each square.

    ``depths_um`` (n_depths,) are centres of bins; the rest as in `ReceptiveFields`.
    """

    depths_um: Floats = axis("depth", unit="um")
    x: Ints = axis("x")
    y: Ints = axis("y")
    times: Floats = axis("time", unit="s")
    on: Floats = values("depth", "x", "y", "time", unit="Hz")
    off: Floats = values("depth", "x", "y", "time", unit="Hz")


@dataclass(frozen=True)
class FieldSignificance(Labelled):
    """Whether units respond to places on the screen.

    ``on_z``, ``off_z`` (n_units, n_x, n_y): the mean response to a square, in standard errors from the mean over all
    squares. ``on_p_value``, ``off_p_value`` (n_units,): how often the largest of them, of either sign, is as large when
    responses are shifted against the stimulus. Not corrected for the number of units.
    """

    cluster_ids: Ints = axis("cluster")
    x: Ints = axis("x")
    y: Ints = axis("y")
    on_z: Floats = values("cluster", "x", "y")
    off_z: Floats = values("cluster", "x", "y")
    on_p_value: Floats = values("cluster")
    off_p_value: Floats = values("cluster")


def compute_receptive_fields(
    spike_times: ArrayLike,
    spike_clusters: ArrayLike,
    stimulus: SparseNoise,
    *,
    cluster_ids: ArrayLike | None = None,
    window: Window = (-0.05, 1.5),
    bin_size: float = 0.01,
) -> ReceptiveFields:
    """Compute the mean response of each unit to the onset of each square.

    Parameters
    ----------
    spike_times, spike_clusters : (n_spikes,) arrays
        Seconds and cluster of each spike, in any order; NaN times are left out.
    stimulus
        Of `find_square_onsets`.
    cluster_ids : (n_units,) array, optional
        Units to compute, in this order. By default all that occur.
    window
        Start and stop, seconds from an onset; a whole number of bins, aligned on each onset.
    bin_size
        Seconds.

    Raises
    ------
    InvalidInput
        If lengths differ, the window is not of whole bins, or a unit is asked for twice.
    """
    trains = read_spikes(spike_times, spike_clusters, cluster_ids)
    times, on, off = _average(trains, stimulus, (window, bin_size))
    return ReceptiveFields(trains.cluster_ids, *_squares(stimulus), times, on, off)


def compute_receptive_fields_over_depth(
    spike_times: ArrayLike,
    spike_depths_um: ArrayLike,
    stimulus: SparseNoise,
    *,
    depth_bin_um: float = 80.0,
    depth_limits_um: Window = PROBE_UM,
    window: Window = (-0.05, 1.5),
    bin_size: float = 0.01,
) -> DepthReceptiveFields:
    """Compute the mean response of all spikes at each depth to the onset of each square.

    Parameters
    ----------
    spike_times, spike_depths_um : (n_spikes,) arrays
        Seconds and micrometres of each spike, in any order; spikes with a NaN are left out.
    stimulus, window, bin_size
        As in `compute_receptive_fields`.
    depth_bin_um
        Size of the bins of depth.
    depth_limits_um
        Depths to cover, by default those of a Neuropixels 1.0 probe; spikes beyond are left out.

    Raises
    ------
    InvalidInput
        If lengths differ, the window is not of whole bins, the size of bins is not above zero, or the limits are empty.
    """
    times, rows, centres = place_depths(spike_times, spike_depths_um, depth_bin_um, depth_limits_um)
    trains = read_spikes(times, rows, np.arange(centres.size))
    lags, on, off = _average(trains, stimulus, (window, bin_size))
    return DepthReceptiveFields(centres, *_squares(stimulus), lags, on, off)


def compute_svd_map(field: ArrayLike) -> Floats:
    """Compute the place on the screen that explains most of a receptive field: its first spatial component.

    Parameters
    ----------
    field : (..., n_x, n_y, n_times) array
        Such as ``on`` of `ReceptiveFields`. A baseline, the mean over squares in the first bin, is taken off. Squares
        that are NaN do not count.

    Returns
    -------
    (..., n_x, n_y) array
        The first left singular vector of squares by times, times its singular value; its sign is that which makes the
        median (where that is zero, the sum) of its course over time positive. NaN where the field is.

    Raises
    ------
    InvalidInput
        If the field has fewer than three dimensions or no times.
    """
    array = as_floats("field", field, n_dims=())
    if array.ndim < 3 or not array.size:
        raise InvalidInput(f"field has shape {array.shape}; give (..., n_x, n_y, n_times), a time or more")
    flat = array.reshape(-1, array.shape[-3] * array.shape[-2], array.shape[-1])
    shown = np.asarray(np.isfinite(flat).all(axis=2), dtype=np.bool_)
    first = np.where(shown, flat[:, :, 0], 0.0).sum(axis=1) / np.maximum(shown.sum(axis=1), 1)
    relative = np.where(shown[:, :, None], flat - first[:, None, None], 0.0)
    space, sizes, courses = np.linalg.svd(relative, full_matrices=False)
    middle, total = np.median(courses[:, 0], axis=1), courses[:, 0].sum(axis=1)
    sign = np.where(np.where(np.abs(middle) > 1e-12, middle, total) < 0, -1.0, 1.0)
    maps = np.where(shown, space[:, :, 0] * (sign * sizes[:, 0])[:, None], np.nan)
    return maps.reshape(array.shape[:-1])


def compute_field_significance(
    spike_times: ArrayLike,
    spike_clusters: ArrayLike,
    stimulus: SparseNoise,
    *,
    window: Window = (0.03, 0.13),
    n_shuffles: int = 500,
    rng: Rng = None,
) -> FieldSignificance:
    """Test whether units respond more, or less, to some squares than to others.

    Parameters
    ----------
    spike_times, spike_clusters, stimulus
        As in `compute_receptive_fields`; all units that occur.
    window
        Start and stop of the response, seconds from an onset.
    n_shuffles
        How often responses are shifted round against the stimulus, by chance: this keeps slow changes of the rate.
        The smallest p is ``1 / (n_shuffles + 1)``.
    rng
        For the shifts.

    Raises
    ------
    InvalidInput
        If lengths differ, the window is empty, or fewer than two frames have onsets.
    """
    check_window(window)
    check_count("n_shuffles", n_shuffles)
    trains, generator = read_spikes(spike_times, spike_clusters), read_rng(rng)
    events, shown = _find_events(stimulus)
    if events.size < 2:
        raise InvalidInput(f"stimulus has {events.size} frames with an onset; give two or more")
    units = np.arange(trains.n_units)
    found = bin_spikes2d(trains.times, trains.rows, events, window, window[1] - window[0], cluster_ids=units)
    response = found.counts[:, :, 0].astype(np.float64)
    z = _standardize(shown, response)
    largest = _find_largest(z)
    shifts = generator.integers(1, events.size, n_shuffles)
    null = np.array([_find_largest(_standardize(shown, np.roll(response, shift, axis=0))) for shift in shifts])
    p = compute_p_value(largest, null)
    maps = np.moveaxis(z, 2, 1).reshape(2, trains.n_units, *stimulus.shape)
    return FieldSignificance(trains.cluster_ids, *_squares(stimulus), maps[0], maps[1], p[0], p[1])


def _squares(stimulus: SparseNoise) -> tuple[Ints, Ints]:
    return np.arange(stimulus.shape[0]), np.arange(stimulus.shape[1])


def _find_events(stimulus: SparseNoise) -> tuple[Floats, csr_matrix[Any]]:
    """Return the times of frames with onsets, and which squares turned in each: (2 * n_squares, n_events), on first."""
    from scipy.sparse import csr_matrix

    n_squares = stimulus.shape[0] * stimulus.shape[1]
    onsets = np.concatenate([stimulus.on, stimulus.off])
    place = onsets[:, 1] * stimulus.shape[1] + onsets[:, 2]
    place[len(stimulus.on) :] += n_squares
    known = np.isfinite(stimulus.times[onsets[:, 0]])
    frames, event = np.unique(onsets[known, 0], return_inverse=True)
    ones = np.ones(event.size, dtype=np.int32)
    return stimulus.times[frames], csr_matrix((ones, (place[known], event)), shape=(2 * n_squares, frames.size))


def _average(trains: SpikeTrains, stimulus: SparseNoise, bins: tuple[Window, float]) -> tuple[Floats, Floats, Floats]:
    """Return bin centres, and mean rates for white and for black squares, both (n_units, n_x, n_y, n_bins)."""
    axes, n_rows = make_bins(*bins), trains.n_units
    events, shown = _find_events(stimulus)
    total = np.zeros((shown.shape[0], n_rows * axes.n_bins), dtype=np.int32)
    units = np.arange(n_rows)
    step = max(1, CELLS_AT_ONCE // max(1, n_rows * axes.n_bins))
    for start in range(0, events.size, step):
        part = slice(start, start + step)
        reach = (events[part].min() + bins[0][0] - bins[1], events[part].max() + bins[0][1] + bins[1])
        near = slice(*np.searchsorted(trains.times, reach))
        counts = bin_spikes2d(trains.times[near], trains.rows[near], events[part], *bins, cluster_ids=units).counts
        total += shown[:, part] @ counts.reshape(len(counts), -1)
    number = np.asarray(shown.sum(axis=1), dtype=np.float64).reshape(-1, 1)
    rates = np.full(total.shape, np.nan)
    np.divide(total, number * axes.size, out=rates, where=np.broadcast_to(number > 0, total.shape))
    fields = np.moveaxis(rates.reshape(2, *stimulus.shape, n_rows, axes.n_bins), 3, 1)
    return axes.centres, fields[0], fields[1]


def _standardize(shown: csr_matrix[Any], response: Floats) -> Floats:
    """Return the mean response to each square, in standard errors from the mean of all (2, n_squares, n_units)."""
    number = np.asarray(shown.sum(axis=1), dtype=np.float64).reshape(-1, 1)
    mean, spread = response.mean(axis=0), response.std(axis=0)
    centred = shown @ (response - mean)
    z = np.full(centred.shape, np.nan)
    np.divide(centred, np.sqrt(number) * np.where(spread > 0, spread, 1), out=z, where=number > 0)
    return z.reshape(2, shown.shape[0] // 2, response.shape[1])


def _find_largest(z: Floats) -> Floats:
    """Return the largest size over squares (2, n_units), rounded so that equal patterns are equal."""
    return np.asarray(np.round(np.nan_to_num(np.abs(z)).max(axis=1, initial=0.0), 9), dtype=np.float64)
