"""The metrics of IBL's published tables of clusters: names, units and formulas of ibllib 4.1.0."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bregma.brainbox.metrics.contamination import rate_contamination
from bregma.brainbox.metrics.refractory import slide_each
from bregma.brainbox.metrics.unit_spikes import UnitSpikes, count_in_bins, read_unit_spikes
from bregma.brainbox.metrics.units import (
    UnitCriteria,
    amplitude_columns,
    depth_columns,
    label_units,
    refractory_columns,
)

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from bregma.brainbox.arrays import Floats, Window

NAMES = {
    "cluster_id": "cluster_id",
    "amp_max": "amp_max",
    "amp_min": "amp_min",
    "amp_median": "amp_median",
    "amp_std_db": "amp_std_dB",
    "contamination": "contamination",
    "contamination_alt": "contamination_alt",
    "drift_um_per_hour": "drift",
    "missed_spikes": "missed_spikes_est",
    "noise_cutoff": "noise_cutoff",
    "presence_ratio": "presence_ratio",
    "presence_ratio_std": "presence_ratio_std",
    "passes": "slidingRP_viol",
    "n_spikes": "spike_count",
    "forced": "slidingRP_viol_forced",
    "max_confidence": "max_confidence",
    "min_contamination": "min_contamination",
    "n_below_2ms": "n_spikes_below2",
    "firing_rate": "firing_rate",
    "label": "label",
    "bitwise_fail": "bitwise_fail",
}
"""Our name of each column of the published table, in its order."""


def compute_published_metrics(
    times: ArrayLike,
    clusters: ArrayLike,
    amps: ArrayLike | None = None,
    depths: ArrayLike | None = None,
    *,
    cluster_ids: ArrayLike | None = None,
    interval: Window | None = None,
) -> pd.DataFrame:
    """Compute the metrics of each unit as IBL published them in ``clusters.metrics``, to add to or compare with it.

    For new work see `compute_unit_metrics`. Here the refractory test is that of slidingRP 1.1.1, confidence and
    contamination of it are in percent, ``contamination_alt`` has the sign of its published formula, and presence
    may count a bin after the last spike. One column is not as published: ``slidingRP_viol_forced``, there nearly
    always 0 for a slip in a comparison, is what it is meant to be.

    Parameters
    ----------
    times, clusters, amps, depths, cluster_ids
        As in `compute_unit_metrics`.
    interval
        Spikes outside are left out. The recording is from the first to the last spike of those left.

    Returns
    -------
    DataFrame
        One row per unit: cluster_id, amp_max, amp_min, amp_median (V), amp_std_dB, contamination, contamination_alt,
        drift (µm/hour), missed_spikes_est, noise_cutoff, presence_ratio, presence_ratio_std (spikes in 10 s),
        slidingRP_viol (1: passed), spike_count, slidingRP_viol_forced, max_confidence (%), min_contamination (%),
        n_spikes_below2, firing_rate (Hz), label, bitwise_fail.

    Raises
    ------
    InvalidInput
        If lengths differ, the interval is empty, or a unit is asked for twice.
    """
    criteria = UnitCriteria.as_published()
    spikes = read_unit_spikes(times, clusters, amps=amps, depths=depths, cluster_ids=cluster_ids, interval=interval)
    spikes = spikes.trim()
    test = slide_each(spikes.trains, spikes.cluster_ids, published=True)
    frame = pd.DataFrame(
        {
            "cluster_id": spikes.cluster_ids,
            "n_spikes": spikes.counts,
            "firing_rate": spikes.counts / spikes.duration,
            **_presence_columns(spikes, criteria),
            **refractory_columns(spikes, criteria, test),
            **amplitude_columns(spikes),
            **depth_columns(spikes),
            "contamination_alt": _alternative_contamination(spikes, criteria.refractory_period),
            "passes": test.passes.astype(np.int64),
            "forced": test.forced.astype(np.int64),
            "max_confidence": test.max_confidence * 100,
            "min_contamination": test.min_contamination * 100,
            "n_below_2ms": test.n_below_2ms,
        }
    )
    return frame.join(label_units(frame, criteria))[list(NAMES)].rename(columns=NAMES)


def _presence_columns(spikes: UnitSpikes, criteria: UnitCriteria) -> dict[str, Floats]:
    """Return the presence in bins up to half a bin beyond the last spike, and the deviation of their counts."""
    start, stop = spikes.interval
    n_bins = max(int(np.ceil((stop - start) / criteria.presence_bin + 0.5)), 1)
    rows = [count_in_bins(times, start, criteria.presence_bin, n_bins) for times in spikes.split_times()]
    counts = np.array(rows).reshape(-1, n_bins)
    return {"presence_ratio": (counts > 0).mean(axis=1), "presence_ratio_std": counts.std(axis=1)}


def _alternative_contamination(spikes: UnitSpikes, period: float) -> Floats:
    """Return the root of ``c**2 - c - v T / (2 r n**2) = 0`` nearer to 0, T from the unit's first to its last spike."""
    ends = [(times[0], times[-1]) if times.size else (np.nan, np.nan) for times in spikes.split_times()]
    lengths = np.diff(np.array(ends).reshape(-1, 2), axis=1)[:, 0]
    violations = [int((np.diff(times) < period).sum()) for times in spikes.split_times()]
    ratio = rate_contamination(np.array(violations), spikes.counts, 1.0, period) * lengths
    return (np.sqrt(1 + 4 * ratio) - 1) / 2
