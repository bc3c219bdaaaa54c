"""Unit metrics beside ibllib's and slidingRP's, on random spikes and on real ones."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.brainbox.recordings import load_kilosort, load_two_minutes
from tests.brainbox.reference import Reference

from bregma.brainbox import (
    UnitCriteria,
    compute_published_metrics,
    compute_unit_metrics,
    slide_refractory_period,
)

pytestmark = pytest.mark.peer

METRICS = """
import numpy as np
from brainbox.metrics.single_units import quick_unit_metrics
result = {name: np.asarray(values) for name, values in quick_unit_metrics(clusters, times, amps, depths).items()}
"""
SLIDING = """
import numpy as np
from slidingRP.metrics import slidingRP_all
found = slidingRP_all(times, clusters, sampleRate=30000, binSizeCorr=1 / 30000)
result = {name: np.asarray(values) for name, values in found.items()}
"""


def make_spikes(seed: int) -> tuple[np.ndarray, ...]:
    """Make units of many kinds: from 1 spike to 20,000, clean and contaminated, with amplitudes whole and cut off."""
    rng = np.random.default_rng(seed)
    trains, amps = [], []
    for rate in (0.001, 0.01, 0.3, 1, 5, 15, 40):
        for dead_time in (0.0, 0.002, 0.005):
            intervals = dead_time + rng.exponential(1 / rate, int(rate * 500) + 1)
            times = np.cumsum(intervals) + rng.uniform(0, 1)
            noise = rng.uniform(times[0], times[-1], int(rng.uniform(0, 0.15) * times.size))
            trains.append(np.sort(np.concatenate([times, noise])))
            size = rng.lognormal(np.log(rng.uniform(30e-6, 200e-6)), 0.3, trains[-1].size)
            amps.append(np.maximum(size, np.quantile(size, 0.3)) if rng.random() < 0.3 else size)
    clusters = np.repeat(np.arange(len(trains)) * 3 + 2, [train.size for train in trains])
    times = np.concatenate(trains)
    order = np.argsort(times)
    return times[order], clusters[order], np.concatenate(amps)[order], rng.uniform(0, 3840, times.size)


def check_metrics(reference: Reference, spikes: tuple[np.ndarray, ...]) -> None:
    names = ("times", "clusters", "amps", "depths")
    expected = reference(METRICS, **dict(zip(names, spikes, strict=True)))
    found = compute_published_metrics(*spikes)
    assert set(found.columns) == set(expected)
    for name in set(expected) - {"slidingRP_viol_forced"}:
        np.testing.assert_allclose(found[name], expected[name].astype(float), rtol=1e-9, atol=1e-9, err_msg=name)
    ours = compute_unit_metrics(*spikes, criteria=UnitCriteria.as_published())
    np.testing.assert_allclose(ours["label"], expected["label"])
    np.testing.assert_array_equal(ours["bitwise_fail"], expected["bitwise_fail"])


@pytest.mark.parametrize("seed", range(3))
def test_published_metrics_are_those_of_ibllib_on_random_units(reference: Reference, seed: int) -> None:
    check_metrics(reference, make_spikes(seed))


def test_published_metrics_are_those_of_ibllib_on_a_real_recording(reference: Reference, shared_data: Path) -> None:
    check_metrics(reference, load_kilosort(shared_data)[:4])


@pytest.mark.parametrize("source", ["random", "two minutes", "kilosort"])
def test_the_published_sliding_test_is_that_of_slidingrp(reference: Reference, shared_data: Path, source: str) -> None:
    times, clusters = load_times(shared_data, source)
    expected: dict[str, Any] = reference(SLIDING, times=times, clusters=clusters)
    found = slide_refractory_period(times, clusters, published=True)
    np.testing.assert_array_equal(found.cluster_ids, expected["cidx"])
    np.testing.assert_allclose(found.max_confidence * 100, expected["max_confidence"], atol=1e-9)
    np.testing.assert_allclose(found.min_contamination * 100, expected["min_contamination"], atol=1e-9)
    np.testing.assert_allclose(found.refractory_period, expected["rp_min_val"], atol=1e-12)
    np.testing.assert_allclose(found.rate, expected["firing_rate"], atol=1e-12)
    np.testing.assert_array_equal(found.n_below_2ms, expected["n_spikes_below2"])
    np.testing.assert_array_equal(found.passes, expected["value"])
    unlike = (expected["n_spikes_below2"] == 0) & (expected["firing_rate"] > 0.5) & (expected["value"] == 0)
    np.testing.assert_array_equal(found.forced, unlike)


def load_times(shared_data: Path, source: str) -> tuple[np.ndarray, np.ndarray]:
    if source == "random":
        return make_spikes(7)[:2]
    load = load_kilosort if source == "kilosort" else load_two_minutes
    return load(shared_data)[:2]
