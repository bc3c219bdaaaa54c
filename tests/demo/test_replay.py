"""The demo lab is replayed on a real server, and found again through ONE."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs
import pytest

from bregma.demo.checks import check
from bregma.demo.lab import replay
from bregma.one import ONE

if TYPE_CHECKING:
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def one(live_server: "LiveServer", home: object, tmp_path: Path) -> Iterator[ONE]:
    from bregma.alyx.accounts import create_user, token_for

    create_user("visitor", None, superuser=True)
    client = ONE(base_url=live_server.url, token=token_for("visitor"), cache_dir=tmp_path / "one")
    yield client
    client.alyx.close()


@pytest.fixture
def folder(archives: Mapping[str, Path], tmp_path: Path) -> Path:
    """Return a folder that has the archives already, so that nothing is downloaded."""
    folder = tmp_path / "demo"
    folder.mkdir()
    (folder / "sources").symlink_to(platformdirs.user_cache_path("bregma") / "sources")
    return folder


def test_replayed_lab_passes_its_checks_until_something_is_missing(one: ONE, folder: Path) -> None:
    summary = replay(one, folder)
    assert (summary.subjects, summary.sessions, summary.files) == (8, 21, 64)
    assert summary.new["sessions"] == 21
    assert [found for found in check(one, folder) if not found.ok] == []

    (eid,) = one.search(subject="ZM_335")
    one.alyx.rest("sessions", "delete", eid)
    failed = {found.name for found in check(one, folder) if not found.ok}
    assert {"sessions are registered", "trials load through ONE", "a second replay changes nothing"} <= failed
