"""The processes of one installation."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from bregma.services.home import Home
from bregma.services.postgres import postgres_pid, stop_postgres
from bregma.services.supervisor import AlreadyRunning, Program, State, Supervisor, check_not_running

SLEEP = Program("sleeper", [sys.executable, "-c", "import time; time.sleep(600)"])
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"


@pytest.fixture
def home() -> Iterator[Home]:
    with tempfile.TemporaryDirectory(prefix="bregma-", ignore_cleanup_errors=True) as folder:
        installation = Home(Path(folder))
        yield installation
        stop_postgres(installation)


def wait_until(true: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def pid_of(home: Home, name: str) -> int:
    state = State.read(home)
    assert state is not None
    return next(process.pid for process in state.processes if process.name == name)


def lives(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def test_leaving_ends_programs_and_database(home: Home) -> None:
    with Supervisor(home, url="http://127.0.0.1:1") as supervisor:
        supervisor.start([SLEEP])
        pid = pid_of(home, "sleeper")
        assert lives(pid)
        assert postgres_pid(home)
    assert not lives(pid)
    assert postgres_pid(home) is None
    assert State.read(home) is None


def test_a_killed_program_and_a_killed_database_are_started_again(home: Home) -> None:
    with Supervisor(home, url="http://127.0.0.1:1") as supervisor:
        supervisor.start([SLEEP])
        program, server = pid_of(home, "sleeper"), postgres_pid(home)
        assert server is not None
        os.kill(program, signal.SIGKILL)
        os.kill(server, signal.SIGKILL)
        wait_until(lambda: pid_of(home, "sleeper") != program and lives(pid_of(home, "sleeper")))
        wait_until(lambda: postgres_pid(home) not in (None, server))


def test_a_second_supervisor_says_where_the_first_one_is(home: Home) -> None:
    with Supervisor(home, url="http://127.0.0.1:4321") as supervisor:
        supervisor.start([])
        with pytest.raises(AlreadyRunning, match=r"127\.0\.0\.1:4321"):
            Supervisor(home, url="http://127.0.0.1:1").__enter__()
        with pytest.raises(AlreadyRunning, match=r"127\.0\.0\.1:4321"):
            check_not_running(home)
        assert postgres_pid(home)


def test_what_a_killed_supervisor_left_is_ended_by_the_next(home: Home) -> None:
    script = (
        "import sys, time; from pathlib import Path; from bregma.services.home import Home\n"
        "from bregma.services.supervisor import *\n"
        f"program = Program('sleeper', [sys.executable, '-c', {SLEEP.command[2]!r}])\n"
        f"with Supervisor(Home(Path({str(home.root)!r})), url='http://x') as s:\n    s.start([program]); s.wait()"
    )
    first = subprocess.Popen([sys.executable, "-c", script])
    wait_until(lambda: State.read(home) is not None)
    left = pid_of(home, "sleeper")
    first.kill()
    first.wait()
    assert lives(left)
    check_not_running(home)
    assert not lives(left)


def test_a_program_that_ignores_the_request_is_killed(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bregma.services.supervisor.STOP_SECONDS", 1.0)
    with Supervisor(home, url="http://127.0.0.1:1") as supervisor:
        supervisor.start([Program("deaf", [sys.executable, "-c", DEAF])])
        pid = pid_of(home, "deaf")
        wait_until(lambda: "SIGTERM" in " ".join(psutil.Process(pid).cmdline()))
        time.sleep(0.3)
    assert not lives(pid)
