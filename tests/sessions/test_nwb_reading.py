"""NWB files read as sessions: what was written comes back as the loaders give it over ONE."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd
import pytest
from tests.alf_lab import AlfLab

from bregma.alf import write_object, write_table
from bregma.sessions import (
    DataMissing,
    EphysSessionLoader,
    ExtraMissing,
    NWBDetails,
    UnusableData,
    export_nwb,
    read_nwb,
)

N = 8
MOUSE = {"sex": "F", "species": "Mus musculus", "age": "P120D"}


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> AlfLab:
    random = np.random.default_rng(5)
    lab = AlfLab(tmp_path_factory.mktemp("lab"))
    alf = lab.add_session("KS014", "2019-08-30") / "alf"
    start = np.arange(N) * 3.0 + 1
    trials = {"intervals_0": start, "intervals_1": start + 2, "choice": np.tile([-1, 1], N // 2)}
    write_table(alf, "trials", pd.DataFrame(trials | {"goCue_times": start + 0.1}), namespace="ibl")
    times = np.cumsum(random.random(200) + 0.01)
    write_object(alf, "wheel", {"timestamps": times, "position": random.normal(size=200)}, namespace="ibl")
    write_object(alf, "licks", {"times": times[::9]})
    write_object(alf, "leftCamera", {"times": np.cumsum(random.random(40)), "ROIMotionEnergy": random.random(40)})
    pose = {"nose_x": random.random(40), "nose_y": random.random(40), "nose_likelihood": np.linspace(0.1, 1, 40)}
    pd.DataFrame(pose).to_parquet(alf / "_ibl_leftCamera.dlc.pqt")
    for i, probe in enumerate(["probe00", "probe01"]):
        place = alf / probe / "pykilosort"
        spikes = {"times": np.sort(random.random(300) * 40), "clusters": random.integers(0, 4 + i, 300)}
        write_object(place, "spikes", {**spikes, "amps": random.random(300), "depths": random.random(300) * 3000})
        write_object(place, "clusters", {"channels": random.integers(0, 8, 5 + i), "depths": random.random(5 + i)})
        metrics = pd.DataFrame({"cluster_id": np.arange(5 + i), "label": np.linspace(0, 1, 5 + i)})
        metrics.to_parquet(place / "clusters.metrics.pqt")
        write_object(alf / probe, "channels", {"localCoordinates": random.random((8, 2)), "mlapdv": np.ones((8, 3))})
        np.save(alf / probe / "channels.brainLocationIds_ccf_2017.npy", np.full(8, 549))
        lab.add_insertion(lab.eid(), probe)
    lab.write()
    return lab


@pytest.fixture(scope="module")
def over_one(lab) -> EphysSessionLoader:
    return EphysSessionLoader(lab.open(), lab.eid())


@pytest.fixture(scope="module")
def from_nwb(lab, tmp_path_factory) -> Any:
    path = tmp_path_factory.mktemp("nwb") / "session.nwb"
    export_nwb(lab.open(), lab.eid(), path, details=NWBDetails(subject=MOUSE))
    session = read_nwb(path)
    yield session
    session.one.close()


def equal(a: pd.DataFrame, b: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(a, b, check_dtype=True, check_like=True)


def test_trials_wheel_and_licks_come_back(over_one, from_nwb) -> None:
    equal(from_nwb.trials, over_one.trials)
    equal(from_nwb.wheel, over_one.wheel)
    equal(from_nwb.licks, over_one.licks)


def test_cameras_come_back(over_one, from_nwb) -> None:
    assert from_nwb.pose.keys() == over_one.pose.keys() == {"leftCamera"}
    equal(from_nwb.pose["leftCamera"], over_one.pose["leftCamera"])
    equal(from_nwb.motion_energy["leftCamera"], over_one.motion_energy["leftCamera"])


@pytest.mark.parametrize("probe", ["probe00", "probe01"])
def test_sortings_come_back(over_one, from_nwb, probe: str) -> None:
    mine, theirs = from_nwb.spike_sorting[probe], over_one.spike_sorting[probe]
    for name, values in theirs.spikes.items():
        np.testing.assert_array_equal(mine.spikes[name], values, err_msg=name)
    for name in ("channels", "depths"):
        np.testing.assert_array_equal(mine.clusters[name], theirs.clusters[name])
    assert mine.histology == theirs.histology == "alf"
    assert mine.channels.keys() >= theirs.channels.keys()
    for name, values in theirs.channels.items():
        np.testing.assert_array_equal(mine.channels[name], values, err_msg=name)
    a, b = mine.merge_clusters(), theirs.merge_clusters()
    assert a["label"].tolist() == b["label"].tolist()
    assert a["acronym"].tolist() == ["TH"] * len(b["label"])


def test_a_session_of_a_file_reports_and_refuses_as_others_do(from_nwb) -> None:
    table = from_nwb.load_session_data().set_index(["name", "part"])
    assert table.loc[("spike_sorting", "probe01"), "is_loaded"]
    assert not table.loc[("pupil", ""), "is_loaded"]
    with pytest.raises(DataMissing, match="no trials in collection 'alf/task_09'"):
        from_nwb.load_trials("alf/task_09")
    with pytest.raises(DataMissing, match="name its probe"):
        from_nwb.one.pid2eid("some pid")


def test_a_file_of_another_maker_has_trials_and_units(tmp_path: Path) -> None:
    from pynwb import NWBHDF5IO, NWBFile
    from pynwb.behavior import Position, SpatialSeries

    file = NWBFile("made elsewhere", "id", datetime(2020, 1, 6, tzinfo=UTC))
    file.add_trial_column("correct", "whether right")
    file.add_trial_column("licks", "when it licked", index=True)
    for start in (1.0, 4.0):
        file.add_trial(start_time=start, stop_time=start + 2, correct=True, licks=[start] * int(start))
    for number, times in ((7, [0.5, 2.0]), (12, [1.0]), (13, [])):
        file.add_unit(spike_times=times, id=number)
    turns = SpatialSeries(name="position", data=np.arange(9.0), rate=10.0, reference_frame="at rest", unit="radians")
    file.create_processing_module("behavior", "what it did").add(Position(name="wheel", spatial_series=turns))
    with NWBHDF5IO(str(tmp_path / "other.nwb"), "w") as io:
        io.write(file)
    session = read_nwb(tmp_path / "other.nwb")
    assert session.trials["intervals_0"].tolist() == [1.0, 4.0]
    assert session.trials["correct"].tolist() == [True, True]
    assert [len(licks) for licks in session.trials["licks"]] == [1, 4]
    assert len(session.wheel) == 801
    spikes, clusters, channels = session.spike_sorting["probe00"]
    assert spikes["times"].tolist() == [0.5, 1.0, 2.0]
    assert spikes["clusters"].tolist() == [7, 12, 7]
    assert clusters["cluster_id"].tolist() == [7, 12, 13]
    assert session.spike_sorting["probe00"].missing == ("channels",)
    assert len(channels["localCoordinates"]) == 0
    assert session.spike_sorting["probe00"].merge_clusters()["n_spikes"].tolist() == [2, 1, 0]
    session.close()


def test_provenance_names_what_the_file_was_made_of(over_one, from_nwb) -> None:
    _ = from_nwb.trials, from_nwb.wheel, from_nwb.pose, from_nwb.spike_sorting
    _ = over_one.trials, over_one.wheel, over_one.pose, over_one.spike_sorting
    told = ["attribute", "dataset", "path", "hash", "size"]
    mine, theirs = (set(one.provenance[told].itertuples(index=False, name=None)) for one in (from_nwb, over_one))
    assert mine >= {row for row in theirs if row[0] in ("trials", "wheel", "pose.leftCamera", "probe01.spikes")}
    assert from_nwb.provenance["dataset"].str.len().eq(36).all()


def test_a_file_closes_with_its_block_and_keeps_what_was_loaded(lab, tmp_path) -> None:
    export_nwb(lab.open(), lab.eid(), tmp_path / "session.nwb", details=NWBDetails(subject=MOUSE))
    with read_nwb(tmp_path / "session.nwb") as session:
        assert len(session.trials) == N
    assert len(session.trials) == N
    (tmp_path / "session.nwb").write_bytes((tmp_path / "session.nwb").read_bytes()[:-5000])
    with pytest.raises(UnusableData, match="is not a whole NWB file: "):
        read_nwb(tmp_path / "session.nwb")


@pytest.mark.parametrize("content", [b"", b"a text that calls itself a file", None])
def test_what_is_no_nwb_file_says_so(tmp_path, content: bytes | None) -> None:
    path = tmp_path / "session.nwb"
    if content is None:
        with h5py.File(path, "w") as file:
            file["numbers"] = np.arange(3)
    else:
        path.write_bytes(content)
    with pytest.raises(UnusableData, match=r"session\.nwb is not a whole NWB file"):
        read_nwb(path)


def test_what_is_no_file_is_refused(tmp_path, monkeypatch) -> None:
    with pytest.raises(FileNotFoundError, match="no NWB file"):
        read_nwb(tmp_path / "nothing.nwb")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ExtraMissing, match=r"bregma\[share\]"):
        read_nwb(tmp_path / "nothing.nwb")
