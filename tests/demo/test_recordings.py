"""The real recordings become ALF sessions that say what is known of them."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bregma.alf import load_object
from bregma.atlas import Regions
from bregma.demo.recordings import convert
from bregma.demo.records import Plan, SessionRecord

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def plan(archives: Mapping[str, Path], folder: Path) -> Plan:
    return convert(archives, folder)


def session_of(plan: Plan, subject: str) -> SessionRecord:
    return next(session for session in plan.sessions if session.subject == subject)


def alf(session: SessionRecord) -> Path:
    return Path(session.folder) / "alf"


def test_training_sessions_have_their_dates_and_trials(plan: Plan) -> None:
    sessions = [session for session in plan.sessions if session.subject == "SWC_054" and session.n_trials]
    assert len(sessions) == 11
    assert (sessions[0].date, sessions[-1].date) == ("2020-08-21", "2020-09-04")
    assert sum(session.n_trials or 0 for session in sessions) == 7_844
    assert [session.task_protocol for session in sessions] == ["training"] * 5 + ["biased"] * 6


def test_correct_trials_are_those_of_the_stored_feedback(plan: Plan) -> None:
    session = session_of(plan, "SWC_054")
    trials = load_object(alf(session), "trials")
    assert session.n_correct_trials == np.sum(trials["feedbackType"] == 1)


def test_training_trials_are_those_of_the_shared_table(plan: Plan, shared_data: Path) -> None:
    wanted = pd.read_parquet(shared_data / "ibl_training_11sessions" / "trials.pqt")
    for session in plan.sessions:
        if session.subject == "SWC_054" and session.n_trials:
            found = pd.read_parquet(alf(session) / "_ibl_trials.table.pqt")
            rows = wanted[wanted["date"] == session.date].reset_index(drop=True)
            pd.testing.assert_frame_equal(found, rows[found.columns])


def test_raw_session_keeps_the_rigs_files_and_has_trials_and_wheel(plan: Plan) -> None:
    session = session_of(plan, "ZM_335")
    assert session.start_time == "2018-12-13T14:24:23"
    assert (session.n_trials, session.n_correct_trials) == (271, 109)
    positions = Path(session.folder) / "raw_behavior_data" / "_iblrig_encoderPositions.raw.ssv"
    assert len(positions.read_bytes().splitlines()) == 220_771
    wheel = load_object(alf(session), "wheel")
    assert np.all(np.diff(wheel["timestamps"]) > 0)
    assert len(wheel["position"]) > 150_000
    moves = load_object(alf(session), "wheelMoves")
    assert len(moves["intervals"]) == len(moves["peakAmplitude"]) == len(moves["peakVelocity_times"]) > 500
    assert np.all(moves["intervals"][:, 0] <= moves["peakVelocity_times"])


def test_files_of_another_recording_are_told_apart(plan: Plan) -> None:
    session = session_of(plan, "ZM_335")
    assert "2020-08-19" in session.narrative
    assert not list(Path(session.folder).rglob("*taskSettings*"))


def test_wheel_traces_are_in_radians(plan: Plan) -> None:
    rigbox = load_object(alf(session_of(plan, "demo_wheel_rigbox")), "wheel")
    steps = np.abs(np.diff(rigbox["position"]))
    assert rigbox["position"].shape == (202_043,)
    assert np.median(steps[steps > 1e-9]) < 2 * np.pi / 4096 + 1e-9
    fpga = load_object(alf(session_of(plan, "demo_wheel_fpga")), "wheel")
    assert np.ptp(fpga["position"]) < 36 / 3.1 * 2


def test_spikes_have_no_invented_depths(plan: Plan) -> None:
    session = session_of(plan, "demo_spikes")
    spikes = load_object(alf(session) / "probe00", "spikes")
    assert sorted(spikes) == ["clusters", "times"]
    assert len(spikes["times"]) == 124_905
    assert len(np.unique(spikes["clusters"])) == 289
    assert session.insertions == ("probe00",)


def test_every_session_credits_its_source(plan: Plan) -> None:
    for session in plan.sessions:
        package = "iblviewer 2.4.7, " if session.picks else "ibllib 4.1.0, "
        assert session.json["source"].startswith(package)
        assert session.json["licence"] == "MIT"
        assert session.json["source"] in session.narrative


def test_placeholder_dates_say_so(plan: Plan) -> None:
    for session in plan.sessions:
        assert (session.date == "2000-01-01") == ("gives no date" in session.narrative)


def test_only_the_trained_mouse_has_weights_and_says_they_are_simulated(plan: Plan) -> None:
    weighed = [subject for subject in plan.subjects if subject.weighings]
    assert [subject.nickname for subject in weighed] == ["SWC_054"]
    assert "weighings" in weighed[0].json["simulated"]
    assert "simulated" in weighed[0].description


def test_second_conversion_writes_nothing(plan: Plan, archives: Mapping[str, Path], folder: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    assert convert(archives, folder) == plan
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def test_positions_of_units_are_counted_by_kind(plan: Plan, folder: Path) -> None:
    with np.load(folder / "units.npz") as units:
        assert units["xyz"].shape == (112_005, 3)
        assert len(units["pids"]) == len(set(units["labels"])) == 297
        assert units["is_unit"][units["insertion"]].sum() == 24_863
        assert "iblviewer 2.4.7 (MIT" in str(units["credit"])


def test_positions_of_units_lie_in_the_brain(plan: Plan, folder: Path, shared_data: Path) -> None:
    nrrd = pytest.importorskip("nrrd")
    brain, _ = nrrd.read(str(shared_data / "allen_ccf" / "annotation_50.nrrd"))
    with np.load(folder / "units.npz") as units:
        right, front, up = units["xyz"].T * 1e6
    # The volume's axes run back, down and right from its front, top, left corner; bregma's place in µm is known.
    places = np.stack([5400 - front, 332 - up, 5739 + right]) // 50
    inside = np.all((places >= 0) & (places < np.array(brain.shape)[:, None]), axis=0)
    labels = brain[tuple(places[:, inside].astype(int))]
    assert np.count_nonzero(labels) / right.size > 0.98


def test_probes_with_a_public_place_have_channels_with_regions_and_no_spikes(plan: Plan) -> None:
    sessions = [session for session in plan.sessions if session.picks]
    assert sum(len(session.picks) for session in sessions) == 10
    assert {session.subject for session in sessions} == {"SWC_054", "NYU-12", "CSHL055", "CSH_ZAD_011"}
    session = next(session for session in sessions if session.date == "2020-10-10")
    channels = load_object(alf(session) / "probe01", "channels")
    acronyms = Regions.allen().acronyms_of(np.unique(channels["brainLocationIds_ccf_2017"]))
    assert {"ZI", "CP"} <= set(acronyms)
    assert len(channels["mlapdv"]) == 374
    assert not list(Path(session.folder).rglob("spikes.*"))
    assert "no spikes" in session.narrative
