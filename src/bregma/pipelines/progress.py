"""How far the analyses are: what is made, pending, running or failed. Plain SQL on any DB-API connection.

It loads no DataJoint, and works before the first worker has made its tables: everything is pending then.
"""

from __future__ import annotations

import time
import zlib
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bregma.pipelines.errors import NotIdle, UnknownAnalysis
from bregma.pipelines.keys import CHANNEL

if TYPE_CHECKING:
    from datetime import datetime

LOOK_SECONDS = 0.2


@dataclass(frozen=True)
class JobState:
    """How many keys of one analysis are ``done``, ``pending``, ``reserved`` (running), ``error`` or ``ignore``."""

    table: str
    status: str
    n: int


@dataclass(frozen=True)
class JobError:
    """An analysis that failed, on which key, and why; ``time`` is when."""

    table: str
    key: dict[str, str]
    message: str
    traceback: str
    time: datetime | None


@dataclass(frozen=True)
class AnalysisSQL:
    """Where one analysis keeps its results and jobs, and where its keys come from."""

    name: str
    results: str
    jobs: str
    source: str
    key: tuple[str, ...]
    first: str | None = None
    """Source that exists from the start, for an analysis that needs no other."""


_TRIALS = "bregma_keys.trials"
_EVENTS = "bregma_keys.events"
_SPIKES = "bregma_keys.spikes"
_OF_SESSION = (
    'bregma_behavior._trial_set, bregma_behavior."#behavior_parameters"',
    ("session_uuid", "behavior_parameters"),
)
_OF_INSERTION = (f'{_SPIKES}, bregma_ephys."#ephys_parameters"', ("insertion_uuid", "ephys_parameters"))


def _behavior(name: str, table: str, source: str, key: tuple[str, ...], first: str | None = None) -> AnalysisSQL:
    jobs = f'bregma_behavior."~~{table.lstrip("_")}"'
    return AnalysisSQL(name, f"bregma_behavior.{table}", jobs, source, key, first)


def _ephys(name: str, table: str, source: str, key: tuple[str, ...], first: str | None = None) -> AnalysisSQL:
    return AnalysisSQL(name, f"bregma_ephys.{table}", f'bregma_ephys."~~{table.lstrip("_")}"', source, key, first)


ANALYSES = (
    _behavior("TrialSet", "_trial_set", _TRIALS, ("session_uuid",), _TRIALS),
    _behavior("PsychometricFit", "__psychometric_fit", *_OF_SESSION),
    _behavior("ReactionTime", "__reaction_time", *_OF_SESSION),
    _behavior("TrainingStatus", "__training_status", "bregma_keys.history", ("subject_uuid",)),
    _ephys("UnitMetrics", "__unit_metrics", _SPIKES, ("insertion_uuid",), _SPIKES),
    _ephys("DriftMap", "__drift_map", *_OF_INSERTION, _SPIKES),
    _ephys("Autocorrelogram", "__autocorrelogram", *_OF_INSERTION, _SPIKES),
    _ephys(
        "Psth",
        "__psth",
        f'{_SPIKES} join {_EVENTS} using (session_uuid), bregma_ephys."#ephys_parameters"',
        ("insertion_uuid", "session_uuid", "ephys_parameters"),
        f"{_SPIKES} join {_EVENTS} using (session_uuid)",
    ),
)


def load_job_states(connection: Any) -> list[JobState]:
    """Count the keys of every analysis by status, seen at one moment; statuses without keys are left out.

    Parameters
    ----------
    connection
        Django's connection or one of psycopg.
    """
    declared = [analysis for analysis in ANALYSES if _exists(connection, analysis)]
    queries = [_count_declared(analysis) for analysis in declared]
    queries += [
        f"select '{analysis.name}', 'pending', count(*) from {analysis.first}"  # noqa: S608
        for analysis in ANALYSES
        if analysis not in declared and analysis.first
    ]
    counts = {(name, status): n for name, status, n in _query(connection, " union all ".join(queries))}
    order = {analysis.name: place for place, analysis in enumerate(ANALYSES)}
    found = [JobState(name, status, n) for (name, status), n in counts.items() if n]
    return sorted(found, key=lambda state: (order[state.table], state.status))


def load_errors(connection: Any) -> list[JobError]:
    """Return every failed key, the latest first, with the traceback of its failure."""
    errors = []
    for analysis in ANALYSES:
        if _exists(connection, analysis):
            keys = ", ".join(analysis.key)
            rows = _query(
                connection,
                f"select error_message, error_stack, completed_time, {keys} "  # noqa: S608
                f"from {analysis.jobs} where status = 'error'",
            )
            for message, stack, when, *values in rows:
                key = dict(zip(analysis.key, values, strict=True))
                errors.append(JobError(analysis.name, key, message, read_text_blob(stack), when))
    return sorted(errors, key=lambda error: str(error.time), reverse=True)


def retry_errors(connection: Any, table: str | None = None) -> int:
    """Let failed keys be tried again, of one analysis or of all, wake the workers, and return how many there are.

    Parameters
    ----------
    connection
        Django's connection or one of psycopg.
    table
        Name of the analysis, such as ``PsychometricFit``.

    Raises
    ------
    UnknownAnalysis
        If there is none of that name.
    """
    names = [analysis.name for analysis in ANALYSES]
    if table is not None and table not in names:
        raise UnknownAnalysis(f"no analysis {table!r}; there are {', '.join(names)}")
    chosen = [analysis for analysis in ANALYSES if table in (None, analysis.name) and _exists(connection, analysis)]
    with connection.cursor() as cursor:
        n_errors = 0
        for analysis in chosen:
            cursor.execute(f"delete from {analysis.jobs} where status = 'error'")  # noqa: S608
            n_errors += cursor.rowcount
        cursor.execute("select pg_notify(%s, 'retry')", (CHANNEL,))
    return n_errors


def wait_until_idle(connection: Any, timeout: float) -> list[JobState]:
    """Wait until nothing is pending and nothing is running, and return the states then.

    Failed keys do not count as pending; they are among the states as ``error``.

    Parameters
    ----------
    connection
        Django's connection or one of psycopg.
    timeout
        Seconds.

    Raises
    ------
    NotIdle
        If something is still pending or running when the time is over; it says what.
    """
    until = time.monotonic() + timeout
    while True:
        states = load_job_states(connection)
        open_ = [state for state in states if state.status in ("pending", "reserved")]
        if not open_:
            return states
        if time.monotonic() > until:
            listed = ", ".join(f"{state.n} {state.table} {state.status}" for state in open_)
            raise NotIdle(f"after {timeout:g} s there are still {listed}; is a worker running? see its log")
        time.sleep(LOOK_SECONDS)


def read_text_blob(stored: bytes | memoryview | None) -> str:
    """Return the text in a cell that DataJoint packed (``dj0``, a type byte, a 64-bit length, UTF-8), or nothing."""
    if stored is None:
        return ""
    packed = bytes(stored)
    if packed.startswith(b"ZL123\0"):
        packed = zlib.decompress(packed[14:])
    with suppress(UnicodeDecodeError):
        return packed.removeprefix(b"dj0\0")[9:].decode()
    return ""


def _count_declared(analysis: AnalysisSQL) -> str:
    same = " and ".join(f"other.{name} = todo.{name}" for name in analysis.key)
    return (
        f"select '{analysis.name}', 'done', count(*) from {analysis.results} "  # noqa: S608
        f"union all select '{analysis.name}', j.status::text, count(*) from {analysis.jobs} j "
        "where j.status <> 'pending' and j.status <> 'success' group by j.status "
        f"union all select '{analysis.name}', 'pending', count(*) "
        f"from (select {', '.join(analysis.key)} from {analysis.source}) todo "
        f"where not exists (select from {analysis.results} other where {same}) "
        f"and not exists (select from {analysis.jobs} other where {same} and other.status <> 'pending')"
    )


def _exists(connection: Any, analysis: AnalysisSQL) -> bool:
    rows = _query(connection, f"select to_regclass('{analysis.jobs}') is not null")
    return bool(rows[0][0])


def _query(connection: Any, sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())
