"""Stores opened by their address, and what they need from this machine."""

import zipfile

import globus_sdk
import pytest
from tests.store.globus_service import HERE, REMOTE, GlobusService, run_globus_service

from bregma.store import (
    AccessDenied,
    FileMissing,
    FTPStore,
    GlobusStore,
    HashMismatch,
    HTTPStore,
    Landing,
    LocalStore,
    S3Store,
    StoreError,
    StoreUnavailable,
    ZipStore,
    open_store,
)
from bregma.store.s3 import Keys, find_keys


@pytest.fixture
def service(tmp_path):
    with run_globus_service(tmp_path / "remote", tmp_path / "here") as running:
        yield running


@pytest.fixture
def globus(service: GlobusService, tmp_path) -> GlobusStore:
    client = globus_sdk.TransferClient(base_url=service.address, authorizer=globus_sdk.NullAuthorizer())
    landing = Landing(HERE, tmp_path / "here")
    return GlobusStore(client, REMOTE, landing=landing, patience=20, sleep=lambda _: None)


@pytest.mark.parametrize(
    ("address", "kind", "text"),
    [
        ("https://host/a/b", HTTPStore, "https://host/a/b"),
        ("https://host/a/all%20of%20it.zip?token=secret", ZipStore, "'all of it.zip' in HTTPStore('https://host/a')"),
        ("s3://bucket/pre/fix", S3Store, "s3://bucket/pre/fix"),
        ("s3://bucket/pre/all.zip", ZipStore, "all.zip"),
        ("ftps://anna:secret@host:2121/bulk", FTPStore, "ftps://host:2121/bulk"),
        ("ftp://host/bulk", FTPStore, "ftp://host:21/bulk"),
    ],
)
def test_an_address_opens_its_store_and_shows_no_secret(address, kind, text, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    store = open_store(address)
    assert isinstance(store, kind)
    assert text in repr(store)
    assert "secret" not in repr(store)


def test_folders_and_zips_of_this_machine_are_opened(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("x", b"1")
    assert isinstance(open_store(tmp_path), LocalStore)
    assert isinstance(open_store(tmp_path.as_uri()), LocalStore)
    assert [one.key for one in open_store(str(tmp_path / "a.zip")).list()] == ["x"]
    with pytest.raises(FileMissing, match="no folder"):
        open_store(tmp_path / "nothing")
    with pytest.raises(StoreError, match="gopher://"):
        open_store("gopher://host/a")


def test_globus_says_what_it_needs(monkeypatch):
    monkeypatch.delenv("BREGMA_GLOBUS_TOKEN", raising=False)
    with pytest.raises(StoreError, match="BREGMA_GLOBUS_TOKEN"):
        open_store(f"globus://{REMOTE}/bulk")
    monkeypatch.setenv("BREGMA_GLOBUS_TOKEN", "secret")
    monkeypatch.setenv("BREGMA_GLOBUS_LANDING", f"{HERE}:/scratch")
    assert repr(open_store(f"globus://{REMOTE}/bulk")) == f"GlobusStore('globus://{REMOTE}/bulk')"


def test_keys_come_from_the_environment_then_from_a_profile(tmp_path):
    path = tmp_path / "credentials"
    path.write_text("[default]\naws_access_key_id = a\naws_secret_access_key = b%c\n[lab]\n")
    files = {"AWS_SHARED_CREDENTIALS_FILE": str(path)}
    assert find_keys({**files, "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y"}) == Keys("x", "y")
    assert find_keys(files) == Keys("a", "b%c")
    assert find_keys({**files, "AWS_PROFILE": "lab"}) is None
    assert find_keys({"AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none")}) is None
    assert "b%c" not in repr(find_keys(files))
    path.write_text("aws_secret_access_key = hidden")
    with pytest.raises(StoreError, match="line 1") as caught:
        find_keys(files)
    assert "hidden" not in str(caught.value)


def test_a_damaged_zip_is_found_out(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x.npy", b"0123456789" * 100)
    path.write_bytes(path.read_bytes().replace(b"0123456789", b"0123456780", 1))
    with pytest.raises(HashMismatch, match="damaged"):
        b"".join(ZipStore(path).read("x.npy"))
    path.write_bytes(b"not a zip")
    with pytest.raises(StoreError, match="not a zip"):
        ZipStore(path).stat("x.npy")


def test_a_transfer_whose_checksum_differs_stores_nothing(globus, service):
    service.corrupts = True
    with pytest.raises(HashMismatch, match="checksum"):
        globus.put("a/b.npy", [b"content"])
    assert list(globus.list()) == []


def test_a_transfer_that_is_on_hold_or_never_ends_is_told(globus, service):
    service.polls = 1000
    with pytest.raises(StoreUnavailable, match="more than 20 s, cancelled"):
        globus.put("a/b.npy", [b"content"])
    assert len(service.cancelled) == 1
    service.holds = True
    with pytest.raises(AccessDenied, match="credentials expired"):
        globus.put("a/b.npy", [b"content"])
