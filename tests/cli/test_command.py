"""The command as a program: what it prints and what it answers."""

import json
import subprocess
import sys
from pathlib import Path

import pytest


def bregma(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bregma", "--home", str(home), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)


def test_help_names_the_commands(tmp_path: Path) -> None:
    done = bregma(tmp_path, "--help")
    assert done.returncode == 0
    assert "demo" in done.stdout


def test_an_unknown_command_is_misuse(tmp_path: Path) -> None:
    assert bregma(tmp_path, "feed").returncode == 2


def test_status_of_nothing_is_a_failure_that_programs_can_read(tmp_path: Path) -> None:
    done = bregma(tmp_path, "status", "--json")
    assert done.returncode == 1
    record = json.loads(done.stdout)
    assert record["home"] == str(tmp_path)
    assert record["url"] is None
    assert record["processes"] == []


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = bregma(tmp_path, "up", "--port", str(port))
    assert done.returncode == 1
    assert f"port {port} is taken" in done.stderr
    assert "--port" in done.stderr
    assert "Traceback" not in done.stderr


def test_search_without_a_server_says_where_it_looked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BREGMA_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("BREGMA_TOKEN", "none")
    done = bregma(tmp_path, "session", "search")
    assert done.returncode == 1
    assert "127.0.0.1:9" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_database_url_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BREGMA_DATABASE_URL", "mysql://lab")
    done = bregma(tmp_path, "user", "token", "alice")
    assert done.returncode == 1
    assert "BREGMA_DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr


def test_up_ends_cleanly_when_asked_before_it_is_ready(tmp_path: Path) -> None:
    import signal
    import tempfile

    with tempfile.TemporaryDirectory(prefix="bregma-up-", ignore_cleanup_errors=True) as folder:
        command = [sys.executable, "-m", "bregma", "--home", folder, "up", "--port", "0", "--workers", "0"]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        assert process.stderr is not None
        assert "tables" in process.stderr.readline()
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=60)
        left = bregma(Path(folder), "status", "--json")
    assert process.returncode != 0
    assert "Traceback" not in said
    assert json.loads(left.stdout)["processes"] == []
