"""Numbers that the reference's own tests state, on the inputs they state them for."""

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from bregma.brainbox import (
    InvalidInput,
    LagRule,
    align_counts,
    compute_aligned_activity,
    compute_autocorrelograms,
    compute_cluster_average,
    compute_correlograms,
    compute_receptive_fields_over_depth,
    compute_svd_map,
    difference_frames,
    difference_of_frames,
    estimate_drift,
    find_direction_changes,
    find_movement_onsets,
    find_square_onsets,
    find_trial_ids,
    inter_trial_intervals,
    mask_unlikely_points,
    reaction_times,
    resample_wheel,
    select_trials,
    sync_series,
    tidy_trials,
    traces_by_trial,
    velocity_filtered,
)
from bregma.brainbox.arrays import Floats

FEEDBACK = np.array([60.2, 85, 103, 130, 188])


@pytest.fixture(scope="module")
def wheels(shared_data: Path) -> Any:
    with (shared_data / "ibl_wheel" / "wheel_test.p").open("rb") as file:
        return pickle.load(file)


@pytest.fixture(scope="module")
def trials(shared_data: Path) -> dict[str, Floats]:
    table = pd.read_parquet(shared_data / "ibl_training_11sessions" / "trials.pqt")
    return {name: column.to_numpy() for name, column in table[table["date"] == "2020-08-26"].items()}


def test_correlograms_of_few_spikes() -> None:
    options = {"bin_size": 1.0, "half_window": 3.0, "rule": LagRule.xcorr()}
    expected = np.zeros((2, 2, 7))
    expected[[0, 1], [1, 0], 3] = 1
    assert_array_equal(compute_correlograms([0, 10, 10, 20], [0, 1, 0, 1], **options).counts, expected)
    expected = np.zeros((3, 3, 7))
    expected[[0, 1, 0, 0], [1, 0, 0, 0], [4, 2, 1, 5]] = 1
    times, clusters = np.array([2, 3, 10, 12, 20, 24, 30, 40], dtype=np.uint64), [0, 1, 0, 0, 2, 1, 0, 2]
    assert_array_equal(compute_correlograms(times, clusters, **options).counts, expected)


def test_the_autocorrelogram_of_few_spikes_counts_both_orders() -> None:
    found = compute_autocorrelograms([0, 10, 10, 20], [0, 0, 0, 0], bin_size=1, half_window=3)
    assert_array_equal(found.counts, [[0, 0, 0, 2, 0, 0, 0]])


def test_averages_of_clusters() -> None:
    clusters = np.repeat([1, 2, 2, 100, 100], [40, 20, 20, 25, 25])
    values = np.repeat([200, 300, 500, 0.5, 1.0], [40, 20, 20, 25, 25])
    order = np.random.default_rng(0).permutation(clusters.size)
    found = compute_cluster_average(clusters[order], values[order])
    assert_array_equal(found.cluster_ids, [1, 2, 100])
    assert_allclose(found.mean, [200, 400, 0.75])
    assert_array_equal(found.counts, [40, 40, 50])


def test_powers_of_time_are_resampled_by_a_cubic_spline() -> None:
    rng = np.random.default_rng(0)
    first, second = np.cumsum(np.abs(rng.normal(4, 6, 100))), np.cumsum(np.abs(rng.normal(2, 1, 200)))
    found = sync_series([(second, second**2), (first, first**3)], 0.1, between="cubic", extrapolate=True)
    assert found.times[0] == min(first[0], second[0])
    assert found.times[-1] >= max(first[-1], second[-1])
    assert_allclose(np.diff(found.times), 0.1, atol=1e-9)
    assert_allclose(found.values, np.stack([found.times**2, found.times**3], axis=1), rtol=1e-3)


def test_a_cubic_spline_needs_four_known_samples() -> None:
    for values in ([1.0, 2, 4], [1.0, np.nan, 3, 4]):
        with pytest.raises(InvalidInput, match="cubic spline"):
            sync_series([(np.arange(len(values)), values)], 0.5, between="cubic")


def test_the_motion_of_a_probe_is_recovered() -> None:
    rng = np.random.default_rng(42)
    depths, times = rng.uniform(50, 3850, 200), np.sort(rng.uniform(0, 200, 500_000))
    units = rng.integers(0, 200, times.size)
    still = estimate_drift(times - 2, depths[units])
    assert np.abs(still.drift_um).max() < 0.05
    moved = estimate_drift(times, depths[units] + np.sin(2 * np.pi * times / 100) * 50)
    assert np.abs(moved.drift_um - np.sin(2 * np.pi * moved.times / 100) * 50)[2:].max() < 4


def test_unlikely_points() -> None:
    pose = {
        "nose_likelihood": np.array([0.95, 0.85, 0.92, 0.88, 0.91]),
        "nose_x": np.arange(5.0),
        "nose_y": np.arange(5.0),
        "random": [1, 2, 3, 4, 5],
    }
    found = mask_unlikely_points(pose)
    assert_array_equal(np.isnan(found["nose_x"]), [False, True, False, True, False])
    assert_array_equal(np.isnan(found["nose_y"]), [False, True, False, True, False])
    assert found["random"] is pose["random"]
    assert not np.isnan(mask_unlikely_points(pose, 0.8)["nose_x"]).any()


def test_the_velocity_of_a_wheel(wheels: Any) -> None:
    velocity, acceleration = velocity_filtered(resample_wheel(*wheels[1][0]).position, 1000)
    ends = [-0.03020161, -0.02642356, -0.0229635, -0.01981592, -0.01697264]
    assert_allclose(velocity[-10:-5], ends, atol=1e-6)
    assert_allclose(acceleration[:5], [0.0, 187.41222339, 4.16291917, 3.94583813, 3.67112556], atol=1e-6)


def test_onsets_and_turns_of_movements(wheels: Any) -> None:
    (times, position), (onsets, offsets, *_) = wheels[0]
    intervals = np.stack([onsets, offsets], axis=1)
    expected = [np.nan, 79.66293334, 100.73593334, 129.26693334, np.nan]
    assert_allclose(find_movement_onsets(intervals, FEEDBACK), expected, atol=1e-6)
    turns = find_direction_changes(times, velocity_filtered(position, 1000)[0], intervals)
    assert set(turns.interval) == set(range(14)) - {10}  # one movement goes one way only


def test_the_traces_of_trials(wheels: Any) -> None:
    times, position = wheels[0][0]
    traces = traces_by_trial(times, position, start=[0.2, 75, 100, 120, 164], end=FEEDBACK)
    ends = [(144, 60143), (74944, 84943), (99944, 102943), (119944, 129943), (163944, 187943)]
    for (when, where), (first, last) in zip(traces, ends, strict=True):
        assert_array_equal(when, times[first : last + 1])
        assert_array_equal(where, position[first : last + 1])


def test_trials_in_words() -> None:
    trials = {
        "choice": [-1.0, 0.0, 1.0, -1.0, 1.0, 0.0],
        "feedbackType": [1.0, -1.0, 1.0, 1.0, -1.0, 1.0],
        "contrastLeft": [0.25, np.nan, 0.0, np.nan, 0.125, np.nan],
        "contrastRight": [np.nan, 1.0, np.nan, 0.0, np.nan, 0.0625],
        "probabilityLeft": [0.5, 0.5, 0.8, 0.8, 0.2, 0.5],
    }
    found = tidy_trials(trials).to_dict("list")
    turns = ["counter_clockwise", "none", "clockwise", "counter_clockwise", "clockwise", "none"]
    assert found["choice"] == turns
    assert found["is_mouse_rewarded"] == [True, False, True, True, False, True]
    assert found["gabor_stimulus_side"] == ["left", "right"] * 3
    assert found["gabor_stimulus_contrast"] == [25.0, 100.0, 0.0, 0.0, 12.5, 6.25]
    assert found["block_index"] == [0, 0, 1, 1, 2, 3]
    kinds = ["unbiased", "unbiased", "left_block", "left_block", "right_block", "unbiased"]
    assert found["block_type"] == kinds
    trials["probabilityLeft"][2] = np.nan
    with pytest.raises(InvalidInput, match="probability_left of trials 2"):
        tidy_trials(trials)


def test_the_time_to_the_next_trial() -> None:
    starts = [114.52487625, 118.5169474, 123.49302927, 126.68107337, 130.11952807]
    off = [117.38098379, 122.39736201, 125.62210278, 129.03865947, 133.4053633]
    trials = {"intervals": np.stack([starts, np.add(off, 0.5)], axis=1), "stimOff_times": off}
    expected = [1.13596361, 1.09566726, 1.05897059, 1.0808686, np.nan]
    assert_allclose(inter_trial_intervals(trials), expected, atol=1e-8)
    with pytest.raises(InvalidInput, match="stimOff_times"):
        inter_trial_intervals({"intervals": trials["intervals"]})


def test_trials_in_order(trials: dict[str, Floats]) -> None:
    left, correct = np.isfinite(trials["contrastLeft"]), trials["feedbackType"] == 1
    parts = (left & correct, left & ~correct, ~left & correct, ~left & ~correct)
    expected = np.concatenate([np.flatnonzero(part) for part in parts])
    assert_array_equal(find_trial_ids(trials, sort="choice and side").trial_ids, expected)
    duration = reaction_times(trials)
    ids = find_trial_ids(trials, order_by=duration).trial_ids
    assert_array_equal(duration[ids], np.sort(duration))
    low = select_trials(trials, contrasts=(6.25, 0), side="left")
    assert_array_equal(low, trials["contrastLeft"] <= 0.0625)


def test_rows_of_events_outside_the_recording(trials: dict[str, Floats]) -> None:
    events = trials["stimOn_times"][trials["stimOn_times"] < 100].copy()
    events[10:12] = np.nan
    first, last = int(events[4] + 1), int(events[-5] - 1)
    found = align_counts(np.arange(first, last, 1 / 3000), events)
    unknown = np.isnan(found.values)
    assert unknown[[*range(5), 10, 11, *range(-5, 0)]].all()
    assert not unknown[[*range(6, 10), *range(12, events.size - 6)]].any()


def test_differences_of_frames() -> None:
    frames = np.cumsum(np.ones((12, 2, 2, 3)), axis=0).astype(np.uint8)
    assert_array_equal(difference_of_frames(frames[0], frames[1]), np.ones((2, 2)))
    assert_array_equal(list(difference_frames(frames)), np.ones((11, 2, 2)))
    assert_array_equal(list(difference_frames(frames[..., 0], step=2)), np.full((10, 2, 2), 2))
    with pytest.raises(InvalidInput):
        difference_of_frames(frames[0, ..., 0], frames[1])


def test_one_square_that_drives_spikes() -> None:
    frames = np.full((60, 15, 15), 128, dtype=np.uint8)
    frames[10:20, 8, 8] = frames[40:50, 4, 9] = frames[42:55, 11, 4] = frames[50:60, 8, 8] = 0
    frames[25:35, 10, 13] = frames[42:52, 6, 10] = 255
    stimulus = find_square_onsets(frames, np.arange(60))
    assert {tuple(row) for row in stimulus.off} == {(10, 8, 8), (50, 8, 8), (40, 4, 9), (42, 11, 4)}
    assert {tuple(row) for row in stimulus.on} == {(25, 10, 13), (42, 6, 10)}
    spikes = np.arange(25, 35, 0.01)
    fields = compute_receptive_fields_over_depth(
        spikes, np.full(spikes.size, 500.0), stimulus, depth_bin_um=80, depth_limits_um=(400, 640)
    )
    on, off = np.nan_to_num(fields.on), np.nan_to_num(fields.off)
    depth, x, y, _ = np.nonzero(on)
    assert (fields.depths_um[np.unique(depth)], set(x), set(y)) == (520, {10}, {13})
    assert not off.any()
    found = compute_svd_map(on)
    assert found[depth[0], 10, 13] != 0
    found[depth[0], 10, 13] = 0
    assert_allclose(found, 0, atol=1e-12)


def test_spikes_aligned_to_a_stimulus() -> None:
    fast = [np.arange(start + 1.6, start + 7, 0.002) for start in (8, 18, 28)]
    slow = [np.arange(start, start + 1.6, step) for start, step in ((8, 0.01), (18, 0.005), (28, 0.01))]
    spikes = np.sort(np.concatenate(fast + slow)) + 1e-4
    found = compute_aligned_activity(
        spikes, np.zeros(spikes.size), [10, 20, 30], depth_bin_um=20, depth_limits_um=(0, 400)
    )
    assert_allclose(found.rate[0, 1:] * 0.01, 5, atol=1e-9)
    assert not found.rate[1:].any()
