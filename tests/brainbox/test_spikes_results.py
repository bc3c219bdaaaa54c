"""Results of analyses of spikes: their axes, and inputs that stay as they were."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from bregma.brainbox import (
    align_counts,
    align_raster,
    align_signal,
    average_events,
    bin_spikes,
    bincount2d,
    compute_activity_map,
    compute_autocorrelograms,
    compute_cluster_average,
    compute_correlograms,
    compute_drift_map,
    compute_firing_rate,
    compute_firing_statistics,
    compute_psth,
    compute_rate_variability,
    correlate_jittered,
    correlate_pairs,
    count_in_intervals,
    estimate_drift,
    group_spikes,
    sync_series,
)

TIMES = np.sort(np.random.default_rng(0).uniform(0, 60, 3000))[::-1]  # in no order that any function wants
UNITS = np.random.default_rng(1).integers(3, 6, TIMES.size)
DEPTHS = np.random.default_rng(2).uniform(0, 900, TIMES.size)
EVENTS = np.array([20.0, np.nan, 10.0])
INTERVALS = np.array([[1.0, 2.0], [0.5, 9.0]])
PAIRS = np.array([[3, 4], [5, 4]])
INPUTS = (TIMES, UNITS, DEPTHS, EVENTS, INTERVALS, PAIRS)

RESULTS: dict[str, tuple[Callable[[], Any], dict[str, int]]] = {
    "grid": (lambda: bincount2d(TIMES, UNITS, 1.0), {"x": 61, "y": 3}),
    "activity": (lambda: compute_activity_map(TIMES, UNITS), {"time": 60, "cluster": 3}),
    "drift map": (lambda: compute_drift_map(TIMES, DEPTHS, DEPTHS), {"time": 60, "depth": 45}),
    "raster": (lambda: align_raster(TIMES[:1], TIMES[:1]), {"spike": 1}),
    "one train": (lambda: bin_spikes(TIMES, EVENTS), {"event": 3, "time": 140}),
    "rows": (lambda: align_counts(TIMES, EVENTS), {"event": 3, "time": 70}),
    "signal": (lambda: align_signal(TIMES[::-1], DEPTHS, EVENTS, step=0.1), {"event": 3, "time": 14}),
    "mean": (lambda: average_events(np.ones((4, 7))), {"time": 7}),
    "psth": (lambda: compute_psth(TIMES, UNITS, None, EVENTS), {"cluster": 3, "time": 70}),
    "intervals": (lambda: count_in_intervals(TIMES, UNITS, INTERVALS), {"cluster": 3, "event": 2}),
    "auto": (lambda: compute_autocorrelograms(TIMES, UNITS), {"cluster": 3, "lag": 101}),
    "cross": (lambda: compute_correlograms(TIMES, UNITS), {"cluster": 3, "other_cluster": 3, "lag": 51}),
    "pairs": (lambda: correlate_pairs(TIMES, UNITS, PAIRS), {"pair": 2, "lag": 51}),
    "jitter": (lambda: correlate_jittered(TIMES, UNITS, PAIRS), {"pair": 2, "lag": 51}),
    "rate": (lambda: compute_firing_rate(TIMES, window=1, bin_size=1), {"time": 58}),
    "variability": (lambda: compute_rate_variability(TIMES), {"time": 10}),
    "statistics": (lambda: compute_firing_statistics(TIMES, UNITS), {"cluster": 3}),
    "averages": (lambda: compute_cluster_average(UNITS, DEPTHS), {"cluster": 3}),
    "series": (lambda: sync_series([(TIMES, DEPTHS)], 1.0), {"time": 60, "column": 1}),
    "motion": (lambda: estimate_drift(TIMES, DEPTHS), {"time": 60}),
}


@pytest.mark.parametrize("name", RESULTS)
def test_results_name_their_axes(name: str) -> None:
    make, sizes = RESULTS[name]
    dataset = make().to_xarray()
    assert dict(dataset.sizes) == sizes
    for axis in ("time", "lag"):
        if axis in dataset.coords:
            assert dataset[axis].attrs["units"] == "s"


def test_inputs_stay_as_they_were() -> None:
    before = [array.copy() for array in INPUTS]
    for make, _ in RESULTS.values():
        make()
    group_spikes(TIMES, UNITS, {"depths": DEPTHS})
    for array, copy in zip(INPUTS, before, strict=True):
        np.testing.assert_array_equal(array, copy)
