"""Spikes in bins of depth along a probe. Times in seconds, depths in micrometres."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bregma.brainbox.arrays import Floats, Ints, Window, as_floats, check_same_length
from bregma.brainbox.spikes.binning import cover

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

PROBE_UM = (0.0, 3840.0)
"""Depths of a Neuropixels 1.0 probe."""


def place_depths(
    spike_times: ArrayLike, spike_depths_um: ArrayLike, depth_bin_um: float, depth_limits_um: Window
) -> tuple[Floats, Ints, Floats]:
    """Return the times and bins of the spikes within the limits of depth, and the centres of the bins.

    Raises
    ------
    InvalidInput
        If lengths differ, the size is not above zero, or the limits are empty.
    """
    times, depths = as_floats("spike_times", spike_times), as_floats("spike_depths_um", spike_depths_um)
    check_same_length(spike_times=times, spike_depths_um=depths)
    bins = cover("depth_bin_um", depths, depth_bin_um, depth_limits_um)
    place = np.floor((depths - bins.start) / bins.size + bins.nudge)
    inside = (place >= 0) & (place < bins.n_bins) & np.isfinite(times)
    return times[inside], place[inside].astype(np.int64), bins.centres
