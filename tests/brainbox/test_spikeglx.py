"""What SpikeGLX says of a recording, and where the channels of probes are."""

from pathlib import Path

import numpy as np
import pytest

from bregma.brainbox.arrays import InvalidInput
from bregma.brainbox.lfp.probe import ProbeGeometry, ProbeType, adc_shifts, dense_geometry
from bregma.brainbox.lfp.recording import Recording
from bregma.brainbox.lfp.spikeglx import read_spikeglx_metadata


def write_np1(**changes: str | None) -> str:
    """Write the metadata of a probe of which channels 2, 3 and 5 of six were saved, and one sync channel."""
    entries: dict[str, str | None] = {
        "typeThis": "imec",
        "imDatPrb_type": "0",
        "imDatPrb_port": "1",
        "imDatPrb_slot": "2",
        "imDatPrb_sn": "18005116811",
        "imSampRate": "30000.39",
        "imAiRangeMax": "0.6",
        "fileSizeBytes": "800",
        "snsApLfSy": "3,0,1",
        "acqApLfSy": "6,6,1",
        "snsSaveChanSubset": "2:3,5,12",
        "~imroTbl": "(0,6)" + "".join(f"({i} 0 0 {100 * (i + 1)} 250 1)" for i in range(6)),
        "~snsShankMap": "(1,2,480)(0:0:1:1)(0:1:1:0)(0:1:2:1)",
    }
    entries |= changes
    return "\n".join(f"{key}={value}" for key, value in entries.items() if value is not None)


def test_a_probe_of_the_first_kind_is_read_for_the_channels_saved() -> None:
    found = read_spikeglx_metadata(write_np1())
    assert (found.band, found.probe, found.serial, found.sampling_rate) == ("ap", "3B2", 18005116811, 30000.39)
    assert (found.n_channels, found.n_samples) == (4, 100)
    np.testing.assert_allclose(found.volts_per_bit, [0.6 / 512 / 300, 0.6 / 512 / 400, 0.6 / 512 / 600, 1])
    np.testing.assert_allclose(found.max_volts[:2], [0.6 / 300, 0.6 / 400])
    np.testing.assert_array_equal(found.sync_channels, [3])
    np.testing.assert_array_equal(found.saved_channels, [2, 3, 5, 12])
    assert found.geometry is not None
    np.testing.assert_array_equal(found.geometry.x_um, [59, 27, 11])
    np.testing.assert_array_equal(found.geometry.y_um, [40, 40, 60])
    np.testing.assert_allclose(found.geometry.sample_shifts, [1 / 13, 1 / 13, 2 / 13])
    np.testing.assert_array_equal(found.geometry.adcs, [0, 1, 1])
    np.testing.assert_array_equal(found.geometry.used, [True, False, True])


def test_the_field_potential_has_its_own_gains_and_numbers() -> None:
    found = read_spikeglx_metadata(write_np1(snsApLfSy="0,3,1", snsSaveChanSubset="8:9,11,12"))
    assert found.band == "lf"
    np.testing.assert_allclose(found.volts_per_bit[:3], 0.6 / 512 / 250)
    assert found.geometry is not None
    np.testing.assert_array_equal(found.geometry.channels, [2, 3, 5])


def test_without_a_map_sites_are_those_next_to_the_tip() -> None:
    found = read_spikeglx_metadata(write_np1(**{"~snsShankMap": None}))
    assert found.geometry is not None
    np.testing.assert_array_equal(found.geometry.x_um, [59, 27, 11])


def test_a_file_that_is_being_written_has_no_number_of_samples_yet() -> None:
    assert read_spikeglx_metadata(write_np1(fileSizeBytes=None)).n_samples is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("/data/recording.ap.meta", "not its path"),
        ("", "not its path"),
        (write_np1(imSampRate=None), "lack imSampRate"),
        (write_np1(imSampRate="fast"), "should be numbers"),
        (write_np1(imDatPrb_type="77"), "imDatPrb_type is 77"),
        (write_np1(snsApLfSy="3,3,1"), "one band per file"),
        (write_np1(snsSaveChanSubset="0:5,12"), "names 7 channels"),
        (write_np1(**{"~snsShankMap": "(1,2,480)(0:0:1:1)"}), "map of sites names 1"),
        (write_np1(**{"~imroTbl": "(0,1)(0 0 0 500 250 1)"}), "lacks channel 2"),
    ],
)
def test_metadata_that_make_no_sense_say_what_is_wrong(text: str, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        read_spikeglx_metadata(text)


def test_real_files_of_every_probe_are_read(shared_data: Path) -> None:
    paths = sorted((shared_data / "spikeglx_meta").glob("*.meta"))
    assert len(paths) == 19
    probes = set()
    for path in paths:
        found = read_spikeglx_metadata(path.read_text())
        probes.add(found.probe)
        n_traces = found.n_channels - found.sync_channels.size
        assert found.volts_per_bit.shape == found.max_volts.shape == (found.n_channels,)
        if found.geometry is not None:
            assert found.geometry.x_um.shape == (n_traces,)
            assert len({*zip(*(a.tolist() for a in _places(found.geometry)), strict=True)}) == n_traces
    assert probes == {None, *ProbeType} - {ProbeType.NP1_3B1}


def test_metadata_open_a_recording_in_volts(shared_data: Path) -> None:
    found = read_spikeglx_metadata((shared_data / "spikeglx_meta" / "sample3B_g0_t0.imec1.ap.meta").read_text())
    samples = np.full((500, 385), 100, np.int16)
    recording = Recording(samples, found.sampling_rate, found.volts_per_bit, channels=np.arange(384))
    np.testing.assert_allclose(recording.read(0, 10), 100 * 2.34375e-6, rtol=1e-6)


def test_a_nidq_file_has_analog_and_digital_channels() -> None:
    text = "typeThis=nidq\nsnsMnMaXaDw=1,1,2,1\nniMNGain=200\nniMAGain=10\nniAiRangeMax=5\nniSampRate=30003\n"
    found = read_spikeglx_metadata(text + "fileSizeBytes=1000\n")
    np.testing.assert_allclose(found.volts_per_bit, [5 / 32768 / 200, 5 / 32768 / 10, 5 / 32768, 5 / 32768, 1])
    np.testing.assert_array_equal(found.analog_channels, [2, 3])
    np.testing.assert_array_equal(found.sync_channels, [4])
    assert (found.probe, found.geometry, found.n_samples) == (None, None, 100)


def test_converters_take_turns_over_even_and_odd_channels() -> None:
    adcs, shifts = adc_shifts("3A", [0, 1, 2, 22, 23, 24, 25, 26])
    np.testing.assert_array_equal(adcs, [0, 1, 0, 0, 1, 2, 3, 2])
    np.testing.assert_allclose(shifts * 13, [0, 0, 1, 11, 11, 0, 0, 1])
    np.testing.assert_allclose(adc_shifts(ProbeType.NP2_1, [31])[1], [15 / 16])
    np.testing.assert_array_equal(adc_shifts(ProbeType.NP2_1, [31], "lf")[1], [0])


@pytest.mark.parametrize("probe", ProbeType)
def test_sites_next_to_the_tip_are_all_different_and_in_order(probe: ProbeType) -> None:
    geometry = dense_geometry(probe)
    assert len({*zip(*(a.tolist() for a in _places(geometry)), strict=True)}) == geometry.channels.size
    ordered = geometry.take(geometry.order)
    assert (np.diff(ordered.shanks * 1e5 + ordered.y_um) >= 0).all()


def test_four_shanks_share_the_channels_of_one_kind_of_probe() -> None:
    np.testing.assert_array_equal(np.bincount(dense_geometry("NP2.4", n_shanks=4).shanks), [96] * 4)
    with pytest.raises(InvalidInput, match="four shanks"):
        dense_geometry("3A", n_shanks=4)
    with pytest.raises(InvalidInput, match=r"give one of 3A, .*NP2\.4"):
        dense_geometry("NP3")


def test_any_probe_can_be_described_and_labelled() -> None:
    geometry = ProbeGeometry.of([0, 0, 30], [40, 20, 0])
    np.testing.assert_array_equal(geometry.order, [2, 1, 0])
    assert geometry.to_xarray()["y_um"].attrs["units"] == "um"
    with pytest.raises(InvalidInput, match="not finite"):
        ProbeGeometry.of([0, np.nan], [0, 1])


def _places(geometry: ProbeGeometry) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return geometry.shanks, geometry.x_um, geometry.y_um
