"""From spikes to the rows of the electrophysiology tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bregma.brainbox.behavior.events import find_events
from bregma.brainbox.metrics.units import compute_unit_metrics
from bregma.brainbox.spikes.activity import compute_activity_map
from bregma.brainbox.spikes.correlogram import compute_autocorrelograms
from bregma.brainbox.spikes.drift import compute_drift_map
from bregma.brainbox.spikes.psth import compute_psth
from bregma.pipelines.rows import RowKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from bregma.pipelines.sources import Spikes

Row = dict[str, Any]


def measure_units(spikes: Spikes) -> Row:
    """Return the row of UnitMetrics; metrics of amplitudes or depths are NaN where these are unknown."""
    metrics = compute_unit_metrics(spikes.times, spikes.clusters, spikes.amps, spikes.depths)
    records = metrics.to_records(index=False)
    return {
        "n_units": len(records),
        "n_good": int(np.sum(metrics["label"] == 1)),
        "metrics": np.asarray(records).view(np.ndarray),
    }


def map_drift(spikes: Spikes, settings: Mapping[str, Any]) -> Row:
    """Return the row of DriftMap: by depth, or by unit where no spike has a known depth."""
    time_bin = settings["drift_bin"]
    if spikes.depths is None or not np.isfinite(spikes.depths).any():
        activity = compute_activity_map(spikes.times, spikes.clusters, time_bin=time_bin)
        return {
            "times": activity.times,
            "row_kind": RowKind.UNIT,
            "depths_um": np.zeros(0),
            "cluster_ids": activity.cluster_ids,
            "counts": activity.counts.astype(np.int32),
        }
    drift = compute_drift_map(
        spikes.times, spikes.depths, time_bin=time_bin, depth_bin_um=settings["drift_depth_bin_um"]
    )
    return {
        "times": drift.times,
        "row_kind": RowKind.DEPTH,
        "depths_um": drift.depths_um,
        "cluster_ids": np.zeros(0, dtype=np.int64),
        "counts": drift.counts.astype(np.int32),
    }


def correlate(spikes: Spikes, settings: Mapping[str, Any]) -> Row:
    """Return the row of Autocorrelogram."""
    found = compute_autocorrelograms(
        spikes.times,
        spikes.clusters,
        bin_size=settings["correlogram_bin"],
        half_window=settings["correlogram_half_window"],
    )
    return {"lags": found.lags, "cluster_ids": found.cluster_ids, "counts": found.counts.astype(np.int32)}


def align(spikes: Spikes, trials: Mapping[str, Any], settings: Mapping[str, Any]) -> Row:
    """Return the row of PSTH, around the first kind of event that has a known time."""
    event, times = choose_events(trials)
    psth = compute_psth(
        spikes.times,
        spikes.clusters,
        None,
        times,
        window=(settings["psth_start"], settings["psth_stop"]),
        bin_size=settings["psth_bin"],
        smoothing=settings["psth_smoothing"],
    )
    return {
        "event": event,
        "n_events": psth.n_events,
        "times": psth.times,
        "cluster_ids": psth.cluster_ids,
        "rate": psth.rate.astype(np.float32),
        "sem": psth.sem.astype(np.float32),
    }


def choose_events(trials: Mapping[str, Any]) -> tuple[str, NDArray[np.float64]]:
    """Return the ALF name and times of the events to align to; an empty name when no time is known."""
    return next(iter(find_events(trials).items()), ("", np.zeros(0)))
