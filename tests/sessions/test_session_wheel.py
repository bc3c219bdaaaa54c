"""The wheel of a session and the reaction times that are taken from it."""

import numpy as np
import pandas as pd
import pytest
from tests.alf_lab import AlfLab
from tests.sessions.session_lab import N, alf, loader, make_lab

from bregma.alf import write_object, write_table
from bregma.sessions import DataMissing, InconsistentData, SessionLoader


@pytest.fixture
def lab(tmp_path) -> AlfLab:
    return make_lab(tmp_path)


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
