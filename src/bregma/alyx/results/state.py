"""How far the analyses of one session are: done, going on, or failed and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bregma.pipelines.results import load_errors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bregma.alyx.actions.models import Session
    from bregma.pipelines.results import JobError

TITLES = {
    "TrialSet": "Trials",
    "PsychometricFit": "Psychometric curves",
    "ReactionTime": "Reaction times",
    "TrainingStatus": "Training status",
    "UnitMetrics": "Unit metrics",
    "DriftMap": "Drift maps",
    "Autocorrelogram": "Autocorrelograms",
    "PSTH": "Responses to events",
}
MAX_POLLS = 120
"""How often a page asks before it leaves the matter to the reader."""

_OF_SESSION = {
    "PsychometricFit": "bregma_behavior.__psychometric_fit",
    "ReactionTime": "bregma_behavior.__reaction_time",
}
_OF_INSERTION = {
    "UnitMetrics": "bregma_ephys.__unit_metrics",
    "DriftMap": "bregma_ephys.__drift_map",
    "Autocorrelogram": "bregma_ephys.__autocorrelogram",
}


@dataclass(frozen=True)
class Failure:
    """An analysis that failed: its title, the reason in a line, and the traceback."""

    title: str
    summary: str
    details: str


@dataclass(frozen=True)
class State:
    """What a session page says above its figures.

    ``working``: results are awaited and the page asks again after ``wait`` seconds; ``stopped``: they are awaited,
    and the page has asked often enough.
    """

    pending: tuple[str, ...]
    failures: tuple[Failure, ...]
    polls: int

    @property
    def working(self) -> bool:
        """Whether the page should ask again."""
        return bool(self.pending) and self.polls < MAX_POLLS

    @property
    def stopped(self) -> bool:
        """Whether the page has asked often enough."""
        return bool(self.pending) and self.polls >= MAX_POLLS

    @property
    def wait(self) -> int:
        """Seconds before asking again: short at first, longer later."""
        return min(3 + self.polls // 5, 30)

    @property
    def words(self) -> str:
        """What is awaited."""
        return f"Awaited: {', '.join(title.lower() for title in self.pending)}."


def title_of(table: str) -> str:
    """Name an analysis as a reader would."""
    known = {name.lower(): title for name, title in TITLES.items()}
    return known.get(table.lower(), table)


def load_state(connection: Any, session: Session, *, polls: int = 0) -> State:
    """Find which analyses of a session are awaited or have failed."""
    errors = [error for error in load_errors(connection) if _concerns(connection, error, session)]
    failed = {error.table.lower() for error in errors}
    pending = [name for name in _find_pending(connection, str(session.pk)) if name.lower() not in failed]
    if "trialset" in failed:
        pending = [name for name in pending if name not in _OF_SESSION]
    failures = tuple(Failure(title_of(error.table), error.message, error.traceback) for error in errors)
    return State(tuple(title_of(name) for name in pending), failures, polls)


def _concerns(connection: Any, error: JobError, session: Session) -> bool:
    if "insertion_uuid" in error.key:
        return error.key["insertion_uuid"] in {str(pid) for pid in session.probe_insertion.values_list("pk", flat=True)}
    return error.key.get("session_uuid") == str(session.pk)


def _find_pending(connection: Any, eid: str) -> list[str]:
    """Name the analyses whose input is there and whose result is not."""
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from bregma_keys.trials where session_uuid = %s", (eid,))
        n_trials = cursor.fetchone()[0]
        cursor.execute("select insertion_uuid from bregma_keys.spikes where session_uuid = %s", (eid,))
        pids = [row[0] for row in cursor.fetchall()]
    wanted = [(name, table, "session_uuid", [eid]) for name, table in _OF_SESSION.items() if n_trials]
    wanted += [(name, table, "insertion_uuid", pids) for name, table in _OF_INSERTION.items() if pids]
    present = _find_present(connection, [table for _, table, _, _ in wanted])
    return [
        name
        for name, table, key, values in wanted
        if table not in present or not _has_all(connection, table, key, values)
    ]


def _find_present(connection: Any, tables: Sequence[str]) -> set[str]:
    """Return the tables that workers have made already."""
    with connection.cursor() as cursor:
        cursor.execute("select name from unnest(%s::text[]) name where to_regclass(name) is not null", (list(tables),))
        return {row[0] for row in cursor.fetchall()}


def _has_all(connection: Any, table: str, key: str, values: Sequence[str]) -> bool:
    with connection.cursor() as cursor:
        query = f"select count(distinct {key}) from {table} where {key} = any(%s)"  # noqa: S608 - constants above
        cursor.execute(query, (list(values),))
        return bool(cursor.fetchone()[0] == len(set(values)))
