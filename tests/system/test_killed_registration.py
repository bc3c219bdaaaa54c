"""Web processes that are killed leave each registration whole or undone, and asking again completes it."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest

from bregma.services.home import Home
from bregma.services.postgres import connection_parameters, stop_postgres
from bregma.services.supervisor import State, end_leftovers

pytestmark = [pytest.mark.slow, pytest.mark.long]

CLIENTS = 8
NAMES = [
    f"alf/probe{probe:02d}/spikes.{what}.npy" for probe in range(5) for what in ("times", "amps", "depths", "clusters")
]


class Server:
    """An installation that runs, as its administrator sees it."""

    def __init__(self, home: Home, port: int) -> None:
        self.home, self.port, self.token = home, port, ""

    def bregma(self, *words: str) -> str:
        command = [sys.executable, "-m", "bregma", "--home", str(self.home.root), *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Return what is answered; raises where the connection breaks, or the answer is an error."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Content-Type": "application/json", "Authorization": f"Token {self.token}"}
        with contextlib.closing(connection):
            connection.request(method, path, json.dumps(body) if body is not None else None, headers)
            answer = connection.getresponse()
            text = answer.read()
        if answer.status == 429:
            time.sleep(float(answer.headers.get("Retry-After", "1")))
            return self.ask(method, path, body)
        if answer.status >= 400:
            raise ValueError(f"{method} {path}: {answer.status} {text[:300]!r}")
        return json.loads(text)

    def kill_processes(self) -> None:
        """End the processes that answer, as a machine that runs out of memory does."""
        state = State.read(self.home)
        assert state is not None
        master = next(process.find() for process in state.processes if process.name == "web")
        assert master is not None
        for process in master.children():
            os.kill(process.pid, signal.SIGKILL)


@pytest.fixture
def server() -> Iterator[Server]:
    with socket.socket() as probe, tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        home = Home(Path(folder))
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("BREGMA", "DJANGO"))}
        words = ["--home", folder, "up", "--port", str(port), "--workers", "0"]
        with (home.root / "up.txt").open("wb") as said:
            command = [sys.executable, "-m", "bregma", *words]
            process = subprocess.Popen(command, env=environment, stdout=said, stderr=subprocess.STDOUT)
        try:
            running = Server(home, port)
            wait_for(lambda: answers(running) or process.poll() is not None, seconds=240)
            assert process.poll() is None, (home.root / "up.txt").read_text()[-3000:]
            running.bregma("user", "create", "root", "--superuser", "--password", "long enough for root")
            running.token = running.bregma("user", "token", "root")
            yield running
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=60)
            end_leftovers(home)
            stop_postgres(home)


def answers(server: Server) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", server.port), timeout=1):
            return True
    except OSError:
        return False


def wait_for(look: Callable[[], Any], seconds: float = 120) -> Any:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.05)
    raise AssertionError("waited in vain")


def make_sessions(server: Server, n: int) -> list[dict[str, Any]]:
    """Make a session for each of n registrations; return the bodies."""
    server.ask("POST", "/labs", {"name": "killlab"})
    server.ask("POST", "/subjects", {"nickname": "K1", "lab": "killlab"})
    bodies = []
    for number in range(1, n + 1):
        made = server.ask("POST", "/sessions", {"subject": "K1", "start_time": "2024-01-31T10:00:00", "number": number})
        hashes = [f"{number:016x}{i:016x}" for i in range(len(NAMES))]
        bodies.append(
            {"path": f"K1/2024-01-31/{number:03d}", "filenames": NAMES, "hashes": hashes, "session": made["id"]}
        )
    return bodies


def register(server: Server, body: dict[str, Any]) -> bool:
    """Register the files of one session; tell whether an answer came."""
    try:
        rows = server.ask("POST", "/register-file", body)
    except (OSError, http.client.HTTPException):
        return False
    return len(rows) == len(NAMES)


def register_all(server: Server, bodies: list[dict[str, Any]], done: Callable[[], None]) -> list[bool]:
    def one(body: dict[str, Any]) -> bool:
        answered = register(server, body)
        done()
        return answered

    with ThreadPoolExecutor(CLIENTS) as clients:
        return list(clients.map(one, bodies))


def count_files(server: Server) -> dict[str, tuple[int, int]]:
    """Return how many datasets each session has, and how many copies of them."""
    query = """select s.id::text, count(distinct d.id), count(r.id) from actions_session s
        left join data_dataset d on d.session_id = s.id left join data_filerecord r on r.dataset_id = d.id
        group by s.id"""
    with psycopg.connect(**connection_parameters(server.home)) as connection:
        return {session: (datasets, copies) for session, datasets, copies in connection.execute(query)}


def test_registrations_survive_killed_processes(server: Server) -> None:
    kills, registrations = 4, 100
    bodies = make_sessions(server, registrations)
    finished = threading.Semaphore(0)
    with ThreadPoolExecutor(1) as background:
        running = background.submit(register_all, server, bodies, finished.release)
        for _ in range(kills):
            for _ in range(registrations // (kills + 1)):
                finished.acquire(timeout=60)
            server.kill_processes()
        answered = running.result(timeout=300)
    assert not all(answered), "no registration was cut off: the kills came too late"

    whole, found = (len(NAMES), len(NAMES)), count_files(server)
    assert set(found.values()) <= {(0, 0), whole}
    assert all(found[body["session"]] == whole for body, came in zip(bodies, answered, strict=True) if came)

    assert all(register_all(server, bodies, lambda: None))
    assert set(count_files(server).values()) == {whole}
