"""One session: its trials and its wheel, as tables."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from bregma.sessions.errors import AmbiguousCollection, DataMissing, InconsistentData
from bregma.sessions.source import ID, DataSource, as_columns, find_objects

DEFAULT_COLLECTION = "alf"


@dataclass
class SessionLoader:
    """Load the data of one session.

    Parameters
    ----------
    one
        A ``bregma.one.ONE``, or anything with its ``list_datasets`` and ``load_object``.
    eid
        The session: an eid or any reference that `one` accepts.

    Attributes
    ----------
    left_out : dict
        Why a column of the last table loaded was left out: one whose length is not that of the others.

    Examples
    --------
    >>> trials = SessionLoader(one, "2020-08-21_1_SWC_054").load_trials()  # doctest: +SKIP
    """

    one: DataSource
    eid: ID
    left_out: dict[str, str] = field(default_factory=dict, init=False)
    _objects: dict[str, set[str]] | None = field(default=None, init=False, repr=False)

    @property
    def objects(self) -> dict[str, set[str]]:
        """Objects in each collection of the session; asked for once."""
        if self._objects is None:
            self._objects = find_objects(self.one, self.eid)
        return self._objects

    def load_trials(self, collection: str | None = None) -> pd.DataFrame:
        """Load the trials, one row each.

        Parameters
        ----------
        collection
            Where they are. By default the only collection that has trials, or ``alf`` when several have.

        Returns
        -------
        DataFrame
            A column per ALF attribute (``choice``, ``contrastLeft``, ``stimOn_times``, …); intervals give
            ``intervals_0`` and ``intervals_1``. Times in seconds of the session's clock.

        Raises
        ------
        DataMissing, AmbiguousCollection
            If no collection, or several, have trials.
        """
        return self._load_table("trials", collection)

    def load_wheel(
        self, *, frequency: float = 1000.0, corner: float = 20.0, collection: str | None = None
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

        table = self._load_columns("wheel", collection)
        sizes = {name: len(table[name]) for name in ("timestamps", "position") if name in table}
        if len(sizes) < 2 or len(set(sizes.values())) > 1:
            raise InconsistentData(f"wheel of session {self.eid} needs timestamps and position of one length: {sizes}")
        wheel = resample_wheel(table["timestamps"], table["position"], frequency=frequency, corner=corner)
        return pd.DataFrame(vars(wheel))

    def _load_table(self, name: str, collection: str | None) -> pd.DataFrame:
        columns = self._load_columns(name, collection)
        n_rows = _common_length(columns)
        self.left_out = {
            column: f"{len(values)} rows where the others have {n_rows}"
            for column, values in columns.items()
            if len(values) != n_rows
        }
        return pd.DataFrame({key: values for key, values in columns.items() if key not in self.left_out})

    def _load_columns(self, name: str, collection: str | None) -> dict[str, Any]:
        chosen = self._find_collection(name) if collection is None else collection
        if name not in self.objects.get(chosen, ()):
            raise DataMissing(f"no {name} in collection {chosen!r} of session {self.eid}; {self._describe()}")
        return as_columns(self.one.load_object(self.eid, name, collection=chosen))

    def _find_collection(self, name: str) -> str:
        having = [collection for collection, objects in self.objects.items() if name in objects]
        if not having:
            raise DataMissing(f"no {name} in session {self.eid}; {self._describe()}")
        if len(having) > 1 and DEFAULT_COLLECTION not in having:
            listed = ", ".join(sorted(having))
            raise AmbiguousCollection(f"session {self.eid} has {name} in {listed}; name one as collection=")
        return having[0] if len(having) == 1 else DEFAULT_COLLECTION

    def _describe(self) -> str:
        listed = [f"{folder or '.'}: {', '.join(sorted(names))}" for folder, names in sorted(self.objects.items())]
        return f"it has {'; '.join(listed)}" if listed else "it has no datasets"


def _common_length(columns: dict[str, Any]) -> int:
    """Return the length that most columns have; the longest of those equally frequent."""
    lengths, counts = np.unique([len(values) for values in columns.values()], return_counts=True)
    return int(lengths[counts == counts.max()].max()) if lengths.size else 0
