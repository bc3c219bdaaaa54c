"""Bins of depth along a probe. Times in seconds, depths in micrometres."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from bregma.brainbox.arrays import Floats, Ints, Window, as_floats, check_same_length
from bregma.brainbox.spikes.binning import cover


@dataclass(frozen=True)
class DepthBins:
    """Bins of depth: ``size_um`` each, from the lower of ``limits_um``; spikes beyond the limits are left out.

    By default the limits are those of a Neuropixels 1.0 probe.
    """

    size_um: float
    limits_um: Window = (0.0, 3840.0)

    def place(self, spike_times: ArrayLike, spike_depths_um: ArrayLike) -> tuple[Floats, Ints, Floats]:
        """Return the times and bins of the spikes within the limits, and the centres of the bins.

        Raises
        ------
        InvalidInput
            If lengths differ, the size is not above zero, or the limits are empty.
        """
        times, depths = as_floats("spike_times", spike_times), as_floats("spike_depths_um", spike_depths_um)
        check_same_length(spike_times=times, spike_depths_um=depths)
        bins = cover("size_um", depths, self.size_um, self.limits_um)
        place = np.floor((depths - bins.start) / bins.size + bins.nudge)
        inside = (place >= 0) & (place < bins.n_bins) & np.isfinite(times)
        return times[inside], place[inside].astype(np.int64), bins.centres


BINS_OF_20_UM = DepthBins(20.0)
BINS_OF_80_UM = DepthBins(80.0)
