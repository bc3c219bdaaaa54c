"""Folders of Kilosort and phy."""

from pathlib import Path

import numpy as np
import pytest

from bregma.sessions import DataMissing, UnusableData, read_kilosort


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three spikes of two units on three channels."""
    templates = np.zeros((2, 4, 3))
    templates[0, :, 1] = [0, -2, 1, 0]
    templates[1, :, 2] = [0, -4, 0, 0]
    files = {
        "spike_times": np.array([[30], [90], [60]], dtype=np.uint64),
        "spike_templates": np.array([[0], [1], [1]], dtype=np.uint32),
        "spike_clusters": np.array([[5], [9], [9]], dtype=np.uint32),
        "amplitudes": np.array([[1.0], [2.0], [3.0]]),
        "templates": templates,
        "whitening_mat_inv": np.eye(3) * 10,
        "channel_positions": np.array([[0.0, 0.0], [0.0, 20.0], [0.0, 40.0]]),
    }
    for name, values in files.items():
        np.save(tmp_path / f"{name}.npy", values)
    (tmp_path / "params.py").write_text("dat_path = r'C:\\data\\x.bin'\nsample_rate = 30.\nhp_filtered = False\n")
    (tmp_path / "cluster_group.tsv").write_text("cluster_id\tgroup\n9\tgood\n")
    (tmp_path / "cluster_ContamPct.tsv").write_text("cluster_id\tContamPct\n5\t1.5\n9\t100\n")
    return tmp_path


def test_spikes_are_in_seconds_volts_and_micrometres(folder: Path) -> None:
    spikes = read_kilosort(folder, volts_per_bit=1e-6)
    assert spikes.times.tolist() == [1, 2, 3]
    assert spikes.clusters.tolist() == [5, 9, 9]
    assert spikes.amps == pytest.approx([30e-6, 120e-6, 80e-6])
    assert spikes.depths.tolist() == [20, 40, 40]


def test_units_keep_the_columns_of_phy(folder: Path) -> None:
    spikes = read_kilosort(folder)
    assert spikes.cluster_ids.tolist() == [5, 9]
    assert spikes.units["group"].tolist() == ["", "good"]
    assert spikes.units["ContamPct"].tolist() == [1.5, 100]


def test_what_is_not_said_is_not_made_up(folder: Path) -> None:
    for name in ("templates", "spike_clusters", "channel_positions"):
        (folder / f"{name}.npy").unlink()
    spikes = read_kilosort(folder, volts_per_bit=1e-6)
    assert spikes.amps is None
    assert spikes.depths is None
    assert spikes.clusters.tolist() == [0, 1, 1]


def test_depths_of_kilosort_4_are_taken_as_they_are(folder: Path) -> None:
    np.save(folder / "spike_positions.npy", np.array([[1.0, 22.0], [1.0, 41.0], [1.0, 39.0]]))
    assert read_kilosort(folder).depths.tolist() == [22, 39, 41]


def test_the_remedy_is_named(folder: Path) -> None:
    np.save(folder / "whitening_mat_inv.npy", np.eye(5))
    with pytest.raises(UnusableData, match="3 of 5 channels"):
        read_kilosort(folder)
    (folder / "templates.npy").unlink()
    (folder / "params.py").write_text("dat_path = 'x'")
    with pytest.raises(UnusableData, match="give sampling_rate"):
        read_kilosort(folder)
    (folder / "params.py").unlink()
    with pytest.raises(DataMissing, match="give sampling_rate"):
        read_kilosort(folder)
    assert read_kilosort(folder, sampling_rate=10).times.tolist() == [3, 6, 9]
    with pytest.raises(DataMissing, match="give the folder of Kilosort or phy"):
        read_kilosort(folder / "other", sampling_rate=1)


def test_real_folders_are_read(shared_data: Path) -> None:
    kilosort = read_kilosort(shared_data / "ibl_kilosort4_ZFM-02370" / "kilosort4")
    assert (kilosort.times.size, kilosort.cluster_ids.size) == (290_360, 403)
    assert sorted(set(kilosort.units["KSLabel"].tolist())) == ["good", "mua"]
    phy = read_kilosort(shared_data / "phy_template_dataset", volts_per_bit=0.195e-6)
    assert 20e-6 < np.median(phy.amps) < 1e-3
