"""What works and what does not, from the server to the disk: bregma doctor."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import typer

from bregma.cli.connecting import From, Json, Offline, connect
from bregma.cli.output import print_rows

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bregma.one import ONE

FULL_BYTES = 1e9
"""A disk with less room than this is called full: a session is often larger."""


class Look(NamedTuple):
    """What one look found."""

    ok: bool
    found: str
    advice: str = ""


def doctor(place: From = None, offline: Offline = False, as_json: Json = False) -> None:
    """Look at version, server, log-in, cache and tables; exit status 1 when something is wrong."""
    with connect(place, offline=offline) as one:
        rows = [{"what": name, **look(one)._asdict()} for name, look in LOOKS.items()]
    if not as_json:
        rows = [{**row, "ok": "ok" if row["ok"] else "WRONG"} for row in rows]
    print_rows(rows, as_json=as_json)
    if any(row["ok"] in (False, "WRONG") for row in rows):
        raise typer.Exit(1)


def _version(one: ONE) -> Look:
    return Look(ok=True, found=one.version)


def _server(one: ONE) -> Look:
    if one.offline:
        return Look(ok=True, found="none is asked")
    from bregma.one import ONEError

    try:
        one.alyx.list_endpoints()
    except ONEError as error:
        return Look(ok=False, found=str(error), advice="check the address, or work with --offline")
    return Look(ok=True, found=one.alyx.base_url)


def _login(one: ONE) -> Look:
    if one.offline or one.alyx.is_logged_in:
        return Look(ok=True, found=one.alyx.user or "not needed" if one.offline else f"{one.alyx.user or 'a token'}")
    return Look(ok=False, found="nobody is logged in", advice=f"bregma login {one.alyx.base_url}")


def _cache(one: ONE) -> Look:
    folder = _existing(one.cache_dir)
    if not os.access(folder, os.W_OK):
        advice = "files that are there can be read; name another folder to bring more"
        return Look(ok=one.offline, found=f"{one.cache_dir} is read-only", advice=advice)
    return Look(ok=True, found=str(one.cache_dir))


def _room(one: ONE) -> Look:
    free = shutil.disk_usage(_existing(one.cache_dir)).free
    words = f"{free / 1e9:,.1f} GB free"
    return Look(ok=free > FULL_BYTES, found=words, advice="" if free > FULL_BYTES else "make room: bregma prune")


def _tables(one: ONE) -> Look:
    table = one.tables_dir / "sessions.pqt"
    with suppress(FileNotFoundError):
        made = datetime.fromtimestamp(table.stat().st_mtime).astimezone()
        return Look(ok=True, found=f"of {made:%Y-%m-%d %H:%M} in {one.tables_dir}")
    return Look(ok=not one.offline, found=f"none in {one.tables_dir}", advice="bregma tables brings them")


def _existing(folder: Path) -> Path:
    """Return the folder, or the first above it that exists."""
    return next(one for one in (folder, *folder.absolute().parents) if one.is_dir())


LOOKS: dict[str, Callable[[Any], Look]] = {
    "bregma": _version,
    "server": _server,
    "log-in": _login,
    "cache": _cache,
    "disk": _room,
    "tables": _tables,
}
