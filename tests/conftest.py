"""What every test may use: real data when it is there, a browser, and a PostgreSQL server of their own."""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import platformdirs
import pytest
from django.conf import settings
from tests.brainbox.reference import Reference
from tests.migrated import MigratedDump, StartingRows

from bregma.services.home import Home

REPOSITORY = Path(__file__).parents[1]
TEST_HOME = Path(tempfile.gettempdir()) / f"bregma-test-{os.getpid()}"
os.environ["BREGMA_HOME"] = str(TEST_HOME)
os.environ["DJANGO_SETTINGS_MODULE"] = "bregma.alyx.settings"  # here, after the home that the settings read
os.environ["BREGMA_ATLAS_CACHE"] = f"{TEST_HOME}-atlas"
os.environ.setdefault("MPLBACKEND", "agg")
for name in ("BREGMA_URL", "BREGMA_TOKEN"):
    os.environ.pop(name, None)
assert settings.HOME.root == TEST_HOME  # reading a setting lets pytest-django set Django up


STARTING_ROWS = pytest.StashKey[StartingRows]()
TOGETHER = ("tests/alyx_web", "tests/demo", "tests/pipelines", "tests/system")
"""Folders whose tests share committed rows or servers: one process runs them all."""
LONGEST = ("tests/system", "tests/demo", "tests/alyx/test_matrix.py", "tests/alyx/journeys/")
"""What is begun first, so that no process waits for it at the end."""


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give each process whole files, or whole folders of those that belong together."""
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):  # type: ignore[misc] # xdist has no types
        def _split_scope(self, nodeid: str) -> str:
            path = nodeid.split("::", 1)[0]
            return next((folder for folder in TOGETHER if path.startswith(f"{folder}/")), path)

        def schedule(self) -> None:
            super().schedule()
            for scope in [one for one in self.workqueue if one.startswith(LONGEST)]:
                self.workqueue.move_to_end(scope, last=False)

    return ByFile(config, log)


def pytest_configure(config: pytest.Config) -> None:
    """Let each of several processes have a home, and so a server, of its own: they would inherit ours."""
    if getattr(config.option, "numprocesses", None):
        for name in ("BREGMA_HOME", "DJANGO_SETTINGS_MODULE"):
            os.environ.pop(name)


def pytest_unconfigure() -> None:
    """Leave no prepared atlases behind."""
    shutil.rmtree(f"{TEST_HOME}-atlas", ignore_errors=True)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real recordings; tests that need it are skipped where it is missing."""
    folder = Path(os.environ.get("BREGMA_SHARED_DATA", REPOSITORY.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no real recordings at {folder}; name their folder in BREGMA_SHARED_DATA")
    return folder


@pytest.fixture(scope="session")
def one_api() -> Path:
    """Python of an environment with ONE-api; tests that need it are skipped where there is none."""
    folder = os.environ.get("BREGMA_PEER_ONE")
    if not folder:
        pytest.skip("no ONE-api environment; `make peer` makes one, or name its folder in BREGMA_PEER_ONE")
    return Path(folder, "bin", "python")


@pytest.fixture(scope="session")
def reference() -> Iterator[Reference]:
    """ibllib in an environment of its own; tests that ask for it are marked ``peer``."""
    folder = os.environ.get("BREGMA_PEER_IBLLIB")
    if not folder:
        pytest.skip("no ibllib environment; `make peer` makes one, or name its folder in BREGMA_PEER_IBLLIB")
    process = Reference(Path(folder))
    yield process
    process.close()


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Path of the system's Chromium."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    pytest.skip("no Chromium on this machine; `make browser` installs it (root with apt)")


@pytest.fixture(scope="session")
def home() -> Iterator[Home]:
    """Return the installation of this test run: its PostgreSQL is started here and stopped at the end."""
    from bregma.services.postgres import start_postgres, stop_postgres

    installation = Home.default().make()
    start_postgres(installation)
    forget_on_crash(installation)
    yield installation
    stop_postgres(installation)
    shutil.rmtree(installation.root, ignore_errors=True)


def forget_on_crash(installation: Home) -> None:
    """Let the server of a test run wait for no disk: its rows need to outlive nothing."""
    import psycopg

    from bregma.services.postgres import connection_parameters

    with psycopg.connect(**connection_parameters(installation), autocommit=True) as connection:
        for name in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(f"ALTER SYSTEM SET {name} = off")
        connection.execute("ALTER SYSTEM SET max_wal_size = '8GB'")
        connection.execute("ALTER SYSTEM SET checkpoint_timeout = '1d'")
        connection.execute("SELECT pg_reload_conf()")


@pytest.fixture(scope="session")
def migrated_dump() -> MigratedDump:
    """Return the dump of the migrated database that an earlier run may have kept."""
    return MigratedDump(platformdirs.user_cache_path("bregma-tests"), REPOSITORY / "src" / "bregma")


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """Leave the test database to the end of its server, which is ours alone."""
    return True


@pytest.fixture(scope="session")
def django_db_modify_db_settings(home: Home, migrated_dump: MigratedDump) -> None:
    """Start the server before Django makes its test database, or brings the restored one up to date."""
    migrated_dump.restore(home)


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None,
    home: Home,
    migrated_dump: MigratedDump,
    django_db_blocker: Any,
    request: pytest.FixtureRequest,
) -> None:
    """Keep the database as the migrations made it, for the next run and for the tests that follow one that commits."""
    if not migrated_dump.path.exists():
        migrated_dump.keep(home)
    with django_db_blocker.unblock():
        request.config.stash[STARTING_ROWS] = StartingRows(django_db_blocker)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Leave to the next test, whichever it is, the rows that the end of one that commits emptied."""
    yield
    rows = item.config.stash.get(STARTING_ROWS, None)
    if rows is not None and nextitem is not None and _commits(item):
        rows.put_back()


def _commits(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    names = getattr(item, "fixturenames", ())
    declared = marker is not None and bool(marker.kwargs.get("transaction"))
    return declared or "transactional_db" in names or "live_server" in names


@pytest.fixture(scope="module")
def chromium(chromium_path: str, request: pytest.FixtureRequest) -> Iterator[Any]:
    """Chromium. Playwright keeps an event loop in this thread: Django has other connections there, or refuses."""
    from django.db import connections
    from playwright.sync_api import sync_playwright

    request.getfixturevalue("django_db_setup")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        yield browser
        browser.close()
        connections.close_all()


@pytest.fixture
def page_of(chromium: Any, live_server: Any) -> Iterator[Callable[..., Any]]:
    """Return a maker of visits: ``page_of("alice", width=390, dark=True)`` is a :class:`tests.browser.Visit`.

    The person is a user name, an account, or None for nobody; rows are committed, and gone after the test.
    """
    from tests.browser import Visit

    from bregma.alyx.misc.models import LabMember

    visits: list[Visit] = []

    def begin(person: Any = None, **options: Any) -> Visit:
        visit = Visit(chromium, live_server.url, **options)
        visits.append(visit)
        if person is not None:
            visit.log_in(LabMember.objects.get(username=person) if isinstance(person, str) else person)
        return visit

    yield begin
    for visit in visits:
        visit.end()
    wait_for_answers()


def wait_for_answers() -> None:
    """Let the server finish what browsers that were closed had asked: the rows are about to be emptied."""
    from django.db import connection

    busy = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    end = time.monotonic() + 10
    with connection.cursor() as cursor:
        while time.monotonic() < end:
            cursor.execute(f"{busy} AND state <> 'idle'")
            if cursor.fetchone() == (0,):
                return
            time.sleep(0.02)
