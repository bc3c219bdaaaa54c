"""What changed in the cache tables since a state of them: the rows as they are now, and the keys of those that went.

The events of history name the rows that may have changed; what of them is in the tables now is sent, the rest is
gone. Whoever may not see all rows is told only of keys that were in tables sent before.
"""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.utils import timezone

from bregma.alyx.data.tables.archive import Tables, describe, etag_of, known_tables
from bregma.alyx.data.tables.changes import ChangesUnknown, changed_keys
from bregma.alyx.data.tables.columns import OneMoment, read_columns
from bregma.alyx.data.tables.marks import Mark, is_current, is_known, read_floor, read_mark
from bregma.alyx.errors import InvalidRequest
from bregma.one.tables import MORE
from bregma.one.tables.schema import arrow_schema

if TYPE_CHECKING:
    from pathlib import Path

    from bregma.alyx.data.tables.changes import Keys
    from bregma.alyx.data.tables.scope import Scope

MARGIN = timedelta(minutes=10)
"""How long before a moment a transaction may have begun that ended after it."""
DELETED = pa.schema([("table", pa.string()), ("id", pa.string())])


@dataclass(frozen=True)
class Delta:
    """What changed: the new ETag, and a zip of tables; no zip where nothing did."""

    etag: str
    content: bytes | None


def load_delta(scope: Scope, since: str) -> Delta:
    """Return what changed in the tables of a scope.

    Parameters
    ----------
    scope : Scope
        Whose tables.
    since : str
        The ETag of tables or of a delta, or a moment (ISO 8601, UTC unless it says otherwise).

    Raises
    ------
    InvalidRequest
        If it is neither.
    ChangesUnknown
        If that state is unknown, or too much changed since.
    """
    old = known_tables(scope.folder, since) or _at_moment(scope, since)
    if not is_known(old.mark):
        raise ChangesUnknown(f"the tables {since} are of a database that is no more; download /cache.zip")
    if is_current(old.mark):
        return Delta(old.etag, None)
    floor = read_floor()
    with OneMoment():
        mark = read_mark(floor)
        changed = changed_keys(scope, old.mark.floor)
        return _write(scope, old, mark, changed)


def _at_moment(scope: Scope, since: str) -> Tables:
    try:
        moment = datetime.fromisoformat(since)
    except ValueError as error:
        if since.isalnum():
            raise ChangesUnknown(f"no tables {since!r} are known; download /cache.zip") from error
        raise InvalidRequest(f"since={since!r} is neither an ETag of tables nor a moment (ISO 8601)") from error
    if not scope.is_whole:
        raise ChangesUnknown("changes of these tables are told since an ETag only; that of /cache/info, for example")
    try:
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        mark = Mark(moment - MARGIN, 0, 0, moment)
    except OverflowError as error:
        raise InvalidRequest(f"since={since!r} is at the end of time; name a moment of this installation") from error
    return Tables(etag_of(scope, mark), {}, mark, scope.folder / "none.zip")


def _write(scope: Scope, old: Tables, mark: Mark, changed: Keys) -> Delta:
    present = {name: _present(scope, name, keys) for name, keys in changed.items() if keys}
    there = {name: set(table.column("id").to_pylist()) for name, table in present.items()}
    gone = {name: _tellable(scope, old, name, changed[name] - there[name]) for name in present}
    new = replace(old, etag=etag_of(scope, mark), mark=mark)
    if not scope.is_whole:
        new = replace(new, told=tuple({*old.told, *(key for keys in there.values() for key in keys)}))
    scope.folder.mkdir(parents=True, exist_ok=True)
    if known_tables(scope.folder, new.etag) is None:
        new.save()
    return Delta(new.etag, _zip(scope, old, new, present, gone))


def _present(scope: Scope, name: str, keys: set[str]) -> pa.Table:
    schema = arrow_schema(name, describe(scope, timezone.now()), dict.fromkeys(MORE[name]))
    rows = scope.rows(name).filter(pk__in=keys)
    return pa.concat_tables([schema.empty_table(), *read_columns(scope.columns(name, rows), schema)])


def _tellable(scope: Scope, old: Tables, name: str, keys: set[str]) -> set[str]:
    """Return the keys of which a person may know: all of whom sees all rows, else those sent before."""
    if scope.is_whole or not keys:
        return keys
    return keys & ({*old.told} | _sent(old.archive, name, keys))


def _sent(archive: Path, name: str, keys: set[str]) -> set[str]:
    if not archive.exists():
        raise ChangesUnknown(f"the tables {archive.stem} are too old; download /cache.zip")
    with zipfile.ZipFile(archive) as zipped, zipped.open(f"{name}.pqt") as file:
        column = pq.read_table(file, columns=["id"]).column("id")
    return set(column.filter(pc.is_in(column, value_set=pa.array(sorted(keys)))).to_pylist())


def _zip(scope: Scope, old: Tables, new: Tables, present: dict[str, pa.Table], gone: Keys) -> bytes:
    keys = [(name, key) for name in gone for key in sorted(gone[name])]
    deleted = pa.table({"table": [name for name, _ in keys], "id": [key for _, key in keys]}, schema=DELETED)
    told: dict[str, Any] = json.loads(describe(scope, timezone.now()).to_json())
    told |= {"since": old.etag, "etag": new.etag, "changed": {name: each.num_rows for name, each in present.items()}}
    told["deleted"] = {name: len(each) for name, each in gone.items()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as zipped:
        zipped.writestr("delta.json", json.dumps(told))
        for name, table in {**present, "deleted": deleted}.items():
            with zipped.open(f"{name}.pqt", "w") as file:
                pq.write_table(table, file, compression="zstd")
    return buffer.getvalue()
