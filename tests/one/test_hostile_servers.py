"""Servers that answer what no server should: an error that says so, and no secret goes where it does not belong."""

from __future__ import annotations

import gzip
import logging
import os
import pickle
import sys
import threading
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from bregma.one import AlyxClient, AuthenticationError, ONEError, ServerUnavailable
from bregma.one.catalogue.remote import RemoteCatalogue
from bregma.one.server import answers, login
from bregma.one.server.login import SavedLogins
from bregma.one.server.place import Place
from bregma.store import Retry, Source, StoreError, download, open_store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Make = Callable[..., AlyxClient]

URL = "https://alyx.lab"
TOKEN = "brg_not-for-others"


@pytest.fixture
def waits() -> list[float]:
    """Return how long was waited."""
    return []


@pytest.fixture
def make(tmp_path: Path, waits: list[float]) -> Make:
    """Return a maker of clients of a server that answers by a function."""

    def make(answer: Callable[[httpx.Request], httpx.Response]) -> AlyxClient:
        retry, logins = Retry(attempts=3, sleep=waits.append), SavedLogins(tmp_path / "logins.json")
        transport = httpx.MockTransport(answer)
        return AlyxClient(URL, token=TOKEN, cache_dir=tmp_path, logins=logins, retry=retry, transport=transport)

    return make


HOSTILE = {
    "redirects without end": httpx.Response(302, headers={"Location": "/again"}),
    "redirects to a file": httpx.Response(302, headers={"Location": "file:///etc/passwd"}),
    "redirects to no address": httpx.Response(302, headers={"Location": "http://[no"}),
    "redirects to no port": httpx.Response(302, headers={"Location": "http://host:99999999/"}),
    "is packed, but not": httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(b"no")),
    "has a strange charset": httpx.Response(500, headers={"Content-Type": "text/plain; charset=rot13"}, content=b"x"),
    "nests without end": httpx.Response(200, content=b"[" * 200_000),
    "has a number without end": httpx.Response(200, content=b"1" * 9_999),
    "asks to wait for a strange time": httpx.Response(503, headers=[(b"Retry-After", b"\xb2")]),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_senseless_answer_is_an_error_of_this_room(make: Make, kind: str, tmp_path: Path) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        given = HOSTILE[kind]
        return httpx.Response(given.status_code, headers=given.headers.raw, stream=given.stream)

    with pytest.raises(ONEError):
        make(answer).rest("sessions", "list")
    if "without end" not in kind or "redirects" in kind:
        client = make(answer)
        with pytest.raises(StoreError):
            download(client.connection.http, f"{URL}/file", tmp_path / "file", retry=client.connection.retry)


def test_an_answer_that_unpacks_to_more_than_fits_is_not_read(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "_LARGEST", 1 << 20)
    bomb = gzip.compress(b" " * (4 << 20))
    packed = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    client = make(lambda _: httpx.Response(200, headers=packed, stream=httpx.ByteStream(bomb)))
    with pytest.raises(ONEError, match="more than 1 MiB"):
        client.rest("sessions", "list")


def test_nobody_waits_for_a_year(make: Make, waits: list[float], tmp_path: Path) -> None:
    client = make(lambda _: httpx.Response(503, headers={"Retry-After": "31536000"}))
    with pytest.raises(ServerUnavailable, match="busy"):
        client.rest("sessions", "list")
    with pytest.raises(StoreError):
        download(client.connection.http, f"{URL}/file", tmp_path / "file", retry=client.connection.retry)
    assert waits == []


@pytest.mark.parametrize("place", ["https://evil.example/auth-token", "http://alyx.lab/auth-token"])
def test_a_password_follows_no_redirect_to_others_or_to_the_open(make: Make, place: str) -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(307, headers={"Location": place})

    with pytest.raises(ServerUnavailable, match="leads to"):
        make(answer).authenticate("alice", "correct horse", force=True)
    assert [request.url.host for request in asked] == ["alyx.lab"]


def test_what_is_no_address_is_said_to_be_none(make: Make, tmp_path: Path) -> None:
    client = make(lambda _: httpx.Response(200, content=b"bytes"))
    for address in ("http://[no", "https://host:99999999/f"):
        with pytest.raises(StoreError, match="no address"):
            download(client.connection.http, Source(address), tmp_path / "file", retry=client.connection.retry)
        assert not client.connection.is_own(address)
    with pytest.raises(ONEError, match="no address"):
        Place.parse("http://[no")


@pytest.mark.parametrize("place", ["https://evil.example/", "http://alyx.lab/", "https://alyx.lab:444/"])
def test_a_token_follows_no_redirect_to_others(make: Make, place: str, tmp_path: Path) -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        home = request.url.host == "alyx.lab" and request.url.scheme == "https" and request.url.port is None
        return httpx.Response(302, headers={"Location": place}) if home else httpx.Response(200, json=[])

    client = make(answer)
    client.rest("sessions", "list")
    leads_away_from_https = place.startswith("http:")
    with pytest.raises(StoreError, match="from https to") if leads_away_from_https else nullcontext():
        client.download_file(f"{URL}/store/file", target_dir=tmp_path / "here")
    assert [TOKEN in str(one.headers.raw) for one in seen] == [True, False, True, False][: 4 - leads_away_from_https]


def test_nobody_stays_signed_in_by_a_cookie(make: Make) -> None:
    seen: list[Any] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers.get("Cookie"))
        return httpx.Response(200, json=[], headers={"Set-Cookie": "sessionid=secret; Path=/"})

    client = make(answer)
    client.rest("sessions", "list")
    client.logout()
    client.rest("sessions", "list")
    assert seen == [None, None]


def test_logs_show_no_signature_of_a_link(make: Make, caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    caplog.set_level(logging.DEBUG, logger="httpx")  # the command makes it quiet, for the whole process
    client = make(lambda _: httpx.Response(200, content=b"bytes"))
    client.download_file("https://bucket.s3.amazonaws.com/f?X-Amz-Signature=abcdef&Expires=9", target_dir=tmp_path)
    assert "bucket.s3.amazonaws.com/f?…" in caplog.text
    assert "abcdef" not in caplog.text
    assert TOKEN not in caplog.text


@pytest.mark.parametrize(
    "answer",
    [
        {"count": 3, "next": None, "results": None},
        {"count": 3, "next": None, "results": [None]},
        {"count": 1, "next": None, "results": [{}]},
        {"count": -5, "next": f"{URL}/sessions?offset=1", "results": [{"id": "x"}]},
        {"count": 2, "next": f"{URL}/sessions?page=1", "results": [{"id": "x", "subject": None}]},
        {"detail": "hello"},
        [{"id": "not-an-id", "subject": "s", "start_time": "2020-01-01"}],
        [{"id": "d0ea3148-948d-4817-94f8-dcaf2342bbbe", "subject": "s", "start_time": "nonsense"}],
        [{"id": "d0ea3148-948d-4817-94f8-dcaf2342bbbe", "subject": "s", "start_time": None, "number": "many"}],
        "text",
    ],
)
def test_a_list_of_the_wrong_shape_is_an_error_of_this_room(make: Make, answer: Any) -> None:
    client = make(lambda _: httpx.Response(200, json=answer))
    with pytest.raises(ONEError):
        RemoteCatalogue(client).search({})


def test_pages_that_go_round_in_a_circle_end(make: Make) -> None:
    page = {"next": f"{URL}/sessions?page=1", "results": [{"id": "x"}]}
    client = make(lambda _: httpx.Response(200, json=page))
    with pytest.raises(ONEError, match="again and again"):
        list(client.iterate("sessions"))
    with pytest.raises(ONEError, match="again and again"):
        client.rest("sessions", "list")


def test_who_logs_out_leaves_no_answers_behind(make: Make, tmp_path: Path) -> None:
    client = make(lambda _: httpx.Response(200, json=[{"secret": 1}]))
    client.cache_mode = "GET"
    client.rest("notes", "list")
    kept = list((tmp_path / ".rest").iterdir())
    assert [path.stat().st_mode & 0o777 for path in [kept[0].parent, *kept]] == [0o700, 0o600]
    client.logout()
    assert list((tmp_path / ".rest").iterdir()) == []


class LockedVault:
    """A keyring that waits for somebody to unlock it."""

    def __init__(self) -> None:
        self.unlocked = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.unlocked.wait()
        return "token"

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep it."""

    def delete_password(self, service: str, username: str) -> None:
        raise RuntimeError("no bus")


def test_a_locked_keyring_holds_up_no_batch_job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(login, "PATIENCE", 0.05)
    monkeypatch.setattr(sys, "stdin", None)
    vault = LockedVault()
    logins = SavedLogins(tmp_path / "logins.json", vault)
    logins.save(URL, login.Credentials("alice", None, "token"))
    with pytest.raises(AuthenticationError, match="nobody is here to unlock it"):
        logins.load(URL)
    vault.unlocked.set()
    assert logins.load(URL) == login.Credentials("alice", None, "token")
    logins.remove(URL)
    assert logins.load(URL) is None


def test_logins_are_kept_although_another_process_was_killed_over_them(tmp_path: Path) -> None:
    (tmp_path / f".logins.json.{os.getpid()}.part").write_text("{")
    logins = SavedLogins(tmp_path / "logins.json")
    logins.save(URL, login.Credentials("alice", None, "token"))
    assert logins.path.stat().st_mode & 0o777 == 0o600
    logins.path.write_text("[1]")
    with pytest.raises(AuthenticationError, match="no logins"):
        logins.load(URL)


def test_no_text_shows_a_secret_of_an_address_and_no_pickle_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush-hush")
    stores = [open_store(f"https://me:hush-hush@host/{name}?sig=hush-hush") for name in ("folder", "data.zip")]
    bucket = open_store("s3://bucket/prefix")
    source = Source("https://me:hush-hush@host/f?sig=hush-hush", {"Authorization": "hush-hush"})
    assert "hush-hush" not in repr([*stores, bucket, source])
    kept = pickle.dumps(bucket)
    assert b"hush-hush" not in kept
    assert repr(pickle.loads(kept)) == repr(bucket)
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(StoreError, match="no keys in this process"):
        pickle.loads(kept)
    with pytest.raises(AuthenticationError, match="username="):
        AlyxClient("https://me:hush-hush@alyx.lab")
