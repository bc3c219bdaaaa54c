"""Pages and admin lists on a generated lab: SQL queries at two page sizes, and the median time of an answer.

The lab (see generated_lab.py) is made in a home that is thrown away. Pages are found by walking the URLs and the
registry of the admin, so that a new page is measured as it comes. Wanted: at most 12 queries whatever the page size,
and 300 ms at the median. ``--small`` takes a lab of a twenty-fifth.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.generated_lab import GeneratedLab
    from django.test import Client

MOST_QUERIES, MOST_SECONDS, ROUNDS = 12, 0.3, 5
SIZES = (25, 100)
ROOMS = ("today/", "colony/", "notebook/", "inbox/", "search/", "results/")
ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True)
class Page:
    """One page to ask for."""

    name: str
    url: str
    is_admin: bool = False


@dataclass(frozen=True)
class Cost:
    """What a page costs: queries at each size, seconds at the larger one."""

    page: Page
    queries: tuple[int, ...]
    seconds: float
    size: int
    failed: bool = False

    @property
    def is_good(self) -> bool:
        """Whether it is within what is wanted."""
        return not self.failed and max(self.queries) <= MOST_QUERIES and self.seconds <= MOST_SECONDS


def pages(lab: GeneratedLab) -> list[Page]:
    """Return every page that a link may open: lists, records of each kind with their tabs, and lists of the admin."""
    from django.contrib import admin
    from django.urls import get_resolver, reverse

    keys = _keys(lab)
    found = {}
    for route, name in _routes(get_resolver().url_patterns):
        url = _fill_in(route, name or "", keys)
        if url is not None and route.startswith(ROOMS):
            found.setdefault(url, Page(name or route, url))
    for model in admin.site._registry:
        url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        found[url] = Page(f"admin {model._meta.label_lower}", url, is_admin=True)
    return list(found.values())


def _routes(patterns: Any, before: str = "") -> Iterator[tuple[str, str | None]]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from _routes(pattern.url_patterns, route) if pattern.app_name != "admin" else ()
        elif route.endswith("/"):
            yield route, pattern.name


def _fill_in(route: str, name: str, keys: dict[str, str]) -> str | None:
    """Return the address of a route with the key of a row of its kind; None where nothing says which."""
    kinds = sorted((kind for kind in keys if name == kind or name.startswith(f"{kind}-")), key=len)
    wanted = ARGUMENT.findall(route)
    if wanted == ["reference"]:
        kinds = ["subject"]
    if len(wanted) > 1 or (wanted and not kinds):
        return None
    return "/" + ARGUMENT.sub(lambda _: keys[kinds[-1]], route)


def _keys(lab: GeneratedLab) -> dict[str, str]:
    """Return the key of one row of each kind, by how the names of its pages begin."""
    from bregma.alyx.actions import models as actions
    from bregma.alyx.colony import models as colony
    from bregma.alyx.experiments.models import ProbeInsertion
    from bregma.alyx.jobs.models import Task
    from bregma.alyx.misc.models import Note
    from bregma.alyx.subjects import models as subjects

    models: dict[str, Any] = {
        "breeding-pair": subjects.BreedingPair,
        "litter": subjects.Litter,
        "line": subjects.Line,
        "request": subjects.SubjectRequest,
        "surgery": actions.Surgery,
        "injection": actions.VirusInjection,
        "cage": colony.Cage,
        "rack": colony.Rack,
        "licence": colony.Licence,
        "adverse-event": colony.AdverseEvent,
        "insertion": ProbeInsertion,
        "task": Task,
        "note": Note,
    }
    mouse = lab.living[0]
    session = next(session for session in lab.sessions if session.subject_id == mouse.pk)
    rows = {kind: model.objects.order_by("pk").first() for kind, model in models.items()}
    keys = {kind: str(row.pk) for kind, row in rows.items() if row is not None}
    return {"subject": mouse.nickname, "session": str(session.pk), **keys}


def cost_of(client: Client, page: Page, *, rounds: int = ROUNDS) -> Cost | None:
    """Return what a page costs; None for what is no page: an action, a file, a part of a page."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    queries = []
    _ask(client, page, SIZES[0])  # fills caches
    for size in SIZES:
        with CaptureQueriesContext(connection) as captured:
            answer = _ask(client, page, size)
        if answer.status_code >= 500:
            return Cost(page, (0,), 0.0, 0, failed=True)
        if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
            return None
        queries.append(len(captured))
    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        answer = _ask(client, page, SIZES[-1])
        seconds.append(time.perf_counter() - start)
    return Cost(page, tuple(queries), median(seconds or [0.0]), len(answer.content))


def _ask(client: Client, page: Page, size: int) -> Any:
    from django.contrib import admin

    if page.is_admin:
        for each in admin.site._registry.values():
            each.list_per_page = size
    return client.get(page.url, {} if page.is_admin else {"size": size})


def visitor() -> Client:
    """Return a client that the administrator of the lab is logged in to."""
    from django.test import Client

    from bregma.alyx.misc.models import LabMember

    client = Client(raise_request_exception=False, SERVER_NAME="localhost")
    client.force_login(LabMember.objects.get(username="person00"), "django.contrib.auth.backends.ModelBackend")
    return client


def show(costs: list[Cost]) -> None:
    """Print a line per page, the slowest first, and a verdict."""
    print(f"{'page':<34}{'queries at 25, 100':>20}{'ms':>8}{'kB':>8}")
    for cost in sorted(costs, key=lambda cost: -cost.seconds):
        queries = ", ".join(map(str, cost.queries))
        mark = "   failed" if cost.failed else "" if cost.is_good else "   over"
        print(f"{cost.page.name:<34}{queries:>20}{cost.seconds * 1000:>8.0f}{cost.size / 1000:>8.0f}{mark}")
    over = [cost for cost in costs if not cost.is_good]
    print(f"{len(costs)} pages, {len(over)} failed, or over {MOST_QUERIES} queries or {MOST_SECONDS * 1000:.0f} ms")


def main(*, small: bool) -> None:
    """Make the lab and measure every page on it."""
    with tempfile.TemporaryDirectory(prefix="bregma-bench-") as folder:
        os.environ["BREGMA_HOME"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "bregma.alyx.settings"
        sys.path.insert(0, str(Path(__file__).parents[1]))
        from bregma.services.home import Home
        from bregma.services.postgres import start_postgres, stop_postgres

        home = Home.default().make()
        start_postgres(home)
        try:
            _measure(home, small=small)
        finally:
            stop_postgres(home)


def _measure(home: Any, *, small: bool) -> None:
    from bregma.alyx.installation import prepare

    prepare(home, report=lambda _: None)
    from benchmarks.generated_lab import Scale, fill

    start = time.perf_counter()
    lab = fill(Scale(40, 400, 1200, 5) if small else Scale())
    took = time.perf_counter() - start
    print(f"{len(lab.mice):,} subjects, {len(lab.sessions):,} sessions, made in {took:.0f} s", flush=True)
    client = visitor()
    show([cost for page in pages(lab) if (cost := cost_of(client, page)) is not None])


if __name__ == "__main__":
    main(small="--small" in sys.argv)
