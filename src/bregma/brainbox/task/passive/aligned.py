"""Responses to stimuli along a probe, in standard deviations of the baseline. Times in seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bregma.brainbox.arrays import Floats, Window, as_floats, check_windows
from bregma.brainbox.results import Labelled, axis, values
from bregma.brainbox.spikes.event_bins import bin_spikes2d
from bregma.brainbox.task.passive.depths import PROBE_UM, place_depths

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

FEW = 256
"""Events counted at a time."""


@dataclass(frozen=True)
class AlignedActivity(Labelled):
    """Mean response at each depth.

    ``rate`` (n_depths, n_times) Hz; ``z`` (n_depths, n_times) the same in standard deviations of the baseline from its
    mean. ``times`` (n_times,) and ``depths_um`` (n_depths,) are centres of bins. NaN without events.
    """

    n_events: int
    depths_um: Floats = axis("depth", unit="um")
    times: Floats = axis("time", unit="s")
    rate: Floats = values("depth", "time", unit="Hz")
    z: Floats = values("depth", "time")


def compute_aligned_activity(
    spike_times: ArrayLike,
    spike_depths_um: ArrayLike,
    events: ArrayLike,
    *,
    windows: tuple[Window, Window] = ((-1.0, -0.4), (-0.4, 1.0)),
    bin_size: float = 0.01,
    depth_bin_um: float = 20.0,
    depth_limits_um: Window = PROBE_UM,
) -> AlignedActivity:
    """Compute the mean response to a stimulus at each depth, and how far it is from the baseline before.

    Parameters
    ----------
    spike_times, spike_depths_um : (n_spikes,) arrays
        Seconds and micrometres of each spike, in any order; spikes with a NaN are left out.
    events : (n_events,) array
        Onsets of one kind of stimulus, s, in any order. NaN are left out.
    windows
        Baseline and response, each (start, stop) in seconds from the event; whole numbers of bins.
    bin_size
        Seconds.
    depth_bin_um
        Size of the bins of depth.
    depth_limits_um
        Depths to cover, by default those of a Neuropixels 1.0 probe; spikes beyond are left out.

    Returns
    -------
    AlignedActivity
        ``z`` divides by the standard deviation over time of the mean baseline. Where the baseline does not vary it is
        0 for a response that equals the baseline, such as none at all, else NaN.

    Raises
    ------
    InvalidInput
        If lengths differ, a window is not of whole bins, the size of bins is not above zero, or the limits are empty.
    """
    check_windows(windows)
    times, rows, centres = place_depths(spike_times, spike_depths_um, depth_bin_um, depth_limits_um)
    known = as_floats("events", events)
    known = known[np.isfinite(known)]
    (_, base), (lags, rate) = (_mean(times, rows, centres.size, known, (window, bin_size)) for window in windows)
    away, spread = rate - base.mean(axis=1, keepdims=True), base.std(axis=1, keepdims=True)
    z = np.where(away == 0, 0.0, np.nan) if known.size else np.full(away.shape, np.nan)
    np.divide(away, spread, out=z, where=np.broadcast_to(spread > 0, away.shape))
    return AlignedActivity(known.size, centres, lags, rate, z)


def _mean(
    times: Floats, rows: ArrayLike, n_rows: int, events: Floats, bins: tuple[Window, float]
) -> tuple[Floats, Floats]:
    """Return bin centres and the mean rate over events (n_rows, n_bins), Hz."""
    units = np.arange(n_rows)
    found = bin_spikes2d(times, rows, events[:0], *bins, cluster_ids=units)
    total = np.zeros(found.counts.shape[1:])
    for start in range(0, events.size, FEW):
        total += bin_spikes2d(times, rows, events[start : start + FEW], *bins, cluster_ids=units).counts.sum(axis=0)
    return found.times, total / (events.size * bins[1]) if events.size else np.full(total.shape, np.nan)
