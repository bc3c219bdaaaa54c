"""Insertions of a session through ONE, as layers: tracks, units in the colours of their regions, channels."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Self, TypeAlias
from uuid import UUID

import numpy as np
import numpy.typing as npt

from bregma.atlas import Atlas, Insertion, OutsideBrain, Trajectory
from bregma.sessions import DataMissing, SpikeSortingLoader
from bregma.viewer.errors import NoHistology, ViewerError

if TYPE_CHECKING:
    from bregma.viewer.scene.placing import Placing
    from bregma.viewer.scene.scene import Scene

Floats: TypeAlias = npt.NDArray[np.float64]
Channels: TypeAlias = Literal["image", "points", "none"]

_RIBBON = 250e-6
_WAY_OUT = "upload its track to Alyx, or draw another trajectory of it: provenance='Micro-manipulator' or 'Planned'"


@dataclass(frozen=True, eq=False)
class Recorded:
    """One insertion of a session.

    Parameters
    ----------
    loader : SpikeSortingLoader
        Loads its units and channels.
    label : str
        What its layers are called.
    """

    loader: SpikeSortingLoader
    label: str

    @classmethod
    def find_all(cls, one: Any, name: Any, atlas: Atlas) -> Iterator[Self]:
        """Yield the insertion of a pid, or all insertions of a session.

        Raises
        ------
        ViewerError
            If the session has none.
        """
        pid = _as_pid(one, name)
        if pid is not None:
            eid, probe = one.pid2eid(pid)
            yield cls(SpikeSortingLoader(one, pid=pid, atlas=atlas), _label(one, eid, probe))
            return
        eid = one.to_eid(name) if hasattr(one, "to_eid") else name
        found = one.list_insertions(eid) if hasattr(one, "list_insertions") else []
        pids = {each.name: each.pid for each in found}
        probes = sorted({*pids, *_list_probes(one, eid)})
        if not probes:
            raise ViewerError(f"session {name} has no insertion")
        for probe in probes:
            which = {"pid": pids[probe]} if probe in pids else {"eid": eid, "probe": probe}
            yield cls(SpikeSortingLoader(one, **which, atlas=atlas), _label(one, eid, probe))

    def load_channels(self) -> Mapping[str, Any]:
        """Load the channels and their places.

        Raises
        ------
        NoHistology
            If nobody knows where they are.
        """
        channels, _ = self.loader.load_channels()
        if "x" not in channels or not np.isfinite(channels["x"]).any():
            raise NoHistology(f"nobody has traced {self.label} in histology: {_WAY_OUT}")
        return channels

    def load_trajectory(self, provenance: str, atlas: Atlas) -> Floats:
        """Ask Alyx for a trajectory: where it enters and its tip, (2, 3), in metres.

        Raises
        ------
        NoHistology
            If there is none of this provenance; the message names those that there are.
        """
        client = getattr(self.loader.one, "alyx", None)
        if self.loader.pid is None or client is None:
            raise NoHistology(f"trajectories of {self.label} are in Alyx; open it with a ONE that is online")
        tracks = client.rest("trajectories", "list", probe_insertion=str(self.loader.pid))
        wanted = [one for one in tracks if one.get("provenance") == provenance]
        if not wanted:
            known = ", ".join(sorted({str(one.get("provenance")) for one in tracks})) or "none"
            raise NoHistology(f"{self.label} has no trajectory {provenance!r}; Alyx has {known}")
        return Insertion.from_dict(wanted[0], atlas).xyz

    def load_units(self, channels: Mapping[str, Any], values: str | None) -> tuple[Floats, npt.NDArray[Any] | None]:
        """Load the places of units, and a number for each.

        Raises
        ------
        ViewerError
            If there is no such metric; the message names those that there are.
        """
        clusters = self.loader.load_clusters()
        places = np.stack([channels[axis] for axis in "xyz"], axis=1)
        if "channels" not in clusters:
            return np.empty((0, 3)), None
        xyz = places[np.asarray(clusters["channels"], dtype=np.intp)]
        if values is None:
            return xyz, None
        units = self._find_metrics(clusters, channels, values)
        numbers = {str(name): np.asarray(each) for name, each in units.items() if np.asarray(each).dtype.kind in "fiub"}
        if values not in numbers:
            raise ViewerError(f"units of {self.label} have no {values!r}; they have {', '.join(sorted(numbers))}")
        return xyz, numbers[values]

    def _find_metrics(self, clusters: Mapping[str, Any], channels: Mapping[str, Any], values: str) -> Mapping[str, Any]:
        """Return what is on file of the units; only if that lacks the values, load spikes and compute metrics."""
        table = clusters.get("metrics")
        if values in clusters or (table is not None and values in table and len(table) == len(clusters["channels"])):
            return self.loader.merge_clusters(None, clusters, channels)
        return self.loader.load_spike_sorting().merge_clusters(compute_metrics=True)


def open_insertions(
    one: Any,
    name: Any,
    *,
    atlas: Atlas | None = None,
    values: str | None = None,
    channels: Channels = "image",
    provenance: str = "",
    **look: Any,
) -> "Scene":
    """Return a scene of the brain with the insertions of a session, or with one of them.

    Parameters
    ----------
    one : ONE
        Where data come from.
    name : str or UUID
        A session, as ONE knows it (eid, path, reference), or the pid of an insertion.
    atlas : Atlas, optional
        By default Allen's at 50 µm.
    values, channels, provenance, look
        As of `add_recorded`.

    Raises
    ------
    NoHistology, ViewerError
        As `add_recorded` does.
    """
    from bregma.viewer.scene.scene import Scene

    scene = Scene(atlas)
    with scene.together():
        scene.add_region("root", opacity=0.08, rgb=(200, 210, 225))
        add_recorded(scene, one, name, values=values, channels=channels, provenance=provenance, **look)
    labels = [layer.group for layer in scene.layers if layer.group]
    scene.title = ", ".join(dict.fromkeys(labels))
    return scene


def add_recorded(
    scene: "Placing",
    one: Any,
    name: Any,
    *,
    values: Any = None,
    channels: Channels = "image",
    provenance: str = "",
    **look: Any,
) -> None:
    """Add the insertions of a session, or one of them, to a scene; as one step, which `undo` takes back.

    Parameters
    ----------
    scene : Scene
        Where to.
    one : ONE
        Where data come from; spikes are only loaded where metrics have to be computed.
    name : str or UUID
        A session, as ONE knows it (eid, path, reference), or the pid of an insertion.
    values : str, optional
        A metric that colours the units, such as ``firing_rate``; by default they have the colours of their regions.
    channels : {"image", "points", "none"}
        Whether the regions along each probe stand beside it as a ribbon, are points, or are left out.
    provenance : str
        Draw that trajectory of Alyx, such as ``Planned`` or ``Micro-manipulator``, and no units; by default the
        channels' places from histology.
    look
        Of the units, as of `Points` and `Values`: ``size=8``, ``colormap="magma"``, ``limits=(0, 20)`` …

    Raises
    ------
    NoHistology
        If nobody knows where an insertion is; the message names it, and what would help.
    ViewerError
        If there is no insertion, or no such metric.
    """
    if not isinstance(values, str | None):
        raise ViewerError("units from a ONE are coloured by the name of a metric, such as values='firing_rate'")
    if channels not in ("image", "points", "none"):
        raise ViewerError(f"channels are drawn as 'image', as 'points' or as 'none'; not as {channels!r}")
    with scene.together():
        for each in Recorded.find_all(one, name, scene.atlas):
            if provenance:
                _add_track(scene, each, each.load_trajectory(provenance, scene.atlas))
                continue
            placed = each.load_channels()
            _add_track(scene, each, _ends_of(placed, scene.atlas))
            _add_channels(scene, each, placed, channels)
            xyz, numbers = each.load_units(placed, values)
            if len(xyz):
                more = look if numbers is None else {"label": values} | look
                scene.add_points(xyz, values=numbers, name=f"{each.label} units", group=each.label, **more)


def _add_track(scene: "Placing", each: Recorded, ends: Floats) -> None:
    scene.add_insertions(
        ends[:1], ends[1:], name=f"{each.label} track", labels=(each.label,), group=each.label, opacity=0.6
    )


def _add_channels(scene: "Placing", each: Recorded, channels: Mapping[str, Any], drawn: Channels) -> None:
    name, xyz = f"{each.label} channels", _places_of(channels)
    if drawn == "points":
        scene.add_points(xyz, name=name, size=3, group=each.label)
    elif drawn == "image":
        xyz = xyz[np.argsort(_heights_of(channels, xyz), kind="stable")]
        image = scene.region_colours(xyz)[:, None]
        beside = np.array([_RIBBON, 0.0, 0.0])
        scene.add_path_image(xyz[[0, -1]] + beside, image, name=name, width=_RIBBON, group=each.label)


def _places_of(channels: Mapping[str, Any]) -> Floats:
    xyz = np.stack([np.asarray(channels[axis], dtype=np.float64) for axis in "xyz"], axis=1)
    known: Floats = xyz[np.isfinite(xyz).all(axis=1)]
    return known


def _heights_of(channels: Mapping[str, Any], xyz: Floats) -> Floats:
    heights = np.asarray(channels.get("axial_um", ()), dtype=np.float64)
    return heights if len(heights) == len(xyz) else xyz[:, 2]


def _ends_of(channels: Mapping[str, Any], atlas: Atlas) -> Floats:
    """Return the line through the channels, from where it enters the brain to beside the deepest one."""
    xyz = _places_of(channels)
    line = Trajectory.fit(xyz)
    deepest = line.project(xyz[xyz[:, 2].argmin()])
    try:
        entry = line.brain_ends(atlas)[0]
    except OutsideBrain:
        entry = line.project(xyz[xyz[:, 2].argmax()])
    return np.stack([entry, deepest])


def _as_pid(one: Any, name: Any) -> UUID | None:
    from bregma.one.errors import InsertionNotFound, TablesMissing

    try:
        pid = UUID(str(name))
        one.pid2eid(pid)
    except (ValueError, InsertionNotFound, TablesMissing):  # it names a session
        return None
    return pid


def _list_probes(one: Any, eid: Any) -> list[str]:
    from bregma.sessions.probe_files import list_probes
    from bregma.sessions.source import SessionFiles

    try:
        return list_probes(SessionFiles(one, eid, None).objects)
    except DataMissing:
        return []


def _label(one: Any, eid: Any, probe: str) -> str:
    if not hasattr(one, "eid2ref"):
        return probe
    ref = one.eid2ref(eid)
    return f"{ref['subject']} {ref['date']} {probe}"
