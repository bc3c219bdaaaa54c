"""The embedded PostgreSQL server."""

import os
import signal
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from bregma.services.home import Home
from bregma.services.postgres import (
    DatabaseError,
    _make_private,
    connection_parameters,
    postgres_pid,
    socket_folder,
    start_postgres,
    stop_postgres,
)


@pytest.fixture
def installation() -> Iterator[Home]:
    with tempfile.TemporaryDirectory(prefix="bregma-", ignore_cleanup_errors=True) as folder:
        home = Home(Path(folder))
        yield home
        stop_postgres(home)


def test_committed_rows_survive_a_killed_server(installation: Home) -> None:
    start_postgres(installation)
    with psycopg.connect(**connection_parameters(installation)) as connection:
        connection.execute("create table mouse (name text)")
        connection.execute("insert into mouse values ('SWC_054')")
    pid = postgres_pid(installation)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    start_postgres(installation)
    with psycopg.connect(**connection_parameters(installation)) as connection:
        assert connection.execute("select name from mouse").fetchall() == [("SWC_054",)]
    assert postgres_pid(installation) != pid


def test_starting_twice_keeps_the_running_server(installation: Home) -> None:
    start_postgres(installation)
    pid = postgres_pid(installation)
    start_postgres(installation)
    assert postgres_pid(installation) == pid
    stop_postgres(installation)
    assert postgres_pid(installation) is None


def test_the_server_listens_on_a_socket_only(installation: Home) -> None:
    start_postgres(installation)
    with psycopg.connect(**connection_parameters(installation)) as connection:
        assert connection.execute("show listen_addresses").fetchone() == ("",)
        assert connection.execute("show unix_socket_permissions").fetchone() == ("0700",)


def test_a_folder_whose_making_was_cut_short_is_set_aside(installation: Home) -> None:
    installation.postgres.mkdir(parents=True)
    (installation.postgres / "PG_VERSION").write_text("18\n")
    start_postgres(installation)
    assert postgres_pid(installation) is not None
    assert list(installation.root.glob("postgres-unfinished-*"))


def test_a_folder_of_another_version_is_refused(installation: Home) -> None:
    (installation.postgres / "global").mkdir(parents=True)
    (installation.postgres / "global" / "pg_control").touch()
    (installation.postgres / "PG_VERSION").write_text("12\n")
    with pytest.raises(DatabaseError, match="made by PostgreSQL 12"):
        start_postgres(installation)


def test_a_socket_folder_that_others_can_write_is_refused(tmp_path: Path) -> None:
    made = tmp_path / "socket"
    _make_private(made)
    assert stat.S_IMODE(made.stat().st_mode) == 0o700
    _make_private(made)
    made.chmod(0o777)
    with pytest.raises(DatabaseError, match="not ours alone"):
        _make_private(made)
    link = tmp_path / "link"
    link.symlink_to(tmp_path)
    with pytest.raises(DatabaseError, match="not ours alone"):
        _make_private(link)


def test_a_long_path_gets_a_short_socket_folder() -> None:
    home = Home(Path("/") / ("x" * 120))
    assert len(str(socket_folder(home))) < 100


def test_the_cluster_of_the_url_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BREGMA_DATABASE_URL", "postgresql://alyx:secret@db.lab.org:5433/alyx")
    found = connection_parameters(Home(Path("/nowhere")))
    assert found == {
        "dbname": "alyx",
        "user": "alyx",
        "password": "secret",
        "host": "db.lab.org",
        "port": 5433,
    }


@pytest.mark.parametrize("url", ["mysql://x", "postgresql://host-only"])
def test_a_wrong_url_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BREGMA_DATABASE_URL", url)
    with pytest.raises(DatabaseError, match="BREGMA_DATABASE_URL"):
        connection_parameters(Home(Path("/nowhere")))
