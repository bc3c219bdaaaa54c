"""What was measured in the videos of a session, as its loader gives it."""

import numpy as np
import pandas as pd
import pytest
from tests.alf_lab import AlfLab
from tests.sessions.session_lab import FRAMES, alf, loader, make_lab, write_camera

from bregma.sessions import DataMissing, UnusableData


@pytest.fixture
def lab(tmp_path) -> AlfLab:
    return make_lab(tmp_path)


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


def test_paw_states_take_their_times_from_elsewhere(lab) -> None:
    folder = alf(lab) / "lightningaction"
    folder.mkdir()
    pd.DataFrame({"still": np.ones(FRAMES)}).to_parquet(folder / "leftCamera.pawstates.pqt")
    states = loader(lab).paw_states
    assert states["leftCamera"].columns.tolist() == ["times", "still"]
