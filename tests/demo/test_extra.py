"""Folders and tables of the visitor become sessions; what is malformed is refused by its name."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bregma.alf import load_object, write_object
from bregma.demo.errors import MalformedRecording
from bregma.demo.extra import read_extra
from bregma.demo.records import Plan


def add_session(root: Path, place: str, feedback: tuple[int, ...] = (1, -1, 1)) -> Path:
    write_object(root / place / "alf", "trials", {"feedbackType": np.array(feedback)})
    return root / place


def add_spikes(folder: Path) -> None:
    write_object(folder, "spikes", {"times": np.array([0.1, 0.2]), "clusters": np.array([0, 1])})


def trials_frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "subject": ["mouse"] * 4,
            "date": ["2024-01-02", "2024-01-02", "2024-01-01", "2024-01-01"],
            "eid": ["b", "c", "a", "a"],
            "choice": [1, -1, 1, 0],
            "feedbackType": [1, 1, -1, -1],
            "contrastLeft": [0.5, np.nan, np.nan, 1],
            "contrastRight": [np.nan, 0.5, 1, np.nan],
        }
    )


@pytest.mark.parametrize(
    ("place", "lab"), [("m1/2024-01-01/001", "demolab"), ("xlab/Subjects/m1/2024-01-01/001", "xlab")]
)
def test_session_folder_is_found_at_any_depth(tmp_path: Path, place: str, lab: str) -> None:
    add_session(tmp_path / "mine" / "deep", place)
    (session,) = read_extra(tmp_path / "mine", tmp_path / "staging").plan.sessions
    assert (session.lab, session.subject, session.date, session.number) == (lab, "m1", "2024-01-01", 1)
    assert (session.n_trials, session.n_correct_trials) == (3, 2)
    assert Path(session.folder).is_relative_to(tmp_path / "mine")


def test_session_folder_itself_may_be_named(tmp_path: Path) -> None:
    folder = add_session(tmp_path, "m1/2024-01-01/002")
    assert read_extra(folder, tmp_path / "staging").plan.sessions[0].number == 2


def test_file_without_alf_name_is_refused_by_its_name(tmp_path: Path) -> None:
    bad = add_session(tmp_path, "m1/2024-01-01/001") / "alf" / "my notes.txt"
    bad.write_text("hello")
    with pytest.raises(MalformedRecording, match=r"my notes\.txt"):
        read_extra(tmp_path, tmp_path / "staging")


@pytest.mark.parametrize("place", ["m1/2024-13-01/001", "m1/2024-01-01/one"])
def test_misnamed_session_folder_is_refused_by_its_name(tmp_path: Path, place: str) -> None:
    add_session(tmp_path, place)
    with pytest.raises(MalformedRecording, match=place):
        read_extra(tmp_path, tmp_path / "staging")


def test_spikes_outside_a_probe_are_filed_under_one(tmp_path: Path) -> None:
    folder = add_session(tmp_path / "mine", "m1/2024-01-01/001")
    add_spikes(folder / "alf")
    (session,) = read_extra(tmp_path / "mine", tmp_path / "staging").plan.sessions
    staged = Path(session.folder)
    assert session.insertions == ("probe00",)
    assert "probe00" in session.narrative
    assert len(load_object(staged / "alf" / "probe00", "spikes")["times"]) == 2
    assert len(load_object(staged / "alf", "trials")["feedbackType"]) == 3
    assert (folder / "alf" / "spikes.times.npy").is_file()


def test_spikes_of_a_probe_stay_where_they_are(tmp_path: Path) -> None:
    folder = add_session(tmp_path / "mine", "m1/2024-01-01/001")
    add_spikes(folder / "alf" / "probe01")
    (session,) = read_extra(tmp_path / "mine", tmp_path / "staging").plan.sessions
    assert (session.insertions, Path(session.folder)) == (("probe01",), folder)


def test_alf_folder_without_mouse_or_date_says_what_stands_in(tmp_path: Path) -> None:
    add_spikes(tmp_path / "one rig" / "alf" / "probe00")
    (session,) = read_extra(tmp_path / "one rig", tmp_path / "staging").plan.sessions
    assert (session.subject, session.date, session.insertions) == ("one_rig", "2000-01-01", ("probe00",))
    assert "stand in" in session.narrative


def test_trial_table_is_split_into_sessions(tmp_path: Path) -> None:
    table = tmp_path / "mine" / "my_training.pqt"
    table.parent.mkdir()
    trials_frame().to_parquet(table)
    plan = read_extra(table.parent, tmp_path / "staging").plan
    assert [session.key for session in plan.sessions] == [
        ("mouse", "2024-01-01", 1),
        ("mouse", "2024-01-02", 1),
        ("mouse", "2024-01-02", 2),
    ]
    assert [session.json["source_eid"] for session in plan.sessions] == ["a", "b", "c"]
    assert [session.n_correct_trials for session in plan.sessions] == [0, 1, 1]
    trials = load_object(Path(plan.sessions[0].folder) / "alf", "trials")
    np.testing.assert_array_equal(trials["choice"], [1, 0])


def test_trial_table_that_has_not_changed_is_not_written_again(tmp_path: Path) -> None:
    trials_frame().to_parquet(tmp_path / "t.pqt")
    first = read_extra(tmp_path / "t.pqt", tmp_path / "staging").plan
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "staging").rglob("*")}
    assert read_extra(tmp_path / "t.pqt", tmp_path / "staging").plan == first
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "staging").rglob("*")} == before


def test_columns_in_the_terms_of_the_task_become_alf(tmp_path: Path) -> None:
    pd.DataFrame(
        {
            "subject": "m",
            "session_num": 1,
            "contrast": [0.5, 0.25, 1.0],
            "position": [-35.0, 35.0, 35.0],
            "response_choice": [-1, 1, 0],
            "trial_correct": [1.0, 1.0, 0.0],
            "stim_probability_left": np.float32([0.5, 0.2, 0.8]),
        }
    ).to_parquet(tmp_path / "t.pqt")
    (session,) = read_extra(tmp_path / "t.pqt", tmp_path / "staging").plan.sessions
    trials = load_object(Path(session.folder) / "alf", "trials")
    np.testing.assert_array_equal(trials["choice"], [1, -1, 0])
    np.testing.assert_array_equal(trials["feedbackType"], [1, 1, -1])
    np.testing.assert_array_equal(trials["contrastLeft"], [0.5, np.nan, np.nan])
    np.testing.assert_array_equal(trials["contrastRight"], [np.nan, 0.25, 1])
    np.testing.assert_array_equal(trials["probabilityLeft"], [0.5, 0.2, 0.8])
    assert session.date.startswith("2000-")
    assert "not their dates" in session.narrative


def test_trial_table_that_does_not_tell_sessions_apart_is_refused(tmp_path: Path) -> None:
    trials_frame().drop(columns=["date", "eid"]).to_parquet(tmp_path / "t.pqt")
    with pytest.raises(MalformedRecording, match=r"t\.pqt has no column"):
        read_extra(tmp_path, tmp_path / "staging")


def test_broken_table_is_refused_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "broken.pqt").write_bytes(b"PAR1 but not really")
    with pytest.raises(MalformedRecording, match=r"broken\.pqt"):
        read_extra(tmp_path, tmp_path / "staging")


def test_weights_and_water_of_one_mouse_are_joined(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("subject,date_time,weight\n7,2024-01-01T09:00:00.123,20.5\n")
    (tmp_path / "b.csv").write_text(
        "subject,date_time,water_administered,water_type,adlib\n7,2024-01-01 18:00:00,,Water,True\n"
    )
    (subject,) = read_extra(tmp_path, tmp_path / "staging").plan.subjects
    assert subject.nickname == "7"
    assert [(each.date_time, each.weight) for each in subject.weighings] == [("2024-01-01T09:00:00", 20.5)]
    assert [(each.millilitres, each.adlib) for each in subject.water] == [(None, True)]


def test_weight_that_is_not_a_number_is_refused_by_its_file(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("subject,date_time,weight\nm,2024-01-01T09:00:00,heavy\n")
    with pytest.raises(MalformedRecording, match=r"a\.csv"):
        read_extra(tmp_path, tmp_path / "staging")


def test_files_that_add_nothing_are_listed(tmp_path: Path) -> None:
    add_session(tmp_path, "m1/2024-01-01/001")
    (tmp_path / "README.md").write_text("about")
    assert [path.name for path in read_extra(tmp_path, tmp_path / "staging").ignored] == ["README.md"]


@pytest.mark.parametrize("name", [".", "missing"])
def test_folder_with_nothing_to_add_is_refused_with_the_layouts(tmp_path: Path, name: str) -> None:
    with pytest.raises(MalformedRecording, match=r"ALF sessions|expected <subject>"):
        read_extra(tmp_path / name, tmp_path / "staging")


def extra_of(shared_data: Path, name: str, staging: Path) -> Plan:
    return read_extra(shared_data / name, staging).plan


def test_shared_recordings_can_be_added(shared_data: Path, tmp_path: Path) -> None:
    learning = extra_of(shared_data, "ibl_learning_KS014", tmp_path)
    assert len(learning.sessions) == 15
    assert sum(session.n_trials or 0 for session in learning.sessions) == 10_310
    sorted_spikes = extra_of(shared_data, "steinmetz2019_18sessions", tmp_path)
    assert sum(session.n_trials or 0 for session in sorted_spikes.sessions) == 884
    (mouse,) = extra_of(shared_data, "ibl_alyx_metadata", tmp_path).subjects
    assert (mouse.nickname, len(mouse.weighings), len(mouse.water)) == ("CSH_ZAD_011", 57, 75)
    (kilosort,) = extra_of(shared_data, "ibl_kilosort4_ZFM-02370", tmp_path).sessions
    assert len(load_object(Path(kilosort.folder) / "alf" / "probe00", "spikes")["times"]) == 290_360


def test_folder_given_twice_adds_its_sessions_once(tmp_path: Path) -> None:
    add_session(tmp_path / "mine", "m1/2024-01-01/001")
    plan = read_extra(tmp_path / "mine", tmp_path / "staging").plan
    assert plan + plan == plan
