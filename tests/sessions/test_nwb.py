"""Sessions as NWB files: valid for archives, and equal to what went in."""

import subprocess
import sys
import warnings
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.alf_lab import AlfLab

from bregma.alf import write_object, write_table
from bregma.sessions import NWBDetails, NWBExport, export_nwb
from bregma.sessions.errors import DataMissing, ExtraMissing, SessionDataError

MOUSE = {"sex": "F", "species": "Mus musculus", "age": "P120D"}
N = 12


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> AlfLab:
    """One session of two probes, with all kinds of objects, a video and raw data."""
    random = np.random.default_rng(1)
    lab = AlfLab(tmp_path_factory.mktemp("lab"))
    folder = lab.add_session("KS014", "2019-08-30")
    alf = folder / "alf"
    start = np.arange(N) * 3.0 + 1
    trials = {"intervals_0": start, "intervals_1": start + 2, "choice": np.tile([-1, 0, 1], N // 3)}
    trials |= {"contrastLeft": np.where(np.arange(N) % 2, 0.25, np.nan), "goCue_times": start + 0.1}
    trials |= {"contrastRight": np.where(np.arange(N) % 2, np.nan, 1.0), "feedbackType": np.where(start % 2, -1, 1)}
    write_table(alf, "trials", pd.DataFrame(trials | {"probabilityLeft": np.full(N, 0.5)}), namespace="ibl")
    write_object(alf, "trials", {"laserStimulation": random.random((N, 3))}, namespace="ibl")
    times = np.cumsum(random.random(500) + 0.01)
    write_object(alf, "wheel", {"timestamps": times, "position": random.normal(size=500)}, namespace="ibl")
    moves = {"intervals": np.stack([start, start + 1], axis=1), "peakAmplitude": random.random(N)}
    write_object(alf, "wheelMoves", moves, namespace="ibl")
    write_object(alf, "licks", {"times": times[::9]})
    write_object(alf, "leftCamera", {"times": np.arange(40) / 60 + 2, "ROIMotionEnergy": random.random(40)})
    pose = {"nose_x": random.random(40), "nose_y": random.random(40), "nose_likelihood": np.linspace(0.1, 1, 40)}
    pd.DataFrame(pose).to_parquet(alf / "_ibl_leftCamera.dlc.pqt")
    write_object(alf, "passivePeriods", {"intervalsTable": random.random((2, 3))})
    write_object(alf, "empty", {"times": np.zeros(0)})
    (alf / "task.settings.json").write_text('{"gain": 4.0}')
    for i, probe in enumerate(["probe00", "probe01"]):
        add_sorting(alf / probe / "pykilosort", 7 + i, random, with_labels=not i)
        places = {"localCoordinates": random.random((8, 2)), "mlapdv": random.random((8, 3)) * 1000}
        write_object(alf / probe, "channels", places)
        np.save(alf / probe / "channels.brainLocationIds_ccf_2017.npy", np.full(8, 549 if i else 997))
        lab.add_insertion(lab.eid(), probe)
    add_sorting(alf / "probe00" / "othersorter", 3, random, with_labels=False)
    (folder / "raw_video_data").mkdir()
    (folder / "raw_video_data" / "_iblrig_leftCamera.raw.mp4").write_bytes(b"video")
    (folder / "raw_behavior_data").mkdir()
    (folder / "raw_behavior_data" / "_iblrig_taskData.raw.jsonable").write_text("{}\n")
    (alf / "object.pickled.npy").write_bytes(pickled())
    lab.write()
    return lab


def add_sorting(folder: Path, n_units: int, random: Any, *, with_labels: bool) -> None:
    spikes = {"times": np.sort(random.random(300) * 40), "clusters": random.integers(0, n_units - 1, 300)}
    write_object(folder, "spikes", {**spikes, "amps": random.random(300)})
    clusters = {"channels": random.integers(0, 8, n_units), "depths": random.random(n_units) * 3000}
    clusters |= {"label": random.random(n_units)} if with_labels else {}
    write_object(folder, "clusters", {**clusters, "waveforms": random.random((n_units, 20, 4))})


def pickled() -> bytes:
    import io

    buffer = io.BytesIO()
    np.save(buffer, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def made(lab, tmp_path_factory) -> NWBExport:
    details = NWBDetails(timezone="Europe/Lisbon", institution="CNCB", experimenter=["Doe, Jane"], subject=MOUSE)
    return export_nwb(lab.open(), lab.eid(), tmp_path_factory.mktemp("nwb") / "session.nwb", details=details)


@pytest.fixture(scope="module")
def content(made) -> Any:
    from pynwb import NWBHDF5IO

    with NWBHDF5IO(str(made.path), "r") as io:
        yield io.read()


def complaints(path: Path) -> list[str]:
    """Ask nwbinspector for what archives would refuse."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from nwbinspector import Importance, inspect_nwbfile

        found = inspect_nwbfile(nwbfile_path=path, importance_threshold=Importance.BEST_PRACTICE_VIOLATION)
        return [f"{one.importance.name} {one.check_function_name} {one.object_name}: {one.message}" for one in found]


def test_the_inspector_of_archives_finds_nothing_to_refuse(made) -> None:
    assert complaints(made.path) == []


def test_the_session_and_its_animal_are_told(content) -> None:
    assert content.session_id == "2019-08-30_1_KS014"
    assert content.session_start_time == datetime.fromisoformat("2019-08-30T00:00:00+01:00")
    assert (content.institution, content.lab, content.protocol) == ("CNCB", "mylab", "ephysChoiceWorld")
    assert (content.subject.subject_id, content.subject.sex, content.subject.age) == ("KS014", "F", "P120D")


def test_trials_read_back_equal(lab, content) -> None:
    trials = lab.open().load_object(lab.eid(), "trials")
    table = content.trials
    np.testing.assert_array_equal(table["start_time"][:], trials.intervals[:, 0])
    np.testing.assert_array_equal(table["stop_time"][:], trials.intervals[:, 1])
    for name in set(trials) - {"intervals"}:
        np.testing.assert_array_equal(table[name][:], trials[name])
        assert table[name].data.dtype == trials[name].dtype


@pytest.mark.parametrize(("probe", "first"), [("probe00", 0), ("probe01", 7)])
def test_spikes_of_each_unit_read_back_equal(lab, content, probe: str, first: int) -> None:
    one, place = lab.open(), f"alf/{probe}/pykilosort"
    spikes = one.load_object(lab.eid(), "spikes", collection=place)
    clusters = one.load_object(lab.eid(), "clusters", collection=place)
    units = content.units
    for unit in range(len(clusters.channels)):
        row, mine = first + unit, spikes.clusters == unit
        np.testing.assert_array_equal(units["spike_times"][row], spikes.times[mine])
        np.testing.assert_array_equal(units["spike_amps"][row], spikes.amps[mine])
        assert (units["probe"][row], units["cluster"][row]) == (probe, unit)
        assert units["depths"][row] == clusters.depths[unit]
        np.testing.assert_array_equal(units["waveform_mean"][row], clusters.waveforms[unit])
        assert units["electrodes"].get(row, df=False, index=True) == [clusters.channels[unit] + (first and 8)]


def test_what_only_one_probe_knows_is_missing_for_the_other(content) -> None:
    assert np.isfinite(content.units["label"][:7]).all()
    assert np.isnan(content.units["label"][7:]).all()


def test_electrodes_have_their_place_and_region(lab, content) -> None:
    channels = lab.open().load_object(lab.eid(), "channels", collection="alf/probe01")
    electrodes = content.electrodes
    assert list(electrodes["location"][:]) == ["root"] * 8 + ["TH"] * 8
    np.testing.assert_array_equal(electrodes["x"][8:], -channels.mlapdv[:, 1])
    np.testing.assert_array_equal(electrodes["localCoordinates"][8:], channels.localCoordinates)


def test_wheel_licks_and_cameras_read_back_equal(lab, content) -> None:
    one, behavior = lab.open(), content.processing["behavior"]
    wheel = one.load_object(lab.eid(), "wheel")
    np.testing.assert_array_equal(behavior["wheel"]["position"].timestamps[:], wheel.timestamps)
    np.testing.assert_array_equal(behavior["wheel"]["position"].data[:], wheel.position)
    assert behavior["wheel"]["position"].unit == "radian"
    np.testing.assert_array_equal(behavior["licks"]["times"][:], one.load_object(lab.eid(), "licks").times)
    moves = one.load_object(lab.eid(), "wheelMoves")
    np.testing.assert_array_equal(behavior["wheelMoves"]["peakAmplitude"][:], moves.peakAmplitude)
    pose = one.load_dataset(lab.eid(), "_ibl_leftCamera.dlc.pqt")
    nose = behavior["leftCamera"]["dlc_nose"]
    np.testing.assert_array_equal(nose.data[:], pose[["nose_x", "nose_y"]])
    assert (nose.starting_time, nose.rate) == (2.0, pytest.approx(60))


def test_settings_are_kept_as_text(content) -> None:
    assert '"gain": 4.0' in content.scratch["task_settings"].data


def test_every_dataset_is_accounted_for(lab, made, content) -> None:
    paths = lab.open().list_datasets(lab.eid())
    assert set(paths) == made.carried.keys() | made.left_out.keys()
    assert not made.carried.keys() & made.left_out.keys()
    assert "raw data" in made.left_out["raw_video_data/_iblrig_leftCamera.raw.mp4"]
    assert "another sorting" in made.left_out["alf/probe00/othersorter/spikes.times.npy"]
    assert "pickled" in made.left_out["alf/object.pickled.npy"]
    assert made.left_out["alf/empty.times.npy"] == "empty"
    listed = content.scratch["datasets"].to_dataframe()
    assert sorted(listed["path"]) == paths
    assert listed["md5"].str.len().eq(32).all()


def test_a_sorting_can_be_chosen(lab, tmp_path) -> None:
    details = NWBDetails(sorter="othersorter", subject=MOUSE)
    made = export_nwb(lab.open(), lab.eid(), tmp_path / "other.nwb", details=details)
    assert made.carried["alf/probe00/othersorter/spikes.times.npy"] == "units"


def test_trials_without_intervals_begin_at_their_first_time(tmp_path) -> None:
    from pynwb import NWBHDF5IO

    lab = AlfLab(tmp_path / "lab")
    folder = lab.add_session("Cori", "2016-12-14")
    write_object(folder / "alf", "trials", {"stimOn_times": np.array([1.0, 4.0]), "feedbackType": np.array([1, -1])})
    lab.write()
    made = export_nwb(lab.open(), lab.eid(), tmp_path / "cori.nwb", details=NWBDetails(subject=MOUSE))
    with NWBHDF5IO(str(made.path), "r") as io:
        trials = io.read().trials
        assert trials["start_time"][:].tolist() == [1.0, 4.0]
        assert np.isnan(trials["stop_time"][:]).all()


def test_waveforms_of_another_shape_get_a_column_of_their_own(tmp_path) -> None:
    from pynwb import NWBHDF5IO

    lab = AlfLab(tmp_path / "lab")
    folder = lab.add_session("KS014", "2019-08-30")
    for probe, n_channels in (("probe00", 4), ("probe01", 6)):
        spikes = {"times": np.arange(4.0), "clusters": np.array([0, 1, 0, 1])}
        write_object(folder / "alf" / probe, "spikes", spikes)
        write_object(folder / "alf" / probe, "clusters", {"waveforms": np.ones((2, 20, n_channels))})
    lab.write()
    made = export_nwb(lab.open(), lab.eid(), tmp_path / "session.nwb", details=NWBDetails(subject=MOUSE))
    with NWBHDF5IO(str(made.path), "r") as io:
        units = io.read().units
        assert units["waveform_mean"].shape == (4, 20, 4)
        assert np.isnan(units["waveforms_1"][:2]).all()
        np.testing.assert_array_equal(units["waveforms_1"][2:], np.ones((2, 20, 6)))


def test_an_earlier_file_stays_unless_it_may_be_replaced(lab, tmp_path) -> None:
    path = tmp_path / "session.nwb"
    path.write_text("mine")
    with pytest.raises(FileExistsError, match="overwrite=True"):
        export_nwb(lab.open(), lab.eid(), path)
    assert path.read_text() == "mine"


def test_a_failed_export_leaves_nothing(lab, tmp_path, monkeypatch) -> None:
    import pynwb

    def fail(*_: Any, **__: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(pynwb.NWBHDF5IO, "write", fail)
    with pytest.raises(OSError, match="disk full"):
        export_nwb(lab.open(), lab.eid(), tmp_path / "session.nwb")
    assert list(tmp_path.iterdir()) == []


def test_a_session_without_files_is_refused(tmp_path) -> None:
    lab = AlfLab(tmp_path)
    lab.add_session("KS014", "2019-08-30")
    lab.write()
    with pytest.raises(DataMissing, match="nothing to export"):
        export_nwb(lab.open(), lab.eid(), tmp_path / "session.nwb")


def test_names_that_mean_nothing_are_refused(lab, tmp_path) -> None:
    with pytest.raises(ValueError, match=r"end it in \.nwb"):
        export_nwb(lab.open(), lab.eid(), tmp_path / "session.h5")
    with pytest.raises(SessionDataError, match="no time zone 'Mars'"):
        export_nwb(lab.open(), lab.eid(), tmp_path / "session.nwb", details=NWBDetails(timezone="Mars"))


def test_without_pynwb_the_extra_is_named(lab, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ExtraMissing, match=r"bregma\[share\]"):
        export_nwb(lab.open(), lab.eid(), tmp_path / "session.nwb")


def test_importing_the_room_does_not_load_pynwb() -> None:
    code = "import sys, bregma.sessions.nwb; print('pynwb' in sys.modules or 'h5py' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "False"
