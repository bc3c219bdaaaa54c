"""Reading the records of a server's ``/datasets``, of sessions and of what belongs to none."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

from bregma.alf import QC, ALFPath, InvalidALFName
from bregma.one.records import Dataset, id_of, reading

if TYPE_CHECKING:
    from collections.abc import Mapping

NO_SESSION = UUID(int=0)
"""What stands for the session of a dataset that belongs to none."""


@reading
def read_dataset_record(record: Mapping[str, Any]) -> Dataset:
    """Read one record of ``/datasets``.

    Parameters
    ----------
    record : mapping
        As a server sends it.

    Returns
    -------
    Dataset
        Its path starts at its session, or at ``aggregates/`` where it belongs to none; its address is that of its first
        copy on a server.
    """
    copies = [copy for copy in record.get("file_records") or () if copy.get("exists")]
    url = next((str(copy["data_url"]) for copy in copies if copy.get("data_url")), None)
    size = record.get("file_size")
    session = record.get("session")
    return Dataset(
        id=id_of(record),
        eid=UUID(str(session)[-36:]) if session else NO_SESSION,
        rel_path=_rel_path(record, copies, url),
        file_size=None if size is None else int(size),
        hash=str(record.get("hash") or ""),
        qc=QC.parse(record.get("qc") or QC.NOT_SET),
        default_revision=str(record.get("default_dataset", True)) == "True",
        exists=bool(copies),
        url=url,
    )


def _rel_path(record: Mapping[str, Any], copies: list[Mapping[str, Any]], url: str | None) -> str:
    """Find where a file lies: from its address, else from its first copy, else from the record's own fields."""
    places = [unquote(urlsplit(url, allow_fragments=False).path)] if url else []
    places += [str(copy["relative_path"]) for copy in copies if copy.get("relative_path")]
    for place in places:
        path = ALFPath(PurePosixPath(place).as_posix().lstrip("/")).without_uuid()
        if "aggregates" in path.parts:
            return "/".join(path.parts[path.parts.index("aggregates") :])
        try:
            return path.relative_to_session().as_posix()
        except InvalidALFName:
            continue  # in no session's folder
    revision = str(record.get("revision") or "")
    folders = [str(record.get("collection") or ""), f"#{revision}#" if revision else ""]
    return "/".join([*filter(None, folders), str(record["name"])])
