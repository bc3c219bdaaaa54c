"""Voltage processing beside the reference's, on synthetic recordings and real metadata."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.brainbox.reference import Reference

from bregma.brainbox.lfp.amplitude import compute_rms_map
from bregma.brainbox.lfp.channels import ChannelCriteria, detect_bad_channels, survey_bad_channels
from bregma.brainbox.lfp.csd import compute_csd
from bregma.brainbox.lfp.decimation import decimate
from bregma.brainbox.lfp.destripe import destripe_ap, destripe_lfp
from bregma.brainbox.lfp.probe import ProbeGeometry, dense_geometry
from bregma.brainbox.lfp.recording import Recording
from bregma.brainbox.lfp.saturation import detect_saturation
from bregma.brainbox.lfp.shift import shift_samples
from bregma.brainbox.lfp.spatial import highpass_spatial_filter, velocity_filter
from bregma.brainbox.lfp.spikeglx import read_spikeglx_metadata

pytestmark = pytest.mark.peer

RATE = 30_000.0
START = """
import numpy as np, scipy.signal, neuropixel, spikeglx
from ibldsp import voltage, fourier, utils
h = neuropixel.trace_header(version=version, nshank=nshank)
x = np.ascontiguousarray(traces.T)
"""


@pytest.fixture(scope="module")
def traces() -> np.ndarray:
    rng = np.random.default_rng(0)
    n = 8000
    common = 3e-5 * np.convolve(rng.normal(size=n), np.ones(8) / 8, mode="same")[:, np.newaxis]
    found = 6e-6 * rng.normal(size=(n, 384)) + common * np.linspace(0.8, 1.2, 384)
    found[:, 350:] = 6e-6 * rng.normal(size=(n, 34))
    found[:, 100] *= 0.01
    found[:, 200] += 2e-4 * rng.normal(size=n)
    return found


def ask(reference: Reference, code: str, traces: np.ndarray, *, version: Any = 1, nshank: int = 1, **more: Any) -> Any:
    return reference(START + code, traces=traces, version=version, nshank=nshank, **more)


def check_close(ours: np.ndarray, theirs: np.ndarray, part: float = 1e-9) -> None:
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=part * float(np.abs(theirs).max()))


def test_bad_channels_and_what_they_rest_on_are_equal(reference: Reference, traces: np.ndarray) -> None:
    for rate in (30_000.0, 2500.0):
        labels, features = ask(reference, "result = voltage.detect_bad_channels(x, rate)", traces, rate=rate)
        ours = detect_bad_channels(traces, rate)
        np.testing.assert_array_equal(ours.labels, labels)
        pairs = {"rms": "rms_raw", "similarity": "xcor_hf", "trend": "xcor_lf", "noise": "psd_hf"}
        for name, theirs in pairs.items():
            check_close(getattr(ours, name), features[theirs])


def test_adaptive_limits_of_the_brain_are_equal(reference: Reference, traces: np.ndarray) -> None:
    labels, _ = ask(reference, "result = voltage.detect_bad_channels(x, 30000, outside_threshold='adaptive')", traces)
    ours = detect_bad_channels(traces, RATE, ChannelCriteria(outside="adaptive"))
    np.testing.assert_array_equal(ours.labels, labels)


@pytest.mark.parametrize(
    ("probe", "version", "n_shanks"), [("3B2", 1, 1), ("NP2.1", 2, 1), ("NP2.4", 2.4, 4), ("NPultra", "NPultra", 1)]
)
def test_destriped_action_potentials_are_equal(
    reference: Reference, traces: np.ndarray, probe: str, version: Any, n_shanks: int
) -> None:
    geometry = dense_geometry(probe, n_shanks=n_shanks)
    labels = detect_bad_channels(traces, RATE).labels if version == 1 else None  # its weights add up there alone
    code = """
order = np.lexsort((-h["col"], h["row"], h["shank"]))
h = {name: values[order] for name, values in h.items()}
clean = voltage.destripe(x[order], 30000, h=h, channel_labels=None if labels is None else labels[order])
result = np.empty_like(clean)
result[order] = clean
"""
    theirs = ask(reference, code, traces, version=version, nshank=n_shanks, labels=labels).T
    check_close(destripe_ap(traces, RATE, geometry, labels=labels), theirs)
    check_close(destripe_ap(traces.astype(np.float32), RATE, geometry, labels=labels), theirs, 1e-5)


@pytest.mark.parametrize(("probe", "version"), [("3A", 1), ("NP2.1", 2)])
def test_destriped_field_potential_is_equal(reference: Reference, traces: np.ndarray, probe: str, version: int) -> None:
    labels = detect_bad_channels(traces, 2500).labels if version == 1 else None
    code = "result = voltage.destripe_lfp(x, 2500, h=h, channel_labels=labels, neuropixel_version=version)"
    theirs = ask(reference, code, traces, version=version, labels=labels).T
    check_close(destripe_lfp(traces, 2500, dense_geometry(probe, band="lf"), labels=labels), theirs)


def test_filters_of_destriping_alone_are_equal(reference: Reference, traces: np.ndarray) -> None:
    code = """
result = dict(
    kfilt=voltage.kfilt(x.copy()),
    shift=fourier.fshift(x, h["sample_shift"], axis=1),
    fk=voltage.fk(x.copy(), si=1 / 30000, dx=20e-6, vbounds=[2, 4], ntr_pad=20, lagc=None),
    decimated=scipy.signal.decimate(x, 12, axis=1, ftype="fir", n=256),
)
"""
    theirs = ask(reference, code, traces)
    check_close(highpass_spatial_filter(traces), theirs["kfilt"].T)
    check_close(shift_samples(traces, dense_geometry("3A").sample_shifts), theirs["shift"].T)
    check_close(velocity_filter(traces, RATE, 20e-6, (2, 4), n_mirrored=20), theirs["fk"].T)
    check_close(decimate(traces, 12), theirs["decimated"].T)


def test_saturation_and_its_window_are_equal(reference: Reference, traces: np.ndarray) -> None:
    saturated = traces.copy()
    saturated[3000:3010], saturated[6000:, :100] = 1.0, 5e-4
    samples, mute = ask(reference, "result = voltage.saturation(x, max_voltage=1.2e-3)", saturated)
    ours = detect_saturation(saturated, RATE, 1.2e-3)
    np.testing.assert_array_equal(ours.saturated, samples)
    check_close(ours.mute, mute)


def test_current_sources_are_those_of_the_reference_with_the_sign_of_its_own_text(
    reference: Reference, traces: np.ndarray
) -> None:
    geometry = dense_geometry("NP2.1")
    theirs = ask(reference, "h['x'] = h['x'] * 0\nresult = voltage.current_source_density(x, h)", traces, version=2).T
    ours = compute_csd(traces, geometry.y_um, columns=geometry.x_um)
    inner = np.isfinite(ours[0])
    assert inner.sum() == 380
    check_close(-ours[:, inner], theirs[:, inner])


def test_sites_of_each_probe_are_equal(reference: Reference) -> None:
    for probe, version, n_shanks in (
        ("3A", 1, 1),
        ("NP2.1", 2, 1),
        ("NP2.4", 2.4, 1),
        ("NP2.4", 2.4, 4),
        ("NPultra", "NPultra", 1),
        ("NP2QB", "NP2QB", 1),
        ("NHPlong", "NHPlong", 1),
    ):
        theirs = ask(reference, "result = h", np.zeros((2, 1)), version=version, nshank=n_shanks)
        check_geometry(dense_geometry(probe, n_shanks=n_shanks), theirs)


def test_metadata_of_every_probe_are_equal(reference: Reference, shared_data: Path) -> None:
    code = """
import spikeglx
meta = spikeglx.read_meta_data(path)
geometry = spikeglx.geometry_from_meta(meta, return_index=True, sort=False)[0]
result = dict(
    version=meta["neuropixelVersion"], serial=meta["serial"], band=spikeglx._get_type_from_meta(meta),
    rate=spikeglx._get_fs_from_meta(meta), n_channels=spikeglx._get_nchannels_from_meta(meta),
    sync=spikeglx._get_sync_trace_indices_from_meta(meta), gains=spikeglx._conversion_sample2v_from_meta(meta),
    geometry=geometry, order=spikeglx.geometry_from_meta(meta, return_index=True)[1],
)
"""
    for path in sorted((shared_data / "spikeglx_meta").glob("*.meta")):
        theirs, ours = reference(code, path=str(path)), read_spikeglx_metadata(path.read_text())
        assert (ours.probe, ours.serial, ours.band) == (theirs["version"], theirs["serial"], theirs["band"])
        assert (ours.sampling_rate, ours.n_channels) == (theirs["rate"], theirs["n_channels"])
        np.testing.assert_array_equal(ours.sync_channels, theirs["sync"])
        np.testing.assert_allclose(ours.volts_per_bit, theirs["gains"][ours.band], rtol=1e-7)
        assert (ours.geometry is None) == (theirs["geometry"] is None)
        if ours.geometry is not None:
            check_geometry(ours.geometry, theirs["geometry"])
            np.testing.assert_array_equal(ours.geometry.used, theirs["geometry"]["flag"] > 0)
            np.testing.assert_array_equal(ours.geometry.order, theirs["order"][: ours.geometry.channels.size])


def check_geometry(ours: ProbeGeometry, theirs: dict[str, np.ndarray]) -> None:
    pairs = {"x_um": "x", "y_um": "y", "shanks": "shank", "adcs": "adc", "sample_shifts": "sample_shift"}
    for name, other in pairs.items():
        np.testing.assert_array_equal(getattr(ours, name), theirs[other][: ours.channels.size])


def test_a_recording_on_disk_is_read_and_surveyed_alike(
    reference: Reference, traces: np.ndarray, shared_data: Path, tmp_path: Path
) -> None:
    meta = shared_data / "spikeglx_meta" / "sample3B_g0_t0.imec1.ap.meta"
    found = read_spikeglx_metadata(meta.read_text())
    bits = np.zeros((60_000, 385), np.int16)
    bits[:, :384] = np.tile(traces, (8, 1))[:60_000] / found.volts_per_bit[0]
    bits.tofile(tmp_path / "raw.ap.bin")
    text = [line for line in meta.read_text().splitlines() if not line.startswith("file")]
    text += [f"fileSizeBytes={bits.nbytes}", f"fileTimeSecs={len(bits) / found.sampling_rate}"]
    (tmp_path / "raw.ap.meta").write_text("\n".join(text))
    code = """
import spikeglx
from ibldsp import voltage
from ibllib.ephys import ephysqc
reader = spikeglx.Reader(path)
result = dict(
    traces=reader[1000:1200, :384], labels=voltage.detect_bad_channels_cbin(reader),
    map=ephysqc.rmsmap(reader),
)
"""
    theirs = reference(code, path=str(tmp_path / "raw.ap.bin"))
    samples = np.memmap(tmp_path / "raw.ap.bin", np.int16, "r", shape=bits.shape)
    recording = Recording(samples, found.sampling_rate, found.volts_per_bit, channels=np.arange(384))
    np.testing.assert_allclose(recording.read(1000, 1200), theirs["traces"], rtol=2e-7)
    np.testing.assert_array_equal(survey_bad_channels(recording).labels, theirs["labels"])
    ours = compute_rms_map(recording)
    np.testing.assert_allclose(ours.rms, theirs["map"]["TRMS"], rtol=1e-5)
    np.testing.assert_allclose(ours.power, theirs["map"]["spectral_density"], rtol=1e-3)
