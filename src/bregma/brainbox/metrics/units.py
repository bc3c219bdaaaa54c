"""Quality metrics of sorted units, and the label that IBL derives from three of them.

Times in seconds, amplitudes in volts, depths in micrometres.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from bregma.brainbox.arrays import (
    Floats,
    Ints,
    Window,
    as_floats,
    as_ids,
    check_same_length,
    check_window,
    select_units,
    unit_rows,
)
from bregma.brainbox.metrics.refractory import (
    hill_contamination,
    rate_contamination,
    slide_refractory_period,
)
from bregma.brainbox.spikes.correlogram import spike_pairs


@dataclass(frozen=True)
class UnitCriteria:
    """What a unit must reach, and the constants of its metrics. Every field is honoured by the label."""

    min_confidence: float = 0.9
    max_noise_cutoff: float = 5.0
    max_low_bin: float = 0.1
    min_amplitude: float = 50e-6
    refractory_period: float = 0.0015
    min_interval: float = 0.0001
    presence_bin: float = 10.0


@dataclass(frozen=True)
class NoiseCutoff:
    """How sharply a distribution of amplitudes ends at its low side.

    ``cutoff`` is the count of the second non-empty bin over the mean of the high tail, in its standard deviations;
    ``low_bin`` that count as a fraction of the peak. NaN where a distribution has no high tail.
    """

    cutoff: float
    low_bin: float


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
        needs them is failed.
    cluster_ids : (n_units,) array or None
        Units to compute, in this order, those without spikes included. None: all that occur.
    interval
        Start and stop of the recording, s. By default first to last spike of all units.
    criteria
        Constants and thresholds; by default IBL's.

    Returns
    -------
    DataFrame
        One row per unit:

        ==================================  ==============================================================
        cluster_id, n_spikes                the unit
        firing_rate                         spikes over the duration, Hz
        presence_ratio                      fraction of 10 s bins with a spike
        contamination                       `rate_contamination`, of intervals of 0.1 to 1.5 ms
        contamination_hill                  `hill_contamination`, of pairs within 1.5 ms
        sliding_rp_confidence,              `slide_refractory_period`
        sliding_rp_min_contamination
        noise_cutoff, noise_cutoff_low_bin  `compute_noise_cutoff`
        amp_median, amp_std_db              median (V) and standard deviation (dB) of log amplitudes
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
    spikes = _read_spikes(times, clusters, amps, depths, cluster_ids, interval)
    limits = criteria or UnitCriteria()
    columns = _firing_metrics(spikes, limits) | _refractory_metrics(spikes, limits) | _shape_metrics(spikes)
    frame = pd.DataFrame({"cluster_id": spikes.cluster_ids, **columns})
    failed = _find_failures(frame, limits)
    frame["bitwise_fail"] = failed @ (1, 2, 4)
    frame["label"] = 1 - failed.mean(axis=1)
    return frame


def compute_noise_cutoff(amps: ArrayLike, *, n_bins: int = 100) -> NoiseCutoff:
    """Tell whether the low end of a unit's amplitudes is cut off by the detection threshold.

    The histogram has `n_bins` edges from 0 to the largest amplitude. The high tail is the upper half of the
    non-empty bins above the peak; the low end is the second non-empty bin.

    Parameters
    ----------
    amps : (n_spikes,) array
        Amplitudes; NaN are left out.
    """
    known = as_floats("amps", amps)
    known = known[np.isfinite(known)]
    if known.size < 2 or known.max() <= 0:
        return NoiseCutoff(np.nan, np.nan)
    counts, _ = np.histogram(known, bins=np.linspace(0, known.max(), n_bins))
    peak = int(np.argmax(counts))
    filled = np.flatnonzero(counts)
    above = filled[filled > peak]
    tail = counts[above[above.size // 2 :]]
    if tail.size < 2 or filled.size < 2:
        return NoiseCutoff(np.nan, np.nan)
    low, spread = float(counts[filled[1]]), float(tail.std())
    cutoff = (low - tail.mean()) / spread if spread > 0 else np.nan
    return NoiseCutoff(float(cutoff), low / float(counts[peak]))


@dataclass(frozen=True)
class _Spikes:
    """Spikes ordered by unit and then time, with the slice of each unit."""

    cluster_ids: Ints
    rows: Ints
    times: Floats
    amps: Floats
    depths: Floats
    slices: list[slice]
    interval: Window

    @property
    def duration(self) -> float:
        return self.interval[1] - self.interval[0]

    @property
    def counts(self) -> Floats:
        return np.array([s.stop - s.start for s in self.slices], dtype=np.float64)


def _read_spikes(
    times: ArrayLike,
    clusters: ArrayLike,
    amps: ArrayLike | None,
    depths: ArrayLike | None,
    cluster_ids: ArrayLike | None,
    interval: Window | None,
) -> _Spikes:
    when, who = as_floats("times", times), as_ids("clusters", clusters)
    unknown = np.full(when.size, np.nan)
    volts = unknown if amps is None else as_floats("amps", amps)
    where = unknown if depths is None else as_floats("depths", depths)
    check_same_length(times=when, clusters=who, amps=volts, depths=where)
    bounds = _find_interval(when, interval)
    ids = select_units(who, cluster_ids)
    rows = np.where((when >= bounds[0]) & (when <= bounds[1]), unit_rows(who, ids), -1)
    order = np.lexsort((when, rows))
    order = order[rows[order] >= 0]
    edges = np.searchsorted(rows[order], np.arange(ids.size + 1))
    slices = [slice(int(a), int(b)) for a, b in pairwise(edges)]
    return _Spikes(ids, rows[order], when[order], volts[order], where[order], slices, bounds)


def _find_interval(times: Floats, interval: Window | None) -> Window:
    if interval is not None:
        check_window(interval)
        return interval
    known = times[np.isfinite(times)]
    return (float(known.min()), float(known.max())) if known.size else (0.0, 0.0)


def _firing_metrics(spikes: _Spikes, criteria: UnitCriteria) -> dict[str, Floats | Ints]:
    n_bins = max(int(np.ceil(spikes.duration / criteria.presence_bin)), 1)
    place = np.floor((spikes.times - spikes.interval[0]) / criteria.presence_bin).astype(np.int64)
    cells = np.unique(spikes.rows * n_bins + np.minimum(place, n_bins - 1))
    present = np.bincount(cells // n_bins, minlength=spikes.cluster_ids.size)
    duration = spikes.duration if spikes.duration > 0 else np.nan
    return {
        "n_spikes": spikes.counts.astype(np.int64),
        "firing_rate": spikes.counts / duration,
        "presence_ratio": present / n_bins,
    }


def _refractory_metrics(spikes: _Spikes, criteria: UnitCriteria) -> dict[str, Floats | Ints]:
    n_units = spikes.cluster_ids.size
    pairs = np.zeros(n_units)
    for unit, lag in spike_pairs(spikes.times, spikes.rows, criteria.refractory_period):
        pairs += np.bincount(unit[lag < criteria.refractory_period], minlength=n_units)
    short, distinct = _short_intervals(spikes, criteria)
    dead_time = criteria.refractory_period - criteria.min_interval
    test = slide_refractory_period(spikes.times, spikes.rows, n_units)
    return {
        "contamination": rate_contamination(short, distinct, spikes.duration, dead_time),
        "contamination_hill": hill_contamination(pairs, spikes.counts, spikes.duration, criteria.refractory_period),
        "sliding_rp_confidence": test.max_confidence,
        "sliding_rp_min_contamination": test.min_contamination,
    }


def _short_intervals(spikes: _Spikes, criteria: UnitCriteria) -> tuple[Floats, Floats]:
    """Return intervals shorter than the refractory period, and spikes, without those detected twice."""
    short, distinct = np.zeros(spikes.cluster_ids.size), np.zeros(spikes.cluster_ids.size)
    for row, part in enumerate(spikes.slices):
        times = spikes.times[part]
        single = np.append(True, np.diff(times) > criteria.min_interval) if times.size else times > 0
        short[row] = (np.diff(times[single]) < criteria.refractory_period).sum()
        distinct[row] = single.sum()
    return short, distinct


def _shape_metrics(spikes: _Spikes) -> dict[str, Floats | Ints]:
    """Return the metrics of amplitudes and depths."""
    rows = [_shape_of_unit(spikes.amps[part], spikes.depths[part]) for part in spikes.slices]
    table = np.array(rows, dtype=np.float64).reshape(-1, 6)
    hours = spikes.duration / 3600 if spikes.duration > 0 else np.nan
    names = ("noise_cutoff", "noise_cutoff_low_bin", "amp_median", "amp_std_db", "depth_um", "drift_um_per_hour")
    columns: dict[str, Floats | Ints] = dict(zip(names, table.T, strict=True))
    columns["drift_um_per_hour"] = table[:, 5] / hours
    return columns


def _shape_of_unit(amps: Floats, depths: Floats) -> tuple[float, ...]:
    positive = amps[np.isfinite(amps) & (amps > 0)]
    known = depths[np.isfinite(depths)]
    decibels = 20 * np.log10(positive)
    cutoff = compute_noise_cutoff(positive)
    return (
        cutoff.cutoff,
        cutoff.low_bin,
        float(10 ** (np.median(decibels) / 20)) if positive.size else np.nan,
        float(decibels.std()) if positive.size else np.nan,
        float(np.median(known)) if known.size else np.nan,
        float(np.abs(np.diff(known)).sum()) if known.size else np.nan,
    )


def _find_failures(frame: pd.DataFrame, criteria: UnitCriteria) -> Ints:
    """Return (n_units, 3) ones where a test is failed; a metric that could not be computed fails it."""
    cut, low_bin = frame["noise_cutoff"].to_numpy(), frame["noise_cutoff_low_bin"].to_numpy()
    sharp = (cut > criteria.max_noise_cutoff) & (low_bin > criteria.max_low_bin)
    refractory = ~(frame["sliding_rp_confidence"].to_numpy() >= criteria.min_confidence)
    small = ~(frame["amp_median"].to_numpy() > criteria.min_amplitude)
    return np.stack([refractory, sharp | np.isnan(cut), small], axis=1).astype(np.int64)
