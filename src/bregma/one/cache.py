"""Getting cache tables from a server, into place only when they are whole."""

from __future__ import annotations

import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile, ZipFile

from bregma.alf import atomic_write
from bregma.one.errors import InvalidTables, TablesMissing
from bregma.one.snapshot import read_info, scan_table
from bregma.one.tables import NAMES, TablesInfo
from bregma.store import Source, download

if TYPE_CHECKING:
    from typing import Any

    from bregma.one.client import AlyxClient


def fetch_tables(client: AlyxClient, folder: Path, *, tag: str | None = None, clobber: bool = False) -> TablesInfo:
    """Download a server's tables if they are newer than those here.

    Parameters
    ----------
    client : AlyxClient
        Who asks.
    folder : Path
        Where the tables go.
    tag : str, optional
        Only what this public release holds.
    clobber : bool
        Download even if those here are as new.

    Returns
    -------
    TablesInfo
        What is here now.

    Raises
    ------
    InvalidTables
        If what comes is not a zip of tables; what was here stays.
    """
    answer: dict[str, Any] = client.get("/cache/info/" + (f"{tag}/" if tag else ""))
    here = _info_here(folder)
    if not clobber and here is not None and _is_current(folder, here, str(answer.get("date_created") or "")):
        return here
    url = str(answer.get("location") or f"{client.base_url}/cache.zip")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".tables-") as temporary:
        archive = Path(temporary, "cache.zip")
        connection = client.connection
        download(connection.http, Source(url, client.headers_for(url)), archive, retry=connection.retry)
        _unpack(archive, Path(temporary), url)
        for path in sorted(Path(temporary).glob("*.pqt")):
            path.replace(folder / path.name)
    return read_info(folder / "sessions.pqt")


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


def _unpack(archive: Path, folder: Path, url: str) -> None:
    """Take the tables, and nothing else, out of an archive, and look at each."""
    wanted = {f"{name}.pqt": name for name in NAMES}
    try:
        with ZipFile(archive) as content:
            for member in content.infolist():
                if (name := Path(member.filename).name) in wanted:
                    with content.open(member) as source, atomic_write(folder / name) as target:
                        shutil.copyfileobj(source, target)
                    scan_table(folder / name, wanted[name])
    except BadZipFile as error:
        raise InvalidTables(f"{url} is not a zip archive: {error}; try again") from error
    if not (folder / "sessions.pqt").exists():
        raise InvalidTables(f"{url} has no table of sessions; tell the server's administrator")
