"""Quality metrics of sorted units, and the label that IBL derives from three of them.

Times in seconds, amplitudes in volts, depths in micrometres.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bregma.brainbox.arrays import Floats, Ints, InvalidInput, Window, check_number
from bregma.brainbox.metrics.amplitude import (
    compute_amplitude_cutoff,
    compute_amplitude_cv,
    compute_noise_cutoff,
    describe_amplitudes,
    estimate_missed_spikes,
)
from bregma.brainbox.metrics.contamination import (
    count_close_pairs,
    count_short_intervals,
    hill_contamination,
    rate_contamination,
)
from bregma.brainbox.metrics.refractory import SlidingRefractory, slide_each
from bregma.brainbox.metrics.unit_spikes import UnitSpikes, count_in_bins, read_unit_spikes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

RANGE_BIN = 5.0
"""Seconds in which the rates of the firing range are taken."""


@dataclass(frozen=True)
class UnitCriteria:
    """What a unit must reach, and the constants of its metrics. Every field is honoured by the label.

    A unit passes the refractory test with ``min_confidence``; the noise cutoff below ``max_noise_cutoff``, or with a
    second bin of at most ``max_low_bin`` of the peak (0 drops that way out, as ibllib's label does); the amplitude
    test above ``min_amplitude`` (V). ``refractory_period`` and ``min_interval`` (s) are those of the contaminations,
    ``presence_bin`` (s) that of the presence ratio. ``published`` takes slidingRP 1.1.1 for the refractory test.
    """

    min_confidence: float = 0.9
    max_noise_cutoff: float = 5.0
    max_low_bin: float = 0.1
    min_amplitude: float = 50e-6
    refractory_period: float = 0.0015
    min_interval: float = 0.0001
    presence_bin: float = 10.0
    published: bool = False

    @classmethod
    def as_published(cls) -> UnitCriteria:
        """Return the criteria by which IBL's published tables are labelled: those of ibllib 4.1.0."""
        return cls(max_low_bin=0.0, published=True)


def compute_unit_metrics(
    times: ArrayLike,
    clusters: ArrayLike,
    amps: ArrayLike | None = None,
    depths: ArrayLike | None = None,
    *,
    cluster_ids: ArrayLike | None = None,
    interval: Window | None = None,
    criteria: UnitCriteria | None = None,
) -> pd.DataFrame:
    """Compute the quality metrics of each unit.

    Parameters
    ----------
    times, clusters, amps, depths : (n_spikes,) arrays
        Time (s), unit, amplitude (V) and depth (µm) of each spike, in any order. Spikes at a NaN time or outside
        the interval are left out. Amplitudes and depths may be None: their metrics are then NaN, and a test that
        needs them is failed. Amplitudes that are NaN or not above 0, and depths that are NaN, are left out.
    cluster_ids : (n_units,) array or None
        Units to compute, in this order, those without spikes included. None: all that occur.
    interval
        Start and stop of the recording, s. By default first to last spike of all units.
    criteria
        Constants and thresholds; by default IBL's with the corrected refractory test. `UnitCriteria.as_published`
        gives the labels of IBL's tables; `compute_published_metrics` their columns too.

    Returns
    -------
    DataFrame
        One row per unit:

        ==================================  ==============================================================
        cluster_id, n_spikes                the unit
        firing_rate                         spikes over the duration, Hz
        firing_rate_active                  intervals over the time from the unit's first to last spike, Hz
        firing_range                        5th to 95th percentile of the rates in 5 s, Hz
        presence_ratio                      fraction of 10 s bins with a spike
        contamination                       `rate_contamination`, of intervals of 0.1 to 1.5 ms
        contamination_hill                  `hill_contamination`, of pairs within 1.5 ms
        sliding_rp_confidence,              `slide_refractory_period`; the period in s
        sliding_rp_min_contamination,
        refractory_period
        noise_cutoff, noise_cutoff_low_bin  `compute_noise_cutoff`
        missed_spikes                       `estimate_missed_spikes`
        amplitude_cutoff                    `compute_amplitude_cutoff`
        amp_median, amp_std_db              geometric median (V), sample standard deviation of amplitudes in dB
        amp_min, amp_max                    smallest and largest amplitude, V
        amp_cv, amp_cv_range                `compute_amplitude_cv`
        depth_um, drift_um_per_hour         median depth, and summed depth changes per hour
        bitwise_fail                        1: refractory test, 2: noise cutoff, 4: amplitude
        label                               fraction of the three tests passed; 1 is a good unit
        ==================================  ==============================================================

    Raises
    ------
    InvalidInput
        If lengths differ, the interval is empty, or a unit is asked for twice.

    References
    ----------
    International Brain Laboratory et al., Spike sorting pipeline (2022), figshare 19705522.
    """
    limits = criteria or UnitCriteria()
    spikes = read_unit_spikes(times, clusters, amps=amps, depths=depths, cluster_ids=cluster_ids, interval=interval)
    frame = pd.DataFrame(_make_columns(spikes, limits))
    return frame.join(label_units(frame, limits))


def label_units(metrics: pd.DataFrame, criteria: UnitCriteria | None = None) -> pd.DataFrame:
    """Label units by other criteria than those their metrics were made with.

    Parameters
    ----------
    metrics
        The columns sliding_rp_confidence, noise_cutoff, noise_cutoff_low_bin and amp_median, one row per unit, as
        `compute_unit_metrics` gives them.
    criteria
        Thresholds; by default IBL's.

    Returns
    -------
    DataFrame
        With the index of `metrics`: ``bitwise_fail`` (1: refractory test, 2: noise cutoff, 4: amplitude) and
        ``label``, the fraction of the three tests passed. A metric that is NaN fails its test.
    """
    limits = criteria or UnitCriteria()
    cut, low_bin = metrics["noise_cutoff"].to_numpy(), metrics["noise_cutoff_low_bin"].to_numpy()
    sharp = ~(cut < limits.max_noise_cutoff) & ~(low_bin <= limits.max_low_bin)
    refractory = ~(metrics["sliding_rp_confidence"].to_numpy() >= limits.min_confidence)
    small = ~(metrics["amp_median"].to_numpy() > limits.min_amplitude)
    failed = np.stack([refractory, sharp, small], axis=1).astype(np.int64)
    return pd.DataFrame({"bitwise_fail": failed @ (1, 2, 4), "label": 1 - failed.mean(axis=1)}, index=metrics.index)


def filter_units(
    metrics: pd.DataFrame,
    *,
    min_amplitude: float = 50e-6,
    min_rate: float = 0.5,
    max_contamination: float = 0.2,
    min_presence: float = 0.0,
    min_label: float = 0.0,
) -> Ints:
    """Return the ids of the units that reach all limits; a metric that is NaN reaches none but a minimum of 0.

    Parameters
    ----------
    metrics
        As `compute_unit_metrics` gives them.
    min_amplitude, min_rate
        What ``amp_median`` (V) and ``firing_rate_active`` (Hz) must exceed.
    max_contamination
        What ``contamination_hill`` must stay below.
    min_presence, min_label
        What ``presence_ratio`` and ``label`` must reach.

    Raises
    ------
    InvalidInput
        If an amplitude is asked for, and none is known.
    """
    check_number("min_amplitude", min_amplitude)
    check_number("min_rate", min_rate)
    check_number("max_contamination", max_contamination)
    check_number("min_presence", min_presence)
    check_number("min_label", min_label)
    if min_amplitude > 0 and len(metrics) and metrics["amp_median"].isna().all():
        raise InvalidInput("metrics have no amplitudes; give amps to compute_unit_metrics, or min_amplitude=0 here")
    good = (
        ((metrics["amp_median"] > min_amplitude) | (min_amplitude <= 0))
        & ((metrics["firing_rate_active"] > min_rate) | (min_rate <= 0))
        & (metrics["contamination_hill"] < max_contamination)
        & (metrics["presence_ratio"] >= min_presence)
        & (metrics["label"] >= min_label)
    )
    return np.asarray(metrics.loc[good, "cluster_id"], dtype=np.int64)


def _make_columns(spikes: UnitSpikes, criteria: UnitCriteria) -> dict[str, Floats | Ints]:
    """Return the metrics by name, in the order of the table."""
    test = slide_each(spikes.trains, spikes.cluster_ids, published=criteria.published)
    return {
        "cluster_id": spikes.cluster_ids,
        "n_spikes": spikes.counts,
        **firing_columns(spikes, criteria),
        **refractory_columns(spikes, criteria, test),
        **amplitude_columns(spikes),
        **depth_columns(spikes),
    }


def firing_columns(spikes: UnitSpikes, criteria: UnitCriteria) -> dict[str, Floats]:
    """Return the metrics of counts and rates."""
    start, stop = spikes.interval
    n_bins = max(int(np.ceil((stop - start) / criteria.presence_bin)), 1)
    n_steps = int((stop - start) / RANGE_BIN)
    rows = []
    for times in spikes.split_times():
        present = np.count_nonzero(count_in_bins(times, start, criteria.presence_bin, n_bins))
        steps = count_in_bins(times[times < start + n_steps * RANGE_BIN], start, RANGE_BIN, n_steps)
        low, high = np.percentile(steps / RANGE_BIN, (5, 95)) if n_steps else (np.nan, np.nan)
        active = (times.size - 1) / (times[-1] - times[0]) if times.size > 1 and times[-1] > times[0] else np.nan
        rows.append((times.size / spikes.duration, active, high - low, present / n_bins))
    return _as_columns(rows, ("firing_rate", "firing_rate_active", "firing_range", "presence_ratio"))


def refractory_columns(spikes: UnitSpikes, criteria: UnitCriteria, test: SlidingRefractory) -> dict[str, Floats]:
    """Return the metrics of short intervals."""
    duration, period = spikes.duration, criteria.refractory_period
    rows = [
        (*count_short_intervals(times, period, criteria.min_interval), count_close_pairs(times, period))
        for times in spikes.split_times()
    ]
    short, distinct, pairs = np.array(rows, dtype=np.float64).reshape(-1, 3).T
    return {
        "contamination": rate_contamination(short, distinct, duration, period - criteria.min_interval),
        "contamination_hill": hill_contamination(pairs, spikes.counts, duration, period),
        "sliding_rp_confidence": test.max_confidence,
        "sliding_rp_min_contamination": test.min_contamination,
        "refractory_period": test.refractory_period,
    }


def amplitude_columns(spikes: UnitSpikes) -> dict[str, Floats]:
    """Return the metrics of amplitudes."""
    rows = []
    for times, amps in zip(spikes.split_times(), spikes.split(spikes.amps), strict=True):
        known = np.isfinite(amps) & (amps > 0)
        used = amps if known.all() else amps[known]
        cutoff = compute_noise_cutoff(used)
        spread = compute_amplitude_cv(times if known.all() else times[known], used, *spikes.interval)
        rows.append(
            (
                cutoff.cutoff,
                cutoff.low_bin,
                estimate_missed_spikes(used),
                compute_amplitude_cutoff(used),
                *describe_amplitudes(used),
                spread.median,
                spread.range,
            )
        )
    names = ("noise_cutoff", "noise_cutoff_low_bin", "missed_spikes", "amplitude_cutoff")
    return _as_columns(rows, (*names, "amp_median", "amp_std_db", "amp_min", "amp_max", "amp_cv", "amp_cv_range"))


def depth_columns(spikes: UnitSpikes) -> dict[str, Floats]:
    """Return the metrics of depths."""
    rows = []
    for depths in spikes.split(spikes.depths):
        known = depths[np.isfinite(depths)]
        changes = np.abs(np.diff(known)).sum() / spikes.duration * 3600
        rows.append((np.median(known), changes) if known.size else (np.nan, np.nan))
    return _as_columns(rows, ("depth_um", "drift_um_per_hour"))


def _as_columns(rows: Sequence[tuple[float, ...]], names: tuple[str, ...]) -> dict[str, Floats]:
    """Return the columns of a table that has a row per unit."""
    table = np.array(rows, dtype=np.float64).reshape(-1, len(names))
    return dict(zip(names, table.T, strict=True))
