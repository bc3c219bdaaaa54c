"""One installation: bregma up, bregma status, bregma worker."""

from __future__ import annotations

import os
import platform
import secrets
import signal
import socket
import sys
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as package_version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bregma.cli.errors import CommandFailed
from bregma.cli.output import print_record, print_rows, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bregma.services.home import Home
    from bregma.services.supervisor import Program

DEFAULT_PORT = 8000
READY_SECONDS = 60.0
FEWEST_PROCESSES, MOST_PROCESSES = 2, 8
THREADS = 8
"""Of each process that serves pages; each keeps a connection to PostgreSQL, which takes 100 unless told otherwise."""
KEEP_ALIVE_SECONDS = 30
"""How long a client's connection waits for its next request; it holds no thread meanwhile."""
ENDING = (signal.SIGINT, signal.SIGTERM)
VERSIONED = ("django", "datajoint", "vtk", "numpy")


@dataclass(frozen=True)
class Plan:
    """What to run and where people find it."""

    port: int
    workers: int = 1
    viewer_port: int = 0
    viewer_options: tuple[str, ...] = ()
    viewer_token: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)

    @property
    def url(self) -> str:
        """Return the address of the pages: BREGMA_URL when the lab set one, for proxies and certificates."""
        return os.environ.get("BREGMA_URL", "").rstrip("/") or f"http://127.0.0.1:{self.port}"

    @property
    def viewer_url(self) -> str:
        """Return the address of the brain's page, with the token that lets people in; empty when none is served."""
        return f"http://127.0.0.1:{self.viewer_port}/?token={self.viewer_token}" if self.viewer_port else ""


def up(
    data_dir: Annotated[Path | None, typer.Option(help="Folder of the installation.", envvar="BREGMA_HOME")] = None,
    port: Annotated[
        int, typer.Option(help="Port of the pages and the REST API; 0 takes a free one.", min=0, max=65535)
    ] = DEFAULT_PORT,
    workers: Annotated[int, typer.Option(help="Processes that analyse new data.", min=0)] = 1,
) -> None:
    """Run PostgreSQL, the pages, the workers and the alerts until Ctrl-C."""
    from bregma.services.home import Home
    from bregma.services.supervisor import check_not_running

    if data_dir is not None:
        os.environ["BREGMA_HOME"] = str(data_dir.expanduser().resolve())
    home = Home.default()
    check_not_running(home)
    check_port(port)
    plan = Plan(port=port or free_port(), workers=workers)
    with running(home, plan):
        say(f"bregma is at {plan.url} (Ctrl-C ends it)")
        say("first time here? in another terminal: bregma user create NAME --superuser")
        wait_for_signal()
        say("ending ...")


@contextmanager
def running(home: Home, plan: Plan) -> Iterator[None]:
    """Run everything of an installation while the context lasts.

    Raises
    ------
    AlreadyRunning
        If it runs already.
    CommandFailed
        If the pages do not come up; names the log to look into.
    """
    from bregma.services.supervisor import Supervisor

    os.environ.update(BREGMA_HOME=str(home.root), BREGMA_URL=plan.url)
    end_on_signals()
    with Supervisor(home, url=plan.url, viewer_url=plan.viewer_url) as supervisor:
        from bregma.alyx.installation import prepare

        token = prepare(home, report=lambda step: say(f"  {step}"))
        write_secret(home.run / "worker.token", token)
        supervisor.start(programs(plan, token))
        wait_for_port(plan.port, home.logs / "web.log")
        yield


def programs(plan: Plan, token: str) -> list[Program]:
    """Return the programs of an installation: pages, workers, alerts and, where asked, the viewer."""
    from bregma.services.supervisor import Program

    shared = {"BREGMA_URL": plan.url, "BREGMA_VIEWER_URL": plan.viewer_url, "BREGMA_LOG_LEVEL": "INFO"}
    options = f"--bind 127.0.0.1:{plan.port} --worker-class gthread --threads {THREADS}"
    options += f" --workers {web_processes(os.cpu_count() or 1)} --keep-alive {KEEP_ALIVE_SECONDS}"
    web = [sys.executable, "-m", "gunicorn", *options.split(), "--graceful-timeout", "5", "--no-control-socket"]
    web += ["--config", "python:bregma.alyx.watch.serving"]
    web.append("bregma.alyx.wsgi:application")
    listed = [Program("web", web, {**shared, "DJANGO_SETTINGS_MODULE": "bregma.alyx.settings"})]
    work = [sys.executable, "-m", "bregma", "--verbose", "worker"]
    alone = {**shared, "BREGMA_TOKEN": token, "OPENBLAS_NUM_THREADS": "1"}  # workers share the cores by being several
    listed += [Program(f"worker-{i + 1}", work, alone) for i in range(plan.workers)]
    listed.append(Program("alerts", [sys.executable, "-m", "bregma", "--verbose", "alyx", "alerts"], shared))
    if plan.viewer_port:
        show = [sys.executable, "-m", "bregma", "view", "--port", str(plan.viewer_port), *plan.viewer_options]
        listed.append(Program("viewer", show, {**shared, "BREGMA_VIEWER_TOKEN": plan.viewer_token}))
    return listed


def web_processes(cores: int) -> int:
    """Return how many processes serve pages: half of the cores, for PostgreSQL and the workers need the others."""
    return min(max(FEWEST_PROCESSES, cores // 2), MOST_PROCESSES)


def status(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Say what runs, where, and in which version; exit status 1 when nothing runs."""
    from bregma import __version__
    from bregma.services.home import Home
    from bregma.services.postgres import VERSION, database_url, postgres_pid
    from bregma.services.supervisor import State

    home = Home.default()
    state = State.read(home)
    live = [process for process in (state.processes if state else ()) if process.find()]
    record = {
        "bregma": __version__,
        "home": str(home.root),
        "url": state.url if state and live else None,
        "viewer": (state.viewer_url or None) if state and live else None,
        "database": "cluster of BREGMA_DATABASE_URL" if database_url() else f"embedded PostgreSQL {VERSION}",
        **installed_versions(),
    }
    server = postgres_pid(home)
    rows: list[dict[str, str | int]] = [{"process": "postgres", "pid": server}] if server else []
    rows += [{"process": process.name, "pid": process.pid} for process in live]
    if as_json:
        print_record({**record, "processes": rows}, as_json=True)
    else:
        print_record(record, as_json=False)
        print_rows(rows, as_json=False)
    if not live:
        raise typer.Exit(1)


def installed_versions() -> dict[str, str]:
    """Return the versions of Python and of what carries most weight; of what is not installed, nothing."""
    versions = {"python": platform.python_version()}
    for package in VERSIONED:
        with suppress(PackageNotFoundError):
            versions[package] = package_version(package)
    return versions


def worker(
    poll: Annotated[float, typer.Option(help="Seconds between looks for new sessions.")] = 1.0,
) -> None:
    """Analyse new sessions until told to end; any number of workers share the work."""
    from bregma.pipelines.worker import run_worker

    run_worker(poll_seconds=poll)


def check_port(port: int) -> None:
    """Refuse a port that something listens on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CommandFailed(f"port {port} is taken ({error.strerror}); choose another with --port") from error


def free_port(wanted: int = 0) -> int:
    """Return the port wanted when it is free, else a free one."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            return free_port()
        return int(probe.getsockname()[1])


def wait_for_port(port: int, log: Path) -> None:
    """Wait until the pages answer."""
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise CommandFailed(f"the pages did not come up in {READY_SECONDS:.0f} s; their log is {log}")


asked_to_end = threading.Event()


def end_on_signals() -> None:
    """Let Ctrl-C and the system's request to end unwind what runs, so that processes are ended in order.

    Set explicitly: a background job of a script inherits Ctrl-C as ignored.
    """

    def end(*_: object) -> None:
        asked_to_end.set()  # the exception is lost where Python ignores exceptions, such as in a destructor
        raise KeyboardInterrupt

    for name in ENDING:
        signal.signal(name, end)


def wait_for_signal() -> None:
    """Wait until a person presses Ctrl-C or the system asks us to end."""
    with suppress(KeyboardInterrupt):
        asked_to_end.wait()
    for name in ENDING:
        signal.signal(name, signal.SIG_IGN)  # a second Ctrl-C must not cut the clean end short


def address() -> str:
    """Return where this installation's pages are, or would be."""
    from bregma.services.home import Home
    from bregma.services.supervisor import State

    state = State.read(Home.default())
    return state.url if state else Plan(port=DEFAULT_PORT).url


def local_login() -> tuple[str | None, str | None]:
    """Return address and token of the installation that runs here, where the environment names no other."""
    from bregma.services.home import Home
    from bregma.services.supervisor import State

    home = Home.default()
    state = State.read(home)
    if os.environ.get("BREGMA_URL") or state is None:
        return None, None
    try:
        return state.url, (home.run / "worker.token").read_text(encoding="ascii")
    except (FileNotFoundError, PermissionError):
        return state.url, None


def write_secret(path: Path, text: str) -> None:
    """Write a file that only its owner reads."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(text)
