"""A lab of one session, as files of this machine, for the tests of loaders."""

from pathlib import Path

import numpy as np
import pandas as pd
from tests.alf_lab import AlfLab

from bregma.alf import write_object, write_table
from bregma.sessions import SessionLoader

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


def make_lab(root: Path) -> AlfLab:
    """Make one session with everything but the right camera and paw states."""
    lab = AlfLab(root)
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
