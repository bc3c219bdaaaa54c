"""From the records of a server to paths and rows, by the names that scripts know from ``one.converters``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from bregma.alf import PurePosixALFPath, ensure_alf_path
from bregma.one.catalogue.dataset_records import read_dataset_record
from bregma.one.errors import DatasetNotFound
from bregma.one.records import Dataset, Session

if TYPE_CHECKING:
    from pathlib import PurePath
    from uuid import UUID

    import pandas as pd

    from bregma.alf import PureALFPath

    Root = PurePath | str | None
    Record = Mapping[str, Any]

__all__ = [
    "datasets2records",
    "one_path_from_dataset",
    "path_from_dataset",
    "path_from_filerecord",
    "ses2records",
    "session_record2path",
]

_ROOT = PurePosixALFPath("/")


def one_path_from_dataset(dset: Record | Sequence[Record], one_cache: Root) -> PureALFPath | list[PureALFPath]:
    """Tell where ONE keeps the file of a record of ``/datasets``; of several records, a list."""
    return path_from_dataset(dset, one_cache)


def path_from_dataset(
    dset: Record | Sequence[Record], root_path: Root = _ROOT, repository: str | None = None, uuid: bool = False
) -> PureALFPath | list[PureALFPath]:
    """Tell where a copy of a dataset lies.

    Parameters
    ----------
    dset : mapping, or sequence of mapping
        Records of ``/datasets``; several give a list.
    root_path : path or str
        What comes before the folder of the repository; with a pure path the result is pure, too.
    repository : str, optional
        Whose copy is meant; by default the first that has an address.
    uuid : bool
        Whether the file is named with the id, as on servers.

    Raises
    ------
    DatasetNotFound
        If there is no such copy.
    """
    if not isinstance(dset, Mapping):
        return [cast("PureALFPath", path_from_dataset(one, root_path, repository, uuid)) for one in dset]
    copies: list[Record] = dset["file_records"]
    fits = [one for one in copies if (one["data_repository"] == repository if repository else one["data_url"])]
    if not fits:
        where = f"in {repository}" if repository else "with an address"
        raise DatasetNotFound(f"{dset['name']} has no copy {where}; it has {len(copies)} in all")
    return path_from_filerecord(fits[0], root_path, str(dset["url"])[-36:] if uuid else None)


def path_from_filerecord(
    fr: Record | Sequence[Record], root_path: Root = _ROOT, uuid: UUID | str | None = None
) -> PureALFPath | list[PureALFPath]:
    """Tell where the copy of a record of ``/files`` lies; parameters as of ``path_from_dataset``."""
    if not isinstance(fr, Mapping):
        return [cast("PureALFPath", path_from_filerecord(one, root_path, uuid)) for one in fr]
    path: PureALFPath = PurePosixALFPath(str(fr["data_repository_path"]).lstrip("/"), fr["relative_path"])
    if root_path:
        path = ensure_alf_path(root_path) / path
    return path.with_uuid(uuid) if uuid else path


def session_record2path(session: Record, root_dir: Root = None) -> PureALFPath:
    """Write the path of a session, ``[root/][lab/Subjects/]subject/YYYY-MM-DD/NNN``.

    Parameters
    ----------
    session : mapping
        With subject, date (or start_time), number, and maybe lab.
    root_dir : path or str, optional
        What comes before; without it the path is pure.
    """
    day = str(session.get("date") or session["start_time"])[:10]
    lab = [str(session["lab"]), "Subjects"] if session.get("lab") else []
    path = PurePosixALFPath(*lab, str(session["subject"]), day, str(session["number"]).zfill(3))
    return ensure_alf_path(root_dir) / path if root_dir else path


def ses2records(ses: Record) -> tuple[pd.Series[Any], pd.DataFrame]:
    """Make rows of tables of a whole record of ``/sessions``: one of the session, and one of each of its files.

    Returns
    -------
    Series, DataFrame
        Named by its id, and indexed by eid and id, as tables in memory are.
    """
    from bregma.one.frames import frame_of_datasets, row_of_session

    session = Session.from_record(ses)
    related = ses.get("data_dataset_session_related") or ()
    return row_of_session(session), frame_of_datasets(Dataset.from_session_record(one, session.eid) for one in related)


def datasets2records(datasets: Record | Sequence[Record], additional: Sequence[str] = ()) -> pd.DataFrame:
    """Make rows of a table of records of ``/datasets``, of those files that can be had.

    Parameters
    ----------
    datasets : mapping, or sequence of mapping
        The records.
    additional : sequence of str
        Fields that become columns, too.
    """
    from bregma.one.frames import frame_of_datasets

    records = [datasets] if isinstance(datasets, Mapping) else datasets
    known = {one.id: (one, record) for record in records for one in [read_dataset_record(record)] if one.url}
    frame = frame_of_datasets(one for one, _ in known.values())
    for name in additional or ():
        frame[name] = [known[key][1].get(name) for key in frame.index.get_level_values("id")]
    return frame
