"""The state of all analyses: what is done, what waits, what failed."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.urls import reverse

from bregma.alyx.experiments.models import ProbeInsertion
from bregma.alyx.policy import is_member
from bregma.alyx.results.state import title_of
from bregma.pipelines.results import load_errors, load_job_states

if TYPE_CHECKING:
    from bregma.alyx.policy import User
    from bregma.pipelines.results import JobError

MAX_ERRORS = 5
MAX_POLLS = 200
WAITING = ("pending", "reserved", "scheduled")


@dataclass(frozen=True)
class TableState:
    """How far one analysis is, in keys."""

    title: str
    n_done: int
    n_waiting: int
    n_failed: int

    @property
    def n_all(self) -> int:
        """All keys."""
        return self.n_done + self.n_waiting + self.n_failed


@dataclass(frozen=True)
class Problem:
    """One failed key, with the page of what it was about."""

    title: str
    message: str
    url: str


@dataclass(frozen=True)
class Pipeline:
    """All analyses and the latest failures."""

    tables: tuple[TableState, ...]
    errors: tuple[Problem, ...]
    polls: int = 0

    @property
    def n_failed(self) -> int:
        """Failed keys of all analyses."""
        return sum(table.n_failed for table in self.tables)

    @property
    def working(self) -> bool:
        """Whether something waits, and the page should ask again."""
        return self.polls < MAX_POLLS and any(table.n_waiting for table in self.tables)


def load_pipeline(connection: Any, user: User, *, polls: int = 0) -> Pipeline:
    """Read the state of the analyses; public accounts see none of it."""
    if not is_member(user):
        return Pipeline((), ())
    states = load_job_states(connection)
    tables = []
    for table, group in groupby(states, key=lambda state: state.table):
        counts = {state.status: state.n for state in group}
        waiting = sum(counts.get(status, 0) for status in WAITING)
        tables.append(TableState(title_of(table), counts.get("done", 0), waiting, counts.get("error", 0)))
    errors = load_errors(connection)[:MAX_ERRORS] if any(table.n_failed for table in tables) else []
    return Pipeline(tuple(tables), tuple(_problems(errors)), polls)


def _problems(errors: list[JobError]) -> list[Problem]:
    pids = [UUID(error.key["insertion_uuid"]) for error in errors if "insertion_uuid" in error.key]
    sessions = dict(ProbeInsertion.objects.filter(pk__in=pids).values_list("pk", "session_id")) if pids else {}
    return [Problem(title_of(error.table), error.message, _page_of(error, sessions)) for error in errors]


def _page_of(error: JobError, sessions: dict[UUID, UUID]) -> str:
    key = error.key
    if "insertion_uuid" in key:
        eid = sessions.get(UUID(key["insertion_uuid"]))
        return f"{reverse('results:session', args=[eid])}?pid={key['insertion_uuid']}" if eid else ""
    if "session_uuid" in key:
        return reverse("results:session", args=[key["session_uuid"]])
    return reverse("results:subject", args=[key["subject_uuid"]]) if "subject_uuid" in key else ""
