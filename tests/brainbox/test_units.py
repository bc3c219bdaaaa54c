"""Unit metrics: known answers, properties, and the thresholds of the label."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from bregma.brainbox import (
    InvalidInput,
    UnitCriteria,
    compute_amplitude_cutoff,
    compute_amplitude_cv,
    compute_noise_cutoff,
    compute_published_metrics,
    compute_unit_metrics,
    estimate_missed_spikes,
    filter_units,
    hill_contamination,
    label_units,
    rate_contamination,
    slide_refractory_period,
)
from bregma.brainbox.compiled import without_numba


def regular_train(rate: float = 10.0, duration: float = 600.0, jitter: float = 0.02, seed: int = 0) -> np.ndarray:
    """Make a train that never fires twice within its refractory period."""
    times = np.arange(0, duration, 1 / rate)
    return times + np.random.default_rng(seed).uniform(0, jitter, times.size)


def poisson_train(rate: float = 10.0, duration: float = 600.0, seed: int = 1) -> np.ndarray:
    generator = np.random.default_rng(seed)
    return np.sort(generator.uniform(0, duration, generator.poisson(rate * duration)))


def bell(n: int, centre: float = 200e-6, seed: int = 2) -> np.ndarray:
    return np.random.default_rng(seed).normal(centre, centre / 8, n)


def two_units() -> pd.DataFrame:
    good, bad = regular_train(), poisson_train()
    times = np.concatenate([good, bad])
    clusters = np.repeat([5, 2], [good.size, bad.size])
    amps = np.concatenate([bell(good.size), bell(bad.size, 30e-6)])
    return compute_unit_metrics(times, clusters, amps, np.full(times.size, 100.0)).set_index("cluster_id")


def test_a_clean_unit_is_good_and_a_noisy_one_is_not() -> None:
    metrics = two_units()
    assert metrics.index.tolist() == [2, 5]
    assert metrics.loc[5, "label"] == 1
    assert metrics.loc[5, "bitwise_fail"] == 0
    assert metrics.loc[5, "contamination"] == 0
    assert metrics.loc[2, "bitwise_fail"] & 1
    assert metrics.loc[2, "bitwise_fail"] & 4
    assert metrics.loc[2, "contamination"] == pytest.approx(0.5, abs=0.1)


def test_counts_rates_and_depths_by_hand() -> None:
    metrics = compute_unit_metrics(
        [0.0, 15.0, 25.0, 100.0], [1, 1, 1, 9], [1e-4, 1e-4, 4e-4, 1e-4], [10.0, 20.0, 0.0, 50.0]
    ).set_index("cluster_id")
    one = metrics.loc[1]
    assert one["n_spikes"] == 3
    assert one["firing_rate"] == pytest.approx(0.03)
    assert one["presence_ratio"] == pytest.approx(0.3)
    assert one["amp_median"] == pytest.approx(1e-4)
    assert one["amp_std_db"] == pytest.approx(np.std([0, 0, 20 * np.log10(4)], ddof=1))
    assert one["depth_um"] == 10
    assert one["drift_um_per_hour"] == pytest.approx(30 / 100 * 3600)


def test_a_unit_asked_for_without_spikes_has_a_row() -> None:
    metrics = compute_unit_metrics([0.0, 10.0], [1, 1], [1e-4, 1e-4], [0.0, 0.0], cluster_ids=[8, 1])
    assert metrics["cluster_id"].tolist() == [8, 1]
    assert metrics["n_spikes"].tolist() == [0, 2]
    assert metrics.loc[0, "firing_rate"] == 0
    assert np.isnan(metrics.loc[0, "amp_median"])
    assert metrics.loc[0, "label"] == 0


def test_no_spikes_give_an_empty_table_of_all_columns() -> None:
    empty = compute_unit_metrics([], [], [], [])
    assert len(empty) == 0
    assert empty.columns.tolist() == two_units().reset_index().columns.tolist()


def test_unknown_amplitudes_and_depths_leave_their_metrics_unknown() -> None:
    times = regular_train()
    metrics = compute_unit_metrics(times, np.zeros(times.size, int))
    assert np.isnan(metrics.loc[0, ["amp_median", "noise_cutoff", "depth_um"]].to_numpy(float)).all()
    assert metrics.loc[0, "bitwise_fail"] == 6


def test_spikes_outside_the_interval_are_left_out() -> None:
    metrics = compute_unit_metrics([1.0, 5.0, 20.0, np.nan], [0] * 4, [1e-4] * 4, [0.0] * 4, interval=(0, 10))
    assert metrics.loc[0, "n_spikes"] == 2
    assert metrics.loc[0, "firing_rate"] == 0.2
    assert metrics.loc[0, "presence_ratio"] == 1


def test_the_criteria_given_are_those_applied() -> None:
    times = regular_train()
    arguments = (times, np.zeros(times.size, int), bell(times.size), np.zeros(times.size))
    assert compute_unit_metrics(*arguments).loc[0, "label"] == 1
    strict = compute_unit_metrics(*arguments, criteria=UnitCriteria(min_amplitude=1.0))
    assert strict.loc[0, "bitwise_fail"] == 4
    assert strict.loc[0, "label"] == pytest.approx(2 / 3)


def test_arrays_of_different_lengths_are_refused() -> None:
    with pytest.raises(InvalidInput, match="amps 1"):
        compute_unit_metrics([0.0, 1.0], [0, 0], [1.0], [0.0, 0.0])


@given(seed=st.integers(0, 20), shift=st.floats(-1000, 1000))
@settings(deadline=None, max_examples=15)
def test_metrics_feel_neither_a_shift_nor_the_order_nor_the_names(seed: int, shift: float) -> None:
    generator = np.random.default_rng(seed)
    times = np.round(np.sort(generator.uniform(0, 60, 300)), 2) + 0.0003
    clusters, amps = generator.integers(0, 3, 300), generator.uniform(5e-5, 2e-4, 300)
    depths = generator.uniform(0, 100, 300)
    plain = compute_unit_metrics(times, clusters, amps, depths, cluster_ids=[0, 1, 2])
    order = generator.permutation(300)
    names = np.array([70, 30, 50])
    moved = compute_unit_metrics(
        np.round(times[order] + shift, 9), names[clusters[order]], amps[order], depths[order], cluster_ids=names
    )
    # The refractory period test and presence bins sit on edges that rounding may cross; the rest may not move.
    columns = ["n_spikes", "firing_rate", "amp_median", "amp_std_db", "noise_cutoff", "depth_um"]
    assert moved["cluster_id"].tolist() == [70, 30, 50]
    pd.testing.assert_frame_equal(moved[columns], plain[columns])


def test_the_formula_of_hill_gives_back_the_contamination_put_in() -> None:
    n, duration, period, contamination = 5000.0, 1000.0, 0.0015, 0.08
    violations = 2 * period / duration * (contamination * n) * ((1 - contamination) * n)
    found = hill_contamination(np.array([violations]), np.array([n]), duration, period)
    assert found == pytest.approx([contamination])


def test_more_violations_than_half_can_explain_are_full_contamination() -> None:
    assert hill_contamination(np.array([1e6]), np.array([100.0]), 100.0, 0.0015).tolist() == [1.0]


def test_the_ratio_of_rates_is_a_half_for_a_poisson_train() -> None:
    n, duration, dead_time = 5000.0, 1000.0, 0.0014
    expected_violations = n**2 / duration * dead_time
    found = rate_contamination(np.array([expected_violations]), np.array([n]), duration, dead_time)
    assert found == pytest.approx([0.5])


def test_a_train_of_known_contamination_is_found_by_the_sliding_test() -> None:
    base = regular_train(rate=20, duration=2000, jitter=0.03)
    clean = slide_refractory_period(base, np.zeros(base.size, int))
    assert clean.max_confidence[0] > 0.99
    assert clean.min_contamination[0] <= 0.02
    mixed = np.sort(np.concatenate([base, poisson_train(rate=6, duration=2000)]))
    dirty = slide_refractory_period(mixed, np.zeros(mixed.size, int))
    assert dirty.max_confidence[0] < 0.1
    assert not dirty.min_contamination[0] < 0.15


def test_the_corrected_expectation_is_the_stricter_one() -> None:
    base = np.sort(np.concatenate([regular_train(rate=8, duration=300), poisson_train(rate=0.3, duration=300)]))
    rows = np.zeros(base.size, int)
    corrected = slide_refractory_period(base, rows).max_confidence[0]
    assert corrected < slide_refractory_period(base, rows, published=True).max_confidence[0]


def test_a_unit_of_no_spikes_passes_no_test() -> None:
    result = slide_refractory_period([], [], [4])
    assert result.max_confidence[0] < 0.9
    assert np.isnan(result.min_contamination[0])


def test_amplitudes_cut_at_their_peak_have_a_high_cutoff() -> None:
    whole = bell(20_000)
    cut = compute_noise_cutoff(whole[whole > 200e-6])
    assert cut.cutoff > 5
    assert cut.low_bin > 0.1
    assert compute_noise_cutoff(whole).cutoff < 5


def test_a_cutoff_by_hand() -> None:
    # Bins of width 1 between 0 and 9: 1 x1, 2 x4, 3 x9 (the peak), 4 x6, 5 x5, 6 x3, 7 x1, 8 and 9 x1 + 1.
    amps = np.repeat([1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 9.0], [1, 4, 9, 6, 5, 3, 1, 2])
    result = compute_noise_cutoff(amps, n_bins=10)
    tail = np.array([3, 1, 2])
    assert result.cutoff == pytest.approx((4 - tail.mean()) / tail.std())
    assert result.low_bin == pytest.approx(4 / 9)


def test_real_units_have_plausible_metrics(shared_data: Path) -> None:
    folder = shared_data / "ibl_spikes_2min"
    times, clusters = np.load(folder / "spikes.times.npy"), np.load(folder / "spikes.clusters.npy")
    metrics = compute_unit_metrics(times, clusters)
    assert len(metrics) == 289
    assert metrics["n_spikes"].sum() == times.size == 124_905
    assert metrics["firing_rate"].sum() == pytest.approx(times.size / (times.max() - times.min()))
    assert metrics["presence_ratio"].between(0, 1).all()
    assert (metrics["sliding_rp_confidence"] >= 0.9).sum() > 20


def messy_units(seed: int = 0) -> tuple[np.ndarray, ...]:
    """Make units of many rates, times on whole samples and in disorder, some amplitudes unknown."""
    rng = np.random.default_rng(seed)
    counts = [1, 2, 50, 400, 3000]
    clusters = np.repeat([4, 9, 1, 30, 7], counts)
    times = np.floor(rng.uniform(0, 60, clusters.size) * 30_000) / 30_000
    amps = rng.lognormal(-9, 0.4, clusters.size)
    amps[rng.random(clusters.size) < 0.01] = np.nan
    order = rng.permutation(clusters.size)
    return times[order], clusters[order], amps[order], rng.uniform(0, 100, clusters.size)


@pytest.mark.parametrize("compute", [compute_unit_metrics, compute_published_metrics])
def test_numba_and_numpy_give_the_same_metrics(compute: Callable[..., pd.DataFrame]) -> None:
    compiled = compute(*messy_units())
    with without_numba():
        pd.testing.assert_frame_equal(compute(*messy_units()), compiled, check_exact=True)


@pytest.mark.usefixtures("engine")
def test_pairs_of_the_sliding_test_are_those_counted_one_by_one() -> None:
    times, clusters, *_ = messy_units()
    own = np.sort(times[clusters == 7])
    lags = (own[None, :] - own[:, None])[np.triu_indices(own.size, 1)]
    found = slide_refractory_period(times, clusters, [7])
    assert found.rate[0] == pytest.approx(((lags > 1 - 1e-5) & (lags < 2 - 1e-5)).sum() / own.size)
    assert found.n_below_2ms[0] == (lags < 60.5 / 30_000).sum()


@pytest.mark.usefixtures("engine")
def test_the_sliding_test_by_hand() -> None:
    # 1 s apart, but for one pair at 3 ms: rate 1 Hz, no violation up to 3 ms, one from there on.
    times = np.append(np.arange(20_000.0), 100.003)
    found = slide_refractory_period(times, np.zeros(times.size, int))
    n, rate = times.size, found.rate[0]
    contaminating = 0.1 * n
    per_second = 2 * rate * 0.1 * (n - contaminating + (contaminating - 1) / 2)
    confidence = [1 - np.exp(-per_second * 90 / 30_000), stats.poisson.sf(1, per_second * 300 / 30_000)]
    assert rate == pytest.approx(1, rel=1e-3)
    assert found.max_confidence[0] == pytest.approx(max(confidence))
    assert found.refractory_period[0] == pytest.approx(0.01)
    assert found.n_below_2ms[0] == 0
    assert found.passes[0]


def test_a_clean_unit_of_few_spikes_is_forced_and_one_with_violations_is_not() -> None:
    few = np.cumsum(np.random.default_rng(0).uniform(0.05, 1.0, 80))
    found = slide_refractory_period(np.append(few, few + 0.0005), np.repeat([0, 1], few.size) * 0)
    assert not found.forced[0]
    alone = slide_refractory_period(few, np.zeros(few.size, int))
    assert not alone.passes[0]
    assert alone.forced[0]
    assert not slide_refractory_period(few * 10, np.zeros(few.size, int)).forced[0]


@given(shift=st.integers(-1000, 1000))
@settings(max_examples=10)
def test_the_sliding_test_feels_no_shift(shift: int) -> None:
    times, clusters, *_ = messy_units()
    plain, moved = slide_refractory_period(times, clusters), slide_refractory_period(times + shift, clusters)
    np.testing.assert_array_equal(moved.n_below_2ms, plain.n_below_2ms)
    np.testing.assert_allclose(moved.max_confidence, plain.max_confidence, rtol=1e-9)
    np.testing.assert_array_equal(moved.min_contamination, plain.min_contamination)


def test_rates_while_active_and_their_range_by_hand() -> None:
    # 2 Hz for 50 s, then nothing until another unit ends the recording at 100 s.
    times = np.append(np.arange(0, 50, 0.5), 100.0)
    metrics = compute_unit_metrics(times, np.append(np.zeros(100, int), 1)).set_index("cluster_id")
    assert metrics.loc[0, "firing_rate"] == 1
    assert metrics.loc[0, "firing_rate_active"] == pytest.approx(2)
    assert metrics.loc[0, "firing_range"] == pytest.approx(2)
    assert metrics.loc[0, "presence_ratio"] == 0.5


def test_spread_of_amplitudes_is_free_of_slow_drift() -> None:
    rng = np.random.default_rng(0)
    times = np.linspace(0, 1000, 20_000, endpoint=False)
    amps = 1e-4 * (1 + 0.1 * rng.normal(size=times.size))
    steady = compute_amplitude_cv(times, amps, 0, 1000)
    drifting = compute_amplitude_cv(times, amps + np.linspace(-3e-5, 3e-5, times.size), 0, 1000)
    assert steady.median == pytest.approx(0.1, rel=0.05)
    assert drifting.median == pytest.approx(0.1, rel=0.05)
    assert np.isnan(compute_amplitude_cv(times[:100], amps[:100], 0, 5, min_pieces=10).median)
    assert compute_amplitude_cv(np.insert(times, 3, np.nan), np.insert(amps, 3, 1.0), 0, 1000) == steady
    assert compute_amplitude_cv(times[::-1], amps[::-1], 0, 1000) == steady


def test_missed_spikes_are_those_cut_off() -> None:
    whole = np.random.default_rng(3).normal(200, 25, 100_000)
    cut = whole[whole > 175]
    assert estimate_missed_spikes(whole) < 0.01
    assert compute_amplitude_cutoff(whole) < 0.01
    assert compute_amplitude_cutoff(cut) == pytest.approx(1 - cut.size / whole.size, abs=0.03)
    assert estimate_missed_spikes(cut) > 0.1
    assert np.isnan([estimate_missed_spikes(cut[:500]), compute_amplitude_cutoff(cut[:499])]).all()


def test_units_are_labelled_again_by_other_criteria_and_filtered() -> None:
    metrics = two_units().reset_index()
    assert filter_units(metrics).tolist() == [5]
    assert filter_units(metrics, min_amplitude=0, max_contamination=2).tolist() == [2, 5]
    with pytest.raises(InvalidInput, match="give amps to compute_unit_metrics, or min_amplitude=0"):
        filter_units(metrics.assign(amp_median=np.nan))
    again = label_units(metrics, UnitCriteria(min_amplitude=1.0))
    assert (again["bitwise_fail"] & 4 == 4).all()
    pd.testing.assert_frame_equal(label_units(metrics), metrics[["bitwise_fail", "label"]])


def test_a_low_bin_that_is_small_beside_the_peak_excuses_a_cutoff_but_not_in_the_published_label() -> None:
    metrics = pd.DataFrame(
        {"sliding_rp_confidence": [1.0], "noise_cutoff": [9.0], "noise_cutoff_low_bin": [0.05], "amp_median": [1e-4]}
    )
    assert label_units(metrics)["bitwise_fail"].tolist() == [0]
    assert label_units(metrics, UnitCriteria.as_published())["bitwise_fail"].tolist() == [2]


def test_published_metrics_of_a_unit_without_spikes_and_of_no_spikes() -> None:
    table = compute_published_metrics(*messy_units(), cluster_ids=[7, 1000])
    assert table["spike_count"].tolist() == [3000, 0]
    assert table["label"].tolist()[1] == 0
    assert table["bitwise_fail"].tolist()[1] == 7
    assert compute_published_metrics([], [], [], []).columns.tolist() == table.columns.tolist()


def test_the_published_tables_hold_what_these_metrics_can_give(shared_data: Path) -> None:
    published = pd.read_parquet(shared_data / "bwm_tables" / "clusters_bwm_147.pqt")
    thirds = np.round(published["label"] * 3)
    assert np.allclose(published["label"] * 3, thirds)
    good = published[published["label"] == 1]
    criteria = UnitCriteria.as_published()
    assert (good["amp_median"] > criteria.min_amplitude).all()
    assert (good["noise_cutoff"] < criteria.max_noise_cutoff).all()
    assert (good["slidingRP_viol"] == 1).mean() > 0.99
