"""What was measured in the videos of a session: poses, motion energy, paw states and the pupil."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from bregma.brainbox.behavior.pose.points import mask_unlikely_points
from bregma.sessions.cameras import VIEWS, FrameData, check_any, load_cameras, read_tracker
from bregma.sessions.kept import KeptData
from bregma.sessions.pupil import check_quality, load_pupil
from bregma.sessions.tables import columns_of

if TYPE_CHECKING:
    from collections.abc import Sequence

LIKELIHOOD = 0.9


class VideoData(KeptData):
    """Loads what was measured in videos, one table per camera."""

    @property
    def pose(self) -> dict[str, pd.DataFrame]:
        """Tracked points, a table per camera: see `load_pose`."""
        return self._get("pose", self.load_pose)

    @property
    def motion_energy(self) -> dict[str, pd.DataFrame]:
        """Motion energy, a table per camera: see `load_motion_energy`."""
        return self._get("motion_energy", self.load_motion_energy)

    @property
    def pupil(self) -> pd.DataFrame:
        """Diameter of the pupil: see `load_pupil`."""
        return self._get("pupil", self.load_pupil)

    @property
    def paw_states(self) -> dict[str, pd.DataFrame]:
        """States of the paws, a table per camera: see `load_paw_states`."""
        return self._get("paw_states", self.load_paw_states)

    def load_pose(
        self,
        *,
        likelihood_threshold: float | None = LIKELIHOOD,
        views: Sequence[str] = VIEWS,
        tracker: str = "dlc",
        revision: str | None = None,
    ) -> dict[str, pd.DataFrame]:
        """Load the points that were tracked in the videos.

        Parameters
        ----------
        likelihood_threshold
            Coordinates less likely than this are NaN. None or 0 leave all as they are (1 keeps only what is certain).
        views
            Cameras: ``left``, ``right``, ``body`` or others. One that lacks data does not lose the others.
        tracker
            ``dlc``, or ``lightningPose``.
        revision
            Instead of the session's.

        Returns
        -------
        dict of DataFrame
            By camera (``leftCamera``): ``times`` and, per point, ``nose_x``, ``nose_y`` (pixels) and
            ``nose_likelihood``. If times are longer than the data, the last ones count: first frames were timed, but
            not written.

        Raises
        ------
        DataMissing
            If none of the cameras can be loaded; the others are in ``data_info``.
        ValueError
            If the threshold is not between 0 and 1, or there is no such tracker.
        """
        wanted = FrameData("pose", read_tracker(tracker), revision=revision)
        tables = self._load_cameras(wanted, views)
        threshold = likelihood_threshold or 0.0
        return self._keep("pose", {name: _mask(table, threshold) for name, table in tables.items()})

    def load_motion_energy(
        self, *, views: Sequence[str] = VIEWS, revision: str | None = None
    ) -> dict[str, pd.DataFrame]:
        """Load the motion energy: how much the image changes around the whiskers, or of the body.

        Parameters
        ----------
        views, revision
            As of `load_pose`.

        Returns
        -------
        dict of DataFrame
            By camera: ``times`` (s) and ``whiskerMotionEnergy``, or ``bodyMotionEnergy`` of the body camera.

        Raises
        ------
        DataMissing
            If none of the cameras can be loaded.
        """
        wanted = FrameData("motion_energy", "ROIMotionEnergy", revision=revision)
        return self._keep("motion_energy", self._load_cameras(wanted, views))

    def load_paw_states(
        self, *, views: Sequence[str] = VIEWS[:2], revision: str | None = None
    ) -> dict[str, pd.DataFrame]:
        """Load what the paws did, as a model judged it.

        Parameters
        ----------
        views, revision
            As of `load_pose`; the body camera does not see the paws.

        Returns
        -------
        dict of DataFrame
            By camera: ``times`` (s) and the probability of each state.

        Raises
        ------
        DataMissing
            If none of the cameras can be loaded.
        """
        wanted = FrameData("paw_states", "pawstates", revision=revision)
        return self._keep("paw_states", self._load_cameras(wanted, views))

    def load_pupil(self, *, min_snr: float | None = 5.0, revision: str | None = None) -> pd.DataFrame:
        """Load the diameter of the pupil, from the left camera; computed from the pose where it is not on file.

        Parameters
        ----------
        min_snr
            The variance of the smoothed diameter, over that of its difference from the raw one, must reach this.
            None or 0 take any.
        revision
            Instead of the session's.

        Returns
        -------
        DataFrame
            ``times`` (s), ``pupilDiameter_raw`` and ``pupilDiameter_smooth`` (pixels).

        Raises
        ------
        DataMissing
            If there is neither the pupil nor the pose of the left camera.
        UnusableData
            If the diameter is too noisy.
        """
        self._begin("pupil")
        table = load_pupil(self.files, revision)
        check_quality(table, min_snr or 0.0)
        return self._keep("pupil", table)

    def _load_cameras(self, wanted: FrameData, views: Sequence[str]) -> dict[str, pd.DataFrame]:
        self._begin(wanted.name)
        tables, reasons = load_cameras(self.files, wanted, views)
        self._report.enter(wanted.name, {}, reasons)
        check_any(tables, reasons, wanted.name)
        return tables


def _mask(table: pd.DataFrame, threshold: float) -> pd.DataFrame:
    return pd.DataFrame(mask_unlikely_points(columns_of(table), threshold))
