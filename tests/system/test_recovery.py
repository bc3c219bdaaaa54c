"""What is killed while the demo runs comes back, and no committed row is lost."""

import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

from bregma.services.home import Home
from bregma.services.postgres import connection_parameters, postgres_pid, stop_postgres
from bregma.services.supervisor import State, end_leftovers

pytestmark = pytest.mark.slow


def wait_for(look: Callable[[], Any], seconds: float = 120) -> Any:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.02)
    raise AssertionError("waited in vain")


def find_process(home: Home, name: str) -> int | None:
    if name == "postgres":
        return postgres_pid(home)
    state = State.read(home)
    found = [process.pid for process in (state.processes if state else ()) if process.name == name]
    return found[0] if found else None


def count_rows(home: Home) -> int:
    """Count what the database has committed; none while it is not up."""
    query = "select (select count(*) from actions_session) + (select count(*) from data_filerecord where exists)"
    try:
        with psycopg.connect(**connection_parameters(home)) as connection:
            found = connection.execute(query).fetchone()
    except psycopg.OperationalError:
        return 0
    return found[0] if found else 0


@pytest.mark.long
def test_the_next_demo_recovers_from_each_kill(demo_home: Path, start_demo, read_summary) -> None:
    home = Home(demo_home)
    committed = 0
    try:
        for victim in ("web", "worker-1", "postgres", "demo"):
            demo = start_demo(demo_home)
            process = wait_for(lambda victim=victim: find_process(home, victim)) if victim != "demo" else demo.pid
            wait_for(lambda: any(home.store.rglob("*.npy")))
            before = wait_for(lambda: count_rows(home))
            assert before >= committed, "a committed row was lost"
            committed = before
            os.kill(process, signal.SIGKILL)
            demo.kill()
            demo.communicate()
        last = start_demo(demo_home, "--check")
        summary = read_summary(last)
        assert [check for check in summary["checks"] if not check["ok"]] == []
        last.communicate(timeout=60)
        assert last.returncode == 0
        assert postgres_pid(home) is None
    finally:
        end_leftovers(home)
        stop_postgres(home)


def test_a_running_demo_heals_itself(lab) -> None:
    home = Home(lab.home)
    for name in ("postgres", "web", "worker-1"):
        pid = find_process(home, name)
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda name=name, pid=pid: find_process(home, name) not in (None, pid))
    found = wait_for(lambda: sessions_of(lab))
    assert len(found) >= lab.summary["sessions"]


def sessions_of(lab) -> list[Any]:
    done = lab.bregma("search", "--json")
    return json.loads(done.stdout) if done.returncode == 0 else []


def test_a_second_demo_says_where_the_first_one_is(lab, start_demo) -> None:
    second = start_demo(lab.home)
    _, said = second.communicate(timeout=120)
    assert second.returncode == 1
    assert lab.url in said
    assert "Traceback" not in said
    assert psutil.pid_exists(find_process(Home(lab.home), "web") or -1)
