"""The tables of each set of rights as one archive, made when something changed and kept until then."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from filelock import FileLock

from bregma.alf import atomic_write
from bregma.alyx.data.tables.marks import Mark, is_current, read_floor, read_mark
from bregma.one.tables import MORE, NAMES, TablesInfo

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from bregma.alyx.data.tables.scope import Scope

KEPT_ARCHIVES = 3
KEPT_SECONDS = 30 * 86_400


@dataclass(frozen=True)
class Tables:
    """Cache tables as files: what ``/cache/info`` says, and the archive that ``/cache.zip`` sends.

    Attributes
    ----------
    etag : str
        Another one whenever a row of the tables is another.
    info : dict
        Date, origin, tags and sizes.
    mark : Mark
        Which changes they hold.
    archive : Path
        The zip; after a delta, that of the tables to which deltas were added.
    told : tuple of str
        Keys that deltas since told, besides those in the archive.
    """

    etag: str
    info: dict[str, Any]
    mark: Mark
    archive: Path
    told: tuple[str, ...] = field(default=())

    def save(self) -> None:
        """Write down what is known of these tables, so that they can be asked for by ETag."""
        content = {"info": self.info, "mark": self.mark.to_dict(), "archive": self.archive.name, "told": self.told}
        with atomic_write(self.archive.parent / f"{self.etag}.json") as stream:
            stream.write(json.dumps(content).encode())


def load_tables(scope: Scope) -> Tables:
    """Return the cache tables of a scope, made anew if something changed since.

    Who asks while they are being made waits for them. When making them fails, the old ones stay.
    """
    found = _current(scope.folder)
    if found is not None and is_current(found.mark):
        return found
    scope.folder.mkdir(parents=True, exist_ok=True)
    with FileLock(scope.folder / "lock"):
        found = _current(scope.folder)
        if found is None or not is_current(found.mark):
            found = _make(scope)
    return found


def known_tables(folder: Path, etag: str) -> Tables | None:
    """Look up tables by ETag; None where they are forgotten, or of other people."""
    if not etag.isalnum():
        return None
    path = folder / f"{etag}.json"
    if not path.exists():
        return None
    content = json.loads(path.read_text(encoding="utf-8"))
    mark, archive = Mark.from_dict(content["mark"]), folder / content["archive"]
    return Tables(etag, content["info"], mark, archive, tuple(content["told"]))


def etag_of(scope: Scope, mark: Mark) -> str:
    """Name a state of the tables of a scope."""
    return hashlib.sha256(f"{scope.rights}|{scope.tag}|{mark.to_dict()}".encode()).hexdigest()[:24]


def describe(scope: Scope, made: datetime) -> TablesInfo:
    """Tell when and where tables are made: the origin is this server, whatever it was called in the request."""
    origin = urlsplit(settings.BREGMA_URL).netloc
    return TablesInfo(made.strftime("%Y-%m-%d %H:%M"), origin, (scope.tag,) if scope.tag else ())


def _current(folder: Path) -> Tables | None:
    pointer = folder / "current"
    found = known_tables(folder, pointer.read_text(encoding="utf-8")) if pointer.exists() else None
    return found if found is not None and found.archive.exists() else None


def _make(scope: Scope) -> Tables:
    from bregma.alyx.data.tables.columns import OneMoment

    folder, info = scope.folder, describe(scope, timezone.now())
    floor = read_floor()
    with OneMoment():
        mark = read_mark(floor)
        archive = folder / f"{etag_of(scope, mark)}.zip"
        sizes = _write(scope, info, archive)
    made = Tables(archive.stem, {**json.loads(info.to_json()), "tables": sizes}, mark, archive)
    made.save()
    with atomic_write(folder / "current") as stream:
        stream.write(made.etag.encode())
    _forget_old(folder)
    return made


def _write(scope: Scope, info: TablesInfo, archive: Path) -> dict[str, dict[str, int]]:
    from bregma.alyx.data.tables.columns import write_parquet
    from bregma.one.tables.schema import arrow_schema

    sizes = {}
    with atomic_write(archive) as stream, zipfile.ZipFile(stream, "w") as zipped:
        for name in NAMES:
            rows = scope.columns(name, scope.rows(name))
            with zipped.open(f"{name}.pqt", "w", force_zip64=True) as file:
                number = write_parquet(rows, arrow_schema(name, info, dict.fromkeys(MORE[name])), file)
            sizes[name] = {"nrecs": number, "size": zipped.getinfo(f"{name}.pqt").file_size}
    return sizes


def _forget_old(folder: Path) -> None:
    """Remove archives but the last, what else was not asked for in a month, and tables that nobody asks for."""
    archives = sorted(folder.glob("*.zip"), key=_age)
    old = [path for path in folder.glob("*.json") if _age(path) > KEPT_SECONDS]
    for path in (*archives[KEPT_ARCHIVES:], *old):
        path.unlink(missing_ok=True)
    for other in folder.parent.iterdir():
        if other.is_dir() and _age(other) > KEPT_SECONDS:
            shutil.rmtree(other, ignore_errors=True)


def _age(path: Path) -> float:
    return time.time() - path.stat().st_mtime
