"""Tuning curves, information and decoding: known answers, and what must not matter."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bregma.brainbox import (
    Feature,
    InvalidInput,
    TuningCurves,
    compute_mutual_information,
    compute_posterior,
    compute_spatial_information,
    compute_tuning_curves,
    compute_tuning_maps,
    decode_feature,
    decode_place,
)
from bregma.brainbox.arrays import Floats, Ints

pytestmark = pytest.mark.usefixtures("engine")

STEP = 0.01


def walk(seconds: float = 300, seed: int = 0) -> tuple[Floats, Floats]:
    """A place on a track of 1 m, back and forth."""
    times = np.arange(0, seconds, STEP)
    wobble = np.cumsum(np.random.default_rng(seed).normal(0, 0.003, times.size))
    return times, np.abs((times / 7 + wobble) % 2 - 1)


def fire(times: Floats, rates: Floats, seed: int = 1) -> tuple[Floats, Ints]:
    """Poisson spikes at rates (n_samples, n_units), within the step of each sample."""
    rng = np.random.default_rng(seed)
    sample, unit = np.nonzero(counts := rng.poisson(rates * STEP))
    repeats = counts[sample, unit]
    spikes = np.repeat(times[sample], repeats) + rng.uniform(-0.4, 0.4, repeats.sum()) * STEP
    units = np.repeat(unit, repeats)
    inside = (spikes > times[0]) & (spikes < times[-1])
    order = np.argsort(spikes[inside])
    return spikes[inside][order], units[inside][order]


def bumps(place: Floats, n_units: int = 12, width: float = 0.08, peak: float = 30) -> Floats:
    centres = (np.arange(n_units) + 0.5) / n_units
    return peak * np.exp(-0.5 * ((place[:, None] - centres) / width) ** 2) + 0.5


def test_curves_recover_the_rates_that_made_the_spikes() -> None:
    times, place = walk()
    rates = bumps(place)
    found = compute_tuning_curves(*fire(times, rates), times, Feature(place, 20, (0, 1)))
    true = bumps(found.bins)
    error = (found.rate - true.T) / np.sqrt(true.T / found.occupancy)
    assert 0.7 < error.std() < 1.5
    np.testing.assert_allclose(found.occupancy.sum(), times.size * STEP)
    assert found.to_xarray()["rate"].attrs["units"] == "Hz"


def test_a_place_is_decoded_from_spikes_not_seen_before() -> None:
    times, place = walk(200)
    spikes, units = fire(times, bumps(place, 30))
    tuning = compute_tuning_curves(spikes, units, times, Feature(place, 25, (0, 1)), intervals=[[0, 100]])
    found = decode_feature(spikes, units, tuning, (100, 200), bin_size=0.2)
    true = np.interp(found.times, times, place)
    np.testing.assert_allclose(found.posterior.sum(axis=1), 1)
    assert np.median(np.abs(found.most_likely - true)) < 0.04
    assert np.median(np.abs(found.mean - true)) < 0.04


def test_two_features_are_decoded_at_once() -> None:
    times, x = walk(200)
    y = walk(200, seed=9)[1][::-1].copy()
    rates = np.hstack([bumps(x, 10), bumps(y, 10)])
    spikes, units = fire(times, rates)
    tuning = compute_tuning_maps(spikes, units, times, (Feature(x, 8, (0, 1)), Feature(y, 8, (0, 1))))
    found = decode_place(spikes, units, tuning, (0, 200), bin_size=0.2)
    assert found.posterior.shape == (1000, 8, 8)
    assert np.median(np.abs(found.most_likely_x - np.interp(found.times, times, x))) < 0.1
    assert np.median(np.abs(found.most_likely_y - np.interp(found.times, times, y))) < 0.1


def test_directions_go_round() -> None:
    times = np.arange(0, 200, STEP)
    direction = times * 1.7  # never wrapped
    spikes, units = fire(times, 20 * np.exp(3 * (np.cos(direction[:, None] - np.array([0.0, 2, 4])) - 1)))
    tuning = compute_tuning_curves(spikes, units, times, Feature(direction, 36, circular=True, smoothing=0.2))
    assert tuning.limits == (0, 2 * np.pi)
    assert abs(np.angle(tuning.rate[0] @ np.exp(1j * tuning.bins))) < 0.1
    assert abs(tuning.rate[0, 0] - tuning.rate[0, -1]) < 2
    found = decode_feature(spikes, units, tuning, (0, 200), bin_size=0.5)
    away = np.angle(np.exp(1j * (found.mean - found.times * 1.7)))
    assert np.median(np.abs(away)) < 0.5


def test_gaps_and_unknown_samples_count_neither_time_nor_spikes() -> None:
    times = np.concatenate([np.arange(0, 10, 0.1), np.arange(50, 60, 0.1)])
    place = np.full(200, 0.5)
    place[:20] = np.nan
    spikes = np.array([1.0, 5.02, 30.0, 55.04, 100.0])
    found = compute_tuning_curves(spikes, np.zeros(5, dtype=int), times, Feature(place, 1, (0, 1)))
    np.testing.assert_allclose(found.occupancy, 18)
    np.testing.assert_allclose(found.rate, [[2 / 18]])


def test_places_never_visited_have_no_rate_and_no_probability() -> None:
    times, place = walk(30)
    spikes, units = fire(times, bumps(place))
    tuning = compute_tuning_curves(spikes, units, times, Feature(place, 20, (0, 2)))
    assert np.isnan(tuning.rate[:, 10:]).all()
    posterior = compute_posterior(np.zeros((3, 12)), tuning, bin_size=0.1)
    assert (posterior[:, 10:] == 0).all()
    assert np.isfinite(compute_spatial_information(tuning).bits_per_spike).all()


@settings(max_examples=10)
@given(st.integers(0, 100))
def test_the_clock_and_the_order_of_spikes_do_not_matter(seed: int) -> None:
    times, place = walk(20, seed)
    spikes, units = fire(times, bumps(place, 3), seed)
    order = np.random.default_rng(seed).permutation(spikes.size)
    first = compute_tuning_curves(spikes, units, times, place)
    second = compute_tuning_curves(spikes[order] + 64, units[order], times + 64, place, cluster_ids=[2, 0, 1, 7])
    np.testing.assert_allclose(second.rate[[1, 2, 0]], first.rate, rtol=1e-9)
    assert (second.rate[3] == 0).all()


def test_features_that_do_not_fit_are_refused() -> None:
    with pytest.raises(InvalidInput, match="do not ascend"):
        compute_tuning_curves([1], [1], [1, 0.5], [1, 2])
    with pytest.raises(InvalidInput, match="two or more"):
        compute_tuning_curves([1], [1], [1], [1])
    with pytest.raises(InvalidInput, match="times 2, values 3"):
        compute_tuning_curves([1], [1], [1, 2], [1, 2, 3])
    with pytest.raises(InvalidInput, match="all NaN"):
        compute_tuning_curves([1], [1], [1, 2], [np.nan, np.nan])
    times, place = walk(5)
    tuning = compute_tuning_curves([1], [1], times, place)
    with pytest.raises(InvalidInput, match="prior is 'flat'"):
        compute_posterior([[1]], tuning, bin_size=1, prior="flat")  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match=r"give \(n_times, 1\)"):
        compute_posterior([[1, 2]], tuning, bin_size=1)


def test_the_information_of_a_unit_that_fires_in_one_of_four_places() -> None:
    tuning = TuningCurves(
        False,
        (0, 4),
        np.arange(3),
        np.arange(4.0),
        np.array([[8.0, 0, 0, 0], [2, 2, 2, 2], [0, 0, 0, 0]]),
        np.full(4, 5.0),
    )
    found = compute_spatial_information(tuning)
    np.testing.assert_allclose(found.bits_per_spike, [2, 0, np.nan])
    np.testing.assert_allclose(found.bits_per_second, [4, 0, 0])


def test_mutual_information_of_known_tables() -> None:
    labels = np.repeat(["a", "b", "c", "d"], 100)
    copied = np.repeat([0, 1, 2, 3], 100)
    found = compute_mutual_information(np.stack([copied, copied // 2, np.ones(400)], axis=1), labels, rng=0)
    np.testing.assert_allclose(found.bits, [2, 1, 0], atol=1e-12)
    np.testing.assert_allclose(found.p_value, [1 / 101, 1 / 101, 1])
    assert 0 < found.bias[0] < 0.05


def test_shuffles_take_the_bias_of_few_samples_away() -> None:
    rng = np.random.default_rng(0)
    found = compute_mutual_information(rng.poisson(3, (80, 60)), rng.integers(0, 8, 80), n_shuffles=50, rng=1)
    assert found.bits.mean() > 0.3
    assert abs(found.corrected.mean()) < 0.03
    assert 0.4 < found.p_value.mean() < 0.62


def test_shifts_keep_slow_changes_and_their_false_information() -> None:
    slow = np.repeat(np.arange(8), 50)
    drifting = np.random.default_rng(0).poisson(1 + np.arange(400) / 50)
    exchanged = compute_mutual_information(drifting, slow, n_shuffles=50, rng=0)
    shifted = compute_mutual_information(drifting, slow, n_shuffles=50, min_shift=20, rng=0)
    assert shifted.bias[0] > 2 * exchanged.bias[0]
    raw = compute_mutual_information(drifting, slow, n_shuffles=0)
    assert raw.corrected[0] == raw.bits[0] == exchanged.bits[0]
    assert np.isnan(raw.p_value).all()


def test_counts_that_are_not_whole_are_refused() -> None:
    with pytest.raises(InvalidInput, match="not whole"):
        compute_mutual_information([0.5, 1], [0, 1])
    with pytest.raises(InvalidInput, match="counts 2, labels 3"):
        compute_mutual_information([0, 1], [0, 1, 1])
    with pytest.raises(InvalidInput, match="min_shift is 5"):
        compute_mutual_information([0, 1], [0, 1], min_shift=5)
