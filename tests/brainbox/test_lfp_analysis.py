"""Spectra, amplitudes, current sources, bad channels, saturation, destriping and long recordings."""

import io
import zlib
from pathlib import Path

import numpy as np
import pytest
import scipy.signal
from numpy.typing import NDArray

from bregma.alf.lazy.source import ByteSource
from bregma.alf.lazy.traces import Traces
from bregma.brainbox.arrays import InvalidInput
from bregma.brainbox.lfp.amplitude import compute_rms, compute_rms_map
from bregma.brainbox.lfp.channels import (
    ChannelCriteria,
    ChannelLabel,
    detect_bad_channels,
    interpolate_bad_channels,
    survey_bad_channels,
)
from bregma.brainbox.lfp.csd import compute_csd
from bregma.brainbox.lfp.destripe import destripe_ap, destripe_lfp
from bregma.brainbox.lfp.filters import highpass_filter, lowpass_filter
from bregma.brainbox.lfp.probe import ProbeGeometry, dense_geometry
from bregma.brainbox.lfp.recording import Recording, iterate_chunks, process_recording
from bregma.brainbox.lfp.saturation import SaturationCriteria, detect_saturation, mute_window
from bregma.brainbox.lfp.spectra import compute_band_power, compute_coherence, compute_power_spectrum, to_decibels

RATE = 30_000.0
Array = NDArray[np.float64]


def make_noise(n_samples: int, n_channels: int, seed: int = 0) -> Array:
    return np.random.default_rng(seed).normal(size=(n_samples, n_channels))


def make_probe_traces(n_samples: int = 3000, n_channels: int = 96) -> Array:
    """Traces in volts: noise of 5 uV, slower common activity that ends at channel 80, some channels bad."""
    traces = 5e-6 * make_noise(n_samples, n_channels)
    traces[:, :80] += make_common(n_samples)
    traces[:, 20] = 1e-8 * make_noise(n_samples, 1, seed=2)[:, 0]
    traces[:, 21] = 0
    traces[:, 40] += 5e-4 * make_noise(n_samples, 1, seed=3)[:, 0]
    return traces


def make_common(n_samples: int) -> Array:
    """Activity below 3 kHz of some 20 uV, in volts."""
    return np.asarray(5e-5 * lowpass_filter(make_noise(n_samples, 1, seed=1), RATE, 3000))


# Spectra


def test_the_power_of_a_sine_is_half_its_amplitude_squared() -> None:
    sine = 3 * np.sin(2 * np.pi * 50 * np.arange(4000) / 1000)[:, np.newaxis]
    spectrum = compute_power_spectrum(sine, 1000, segment=1.0)
    assert spectrum.frequencies[spectrum.power[:, 0].argmax()] == 50
    np.testing.assert_allclose(spectrum.band_power((45, 55)), [4.5], rtol=1e-9)
    np.testing.assert_allclose(compute_band_power(sine, 1000, (200, 300), segment=1.0), [0], atol=1e-12)


def test_the_power_of_noise_adds_up_to_its_variance() -> None:
    noise = make_noise(100_000, 2)
    np.testing.assert_allclose(compute_band_power(noise, 1000, (0, 500)), noise.var(axis=0), rtol=0.02)


def test_a_spectrum_knows_its_axes_and_decibels() -> None:
    spectrum = compute_power_spectrum(make_noise(2000, 3), 1000)
    assert spectrum.to_xarray()["power"].dims == ("frequency", "channel")
    np.testing.assert_allclose(10 ** (spectrum.decibels / 10), spectrum.power)


def test_decibels_of_known_ratios() -> None:
    np.testing.assert_allclose(to_decibels([100, 1, 0]), [20, 0, -np.inf])
    np.testing.assert_allclose(to_decibels([2.0], 0.2), [10])
    with pytest.raises(InvalidInput, match="below zero"):
        to_decibels([-1.0])


def test_a_band_without_a_frequency_is_refused() -> None:
    with pytest.raises(InvalidInput, match="longer segments"):
        compute_band_power(make_noise(1000, 1), 1000, (10.2, 10.6), segment=0.5)


def test_a_segment_longer_than_the_traces_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"at most 1\b"):
        compute_power_spectrum(make_noise(1000, 1), 1000, segment=2)


def test_channels_that_share_a_signal_are_coherent_where_it_is() -> None:
    noise = make_noise(20_000, 3)
    noise[:, :2] += 5 * np.sin(2 * np.pi * 100 * np.arange(20_000) / 1000)[:, np.newaxis]
    result = compute_coherence(noise, 1000, segment=0.1)
    at = int(np.flatnonzero(result.frequencies == 100)[0])
    assert result.coherence[at, 0, 1] > 0.95
    assert result.coherence[at, 0, 2] < 0.1
    np.testing.assert_allclose(result.coherence[:, 1, 1], 1)
    np.testing.assert_allclose(result.coherence[:, 0, 1], result.coherence[:, 1, 0])


def test_a_silent_channel_has_no_coherence() -> None:
    noise = make_noise(1000, 2)
    noise[:, 1] = 0
    assert np.isnan(compute_coherence(noise, 1000, segment=0.1).coherence[:, 0, 1]).all()


def test_the_coherence_of_one_segment_is_refused() -> None:
    with pytest.raises(InvalidInput, match="one segment"):
        compute_coherence(make_noise(1000, 2), 1000)


# Amplitude


def test_the_rms_of_a_sine_is_its_amplitude_over_root_two() -> None:
    sine = np.sin(2 * np.pi * 5 * np.arange(1000) / 1000)[:, np.newaxis]
    np.testing.assert_allclose(compute_rms(np.hstack([sine, 2 * sine, 0 * sine])), [0.5**0.5, 2**0.5, 0], atol=1e-12)


def test_a_map_follows_amplitude_through_a_recording_and_skips_slow_drift() -> None:
    sine = np.sin(2 * np.pi * 50 * np.arange(5000) / 1000)[:, np.newaxis]
    sine[:2000] *= 2
    found = compute_rms_map(Recording(sine + 7, 1000.0), window=1.0, n_segment=200)
    np.testing.assert_allclose(found.times, np.arange(5) + 0.4995)
    np.testing.assert_allclose(found.rms[:, 0], np.array([2, 2, 1, 1, 1]) / 2**0.5, atol=1e-9)
    assert found.frequencies[found.power[:, 0].argmax()] == 50
    np.testing.assert_allclose(found.power[:, 0].sum() * 5, (4 + 4 + 1 + 1 + 1) / 5 / 2, rtol=1e-9)


def test_a_map_of_a_recording_shorter_than_a_segment_is_refused() -> None:
    with pytest.raises(InvalidInput, match="n_segment 1024"):
        compute_rms_map(Recording(make_noise(500, 2), 1000.0))


# Current source density


def test_the_density_of_a_parabola_is_constant_at_any_distances() -> None:
    depths = np.array([0.0, 20, 50, 60, 100, 130])
    potential = np.tile(4 * (depths * 1e-6) ** 2 + 3 * depths * 1e-6, (10, 1))
    density = compute_csd(potential, depths, conductivity=0.25)
    np.testing.assert_allclose(density[:, 1:-1], np.full((10, 4), -2.0), rtol=1e-9)
    assert np.isnan(density[:, [0, -1]]).all()


def test_a_dip_in_potential_is_a_sink() -> None:
    depths = np.arange(11) * 20.0
    dip = -np.exp(-(((depths - 100) / 30) ** 2))[np.newaxis].repeat(20, axis=0)
    assert compute_csd(dip, depths)[0, 5] < 0
    smooth = compute_csd(dip, depths, smoothing_um=40)
    assert compute_csd(dip, depths)[0, 5] < smooth[0, 5] < 0


def test_the_density_follows_channels_in_any_order() -> None:
    potential, geometry = make_noise(50, 24), dense_geometry("3B2").take(slice(0, 24))
    order = np.random.default_rng(0).permutation(24)
    whole = compute_csd(potential, geometry.y_um, columns=geometry.x_um)
    mixed = compute_csd(potential[:, order], geometry.y_um[order], columns=geometry.x_um[order])
    np.testing.assert_allclose(mixed, whole[:, order], rtol=1e-9)


def test_channels_at_one_depth_need_columns() -> None:
    with pytest.raises(InvalidInput, match="give columns"):
        compute_csd(make_noise(50, 4), [20, 20, 40, 40])
    with pytest.raises(InvalidInput, match="needs three"):
        compute_csd(make_noise(50, 2), [20, 40])


# Bad channels


def test_dead_noisy_and_outside_channels_are_found() -> None:
    quality = detect_bad_channels(make_probe_traces(), RATE)
    expected = np.zeros(96, int)
    expected[[20, 21]], expected[40], expected[80:] = ChannelLabel.DEAD, ChannelLabel.NOISY, ChannelLabel.OUTSIDE
    np.testing.assert_array_equal(quality.labels, expected)


def test_many_silent_channels_side_by_side_are_dead() -> None:
    traces = make_probe_traces()
    traces[:, 50:65] = 0
    np.testing.assert_array_equal(detect_bad_channels(traces, RATE).labels[50:65], ChannelLabel.DEAD)


def test_criteria_decide_what_is_bad() -> None:
    lenient = ChannelCriteria(dead=-2, noisy=1e9, noise=1e9, outside=-2)
    labels = detect_bad_channels(make_probe_traces(), RATE, lenient).labels
    np.testing.assert_array_equal(np.flatnonzero(labels), [21])


def test_labels_of_a_recording_are_those_of_most_stretches() -> None:
    traces = make_probe_traces(6000)
    traces[:1000, 60] = 0
    recording = Recording(np.tile(traces, (6, 1)), RATE)
    quality = survey_bad_channels(recording, n_stretches=4)
    np.testing.assert_array_equal(quality.labels, detect_bad_channels(traces, RATE).labels * (np.arange(96) != 60))
    with pytest.raises(InvalidInput, match="whole number from 1"):
        survey_bad_channels(recording, n_stretches=0)


def test_traces_that_are_not_in_volts_are_refused() -> None:
    bits = (1e6 * make_probe_traces()).astype(np.int16)
    with pytest.raises(InvalidInput, match="volts per bit"):
        detect_bad_channels(bits, RATE)
    with pytest.raises(InvalidInput, match="volts per bit"):
        detect_saturation(bits, RATE, 1.0)


def test_a_bad_channel_between_equal_neighbours_becomes_like_them() -> None:
    geometry = dense_geometry("NP2.1").take(slice(0, 12))
    signal = make_noise(100, 1)
    traces = np.repeat(signal, 12, axis=1)
    traces[:, [5, 6]] = 99
    labels = np.zeros(12, int)
    labels[5], labels[6], labels[7] = ChannelLabel.NOISY, ChannelLabel.DEAD, ChannelLabel.OUTSIDE
    repaired = interpolate_bad_channels(traces, labels, geometry.x_um, geometry.y_um)
    np.testing.assert_allclose(repaired, np.repeat(signal, 12, axis=1), rtol=1e-9)


def test_a_bad_channel_far_from_all_others_becomes_zero() -> None:
    repaired = interpolate_bad_channels(make_noise(50, 2) + 5, [1, 0], [0, 0], [0, 1000])
    assert (repaired[:, 0] == 0).all()


# Saturation


def test_saturated_samples_and_jumps_are_found_and_muted() -> None:
    traces = 1e-5 * make_noise(500, 10)
    traces[100:103, :3] = 1.19e-3
    traces[300:, :] += 4e-4
    found = detect_saturation(traces, RATE, 1.2e-3)
    np.testing.assert_array_equal(found.intervals, [[99, 103], [299, 300]])
    assert (found.mute[99:103] == 0).all()
    assert (found.mute[:90] == 1).all()
    assert ((found.mute >= 0) & (found.mute <= 1)).all()


def test_two_channels_of_ten_are_not_enough() -> None:
    traces = np.zeros((100, 10))
    traces[50, :2] = 1
    assert not detect_saturation(traces, RATE, 1.0).saturated.any()
    assert detect_saturation(traces, RATE, 1.0, SaturationCriteria(proportion=0.1)).saturated[50]


def test_saturation_at_both_ends_is_whole_and_blocks_do_not_show() -> None:
    traces = np.zeros((20_000, 3))
    traces[:5], traces[8191:8193], traces[-5:] = 1, 1, 1
    found = detect_saturation(traces, RATE, np.ones(3), SaturationCriteria(max_slope=None))
    np.testing.assert_array_equal(found.intervals, [[0, 5], [8191, 8193], [19_995, 20_000]])
    jumps = detect_saturation(traces, RATE, np.ones(3))
    np.testing.assert_array_equal(jumps.intervals, [[0, 5], [8190, 8193], [19_994, 20_000]])


def test_mute_windows_of_no_saturation_and_of_wrong_limits() -> None:
    np.testing.assert_array_equal(mute_window(np.zeros(4)), np.ones(4))
    with pytest.raises(InvalidInput, match="volts above zero"):
        detect_saturation(np.zeros((100, 3)), RATE, [1.0, 2.0])


# Destriping


@pytest.mark.usefixtures("engine")
def test_destriping_removes_stripes_and_keeps_spikes() -> None:
    geometry = dense_geometry("NP2.1").take(slice(0, 96))
    traces = make_probe_traces()
    traces[:, 80:] += make_common(3000)
    traces[1500:1512, 60] -= 3e-4
    labels = detect_bad_channels(traces, RATE).labels
    clean = destripe_ap(traces, RATE, geometry, labels=labels)
    assert compute_rms(clean)[[0, 40, 60, 90]].max() < 3e-5
    assert clean[1500:1512, 60].min() < -1.5e-4


@pytest.mark.usefixtures("engine")
def test_destriping_follows_channels_in_any_order() -> None:
    geometry = dense_geometry("NP2.4", n_shanks=4).take(slice(0, 96))
    traces, order = make_probe_traces(), np.random.default_rng(1).permutation(96)
    labels = np.zeros(96, int)
    labels[[20, 21, 40]], labels[90:] = 1, 3
    for destripe in (destripe_ap, destripe_lfp):
        whole = destripe(traces, RATE, geometry, labels=labels)
        mixed = destripe(traces[:, order], RATE, geometry.take(order), labels=labels[order])
        np.testing.assert_allclose(mixed, whole[:, order], atol=1e-15)


def test_channels_outside_the_brain_are_not_referenced() -> None:
    geometry, traces = ProbeGeometry.of(np.zeros(8), np.arange(8) * 20), make_noise(500, 8)
    clean = destripe_ap(traces, RATE, geometry, labels=[0, 0, 0, 0, 0, 0, 3, 3], reference="median")
    np.testing.assert_allclose(clean[:, 6:], highpass_filter(traces, RATE)[:, 6:], atol=1e-12)
    all_outside = destripe_ap(traces, RATE, geometry, labels=np.full(8, 3))
    np.testing.assert_allclose(all_outside, highpass_filter(traces, RATE), atol=1e-12)


def test_a_geometry_of_other_channels_is_refused() -> None:
    with pytest.raises(InvalidInput, match="sync channel"):
        destripe_ap(make_noise(1000, 385), RATE, dense_geometry("3B2"))


# Long recordings


def test_chunks_cover_a_recording_once() -> None:
    chunks = list(iterate_chunks(1000, 300, 50))
    assert [chunk.keep for chunk in chunks] == [slice(0, 300), slice(300, 600), slice(600, 900), slice(900, 1000)]
    assert [chunk.read for chunk in chunks] == [slice(0, 350), slice(250, 650), slice(550, 950), slice(850, 1000)]
    with pytest.raises(InvalidInput, match="chunk_size is 0"):
        list(iterate_chunks(10, 0))


@pytest.mark.parametrize("n_threads", [1, 3])
def test_chunks_of_a_memory_map_give_what_the_whole_gives(tmp_path: Path, n_threads: int) -> None:
    bits = (200 * make_noise(9000, 5)).astype(np.int16)
    bits.tofile(tmp_path / "raw.bin")
    samples = np.memmap(tmp_path / "raw.bin", np.int16, "r", shape=bits.shape)
    recording = Recording(samples, RATE, 2e-6, channels=[0, 2, 3])
    out = np.lib.format.open_memmap(tmp_path / "clean.npy", "w+", np.float32, (9000, 3))
    written = process_recording(
        recording,
        lambda traces: highpass_filter(traces, RATE, 600),
        chunk_size=2000,
        overlap=400,
        out=out,
        n_threads=n_threads,
    )
    assert written is out
    np.testing.assert_allclose(out, highpass_filter(bits[:, [0, 2, 3]] * 2e-6, RATE, 600), atol=1e-8)


def test_a_compressed_recording_is_worked_on_like_a_memory_map() -> None:
    bits = (200 * make_noise(3000, 4)).astype(np.int16)
    packed = [
        zlib.compress(np.diff(part, axis=0, prepend=0).T.astype(np.int16).tobytes()) for part in np.split(bits, 3)
    ]
    header = {
        "chunk_bounds": [0, 1000, 2000, 3000],
        "chunk_offsets": np.cumsum([0, *map(len, packed)]).tolist(),
        "n_channels": 4,
        "dtype": "int16",
        "sample_rate": RATE,
        "do_time_diff": True,
    }
    samples = Traces(ByteSource(io.BytesIO(b"".join(packed)), "raw.cbin"), header)
    found = process_recording(Recording(samples, RATE, 2e-6), lambda traces: traces, chunk_size=700, overlap=90)
    np.testing.assert_allclose(found, bits * 2e-6, rtol=1e-6)


def test_a_function_of_samples_gives_one_row_each() -> None:
    recording = Recording(np.zeros((100, 2)), RATE)
    assert process_recording(recording, lambda traces: traces[:, 0] > 0, chunk_size=30, overlap=2).shape == (100,)
    with pytest.raises(InvalidInput, match="one per sample"):
        process_recording(recording, lambda traces: traces[::2])
    with pytest.raises(InvalidInput, match="99 rows"):
        process_recording(recording, lambda traces: traces, out=np.zeros((99, 2)))


def test_a_recording_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"traces\.T"):
        Recording(np.zeros((385, 20)).T, RATE)
    with pytest.raises(InvalidInput, match="volts_per_bit"):
        Recording(np.zeros((100, 3)), RATE, [1.0, 2.0])
    with pytest.raises(InvalidInput, match="channels names some"):
        Recording(np.zeros((100, 3)), RATE, channels=[3])
    with pytest.raises(InvalidInput, match="sampling_rate"):
        Recording(np.zeros((100, 3)), -1.0)


@pytest.mark.parametrize("n_segment", [256, 301])
def test_spectra_are_those_of_scipy(n_segment: int) -> None:
    traces = make_noise(3000, 4)
    frequencies, power = scipy.signal.welch(traces, fs=1000, nperseg=n_segment, axis=0)
    ours = compute_power_spectrum(traces, 1000, segment=n_segment / 1000)
    np.testing.assert_allclose(ours.frequencies, frequencies)
    np.testing.assert_allclose(ours.power, power, rtol=1e-10, atol=1e-18)
    coherence = scipy.signal.coherence(traces[:, 0], traces[:, 3], fs=1000, nperseg=n_segment)[1]
    found = compute_coherence(traces, 1000, segment=n_segment / 1000).coherence
    np.testing.assert_allclose(found[1:, 0, 3], coherence[1:], rtol=1e-8)
