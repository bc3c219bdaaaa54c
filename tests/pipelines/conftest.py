"""A lab's tables, as far as the triggers look at them, in a database of their own, and made-up recordings."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bregma.pipelines.tables import Pipeline

FOLDER = Path(__file__).parent
DATABASE = "pipelines_test"


def _load(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


lab_tables = _load("lab_tables")


@pytest.fixture(scope="session")
def parameters(home: Any) -> dict[str, str | int]:
    """Parameters of a new database on the server of this test run."""
    from bregma.services.postgres import connection_parameters

    found = connection_parameters(home)
    with psycopg.connect(**found, autocommit=True) as server:  # type: ignore[arg-type]
        server.execute(f"drop database if exists {DATABASE}")
        server.execute(f"create database {DATABASE}")
    return {**found, "dbname": DATABASE}


@pytest.fixture(scope="session")
def _installed(parameters: dict[str, str | int]) -> None:
    from bregma.pipelines.keys import INSTALL_SQL

    with psycopg.connect(**parameters, autocommit=True) as database:  # type: ignore[arg-type]
        database.execute(lab_tables.ALYX_SQL)
        database.execute(INSTALL_SQL)


@pytest.fixture
def lab(parameters: dict[str, str | int], _installed: None) -> Iterator[Any]:
    """An empty lab: writes what Alyx would write."""
    with psycopg.connect(**parameters, autocommit=True) as database:  # type: ignore[arg-type]
        lab = lab_tables.Lab(database)
        lab.clear()
        yield lab


@pytest.fixture(scope="session")
def declared(parameters: dict[str, str | int], _installed: None) -> Iterator[Pipeline]:
    from bregma.pipelines import connect, declare

    instance = connect(parameters)
    yield declare(instance)
    instance.connection.close()


@pytest.fixture
def pipeline(declared: Pipeline, lab: Any) -> Pipeline:
    """The declared analyses, of an empty lab."""
    return declared


@pytest.fixture
def source() -> Any:
    """Made-up recordings of any session and insertion."""
    return lab_tables.MadeUp()


@pytest.fixture
def start_worker(parameters: dict[str, str | int], tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start worker processes on the test database; those still running at the end are killed."""
    started: list[subprocess.Popen[bytes]] = []

    def start(*, gate: Path | None = None, database: dict[str, str | int] | None = None) -> subprocess.Popen[bytes]:
        log = (tmp_path / f"worker{len(started)}.log").open("wb")
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
        command = [sys.executable, str(FOLDER / "lab_tables.py"), json.dumps(database or parameters), str(gate or "")]
        started.append(subprocess.Popen(command, stdout=log, stderr=log, env=environment))
        log.close()
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


@pytest.fixture
def bare(parameters: dict[str, Any]) -> dict[str, Any]:
    """A database in which nothing is installed."""
    with psycopg.connect(**parameters, autocommit=True) as server:
        server.execute("drop database if exists pipelines_bare with (force)")
        server.execute("create database pipelines_bare")
    return {**parameters, "dbname": "pipelines_bare"}
