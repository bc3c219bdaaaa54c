"""Isolation of units beside SpikeInterface's functions, on real principal components and on random clouds."""

from pathlib import Path

import numpy as np
import pytest
from tests.brainbox.reference import Reference

from bregma.brainbox import (
    compute_amplitude_cutoff,
    compute_cluster_isolation,
    compute_synchrony,
    estimate_missed_spikes,
)

pytestmark = pytest.mark.peer

ISOLATION = """
import numpy as np, warnings
from spikeinterface.metrics.quality import pca_metrics as pca
rows = []
for unit in np.unique(clusters):
    distance, l_ratio = pca.mahalanobis_metrics(features, clusters, unit)
    d_prime = abs(pca.d_prime_metric(features, clusters, unit))
    silhouette = pca.simplified_silhouette_score(features, clusters, unit)
    hit, miss = pca.nearest_neighbors_metrics(features, clusters, unit, 10000, 4)
    rows.append((distance, l_ratio, d_prime, silhouette, hit, miss))
result = np.array(rows, dtype=float)
"""
SYNCHRONY = """
import numpy as np
from spikeinterface.metrics.quality.misc_metrics import _get_synchrony_counts
order = np.argsort(samples, kind="stable")
spikes = np.zeros(samples.size, dtype=[("sample_index", "i8"), ("unit_index", "i8"), ("segment_index", "i8")])
spikes["sample_index"], spikes["unit_index"] = samples[order], clusters[order]
result = _get_synchrony_counts(spikes, np.array([2, 4, 8]), np.unique(clusters)).T
"""
CUTOFF = """
import numpy as np
from spikeinterface.metrics.quality.misc_metrics import amplitude_cutoff
from brainbox.metrics.single_units import missed_spikes_est
result = (amplitude_cutoff(amps), missed_spikes_est(amps, spks_per_bin=10, sigma=4)[0])
"""


def make_clouds() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(2)
    sizes, centres = (300, 40, 900, 120), rng.normal(0, 2, (4, 5))
    features = [rng.normal(centre, rng.uniform(0.5, 2, 5), (n, 5)) for n, centre in zip(sizes, centres, strict=True)]
    return np.concatenate(features), np.repeat([4, 7, 8, 30], sizes)


def load_clouds(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Load where on the probe, and how large, the spikes of 12 neighbouring units of a real recording are."""
    kilosort = folder / "ibl_kilosort4_ZFM-02370" / "kilosort4"
    places, amps = np.load(kilosort / "spike_positions.npy"), np.load(kilosort / "amplitudes.npy")
    clusters = np.load(kilosort / "spike_clusters.npy").ravel().astype(np.int64)
    depths = np.array([np.median(places[clusters == unit, 1]) for unit in np.unique(clusters)])
    near = np.argsort(depths)[200:212]
    used = np.isin(clusters, near)
    features = np.column_stack([places[used], amps.ravel()[used]]).astype(float)
    return features[:9000], clusters[used][:9000]


@pytest.mark.parametrize("source", ["made", "real"])
def test_isolation_is_that_of_spikeinterface(reference: Reference, shared_data: Path, source: str) -> None:
    features, clusters = make_clouds() if source == "made" else load_clouds(shared_data)
    expected = reference(ISOLATION, features=features, clusters=clusters)
    found = compute_cluster_isolation(features, clusters)
    columns = (found.isolation_distance, found.l_ratio, found.d_prime, found.silhouette)
    np.testing.assert_allclose(np.stack(columns, axis=1), expected[:, :4], rtol=1e-7, atol=1e-10)
    rates = np.stack([found.nn_hit_rate, found.nn_miss_rate], axis=1)
    np.testing.assert_allclose(rates, expected[:, 4:], atol=1e-3 if source == "real" else 1e-12)


def test_synchrony_is_that_of_spikeinterface(reference: Reference) -> None:
    rng = np.random.default_rng(0)
    samples, clusters = rng.integers(0, 4000, 9000), rng.integers(0, 12, 9000)
    expected = reference(SYNCHRONY, samples=samples, clusters=clusters) / np.bincount(clusters)[:, None]
    found = compute_synchrony(samples / 30_000, clusters)
    np.testing.assert_allclose(found.fraction, expected, rtol=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_missed_spikes_are_those_of_the_references(reference: Reference, seed: int) -> None:
    rng = np.random.default_rng(seed)
    amps = rng.normal(100, 20, 20_000)
    amps = amps[amps > rng.uniform(40, 110)]
    cutoff, missed = reference(CUTOFF, amps=amps)
    assert estimate_missed_spikes(amps) == pytest.approx(missed, rel=1e-12)
    # SpikeInterface smooths whole numbers and drops their fractions.
    assert compute_amplitude_cutoff(amps) == pytest.approx(cutoff, abs=0.01)
