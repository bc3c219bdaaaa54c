"""Receptive fields and responses along the probe: known answers, and what must not matter."""

import numpy as np
import pytest

from bregma.brainbox import (
    InvalidInput,
    SparseNoise,
    compute_aligned_activity,
    compute_field_significance,
    compute_receptive_fields,
    compute_receptive_fields_over_depth,
    compute_svd_map,
    find_square_onsets,
)
from bregma.brainbox.arrays import Floats, Ints

pytestmark = pytest.mark.usefixtures("engine")


def noise(shape: tuple[int, int] = (3, 5), n_frames: int = 400, seed: int = 0) -> SparseNoise:
    rng = np.random.default_rng(seed)
    frames = np.full((n_frames, *shape), 128, dtype=np.uint8)
    for frame in range(0, n_frames, 2):
        frames[frame, rng.integers(shape[0]), rng.integers(shape[1])] = rng.choice([0, 255])
    return find_square_onsets(frames, 1 + np.arange(n_frames) * 0.1)


def responding(stimulus: SparseNoise, x: int, y: int, seed: int = 1) -> tuple[Floats, Ints]:
    """Unit 4 fires 50 ms after white at one square, unit 9 at random."""
    rng = np.random.default_rng(seed)
    at = stimulus.on[(stimulus.on[:, 1] == x) & (stimulus.on[:, 2] == y), 0]
    evoked = np.repeat(stimulus.times[at] + 0.05, 3) + rng.uniform(0, 0.04, 3 * at.size)
    random = rng.uniform(0, stimulus.times[-1] + 1, 400)
    return np.concatenate([evoked, random]), np.repeat([4, 9], [evoked.size, random.size])


def test_squares_turn_on_and_off_where_they_were_grey() -> None:
    frames = np.full((8, 2, 3), 128, dtype=np.uint8)
    frames[0, 0, 0] = 255
    frames[2:4, 1, 2] = 0
    frames[4, 1, 2] = 255  # from black to white without grey
    frames[6:, 1, 2] = 255
    found = find_square_onsets(frames, np.arange(8.0))
    np.testing.assert_array_equal(found.on, [[0, 0, 0], [6, 1, 2]])
    np.testing.assert_array_equal(found.off, [[2, 1, 2]])
    np.testing.assert_array_equal(found.count(found.on), [[1, 0, 0], [0, 0, 1]])


def test_frames_of_the_wrong_shape_are_refused() -> None:
    with pytest.raises(InvalidInput, match="n_frames, n_x, n_y"):
        find_square_onsets(np.zeros((4, 3)), np.zeros(4))
    with pytest.raises(InvalidInput, match="frames 4, times 5"):
        find_square_onsets(np.zeros((4, 3, 3)), np.zeros(5))


def test_the_field_of_a_unit_is_where_it_responds() -> None:
    stimulus = noise()
    fields = compute_receptive_fields(*responding(stimulus, 2, 1), stimulus, window=(-0.1, 0.2))
    assert fields.on.shape == (2, 3, 5, 30)
    np.testing.assert_array_equal(fields.cluster_ids, [4, 9])
    during = (fields.times > 0.05) & (fields.times < 0.09)
    assert np.isclose(fields.on[0, 2, 1, during].mean(), 3 / 0.04)
    assert np.unravel_index(np.nanargmax(fields.on[0].mean(axis=2)), (3, 5)) == (2, 1)
    assert fields.to_xarray()["on"].dims == ("cluster", "x", "y", "time")


def test_the_svd_map_of_a_screen_that_is_not_square_keeps_its_places() -> None:
    stimulus = noise()
    fields = compute_receptive_fields(*responding(stimulus, 2, 1), stimulus, window=(-0.1, 0.2))
    found = compute_svd_map(np.nan_to_num(fields.on))
    assert found.shape == (2, 3, 5)
    assert np.unravel_index(found[0].argmax(), (3, 5)) == (2, 1)
    exact = np.zeros((3, 5, 4))
    exact[1, 4] = [0, 2, 2, 0]
    np.testing.assert_allclose(compute_svd_map(exact), np.where(np.arange(15).reshape(3, 5) == 9, np.sqrt(8), 0))


def test_squares_never_shown_are_unknown() -> None:
    stimulus = SparseNoise(np.arange(3.0), (1, 2), np.array([[1, 0, 0]]), np.zeros((0, 3), dtype=np.int64))
    fields = compute_receptive_fields([1.05], [0], stimulus, window=(0, 0.1))
    assert np.isnan(fields.on[0, 0, 1]).all()
    assert np.isnan(fields.off).all()
    np.testing.assert_allclose(fields.on[0, 0, 0], np.eye(10)[5] * 100)
    assert np.isnan(compute_svd_map(fields.on)[0, 0, 1])


def test_onsets_at_an_unknown_time_do_not_count() -> None:
    stimulus = noise()
    times = stimulus.times.copy()
    times[:50] = np.nan
    spikes = responding(stimulus, 0, 0)
    later = SparseNoise(times, stimulus.shape, stimulus.on, stimulus.off)
    without = SparseNoise(
        stimulus.times, stimulus.shape, *(table[table[:, 0] >= 50] for table in (stimulus.on, stimulus.off))
    )
    found, expected = (compute_receptive_fields(*spikes, one).on for one in (later, without))
    np.testing.assert_array_equal(found, expected)


def test_shift_and_order_do_not_matter() -> None:
    stimulus = noise()
    times, units = responding(stimulus, 1, 1)
    first = compute_receptive_fields(times, units, stimulus)
    order = np.random.default_rng(5).permutation(times.size)
    shifted = SparseNoise(stimulus.times + 64, stimulus.shape, stimulus.on, stimulus.off)
    second = compute_receptive_fields(times[order] + 64, units[order], shifted, cluster_ids=[9, 4, 5])
    np.testing.assert_allclose(second.on[[1, 0]], first.on)
    assert (np.nan_to_num(second.on[2]) == 0).all()


def test_depths_are_binned_from_the_lower_limit() -> None:
    stimulus = noise()
    times, units = responding(stimulus, 2, 1)
    depths = np.where(units == 4, 130.0, 5000.0)
    fields = compute_receptive_fields_over_depth(times, depths, stimulus, depth_bin_um=80, depth_limits_um=(0, 400))
    np.testing.assert_allclose(fields.depths_um, [40, 120, 200, 280, 360])
    expected = compute_receptive_fields(times, units, stimulus, cluster_ids=[4]).on[0]
    np.testing.assert_array_equal(fields.on[1], expected)
    assert np.nansum(fields.on[[0, 2, 3, 4]]) == 0


def test_no_spikes_have_no_fields() -> None:
    found = compute_field_significance([], [], noise(), n_shuffles=3, rng=0)
    assert (found.on_z.shape, found.off_z.shape) == ((0, 3, 5), (0, 3, 5))
    assert found.on_p_value.shape == (0,)


def test_only_the_unit_with_a_field_is_significant() -> None:
    stimulus = noise()
    found = compute_field_significance(*responding(stimulus, 2, 1), stimulus, window=(0.04, 0.1), n_shuffles=99, rng=0)
    assert found.on_p_value[0] == 0.01
    assert found.on_p_value[1] > 0.05
    assert found.off_p_value[0] > 0.05
    assert np.unravel_index(np.nanargmax(found.on_z[0]), (3, 5)) == (2, 1)
    again = compute_field_significance(*responding(stimulus, 2, 1), stimulus, window=(0.04, 0.1), n_shuffles=99, rng=0)
    np.testing.assert_array_equal(again.on_p_value, found.on_p_value)


def test_p_values_of_random_spikes_are_spread_evenly() -> None:
    stimulus, rng = noise(n_frames=300), np.random.default_rng(2)
    times, units = rng.uniform(0, 32, 30_000), rng.integers(0, 100, 30_000)
    p = compute_field_significance(times, units, stimulus, n_shuffles=60, rng=3).on_p_value
    assert 0.35 < p.mean() < 0.65
    assert (p < 0.1).mean() < 0.25


def test_activity_is_aligned_and_standardized() -> None:
    rng = np.random.default_rng(0)
    events = np.arange(10.0, 60, 2)
    base = rng.uniform(0, 70, 20_000)
    evoked = np.repeat(events, 40) + rng.uniform(0.1, 0.2, events.size * 40)
    times = np.concatenate([base, evoked])
    depths = np.concatenate([rng.uniform(0, 100, base.size), np.full(evoked.size, 50.0)])
    found = compute_aligned_activity(times, depths, [*events, np.nan], depth_bin_um=20, depth_limits_um=(0, 100))
    during = (found.times > 0.1) & (found.times < 0.2)
    assert found.n_events == events.size
    assert found.z[2, during].min() > 10
    assert np.abs(found.z[[0, 1, 3, 4]]).mean() < 1.5
    np.testing.assert_allclose(found.rate[2, during].mean(), 400 + 20_000 / 70 / 5, rtol=0.1)


def test_the_baseline_is_the_first_window_as_everywhere() -> None:
    found = compute_aligned_activity([1.05], [5.0], [1.0], windows=((-0.2, 0.0), (0.0, 0.1)))
    np.testing.assert_allclose(found.times[[0, -1]], [0.005, 0.095])


def test_activity_without_spikes_or_events() -> None:
    silent = compute_aligned_activity([], [], [1.0], depth_bin_um=20, depth_limits_um=(0, 40))
    assert (silent.z == 0).all()
    assert np.isnan(compute_aligned_activity([1.0], [5.0], [np.nan]).rate).all()
    sudden = compute_aligned_activity([1.5], [5.0], [1.0], depth_bin_um=20, depth_limits_um=(0, 40))
    assert np.isnan(sudden.z[0]).sum() == 1
    assert (sudden.z[1] == 0).all()
