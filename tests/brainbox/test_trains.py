"""Spikes of many units, checked once."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from bregma.brainbox import InvalidInput
from bregma.brainbox.compiled import in_threads, without_numba
from bregma.brainbox.spikes.trains import read_spikes

spikes = st.lists(
    st.tuples(st.floats(-10, 10) | st.just(float("nan")), st.sampled_from([-3, 0, 2, 7, 10**9])), max_size=30
)


@pytest.mark.usefixtures("engine")
def test_spikes_in_order_are_not_copied() -> None:
    times = np.array([0.5, 1.0, 1.0, 3.0])
    trains = read_spikes(times, np.array([4, 2, 4, 9], dtype=np.int32))
    assert trains.times is times
    assert trains.order is None
    np.testing.assert_array_equal(trains.cluster_ids, [2, 4, 9])
    np.testing.assert_array_equal(trains.rows, [1, 0, 1, 2])


@given(spikes)
def test_any_order_gives_the_same_trains(rows: list[tuple[float, int]]) -> None:
    times, clusters = np.array([t for t, _ in rows]), np.array([c for _, c in rows], dtype=np.int64)
    for twins in (False, True):
        trains = _read(times, clusters, twins)
        known = np.isfinite(times)
        order = np.argsort(times[known], kind="stable")
        np.testing.assert_array_equal(trains.times, times[known][order])
        np.testing.assert_array_equal(trains.cluster_ids[trains.rows], clusters[known][order])
        for unit, cluster in enumerate(trains.cluster_ids):
            start, stop = trains.by_unit.starts[unit : unit + 2]
            expected = np.sort(times[known & (clusters == cluster)])
            np.testing.assert_array_equal(trains.by_unit.times[start:stop], expected)


def _read(times: ArrayLike, clusters: ArrayLike, twins: bool):
    if not twins:
        return read_spikes(times, clusters)
    with without_numba():
        trains = read_spikes(times, clusters)
        _ = trains.by_unit
        return trains


@pytest.mark.usefixtures("engine")
def test_a_column_of_times_is_refused_with_the_remedy() -> None:
    with pytest.raises(InvalidInput, match=r"shape \(4, 1\).*spike_times\.ravel\(\)"):
        read_spikes(np.zeros((4, 1)), np.zeros(4, dtype=int))


def test_units_are_those_asked_for_in_that_order() -> None:
    trains = read_spikes([3.0, 1.0, 2.0], [5, 5, 8], cluster_ids=[8, 1])
    np.testing.assert_array_equal(trains.rows, [-1, 0, -1])
    np.testing.assert_array_equal(trains.by_unit.counts, [1, 0])
    np.testing.assert_array_equal(trains.arrange(np.array([30, 10, 20])), [10, 20, 30])


@pytest.mark.parametrize(
    ("times", "clusters", "ids", "message"),
    [
        ([1.0, 2.0], [1], None, "differ in length"),
        ([1.0], [1.5], None, "whole numbers"),
        ([1.0], [1], [3, 3], "more than once"),
        ([[1.0]], [1], None, "one dimension"),
    ],
)
def test_wrong_spikes_are_refused(times: ArrayLike, clusters: ArrayLike, ids: ArrayLike | None, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        read_spikes(times, clusters, ids)


@pytest.mark.parametrize("size", [0, 10**9])
def test_threads_visit_every_item_once(size: int) -> None:
    visited = np.zeros(1000, dtype=np.int64)

    def work(start: int, stop: int) -> None:
        visited[start:stop] += 1

    in_threads(work, visited.size, size=size)
    assert (visited == 1).all()


@pytest.mark.usefixtures("engine")
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 12)), max_size=6))
def test_spikes_near_limits_are_those_within(pairs: list[tuple[int, int]]) -> None:
    trains = read_spikes(np.arange(60.0), np.arange(60) % 7, cluster_ids=[5, 0, 3])
    limits = np.array([(first, min(first + length, 60)) for first, length in pairs], dtype=np.int64).reshape(-1, 2)
    near, moved = trains.near(limits)
    assert near.times.size <= 60
    for (first, last), (here, there) in zip(limits, moved, strict=True):
        np.testing.assert_array_equal(near.times[here:there], trains.times[first:last])
        np.testing.assert_array_equal(near.rows[here:there], trains.rows[first:last])


def test_few_limits_leave_out_the_spikes_between() -> None:
    trains = read_spikes(np.arange(1000.0), np.zeros(1000, dtype=int))
    near, _ = trains.near(np.array([[900, 910], [5, 8], [7, 9]]))
    np.testing.assert_array_equal(near.times, [5, 6, 7, 8, *range(900, 910)])
