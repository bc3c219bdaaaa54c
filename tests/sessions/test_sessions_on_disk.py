"""Sessions of files on this machine through the real ONE: whole, partial, of several revisions, empty."""

import numpy as np
import pytest
from tests.alf_lab import AlfLab
from tests.sessions.session_lab import FRAMES, N, alf, loader, make_lab, write_trials

from bregma.alf import ALFWarning, write_object
from bregma.one import RevisionWarning
from bregma.sessions import DataMissing, EphysSessionLoader, SessionLoader


@pytest.fixture
def lab(tmp_path) -> AlfLab:
    return make_lab(tmp_path)


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


def test_reasons_of_a_report_do_not_list_the_session(lab) -> None:
    reasons = loader(lab).load_session_data()["reason"]
    assert reasons.str.startswith("no rightCamera").any()
    assert not reasons.str.contains("it has alf").any()


def test_tidy_trials_have_words_and_the_loader_keeps_the_codes(lab) -> None:
    sides = {"contrastLeft": np.full(N, 0.5), "contrastRight": np.full(N, np.nan), "feedbackType": np.ones(N)}
    write_object(alf(lab), "trials", sides, namespace="ibl")
    session = loader(lab)
    assert set(session.load_trials(tidy=True)["choice"]) == {"clockwise"}
    assert set(session.trials["choice"]) == {1.0}
