"""What every test may use: real data when it is there, a browser, and a PostgreSQL server of their own."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

REPOSITORY = Path(__file__).parents[1]
TEST_HOME = Path(tempfile.gettempdir()) / f"bregma-test-{os.getpid()}"
os.environ["BREGMA_HOME"] = str(TEST_HOME)
os.environ["DJANGO_SETTINGS_MODULE"] = "bregma.alyx.settings"  # here, after the home that the settings read
os.environ.setdefault("MPLBACKEND", "agg")
for name in ("BREGMA_URL", "BREGMA_TOKEN"):
    os.environ.pop(name, None)
assert settings.HOME.root == TEST_HOME  # reading a setting lets pytest-django set Django up


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real recordings; tests that need it are skipped where it is missing."""
    folder = Path(os.environ.get("BREGMA_SHARED_DATA", REPOSITORY.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no real recordings at {folder}; name their folder in BREGMA_SHARED_DATA")
    return folder


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Path of the system's Chromium."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    pytest.skip("no Chromium on this machine; `make browser` installs it (root with apt)")


@pytest.fixture(scope="session")
def home() -> Iterator[object]:
    """Return the installation of this test run: its PostgreSQL is started here and stopped at the end."""
    from bregma.services.home import Home
    from bregma.services.postgres import start_postgres, stop_postgres

    installation = Home.default().make()
    start_postgres(installation)
    yield installation
    stop_postgres(installation)
    shutil.rmtree(installation.root, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(home: object) -> None:
    """Start the server before Django makes its test database."""
