"""REST on a generated lab: queries and time of an answer, files registered per second, fifty clients at once.

The lab (see generated_lab.py) is made in a home that is thrown away, and served as ``bregma up`` serves it. Beside each
figure stands the reference's: queries and milliseconds that were recorded of Alyx 3.6.1 on another machine, for as many
rows as it had; where it asks per row, scaled to the rows here (marked ~). ``--small`` takes a lab of a twenty-fifth,
``--seconds=N`` changes how long the clients ask, ``--clients=N`` how many they are.
"""

from __future__ import annotations

import http.client
import json
import logging
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.generated_lab import GeneratedLab

MOST_QUERIES, ROUNDS = 10, 7
N_DATASETS, N_FILES, N_CALLS = 200, 1_000, 5
CLIENTS, SECONDS, WARM_UP_SECONDS = 50, 10.0, 10.0
PERSON = "person01"


@dataclass(frozen=True)
class Reference:
    """What Alyx 3.6.1 took for a request, with how many rows; one row where it is about one."""

    queries: float
    ms: float
    rows: int = 1
    asks_per_row: bool = True

    def of(self, rows: int) -> Reference:
        """Scale to so many rows the time, and the queries where it asked for each row."""
        factor = rows / self.rows
        return Reference(self.queries * (factor if self.asks_per_row else 1), self.ms * factor, rows)


@dataclass(frozen=True)
class Question:
    """A request, and the figures of the reference for it."""

    path: str
    reference: Reference | None = None


@dataclass(frozen=True)
class Cost:
    """What an answer took here: queries, seconds of this process and of the clock, bytes, rows."""

    queries: int
    cpu: float
    wall: float
    size: int
    rows: int


def questions(session: Any) -> list[Question]:
    """Return what is asked, with the reference's figures: its recorded answers, and those of its default page."""
    sessions = Reference(5, 338.2, 250, asks_per_row=False)
    datasets = Reference(5, 219.9, 35, asks_per_row=False)
    return [
        Question("/labs?limit=1", Reference(4, 23.5)),
        Question("/subjects?limit=250", Reference(2254, 984.5 * 2254 / 318, 250)),
        Question(f"/subjects/{session.subject.nickname}", Reference(62, 150.6)),
        Question("/sessions?limit=250", sessions),
        Question("/sessions?limit=250&project=project1&task_protocol=ephys", sessions),
        Question(f"/sessions/{session.pk}", Reference(16 + 2 * N_DATASETS, 57.7 * (16 + 2 * N_DATASETS) / 15)),
        Question("/datasets?limit=250", datasets),
        Question(f"/datasets?session={session.pk}", datasets),
        Question("/insertions?limit=250", Reference(5, 39.4, 1, asks_per_row=False)),
        Question("/tasks?limit=250", Reference(19, 68.9, 8)),
        Question("/files?limit=250", Reference(3, 45.3, 66, asks_per_row=False)),
        Question("/users", Reference(72, 420.6, 34)),
        Question("/water-restricted-subjects", Reference(178, 913.2, 35)),
        Question("/surgeries?limit=250", Reference(375, 1252.9, 124)),
        Question("/trajectories?limit=250", Reference(47, 170.6, 8)),
    ]


def cost_of(client: Any, path: str) -> Cost | None:
    """Return what an answer costs, the median of a few; None where there is no such address."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    answer = client.get(path)  # fills caches, too
    if answer.status_code != 200:
        return None
    rows = len(answer.json().get("results", [0]))
    with CaptureQueriesContext(connection) as captured:
        size = len(client.get(path).content)
    queries = len(captured)
    cpu, wall = [], []
    for _ in range(ROUNDS):
        start = time.thread_time(), time.perf_counter()
        client.get(path)
        cpu.append(time.thread_time() - start[0])
        wall.append(time.perf_counter() - start[1])
    return Cost(queries, median(cpu), median(wall), size, rows)


def show_answers(client: Any, session: Any) -> None:
    """Print a line per question."""
    print(f"{'GET':<58}{'queries':>8}{'ms CPU':>8}{'ms':>8}{'kB':>7}{'Alyx: queries':>15}{'ms':>8}{'ratios':>16}")
    for question in questions(session):
        cost = cost_of(client, question.path)
        if cost is None:
            print(f"{question.path:<58}  not answered")
            continue
        mark = "   over" if cost.queries > MOST_QUERIES else ""
        measured = f"{cost.queries:>8}{cost.cpu * 1000:>8.1f}{cost.wall * 1000:>8.1f}{cost.size / 1000:>7.0f}"
        print(f"{question.path:<58}{measured}{_beside(cost, question.reference)}{mark}", flush=True)


def _beside(cost: Cost, reference: Reference | None) -> str:
    if reference is None or not cost.rows:
        return ""
    there = reference.of(cost.rows)
    about = " " if there.rows == reference.rows else "~"
    ratios = f"{there.queries / cost.queries:.1f}x {there.ms / cost.wall / 1000:.1f}x"
    return f"{about:>6}{there.queries:>9.0f}{there.ms:>8.0f}{ratios:>16}"


def show_registration(url: str, token: str, session: Any) -> None:
    """Print how many files one caller registers in a second: a thousand in each call, then once more."""
    headers = {"Authorization": f"Token {token}", "Content-Type": "application/json"}
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    for words in ("new", "again"):
        start = time.perf_counter()
        for call in range(N_CALLS):
            connection.request("POST", "/register-file", json.dumps(files_of(session, call)), headers)
            answer = connection.getresponse()
            text = answer.read()
            assert answer.status == 201, text[:300]
        speed = N_CALLS * N_FILES / (time.perf_counter() - start)
        print(f"register-file, {words:<6} {speed:>8,.0f} files/s from one caller; Alyx: about 5", flush=True)


def files_of(session: Any, call: int) -> dict[str, Any]:
    """Return a registration of a thousand files."""
    names = [f"alf/probe{call:02d}/_bench_benchmark.part{i:04d}.npy" for i in range(N_FILES)]
    return {
        "path": f"{session.subject.nickname}/{session.start_time:%Y-%m-%d}/{session.number:03d}",
        "filenames": names,
        "hashes": ["0" * 32] * N_FILES,
        "filesizes": [10] * N_FILES,
        "created_by": PERSON,
    }


def mixed_questions(lab: GeneratedLab) -> list[str]:
    """Return what clients ask: mostly of one session or subject, sometimes a page of many."""
    chosen = random.Random(1).sample(lab.sessions, 40)
    paths = ["/labs", "/projects", "/dataset-types", "/sessions?limit=50", "/datasets?limit=50"]
    for session in chosen:
        nickname = session.subject.nickname
        paths += [f"/sessions/{session.pk}", f"/sessions?subject={nickname}", f"/datasets?session={session.pk}"]
        paths += [f"/subjects/{nickname}", f"/insertions?session={session.pk}", f"/weighings?nickname={nickname}"]
    return paths


class Asker(threading.Thread):
    """One client with one connection: asks one thing after the other until the time is over."""

    def __init__(self, url: str, token: str, paths: list[str], *, seed: int, seconds: float) -> None:
        super().__init__()
        self.place = urlsplit(url).netloc
        self.headers = {"Authorization": f"Token {token}", "Accept": "application/json"}
        self.paths, self.random, self.seconds = paths, random.Random(seed), seconds
        self.took: list[float] = []
        self.failed: list[str] = []

    def run(self) -> None:
        """Ask."""
        connection = http.client.HTTPConnection(self.place, timeout=60)
        begin = time.perf_counter()
        while (since := time.perf_counter() - begin) < self.seconds + WARM_UP_SECONDS:
            path = self.random.choice(self.paths)
            start = time.perf_counter()
            try:
                connection.request("GET", path, headers=self.headers)
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException) as error:
                self.failed.append(f"{path}: {error!r}")
                connection.close()
                continue
            if answer.status != 200:
                self.failed.append(f"{path}: {answer.status}")
            if since > WARM_UP_SECONDS:
                self.took.append(time.perf_counter() - start)


def ask_together() -> None:
    """Be all clients, in a process of their own; what to ask is read from the standard input."""
    told = json.load(sys.stdin)
    askers = [
        Asker(told["url"], token, told["paths"], seed=i, seconds=told["seconds"])
        for i, token in enumerate(told["tokens"])
    ]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    took = [each for asker in askers for each in asker.took]
    failed = [each for asker in askers for each in asker.failed]
    cuts = quantiles(took, n=100)
    print(
        f"{len(askers)} clients: {len(took) / told['seconds']:,.0f} requests/s, p50 {cuts[49] * 1000:.0f} ms, "
        f"p99 {cuts[98] * 1000:.0f} ms, longest {max(took) * 1000:.0f} ms, errors {len(failed)}"
    )
    for line in failed[:5]:
        print(f"  {line}")


def show_clients(url: str, lab: GeneratedLab, *, clients: int, seconds: float) -> None:
    """Print what many clients together get."""
    from django.db import connection

    from bregma.alyx.accounts import create_user, token_for

    for i in range(clients):
        create_user(f"client{i}", None, labs=["lab0"])
    told = {"url": url, "tokens": [token_for(f"client{i}") for i in range(clients)], "seconds": seconds}
    told["paths"] = mixed_questions(lab)
    here = [sys.executable, __file__, "--as-clients"]
    asking = subprocess.Popen(here, stdin=subprocess.PIPE, text=True)
    assert asking.stdin is not None
    asking.stdin.write(json.dumps(told))
    asking.stdin.close()
    time.sleep(WARM_UP_SECONDS + seconds / 2)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'")
        found = cursor.fetchone()
        cursor.execute("SHOW max_connections")
        most = cursor.fetchone()
    asking.wait()
    print(f"connections to PostgreSQL meanwhile: {found and found[0]} of {most and most[0]}")


@contextmanager
def served(folder: str) -> Iterator[str]:
    """Serve an installation in a folder as ``bregma up`` does; give its address."""
    os.environ["BREGMA_HOME"] = folder
    os.environ["DJANGO_SETTINGS_MODULE"] = "bregma.alyx.settings"
    from bregma.cli.installation import Plan, free_port, programs, wait_for_port
    from bregma.services.home import Home
    from bregma.services.supervisor import Supervisor

    plan = Plan(port=free_port(), workers=0)
    os.environ["BREGMA_URL"] = plan.url
    home = Home.default().make()
    with Supervisor(home, url=plan.url) as supervisor:
        from bregma.alyx.installation import prepare

        token = prepare(home, report=lambda _: None)
        supervisor.start([each for each in programs(plan, token) if each.name == "web"])
        wait_for_port(plan.port, home.logs / "web.log")
        yield plan.url


def main(*, small: bool, clients: int = CLIENTS, seconds: float = SECONDS) -> None:
    """Make the lab and measure."""
    sys.path.insert(0, str(Path(__file__).parents[1]))
    with tempfile.TemporaryDirectory(prefix="bregma-bench-") as folder, served(folder) as url:
        from benchmarks.generated_lab import Scale, fill
        from django.test import Client

        from bregma.alyx.accounts import token_for

        logging.disable(logging.WARNING)
        lab = fill(Scale(40, 400, 1200, N_DATASETS) if small else Scale(1_000, 2_000, 60_000, N_DATASETS))
        n = len(lab.sessions)
        print(f"{len(lab.mice):,} subjects, {n:,} sessions, {n * N_DATASETS:,} datasets", flush=True)
        token = token_for(PERSON)
        client = Client(SERVER_NAME="localhost", HTTP_AUTHORIZATION=f"Token {token}")
        recorded = next(each for each in lab.sessions if each.lab_id == lab.labs[1].pk)  # where the person works
        show_answers(client, recorded)
        show_registration(url, token, recorded)
        show_clients(url, lab, clients=clients, seconds=seconds)


def _given(name: str, usual: float) -> float:
    found = [each.partition("=")[2] for each in sys.argv if each.startswith(f"--{name}=")]
    return float(found[-1]) if found else usual


if __name__ == "__main__":
    if "--as-clients" in sys.argv:
        ask_together()
    else:
        main(
            small="--small" in sys.argv,
            clients=int(_given("clients", CLIENTS)),
            seconds=_given("seconds", SECONDS),
        )
