"""Arrays in memory, drift maps coarse enough to draw, and proportions with their intervals."""

import numpy as np
import pytest

from bregma.alf import ALFError
from bregma.alyx.results.behavior import running_median, wilson_interval
from bregma.alyx.results.insertions import (
    MAX_DEPTHS,
    MAX_TIMES,
    MAX_UNIT_TIMES,
    MAX_UNITS,
    activity_figure,
    coarsen,
    find_events,
)
from bregma.alyx.results.recordings import ArrayCache, as_numbers


def test_what_was_loaded_is_kept_by_its_hash() -> None:
    cache, loads = ArrayCache(limit=1000), []

    def load() -> np.ndarray:
        loads.append(1)
        return np.zeros(10)

    assert cache.get("a", load) is cache.get("a", load)
    assert len(loads) == 1


def test_the_cache_forgets_what_was_used_longest_ago() -> None:
    cache = ArrayCache(limit=200)
    first = cache.get("a", lambda: np.zeros(10))
    cache.get("b", lambda: np.zeros(10))
    assert cache.get("a", lambda: np.ones(10)) is first
    cache.get("c", lambda: np.zeros(10))
    assert cache.size <= 200
    assert cache.get("a", lambda: np.ones(10)) is first
    assert cache.get("b", lambda: np.ones(10)).all()


def test_what_has_no_hash_or_is_too_large_is_not_kept() -> None:
    cache = ArrayCache(limit=10)
    for key in ("", "large"):
        assert cache.get(key, lambda: np.zeros(10)) is not cache.get(key, lambda: np.zeros(10))
    assert cache.size == 0


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"a": ["<script>", "x"], "b": [1, 2]}, "column a does not hold numbers"),
        ({"a": [[1], [2, 3]], "b": [1, 2]}, "column a does not hold numbers"),
        ({"a": [1, 2, 3], "b": [1, 2]}, "3 a, 2 b"),
        ({"a": [1, 2]}, "no column b"),
    ],
)
def test_columns_that_are_no_numbers_are_refused_with_words(columns: dict[str, list[object]], words: str) -> None:
    with pytest.raises(ALFError, match=words):
        as_numbers(columns, ("a", "b"))


def test_columns_of_one_length_become_numbers() -> None:
    found = as_numbers({"a": [1, 2], "b": np.array([[3], [4]]), "c": ["x"]}, ("a", "b"))
    assert {name: column.tolist() for name, column in found.items()} == {"a": [1.0, 2.0], "b": [3.0, 4.0]}


@pytest.mark.parametrize("shape", [(1, 1), (50, 300), (111, 321), (192, 4000)])
def test_a_coarse_drift_map_has_all_spikes_and_even_steps(shape: tuple[int, int]) -> None:
    counts = np.random.default_rng(1).poisson(0.3, shape)
    depths, times = np.arange(shape[0]) * 20.0 + 10, np.arange(shape[1]) * 1.0 + 0.5
    small, new_times, new_depths = coarsen(counts, times, depths)
    assert small.sum() == counts.sum()
    assert small.shape == (len(new_depths), len(new_times))
    assert small.shape[0] <= MAX_DEPTHS
    assert small.shape[1] <= MAX_TIMES
    assert np.allclose(np.diff(new_times, 2), 0)
    assert new_times[0] - (np.diff(new_times)[:1].sum() or 1.0) / 2 == pytest.approx(0)


@pytest.mark.parametrize("shape", [(1, 1), (5, 900), (289, 120), (734, 2500)])
def test_a_coarse_map_of_units_has_all_spikes_and_names_the_first_unit_of_each_row(shape: tuple[int, int]) -> None:
    counts = np.random.default_rng(1).poisson(0.3, shape) + 1
    ids = np.arange(shape[0]) * 2 + 5
    chart = activity_figure(counts, np.arange(shape[1]) + 0.5, ids)
    cells = chart.datasets["cells"]
    assert sum(cells["n_spikes"]) == counts.sum()
    assert cells["time"][0] == 0
    rows, columns = len(set(cells["unit"])), len(set(cells["time"]))
    assert rows <= MAX_UNITS
    assert rows * columns <= max(MAX_UNITS * MAX_UNIT_TIMES, MAX_DEPTHS * MAX_TIMES)
    assert chart.spec is not None
    assert chart.spec["layer"][0]["encoding"]["y"]["scale"]["domain"] == ids[:: -(-shape[0] // MAX_UNITS)].tolist()


def test_every_event_that_the_trials_have_is_offered_by_a_readable_name() -> None:
    times = [1.0, 2.0]
    trials = {"choice": [1, 1], "goCueTrigger_times": times, "stimOn_times": times, "lick_times": [np.nan, np.nan]}
    titles = {event.key: event.title for event in find_events(trials)}
    assert titles == {"stimOn_times": "stimulus onset", "goCueTrigger_times": "go cue trigger"}
    assert find_events(None) == []


def test_intervals_of_proportions_are_those_of_wilson() -> None:
    low, high = wilson_interval(np.array([0.5, 0.0]), np.array([10.0, 10.0]))
    assert low == pytest.approx([0.2366, 0.0], abs=1e-3)
    assert high == pytest.approx([0.7634, 0.2775], abs=1e-3)


def test_a_contrast_without_trials_has_no_interval() -> None:
    low, high = wilson_interval(np.array([np.nan]), np.array([0.0]))
    assert np.isnan(low).all()
    assert np.isnan(high).all()


def test_a_running_median_ignores_an_outlier() -> None:
    values = np.full(50, 0.4)
    values[20] = 60.0
    assert running_median(values) == pytest.approx(np.full(50, 0.4))
