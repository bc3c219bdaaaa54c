"""The command as a program: what it prints and what it answers."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock


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
    done = bregma(tmp_path, "search")
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


def one_line_of(done: subprocess.CompletedProcess[str], status: int = 1) -> str:
    """Return the only line that a refused command said."""
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr
    (line,) = done.stderr.strip().splitlines()
    return line


@pytest.mark.parametrize("name", ["file", "file/inside"])
def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("not a folder")
    line = one_line_of(bregma(tmp_path / name, "up", "--port", "0"))
    assert str(tmp_path / name) in line
    assert "--home" in line


@pytest.mark.parametrize("port", ["70000", "-1", "web"])
def test_a_port_that_is_none_is_misuse(tmp_path: Path, port: str) -> None:
    done = bregma(tmp_path, "up", "--port", port)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("words", [("token", "alice"), ("link", "alice"), ("create", "alice", "--password", "secret")])
def test_an_account_of_no_installation_is_refused_and_nothing_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.delenv("BREGMA_DATABASE_URL", raising=False)
    line = one_line_of(bregma(tmp_path / "lab", "user", *words))
    assert f"no installation in {tmp_path / 'lab'}" in line
    assert "bregma up" in line
    assert not (tmp_path / "lab").exists()


def test_a_token_with_scopes_and_no_end_is_misuse(tmp_path: Path) -> None:
    done = bregma(tmp_path, "user", "token", "alice", "--scope", "read")
    assert done.returncode == 2
    assert "--expires DAYS" in done.stderr


@pytest.mark.parametrize("day", ["2020-13-01", "yesterday"])
def test_a_day_that_is_none_is_named_with_the_form_to_use(tmp_path: Path, day: str) -> None:
    line = one_line_of(bregma(tmp_path, "search", f"date_range={day},"))
    assert repr(day) in line
    assert "YYYY-MM-DD" in line


def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    units = tmp_path / "nothing.npz"
    done = bregma(tmp_path, "view", "--units", str(units), "--phantom", "--out", str(tmp_path / "brain.png"))
    assert done.returncode == 1
    assert str(units) in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_errors_of_every_room_that_was_imported_are_expected() -> None:
    from importlib import import_module

    from bregma.cli.errors import expected_errors

    rooms = ("alf", "atlas", "demo", "one", "pipelines", "sessions", "store", "viewer")
    trees = [vars(import_module(f"bregma.{room}.errors")).values() for room in rooms]
    own = [thing for tree in trees for thing in tree if isinstance(thing, type) and issubclass(thing, Exception)]
    own = [error for error in own if not issubclass(error, Warning)]
    assert [error for error in own if not issubclass(error, expected_errors())] == []


def test_a_request_to_end_is_kept_where_python_loses_exceptions(monkeypatch: pytest.MonkeyPatch) -> None:
    import signal

    from bregma.cli import installation

    before = {name: signal.getsignal(name) for name in installation.ENDING}
    monkeypatch.setattr(installation, "asked_to_end", type(installation.asked_to_end)())
    try:
        installation.end_on_signals()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGTERM)
        installation.wait_for_signal()
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


def test_a_second_up_says_that_one_runs_already(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    state = {"url": "http://127.0.0.1:8123", "viewer_url": "", "processes": []}
    (tmp_path / "run" / "state.json").write_text(json.dumps(state))
    with FileLock(tmp_path / "run" / "supervisor.lock"):
        line = one_line_of(bregma(tmp_path, "up", "--port", "0"))
    assert f"bregma already runs at http://127.0.0.1:8123 with the data in {tmp_path}" in line


@pytest.mark.parametrize("option", ["--atlas", "--data"])
def test_a_demo_of_files_that_are_not_there_is_misuse(option: str, tmp_path: Path) -> None:
    done = bregma(tmp_path, "demo", option, str(tmp_path / "nowhere"))
    assert done.returncode == 2
    assert "nowhere" in done.stderr
