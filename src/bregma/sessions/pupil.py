"""The diameter of the pupil: from file, or computed from the points that were tracked around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from bregma.brainbox.behavior.pose.points import mask_unlikely_points
from bregma.brainbox.behavior.pose.pupil import compute_pupil_diameter, compute_pupil_snr, smooth_pupil_diameter
from bregma.sessions.cameras import FrameData, load_camera
from bregma.sessions.errors import DataMissing, UnusableData
from bregma.sessions.tables import columns_of

if TYPE_CHECKING:
    from bregma.sessions.source import SessionFiles

CAMERA = "leftCamera"
LIKELIHOOD = 0.9
RAW, SMOOTH = "pupilDiameter_raw", "pupilDiameter_smooth"


def load_pupil(files: SessionFiles, revision: str | None) -> pd.DataFrame:
    """Load the diameter from file, else compute it from the pose, with its times either way.

    Raises
    ------
    DataMissing
        If the left camera has neither.
    """
    try:
        features = _load(files, "features", revision)
    except DataMissing:
        return _compute(_load(files, "dlc", revision))
    if {RAW, SMOOTH} <= set(features.columns):
        return features[["times", RAW, SMOOTH]]
    return _compute(_load(files, "dlc", revision))


def check_quality(pupil: pd.DataFrame, min_snr: float) -> None:
    """Check that the smoothed diameter varies more than what was smoothed away.

    Raises
    ------
    UnusableData
        If the ratio of their variances is below `min_snr`; a diameter that was never smoothed is not judged.
    """
    snr = compute_pupil_snr(pupil[RAW], pupil[SMOOTH])
    if snr < min_snr:
        raise UnusableData(f"the pupil's signal-to-noise ratio is {snr:.2f}, below {min_snr}; min_snr=0 takes it")


def _load(files: SessionFiles, attribute: str, revision: str | None) -> pd.DataFrame:
    # One name for both: what `provenance` lists of the pupil is what it was made of.
    return load_camera(files, FrameData("pupil", attribute, revision=revision), CAMERA)


def _compute(pose: pd.DataFrame) -> pd.DataFrame:
    raw = compute_pupil_diameter(mask_unlikely_points(columns_of(pose), LIKELIHOOD))
    return pd.DataFrame({"times": pose["times"], RAW: raw, SMOOTH: smooth_pupil_diameter(raw)})
