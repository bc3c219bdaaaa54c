"""Waveforms: cut out of recordings, averaged, described; known answers and edges."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bregma.brainbox import (
    InvalidInput,
    Recording,
    compute_ptp_over_noise,
    compute_slowness,
    compute_spatial_spread,
    compute_templates,
    compute_waveform_features,
    compute_waveform_similarity,
    estimate_noise,
    extract_waveforms,
    find_peak_channels,
)
from bregma.brainbox.waveforms import extraction

RATE = 1000.0


class Slices:
    """A recording that can only be sliced, and remembers how much was read."""

    def __init__(self, rows: np.ndarray) -> None:
        self.rows, self.shape, self.n_read = rows, rows.shape, 0

    def __getitem__(self, key: slice) -> np.ndarray:
        self.n_read += len(self.rows[key])
        return self.rows[key]


def ramp(n_samples: int = 5000, n_channels: int = 4) -> np.ndarray:
    """Make a recording in which every value tells its sample and channel."""
    return (np.arange(n_samples)[:, None] * 10 + np.arange(n_channels)).astype(np.int32)


def triangle(n_samples: int = 41, peak: int = 15) -> np.ndarray:
    """Make a waveform: 0, down to -8 at the peak over 4 samples, up to +4 six samples later, back to 0 over eight."""
    points = [0, peak - 4, peak, peak + 6, peak + 14, n_samples - 1]
    return np.interp(np.arange(n_samples), points, [0, 0, -8, 4, 0, 0])


def test_waveforms_are_the_samples_around_spikes() -> None:
    found = extract_waveforms(ramp(), [2.0, 0.5], [3, 1], sampling_rate=RATE, window=(-0.002, 0.003))
    assert found.traces.shape == (2, 5, 2)
    assert found.traces[0, :, 0].tolist() == [19983, 19993, 20003, 20013, 20023]
    assert found.traces[1, :, 1].tolist() == [4981, 4991, 5001, 5011, 5021]
    assert found.times == pytest.approx([-0.002, -0.001, 0, 0.001, 0.002])
    assert found.to_xarray()["traces"].dims == ("spike", "time", "channel")


def test_what_lies_beyond_the_ends_of_a_recording_is_unknown() -> None:
    found = extract_waveforms(ramp(10), [0.001, 0.009, 5.0, np.nan], sampling_rate=RATE, window=(-0.002, 0.002)).traces
    assert np.isnan(found[0, 0]).all()
    assert found[0, 1:, 0].tolist() == [0, 10, 20]
    assert found[1, :3, 0].tolist() == [70, 80, 90]
    assert np.isnan(found[1, 3]).all()
    assert np.isnan(found[2:]).all()


def test_no_spikes_give_no_waveforms() -> None:
    assert extract_waveforms(ramp(), [], sampling_rate=RATE).traces.shape == (0, 2, 4)


def test_the_noise_of_an_empty_recording_is_unknown() -> None:
    assert np.isnan(estimate_noise(ramp(0, 3), [2, 0], sampling_rate=RATE)).tolist() == [True, True]
    assert np.isnan(compute_ptp_over_noise(ramp(0, 3), [0.5], sampling_rate=RATE)).tolist() == [True] * 3


@given(st.lists(st.integers(0, 4999), max_size=30), st.integers(1, 3000), st.integers(1, 500))
def test_chunks_do_not_change_waveforms(samples: list[int], length: int, n_values: int) -> None:
    times = np.array(samples, dtype=float) / RATE
    whole = extract_waveforms(ramp(), times, sampling_rate=RATE, window=(-0.005, 0.007)).traces
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(extraction, "CHUNK_SAMPLES", length)
        patch.setattr(extraction, "CHUNK_VALUES", n_values)
        parts = extract_waveforms(Slices(ramp()), times, sampling_rate=RATE, window=(-0.005, 0.007)).traces
    np.testing.assert_array_equal(parts, whole)


def test_only_what_is_needed_is_read() -> None:
    recording = Slices(ramp(400_000))
    extract_waveforms(recording, [1.0, 390.0], sampling_rate=RATE, window=(-0.005, 0.005))
    assert recording.n_read == 20


def test_a_memory_map_is_read_in_place(tmp_path: Path) -> None:
    ramp().tofile(tmp_path / "recording.bin")
    mapped = np.memmap(tmp_path / "recording.bin", dtype=np.int32, mode="r", shape=(5000, 4))
    found = extract_waveforms(mapped, [1.0], sampling_rate=RATE, gain=0.5)
    np.testing.assert_array_equal(found.traces[0], ramp()[999:1001] * 0.5)


def test_the_common_average_reference_takes_off_the_median_of_all_channels() -> None:
    found = extract_waveforms(ramp(), [1.0], [0, 3], sampling_rate=RATE, car=True)
    assert found.traces[0].tolist() == [[-1.5, 1.5], [-1.5, 1.5]]


def test_a_recording_is_read_in_volts_at_its_own_rate_only() -> None:
    recording = Recording(ramp(), RATE, volts_per_bit=1e-6, channels=[3, 1])
    found = extract_waveforms(recording, [2.0], sampling_rate=RATE, window=(0.0, 0.002))
    np.testing.assert_allclose(found.traces[0], [[20003e-6, 20001e-6], [20013e-6, 20011e-6]], rtol=1e-6)
    with pytest.raises(InvalidInput, match="give that of the recording, 1000 Hz"):
        extract_waveforms(recording, [2.0])
    with pytest.raises(InvalidInput, match="without the step 2"):
        recording[::2]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"channels": [4]}, "the recording has 0 to 3"),
        ({"window": (0.0, 0.0001)}, "holds no sample"),
        ({"window": (0.1, 0.0)}, "is empty"),
        ({"sampling_rate": 0}, "sampling_rate is 0"),
    ],
)
def test_wrong_wishes_are_refused(arguments: dict, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        extract_waveforms(ramp(), [1.0], **{"sampling_rate": RATE, **arguments})


def make_recording() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Make noise with the spikes of two units; one outlier spoils a mean, not a median."""
    rng = np.random.default_rng(0)
    recording = rng.normal(0, 1, (20_000, 3))
    times = np.sort(rng.choice(np.arange(50, 19_900, 60), 200, replace=False)) / RATE
    clusters = rng.integers(0, 2, 200) * 5 + 2
    for time, cluster in zip(times, clusters, strict=True):
        first = round(time * RATE) - 15
        recording[first : first + 41, 0 if cluster == 2 else 2] += 5 * triangle()
    return recording, times, clusters


@pytest.mark.parametrize("average", ["mean", "median"])
def test_templates_are_the_waveforms_put_in(average: str) -> None:
    recording, times, clusters = make_recording()
    found = compute_templates(
        recording, times, clusters, [7, 99, 2], average=average, sampling_rate=RATE, window=(-0.015, 0.026)
    )
    assert found.n_spikes.tolist() == [(clusters == 7).sum(), 0, (clusters == 2).sum()]
    np.testing.assert_allclose(found.waveforms[0, :, 2], 5 * triangle(), atol=0.6)
    np.testing.assert_allclose(found.waveforms[2, :, 0], 5 * triangle(), atol=0.6)
    assert np.isnan(found.waveforms[1]).all()


def test_templates_use_no_more_spikes_than_asked_and_those_of_the_seed() -> None:
    recording, times, clusters = make_recording()
    draws = [
        compute_templates(recording, times, clusters, max_spikes=9, sampling_rate=RATE, rng=seed) for seed in (1, 1, 2)
    ]
    assert draws[0].n_spikes.tolist() == [9, 9]
    np.testing.assert_array_equal(draws[0].waveforms, draws[1].waveforms)
    assert not np.array_equal(draws[0].waveforms, draws[2].waveforms)


def test_spikes_at_the_edge_are_not_averaged() -> None:
    found = compute_templates(ramp(), [0.0, 1.0], [1, 1], sampling_rate=RATE)
    assert found.n_spikes.tolist() == [1]
    assert found.waveforms[0, 1, 0] == 10_000


def test_height_over_noise_is_that_of_the_waveform() -> None:
    recording, times, clusters = make_recording()
    deviation = 0.6745
    assert estimate_noise(recording, sampling_rate=RATE) == pytest.approx([deviation] * 3, rel=0.25)
    ratio = compute_ptp_over_noise(recording, times[clusters == 2], sampling_rate=RATE, window=(-0.015, 0.026))
    assert ratio[0] == pytest.approx(60 / estimate_noise(recording, [0], sampling_rate=RATE)[0], rel=0.1)
    assert ratio[0] > 5 * ratio[1]
    assert np.isnan(compute_ptp_over_noise(recording, [], sampling_rate=RATE)).all()


def test_features_by_hand() -> None:
    cube = np.zeros((1, 41, 3))
    cube[0, :, 1] = triangle()
    cube[0, :, 2] = triangle() / 4
    row = compute_waveform_features(cube, sampling_rate=RATE, recovery_duration=0.004).iloc[0]
    assert (row["peak_trace_idx"], row["peak_time_idx"], row["peak_val"]) == (1, 15, -8)
    assert (row["trough_time_idx"], row["trough_val"]) == (21, 4)
    assert row["peak_to_trough_duration"] == pytest.approx(0.006)
    assert row["peak_to_trough_ratio"] == 2
    assert (row["half_peak_pre_time_idx"], row["half_peak_post_time_idx"]) == (12, 18)
    assert row["half_peak_duration"] == pytest.approx(0.006)
    assert row["recovery_val"] == 2
    assert row["depolarisation_slope"] == pytest.approx(-8 / ((15 - row["tip_time_idx"]) / RATE))
    assert row["repolarisation_slope"] == pytest.approx(2000)
    assert row["recovery_slope"] == pytest.approx(-500)


@given(scale=st.floats(1e-6, 1e3), flip=st.booleans())
@settings(max_examples=20)
def test_features_scale_with_the_waveform(scale: float, flip: bool) -> None:
    plain = compute_waveform_features(triangle()[:, None]).iloc[0]
    scaled = compute_waveform_features(triangle()[:, None] * (-scale if flip else scale)).iloc[0]
    factor = -scale if flip else scale
    for name in ("peak_val", "trough_val", "repolarisation_slope"):
        assert scaled[name] == pytest.approx(plain[name] * factor)
    assert scaled["peak_to_trough_duration"] == plain["peak_to_trough_duration"]
    assert scaled["invert_sign_peak"] == (-1 if flip else 1)


def test_a_flat_waveform_has_no_features() -> None:
    row = compute_waveform_features(np.zeros((1, 40, 2))).iloc[0]
    assert np.isnan(row[["peak_val", "half_peak_duration", "depolarisation_slope"]].to_numpy(float)).all()


def test_features_leave_the_waveforms_as_they_are() -> None:
    cube = np.stack([triangle()[:, None], np.full((41, 1), np.nan)])
    before = cube.copy()
    assert len(compute_waveform_features(cube)) == 2
    np.testing.assert_array_equal(cube, before)
    assert compute_waveform_features(np.zeros((0, 40, 2))).empty


def test_waveforms_too_short_or_flat_are_refused() -> None:
    with pytest.raises(InvalidInput, match="10 samples"):
        compute_waveform_features(np.zeros((1, 10, 2)))
    with pytest.raises(InvalidInput, match="shape"):
        compute_waveform_features(np.zeros(40))


def travelling(delay: float, n_channels: int = 12) -> tuple[np.ndarray, np.ndarray]:
    """Make a wave that reaches each channel `delay` samples after the one 20 µm below it."""
    time = np.arange(120)[:, None] - 60 - delay * (np.arange(n_channels) - 6)
    waveform = -np.exp(-(time**2) / 30) * np.exp(-((np.arange(n_channels) - 6) ** 2) / 30)
    return waveform[None], np.stack([np.arange(n_channels) % 2 * 16.0, np.arange(n_channels) * 20.0], axis=1)


@pytest.mark.parametrize("delay", [0.6, -0.6, 0.0])
def test_slowness_is_the_delay_over_the_distance(delay: float) -> None:
    waveform, positions = travelling(delay)
    found = compute_slowness(waveform, positions, half_window=0.0019)
    assert found == pytest.approx([delay / 30_000 / 20e-6], rel=0.03, abs=0.02)


def test_spread_is_the_weighted_distance() -> None:
    cube = np.zeros((1, 5, 3))
    cube[0, 2] = [-4, 2, 1]
    positions = np.array([[0.0, 0.0], [0.0, 20.0], [0.0, np.nan]])
    assert compute_spatial_spread(cube, positions) == pytest.approx([40 / 6])
    assert find_peak_channels(cube).tolist() == [0]


def test_three_channels_are_too_few_for_a_slowness() -> None:
    waveform, positions = travelling(0.5)
    assert np.isnan(compute_slowness(waveform[:, :, 5:8], positions[5:8])).all()
    known = np.abs(np.arange(12) - 6) < 2
    assert np.isnan(compute_slowness(waveform, np.where(known[:, None], positions, np.nan))).all()


def test_similarity_of_shapes_by_hand() -> None:
    one = triangle()[None, :, None]
    other = np.roll(triangle(), 20)[None, :, None]
    assert compute_waveform_similarity(one, one * 7) == pytest.approx(1)
    assert compute_waveform_similarity(one, -one) == pytest.approx(-1)
    expected = (triangle() @ np.roll(triangle(), 20)) / (triangle() @ triangle())
    assert compute_waveform_similarity(one, other) == pytest.approx(expected)
    assert np.isnan(compute_waveform_similarity(one, one * 0))


def test_similarity_is_the_mean_over_all_pairs() -> None:
    rng = np.random.default_rng(0)
    one, other = rng.normal(size=(5, 8, 3)), rng.normal(size=(7, 8, 3))
    pairs = [np.corrcoef(np.r_[a.ravel(), -a.ravel()], np.r_[b.ravel(), -b.ravel()])[0, 1] for a in one for b in other]
    assert compute_waveform_similarity(one, other) == pytest.approx(np.mean(pairs))
