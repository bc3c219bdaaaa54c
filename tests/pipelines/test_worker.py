"""Workers as processes: they share the keys, stop when asked, and survive each other and the database."""

from __future__ import annotations

import os
import shutil
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import psycopg
import pytest

from bregma.pipelines import NotIdle, connect, declare, populate_once, results, wait_until_idle

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from bregma.pipelines.tables import Pipeline
    from bregma.services.home import Home

SUBJECT = str(uuid4())
PATIENCE = 40.0
JOBS_DECLARED = "select to_regclass('bregma_ephys.\"~~psth\"') is not null"


def wait_for(condition: Callable[[], Any], what: str) -> Any:
    until = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < until, f"waited in vain for {what}"
        time.sleep(0.05)
    return found


def hosts_of_reserved(lab: Any) -> list[tuple[Any, ...]]:
    return lab.ask("select pid from bregma_behavior.\"~~trial_set\" where status = 'reserved'")


@pytest.mark.slow
def test_two_workers_share_the_keys_and_stop_when_asked(
    lab: Any, pipeline: Pipeline, start_worker: Callable[..., subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    gates = [tmp_path / "first", tmp_path / "second"]
    eids = [lab.add_trials(SUBJECT, day) for day in range(1, 9)]
    workers = [start_worker(gate=gate) for gate in gates]
    wait_for(lambda: all(gate.with_suffix(".at").exists() for gate in gates), "both workers to be at a key")
    assert {gate.with_suffix(".at").read_text() for gate in gates} <= set(eids)
    assert len({pid for (pid,) in hosts_of_reserved(lab)}) == 2, "each worker has a key of its own"
    for gate in gates:
        gate.touch()
    wait_until_idle(lab.database, timeout=PATIENCE)
    assert lab.ask("select count(*) from bregma_behavior._trial_set") == [(8,)]
    assert len(results.load_training(lab.database, SUBJECT)) == 8
    assert results.load_errors(lab.database) == []
    for worker in workers:
        worker.terminate()
    assert [worker.wait(PATIENCE) for worker in workers] == [0, 0]


def test_a_new_session_is_analysed_within_seconds(
    lab: Any, pipeline: Pipeline, start_worker: Callable[..., subprocess.Popen[bytes]]
) -> None:
    lab.add_trials(SUBJECT, 1)
    start_worker()
    wait_until_idle(lab.database, timeout=PATIENCE)
    eid = lab.add_trials(SUBJECT, 2)
    start = time.monotonic()
    wait_for(lambda: results.load_psychometrics(lab.database, eid), "the new session's curves")
    assert time.monotonic() - start < 5


def test_sigterm_lets_the_key_in_work_be_finished(
    lab: Any, pipeline: Pipeline, start_worker: Callable[..., subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    for day in (1, 2):
        lab.add_trials(SUBJECT, day)
    gate = tmp_path / "gate"
    worker = start_worker(gate=gate)
    wait_for(gate.with_suffix(".at").exists, "the worker to be at a key")
    worker.send_signal(signal.SIGTERM)
    gate.touch()
    assert worker.wait(PATIENCE) == 0
    assert lab.ask("select count(*) from bregma_behavior._trial_set") == [(1,)]
    assert hosts_of_reserved(lab) == []
    assert results.load_errors(lab.database) == []


def test_the_key_of_a_killed_worker_is_made_by_the_next(
    lab: Any, pipeline: Pipeline, source: Any, start_worker: Callable[..., subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    eid = lab.add_trials(SUBJECT)
    gate = tmp_path / "gate"
    worker = start_worker(gate=gate)
    wait_for(gate.with_suffix(".at").exists, "the worker to be at a key")
    worker.kill()
    worker.wait()
    assert hosts_of_reserved(lab) == [(worker.pid,)]
    wait_for(lambda: populate_once(pipeline, source).made, "the key to be taken over")
    assert results.wait_until_idle(lab.database, timeout=1)
    assert results.load_psychometrics(lab.database, eid) != []


def test_a_living_worker_keeps_its_key(
    lab: Any, pipeline: Pipeline, source: Any, start_worker: Callable[..., subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    lab.add_trials(SUBJECT)
    gate = tmp_path / "gate"
    start_worker(gate=gate)
    wait_for(gate.with_suffix(".at").exists, "the worker to be at a key")
    assert populate_once(pipeline, source).total == 0
    with pytest.raises(NotIdle, match=r"1 TrialSet reserved.*is a worker running"):
        wait_until_idle(lab.database, timeout=0)


def test_a_lost_connection_ends_no_worker(
    lab: Any, pipeline: Pipeline, start_worker: Callable[..., subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    lab.add_trials(SUBJECT)
    gate = tmp_path / "gate"
    worker = start_worker(gate=gate)
    wait_for(gate.with_suffix(".at").exists, "the worker to be at a key")
    lab.ask(
        "select pg_terminate_backend(connection_id::int) from bregma_behavior.\"~~trial_set\" where status = 'reserved'"
    )
    gate.touch()
    wait_until_idle(lab.database, timeout=PATIENCE)
    assert results.load_errors(lab.database) == []
    assert worker.poll() is None


@pytest.mark.slow
def test_workers_declare_an_empty_database_together(
    home: Any, parameters: dict[str, Any], start_worker: Callable[..., subprocess.Popen[bytes]]
) -> None:
    from lab_tables import ALYX_SQL, Lab

    from bregma.pipelines.keys import INSTALL_SQL

    with psycopg.connect(**parameters, autocommit=True) as server:
        server.execute("drop database if exists pipelines_empty with (force)")
        server.execute("create database pipelines_empty")
    empty = {**parameters, "dbname": "pipelines_empty"}
    with psycopg.connect(**empty, autocommit=True) as database:
        lab = Lab(database)
        workers = [start_worker(database=empty) for _ in range(3)]  # before Alyx has made its tables
        database.execute(ALYX_SQL)
        database.execute(INSTALL_SQL)
        for day in range(1, 7):
            lab.add_trials(SUBJECT, day)
        assert results.load_job_states(database)
        wait_until_idle(database, timeout=PATIENCE)
        assert len(results.load_training(database, SUBJECT)) == 6
        assert [worker.poll() for worker in workers] == [None] * 3


@pytest.mark.slow
def test_a_killed_server_ends_no_worker_and_loses_no_result(
    home: Home, start_worker: Callable[..., subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    from lab_tables import ALYX_SQL, Lab

    from bregma.pipelines.keys import INSTALL_SQL
    from bregma.services.postgres import connection_parameters, postgres_pid, start_postgres, stop_postgres

    # Not in pytest's own folder: each run of pytest closes that to the server's user, this one's too.
    own = type(home)(home.root.with_name(f"{home.root.name}-killed"))
    start_postgres(own)
    try:
        where = connection_parameters(own)
        with psycopg.connect(**where, autocommit=True) as database:  # type: ignore[arg-type]
            database.execute(ALYX_SQL)
            database.execute(INSTALL_SQL)
            first = Lab(database).add_trials(SUBJECT, 1)
            gate = tmp_path / "gate"
            worker = start_worker(gate=gate, database=where)
            gate.touch()
            wait_until_idle(database, timeout=PATIENCE)
            gate.unlink()
            second = Lab(database).add_trials(SUBJECT, 2)
            at = gate.with_suffix(".at")
            wait_for(lambda: at.read_text() == second, "the worker to be at the second session")
        pid = postgres_pid(own)
        assert pid
        os.kill(pid, signal.SIGKILL)
        gate.touch()
        start_postgres(own)
        with psycopg.connect(**where, autocommit=True) as database:  # type: ignore[arg-type]
            wait_until_idle(database, timeout=PATIENCE)
            assert {day.eid for day in results.load_training(database, SUBJECT)} == {first, second}
            assert results.load_errors(database) == []
        assert worker.poll() is None
    finally:
        stop_postgres(own)
        shutil.rmtree(own.root)


def test_two_connections_have_tables_of_their_own(pipeline: Pipeline, parameters: dict[str, Any]) -> None:
    instance = connect(parameters)
    try:
        other = declare(instance)
        assert other["TrialSet"] is not pipeline["TrialSet"]
        instance.connection.close()
        assert len(pipeline["TrialSet"]()) == 0
    finally:
        instance.connection.close()


def test_declaring_waits_for_a_reader_and_blocks_none(bare: dict[str, Any]) -> None:
    from lab_tables import ALYX_SQL

    from bregma.pipelines.keys import INSTALL_SQL

    with psycopg.connect(**bare, autocommit=True) as database, psycopg.connect(**bare) as reader:
        database.execute(ALYX_SQL)
        database.execute(INSTALL_SQL)
        reader.execute("select * from bregma_keys.trials")  # holds the table until its transaction ends
        instance = connect(bare)
        with ThreadPoolExecutor(1) as thread, instance.connection:
            declaring = thread.submit(declare, instance)
            wait_for(lambda: database.execute(JOBS_DECLARED).fetchone()[0], "the tables to be made")
            reader.execute("select * from bregma_behavior.__training_status")
            reader.commit()
            assert declaring.result(PATIENCE)
        kinds = database.execute(
            "select distinct confdeltype from pg_constraint where contype = 'f' "
            "and conrelid::regclass::text like 'bregma%'"
        ).fetchall()
        assert kinds == [("c",)]
