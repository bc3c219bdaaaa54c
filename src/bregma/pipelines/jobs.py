"""One key of one analysis: reserve it, make it, and say in its jobs table how it went."""

from __future__ import annotations

import logging
import platform
import traceback
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

import psutil
import psycopg2

from bregma.pipelines.engine import dj
from bregma.pipelines.errors import InputChanged

if TYPE_CHECKING:
    from bregma.pipelines.sources import DataSource

logger = logging.getLogger(__name__)

ORPHAN_SECONDS = 6 * 3600
"""A key reserved for longer is taken from its worker, whether that lives or not."""
PRIORITY = 5
LATER_SECONDS = 10
"""Before a key is tried again whose data could not be reached."""


class Outcome(Enum):
    """How making a key ended."""

    MADE = auto()
    TAKEN = auto()
    """Another worker has it, or nothing is left to do."""
    LATER = auto()
    """The data changed or could not be reached; the key is pending again."""
    FAILED = auto()
    """The error and its traceback are in the jobs table."""


def refresh_jobs(table: Any, *, limit: int) -> list[dict[str, Any]]:
    """Make a job of every new key, in one statement, and return the first pending ones.

    DataJoint's own ``jobs.refresh`` inserts row by row. What it tidies up besides goes by itself here: a job leaves
    with its input, by a foreign key.
    """
    names = ", ".join(f'"{name}"' for name in table.primary_key)
    same = " and ".join(f'done."{name}" = new."{name}"' for name in table.primary_key)
    query = table.connection.query
    try:
        query(
            f"insert into {table.jobs.full_table_name} ({names}, status, priority, scheduled_time) "  # noqa: S608
            f"select {names}, 'pending', {PRIORITY}, current_timestamp - interval '1 second' "
            f"from ({table.key_source.proj().make_sql()}) as new "
            f"where not exists (select from {table.full_table_name} done where {same}) on conflict do nothing"
        )
    except dj.errors.IntegrityError:
        logger.info("an input of %s vanished while its job was written", table.class_name)
    pending = query(
        f"select {names} from {table.jobs.full_table_name} "  # noqa: S608
        "where status = 'pending' and scheduled_time <= current_timestamp "
        f"order by priority, scheduled_time limit {limit:d}"
    ).fetchall()
    return [dict(zip(table.primary_key, values, strict=True)) for values in pending]


def make_key(table: Any, key: dict[str, Any], source: DataSource) -> Outcome:
    """Reserve and make one key.

    Raises
    ------
    datajoint.errors.LostConnectionError, psycopg2.Error
        If the database went away. The key stays reserved by a connection that is gone, and is given back later.
    """
    if not table.jobs.reserve(key):
        return Outcome.TAKEN
    done = table.populate(key, suppress_errors=True, return_exception_objects=True, make_kwargs={"source": source})
    if not done["error_list"]:
        table.jobs.complete(key)
        return Outcome.MADE if done["success_count"] else Outcome.TAKEN
    return _settle(table, key, done["error_list"][0][1])


def _settle(table: Any, key: dict[str, Any], error: Exception) -> Outcome:
    if isinstance(error, (dj.errors.LostConnectionError, psycopg2.OperationalError, psycopg2.InterfaceError)):
        raise error
    if isinstance(error, (InputChanged, dj.errors.IntegrityError, dj.errors.DuplicateError)):
        logger.info("%s of %s again: %s", table.class_name, key, error)
        (table.jobs & key).delete_quick()
        return Outcome.LATER
    if isinstance(error, _unreachable()):
        logger.warning("%s of %s later, its data cannot be reached: %s", table.class_name, key, error)
        _postpone(table, key)
        return Outcome.LATER
    logger.error("%s of %s failed", table.class_name, key, exc_info=error)
    if table.jobs & key:
        stack = "".join(traceback.format_exception(error))
        table.jobs.error(key, error_message=f"{type(error).__name__}: {error}", error_stack=stack)
    return Outcome.FAILED


def _unreachable() -> tuple[type[Exception], ...]:
    """Return the errors of a server that is down, starting, or has not let this worker in: no fault of the data."""
    import httpx

    from bregma.one.errors import AuthenticationError

    return (ConnectionError, TimeoutError, httpx.TransportError, AuthenticationError)


def _postpone(table: Any, key: dict[str, Any]) -> None:
    condition = " and ".join(f'"{name}" = %s' for name in key)
    table.connection.query(
        f"update {table.jobs.full_table_name} set status = 'pending', reserved_time = null, "  # noqa: S608
        f"scheduled_time = current_timestamp + interval '{LATER_SECONDS} seconds' where {condition}",
        args=tuple(key.values()),
    )


def recover_orphans(table: Any) -> int:
    """Give back the keys of dead workers, and return how many.

    A worker is dead when its database connection is gone, or, on this machine, its process; a key is also given back
    after `ORPHAN_SECONDS`. A worker that lives after all finds the key made, or makes it, once.
    """
    query = table.connection.query
    reserved = query(
        "select distinct host, pid, connection_id, "  # noqa: S608
        "exists (select from pg_stat_activity a where a.pid = connection_id), "
        f"reserved_time < current_timestamp - interval '{ORPHAN_SECONDS} seconds' "
        f"from {table.jobs.full_table_name} where status = 'reserved'"
    ).fetchall()
    given_back = 0
    for host, pid, connection_id, connected, too_long in reserved:
        gone = host == platform.node() and not psutil.pid_exists(pid)
        if not connected or gone or too_long:
            logger.warning("taking back %s from worker %s of %s", table.class_name, pid, host)
            given_back += _give_back(table, host, pid, connection_id)
    return given_back


def _give_back(table: Any, host: str, pid: int, connection_id: int) -> int:
    cursor = table.connection.query(
        f"update {table.jobs.full_table_name} set status = 'pending', reserved_time = null "  # noqa: S608
        "where status = 'reserved' and host = %s and pid = %s and connection_id = %s",
        args=(host, pid, connection_id),
    )
    return int(cursor.rowcount)
