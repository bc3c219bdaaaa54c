"""The cache tables of ONE: all sessions, datasets and insertions as parquet files, made when something changed."""

from __future__ import annotations

import hashlib
import json
import time
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, Max, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone
from filelock import FileLock

from bregma.alf import atomic_write
from bregma.alyx import policy
from bregma.alyx.actions.models import Session
from bregma.alyx.data.models import Dataset, FileRecord, Tag
from bregma.alyx.data.selectors import on_a_server
from bregma.alyx.errors import UnknownName
from bregma.alyx.experiments.models import ProbeInsertion
from bregma.alyx.records import QC
from bregma.alyx.subjects.models import Project

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd


KEPT_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Tables:
    """Cache tables as files: what ``/cache/info`` says, and the archive that ``/cache.zip`` sends."""

    info: dict[str, Any]
    archive: Path


def load_tables(user: Any, *, origin: str, tag: str | None = None) -> Tables:
    """Return the cache tables of what a person may see, made anew if something changed since.

    Parameters
    ----------
    user : LabMember
        Members share one set of tables, accounts for the public another.
    origin : str
        The name of this server.
    tag : str, optional
        Only datasets with this tag, and their sessions.

    Raises
    ------
    UnknownName
        If there is no such tag.
    """
    if tag and not policy.readable(user, Tag.objects.filter(name=tag)).exists():
        raise UnknownName("Tag matching query does not exist.")
    datasets = policy.readable(user, Dataset.objects.order_by().filter(on_a_server(), session__isnull=False))
    if tag:
        datasets = datasets.filter(pk__in=Dataset.objects.filter(tags__name=tag).values("pk"))
    sessions = policy.readable(user, Session.objects.order_by()).filter(number__isnull=False, lab__isnull=False)
    if tag:
        sessions = sessions.filter(pk__in=datasets.values("session"))
    insertions = ProbeInsertion.objects.order_by().filter(session__in=sessions.values("pk"))
    audience = "members" if policy.is_member(user) else "public"
    return _made(sessions, datasets, insertions, origin=origin, tag=tag, audience=audience)


def _made(
    sessions: QuerySet[Session],
    datasets: QuerySet[Dataset],
    insertions: QuerySet[ProbeInsertion],
    *,
    origin: str,
    tag: str | None,
    audience: str,
) -> Tables:
    signature = _signature(sessions, datasets, insertions, FileRecord.objects.filter(dataset__in=datasets))
    folder = settings.HOME.cache / "tables"
    folder.mkdir(parents=True, exist_ok=True)
    name = hashlib.sha256(f"{signature}|{origin}|{tag}|{audience}".encode()).hexdigest()[:16]
    archive, info = folder / f"{name}.zip", folder / f"{name}.json"
    with FileLock(folder / f"{name}.lock"):
        if not info.exists():
            _write(folder / name, archive, info, (sessions, datasets, insertions), origin=origin, tag=tag)
    return Tables(json.loads(info.read_text(encoding="utf-8")), archive)


def _signature(*tables: QuerySet[Any]) -> str:
    """Return a text that changes whenever rows come, go or change."""
    parts = []
    for rows in tables:
        if rows.model is FileRecord:
            found = rows.aggregate(n=Count("pk"), here=Count("pk", filter=Q(exists=True)))
        else:
            found = rows.aggregate(n=Count("pk"), last=Max("auto_datetime"))
        parts.append(f"{rows.model.__name__}={found}")
    return " ".join(parts)


def _write(
    folder: Path,
    archive: Path,
    info: Path,
    rows: tuple[QuerySet[Session], QuerySet[Dataset], QuerySet[ProbeInsertion]],
    *,
    origin: str,
    tag: str | None,
) -> None:
    from bregma.one.tables import TablesInfo, write_tables

    sessions, datasets, insertions = (_sessions(rows[0]), _datasets(rows[1]), _insertions(rows[2]))
    made, tags = timezone.now(), (tag,) if tag else ()
    files = write_tables(folder, sessions, datasets, insertions, origin=origin, date_created=made, tags=tags)
    with atomic_write(archive) as stream, zipfile.ZipFile(stream, "w") as zipped:
        for file in files:
            zipped.write(file, file.name)
    with atomic_write(info) as stream:
        stream.write(TablesInfo(made.strftime("%Y-%m-%d %H:%M"), origin, tags).to_json().encode())
    for file in files:
        file.unlink()
    folder.rmdir()
    _forget_old(archive.parent)


def _forget_old(folder: Path) -> None:
    """Remove archives that nobody can be downloading any more."""
    for path in folder.iterdir():
        if time.time() - path.stat().st_mtime > KEPT_SECONDS and path.is_file():
            path.unlink(missing_ok=True)


def _frame(rows: QuerySet[Any], columns: list[str]) -> pd.DataFrame:
    import pandas as pd

    frame = pd.DataFrame.from_records(list(rows.values_list(*columns)), columns=columns)
    for name in ("id", "eid"):
        if name in frame:
            frame[name] = frame[name].map(str).astype(object)
    return frame


def _sessions(rows: QuerySet[Session]) -> pd.DataFrame:
    projects = Project.objects.filter(session=OuterRef("pk")).order_by("name").values("name")
    rows = rows.annotate(
        day=TruncDate("start_time"), lab_name=F("lab__name"), mouse=F("subject__nickname"), its=ArraySubquery(projects)
    )
    frame = _frame(rows, ["id", "lab_name", "mouse", "day", "number", "task_protocol", "its"])
    frame["its"] = [",".join(names) for names in frame["its"]]
    return frame.rename(columns={"lab_name": "lab", "mouse": "subject", "day": "date", "its": "projects"})


def _datasets(rows: QuerySet[Dataset]) -> pd.DataFrame:
    """Make the table of datasets; paths are put together here, before a missing revision becomes a number."""
    import pandas as pd

    columns = ("session_id", "pk", "collection", "revision__name", "name", "file_size", "hash", "default_dataset", "qc")
    made = [
        (str(eid), str(key), _relative(collection, revision, name), size, digest, default, QC(qc).name, True)
        for eid, key, collection, revision, name, size, digest, default, qc in rows.values_list(*columns)
    ]
    names = ["eid", "id", "rel_path", "file_size", "hash", "default_revision", "qc", "exists"]
    return pd.DataFrame.from_records(made, columns=names)


def _insertions(rows: QuerySet[ProbeInsertion]) -> pd.DataFrame:
    frame = _frame(rows, ["session_id", "id", "name", "model__name", "serial"])
    frame["session_id"] = frame["session_id"].map(str).astype(object)
    return frame.rename(columns={"session_id": "eid", "model__name": "model"})


def _relative(collection: str | None, revision: str | None, name: str) -> str:
    marked = f"#{revision}#" if revision else None
    return "/".join(part for part in (collection, marked, name) if part)
