"""What was measured in the videos of a session, one table per camera with a time for each frame."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from bregma.sessions.errors import DataMissing, InconsistentData, say_briefly
from bregma.sessions.source import FAULTS
from bregma.sessions.tables import match_times

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bregma.sessions.source import SessionFiles

VIEWS = ("left", "right", "body")
TRACKERS = {"dlc": "dlc", "lightningPose": "lightningPose", "lp": "lightningPose", "litpose": "lightningPose"}
"""What a tracker of poses may be called, and the attribute that holds its results."""


@dataclass(frozen=True)
class FrameData:
    """Which data of the frames of a camera are wanted.

    Attributes
    ----------
    name
        What they are called in the loader, such as ``pose``.
    attribute
        The attribute that holds them, such as ``dlc``.
    collection, revision
        Where to look, if not where such data are.
    column
        What to call the values, where they are a plain array.
    """

    name: str
    attribute: str
    collection: str | None = None
    revision: str | None = None
    column: str = ""


def camera_of(view: str) -> str:
    """Return the name of a camera's ALF object: ``leftCamera`` of ``left`` or of itself."""
    return view if view.endswith("Camera") else f"{view}Camera"


def load_cameras(
    files: SessionFiles, wanted: FrameData, views: Sequence[str]
) -> tuple[dict[str, pd.DataFrame], dict[str, str]]:
    """Load data of several cameras; one that cannot be loaded does not lose the others.

    Returns
    -------
    dict, dict
        A table per camera, with ``times`` (s) first; and why there is none, for the others.
    """
    tables: dict[str, pd.DataFrame] = {}
    reasons: dict[str, str] = {}
    for camera in map(camera_of, views):
        try:
            tables[camera] = load_camera(files, replace(wanted, column=_column(wanted, camera)), camera)
        except FAULTS as error:
            reasons[camera] = say_briefly(error)
    return tables, reasons


def check_any(tables: dict[str, pd.DataFrame], reasons: dict[str, str], name: str) -> None:
    """Raise DataMissing if there is no camera at all."""
    if not tables:
        raise DataMissing(f"no {name} of any camera: {'; '.join(reasons.values()) or 'no camera was asked for'}")


def load_camera(files: SessionFiles, wanted: FrameData, camera: str) -> pd.DataFrame:
    """Load data of one camera.

    Raises
    ------
    DataMissing
        If it has no such data, or no times.
    InconsistentData
        If it has fewer times than frames of data.
    """
    purpose = f"{wanted.name}.{camera}"
    found = files.find(camera, [wanted.attribute], collection=wanted.collection, revision=wanted.revision)
    times = files.find(camera, ["times"], revision=wanted.revision)
    content = files.load(purpose, found)[wanted.attribute]
    table = _as_table(content, wanted, camera)
    seconds = match_times(camera, files.load(purpose, times)["times"], len(table))
    table.insert(0, "times", seconds)
    return table


def _as_table(content: Any, wanted: FrameData, camera: str) -> pd.DataFrame:
    if isinstance(content, pd.DataFrame):
        return content.drop(columns="times", errors="ignore").reset_index(drop=True)
    if getattr(content, "ndim", 1) != 1:
        raise InconsistentData(
            f"{wanted.attribute} of {camera} has shape {content.shape}; one value per frame is meant"
        )
    return pd.DataFrame({wanted.column: content})


def _column(wanted: FrameData, camera: str) -> str:
    """Name the values of a plain array: motion energy by the part of the body that the camera sees."""
    if wanted.name != "motion_energy":
        return wanted.attribute
    return "bodyMotionEnergy" if camera == "bodyCamera" else "whiskerMotionEnergy"


def read_tracker(name: str) -> str:
    """Return the attribute that holds what a tracker found.

    Raises
    ------
    ValueError
        If there is no such tracker.
    """
    if name not in TRACKERS:
        raise ValueError(f"no tracker {name!r}; choose from {', '.join(TRACKERS)}")
    return TRACKERS[name]
