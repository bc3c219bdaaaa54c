"""One demo lab for all tests of the whole: PostgreSQL, pages, workers and viewer as `bregma demo` starts them."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest


@dataclass
class Lab:
    """A running demo lab."""

    home: Path
    summary: dict[str, Any]

    @property
    def url(self) -> str:
        return str(self.summary["pages"])

    def bregma(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "bregma", "--home", str(self.home), *words]
        return subprocess.run(command, env=clean_environment(), capture_output=True, text=True, check=False)

    def token(self, name: str) -> str:
        return self.bregma("user", "token", name).stdout.strip()

    def link(self, name: str) -> str:
        return str(json.loads(self.bregma("user", "link", name, "--json").stdout)["link"])


def clean_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("BREGMA_URL", "DJANGO"))}


def launch(home: Path, *words: str) -> subprocess.Popen[str]:
    command = [
        sys.executable,
        "-m",
        "bregma",
        "--home",
        str(home),
        "demo",
        "--no-open",
        "--json",
        "--port",
        "0",
        *words,
    ]
    return subprocess.Popen(command, env=clean_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def read_output(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line)
        if line.rstrip() == "}":
            return dict(json.loads("".join(lines)))
    assert process.stderr is not None
    raise AssertionError(f"the demo ended: {process.stderr.read()[-3000:]}")


@pytest.fixture(scope="session")
def start_demo() -> Callable[..., subprocess.Popen[str]]:
    """Return the function that starts a demo in a home."""
    return launch


@pytest.fixture(scope="session")
def read_summary() -> Callable[[subprocess.Popen[str]], dict[str, Any]]:
    """Return the function that waits for the summary of a demo."""
    return read_output


@pytest.fixture
def demo_home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="bregma-lab-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    home = Path(tempfile.mkdtemp(prefix="bregma-lab-"))
    process = launch(home)
    try:
        summary = read_output(process)
        assert [check for check in summary["checks"] if not check["ok"]] == []
        yield Lab(home, summary)
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        shutil.rmtree(home, ignore_errors=True)
    assert process.returncode == 0
