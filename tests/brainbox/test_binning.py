"""Spikes counted on grids, around events and in intervals."""

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from bregma.brainbox import (
    BinOptions,
    InvalidInput,
    align_counts,
    align_raster,
    align_signal,
    average_events,
    bin_spikes,
    bin_spikes2d,
    bincount2d,
    compute_psth,
    count_in_intervals,
)
from bregma.brainbox.compiled import without_numba

NAN = np.nan
few = settings(max_examples=30)
trains = hnp.arrays(np.int64, st.integers(0, 60), elements=st.integers(0, 3000)).map(lambda t: t / 1000 + 0.0005)
event_lists = hnp.arrays(np.int64, st.integers(1, 8), elements=st.integers(500, 2500)).map(lambda t: t / 1000)
both_engines = pytest.mark.usefixtures("engine")


def random_units(times: np.ndarray) -> np.ndarray:
    return np.random.default_rng(times.size).integers(0, 4, times.size)


@both_engines
def test_points_are_counted_on_a_grid_and_those_outside_left_out() -> None:
    found = bincount2d([0.5, 1.5, NAN, 1.7, -3.0, 99.0], [7, 3, 3, 3, 3, 3], 1.0, limits=((0.0, 2.0), None))
    assert found.x.tolist() == [0.0, 1.0, 2.0]
    assert found.y.tolist() == [3, 7]
    assert found.counts.tolist() == [[0, 2, 0], [1, 0, 0]]
    assert found.counts.dtype == np.int32


@both_engines
def test_exact_values_are_counted_in_the_order_given() -> None:
    found = bincount2d([0.2, 0.7, 0.2], [7, 3, 3], [0.7, 5.0, 0.2], [7, 3])
    assert found.counts.tolist() == [[0, 0, 1], [1, 0, 1]]
    assert found.x.tolist() == [0.7, 5.0, 0.2]


@both_engines
@pytest.mark.parametrize("kind", ["i1", "u2", ">i4", "f2", "f8", "?"])
def test_numbers_of_any_type_are_counted(kind: str) -> None:
    values = np.array([0, 1, 1, 0], dtype=kind)
    assert bincount2d(values, [4, 4, 4, 5], 1).counts.tolist() == [[1, 2], [1, 0]]
    assert bincount2d([1, 2, 3, 4], values, 8).counts.tolist() == [[2], [2]]


def test_small_numbers_far_apart_are_told_apart() -> None:
    assert bincount2d(np.array([-128, 127, 127], dtype=np.int8), [0, 0, 0]).counts.tolist() == [[1, 2]]


@both_engines
def test_weights_are_added_up() -> None:
    found = bincount2d([0.2, 0.3, 1.2], [1, 1, 1], 1.0, weights=[0.5, 2.0, NAN])
    assert found.counts[0, 0] == 2.5
    assert np.isnan(found.counts[0, 1])


@both_engines
def test_a_grid_of_nothing_is_empty() -> None:
    assert bincount2d([], [], 1.0, 1.0).counts.shape == (0, 0)
    assert bincount2d([NAN], [2.0], 1.0).counts.shape == (1, 0)
    assert bincount2d([], [], 1.0, 1.0, limits=((0, 1), (0, 1))).counts.tolist() == [[0, 0], [0, 0]]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"y": [1.0]}, "x 2, y 1"),
        ({"x_bin": -1.0}, "x_bin is -1"),
        ({"y_bin": [2, 2]}, "more than once"),
        ({"limits": ((1.0, 1.0), None)}, "is empty"),
        ({"weights": [1.0]}, "weights 1"),
        ({"x": [0.0, 1e9]}, "larger bins"),
        ({"x": ["a", "b"]}, "give numbers"),
    ],
)
def test_a_grid_refuses_what_makes_no_sense(change: dict[str, object], words: str) -> None:
    good = {"x": [0.0, 1.0], "y": [1.0, 2.0], "x_bin": 0.1, "y_bin": 0}
    with pytest.raises(InvalidInput, match=words):
        bincount2d(**(good | change))  # type: ignore[arg-type]


@few
@given(times=trains, bin_size=st.sampled_from([0.0031, 0.1, 1.0]))
def test_engines_count_alike(times: np.ndarray, bin_size: float) -> None:
    units, events = random_units(times), np.array([0.5, NAN, 1.0])
    compiled = (
        bincount2d(times, units, bin_size),
        bin_spikes2d(times, units, events),
        compute_psth(times, units, None, events),
    )
    with without_numba():
        plain = (
            bincount2d(times, units, bin_size),
            bin_spikes2d(times, units, events),
            compute_psth(times, units, None, events),
        )
    assert (compiled[0].counts == plain[0].counts).all()
    assert (compiled[1].counts == plain[1].counts).all()
    assert compiled[2].rate == pytest.approx(plain[2].rate, nan_ok=True)
    assert compiled[2].sem == pytest.approx(plain[2].sem, nan_ok=True)


@few
@given(times=trains)
def test_a_grid_has_every_point_once_whatever_their_order(times: np.ndarray) -> None:
    units = random_units(times)
    mixed = np.random.default_rng(0).permutation(times.size)
    plain, other = bincount2d(times, units, 0.1), bincount2d(times[mixed], units[mixed], 0.1)
    assert plain.counts.sum() == times.size
    assert (plain.counts == other.counts).all()


@both_engines
def test_memory_maps_are_counted_without_a_copy(tmp_path: Path) -> None:
    size = 3_000_000
    rng = np.random.default_rng(0)
    for name, values in (("times", np.sort(rng.uniform(0, 100, size))), ("clusters", rng.integers(0, 50, size))):
        np.save(tmp_path / f"{name}.npy", values.astype(np.float64 if name == "times" else np.int32))
    times, clusters = (np.load(tmp_path / f"{name}.npy", mmap_mode="r") for name in ("times", "clusters"))
    bincount2d(times[:10], clusters[:10], 0.5)
    tracemalloc.start()
    found = bincount2d(times, clusters, 0.5)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.counts.sum() == size
    assert peak < 2 * (times.nbytes + clusters.nbytes)


@both_engines
def test_bins_of_one_train_around_events() -> None:
    found = bin_spikes([1.05, 1.15, 2.05, 9.0], [2.0, NAN, 1.0], (0, 0.2), 0.1)
    assert found.counts.tolist() == [[1, 0], [0, 0], [1, 1]]
    assert found.times == pytest.approx([0.05, 0.15])
    weighed = bin_spikes([2.05, 1.05], [1.0, 2.0], (0, 0.2), 0.1, weights=[0.25, 4.0])
    assert weighed.counts.tolist() == [[4.0, 0.0], [0.25, 0.0]]


@both_engines
def test_units_come_in_the_order_asked_for_and_others_are_left_out() -> None:
    times, units = [1.05, 1.15, 2.05], [3, 9, 7]
    small = BinOptions(dtype=np.uint16)
    found = bin_spikes2d(times, units, [1.0, 2.0], (0, 0.2), 0.1, cluster_ids=[9, 5, 3], options=small)
    assert found.counts.tolist() == [[[0, 1], [0, 0], [1, 0]], [[0, 0], [0, 0], [0, 0]]]
    assert found.counts.dtype == np.uint16
    assert dict(found.to_xarray().sizes) == {"event": 2, "cluster": 3, "time": 2}


def test_counts_that_do_not_fit_are_refused() -> None:
    with pytest.raises(InvalidInput, match="may not fit in uint8"):
        bin_spikes2d(np.full(300, 1.0), np.zeros(300, int), [1.0], (0, 0.2), 0.1, options=BinOptions(dtype=np.uint8))
    with pytest.raises(InvalidInput, match="whole numbers"):
        bin_spikes2d([1.0], [0], [1.0], (0, 0.2), 0.1, options=BinOptions(dtype=np.float32))
    with pytest.raises(InvalidInput, match="do not fit in memory"):
        bin_spikes2d([1.0], [0], np.zeros(100_000), (0, 100.0), 0.01)


@few
@given(times=trains, events=event_lists, order=st.permutations(range(4)), shift=st.integers(-5, 500))
def test_permuted_units_and_events_and_a_shift_permute_the_counts(
    times: np.ndarray, events: np.ndarray, order: list[int], shift: int
) -> None:
    units, mixed = random_units(times), np.random.default_rng(1).permutation(events.size)
    plain = bin_spikes2d(times, units, events, (-0.1, 0.2), cluster_ids=range(4))
    other = bin_spikes2d(times + shift, units, events[mixed] + shift, (-0.1, 0.2), cluster_ids=order)
    assert (other.counts == plain.counts[mixed][:, order]).all()


@few
@given(times=trains, events=event_lists)
def test_counts_psth_and_raster_agree(times: np.ndarray, events: np.ndarray) -> None:
    counts = bin_spikes(times, events, (-0.1, 0.2)).counts
    psth = compute_psth(times, np.zeros(times.size, int), [0], events, (-0.1, 0.2))
    raster = align_raster(times, events, (-0.1, 0.2))
    assert counts.sum(axis=1).tolist() == np.bincount(raster.event_index, minlength=events.size).tolist()
    assert psth.rate[0] == pytest.approx(counts.mean(axis=0) / 0.01)
    assert psth.std[0] == pytest.approx(counts.std(axis=0) / 0.01)
    if events.size > 1:
        assert psth.sem[0] == pytest.approx(counts.std(axis=0, ddof=1) / 0.01 / np.sqrt(events.size))


@few
@given(times=trains, events=event_lists, smoothing=st.sampled_from([0.004, 0.02]))
def test_engines_smooth_alike(times: np.ndarray, events: np.ndarray, smoothing: float) -> None:
    compiled = compute_psth(times, random_units(times), range(4), events, (-0.1, 0.2), 0.01, smoothing)
    with without_numba():
        plain = compute_psth(times, random_units(times), range(4), events, (-0.1, 0.2), 0.01, smoothing)
    assert compiled.rate == pytest.approx(plain.rate)
    assert compiled.std == pytest.approx(plain.std)


@both_engines
def test_a_long_window_of_small_bins_needs_little_memory() -> None:
    times = np.arange(0.0, 100, 0.1) + 0.0305
    tracemalloc.start()
    psth = compute_psth(times, np.zeros(times.size, int), None, [20.0, 50.0], (-10, 10), 0.001, smoothing=0.01)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert psth.rate.mean() == pytest.approx(10.0)
    assert peak < 20e6


@both_engines
def test_counts_in_known_intervals() -> None:
    found = count_in_intervals(
        [1.0, 1.5, 2.0, NAN], [4, 2, 4, 4], [[1.0, 2.0], [NAN, 2.0], [1.2, 5.0], [3.0, 3.0]], cluster_ids=[4, 9]
    )
    assert found.counts.tolist() == [[1, 0, 1, 0], [0, 0, 0, 0]]
    assert found.rates[0] == pytest.approx([1.0, NAN, 1 / 3.8, NAN], nan_ok=True)


@pytest.mark.parametrize(
    ("intervals", "words"), [([[2.0, 1.0]], "stops before"), ([1.0, 2.0, 3.0], "start and a stop")]
)
def test_wrong_intervals_are_refused(intervals: object, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        count_in_intervals([1.0], [0], intervals)  # type: ignore[arg-type]


@few
@given(times=trains, events=event_lists)
def test_counts_in_intervals_are_those_between_their_ends(times: np.ndarray, events: np.ndarray) -> None:
    units, intervals = random_units(times), np.stack([events, events + 0.3], axis=1)
    found = count_in_intervals(times, units, intervals, cluster_ids=[2, 0])
    for row, unit in enumerate([2, 0]):
        expected = [((times >= a) & (times < b) & (units == unit)).sum() for a, b in intervals]
        assert found.counts[row].tolist() == expected


def test_rows_outside_the_recording_are_unknown_and_stay_in_place() -> None:
    raster = align_counts([1.0, 2.05, 5.0], [2.0, 9.0, NAN, 1.0, 2.0], (-0.1, 0.2), 0.1)
    assert raster.values[0].tolist() == raster.values[4].tolist() == [0.0, 1.0, 0.0]
    assert np.isnan(raster.values[1:4]).all()
    longer = align_counts([1.0, 2.05, 5.0], [9.0, 1.0], (-0.1, 0.2), 0.1, recorded=(0, 20))
    assert longer.values.tolist() == [[0.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
    assert np.isnan(align_counts([], [1.0], (-0.1, 0.2), 0.1).values).all()


def test_averages_count_known_rows_only() -> None:
    rows = np.array([[1.0, NAN], [3.0, 4.0], [NAN, NAN], [2.0, NAN]])
    found = average_events(rows)
    assert found.n_events.tolist() == [3, 1]
    assert found.mean.tolist() == [2.0, 4.0]
    assert found.sem == pytest.approx([1 / np.sqrt(3), NAN], nan_ok=True)
    assert average_events(rows, [1, 0]).mean.tolist() == [2.0, 4.0]
    assert average_events(rows, [True, False, False, False]).mean[0] == 1.0
    assert np.isnan(average_events(rows, []).mean).all()
    assert average_events(align_counts([1.0, 1.5, 2.0], [1.5], (-0.1, 0.1), 0.1)).mean.tolist() == [0.0, 1.0]
    with pytest.raises(InvalidInput, match="a row per event"):
        average_events([1.0, 2.0])


def test_a_signal_is_read_between_its_samples() -> None:
    times = np.arange(0, 10, 0.5)
    raster = align_signal(times, 2 * times, [3.1, NAN, 9.4], (-1.0, 1.0), step=0.25)
    assert raster.times == pytest.approx(np.arange(-1, 1, 0.25))
    assert raster.values[0] == pytest.approx(2 * (3.1 + raster.times))
    assert np.isnan(raster.values[1:]).all()
    with pytest.raises(InvalidInput, match="ascend"):
        align_signal([1.0, 1.0], [0.0, 0.0], [1.0])
