"""Getting cache tables from a server: what changed since the last time, or all, into place only when they are whole."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bregma.alf import atomic_write
from bregma.one.caution import warn
from bregma.one.errors import InvalidTables, TablesMissing
from bregma.one.server.answers import check_answer
from bregma.one.tables import API_VERSION, NAMES, TablesInfo
from bregma.one.tables.archive import read_changes, unpack_tables
from bregma.one.tables.merging import changing_tables, put_merged
from bregma.one.tables.snapshot import read_info, scan_table
from bregma.store import Source, download

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

    from bregma.one.client import AlyxClient

_STATE = ".one_tables.json"
_logger = logging.getLogger(__name__)


def fetch_tables(client: AlyxClient, folder: Path, *, tag: str | None = None, clobber: bool = False) -> TablesInfo:
    """Download a server's tables if they are newer than those here, or only what changed if the server can tell.

    Any number of processes may do this in one folder; the tables are at every moment all old or all new.

    Parameters
    ----------
    client : AlyxClient
        Who asks.
    folder : Path
        Where the tables go.
    tag : str, optional
        Only what this public release holds.
    clobber : bool
        Download all, even if those here are as new.

    Returns
    -------
    TablesInfo
        What is here now.

    Raises
    ------
    InvalidTables
        If what comes is not a zip of tables, or is for clients to come; what was here stays.
    """
    with changing_tables(folder) as new:
        here, known = _info_here(folder), _State.read(folder, client.base_url)
        answer = _ask(client, tag, "" if clobber else known.etag)
        if here is not None and (answer is None or not _is_wanted(answer, here, folder, tag, clobber=clobber)):
            return here
        content, etag = answer or ({}, "")
        _check_readable(content)
        changed = "" if clobber or not known.etag else _fetch_changes(client, folder, new, known.etag, tag)
        if not changed:
            _fetch_all(client, str(content.get("location") or f"{client.base_url}/cache.zip"), new)
    _State.write(folder, client.base_url, changed or etag)
    return read_info(folder / "sessions.pqt")


@dataclass(frozen=True)
class _State:
    """Which tables of a server are in a folder: their ETag; empty where it is not known, or they are others now."""

    etag: str = ""

    @classmethod
    def read(cls, folder: Path, server: str) -> _State:
        try:
            content = json.loads((folder / _STATE).read_text(encoding="utf-8"))
            same = content["server"] == server and content["files"] == _sizes(folder)
            return cls(str(content["etag"]) if same else "")
        except (OSError, ValueError, KeyError, TypeError):  # none, or not one: all tables are fetched
            return cls()

    @staticmethod
    def write(folder: Path, server: str, etag: str) -> None:
        content = {"server": server, "etag": etag, "files": _sizes(folder)}
        with atomic_write(folder / _STATE) as file:
            file.write(json.dumps(content).encode())


def _sizes(folder: Path) -> dict[str, list[int]]:
    paths = [folder / f"{name}.pqt" for name in NAMES]
    return {path.name: [path.stat().st_size, path.stat().st_mtime_ns] for path in paths if path.exists()}


def _ask(client: AlyxClient, tag: str | None, etag: str) -> tuple[dict[str, Any], str] | None:
    """Ask what tables the server has: what it says with their ETag; None where they are those that are known."""
    path = "/cache/info/" + (f"{tag}/" if tag else "")
    response = _send(client, path, {"If-None-Match": f'"{etag}"'} if etag else {})
    if response.status_code == 304:
        return None
    if tag and response.status_code == 404:
        raise TablesMissing(
            f"{client.base_url} has no tables of a release {tag!r}; check its name among the server's tags"
        )
    is_good = response.status_code == 200
    content = check_answer(response, signed_in=client.is_logged_in) if is_good else client.get(path)  # or signs in
    if not isinstance(content, dict):
        raise InvalidTables(f"{client.base_url}{path} does not tell what tables there are; check that it is an Alyx")
    return content, response.headers.get("ETag", "").removeprefix("W/").strip('"')


def _send(client: AlyxClient, path: str, headers: dict[str, str]) -> httpx.Response:
    url = f"{client.base_url}{path}"
    headers = {"Accept": "application/json, */*", **headers, **client.headers_for(url)}
    return client.connection.send("GET", url, data=None, headers=headers)


def _is_wanted(
    answer: tuple[dict[str, Any], str], here: TablesInfo, folder: Path, tag: str | None, *, clobber: bool
) -> bool:
    content, etag = answer
    try:
        _check_readable(content)
    except InvalidTables as error:
        warn(f"{error}. The tables in {folder} stay")
        return False
    if clobber or etag or (tag and tag not in here.database_tags):
        return True
    origin = TablesInfo.from_json(json.dumps(content)).origin
    return origin not in {"", here.origin} or not _is_current(folder, here, str(content.get("date_created") or ""))


def _check_readable(content: dict[str, Any]) -> None:
    least = str(content.get("min_api_version") or "0")
    if _numbers(least) > _numbers(API_VERSION):
        raise InvalidTables(
            f"the server's tables are for ONE {least} and later, this one reads those for {API_VERSION}; upgrade bregma"
        )


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".") if part.isascii() and part.isdigit() and len(part) < 9]


def _info_here(folder: Path) -> TablesInfo | None:
    try:
        return read_info(folder / "sessions.pqt")
    except (TablesMissing, InvalidTables):
        return None


def _is_current(folder: Path, here: TablesInfo, created: str) -> bool:
    """Tell whether the tables here are as new as the server's, whose date is to the minute.

    Tables fetched within that minute may have been made anew in its rest, so they do not count.
    """
    try:
        minute = datetime.strptime(created, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    except ValueError:
        return False
    fetched = datetime.fromtimestamp((folder / "sessions.pqt").stat().st_mtime, UTC)
    return here.date_created >= created and fetched >= minute + timedelta(minutes=1)


def _fetch_changes(client: AlyxClient, folder: Path, new: Path, etag: str, tag: str | None) -> str:
    """Write what the tables become by what changed since; returns the new ETag, or nothing if that is not told."""
    from bregma.one.server.connection import write_query

    response = _send(client, f"/cache/delta?{write_query({'since': etag, 'tag': tag})}", {})
    if response.status_code == 204:
        return etag
    if response.status_code != 200:
        return ""
    try:
        changes = read_changes(response.content, f"{client.base_url}/cache/delta")
        rows = {"sessions": scan_table(folder / "sessions.pqt", "sessions").head(0).collect(), **changes.rows}
        put_merged(folder, new, rows, changes.deleted, changes.info)
    except InvalidTables as error:
        _logger.warning("%s; all tables are fetched", error)
        for path in new.iterdir():
            path.unlink()
        return ""
    return changes.etag


def _fetch_all(client: AlyxClient, url: str, new: Path) -> None:
    archive = new / "cache.zip"
    connection = client.connection
    download(connection.http, Source(url, client.headers_for(url)), archive, retry=connection.retry)
    unpack_tables(archive, new, url)
    archive.unlink()
