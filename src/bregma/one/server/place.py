"""What the text given to ``ONE`` stands for: a server, a folder of tables and files, or a zip or object store."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from bregma.one.errors import PlaceNotFound, TablesMissing

if TYPE_CHECKING:
    from bregma.store import Store

_OBJECT_STORES = frozenset({"s3", "ftp", "ftps", "globus", "file"})
_HOST = re.compile(r"[\w.-]+(:\d+)?(/.*)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """Where data are: exactly one of a server's address, a folder, or the address of a store; or none of them."""

    server: str | None = None
    folder: Path | None = None
    store: str | None = None

    @classmethod
    def parse(cls, text: str | Path | None) -> Self:
        """Tell what a text stands for.

        Raises
        ------
        PlaceNotFound
            If it looks like a path and nothing is there.
        """
        if text is None:
            return cls()
        if isinstance(text, str) and "://" in text:
            try:
                parts = urlsplit(text)
            except ValueError as error:
                raise PlaceNotFound(f"{text} is no address: {error}; write it as https://host/path") from error
            is_store = parts.scheme in _OBJECT_STORES or parts.path.endswith(".zip")
            return cls(store=text) if is_store else cls(server=text)
        path = Path(text).expanduser()
        if path.is_dir():
            return cls(folder=_with_tables(path))
        if path.is_file() and path.suffix == ".zip":
            return cls(store=str(path))
        if isinstance(text, str) and path.suffix != ".zip" and _HOST.fullmatch(text) and not text.startswith("."):
            return cls(server=text)
        raise PlaceNotFound(
            f"nothing to open at {text}; give a folder, a .zip, an address of a server (https://…) "
            "or of a bucket (s3://bucket/prefix)"
        )


def _with_tables(folder: Path) -> Path:
    """Return the folder, or its ``sourcedata`` if the tables are there, as in exports with names of BIDS."""
    inner = folder / "sourcedata"
    return inner if (inner / "sessions.pqt").is_file() and not (folder / "sessions.pqt").is_file() else folder


def cache_of_store(address: str) -> Path:
    """Return the folder of the user's cache for what comes from a store."""
    from bregma.services.home import Home

    name = re.sub(r"\W+", "_", Path(urlsplit(address).path).stem or "store")
    return Home.default().cache / "stores" / f"{name}-{hashlib.sha256(address.encode()).hexdigest()[:12]}"


def copy_tables(store: Store, folder: Path, *, address: str) -> None:
    """Copy the tables of a store, which lie at its top, into a folder; those that are there with that date stay.

    Raises
    ------
    TablesMissing
        If it has no table of sessions.
    """
    from bregma.one.tables import NAMES
    from bregma.store import FileMissing

    for key in (f"{name}.pqt" for name in NAMES):
        try:
            entry = store.stat(key)
        except FileMissing:
            continue
        _copy(store, entry.key, folder / key, entry.modified.timestamp(), entry.size)
    if not (folder / "sessions.pqt").is_file():
        raise TablesMissing(f"{address} has no sessions.pqt at its top; export it with `bregma export`, or add tables")


def _copy(store: Store, key: str, target: Path, modified: float, size: int) -> None:
    from bregma.alf import atomic_write

    if target.is_file() and (target.stat().st_size, target.stat().st_mtime) == (size, modified):
        return
    with atomic_write(target) as file:
        for chunk in store.read(key):
            file.write(chunk)
    os.utime(target, (modified, modified))
