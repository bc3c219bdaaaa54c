"""What every store does, wherever its files lie: one set of tests for all of them."""

import hashlib
import os
import pickle
import socket
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import globus_sdk
import pytest
from tests.store.ftp_server import PASSWORD, USER, run_ftp_server, write_certificate
from tests.store.globus_service import HERE, REMOTE, run_globus_service
from tests.store.s3_server import BUCKET, KEYS, run_s3_server

from bregma.store import (
    Engine,
    Fetch,
    FileMissing,
    Fingerprint,
    FTPStore,
    GlobusStore,
    HashMismatch,
    HTTPStore,
    InvalidKey,
    Landing,
    LocalStore,
    Retry,
    S3Store,
    Source,
    Store,
    StoreError,
    ZipStore,
)

KEY = "lab/Subjects/KS014/2019-08-30/001/alf/#2024-05-06#/a b.times.npy"
FILES = {
    KEY: os.urandom(3_000_000),
    "lab/Subjects/KS014/2019-08-30/001/alf/spikes.times.npy": b"0123456789" * 1000,
    "lab/Subjects/KS014/2019-08-30/001/alf/empty.times.npy": b"",
    "other/a+b/x.y.npy": b"x",
}
READ_ONLY = {"http", "zip stored", "zip deflated", "zip on the web"}


@dataclass
class Served:
    """A store, and how files come into it without it."""

    store: Store
    add: Callable[[str, bytes], object]


def served_by_zip(folder: Path, compression: int) -> Path:
    path = folder / "all.zip"
    with zipfile.ZipFile(path, "w", compression) as archive:
        for key, content in FILES.items():
            archive.writestr(key, content)
    return path


@pytest.fixture(scope="module")
def s3_address(tmp_path_factory) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with run_s3_server(tmp_path_factory.mktemp("s3"), port) as address:
        yield address


@pytest.fixture
def local(tmp_path) -> Store:
    return LocalStore(tmp_path / "root")


@pytest.fixture
def http(web_files, impatient) -> Iterator[Store]:
    from urllib.parse import quote

    web_files.files |= {f"/{quote(key)}": content for key, content in FILES.items()}
    store = HTTPStore(web_files.base_url, retry=impatient)
    yield store
    store.close()


@pytest.fixture
def s3(s3_address, tmp_path) -> Store:
    return S3Store(BUCKET, tmp_path.name, endpoint=s3_address, keys=KEYS)


@pytest.fixture
def ftp(tmp_path) -> Iterator[Store]:
    certificate = tmp_path / "certificate.pem"
    write_certificate(certificate)
    with run_ftp_server(tmp_path / "ftp", certificate) as port:
        store = FTPStore("127.0.0.1", "bulk", port=port, user=USER, password=PASSWORD, trust=certificate)
        yield store
        store.close()


@pytest.fixture
def globus(tmp_path) -> Iterator[Store]:
    with run_globus_service(tmp_path / "remote", tmp_path / "here") as service:
        client = globus_sdk.TransferClient(base_url=service.address, authorizer=globus_sdk.NullAuthorizer())
        landing = Landing(HERE, tmp_path / "here")
        yield GlobusStore(client, REMOTE, "bulk", landing=landing, sleep=lambda _: None)


@pytest.fixture
def store(request, tmp_path) -> Store:
    kind = request.param
    if kind == "zip on the web":
        http = request.getfixturevalue("http")
        path = served_by_zip(tmp_path, zipfile.ZIP_DEFLATED)
        request.getfixturevalue("web_files").files["/all.zip"] = path.read_bytes()
        return ZipStore(http, "all.zip")
    if kind.startswith("zip"):
        return ZipStore(served_by_zip(tmp_path, zipfile.ZIP_STORED if "stored" in kind else zipfile.ZIP_DEFLATED))
    opened: Store = request.getfixturevalue(kind)
    if kind not in READ_ONLY:
        for key, content in FILES.items():
            opened.put(key, iter([content[:7], content[7:]]))
    return opened


every_store = pytest.mark.parametrize(
    "store", ["local", "http", "s3", "ftp", "globus", "zip stored", "zip deflated", "zip on the web"], indirect=True
)
writable_store = pytest.mark.parametrize("store", ["local", "s3", "ftp", "globus"], indirect=True)
listing_store = pytest.mark.parametrize(
    "store", ["local", "s3", "ftp", "globus", "zip stored", "zip on the web"], indirect=True
)


@every_store
def test_files_are_told_and_read_wholly_and_in_ranges(store):
    content = FILES[KEY]
    entry = store.stat(KEY)
    assert (entry.key, entry.size) == (KEY, len(content))
    assert abs((datetime.now(UTC) - entry.modified).total_seconds()) < 90_000
    assert b"".join(store.read(KEY)) == content
    for start, stop in [(0, 1), (5, 1_200_000), (2_999_990, None), (2_999_990, 9_000_000), (7, 7), (9, 3)]:
        assert b"".join(store.read(KEY, start, stop)) == content[start:stop]
    assert b"".join(store.read(KEY, 3_000_000)) == b""
    assert {key: b"".join(store.read(key)) for key in FILES} == FILES


@every_store
def test_the_hash_is_that_of_the_bytes(store):
    for key, content in FILES.items():
        assert store.hash(key) == hashlib.md5(content).hexdigest()


@every_store
def test_what_is_missing_is_named_and_no_key_leads_out(store):
    for ask in (store.stat, store.hash, lambda key: b"".join(store.read(key))):
        with pytest.raises(FileMissing, match=r"no\.such\.npy"):
            ask("lab/no.such.npy")
        for key in ("../x", "/etc/passwd", "a/../../x", "", "a//b", "a\nb"):
            with pytest.raises(InvalidKey):
                ask(key)


@listing_store
def test_files_are_listed_by_the_beginning_of_their_keys_in_order(store):
    assert [one.key for one in store.list()] == sorted(FILES)
    assert [one.key for one in store.list("lab/Subjects/KS014/2019-08-30/001/alf/sp")] == [sorted(FILES)[2]]
    assert [one.key for one in store.list("lab/Subjects/KS014/2019-08-30/001/alf/#")] == [KEY]
    assert [one.key for one in store.list("ot")] == ["other/a+b/x.y.npy"]
    assert list(store.list("nobody/here")) == []
    assert {one.key: one.size for one in store.list()} == {key: len(content) for key, content in FILES.items()}


@writable_store
def test_other_bytes_than_announced_are_refused_and_what_was_there_stays(store, tmp_path):
    path = tmp_path / "new"
    path.write_bytes(b"new")
    for source in (path, [b"n", b"ew"]):
        for wrong in ({"size": 4}, {"md5": hashlib.md5(b"old").hexdigest()}):
            with pytest.raises(HashMismatch):
                store.put(KEY, source, **wrong)
    assert store.hash(KEY) == hashlib.md5(FILES[KEY]).hexdigest()
    assert [one.key for one in store.list()] == sorted(FILES)


@writable_store
def test_a_file_is_replaced_and_removed(store, tmp_path):
    path = tmp_path / "new"
    path.write_bytes(b"new")
    entry = store.put(KEY, path, size=3, md5=hashlib.md5(b"new").hexdigest())
    assert (entry.key, entry.size) == (KEY, 3)
    assert b"".join(store.read(KEY)) == b"new"
    store.delete(KEY)
    with pytest.raises(FileMissing):
        store.stat(KEY)
    with pytest.raises(FileMissing):
        store.delete(KEY)


@pytest.mark.parametrize("store", ["zip stored", "zip deflated"], indirect=True)
def test_a_zip_takes_nothing(store):
    with pytest.raises(StoreError, match="read-only"):
        store.put(KEY, [b"x"])


@every_store
def test_the_engine_brings_files_from_it(store, tmp_path):
    fetches = [
        Fetch(tmp_path / "got" / key, [Source.of(store, key)], Fingerprint(len(one), hashlib.md5(one).hexdigest()))
        for key, one in FILES.items()
    ]
    engine = Engine(retry=Retry(attempts=2), silent=True)
    assert {path.relative_to(tmp_path / "got").as_posix(): path.read_bytes() for path in engine.fetch(fetches)} == FILES
    engine.close()


@pytest.mark.parametrize("store", ["local", "http", "s3", "ftp", "zip stored", "zip on the web"], indirect=True)
def test_a_store_is_pickled_and_shows_no_secret(store):
    again = pickle.loads(pickle.dumps(store))
    assert again.stat(KEY).size == 3_000_000
    assert not any(secret in repr(store) for secret in (PASSWORD, KEYS.secret))
    if hasattr(again, "close"):
        again.close()
