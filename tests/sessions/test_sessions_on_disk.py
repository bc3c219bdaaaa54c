"""Sessions of files on this machine through the real ONE: whole, partial, of several revisions, empty."""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import httpx
import numpy as np
import pandas as pd
import pytest
from tests.alf_lab import AlfLab
from tests.one.conftest import BASE_URL, TOKEN, FakeAlyx

from bregma.alf import ALFWarning, write_object, write_table
from bregma.one import ONE, RevisionWarning
from bregma.one.client import AlyxClient
from bregma.one.server.login import SavedLogins
from bregma.sessions import DataMissing, EphysSessionLoader, InconsistentData, SessionLoader, UnusableData
from bregma.store import Retry

N = 6
FRAMES = 50


def write_trials(folder: Path, n: int = N) -> None:
    start = np.arange(n) * 2.0
    table = {"intervals_0": start, "intervals_1": start + 1, "choice": np.ones(n), "probabilityLeft": np.full(n, 0.5)}
    write_table(folder, "trials", pd.DataFrame(table), namespace="ibl")


def write_camera(folder: Path, camera: str, n_times: int = FRAMES, n_frames: int = FRAMES) -> None:
    random = np.random.default_rng(3)
    write_object(folder, camera, {"times": (np.arange(n_times) / 60 + 5).astype(np.float32)}, namespace="ibl")
    write_object(folder, camera, {"ROIMotionEnergy": np.arange(n_frames) * 1.0})
    likelihood = np.where(np.arange(n_frames) % 2, 0.95, 0.5)
    pose = {"nose_tip_x": random.random(n_frames), "nose_tip_y": random.random(n_frames)}
    pd.DataFrame({**pose, "nose_tip_likelihood": likelihood}).to_parquet(folder / f"_ibl_{camera}.dlc.pqt")


@pytest.fixture
def lab(tmp_path) -> AlfLab:
    """One session with everything but the right camera and paw states."""
    lab = AlfLab(tmp_path)
    alf = lab.add_session("KS014", "2019-08-30") / "alf"
    write_trials(alf)
    moves = {"timestamps": np.arange(0, 9, 0.01), "position": np.sin(np.arange(0, 9, 0.01))}
    write_object(alf, "wheel", moves, namespace="ibl")
    write_object(alf, "licks", {"times": np.arange(7.0)})
    for camera in ("leftCamera", "bodyCamera"):
        write_camera(alf, camera)
    smooth = np.sin(np.arange(FRAMES) / 5)
    features = {"pupilDiameter_raw": smooth + 0.01, "pupilDiameter_smooth": smooth}
    features["pupilDiameter_raw"][::2] -= 0.02
    pd.DataFrame(features).to_parquet(alf / "_ibl_leftCamera.features.pqt")
    return lab


def loader(lab: AlfLab, **more: str) -> SessionLoader:
    lab.write()
    return SessionLoader(lab.open(), lab.eid(), **more)


def alf(lab: AlfLab) -> Path:
    return lab.folder(lab.sessions[0]) / "alf"


def test_attributes_load_when_touched_and_are_kept(lab) -> None:
    session = loader(lab)
    assert not session.data_info["is_loaded"].any()
    assert session.trials is session.trials
    assert session.data_info.set_index("name").loc["trials", "n_rows"] == N
    assert repr(session).endswith("loaded: trials)")


def test_all_that_is_there_is_loaded_and_the_rest_explained(lab) -> None:
    session = loader(lab)
    table = session.load_session_data().set_index(["name", "part"])
    assert table.loc[("pose", "leftCamera"), "n_rows"] == FRAMES
    assert table.loc[("pose", "bodyCamera"), "is_loaded"]
    assert not table.loc[("pose", "rightCamera"), "is_loaded"]
    assert "no rightCamera (dlc)" in table.loc[("pose", "rightCamera"), "reason"]
    assert "no leftCamera (pawstates)" in table.loc[("paw_states", "leftCamera"), "reason"]
    assert set(session.pose) == {"leftCamera", "bodyCamera"}
    assert session.motion_energy["bodyCamera"].columns.tolist() == ["times", "bodyMotionEnergy"]
    assert session.motion_energy["leftCamera"].columns.tolist() == ["times", "whiskerMotionEnergy"]
    assert session.licks["times"].tolist() == list(range(7))


def test_what_is_not_wanted_is_not_loaded(lab) -> None:
    session = loader(lab)
    table = session.load_session_data(pose=False, motion_energy=False)
    assert set(table.loc[table["is_loaded"], "name"]) == {"trials", "wheel", "pupil", "licks"}
    with pytest.raises(TypeError, match="no data are called 'whell'; there are trials, wheel"):
        session.load_session_data(whell=False)


def test_an_interruption_is_not_swallowed(lab, monkeypatch) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    session = loader(lab)
    monkeypatch.setattr(session, "load_wheel", interrupt)
    with pytest.raises(KeyboardInterrupt):
        session.load_session_data()


def test_unlikely_points_are_hidden_only_if_asked(lab) -> None:
    session = loader(lab)
    assert session.pose["leftCamera"]["nose_tip_x"].isna().sum() == FRAMES / 2
    assert session.pose["leftCamera"]["nose_tip_likelihood"].notna().all()
    for threshold in (None, 0):
        assert session.load_pose(likelihood_threshold=threshold)["leftCamera"].notna().all(axis=None)
    assert session.load_pose(likelihood_threshold=1, views=["body"])["bodyCamera"]["nose_tip_y"].isna().all()
    with pytest.raises(ValueError, match="90"):
        session.load_pose(likelihood_threshold=90)
    with pytest.raises(ValueError, match="no tracker 'sleap'; choose from dlc"):
        session.load_pose(tracker="sleap")


def test_times_longer_than_the_data_keep_their_last(lab) -> None:
    write_camera(alf(lab), "rightCamera", n_times=FRAMES + 3)
    table = loader(lab).load_motion_energy(views=["right"])["rightCamera"]
    assert table["times"].to_numpy() == pytest.approx(np.arange(3, FRAMES + 3) / 60 + 5, abs=1e-6)
    assert table["times"].dtype == np.float64


def test_a_camera_with_too_few_times_does_not_lose_the_others(lab) -> None:
    write_camera(alf(lab), "rightCamera", n_times=FRAMES - 1)
    session = loader(lab)
    assert set(session.pose) == {"leftCamera", "bodyCamera"}
    reason = session.data_info.set_index(["name", "part"]).loc[("pose", "rightCamera"), "reason"]
    assert "rightCamera has 49 times for 50 frames" in reason
    with pytest.raises(DataMissing, match="49 times for 50 frames"):
        session.load_pose(views=["right"])


def test_a_noisy_pupil_is_refused_unless_any_will_do(lab) -> None:
    session = loader(lab)
    assert session.pupil.columns.tolist() == ["times", "pupilDiameter_raw", "pupilDiameter_smooth"]
    with pytest.raises(UnusableData, match=r"min_snr=0 takes it"):
        session.load_pupil(min_snr=1e6)
    assert len(session.load_pupil(min_snr=0)) == FRAMES


def test_a_pupil_computed_from_the_pose_has_times(lab) -> None:
    (alf(lab) / "_ibl_leftCamera.features.pqt").unlink()
    path = alf(lab) / "_ibl_leftCamera.dlc.pqt"
    angle, size = np.arange(FRAMES) / 5, 10 + np.sin(np.arange(FRAMES) / 8)
    points = {"top": (0, -1), "bottom": (0, 1), "left": (-1, 0), "right": (1, 0)}
    pose = {f"pupil_{name}_r_x": angle + size * x for name, (x, _) in points.items()}
    pose |= {f"pupil_{name}_r_y": angle + size * y for name, (_, y) in points.items()}
    pose |= {f"pupil_{name}_r_likelihood": np.ones(FRAMES) for name in points}
    pd.DataFrame(pose).to_parquet(path)
    pupil = loader(lab).load_pupil(min_snr=0)
    assert pupil["times"].to_numpy() == pytest.approx(np.arange(FRAMES) / 60 + 5, abs=1e-5)
    assert pupil["pupilDiameter_raw"].to_numpy() == pytest.approx(2 * size, rel=1e-6)


def test_revisions_of_different_lengths_load_with_a_report(lab) -> None:
    write_object(alf(lab) / "#2024-05-06#", "trials", {"goCueTrigger_times": np.arange(N + 2.0)}, namespace="ibl")
    session = loader(lab)
    assert len(session.trials) == N
    assert session.left_out == {"goCueTrigger_times": f"{N + 2} rows where the others have {N}"}
    table = session.data_info.set_index(["name", "part"])
    assert table.loc[("trials", "goCueTrigger_times"), "reason"] == session.left_out["goCueTrigger_times"]
    assert table.loc[("trials", ""), "is_loaded"]


def test_mixed_revisions_make_no_warnings(lab, recwarn) -> None:
    write_object(alf(lab) / "#2024-05-06#", "trials", {"stimOn_times": np.arange(N) + 0.5}, namespace="ibl")
    assert loader(lab).trials["stimOn_times"].tolist() == [i + 0.5 for i in range(N)]
    assert not [one for one in recwarn if one.category is RevisionWarning]


def test_a_revision_is_the_last_up_to_its_name(lab) -> None:
    write_trials(alf(lab) / "#2024-05-06#", N + 1)
    lab.not_default.add("alf/_ibl_trials.table.pqt")
    assert len(loader(lab).trials) == N + 1
    session = SessionLoader(lab.open(), lab.eid(), revision="2020-01-01")
    assert len(session.trials) == N
    assert len(session.load_trials(revision="2024-12-31")) == N + 1
    assert session.provenance["revision"].tolist() == ["2024-05-06"]


def test_a_revision_before_all_says_which_there_are(lab) -> None:
    write_object(alf(lab) / "#2024-05-06#", "wheelMoves", {"intervals": np.zeros((2, 2))})
    session = loader(lab, revision="2020-01-01")
    with pytest.raises(DataMissing, match="up to revision '2020-01-01'; its revisions: 2024-05-06"):
        session.files.find("wheelMoves")


def test_a_damaged_file_loses_only_its_column(lab) -> None:
    write_object(alf(lab), "trials", {"stimOn_times": np.arange(N) + 0.5}, namespace="ibl")
    lab.write()
    broken = alf(lab) / "_ibl_trials.stimOn_times.npy"
    broken.write_bytes(b"\x93NUMPY" + bytes(broken.stat().st_size - 6))
    lab.write()
    session = SessionLoader(lab.open(), lab.eid())
    with pytest.warns(ALFWarning, match=r"are not whole: alf/_ibl_trials.stimOn_times.npy: cannot read"):
        assert "stimOn_times" not in session.trials
    assert len(session.trials) == N
    assert "stimOn_times.npy" in session.data_info.set_index(["name", "part"]).loc[("trials", ""), "reason"]


def test_provenance_names_the_datasets_and_one_records_them(lab) -> None:
    lab.write()
    one = lab.open()
    one.record_loaded = True
    session = SessionLoader(one, lab.eid())
    _ = session.trials, session.pose
    table = session.provenance
    listed = one.list_datasets(lab.eid(), details=True)
    assert set(table["attribute"]) == {"trials", "pose.leftCamera", "pose.bodyCamera"}
    for row in table.itertuples():
        match = listed[listed["rel_path"] == row.path]
        assert (str(match.index[0]), match["hash"].iloc[0]) == (row.dataset, row.hash)
    assert {dataset.rel_path for _, dataset in one.recorder.entries} == set(table["path"])
    assert len(one.make_lock().datasets) == len(table)


def test_a_session_may_be_named_in_any_way(lab) -> None:
    lab.write()
    one = lab.open()
    for name in (str(lab.eid()), "2019-08-30_1_KS014", lab.folder(lab.sessions[0])):
        assert len(SessionLoader(one, name).trials) == N
    assert len(SessionLoader(one, session_path=lab.folder(lab.sessions[0])).trials) == N
    with pytest.raises(DataMissing, match="name a session"):
        SessionLoader(one)


def test_settings_of_one_stay_as_they_are(lab) -> None:
    lab.write()
    one = lab.open(wildcards=False)
    before = dict(vars(one))
    with pytest.raises(DataMissing):
        SessionLoader(one, lab.eid()).load_trials("alf/nowhere")
    SessionLoader(one, lab.eid()).load_session_data()
    assert vars(one) == before


def test_trials_of_several_tasks_load_by_their_collection(lab) -> None:
    for task, n in (("task_00", 2), ("task_01", 3)):
        write_trials(alf(lab) / task, n)
    session = loader(lab)
    assert len(session.trials) == N
    assert len(session.load_trials("alf/task_01")) == 3
    assert session.provenance["path"].tolist() == ["alf/task_01/_ibl_trials.table.pqt"]


def test_after_a_load_that_failed_nothing_is_said_to_be_loaded(lab) -> None:
    session = loader(lab)
    assert len(session.trials) == N
    with pytest.raises(DataMissing):
        session.load_trials("alf/task_07")
    assert session.provenance.empty
    assert not session.data_info["is_loaded"].any()
    assert repr(session).endswith("loaded: nothing)")
    assert len(session.trials) == N
    assert session.provenance["attribute"].tolist() == ["trials"]


def test_paw_states_take_their_times_from_elsewhere(lab) -> None:
    folder = alf(lab) / "lightningaction"
    folder.mkdir()
    pd.DataFrame({"still": np.ones(FRAMES)}).to_parquet(folder / "leftCamera.pawstates.pqt")
    states = loader(lab).paw_states
    assert states["leftCamera"].columns.tolist() == ["times", "still"]


def test_fields_of_view_are_named_with_the_way_to_load_them(lab) -> None:
    for view in ("FOV_00", "FOV_01"):
        write_object(alf(lab) / view, "mpci", {"times": np.arange(3.0)})
    lab.write()
    session = EphysSessionLoader(lab.open(), lab.eid())
    told = session.load_session_data().query("name == 'imaging'")
    assert told["part"].tolist() == ["alf/FOV_00", "alf/FOV_01"]
    assert told["is_there"].all()
    assert told["reason"].iloc[0] == "has mpci; one.load_object(eid, name, collection='alf/FOV_00')"
    assert len(session.trials) == N


def test_a_session_without_files_has_a_report_all_the_same(tmp_path) -> None:
    lab = AlfLab(tmp_path)
    lab.add_session("KS014", "2019-08-30")
    lab.write()
    session = EphysSessionLoader(lab.open(), lab.eid())
    table = session.load_session_data()
    assert not table["is_there"].any()
    assert not table["is_loaded"].any()
    assert table["reason"].str.contains("no ").all()
    assert session.probes == {}
    assert session.provenance.empty
    with pytest.raises(DataMissing, match="no trials"):
        _ = session.trials


def test_a_wheel_whose_clock_goes_back_is_reported(lab) -> None:
    write_object(alf(lab), "wheel", {"timestamps": np.zeros(5), "position": np.zeros(5)}, namespace="ibl")
    session = loader(lab)
    table = session.load_session_data().set_index("name")
    assert "do not ascend" in table.loc["wheel", "reason"]
    assert table.loc["trials", "is_loaded"].all()


def test_a_wheel_without_time_stamps_is_inconsistent(lab) -> None:
    (alf(lab) / "_ibl_wheel.timestamps.npy").unlink()
    with pytest.raises(InconsistentData, match="timestamps and position of one length"):
        _ = loader(lab).wheel


@pytest.mark.filterwarnings("ignore:wheel of session:bregma.alf.ALFWarning")
def test_a_damaged_wheel_says_which_file_it_lacks(lab) -> None:
    lab.write()
    (alf(lab) / "_ibl_wheel.position.npy").write_bytes(b"other bytes")
    session = SessionLoader(lab.open(), lab.eid())
    with pytest.raises(InconsistentData, match=r"one length: {'timestamps': 900}; alf/_ibl_wheel\.position\.npy: "):
        _ = session.wheel
    reason = session.load_session_data().set_index("name").loc["wheel", "reason"]
    assert reason.count("Remove the file") == 1


def test_reasons_of_a_report_do_not_list_the_session(lab) -> None:
    reasons = loader(lab).load_session_data()["reason"]
    assert reasons.str.startswith("no rightCamera").any()
    assert not reasons.str.contains("it has alf").any()


@pytest.mark.parametrize("known", ["first movements", "moves", "wheel"])
def test_wheel_reaction_times_come_from_the_best_there_is(lab, known: str) -> None:
    cues = np.array([1.0, 4.0, 7.0])
    trials = {"goCue_times": cues, "feedback_times": cues + 1, "intervals_0": cues - 1, "intervals_1": cues + 2}
    first = {"firstMovement_times": cues + 0.25} if known == "first movements" else {}
    write_table(alf(lab), "trials", pd.DataFrame(trials | first), namespace="ibl")
    times = np.arange(0, 10, 0.002)
    turned = sum(np.clip((times - cue - 0.25) / 0.2, 0, 1) for cue in cues)
    ticks = np.round(turned * 100) * 2 * np.pi / 4096
    write_object(alf(lab), "wheel", {"timestamps": times, "position": ticks}, namespace="ibl")
    if known == "moves":
        moves = {"intervals": np.stack([cues + 0.25, cues + 0.5], axis=1), "peakAmplitude": np.full(3, 0.8)}
        write_object(alf(lab), "wheelMoves", moves, namespace="ibl")
    reaction = loader(lab).load_wheel_reaction_times()
    assert reaction == pytest.approx([0.25] * 3, abs=1e-9 if known != "wheel" else 0.01)


def test_wheel_reaction_times_say_what_they_lack(lab) -> None:
    with pytest.raises(DataMissing, match="no goCue_times and no feedback_times"):
        loader(lab).load_wheel_reaction_times()
    cues = {"goCue_times": np.arange(N) + 0.0, "feedback_times": np.arange(N) + 1.0}
    write_object(alf(lab), "trials", cues, namespace="ibl")
    (alf(lab) / "_ibl_wheel.position.npy").unlink()
    with pytest.raises(InconsistentData, match="timestamps and position of one length"):
        loader(lab).load_wheel_reaction_times()


def test_tidy_trials_have_words_and_the_loader_keeps_the_codes(lab) -> None:
    sides = {"contrastLeft": np.full(N, 0.5), "contrastRight": np.full(N, np.nan), "feedbackType": np.ones(N)}
    write_object(alf(lab), "trials", sides, namespace="ibl")
    session = loader(lab)
    assert set(session.load_trials(tidy=True)["choice"]) == {"clockwise"}
    assert set(session.trials["choice"]) == {1.0}


@pytest.fixture
def server(lab) -> FakeAlyx:
    server = FakeAlyx()
    server.add_files(server.add_session("KS014", "2019-08-30"), lab.folder(lab.sessions[0]))
    return server


@pytest.fixture
def one_of(server, tmp_path) -> Callable[[], ONE]:
    """Return what makes a client of the server, with one cache for all."""
    logins = SavedLogins(tmp_path / "config" / "logins.json")
    transport = httpx.MockTransport(server)
    retry = Retry(attempts=2, sleep=lambda _: None)
    return lambda: ONE(
        client=AlyxClient(BASE_URL, token=TOKEN, logins=logins, transport=transport, retry=retry),
        cache_dir=tmp_path / "cache",
    )


def test_a_first_load_takes_a_request_and_its_files_and_a_second_none(server, one_of) -> None:
    session = SessionLoader(one_of(), next(iter(server.sessions)))
    assert (repr(session).count("nothing"), server.requests) == (1, [])
    _ = session.trials, session.trials, session.data_info, session.provenance
    files = [one for one in server.asked() if "/store/" in one]
    assert len(server.requests) == 1 + len(files) == 2
    assert "trials" in files[0]
    SessionLoader(one_of(), next(iter(server.sessions))).load_trials()
    assert len(server.requests) == 3


@pytest.mark.parametrize("fault", [403, 500, b"other bytes"])
def test_a_file_that_a_server_withholds_loses_only_its_column_and_comes_later(server, one_of, lab, fault) -> None:
    folder = alf(lab)
    write_object(folder, "trials", {"stimOn_times": np.arange(N) + 0.5}, namespace="ibl")
    server.add_files(UUID(next(iter(server.sessions))), lab.folder(lab.sessions[0]))
    whole = server.store

    def store(request: httpx.Request, path: str) -> httpx.Response:
        if "stimOn_times" not in path:
            return whole(request, path)
        return httpx.Response(fault) if isinstance(fault, int) else httpx.Response(200, content=fault)

    server.store = store
    session = SessionLoader(one_of(), next(iter(server.sessions)))
    with pytest.warns(ALFWarning, match="trials of session .* are not whole: alf/_ibl_trials.stimOn_times.npy"):
        assert len(session.trials) == N
    assert session.provenance["path"].tolist() == ["alf/_ibl_trials.table.pqt"]
    server.store = whole
    assert "stimOn_times" in session.load_trials()


def test_a_session_loads_the_same_from_a_server(lab, server, one_of) -> None:
    online = SessionLoader(one_of(), next(iter(server.sessions)))
    offline = loader(lab)
    report = ["name", "part", "is_there", "is_loaded", "n_rows"]
    pd.testing.assert_frame_equal(online.load_session_data()[report], offline.load_session_data()[report])
    pd.testing.assert_frame_equal(online.trials, offline.trials)
    pd.testing.assert_frame_equal(online.wheel, offline.wheel)
    pd.testing.assert_frame_equal(online.pose["leftCamera"], offline.pose["leftCamera"])
    told = ["attribute", "path", "revision", "hash", "size"]
    pd.testing.assert_frame_equal(online.provenance[told], offline.provenance[told])
    assert len([one for one in server.requests if one.url.path.startswith("/sessions/")]) == 1
