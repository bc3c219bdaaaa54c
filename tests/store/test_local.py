"""A store in a folder."""

import errno
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bregma.alf import atomic_write
from bregma.store import (
    FileMissing,
    Fingerprint,
    HashMismatch,
    InvalidKey,
    LocalStore,
    StorageFull,
    StoreError,
    check_key,
    hash_file,
    key_for,
)

KEY = "mylab/Subjects/KS014/2019-08-30/001/alf/#2024-01-01#/a.b.npy"
HELLO_MD5 = "5d41402abc4b2a76b9719d911017c592"
part = st.from_regex(r"[A-Za-z0-9_#][A-Za-z0-9_#.-]{0,6}", fullmatch=True)
keys = st.lists(part, min_size=1, max_size=6).map("/".join)


@pytest.fixture
def store(tmp_path) -> LocalStore:
    return LocalStore(tmp_path / "store")


def test_what_is_put_is_read_listed_and_hashed(store):
    entry = store.put(KEY, [b"hel", b"lo"], size=5, md5=HELLO_MD5)
    assert (entry.key, entry.size) == (KEY, 5)
    assert b"".join(store.read(KEY)) == b"hello"
    assert store.hash(KEY) == HELLO_MD5
    assert store.stat(KEY) == entry
    assert list(store.list()) == [entry]
    assert list(store.list("mylab/Subjects/KS0")) == [entry]
    assert list(store.list("other")) == []


def test_a_file_of_this_machine_is_put(store, tmp_path):
    source = tmp_path / "source"
    source.write_bytes(b"hello")
    assert store.put(KEY, source, md5=hash_file(source)).size == 5
    assert b"".join(store.read(KEY)) == b"hello"


@settings(deadline=None)
@given(content=st.binary(max_size=50), start=st.integers(0, 60), stop=st.none() | st.integers(0, 60))
def test_a_range_is_the_slice_of_the_bytes(tmp_path_factory, content, start, stop):
    store = LocalStore(tmp_path_factory.mktemp("store"))
    store.put("a/b", [content])
    assert b"".join(store.read("a/b", start, stop)) == content[start:stop]


@settings(deadline=None)
@given(keys)
def test_every_key_leads_to_a_place_of_its_own_inside_the_store(tmp_path_factory, key):
    root = tmp_path_factory.getbasetemp() / "store"
    path = LocalStore(root).path(check_key(key))
    assert path.relative_to(root).as_posix() == key


@pytest.mark.parametrize(
    "key",
    [
        "", "/etc/passwd", "..", "a/../b", "a/./b", "a//b", "a/", "a\\..\\b", "a\x00b", "a\nb", "C:/x", "x" * 2000,
        "a/..", "./a",
    ],
)  # fmt: skip
def test_keys_that_could_leave_the_store_are_refused(store, key):
    for action in (store.stat, store.hash, store.delete, lambda key: store.put(key, [b"x"])):
        with pytest.raises(InvalidKey):
            action(key)
    assert not store.root.exists()


@settings(deadline=None)
@given(st.text(max_size=40))
def test_no_text_leads_out_of_the_store(tmp_path_factory, text):
    root = tmp_path_factory.getbasetemp() / "store"
    try:
        path = LocalStore(root).path(text)
    except InvalidKey:
        return
    assert path.resolve().is_relative_to(root.resolve())


def test_a_symbolic_link_does_not_lead_out_of_the_store(store, tmp_path):
    secret = tmp_path / "outside"
    secret.mkdir()
    (secret / "file").write_text("secret")
    store.root.mkdir()
    (store.root / "link").symlink_to(secret)
    with pytest.raises(InvalidKey, match="symbolic link"):
        store.stat("link/file")
    with pytest.raises(InvalidKey, match="symbolic link"):
        store.put("link/new", [b"x"])
    assert list(store.list()) == []


def test_a_missing_file_is_named_at_once(store):
    for action in (store.stat, store.read, store.hash, store.delete):
        with pytest.raises(FileMissing, match=r"no file '.*a\.b\.npy'"):
            action(KEY)


@pytest.mark.parametrize("expected", [{"size": 4}, {"md5": "0" * 32}, {"size": 5, "md5": "0" * 32}])
def test_other_bytes_than_announced_are_refused_and_the_old_stay(store, expected):
    store.put(KEY, [b"old"])
    with pytest.raises(HashMismatch) as caught:
        store.put(KEY, [b"hello"], **expected)
    message = str(caught.value)
    assert KEY in message
    assert HELLO_MD5 in message
    assert "5 bytes" in message
    assert "send the file again" in message
    assert all(str(value) in message for value in expected.values())
    assert b"".join(store.read(KEY)) == b"old"
    assert [entry.key for entry in store.list()] == [KEY]


@contextmanager
def write_to_full_disk(path: Path) -> Iterator[object]:
    class FullDisk:
        def __init__(self, file) -> None:
            self.file = file

        def write(self, chunk: bytes) -> None:
            self.file.write(chunk[:2])
            raise OSError(errno.ENOSPC, "No space left on device")

    with atomic_write(path) as file:
        yield FullDisk(file)


def test_a_full_disk_says_so_and_leaves_nothing_behind(tmp_path):
    LocalStore(tmp_path).put(KEY, [b"old"])
    with pytest.raises(StorageFull, match="Free some space") as caught:
        LocalStore(tmp_path, opener=write_to_full_disk).put(KEY, [b"hello"])
    assert isinstance(caught.value, StoreError)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path.read_bytes() for path in files] == [b"old"]


def test_a_source_that_breaks_off_leaves_nothing_behind(store):
    def broken() -> Iterator[bytes]:
        yield b"hel"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        store.put(KEY, broken())
    assert [path for path in store.root.rglob("*") if path.is_file()] == []


def test_a_key_carries_the_dataset_id_before_the_extension():
    key = key_for("mylab", "KS014/2019-08-30/001/alf/#r#/a.b.npy", "738eca6f-d437-40d6-a9b8-a3f4cbbfbff7")
    assert key == "mylab/Subjects/KS014/2019-08-30/001/alf/#r#/a.b.738eca6f-d437-40d6-a9b8-a3f4cbbfbff7.npy"


@settings(deadline=None)
@given(st.binary(max_size=100))
def test_a_fingerprint_accepts_only_the_same_bytes(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "file"
    path.write_bytes(content)
    measured = Fingerprint.of(path)
    assert measured == Fingerprint(len(content), hashlib.md5(content).hexdigest())
    assert Fingerprint(None, None).accepts(measured)
    assert Fingerprint(len(content), str(measured.md5).upper()).accepts(measured)
    assert not Fingerprint(len(content) + 1, None).accepts(measured)
