"""Reading an NWB file as a session: the same loaders as over ONE, with another source of objects."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bregma.alf import is_valid
from bregma.sessions.errors import DataMissing, ExtraMissing
from bregma.sessions.nwb.contents import collect_containers, collect_trials, gather_frames, name_of_frame
from bregma.sessions.nwb.units import collect_probes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bregma.sessions.ephys import EphysSessionLoader
    from bregma.sessions.nwb.contents import Objects


def read_nwb(path: Path | str) -> EphysSessionLoader:
    """Read an NWB file as a session.

    Trials, wheel, poses, spikes, units and channels come in the shapes that they have over ONE; what `export_nwb`
    wrote comes back as it was. Needs the extra ``share``.

    Parameters
    ----------
    path : path
        The file. It stays open for reading; ``session.one.close()`` closes it.

    Returns
    -------
    EphysSessionLoader
        ``session.trials``, ``session.spike_sorting["probe00"]`` … Files of other makers have trials from their
        intervals, one sorting per group of electrodes, and their own names of columns.

    Raises
    ------
    ExtraMissing
        If pynwb is not installed.
    FileNotFoundError
        If there is no such file.
    """
    from bregma.sessions.ephys import EphysSessionLoader

    if importlib.util.find_spec("pynwb") is None:
        raise ExtraMissing("NWB files need pynwb, which is not installed; pip install 'bregma[share]'")
    if not Path(path).is_file():
        raise FileNotFoundError(f"no NWB file {path}")
    source = NWBSource(Path(path))
    return EphysSessionLoader(source, source.name)


class NWBSource:
    """The objects of an NWB file, for loaders; arrays are read when an object is loaded.

    Parameters
    ----------
    path
        The file.
    """

    def __init__(self, path: Path) -> None:
        from pynwb import NWBHDF5IO

        self._io = NWBHDF5IO(str(path), "r")
        self.content = self._io.read()
        self.name: str = self.content.session_id or path.stem
        self._objects = self._collect()

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
        """
        key = (collection or "alf", obj)
        if key not in self._objects:
            raise DataMissing(f"no {obj} in {key[0]} of {self.name}")
        return gather_frames({name: read() for name, read in self._objects[key].items()})

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
