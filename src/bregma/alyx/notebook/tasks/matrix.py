"""Tasks by session and name, and how many of each status a lab has: few queries, however many tasks."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Max

from bregma.alyx import policy
from bregma.alyx.actions.models import Session
from bregma.alyx.jobs.models import Task

if TYPE_CHECKING:
    from bregma.alyx.policy import User

SESSIONS_ON_PAGE = 40


@dataclass(frozen=True)
class LabLine:
    """How a lab's tasks stand."""

    lab: str
    counts: dict[int, int]
    last: object

    def count(self, status: int) -> int:
        """Return how many tasks have a status."""
        return self.counts.get(status, 0)

    @property
    def cells(self) -> list[tuple[Task.Status, int]]:
        """Return the number of tasks of each status."""
        return [(status, self.count(status)) for status in Task.Status]


@dataclass(frozen=True)
class Matrix:
    """Sessions down, tasks across; a cell is a task or None."""

    names: list[str]
    rows: list[tuple[Session, list[Task | None]]]
    page: int
    n_sessions: int

    @property
    def older(self) -> int | None:
        """The next page, if there are more sessions."""
        return self.page + 1 if self.page * SESSIONS_ON_PAGE < self.n_sessions else None

    @property
    def newer(self) -> int | None:
        """The page before."""
        return self.page - 1 if self.page > 1 else None


def count_by_lab(user: User) -> list[LabLine]:
    """Return the labs that have tasks, with numbers by status: one query."""
    rows = policy.readable(user, Task.objects.filter(session__isnull=False)).order_by()
    counted = rows.values("session__lab__name", "status").annotate(n=Count("pk", distinct=True), last=Max("datetime"))
    counts: dict[str, dict[int, int]] = defaultdict(dict)
    last: dict[str, object] = {}
    for row in counted:
        name = row["session__lab__name"] or "–"
        counts[name][row["status"]] = row["n"]
        last[name] = max(filter(None, (last.get(name), row["last"])), default=None)
    return [LabLine(name, counts[name], last[name]) for name in sorted(counts)]


def list_graphs(user: User) -> list[str]:
    """Return the names of the pipelines that have tasks: one query."""
    rows = policy.readable(user, Task.objects.exclude(graph="")).order_by()
    return list(rows.values_list("graph", flat=True).distinct().order_by("graph"))


def load_matrix(user: User, *, graph: str = "", lab: str = "", page: int = 1) -> Matrix:
    """Return one page of sessions with their tasks: three queries."""
    tasks = policy.readable(user, Task.objects.filter(session__isnull=False))
    tasks = tasks.filter(graph=graph) if graph else tasks
    tasks = tasks.filter(session__lab__name=lab) if lab else tasks
    sessions = Session.objects.filter(pk__in=tasks.order_by().values("session"))
    n_sessions = sessions.count()
    start = (page - 1) * SESSIONS_ON_PAGE
    chosen = list(
        sessions.select_related("subject", "lab").order_by("-start_time", "pk")[start : start + SESSIONS_ON_PAGE]
    )
    found: dict[object, dict[str, Task]] = defaultdict(dict)
    levels: dict[str, int] = {}
    for task in tasks.filter(session__in=chosen).defer("log", "arguments").order_by("level", "name"):
        found[task.session_id][task.name] = task
        levels[task.name] = min(levels.get(task.name, 99), task.level or 0)
    names = sorted(levels, key=lambda name: (levels[name], name))
    rows = [(session, [found[session.pk].get(name) for name in names]) for session in chosen]
    return Matrix(names, rows, page, n_sessions)
