"""The folder of one installation."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bregma.services.home import Home


def test_the_environment_names_the_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BREGMA_HOME", str(tmp_path / "lab"))
    assert Home.default().root == tmp_path / "lab"


def test_the_secret_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: home.secret_key(), range(16)))
    assert len(keys) == 1
    assert len(keys.pop()) >= 50
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_other_users_of_the_machine_read_nothing(tmp_path: Path) -> None:
    home = Home(tmp_path / "lab").make()
    for folder in (home.root, *home.root.iterdir()):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_home_that_its_secret_key_made_is_private_too(tmp_path: Path) -> None:
    home = Home(tmp_path / "lab")
    home.secret_key()
    assert stat.S_IMODE(home.root.stat().st_mode) == 0o700
