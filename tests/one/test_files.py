"""Files of datasets: remembered hashes, origins, mirrors, many processes, and housekeeping."""

import multiprocessing
import os
import pickle
import sqlite3
import zipfile
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from bregma.one import files as files_module
from bregma.one.client import AlyxClient
from bregma.one.errors import FileNotDownloaded, TablesMissing
from bregma.one.files import DatasetFiles
from bregma.one.files.housekeeping import measure_cache, prune_cache, verify_cache
from bregma.one.files.verified import NAME, Stamp, VerifiedHashes
from bregma.one.records import Dataset
from bregma.store import HashMismatch, LocalStore, Retry, ZipStore


@pytest.fixture
def wanted(one, alyx):
    """A session and its datasets, as the server tells them."""
    eid = next(iter(alyx.sessions))
    return one._catalogue().datasets(one.to_eid(eid))


@pytest.fixture
def files(make_client, tmp_path) -> DatasetFiles:
    return DatasetFiles(tmp_path / "files", make_client(token="0123456789abcdef0123456789abcdef01234567"))


@pytest.fixture
def hashed(monkeypatch) -> list[Path]:
    """Which files were hashed."""
    seen: list[Path] = []
    real = files_module.hash_file
    monkeypatch.setattr(files_module, "hash_file", lambda path: (seen.append(Path(path)), real(path))[1])
    return seen


def test_what_was_checked_while_it_came_is_never_hashed_again(files, wanted, hashed):
    paths = files.ensure(*wanted)
    again = DatasetFiles(files.root)
    assert again.ensure(*wanted) == paths
    assert hashed == []


def test_a_changed_file_is_hashed_and_fetched_again(files, wanted, hashed, alyx):
    path = files.ensure(*wanted)[0]
    good = path.read_bytes()
    path.write_bytes(b"?" * len(good))
    alyx.requests.clear()
    assert files.ensure(*wanted)[0].read_bytes() == good
    assert hashed[0] == path
    assert len([one for one in alyx.asked("GET") if "/store/" in one]) == 1


def test_without_the_memory_files_are_hashed_and_it_is_made_anew(files, wanted, hashed):
    files.ensure(*wanted)
    (files.root / NAME).write_bytes(b"not a database, but as long as a page of one" * 100)
    count = len(wanted[1])
    assert [len(hashed) for _ in range(2) if DatasetFiles(files.root).ensure(*wanted)] == [count, count]
    DatasetFiles(files.root).ensure(*wanted)
    assert len(hashed) == count


def test_the_memory_tells_only_of_files_as_they_are(tmp_path):
    memory, stamp = VerifiedHashes(tmp_path), Stamp(1, 2, 3)
    memory.remember({"a": (stamp, "AB"), "b": (stamp, "cd")})
    again = VerifiedHashes(tmp_path)
    assert again.find({"a": stamp, "b": Stamp(1, 2, 4), "c": stamp}) == {"a": "ab"}
    assert set(again.last_used()) == {"a", "b"}
    again.forget(["a"])
    assert VerifiedHashes(tmp_path).find({"a": stamp}) == {}


def test_the_day_of_the_last_use_is_kept(tmp_path):
    memory, stamp = VerifiedHashes(tmp_path), Stamp(1, 2, 3)
    memory.remember({"a": (stamp, "ab")})
    with sqlite3.connect(tmp_path / NAME) as database:
        database.execute("UPDATE verified SET used = 5")
    database.close()
    later = VerifiedHashes(tmp_path)
    assert later.last_used() == {"a": 5 * 86_400.0}
    later.find({"a": stamp})
    assert later.last_used()["a"] > 1e9


def test_datasets_of_tables_are_asked_for_in_one_request(files, wanted, alyx):
    session, datasets = wanted
    plain = [Dataset(one.id, one.eid, one.rel_path, one.file_size, one.hash) for one in datasets]
    alyx.requests.clear()
    files.ensure(session, plain)
    assert [one for one in alyx.asked() if "/store/" not in one] == ["GET /datasets"]


def test_another_copy_is_tried_when_the_first_fails(files, wanted, alyx):
    session, datasets = wanted
    moved = [
        Dataset(one.id, one.eid, one.rel_path, one.file_size, one.hash, url="http://alyx.test/store/gone.npy")
        for one in datasets
    ]
    assert all(path.is_file() for path in files.ensure(session, moved))


def test_a_plan_tells_the_size_and_fetches_nothing(files, wanted, alyx):
    alyx.requests.clear()
    plan = files.plan(*wanted)
    assert (plan.files, plan.size) == (len(wanted[1]), sum(one.file_size for one in wanted[1]))
    assert alyx.requests == []
    files.ensure(*wanted)
    assert files.plan(*wanted).files == 0


def test_the_source_of_a_dataset_can_be_read_with_its_headers(files, wanted):
    source = files.source_of(wanted[1][0])
    assert source.url.startswith("http://alyx.test/store/")
    assert source.headers["Authorization"].startswith("Token ")
    assert "Token" not in repr(source)


@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_files_come_from_an_origin_and_a_folder_is_used_in_place(files, wanted, tmp_path, kind):
    session, datasets = wanted
    paths = files.ensure(session, datasets)
    origin = LocalStore(files.root)
    if kind == "zip":
        with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
            for path in paths:
                archive.write(path, path.relative_to(files.root))
        origin = ZipStore(tmp_path / "all.zip")
    opened = pickle.loads(pickle.dumps(DatasetFiles(tmp_path / "cache", origin=origin)))
    found = opened.ensure(session, datasets)
    assert [one.read_bytes() for one in found] == [one.read_bytes() for one in paths]
    place = files.root if kind == "folder" else tmp_path / "cache"
    assert all(one.is_relative_to(place) for one in found)
    stray = Dataset(datasets[0].id, datasets[0].eid, "alf/no.such.npy")
    with pytest.raises(FileNotFoundError, match=r"no\.such\.npy"):
        opened.ensure(session, [stray])


@pytest.mark.parametrize("path", ["../../x.y.npy", "/etc/passwd", "alf/\x00.npy", "alf/..\\..\\x.npy"])
def test_paths_that_lead_out_are_refused(files, wanted, path):
    session, datasets = wanted
    with pytest.raises(FileNotDownloaded, match="unsafe path"):
        files.ensure(session, [Dataset(datasets[0].id, datasets[0].eid, path)])


def test_a_wrong_file_of_a_server_is_never_kept(files, wanted, alyx):
    session, datasets = wanted
    for path, content in alyx.files.items():
        alyx.files[path] = content[:-1] + b"?"
    with pytest.raises(HashMismatch):
        files.ensure(session, datasets)
    assert not [path for path in files.root.rglob("*.npy") if path.is_file()]


def load_once(root: Path, session, datasets, contents: dict[str, bytes], gate, requests) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        with requests.get_lock():
            requests.value += 1
        return httpx.Response(200, content=contents[request.url.raw_path.decode()])

    client = AlyxClient("http://alyx.test", token="t", retry=Retry(attempts=2), transport=httpx.MockTransport(answer))
    files = DatasetFiles(root, client)
    gate.wait()
    paths = files.ensure(session, datasets)
    os._exit(0 if [path.stat().st_size for path in paths] == [one.file_size for one in datasets] else 1)


def test_ten_processes_that_load_the_same_file_fetch_it_once(wanted, alyx, tmp_path):
    session, datasets = wanted[0], wanted[1][:1]
    url = httpx.URL(datasets[0].url)
    contents = {url.raw_path.decode(): alyx.files[datasets[0].url.removeprefix("http://alyx.test")]}
    fork = multiprocessing.get_context("fork")
    gate, requests = fork.Barrier(10), fork.Value("i", 0)
    given = (tmp_path / "shared", session, datasets, contents, gate, requests)
    processes = [fork.Process(target=load_once, args=given) for _ in range(10)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0] * 10
    assert requests.value == 1


def test_the_space_of_a_cache_is_told_by_session(files, wanted):
    files.ensure(*wanted)
    (files.root / "notes.txt").write_bytes(b"x" * 10)
    usages = measure_cache(files.root)
    assert [(one.lab, one.subject, one.session) for one in usages] == [
        ("mylab", "KS014", "2019-08-30/001"),
        ("", "", ""),
    ]
    assert (usages[0].files, usages[0].size) == (len(wanted[1]), sum(one.file_size for one in wanted[1]))
    assert usages[1].size == 10


def test_only_what_can_be_fetched_again_is_pruned(files, wanted, alyx, tmp_path):
    alyx.make_tables(tmp_path / "tables")
    paths = files.ensure(*wanted)
    own = paths[0].with_name("my.notes.npy")
    own.write_bytes(b"mine")
    paths[1].write_bytes(b"changed by hand")
    keep = [paths[2]]
    dry = prune_cache(files.root, tables_dir=tmp_path / "tables", keep=keep)
    assert set(dry.paths) == set(paths) - {paths[1], paths[2]}
    assert set(dry.spared) == {own, paths[1]}
    assert all(path.exists() for path in paths)
    assert prune_cache(files.root, tables_dir=tmp_path / "tables", unused_for=timedelta(days=9)).paths == []
    assert prune_cache(files.root, tables_dir=tmp_path / "tables", older_than=timedelta(days=9)).paths == []
    done = prune_cache(files.root, tables_dir=tmp_path / "tables", keep=keep, dry_run=False)
    assert done.paths == dry.paths
    assert [path.exists() for path in (own, *paths[1:3])] == [True] * 3
    assert not any(path.exists() for path in dry.paths)
    with pytest.raises(TablesMissing):
        prune_cache(files.root, tables_dir=tmp_path)


def test_a_cache_is_compared_with_the_tables_and_mended(files, wanted, alyx, tmp_path):
    alyx.make_tables(tmp_path / "tables")
    paths = files.ensure(*wanted)
    status = paths[0].stat()
    paths[0].write_bytes(b"?" * status.st_size)
    os.utime(paths[0], ns=(status.st_atime_ns, status.st_mtime_ns))
    own = paths[0].with_name("my.notes.npy")
    own.write_bytes(b"mine")
    found = verify_cache(files.root, tables_dir=tmp_path / "tables")
    assert (found.good, found.damaged, found.unknown) == (len(paths) - 1, [paths[0]], [own])
    mended = verify_cache(files.root, tables_dir=tmp_path / "tables", refetch=DatasetFiles(files.root, files._client))
    assert mended.refetched == [paths[0]]
    assert verify_cache(files.root, tables_dir=tmp_path / "tables").damaged == []
