"""Talking to a server by the names that scripts know from ``one.webclient``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bregma.one.client import AlyxClient, no_cache

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["AlyxClient", "dataset_record_to_url", "file_record_to_url", "http_download_file", "no_cache"]


def file_record_to_url(file_records: Sequence[Mapping[str, Any]]) -> list[str]:
    """List the addresses of copies, of those that have one."""
    return [str(one["data_url"]) for one in file_records if one["data_url"]]


def dataset_record_to_url(dataset_record: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> list[str]:
    """List the addresses of all copies of one dataset, or of several, by their records of ``/datasets``."""
    records = [dataset_record] if isinstance(dataset_record, Mapping) else dataset_record
    return [url for one in records for url in file_record_to_url(one["file_records"])]


def http_download_file(
    full_link_to_file: str,
    *,
    clobber: bool = False,
    username: str = "",
    password: str = "",
    target_dir: Path | str = "",
    return_md5: bool = False,
    headers: Mapping[str, str] | None = None,
    **_: Any,
) -> Path | tuple[Path, str]:
    """Download what has an address, without a server's account; of a server's files see ``AlyxClient.download_file``.

    Parameters
    ----------
    full_link_to_file : str
        The address.
    clobber : bool
        Whether a file of that name is fetched again.
    username, password : str
        For servers that ask for them.
    target_dir : path, optional
        Where it goes; by default the folder ``Downloads`` of the user.
    return_md5 : bool
        Whether the md5 comes second.
    headers : mapping, optional
        What else to send.

    Raises
    ------
    StoreError
        If it cannot be had whole.
    """
    import httpx

    from bregma.one.server.downloads import download_into
    from bregma.store import hash_file

    folder = Path(target_dir or "~/Downloads").expanduser()
    with httpx.Client(auth=(username, password) if username else None, follow_redirects=True) as http:
        target = download_into(folder, full_link_to_file, http, headers or {}, clobber=clobber)
    return (target, hash_file(target)) if return_md5 else target
