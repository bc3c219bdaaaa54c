"""Keeps the processes of one installation running, and ends them together.

One supervisor per installation: it holds a lock, writes what runs where into ``run/state.json``, starts again what
dies, and ends what a killed supervisor left behind.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import subprocess
import threading
import time
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

import psutil
from filelock import FileLock, Timeout

from bregma.services.postgres import DatabaseError, database_url, postgres_pid, start_postgres, stop_postgres

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

    from bregma.services.home import Home

LOOK_SECONDS = 0.5
STOP_SECONDS = 15.0
FIRST_PAUSE_SECONDS = 0.25
LONGEST_PAUSE_SECONDS = 30.0
LONG_LIFE_SECONDS = 60.0

logger = logging.getLogger(__name__)


class AlreadyRunning(RuntimeError):
    """This installation already has its processes."""


@dataclass(frozen=True)
class Program:
    """A command to keep running.

    Parameters
    ----------
    name : str
        What people call it: web, worker-1, viewer.
    command : sequence of str
        Program and arguments; never passed through a shell.
    environment : mapping
        Variables added to those of the supervisor.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RunningProcess:
    """A process as written into the state file; its start time tells it from a later one of the same number."""

    name: str
    pid: int
    started: float

    def find(self) -> psutil.Process | None:
        """Return the live process, None when it ended."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started) < 1 and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return None
        return process if same else None


@dataclass(frozen=True)
class State:
    """What runs: the address of the pages and every process."""

    url: str
    viewer_url: str
    processes: tuple[RunningProcess, ...]

    @classmethod
    def read(cls, home: Home) -> State | None:
        """Return what the last supervisor wrote, None when there was none."""
        try:
            found = json.loads((home.run / "state.json").read_text(encoding="utf-8"))
            processes = tuple(RunningProcess(**process) for process in found["processes"])
            return cls(url=found["url"], viewer_url=found["viewer_url"], processes=processes)
        except (FileNotFoundError, json.JSONDecodeError, KeyError, TypeError):
            return None

    def write(self, home: Home) -> None:
        """Replace the state file in one step."""
        draft = home.run / f"state.{os.getpid()}.json"
        draft.write_text(json.dumps(asdict(self), indent=1), encoding="utf-8")
        draft.replace(home.run / "state.json")


class Supervisor:
    """Starts programs in the order given, watches them, and ends them in the reverse order.

    Parameters
    ----------
    home : Home
        The installation. Its embedded PostgreSQL is started, watched and stopped with the programs.
    url, viewer_url : str
        Where people find the pages; recorded for ``bregma status``.

    Raises
    ------
    AlreadyRunning
        On entering, if another supervisor holds this installation.
    """

    def __init__(self, home: Home, *, url: str, viewer_url: str = "") -> None:
        self.home = home
        self.url = url
        self.viewer_url = viewer_url
        self._lock = _lock_of(home)
        self._stop = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="supervisor", daemon=True)
        self._running: dict[str, _Child] = {}

    def __enter__(self) -> Supervisor:
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise AlreadyRunning(_describe_running(self.home)) from None
        end_leftovers(self.home)
        start_postgres(self.home)
        return self

    def start(self, programs: Sequence[Program]) -> None:
        """Start the programs and watch over them from now on."""
        for program in programs:
            self._running[program.name] = _Child(program, self.home)
        self._write_state()
        if not self._watcher.is_alive():
            self._watcher.start()

    def wait(self) -> None:
        """Wait until :meth:`stop` is called, from a signal handler or another thread."""
        while not self._stop.wait(LOOK_SECONDS):
            pass

    def stop(self) -> None:
        """Let :meth:`wait` return; leaving the context ends the processes."""
        self._stop.set()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        if self._watcher.is_alive():
            self._watcher.join()
        for child in reversed(self._running.values()):
            child.end()
        stop_postgres(self.home)
        (self.home.run / "state.json").unlink(missing_ok=True)
        self._lock.release()

    def _watch(self) -> None:
        while not self._stop.wait(LOOK_SECONDS):
            try:
                self._look()
            except OSError:  # no space or no memory now: nothing is given up
                logger.exception("a look at the processes failed; the next one tries again")

    def _look(self) -> None:
        self._keep_postgres()
        restarted = [child.keep_running() for child in self._running.values()]
        if any(restarted):
            self._write_state()

    def _keep_postgres(self) -> None:
        if database_url() is not None or postgres_pid(self.home) is not None:
            return
        logger.warning("PostgreSQL ended; starting it again")
        try:
            start_postgres(self.home)
        except DatabaseError:
            logger.exception("PostgreSQL does not start; the next look tries again")

    def _write_state(self) -> None:
        processes = tuple(child.describe() for child in self._running.values())
        State(url=self.url, viewer_url=self.viewer_url, processes=processes).write(self.home)


def check_not_running(home: Home) -> None:
    """Refuse an installation whose supervisor lives; end what a killed one left behind, which may hold its ports.

    Raises
    ------
    AlreadyRunning
        Says where it runs.
    """
    lock = _lock_of(home)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise AlreadyRunning(_describe_running(home)) from None
    try:
        end_leftovers(home)
    finally:
        lock.release()


def _lock_of(home: Home) -> FileLock:
    return FileLock(home.make().run / "supervisor.lock")


def _describe_running(home: Home) -> str:
    state = State.read(home)
    where = state.url if state else "an address it has not written yet"
    return f"bregma already runs at {where} with the data in {home.root}"


def end_leftovers(home: Home) -> None:
    """End the processes that a killed supervisor left behind."""
    state = State.read(home)
    if state is None:
        return
    left = [process for recorded in state.processes if (process := recorded.find())]
    _end(left)
    (home.run / "state.json").unlink(missing_ok=True)


class _Child:
    """One program and its process, started again after a pause when it ends."""

    def __init__(self, program: Program, home: Home) -> None:
        self._program = program
        self._log = home.logs / f"{program.name}.log"
        self._pause = FIRST_PAUSE_SECONDS
        self._wake = 0.0
        self._spawn()

    def _spawn(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                list(self._program.command),
                env={**os.environ, **self._program.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._started = time.monotonic()
        self._wake = 0.0

    def describe(self) -> RunningProcess:
        try:
            started = psutil.Process(self._process.pid).create_time()
        except psutil.NoSuchProcess:
            started = 0.0
        return RunningProcess(self._program.name, self._process.pid, started)

    def keep_running(self) -> bool:
        """Start the program again if it ended and its pause is over; tell whether it was started."""
        if self._process.poll() is None:
            return False
        now = time.monotonic()
        if not self._wake:
            self._pause = (
                0.0 if now - self._started > LONG_LIFE_SECONDS else min(self._pause * 2, LONGEST_PAUSE_SECONDS)
            )
            self._wake = now + self._pause
            self._pause = max(self._pause, 1.0)
            logger.warning("%s ended with %s; its log is %s", self._program.name, self._process.returncode, self._log)
        if now < self._wake:
            return False
        self._spawn()
        return True

    def end(self) -> None:
        if self._process.poll() is None:
            _end([psutil.Process(self._process.pid)])
        self._process.wait()


def _end(processes: Sequence[psutil.Process]) -> None:
    """Ask processes and their children to end, and kill those that do not."""
    family = {child for process in processes for child in (process, *_children(process))}
    for process in processes:
        _signal(process, kill=False)
    _, alive = psutil.wait_procs(list(family), timeout=STOP_SECONDS)
    for process in alive:
        _signal(process, kill=True)
    psutil.wait_procs(alive, timeout=STOP_SECONDS)


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _signal(process: psutil.Process, *, kill: bool) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        process.kill() if kill else process.terminate()
