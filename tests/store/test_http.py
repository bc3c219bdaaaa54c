"""Downloads that are cut, corrupted or refused, and a store behind a web server."""

import errno
import hashlib
import os
from pathlib import Path

import httpx
import pytest

from bregma.store import (
    AccessDenied,
    FileMissing,
    Fingerprint,
    HashMismatch,
    HTTPStore,
    Source,
    StorageFull,
    StoreError,
    StoreUnavailable,
    download,
    upload,
)

CONTENT = os.urandom(300_000)
EXPECTED = Fingerprint(len(CONTENT), hashlib.md5(CONTENT).hexdigest())


@pytest.fixture
def fetch(web_files, http_client, impatient, tmp_path):
    web_files.files["/a.b.npy"] = CONTENT

    def run(expected: Fingerprint | None = EXPECTED, path: str = "/a.b.npy") -> Path:
        target = tmp_path / "folder" / "a.b.npy"
        return download(http_client, Source(web_files.base_url + path), target, expected=expected, retry=impatient)

    return run


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_a_file_is_fetched_and_nothing_else_is_left(fetch, tmp_path):
    assert fetch().read_bytes() == CONTENT
    assert files_in(tmp_path) == ["a.b.npy"]


def test_a_cut_connection_is_resumed_where_it_broke(fetch, web_files, tmp_path):
    web_files.faults = ["cut"]
    assert fetch().read_bytes() == CONTENT
    assert [wanted for _, _, wanted in web_files.requests] == [None, "bytes=150000-"]
    assert files_in(tmp_path) == ["a.b.npy"]


def test_a_whole_answer_of_half_a_file_is_not_accepted(fetch, web_files):
    web_files.faults = ["short"]
    assert fetch().read_bytes() == CONTENT
    assert len(web_files.requests) == 2


def test_an_interrupted_program_goes_on_at_its_next_run(fetch, web_files, tmp_path):
    web_files.faults = ["cut", 404]
    with pytest.raises(FileMissing):
        fetch()
    assert len(files_in(tmp_path)) == 1
    assert not (tmp_path / "folder" / "a.b.npy").exists()
    web_files.requests.clear()
    assert fetch().read_bytes() == CONTENT
    assert [wanted for _, _, wanted in web_files.requests] == ["bytes=150000-"]


def test_a_server_without_ranges_is_asked_for_the_whole_file_again(fetch, web_files):
    web_files.honours_ranges = False
    web_files.faults = ["cut"]
    assert fetch().read_bytes() == CONTENT


def test_corrupted_bytes_are_refused_with_both_hashes_and_not_kept(fetch, web_files, tmp_path):
    web_files.faults = ["corrupt"]
    with pytest.raises(HashMismatch) as caught:
        fetch()
    message = str(caught.value)
    wrong = hashlib.md5(CONTENT[:-1] + bytes([CONTENT[-1] ^ 1])).hexdigest()
    assert all(text in message for text in (str(EXPECTED.md5), wrong, "a.b.npy", "300000 bytes", "send the file again"))
    assert files_in(tmp_path) == []


def test_a_resumed_file_that_is_wrong_is_fetched_once_more_from_the_start(fetch, web_files):
    web_files.faults = ["cut", "corrupt"]
    assert fetch().read_bytes() == CONTENT
    assert [wanted for _, _, wanted in web_files.requests] == [None, "bytes=150000-", None]


def test_an_old_file_stays_when_the_new_one_is_wrong(fetch, web_files, tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a.b.npy").write_bytes(b"old")
    web_files.faults = ["corrupt"]
    with pytest.raises(HashMismatch):
        fetch()
    assert (tmp_path / "folder" / "a.b.npy").read_bytes() == b"old"


def test_a_longer_file_than_registered_is_refused(fetch, web_files, tmp_path):
    web_files.files["/a.b.npy"] = CONTENT + b"more"
    with pytest.raises(HashMismatch, match="300004 bytes"):
        fetch()
    assert files_in(tmp_path) == []


def test_a_busy_server_is_asked_again_when_it_says(fetch, web_files, waits):
    web_files.faults = [503, 429]
    assert fetch().read_bytes() == CONTENT
    assert waits == [7, 7]


def test_a_server_that_stays_away_is_given_up(fetch, web_files):
    web_files.faults = [503] * 9
    with pytest.raises(StoreUnavailable, match="failed 4 times"):
        fetch()
    assert len(web_files.requests) == 4


def test_a_connection_that_always_breaks_but_moves_on_arrives(fetch, web_files):
    web_files.faults = ["cut"] * 10
    assert fetch().read_bytes() == CONTENT
    assert len(web_files.requests) == 11


@pytest.mark.parametrize(("status", "error"), [(403, AccessDenied), (401, AccessDenied), (410, FileMissing)])
def test_a_refusal_is_final(fetch, web_files, status, error):
    web_files.faults = [status]
    with pytest.raises(error, match=str(status)):
        fetch()
    assert len(web_files.requests) == 1


def test_nobody_listens(http_client, impatient, tmp_path):
    with pytest.raises(StoreUnavailable, match="ConnectError"):
        download(http_client, "http://127.0.0.1:9/x", tmp_path / "x", retry=impatient)


def test_without_a_hash_nothing_old_is_mixed_in(fetch, web_files, tmp_path):
    web_files.faults = ["cut"]
    assert fetch(Fingerprint(size=len(CONTENT))).read_bytes() == CONTENT
    (tmp_path / "folder" / ".a.b.npy.unknown.part").write_bytes(b"stale")
    assert fetch(Fingerprint()).read_bytes() == CONTENT


def test_a_full_disk_says_so_and_leaves_nothing_behind(web_files, http_client, impatient, tmp_path):
    web_files.files["/a.b.npy"] = CONTENT

    def fill(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(StorageFull, match=r"a\.b\.npy.*Free some space"):
        download(
            http_client, web_files.base_url + "/a.b.npy", tmp_path / "a.b.npy",
            expected=EXPECTED, retry=impatient, progress=fill,
        )  # fmt: skip
    assert files_in(tmp_path) == []


@pytest.fixture
def web_store(web_files, impatient) -> HTTPStore:
    web_files.files["/lab/%23r%23/a.b.npy"] = b"0123456789"
    store = HTTPStore(web_files.base_url, retry=impatient, headers={"Authorization": "Token secret"})
    yield store
    store.close()


def test_a_web_store_reads_ranges_and_escapes_revisions(web_store):
    assert b"".join(web_store.read("lab/#r#/a.b.npy")) == b"0123456789"
    assert b"".join(web_store.read("lab/#r#/a.b.npy", 2, 5)) == b"234"
    assert b"".join(web_store.read("lab/#r#/a.b.npy", 7)) == b"789"
    assert b"".join(web_store.read("lab/#r#/a.b.npy", 5, 5)) == b""


def test_a_web_store_cuts_the_range_itself_where_the_server_does_not(web_store, web_files):
    web_files.honours_ranges = False
    assert b"".join(web_store.read("lab/#r#/a.b.npy", 2, 5)) == b"234"


def test_a_web_store_names_what_is_missing_and_shows_no_secret(web_store):
    with pytest.raises(FileMissing, match="nothing"):
        list(web_store.read("nothing"))
    assert "secret" not in repr(web_store)
    assert "secret" not in repr(Source("http://x", {"Authorization": "Token secret"}))
    with pytest.raises(StoreError, match="cannot list"):
        web_store.list()


@pytest.mark.parametrize("ask", [lambda store: store.stat("a.b.npy"), lambda store: store.hash("a.b.npy")])
def test_a_web_store_that_is_away_is_named(ask, impatient, waits):
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("connection refused", request=request)

    with pytest.raises(StoreUnavailable, match=r"http://x/a\.b\.npy: connection refused"):
        ask(HTTPStore("http://x", retry=impatient, transport=httpx.MockTransport(refuse)))
    assert len(waits) == 2


def test_a_web_store_asks_for_the_size_of_the_file_not_of_a_packed_answer():
    def answer(request: httpx.Request) -> httpx.Response:
        packed = request.headers["Accept-Encoding"] != "identity"
        return httpx.Response(200, headers={} if packed else {"Content-Length": "5"})

    assert HTTPStore("http://x", transport=httpx.MockTransport(answer)).stat("a.b.npy").size == 5


def answering(*statuses: int, seen: list[httpx.Request] | None = None) -> httpx.MockTransport:
    left = list(statuses)

    def answer(request: httpx.Request) -> httpx.Response:
        request.read()
        if seen is not None:
            seen.append(request)
        return httpx.Response(left.pop(0), text="the server's words")

    return httpx.MockTransport(answer)


def test_an_upload_carries_length_and_hash_and_is_repeated_when_busy(impatient, tmp_path):
    path, seen = tmp_path / "a.b.npy", []
    path.write_bytes(CONTENT)
    with httpx.Client(transport=answering(503, 201, seen=seen)) as client:
        upload(client, "http://x/a.b.npy", path, retry=impatient)
    assert [request.content for request in seen] == [CONTENT, CONTENT]
    assert seen[1].headers["X-Content-MD5"] == EXPECTED.md5
    assert seen[1].headers["Content-Length"] == str(len(CONTENT))
    assert "Transfer-Encoding" not in seen[1].headers


@pytest.mark.parametrize(
    ("status", "error"), [(422, HashMismatch), (507, StorageFull), (403, AccessDenied), (404, FileMissing)]
)
def test_a_refused_upload_repeats_the_words_of_the_server(impatient, tmp_path, status, error):
    path = tmp_path / "a.b.npy"
    path.write_bytes(b"x")
    with httpx.Client(transport=answering(status)) as client, pytest.raises(error, match="the server's words"):
        upload(client, "http://x/a.b.npy", path, retry=impatient)


def test_a_file_that_changed_since_it_was_registered_is_not_sent(impatient, tmp_path):
    path, seen = tmp_path / "a.b.npy", []
    path.write_bytes(b"changed")
    with httpx.Client(transport=answering(201, seen=seen)) as client, pytest.raises(HashMismatch, match="changed"):
        upload(client, "http://x/a.b.npy", path, expected=Fingerprint(md5=EXPECTED.md5), retry=impatient)
    assert seen == []


def test_the_hash_of_a_web_file_is_its_tag_or_computed():
    def answer(request: httpx.Request) -> httpx.Response:
        tag = {"ETag": f'"{EXPECTED.md5}"'} if "tagged" in request.url.path else {"ETag": '"5f-1"'}
        return httpx.Response(200, content=b"hello", headers=tag)

    store = HTTPStore("http://x", transport=httpx.MockTransport(answer))
    assert store.hash("tagged") == EXPECTED.md5
    assert store.hash("other") == "5d41402abc4b2a76b9719d911017c592"
    assert store.stat("other").size == 5
