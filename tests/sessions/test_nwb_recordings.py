"""Real recordings as NWB files: archives take them, and they read back equal."""

import shutil
import warnings
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
from tests.alf_lab import AlfLab

from bregma.sessions import NWBDetails, export_nwb

STEINMETZ = "steinmetz2019_18sessions/alf/Cori/2016-12-14/001/alf"
KILOSORT = "ibl_kilosort4_ZFM-02370/alf/probe00"
TRAINING = "ibl_raw_sessions/reference_ibllib410/ZM_335/alf"
MOUSE = {"sex": "U", "species": "Mus musculus", "age": "P100D"}


def lab_of(root: Path, subject: str, day: str, source: Path, collection: str) -> AlfLab:
    lab = AlfLab(root)
    folder = lab.add_session(subject, day)
    target = folder / collection
    target.mkdir(parents=True)
    for path in source.iterdir():
        shutil.copyfile(path, target / path.name)
    lab.write()
    return lab


def complaints(path: Path) -> list[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from nwbinspector import Importance, inspect_nwbfile

        found = inspect_nwbfile(nwbfile_path=path, importance_threshold=Importance.BEST_PRACTICE_VIOLATION)
        return [f"{one.importance.name} {one.check_function_name} {one.object_name}: {one.message}" for one in found]


def test_a_recording_with_spikes_and_trials_is_taken_and_reads_back_equal(shared_data, tmp_path) -> None:
    from pynwb import NWBHDF5IO

    lab = lab_of(tmp_path / "lab", "Cori", "2016-12-14", shared_data / STEINMETZ, "alf")
    made = export_nwb(lab.open(), lab.eid(), tmp_path / "cori.nwb", details=NWBDetails(subject=MOUSE))
    assert made.left_out == {}
    assert complaints(made.path) == []
    folder = shared_data / STEINMETZ
    spikes, clusters = (
        np.load(folder / "spikes.times.npy"),
        np.load(folder / "spikes.clusters.npy"),
    )
    areas = pd.read_csv(folder / "clusters.brainLocation.tsv", sep="\t")
    with NWBHDF5IO(str(made.path), "r") as io:
        content = io.read()
        for name in ("contrastLeft", "contrastRight", "feedbackType", "stimOn_times"):
            np.testing.assert_array_equal(content.trials[name][:], np.load(folder / f"trials.{name}.npy").ravel())
        assert len(content.units) == len(areas)
        flat = content.units["spike_times"].target.data[:]
        order = np.argsort(clusters.ravel(), kind="stable")
        np.testing.assert_array_equal(flat, spikes.ravel()[order])


def test_a_sorting_of_kilosort_is_taken_and_reads_back_equal(shared_data, tmp_path) -> None:
    from pynwb import NWBHDF5IO

    lab = lab_of(tmp_path / "lab", "ZFM-02370", "2021-04-29", shared_data / KILOSORT, "alf/probe00")
    made = export_nwb(lab.open(), lab.eid(), tmp_path / "zfm.nwb", details=NWBDetails(subject=MOUSE))
    assert made.left_out == {}
    assert complaints(made.path) == []
    spikes = {
        name: np.load(shared_data / KILOSORT / f"spikes.{name}.npy").ravel() for name in ("times", "clusters", "depths")
    }
    with NWBHDF5IO(str(made.path), "r") as io:
        content = io.read()
        for unit in range(0, len(content.units), 20):
            mine = spikes["clusters"] == unit
            np.testing.assert_array_equal(content.units["spike_times"][unit], spikes["times"][mine])
            np.testing.assert_array_equal(content.units["spike_depths"][unit], spikes["depths"][mine])
        np.testing.assert_array_equal(
            content.electrodes["localCoordinates"][:], np.load(shared_data / KILOSORT / "channels.localCoordinates.npy")
        )


def test_a_session_of_training_is_taken_and_accounted_for(shared_data, tmp_path) -> None:
    lab = lab_of(tmp_path / "lab", "ZM_335", "2018-12-13", shared_data / TRAINING, "alf")
    details = NWBDetails(start_time=datetime(2018, 12, 13, 15, 3, tzinfo=UTC), subject=MOUSE)
    made = export_nwb(lab.open(), lab.eid(), tmp_path / "zm.nwb", details=details)
    assert complaints(made.path) == []
    assert made.carried.keys() | made.left_out.keys() == set(lab.open().list_datasets(lab.eid()))
    assert made.carried["alf/_ibl_trials.table.pqt"] == "trials"
