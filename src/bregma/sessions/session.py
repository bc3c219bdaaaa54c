"""One session as an object: trials, wheel, poses, motion energy, pupil, licks and paw states, loaded when touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bregma.sessions.errors import DataMissing, InconsistentData
from bregma.sessions.tables import as_columns, assemble, columns_of
from bregma.sessions.videos import VideoData

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bregma.brainbox.behavior.wheel.movements import WheelMovements


class SessionLoader(VideoData):
    """The data of one session, each kind loaded when it is first touched, and kept.

    ``trials``, ``wheel``, ``pose``, ``motion_energy``, ``pupil``, ``licks`` and ``paw_states`` load what they need
    with the options of the method of the same name (``load_wheel(frequency=500)`` replaces what was kept). Nothing
    of `one` is changed. All times are seconds of the session's clock, in 64 bits.

    Parameters
    ----------
    one
        A ``bregma.one.ONE``, or anything with its ``list_datasets`` and ``load_object``.
    eid
        The session: an id, or any name that `one` accepts, such as ``2020-08-21_1_SWC_054`` or a path.
    session_path
        The session's path, instead of `eid`; it wins over `eid`.
    revision
        Of each file the last revision up to this one; by default the default ones.

    Attributes
    ----------
    left_out : dict
        Why a column of the trials was left out: one whose length is not that of the others.

    Raises
    ------
    DataMissing
        If no session is given; from attributes, if the session has no such data.

    Examples
    --------
    >>> session = SessionLoader(one, "2020-08-21_1_SWC_054")  # doctest: +SKIP
    >>> session.trials["choice"]  # doctest: +SKIP
    >>> session.load_session_data(pose=False)  # doctest: +SKIP
    """

    @property
    def trials(self) -> pd.DataFrame:
        """Trials, one row each: see `load_trials`."""
        return self._get("trials", self.load_trials)

    @property
    def wheel(self) -> pd.DataFrame:
        """The wheel on a grid of 1 kHz: see `load_wheel`."""
        return self._get("wheel", self.load_wheel)

    @property
    def licks(self) -> pd.DataFrame:
        """Times of licks: see `load_licks`."""
        return self._get("licks", self.load_licks)

    def load_trials(
        self, collection: str | None = None, *, revision: str | None = None, tidy: bool = False
    ) -> pd.DataFrame:
        """Load the trials, one row each.

        Parameters
        ----------
        collection
            Where they are. By default the only collection that has trials, or ``alf`` when several have.
        revision
            Instead of the session's.
        tidy
            Whether words are wanted in place of codes: see `bregma.brainbox.tidy_trials`. ``trials`` keeps the codes.

        Returns
        -------
        DataFrame
            A column per ALF attribute (``choice``, ``contrastLeft``, ``stimOn_times``, …); intervals give
            ``intervals_0`` and ``intervals_1``. Columns of another length than most (of another revision) are left
            out, and named in ``left_out`` and ``data_info``.

        Raises
        ------
        DataMissing, AmbiguousCollection
            If no collection, or several, have trials.
        """
        made = assemble(self._load("trials", "trials", collection=collection, revision=revision))
        self.left_out = made.left_out
        self._report.enter("trials", {}, made.left_out)
        table = self._keep("trials", made.table)
        return _tidy(table) if tidy else table

    def load_wheel(
        self,
        *,
        frequency: float = 1000.0,
        corner: float = 20.0,
        collection: str | None = None,
        revision: str | None = None,
    ) -> pd.DataFrame:
        """Load the wheel on a regular grid.

        Parameters
        ----------
        frequency
            Of the grid, Hz.
        corner
            Corner frequency of the low-pass filter of velocity and acceleration, Hz.
        collection
            Where the wheel is. By default the only collection that has one, or ``alf`` when several have.
        revision
            Instead of the session's.

        Returns
        -------
        DataFrame
            Columns times (s), position (rad), velocity (rad/s), acceleration (rad/s²).

        Raises
        ------
        DataMissing, AmbiguousCollection
            If no collection, or several, have a wheel.
        InconsistentData
            If position or time stamps are missing, or differ in length.
        """
        from bregma.brainbox.behavior.wheel import resample_wheel

        times, position = self._read_wheel("wheel", collection=collection, revision=revision)
        wheel = resample_wheel(times, position, frequency=frequency, corner=corner)
        columns = ("times", "position", "velocity", "acceleration")
        return self._keep("wheel", pd.DataFrame({name: getattr(wheel, name) for name in columns}))

    def load_licks(self, *, collection: str | None = None, revision: str | None = None) -> pd.DataFrame:
        """Load the times of licks.

        Returns
        -------
        DataFrame
            ``times`` (s).

        Raises
        ------
        DataMissing
            If there are none on file.
        """
        licks = self._load("licks", "licks", ["times"], collection=collection, revision=revision)
        return self._keep("licks", pd.DataFrame({"times": np.asarray(licks["times"], dtype=np.float64)}))

    def load_wheel_reaction_times(self) -> NDArray[np.float64]:
        """Return the time from the go cue to the first large movement of the wheel, in seconds, one per trial.

        From ``trials.firstMovement_times`` where that is on file, else from ``wheelMoves``, else from movements that
        are found in the wheel. NaN where there was no movement, or no go cue or feedback; negative for a movement
        that began before the cue.

        Raises
        ------
        DataMissing
            If there are no trials, or neither movements nor a wheel, or trials lack go cues or feedback.
        """
        from bregma.brainbox.behavior.durations import wheel_reaction_times
        from bregma.brainbox.behavior.wheel.events import find_first_movements

        trials = columns_of(self.trials)
        if "firstMovement_times" in trials:
            return wheel_reaction_times(trials)
        if lacking := [name for name in ("goCue_times", "feedback_times") if name not in trials]:
            raise DataMissing(f"trials of session {self.eid} have no {' and no '.join(lacking)}")
        first = find_first_movements(self._find_movements(), trials["goCue_times"], trials["feedback_times"])
        return wheel_reaction_times({**trials, "firstMovement_times": first.times})

    def _find_movements(self) -> WheelMovements:
        from bregma.brainbox.behavior.wheel.movements import WheelMovements, find_wheel_movements

        if any("wheelMoves" in names for names in self.objects.values()):
            moves = self._load("wheel_moves", "wheelMoves")
            if {"intervals", "peakAmplitude"} <= set(moves):
                return WheelMovements.from_alf(moves["intervals"], moves["peakAmplitude"])
        return find_wheel_movements(*self._read_wheel("wheel_moves"))

    def _read_wheel(self, purpose: str, **where: str | None) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Read times and positions of the wheel as recorded; raises InconsistentData if they do not fit."""
        table = as_columns(self._load(purpose, "wheel", **where))
        sizes = {name: len(table[name]) for name in ("timestamps", "position") if name in table}
        if len(sizes) < 2 or len(set(sizes.values())) > 1:
            told = f"wheel of session {self.eid} needs timestamps and position of one length: {sizes}"
            raise InconsistentData(f"{told}; {self.files.say_faults(purpose)}".rstrip("; "))
        return table["timestamps"], table["position"]


def _tidy(table: pd.DataFrame) -> pd.DataFrame:
    from bregma.brainbox.behavior.tidy import tidy_trials

    return tidy_trials(columns_of(table))
