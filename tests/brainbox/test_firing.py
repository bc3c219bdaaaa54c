"""How units fire, spikes unit by unit, series on one grid, and motion of the probe."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from bregma.brainbox import (
    DriftSettings,
    InvalidInput,
    compute_average_drift,
    compute_cluster_average,
    compute_firing_rate,
    compute_firing_statistics,
    compute_rate_variability,
    estimate_drift,
    group_spikes,
    sync_series,
)

NAN = np.nan
few = settings(max_examples=30)
trains = hnp.arrays(np.int64, st.integers(0, 60), elements=st.integers(0, 30_000)).map(lambda t: t / 1000 + 0.0005)


def random_units(times: np.ndarray) -> np.ndarray:
    return np.random.default_rng(times.size).integers(0, 4, times.size)


def test_a_regular_train_has_its_rate_and_no_variability() -> None:
    train = np.arange(0, 60, 0.1) + 0.003
    found = compute_firing_rate(train, window=0.5, bin_size=0.1)
    assert found.rate == pytest.approx(10.0)
    assert np.diff(found.times) == pytest.approx(0.1)
    assert found.times[0] == pytest.approx(0.253)
    statistics = compute_firing_statistics(train, np.zeros(train.size, int), recorded=(0, 60))
    assert statistics.rate[0] == pytest.approx(10.0)
    for values in (statistics.cv, statistics.cv2, statistics.lv, statistics.fano):
        assert values[0] == pytest.approx(0.0, abs=1e-9)
    assert statistics.presence_ratio[0] == 1.0


def test_a_short_train_has_no_rate_over_time() -> None:
    assert compute_firing_rate([1.0, 1.2]).rate.size == 0
    assert compute_firing_rate([]).times.size == 0
    with pytest.raises(InvalidInput, match="ask for fewer"):
        compute_rate_variability([1.0, 1.2])
    with pytest.raises(InvalidInput, match="shorter than bins"):
        compute_firing_rate([1.0], window=0.1, bin_size=0.3)


def test_a_short_train_is_not_counted_in_a_longer_window() -> None:
    train = np.arange(0, 0.95, 0.01)
    assert compute_firing_rate(train, window=0.5, bin_size=0.01).rate == pytest.approx(100.0, rel=0.05)


def test_parts_without_spikes_are_left_out_of_the_mean() -> None:
    train = np.concatenate([np.linspace(0, 10, 200), np.linspace(90, 100, 200)])
    found = compute_rate_variability(train)
    assert np.isnan(found.cv[4])
    assert np.isfinite(found.mean_cv)
    assert np.isfinite(found.mean_fano)


def test_a_poisson_train_has_statistics_of_one() -> None:
    train = np.cumsum(np.random.default_rng(0).exponential(0.1, 50_000))
    found = compute_firing_statistics(train, np.zeros(train.size, int))
    for values in (found.cv, found.cv2, found.lv, found.fano):
        assert values[0] == pytest.approx(1.0, abs=0.05)


def test_intervals_of_known_length() -> None:
    found = compute_firing_statistics([0.0, 1.0, 4.0], [5, 5, 5], [5, 6], recorded=(0.0, 40.0))
    assert found.cv[0] == pytest.approx(0.5)
    assert found.cv2[0] == pytest.approx(2 * 2 / 4)
    assert found.lv[0] == pytest.approx(3 * (2 / 4) ** 2)
    assert found.presence_ratio.tolist() == [0.25, 0.0]
    assert found.rate.tolist() == [3 / 40, 0.0]
    assert np.isnan([found.cv[1], found.cv2[1], found.lv[1], found.fano[1]]).all()


def test_spikes_outside_the_recording_are_left_out() -> None:
    found = compute_firing_statistics([-1.0, 0.5, 3.0], [0, 0, 0], recorded=(0, 2))
    assert found.n_spikes.tolist() == [1]
    assert compute_firing_statistics([], np.zeros(0, int), [3]).n_spikes.tolist() == [0]


@few
@given(times=trains, shift=st.integers(-50, 50), order=st.permutations(range(4)))
def test_statistics_feel_no_shift_and_follow_the_units(times: np.ndarray, shift: int, order: list[int]) -> None:
    units, mixed = random_units(times), np.random.default_rng(0).permutation(times.size)
    plain = compute_firing_statistics(times, units, range(4), recorded=(0, 31))
    other = compute_firing_statistics(times[mixed] + shift, units[mixed], order, recorded=(shift, 31 + shift))
    for name in ("n_spikes", "rate", "cv", "cv2", "lv", "fano", "presence_ratio"):
        assert getattr(other, name) == pytest.approx(getattr(plain, name)[order], nan_ok=True, abs=1e-9)


def test_drift_of_a_feature_is_change_per_second_and_spike() -> None:
    assert compute_average_drift([0.0, 3.0, 1.0, NAN], [0.0, 6.0, 2.0, 9.0]) == pytest.approx((2 + 2) / 3)
    assert compute_average_drift([1.0, 1.0], [0.0, 5.0]) == 0.0
    assert np.isnan(compute_average_drift([], []))


@pytest.mark.usefixtures("engine")
def test_averages_leave_unknown_values_out() -> None:
    found = compute_cluster_average([7, 3, 7, 7], [1.0, NAN, 3.0, NAN], [7, 3, 9])
    assert found.mean == pytest.approx([2.0, NAN, NAN], nan_ok=True)
    assert found.counts.tolist() == [2, 0, 0]
    assert compute_cluster_average([], []).mean.size == 0
    with pytest.raises(InvalidInput, match="spike_clusters 1, spike_values 2"):
        compute_cluster_average([1], [1.0, 2.0])


@pytest.mark.usefixtures("engine")
def test_spikes_are_grouped_in_time_with_what_is_known_of_them() -> None:
    found = group_spikes([3.0, 1.0, NAN, 2.0], [5, 5, 5, 8], {"amps": [30, 10, 99, 20]}, cluster_ids=[8, 5, 6])
    assert list(found) == [8, 5, 6]
    assert found.n_spikes.tolist() == [1, 2, 0]
    assert found[5]["times"].tolist() == [1.0, 3.0]
    assert found[5]["amps"].tolist() == [10, 30]
    assert found[6]["amps"].size == 0
    assert 7 not in found
    with pytest.raises(InvalidInput, match="amps 1"):
        group_spikes([1.0, 2.0], [1, 1], {"amps": [1.0]})


@few
@given(times=trains)
def test_groups_and_averages_agree(times: np.ndarray) -> None:
    units = random_units(times)
    amps = np.random.default_rng(1).uniform(size=times.size)
    groups, averages = group_spikes(times, units, {"amps": amps}), compute_cluster_average(units, amps)
    assert [groups[unit]["amps"].mean() for unit in groups] == pytest.approx(averages.mean)
    assert groups.n_spikes.tolist() == averages.counts.tolist()


def test_series_of_different_spans_are_unknown_outside_their_own() -> None:
    found = sync_series([([0.0, 1.0], [1.0, 2.0]), ([2.0, 1.0], [[6.0, 0.0], [5.0, 1.0]])], 0.5)
    assert found.times.tolist() == [0.0, 0.5, 1.0, 1.5]
    assert found.values == pytest.approx(np.array([[1, NAN, NAN], [1, NAN, NAN], [2, 5, 1], [NAN, 5, 1]]), nan_ok=True)


def test_offsets_move_a_series() -> None:
    found = sync_series([([0.0, 1.0], [1.0, 2.0]), ([0.0, 2.0], [0.0, 2.0])], 0.5, between="linear", offsets=[1.0, 0.0])
    assert found.values[:, 0] == pytest.approx([NAN, NAN, 1.0, 1.5], nan_ok=True)
    assert found.values[:, 1] == pytest.approx(found.times)


def test_series_may_be_continued() -> None:
    series = [([0.0, 1.0], [1.0, 2.0]), ([0.0, 1.9], [0.0, 1.9])]
    assert sync_series(series, 0.5, between="linear", extrapolate=True).values[:, 0] == pytest.approx(
        [1, 1.5, 2, 2.5, 3]
    )
    assert sync_series(series, 0.5, extrapolate=True).values[-1] == pytest.approx([2.0, 1.9])
    assert sync_series([([1.0], [3.0])], 0.5, between="linear", extrapolate=True).values.tolist() == [[3.0]]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"series": []}, "empty"),
        ({"series": [([], [])]}, "series 0 has 0 times"),
        ({"series": [([1.0], [1.0, 2.0])]}, "one per time"),
        ({"series": [([1.0, 1.0], [1.0, 2.0])]}, "repeat"),
        ({"step": 0.0}, "step"),
        ({"between": "spline"}, "previous, nearest, linear"),
        ({"offsets": [1.0, 2.0]}, "offsets has 2"),
    ],
)
def test_series_that_make_no_sense_are_refused(change: dict[str, object], words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        sync_series(**({"series": [([0.0, 1.0], [1.0, 2.0])], "step": 0.5} | change))  # type: ignore[arg-type]


def moving_probe(bottom: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(7)
    times = np.sort(rng.uniform(3.2, 123.6, 60_000))
    moved = 20 * np.sin(times / 15)
    return (
        times,
        bottom + rng.choice(rng.uniform(100, 1900, 60), times.size) + rng.normal(0, 8, times.size) + moved,
        moved,
    )


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("bottom", [0.0, -1500.0])
def test_motion_of_the_probe_is_found_at_negative_depths_too(bottom: float) -> None:
    times, depths, moved = moving_probe(bottom)
    found = estimate_drift(times, depths)
    assert found.times[0] == 3.5
    inner = slice(5, -5)  # smoothing mirrors the ends
    expected = np.interp(found.times, times, moved)[inner]
    assert np.corrcoef(found.drift_um[inner], expected)[0, 1] > 0.98
    assert np.std(found.drift_um[inner] - expected) < 3
    assert found.drift_um.mean() == pytest.approx(0, abs=1e-9)


def test_motion_needs_time_depth_and_sound_settings() -> None:
    with pytest.raises(InvalidInput, match="time bins"):
        estimate_drift([0.5, 1.5], [0.0, 3000.0])
    with pytest.raises(InvalidInput, match="twice that"):
        estimate_drift(np.arange(100.0), np.full(100, 150.0))
    with pytest.raises(InvalidInput, match="no spike"):
        estimate_drift([NAN], [1.0])
    with pytest.raises(InvalidInput, match="odd number"):
        DriftSettings(n_smooth=4)
    with pytest.raises(InvalidInput, match="period_um"):
        DriftSettings(period_um=(16.0, 8.0))
