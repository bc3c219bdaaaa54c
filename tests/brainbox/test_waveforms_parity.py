"""Features of waveforms beside ibldsp's, on real waveforms and on random ones."""

from pathlib import Path

import numpy as np
import pytest
from tests.brainbox.reference import Reference

from bregma.brainbox import compute_slowness, compute_spatial_spread, compute_waveform_features

pytestmark = pytest.mark.peer

FEATURES = """
import numpy as np
from ibldsp.waveforms import compute_spike_features
frame = compute_spike_features(np.array(waveforms, dtype=float))
result = {name: frame[name].to_numpy() for name in frame}
"""
SPREAD = """
import numpy as np
from ibldsp.waveforms import compute_spatial_spread, compute_slowness, compute_spike_features, find_peak
cube = np.array(waveforms, dtype=float)
spread = compute_spatial_spread(cube, find_peak(cube), positions)["spatial_spread"].to_numpy()
slowness = compute_slowness(cube, compute_spike_features(cube.copy()), positions)["slowness_s_per_m"].to_numpy()
result = {"spread": spread, "slowness": slowness}
"""


def make_waveforms() -> np.ndarray:
    """Make templates that travel over 30 channels, of both signs, under noise."""
    rng = np.random.default_rng(4)
    time = np.arange(82) - 30.0
    waveforms = np.zeros((40, 82, 30))
    for unit in range(40):
        for channel in range(30):
            lag = time - (channel - 15) * rng.uniform(0, 0.3)
            shape = -np.exp(-(lag**2) / 18) + rng.uniform(0.2, 0.7) * np.exp(-((lag - 12) ** 2) / 60)
            waveforms[unit, :, channel] = shape * np.exp(-((channel - 15) ** 2) / 40)
        waveforms[unit] *= rng.choice([-1, 1], p=[0.3, 0.7]) * 1e-4
    return waveforms + rng.normal(0, 2e-6, waveforms.shape)


def make_positions(n_units: int, n_channels: int) -> np.ndarray:
    places = np.stack([np.resize([16.0, 48, 0, 32], n_channels), np.arange(n_channels) * 10.0, np.zeros(n_channels)])
    return np.tile(places.T, (n_units, 1, 1))


def load(source: str, folder: Path) -> np.ndarray:
    real = np.load(folder / "spikeglx_meta" / "waveform_sample_arr.npy").astype(float)
    return real if source == "real" else make_waveforms()


@pytest.mark.parametrize("source", ["real", "made"])
def test_features_are_those_of_ibldsp(reference: Reference, shared_data: Path, source: str) -> None:
    waveforms = load(source, shared_data)
    expected = reference(FEATURES, waveforms=waveforms)
    found = compute_waveform_features(waveforms)
    assert set(found.columns) == set(expected)
    for name, values in expected.items():
        known = np.isfinite(values.astype(float)) if "slope" in name else np.ones(len(values), bool)
        np.testing.assert_allclose(found[name][known], values[known], rtol=1e-9, atol=1e-15, err_msg=name)


@pytest.mark.parametrize("source", ["real", "made"])
def test_spread_and_slowness_are_those_of_ibldsp(reference: Reference, shared_data: Path, source: str) -> None:
    waveforms = load(source, shared_data)
    positions = make_positions(waveforms.shape[0], waveforms.shape[2])
    expected = reference(SPREAD, waveforms=waveforms, positions=positions)
    np.testing.assert_allclose(compute_spatial_spread(waveforms, positions), expected["spread"], rtol=1e-9)
    np.testing.assert_allclose(compute_slowness(waveforms, positions), expected["slowness"], rtol=1e-9)
