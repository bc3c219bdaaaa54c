"""Spikes over depth: rates, amplitudes and correlations along a probe."""

import numpy as np
import pytest

from bregma.brainbox import InvalidInput, compute_depth_amplitudes, compute_depth_profile, correlate_depths

pytestmark = pytest.mark.usefixtures("engine")
TIMES = np.array([0.0, 4.0, 2.0, 10.0])
DEPTHS = np.array([5.0, 6.0, 25.0, 26.0])
AMPS = np.array([1.0, 3.0, 2.0, np.nan])


def test_a_profile_counts_the_first_and_the_last_spike() -> None:
    profile = compute_depth_profile(TIMES, DEPTHS, AMPS, min_spikes=1)
    assert profile.depths_um.tolist() == [5, 15, 25]
    assert profile.n_spikes.tolist() == [2, 0, 2]
    assert profile.rate.tolist() == [0.2, 0.0, 0.2]
    assert profile.amplitude.tolist() == pytest.approx([2, np.nan, 2], nan_ok=True)


def test_rates_are_over_the_time_recorded() -> None:
    assert compute_depth_profile(TIMES, DEPTHS, recorded=(0.0, 5.0)).rate.tolist() == [0.4, 0.0, 0.2]


def test_few_spikes_give_no_amplitude() -> None:
    assert np.isnan(compute_depth_profile(TIMES, DEPTHS, AMPS).amplitude).all()


def test_one_spike_has_no_rate() -> None:
    profile = compute_depth_profile([1.0], [5.0])
    assert profile.n_spikes.tolist() == [1]
    assert np.isnan(profile.rate).all()


def test_amplitudes_count_the_spikes_as_large_or_larger() -> None:
    found = compute_depth_amplitudes(TIMES, DEPTHS, AMPS, amplitudes=[1.0, 2.0, 4.0], depth_bin_um=20)
    assert found.depths_um.tolist() == [10, 30]
    assert found.rate.tolist() == [[0.2, 0.1, 0.0], [0.1, 0.1, 0.0]]


def test_the_smallest_amplitude_by_default_holds_all_spikes() -> None:
    random = np.random.default_rng(1)
    times, depths, amps = random.uniform(0, 9, 400), random.uniform(0, 400, 400), random.exponential(1.0, 400)
    found = compute_depth_amplitudes(times, depths, amps)
    assert found.rate[:, 0].sum() * np.ptp(times) == pytest.approx(400)
    assert (np.diff(found.rate, axis=1) <= 0).all()


def test_amplitudes_that_do_not_ascend_are_refused() -> None:
    with pytest.raises(InvalidInput, match="ascend"):
        compute_depth_amplitudes(TIMES, DEPTHS, AMPS, amplitudes=[2.0, 1.0])


def test_depths_that_spike_together_correlate_and_others_as_numpy_says() -> None:
    random = np.random.default_rng(2)
    times = random.uniform(0, 20, 300)
    together = np.concatenate([times, times, random.uniform(0, 20, 300)])
    found = correlate_depths(together, np.repeat([20.0, 60.0, 100.0], 300))
    assert found.correlation[0, 1] == pytest.approx(1)
    bins = np.floor(together / 0.05).astype(int)
    counts = [np.bincount(part, minlength=bins.max() + 1)[bins.min() :] for part in np.split(bins, 3)]
    np.testing.assert_allclose(found.correlation, np.corrcoef(counts), atol=1e-12)


def test_no_spikes_give_no_depths() -> None:
    assert compute_depth_profile([], [], []).amplitude.shape == (0,)
    assert compute_depth_amplitudes([], [], []).rate.shape == (0, 0)
    assert correlate_depths([], []).correlation.shape == (0, 0)
