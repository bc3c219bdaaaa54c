"""Data of one session that are loaded when they are first touched, and kept, with a report of what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

from bregma.brainbox.arrays import BrainboxError
from bregma.sessions.cameras import VIEWS, camera_of
from bregma.sessions.errors import DataMissing, say_briefly
from bregma.sessions.reporting import Report
from bregma.sessions.source import FAULTS, SessionFiles

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from bregma.one.records import Session
    from bregma.sessions.protocols import ID, DataSource

T = TypeVar("T")

WHERE: dict[str, dict[str, tuple[str, str | None]]] = {
    "trials": {"": ("trials", None)},
    "wheel": {"": ("wheel", "position")},
    "pose": {camera_of(view): (camera_of(view), "dlc") for view in VIEWS},
    "motion_energy": {camera_of(view): (camera_of(view), "ROIMotionEnergy") for view in VIEWS},
    "pupil": {"": ("leftCamera", "features")},
    "licks": {"": ("licks", "times")},
    "paw_states": {camera_of(view): (camera_of(view), "pawstates") for view in VIEWS[:2]},
}
"""Each kind of data, its parts, and the object and attribute that hold them."""
IMAGING = "alf/FOV_"
"""How the collections of fields of view of a mesoscope begin."""


class KeptData:
    """What loaders of a session share: its files, what was loaded, and the report of it."""

    def __init__(
        self,
        one: DataSource,
        eid: ID | None = None,
        *,
        session_path: ID | None = None,
        revision: str | None = None,
    ) -> None:
        if eid is None and session_path is None:
            raise DataMissing("name a session: its eid, reference or path")
        self.one = one
        self.eid: ID = eid if session_path is None else session_path
        self.left_out: dict[str, str] = {}
        self.files = SessionFiles(one, self.eid, revision)
        self._kept: dict[str, Any] = {}
        self._report = Report()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.eid}, loaded: {', '.join(self._kept) or 'nothing'})"

    @property
    def objects(self) -> dict[str, set[str]]:
        """Objects in each collection of the session; asked for once."""
        return self.files.objects

    @property
    def session(self) -> Session | None:
        """The record of the session (subject, date, lab …), where the source tells it."""
        return self.files.session

    @property
    def provenance(self) -> pd.DataFrame:
        """The datasets behind what was loaded: a row each, with attribute, id, path, revision, md5 and size.

        The same loads are in the recordings of ``one`` (``one.record_loaded``) and in locks.
        """
        return self.files.provenance

    @property
    def data_info(self) -> pd.DataFrame:
        """What the session has and what was loaded: see `load_session_data`."""
        return self._report.to_frame({**self._there(), **self._others()}, self.files)

    def load_session_data(self, *, reload: bool = False, **wanted: bool) -> pd.DataFrame:
        """Load all there is, or all but what is set to False, and tell what came of it.

        Parameters
        ----------
        reload
            Whether what was loaded before is loaded again.
        **wanted
            Kinds of data to leave out: ``pose=False``.

        Returns
        -------
        DataFrame
            A row per kind of data and part of it (camera, probe, or column of the trials): ``name``, ``part``,
            ``is_there`` (the session has such a file), ``is_loaded``, ``n_rows`` and ``reason``, why it is not loaded
            or not whole. What is missing or damaged does not keep the rest from being loaded. Fields of view of a
            mesoscope are named with the way to load them.

        Raises
        ------
        TypeError
            If there is no such kind of data.
        """
        loads = self._loads()
        if unknown := sorted(set(wanted) - set(loads)):
            raise TypeError(f"no data are called {unknown[0]!r}; there are {', '.join(loads)}")
        for name, load in loads.items():
            if wanted.get(name, True) and (reload or name not in self._kept):
                self._try(name, load)
        return self.data_info

    def _loads(self) -> dict[str, Callable[[], Any]]:
        """Return how each kind of data is loaded, by its name."""
        return {name: getattr(self, f"load_{name}") for name in WHERE}

    def _there(self) -> dict[str, set[str]]:
        """Return the parts of each kind of data of which the session has files."""
        attributes: dict[str, set[str]] = {}
        for one in self.files.datasets:
            if one.parts is not None:
                attributes.setdefault(one.parts.object, set()).add(one.parts.attribute)
        return {
            kind: {
                part
                for part, (name, attribute) in parts.items()
                if name in attributes and (attribute is None or attribute in attributes[name])
            }
            for kind, parts in WHERE.items()
        }

    def _others(self) -> dict[str, set[str]]:
        """Return what no attribute of the loader is of, and tell how to load it: fields of view of a mesoscope."""
        views = {place: names for place, names in self.objects.items() if place.startswith(IMAGING)}
        for place, names in views.items():
            told = ", ".join(sorted(names))
            self._report.enter("imaging", {}, {place: f"has {told}; one.load_object(eid, name, collection={place!r})"})
        return {"imaging": set(views)} if views else {}

    def _get(self, name: str, load: Callable[[], T]) -> T:
        return cast("T", self._kept[name]) if name in self._kept else load()

    def _keep(self, name: str, content: T) -> T:
        parts: dict[str, Any] = content if isinstance(content, dict) else {"": content}
        self._report.enter(name, {part: len(table) for part, table in parts.items()}, {})
        self._kept[name] = content
        return content

    def _begin(self, name: str) -> None:
        """Forget what was loaded of one kind of data, so that nothing is told of it that is not kept."""
        self._kept.pop(name, None)
        self.files.forget(name)
        self._report.start(name)

    def _try(self, name: str, load: Callable[[], Any]) -> None:
        """Load, or note why not."""
        try:
            load()
        except (*FAULTS, BrainboxError) as error:
            whole = not any(kind == name and part for kind, part in self._report.reasons)
            self._report.enter(name, {}, {"": say_briefly(error)} if whole else {})

    def _load(
        self, purpose: str, name: str, attributes: Sequence[str] | None = None, **where: str | None
    ) -> dict[str, Any]:
        self._begin(purpose)
        return self.files.load(purpose, self.files.find(name, attributes, **where))
