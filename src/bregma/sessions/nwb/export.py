"""Writing one session as an NWB file, with an account of every dataset."""

from __future__ import annotations

import importlib.util
import os
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from bregma.one.selection.revisions import choose_revisions
from bregma.sessions.errors import DataMissing, ExtraMissing
from bregma.sessions.nwb.content import Account, ObjectFiles, group_files, read_object
from bregma.sessions.nwb.metadata import NWBDetails, session_fields

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bregma.one import ONE, Dataset, Session
    from bregma.one.identifiers import SessionName

_BEHAVIOR = ("wheel", "lick", "camera", "trials", "pupil", "paw", "motion")


@dataclass(frozen=True, slots=True)
class NWBExport:
    """An NWB file, and what became of each dataset of the session.

    Attributes
    ----------
    path : Path
        The file.
    carried : dict
        Where in the file the contents of each dataset are, by its path in the session.
    left_out : dict
        Why the contents of the others are not; all of them are named in the table ``scratch/datasets``.
    """

    path: Path
    carried: dict[str, str]
    left_out: dict[str, str]


def export_nwb(
    one: ONE,
    eid: SessionName,
    path: Path | str,
    *,
    details: NWBDetails | None = None,
    overwrite: bool = False,
) -> NWBExport:
    """Write a session as an NWB file.

    Trials, units, electrodes, wheel, cameras and all other tables and arrays go into it; raw data, videos and what
    is no array are named with size, hash and address. The file appears when it is whole. Needs the extra ``share``.

    Parameters
    ----------
    one : ONE
        Who loads; online or offline.
    eid : UUID, str, path or mapping
        Any name of the session.
    path : path
        The file, ending in ``.nwb``.
    details : NWBDetails, optional
        What to say in place of the database: time zone, institution, the animal, keywords, which sorting.
    overwrite : bool
        Whether an earlier file may be replaced.

    Returns
    -------
    NWBExport
        What is in the file, and what is not and why.

    Raises
    ------
    ExtraMissing
        If pynwb is not installed.
    FileExistsError
        If the file is there already and ``overwrite`` is false.
    DataMissing
        If the session has no dataset.
    SessionNotFound, FileNotDownloaded, HashMismatch
        If the session is not known, or a file cannot be had whole.
    """
    _check_extra()
    target, details = _check_target(Path(path), overwrite=overwrite), details or NWBDetails()
    session, available = one.files_of(eid)
    datasets = choose_revisions(available, None)
    if not datasets:
        raise DataMissing(f"session {session.path} has no dataset that you may read; there is nothing to export")
    account = Account()
    file = _build(one, session, datasets, details, account)
    _add_source_table(file, datasets, account)
    _write(file, target)
    return NWBExport(target, account.carried, account.left_out)


def _check_extra() -> None:
    if importlib.util.find_spec("pynwb") is None:
        raise ExtraMissing("NWB files need pynwb, which is not installed; pip install 'bregma[share]'")


def _check_target(path: Path, *, overwrite: bool) -> Path:
    if path.suffix != ".nwb":
        raise ValueError(f"{path} is no name of an NWB file; end it in .nwb")
    if path.exists() and not overwrite:
        raise FileExistsError(f"{path} is there already; remove it, or pass overwrite=True")
    return path


def _build(one: ONE, session: Session, datasets: list[Dataset], details: NWBDetails, account: Account) -> Any:
    from pynwb import NWBFile

    file = NWBFile(**session_fields(one, session, details))
    groups = group_files(datasets, account)
    rest = _add_probes(file, one, session, groups, details, account)
    for files in rest:
        _add_object(file, one, session, files, account)
    return file


def _add_probes(
    file: Any, one: ONE, session: Session, groups: list[ObjectFiles], details: NWBDetails, account: Account
) -> list[ObjectFiles]:
    """Add units and electrodes; returns the objects that are neither."""
    from bregma.sessions.nwb.probes import add_electrodes, choose_sortings, make_probe, make_units

    insertions = {insertion.name: insertion for insertion in one.list_insertions(session.eid)}
    probes, used = [], set[str]()
    for name, parts in choose_sortings(groups, details.sorter, account).items():
        loaded = {part: (files, read_object(one, session, files, account)) for part, files in parts.items()}
        probe = make_probe(name, loaded, insertions.get(name), account)
        if probe is not None:
            probes.append(probe)
            for part, (files, _) in loaded.items():
                used.update(files.paths)
                place = "electrodes" if part == "channels" else "units"
                account.carry([path for path in files.paths if path not in account.left_out], place)
    if probes:
        first = add_electrodes(file, probes)
        file.units = make_units(file, probes, first)
    return [files for files in groups if not {*files.paths} <= used | account.left_out.keys()]


def _add_object(file: Any, one: ONE, session: Session, files: ObjectFiles, account: Account) -> None:
    from bregma.sessions.nwb.series import make_containers

    is_trials = files.name == "trials" and file.trials is None
    title = "trials" if is_trials else _title(files)
    for container in make_containers(title, files, read_object(one, session, files, account), account):
        paths = [path for path in files.paths if path not in account.left_out]
        if is_trials and container.name == "trials":
            file.trials = container
            account.carry(paths, "trials")
        else:
            account.carry(paths, _place(file, files, container))


def _title(files: ObjectFiles) -> str:
    """Name the container of an object; after its collection too if that is not ``alf``."""
    folder = files.collection.removeprefix("alf").strip("/")
    return "_".join(part.replace("/", "_") for part in (folder, files.namespace, files.name) if part)


def _place(file: Any, files: ObjectFiles, container: Any) -> str:
    """Put a container into the module of its kind; returns where it is."""
    from pynwb.core import ScratchData

    if isinstance(container, ScratchData):
        file.add_scratch(container)
        return f"scratch/{container.name}"
    module, about = _module(files)
    if module not in file.processing:
        file.create_processing_module(name=module, description=about)
    file.processing[module].add(container)
    return f"processing/{module}/{container.name}"


def _module(files: ObjectFiles) -> tuple[str, str]:
    if any(word in files.name.lower() for word in _BEHAVIOR):
        return "behavior", "What the animal did: wheel, licks, cameras"
    if "probe" in files.collection:
        return "ecephys", "What was made of the recordings of probes, besides units"
    return "misc", "Other ALF objects"


def _add_source_table(file: Any, datasets: list[Dataset], account: Account) -> None:
    """List all datasets of the session, also those whose contents are not in the file."""
    from bregma.sessions.nwb.tables import make_table

    columns: dict[str, Any] = {
        "path": [one.rel_path for one in datasets],
        "dataset": [str(one.id) for one in datasets],
        "md5": [one.hash for one in datasets],
        "size": [-1 if one.file_size is None else one.file_size for one in datasets],
        "url": [one.url or "" for one in datasets],
        "place": [account.carried.get(one.rel_path, "") for one in datasets],
        "left_out": [account.left_out.get(one.rel_path, "") for one in datasets],
    }
    file.add_scratch(make_table("datasets", "datasets", columns, len(datasets)))


def _write(file: Any, target: Path) -> None:
    from pynwb import NWBHDF5IO

    with _neighbour(target) as temporary:
        with NWBHDF5IO(str(temporary), "w") as io:
            io.write(file)
        with temporary.open("rb+") as written:
            os.fsync(written.fileno())


@contextmanager
def _neighbour(target: Path) -> Iterator[Path]:
    """Name a temporary file beside one, for libraries that open files themselves; move it when all went well."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{uuid4().hex}.nwb")
    try:
        yield temporary
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
