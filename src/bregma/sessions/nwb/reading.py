"""Reading an NWB file as a session: the same loaders as over ONE, with another source of objects."""

from __future__ import annotations

import importlib.util
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from bregma.alf import NameParts, is_valid
from bregma.one.rel_path import split_rel_path
from bregma.sessions.ephys import EphysSessionLoader
from bregma.sessions.errors import DataMissing, ExtraMissing, UnusableData
from bregma.sessions.nwb.contents import (
    collect_containers,
    collect_trials,
    gather_frames,
    name_of_frame,
    read_datasets,
)
from bregma.sessions.nwb.units import collect_probes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bregma.one.records import Dataset
    from bregma.sessions.nwb.contents import Objects


def read_nwb(path: Path | str) -> NWBSession:
    """Read an NWB file as a session.

    Trials, wheel, poses, spikes, units and channels come in the shapes that they have over ONE; what `export_nwb`
    wrote comes back as it was. Needs the extra ``share``.

    Parameters
    ----------
    path : path
        The file. It stays open for reading; ``session.close()`` closes it, and so does a ``with`` block.

    Returns
    -------
    NWBSession
        ``session.trials``, ``session.spike_sorting["probe00"]`` … Files of other makers have trials from their
        intervals, one sorting per group of electrodes, and their own names of columns.

    Raises
    ------
    ExtraMissing
        If pynwb is not installed.
    FileNotFoundError
        If there is no such file.
    UnusableData
        If it is not a whole NWB file.
    """
    if importlib.util.find_spec("pynwb") is None:
        raise ExtraMissing("NWB files need pynwb, which is not installed; pip install 'bregma[share]'")
    if not Path(path).is_file():
        raise FileNotFoundError(f"no NWB file {path}")
    return NWBSession(NWBSource(Path(path)))


class NWBSession(EphysSessionLoader):
    """A session that is read from an NWB file, which it closes at the end of a ``with`` block.

    As `EphysSessionLoader`. ``provenance`` names the datasets that the file was made of, if it tells them.

    Parameters
    ----------
    one
        The file.
    """

    one: NWBSource

    def __init__(self, one: NWBSource) -> None:
        super().__init__(one, one.name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; what was loaded stays."""
        self.one.close()


class NWBSource:
    """The objects of an NWB file, for loaders; arrays are read when an object is loaded.

    Parameters
    ----------
    path
        The file.
    """

    def __init__(self, path: Path) -> None:
        with ExitStack() as on_error:
            self._io = _open(path)
            on_error.callback(self._io.close)
            self.content = _read(self._io, path)
            self.name: str = self.content.session_id or path.stem
            self._objects = self._collect()
            self._datasets = read_datasets(self.content)
            on_error.pop_all()

    def list_datasets(self, eid: Any, /) -> Iterable[str]:
        """Name the attributes of all objects as files of a session would be."""
        attributes = ((key, {name_of_frame(name) for name in columns}) for key, columns in self._objects.items())
        names = [f"{place}/{name}.{one}.npy" for (place, name), ones in attributes for one in (*sorted(ones), "table")]
        return [name for name in names if is_valid(name.rpartition("/")[2])]

    def load_object(self, eid: Any, obj: str, /, collection: str | None = None) -> dict[str, Any]:
        """Read an object.

        Raises
        ------
        DataMissing
            If the file has none of that name there.
        UnusableData
            If it cannot be read.
        """
        key = (collection or "alf", obj)
        if key not in self._objects:
            raise DataMissing(f"no {obj} in {key[0]} of {self.name}")
        try:
            return gather_frames({name: read() for name, read in self._objects[key].items()})
        except OSError as error:
            raise UnusableData(f"{obj} of {self.name} cannot be read: {error}; get the file again") from error

    def origins_of(self, rel_path: str, /) -> list[Dataset]:
        """Return the datasets that the values of an attribute were taken from, if the file tells."""
        place = split_rel_path(rel_path)
        wanted = NameParts.of(place.name)
        return [
            one
            for one in self._datasets
            if one.parts is not None
            and f"{one.collection}/".startswith(f"{place.collection}/")
            and one.parts.object == wanted.object
            and one.parts.attribute in (wanted.attribute, "table")
        ]

    def pid2eid(self, pid: Any, /) -> tuple[Any, str]:
        """Raise DataMissing: a file knows probes by their names only."""
        raise DataMissing(f"{self.name} does not know insertion {pid}; name its probe, as in session.probes['probe00']")

    def close(self) -> None:
        """Close the file; what was loaded stays."""
        self._io.close()

    def _collect(self) -> Objects:
        objects: Objects = {}
        if self.content.trials is not None:
            objects["alf", "trials"] = collect_trials(self.content.trials)
        for key, columns in (*collect_containers(self.content), *collect_probes(self.content)):
            objects.setdefault(key, {}).update(columns)
        return objects


def _open(path: Path) -> Any:
    from pynwb import NWBHDF5IO

    try:
        return NWBHDF5IO(str(path), "r")
    except OSError as error:
        raise UnusableData(f"{path} is not a whole NWB file: {error}; get it again") from error


def _read(opened: Any, path: Path) -> Any:
    try:
        return opened.read()
    except (OSError, TypeError) as error:  # pynwb raises TypeError for HDF5 files that are not NWB
        raise UnusableData(f"{path} is not a whole NWB file: {error}; get it again") from error
