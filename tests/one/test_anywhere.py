"""One script, run online, offline, in a folder that cannot be written to, and from a zip: the same results."""

import zipfile
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pytest

from bregma.one import ONE, RevisionWarning


def script(one: ONE) -> dict[str, Any]:
    """Do what a scientist does: search, list, load."""
    (eid,) = one.search(subject="KS014", date_range="2019-08-30")
    with pytest.warns(RevisionWarning, match="loaded together"):
        spikes = one.load_object(eid, "spikes", collection="alf/probe00", revision="2024-12-31")
    loaded = one.load_collection(eid, "alf")
    return {
        "eid": eid,
        "found": one.search(date_range=["2019-08-01", None]),
        "datasets": one.list_datasets(eid),
        "table": one.list_datasets(eid, details=True)["hash"].tolist(),
        "collections": one.list_collections(eid),
        "revisions": one.list_revisions(eid),
        "spikes": {key: value.tolist() for key, value in spikes.items()},
        "clusters": one.load_dataset(eid, "spikes.clusters", "alf/probe01").tolist(),
        "alf": {name: sorted(bunch) for name, bunch in loaded.items()},
        "choice": np.asarray(loaded["trials"]["goCue_times"]).tolist(),
        "reference": one.eid2ref(eid),
        "probes": one.eid2pid(eid),
    }


@pytest.fixture
def online(one, alyx, tmp_path) -> dict[str, Any]:
    """What the script finds online, with all files and tables fetched to the cache."""
    alyx.make_tables(tmp_path / "cache")
    one.load_collection(UUID(next(iter(alyx.sessions))), "alf/probe0?", attribute="clusters", download_only=True)
    with pytest.warns(RevisionWarning):
        one.load_collection(UUID(next(iter(alyx.sessions))), "alf*", revision="2024-12-31", download_only=True)
    return script(one)


def test_offline_gives_what_online_gives(online, make_client, tmp_path, alyx):
    alyx.requests.clear()
    assert script(ONE(client=make_client(), cache_dir=tmp_path / "cache", mode="local")) == online
    assert alyx.requests == []


def test_a_folder_gives_what_the_server_gives(online, tmp_path, alyx):
    alyx.requests.clear()
    assert script(ONE.open(tmp_path / "cache")) == online
    assert alyx.requests == []


def test_a_read_only_folder_gives_what_the_server_gives(online, tmp_path, monkeypatch):
    folder = tmp_path / "cache"
    for path in [*folder.rglob("*"), folder]:
        path.chmod(0o555 if path.is_dir() else 0o444)

    def refuse(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Path, "mkdir", refuse)  # root may write anywhere
    assert script(ONE(cache_dir=folder, mode="local", token="none")) == online


def test_a_zip_gives_what_the_server_gives(online, tmp_path, monkeypatch):
    monkeypatch.setenv("BREGMA_HOME", str(tmp_path / "home"))
    folder, archive = tmp_path / "cache", tmp_path / "lab.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for path in folder.rglob("*.*"):
            if path.is_file() and ".locks" not in path.parts:
                file.write(path, path.relative_to(folder))
    assert script(ONE.open(archive)) == online
