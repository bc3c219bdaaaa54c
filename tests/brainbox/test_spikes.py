"""Spikes around events, against themselves and along the probe: by hand, and by properties."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from bregma.brainbox import (
    InvalidInput,
    align_raster,
    compute_activity_map,
    compute_autocorrelograms,
    compute_drift_map,
    compute_psth,
)

NAN = np.nan
few = settings(deadline=None, max_examples=30)
# Whole milliseconds, away from the edges of bins of 10 ms by shifting 0.5 ms: sums stay exact enough to compare.
trains = hnp.arrays(np.int64, st.integers(0, 60), elements=st.integers(0, 3000)).map(lambda t: t / 1000 + 0.0005)
event_lists = hnp.arrays(np.int64, st.integers(2, 8), elements=st.integers(500, 2500)).map(lambda t: t / 1000)


def random_units(times: np.ndarray) -> np.ndarray:
    return np.random.default_rng(times.size).integers(0, 4, times.size)


def test_a_psth_of_known_spikes() -> None:
    psth = compute_psth([1.05, 1.15, 2.05, 9.0], [3, 3, 3, 3], [3], [1.0, 2.0], window=(0, 0.2), bin_size=0.1)
    assert psth.times == pytest.approx([0.05, 0.15])
    assert psth.rate.tolist() == [[10.0, 5.0]]
    assert psth.sem == pytest.approx(np.array([[0.0, 5.0]]))
    assert psth.n_events == 2


def test_a_spike_on_an_edge_belongs_to_the_bin_it_starts() -> None:
    events = np.arange(20) * 0.7
    psth = compute_psth(events + 0.1, np.zeros(20, int), None, events, window=(0, 0.3), bin_size=0.1)
    assert psth.rate == pytest.approx(np.array([[0.0, 10.0, 0.0]]))


def test_unknown_events_are_left_out_of_the_mean() -> None:
    spikes, ids = [1.05, 2.05], [0, 0]
    known = compute_psth(spikes, ids, None, [1.0, 2.0], (0, 0.1), 0.1)
    padded = compute_psth(spikes, ids, None, [NAN, 1.0, NAN, 2.0], (0, 0.1), 0.1)
    assert padded.rate.tolist() == known.rate.tolist()
    assert padded.sem.tolist() == known.sem.tolist()
    assert padded.n_events == 2


def test_a_unit_without_spikes_has_a_rate_of_zero() -> None:
    psth = compute_psth([1.05], [0], [7, 0], [1.0, 2.0], (0, 0.1), 0.1)
    assert psth.cluster_ids.tolist() == [7, 0]
    assert psth.rate[:, 0].tolist() == [0.0, 5.0]
    assert psth.sem[0, 0] == 0


def test_no_events_have_no_rate_and_one_event_no_error() -> None:
    assert np.isnan(compute_psth([1.0], [0], None, [NAN], (0, 0.1), 0.1).rate).all()
    one = compute_psth([1.05], [0], None, [1.0], (0, 0.1), 0.1)
    assert one.rate.tolist() == [[10.0]]
    assert np.isnan(one.sem).all()


def test_smoothing_keeps_a_constant_rate_up_to_the_ends() -> None:
    spikes = np.arange(0, 20, 0.01) + 0.005
    psth = compute_psth(spikes, np.zeros(spikes.size, int), None, [5.0, 10.0], (-0.2, 0.5), 0.01, smoothing=0.025)
    assert psth.rate == pytest.approx(100.0)


def test_smoothing_spreads_one_spike_as_a_gaussian() -> None:
    psth = compute_psth([1.005], [0], None, [1.0], (-0.5, 0.51), 0.01, smoothing=0.05)
    assert psth.rate.sum() * 0.01 == pytest.approx(1.0)
    peak = psth.rate[0].max()
    assert psth.rate[0, 55] / peak == pytest.approx(np.exp(-0.5), rel=1e-9)


@given(times=trains, events=event_lists, shift=st.integers(-5, 500))
@few
def test_shifting_spikes_and_events_changes_no_psth(times: np.ndarray, events: np.ndarray, shift: int) -> None:
    units = random_units(times)
    here = compute_psth(times, units, range(4), events, (-0.1, 0.2), 0.01)
    there = compute_psth(times + shift, units, range(4), events + shift, (-0.1, 0.2), 0.01)
    assert there.rate == pytest.approx(here.rate)
    assert there.sem == pytest.approx(here.sem)


@given(times=trains, events=event_lists, order=st.permutations(range(4)))
@few
def test_units_asked_for_in_another_order_come_in_that_order(
    times: np.ndarray, events: np.ndarray, order: list[int]
) -> None:
    units = random_units(times)
    plain = compute_psth(times, units, range(4), events, (-0.1, 0.2), 0.01, smoothing=0.02)
    permuted = compute_psth(times, units, order, events, (-0.1, 0.2), 0.01, smoothing=0.02)
    assert (permuted.rate == plain.rate[order]).all()
    assert (permuted.cluster_ids == order).all()


@given(times=trains, events=event_lists)
@few
def test_a_psth_counts_what_its_raster_shows(times: np.ndarray, events: np.ndarray) -> None:
    psth = compute_psth(times, np.zeros(times.size, int), [0], events, (-0.1, 0.2), 0.01)
    raster = align_raster(times, events, (-0.1, 0.2))
    assert psth.rate.sum() * 0.01 * events.size == pytest.approx(raster.times.size)


@given(times=trains, events=event_lists, seed=st.integers(0, 9))
@few
def test_the_order_of_spikes_and_events_does_not_matter(times: np.ndarray, events: np.ndarray, seed: int) -> None:
    generator = np.random.default_rng(seed)
    units, order = random_units(times), generator.permutation(times.size)
    plain = compute_psth(times, units, range(4), events, (-0.1, 0.2), 0.01)
    mixed = compute_psth(times[order], units[order], range(4), generator.permutation(events), (-0.1, 0.2), 0.01)
    assert mixed.rate == pytest.approx(plain.rate)
    assert mixed.sem == pytest.approx(plain.sem)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"window": (0.1, 0.1)}, "is empty"),
        ({"bin_size": 0.03}, "not a whole number of bins"),
        ({"bin_size": 0.0}, "above zero"),
        ({"cluster_ids": [1, 1]}, "more than once"),
        ({"spike_clusters": [1]}, "spike_times 2, spike_clusters 1"),
        ({"spike_clusters": [1.5, 2]}, "whole numbers"),
        ({"smoothing": -1.0}, "smoothing"),
    ],
)
def test_a_psth_refuses_what_makes_no_sense(change: dict[str, object], words: str) -> None:
    good = {
        "spike_times": [1.0, 2.0],
        "spike_clusters": [1, 1],
        "cluster_ids": None,
        "events": [1.0],
        "window": (0, 0.1),
        "bin_size": 0.1,
    }
    with pytest.raises(InvalidInput, match=words):
        compute_psth(**(good | change))  # type: ignore[arg-type]


def test_a_raster_of_known_spikes() -> None:
    raster = align_raster([1.1, 0.95, 2.5, NAN, 2.0], [2.0, NAN, 1.0], window=(-0.1, 0.5))
    assert raster.event_index.tolist() == [0, 2, 2]
    assert raster.times == pytest.approx([0.0, -0.05, 0.1])
    assert raster.n_events == 3


def test_a_spike_near_two_events_belongs_to_both() -> None:
    raster = align_raster([1.0], [0.9, 1.1], window=(-0.2, 0.2))
    assert raster.times == pytest.approx([0.1, -0.1])


def test_a_raster_of_nothing_is_empty() -> None:
    assert align_raster([], [1.0, 2.0]).times.size == 0
    assert align_raster([1.0], []).n_events == 0


@given(times=trains, events=event_lists)
@few
def test_a_raster_has_every_spike_of_every_window(times: np.ndarray, events: np.ndarray) -> None:
    raster = align_raster(times, events, (-0.1, 0.2))
    for index, event in enumerate(events):
        expected = np.sort(times[(times >= event - 0.1) & (times < event + 0.2)])
        assert raster.times[raster.event_index == index] + event == pytest.approx(expected)


def test_a_correlogram_of_known_spikes() -> None:
    result = compute_autocorrelograms(
        [0.0, 0.001, 0.003, 0.5, 0.0012], [1, 1, 1, 1, 2], bin_size=0.001, half_window=0.003
    )
    assert result.lags == pytest.approx([-0.003, -0.002, -0.001, 0, 0.001, 0.002, 0.003])
    assert result.cluster_ids.tolist() == [1, 2]
    assert result.counts.tolist() == [[1, 1, 1, 0, 1, 1, 1], [0] * 7]


def test_two_spikes_at_one_time_are_a_pair_each_way() -> None:
    result = compute_autocorrelograms([1.0, 1.0], [0, 0], bin_size=0.001, half_window=0.001)
    assert result.counts.tolist() == [[0, 2, 0]]


def test_units_of_no_spikes_have_an_empty_correlogram() -> None:
    result = compute_autocorrelograms([], np.zeros(0, int), [4], bin_size=0.001, half_window=0.002)
    assert result.counts.tolist() == [[0] * 5]


@given(times=trains, shift=st.integers(-100, 100))
@few
def test_a_correlogram_is_symmetric_and_does_not_feel_a_shift(times: np.ndarray, shift: int) -> None:
    units = random_units(times)
    result = compute_autocorrelograms(times, units, range(4), bin_size=0.002, half_window=0.05)
    assert (result.counts == result.counts[:, ::-1]).all()
    # Lags of whole milliseconds lie on edges of 2 ms bins: a shift of 2 s by rounding may move one, not of 5 ms ones.
    moved = compute_autocorrelograms(times + shift, units, range(4), bin_size=0.0031, half_window=0.031)
    plain = compute_autocorrelograms(times, units, range(4), bin_size=0.0031, half_window=0.031)
    assert (moved.counts == plain.counts).all()


@given(times=trains)
@few
def test_a_correlogram_counts_every_pair_within_its_window(times: np.ndarray) -> None:
    result = compute_autocorrelograms(times, np.zeros(times.size, int), [0], bin_size=0.0031, half_window=0.0031 * 9)
    lags = np.abs(times[:, None] - times[None, :])[~np.eye(times.size, dtype=bool)]
    assert result.counts.sum() == (lags < 0.0031 * 9.5).sum()


def test_a_drift_map_of_known_spikes() -> None:
    drift = compute_drift_map([0.5, 1.5, 1.6, NAN], [5.0, 25.0, 26.0, 5.0], [1.0, 2.0, 4.0, 9.0])
    assert drift.times.tolist() == [0.5, 1.5]
    assert drift.depths_um.tolist() == [10.0, 30.0]
    assert drift.counts.tolist() == [[1, 0], [0, 2]]
    assert drift.amplitudes is not None
    assert drift.amplitudes[1, 1] == 3.0
    assert np.isnan(drift.amplitudes[0, 1])


def test_depths_may_be_negative() -> None:
    drift = compute_drift_map([0.5, 0.5], [-25.0, 5.0])
    assert drift.depths_um.tolist() == [-30.0, -10.0, 10.0]
    assert drift.counts[:, 0].tolist() == [1, 0, 1]


def test_limits_leave_spikes_out_and_keep_empty_bins() -> None:
    drift = compute_drift_map([0.5, 7.0], [10.0, 10.0], time_limits=(0, 3), depth_limits_um=(0, 60))
    assert drift.counts.shape == (3, 3)
    assert drift.counts.sum() == 1


def test_a_drift_map_of_no_spikes_has_no_bins() -> None:
    assert compute_drift_map([], []).counts.shape == (0, 0)


def test_a_map_that_does_not_fit_in_memory_is_refused() -> None:
    with pytest.raises(InvalidInput, match="larger bins"):
        compute_drift_map([0.0, 1e9], [0.0, 1e6])


@given(times=trains, seed=st.integers(0, 9))
@few
def test_a_drift_map_has_every_spike_once(times: np.ndarray, seed: int) -> None:
    depths = np.random.default_rng(seed).uniform(-100, 4000, times.size)
    assert compute_drift_map(times, depths, time_bin=0.1).counts.sum() == times.size


def test_an_activity_map_of_known_spikes() -> None:
    activity = compute_activity_map([0.5, 1.5, 1.6, NAN, 0.2], [7, 3, 3, 3, 9])
    assert activity.times.tolist() == [0.5, 1.5]
    assert activity.cluster_ids.tolist() == [3, 7, 9]
    assert activity.counts.tolist() == [[0, 2], [1, 0], [1, 0]]


def test_units_asked_for_have_a_row_even_without_spikes() -> None:
    activity = compute_activity_map([0.5, 9.5, 1.5], [7, 8, 3], [3, 5, 7])
    assert activity.counts.tolist() == [[0, 1], [0, 0], [1, 0]]
    assert compute_activity_map([NAN], [4], [4]).counts.shape == (1, 0)
    assert compute_activity_map([], []).counts.shape == (0, 0)


def test_an_activity_map_may_have_limits() -> None:
    activity = compute_activity_map([0.5, 2.5, 7.0], [1, 1, 1], time_limits=(2, 4), time_bin=0.5)
    assert activity.times.tolist() == [2.25, 2.75, 3.25, 3.75]
    assert activity.counts.tolist() == [[0, 1, 0, 0]]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"clusters": [1]}, "times 2, clusters 1"),
        ({"cluster_ids": [1, 1]}, "more than once"),
        ({"time_bin": 0.0}, "time_bin"),
        ({"time_limits": (1.0, 1.0)}, "is empty"),
        ({"times": [0.0, 1e9]}, "larger bins"),
    ],
)
def test_an_activity_map_refuses_what_makes_no_sense(change: dict[str, object], words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        compute_activity_map(**({"times": [1.0, 2.0], "clusters": [1, 2]} | change))  # type: ignore[arg-type]


@given(times=trains, order=st.permutations(range(4)))
@few
def test_an_activity_map_has_every_spike_in_the_row_of_its_unit(times: np.ndarray, order: list[int]) -> None:
    units = random_units(times)
    activity = compute_activity_map(times, units, order, time_bin=0.1)
    assert activity.counts.sum(axis=1).tolist() == np.bincount(units, minlength=4)[order].tolist()
    mixed = np.random.default_rng(0).permutation(times.size)
    assert (compute_activity_map(times[mixed], units[mixed], order, time_bin=0.1).counts == activity.counts).all()


@given(times=trains, time_bin=st.sampled_from([0.05, 0.1, 1.0]))
@few
def test_an_activity_map_summed_over_units_is_a_drift_map_of_one_depth(times: np.ndarray, time_bin: float) -> None:
    activity = compute_activity_map(times, random_units(times), time_bin=time_bin)
    drift = compute_drift_map(times, np.zeros(times.size), time_bin=time_bin)
    assert activity.times.tolist() == drift.times.tolist()
    assert activity.counts.sum(axis=0).tolist() == drift.counts.sum(axis=0).tolist()
