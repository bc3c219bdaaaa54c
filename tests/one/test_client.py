"""Signing in, asking, waiting."""

import json
import logging
import pickle
import stat
import threading

import httpx
import pytest

from bregma.one import (
    AlyxClient,
    AuthenticationError,
    ONEError,
    PermissionRefused,
    RecordNotFound,
    ResponseError,
    ServerUnavailable,
)
from bregma.one.server.login import Credentials, SavedLogins
from bregma.store import Retry

TOKEN = "0123456789abcdef0123456789abcdef01234567"


def test_signing_in_gives_a_token_that_is_used(make_client, alyx):
    client = make_client("anna", "right")
    assert client.is_logged_in
    assert client.username == "anna"
    assert len(client.rest("sessions", "list")) == 3
    assert alyx.requests[-1].headers["Authorization"] == f"Token {TOKEN}"


def test_a_wrong_password_is_said_clearly(make_client):
    with pytest.raises(AuthenticationError, match="does not accept the user name 'anna'") as caught:
        make_client("anna", "wrong-secret")
    assert "wrong-secret" not in str(caught.value)
    with pytest.raises(AuthenticationError):
        make_client().authenticate("anna", "wrong-secret")


def test_signing_in_without_a_password_says_what_is_needed(make_client):
    with pytest.raises(AuthenticationError, match="needs a user name and a password"):
        make_client().authenticate("anna")


def test_asking_without_signing_in_says_how(make_client):
    with pytest.raises(AuthenticationError, match="Sign in first"):
        make_client().rest("sessions", "list")


def test_the_token_of_the_environment_is_used(make_client, monkeypatch):
    monkeypatch.delenv("BREGMA_URL", raising=False)
    monkeypatch.setenv("BREGMA_TOKEN", TOKEN)
    assert len(make_client().rest("sessions", "list")) == 3


def test_the_token_of_the_environment_is_shown_to_its_own_server_only(make_client, monkeypatch):
    monkeypatch.setenv("BREGMA_TOKEN", TOKEN)
    monkeypatch.setenv("BREGMA_URL", "http://elsewhere:1234/")
    assert AlyxClient().base_url == "http://elsewhere:1234"
    assert AlyxClient().is_logged_in
    assert not make_client().is_logged_in


def test_a_stale_token_is_renewed_once_with_the_password(make_client, alyx):
    client = make_client("anna", "right")
    alyx.tokens.clear()
    assert len(client.rest("sessions", "list")) == 3
    assert alyx.asked() == ["POST /auth-token", "GET /sessions", "POST /auth-token", "GET /sessions"]


def test_a_stale_token_without_a_password_asks_to_sign_in_again(make_client, alyx):
    client = make_client(token="stale")
    with pytest.raises(AuthenticationError, match="sign in again"):
        client.rest("sessions", "list")
    assert len(alyx.requests) == 1


def test_a_login_is_remembered_in_a_file_for_its_owner_only(make_client, tmp_path):
    make_client().authenticate("anna", "right", cache_token=True)
    path = tmp_path / "config" / "logins.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "right" not in path.read_text()
    again = make_client()
    assert (again.username, again.is_logged_in) == ("anna", True)
    assert make_client("bob").is_logged_in is False
    again.logout()
    assert not make_client().is_logged_in


def test_a_login_is_not_remembered_unless_asked(make_client, tmp_path):
    make_client("anna", "right")
    assert not (tmp_path / "config").exists()


def test_a_damaged_login_file_is_named(tmp_path):
    path = tmp_path / "logins.json"
    path.write_text("{")
    with pytest.raises(AuthenticationError, match=r"logins\.json is damaged"):
        SavedLogins(path).load("http://x")


def test_secrets_are_neither_shown_nor_logged_nor_pickled(make_client, caplog):
    with caplog.at_level(logging.DEBUG):
        client = make_client("anna", "right")
        client.rest("sessions", "list")
    shown = repr(client) + repr(Credentials("anna", "right", TOKEN)) + caplog.text
    assert TOKEN not in shown
    assert "right" not in shown
    assert b"right" not in pickle.dumps(Credentials("anna", "right", TOKEN))


def test_a_client_survives_pickling_and_goes_on_working(make_client):
    client = pickle.loads(pickle.dumps(AlyxClient("http://x", token=TOKEN)))
    assert client.is_logged_in
    assert client.base_url == "http://x"
    client.close()


def test_the_token_goes_to_no_other_server(make_client):
    client = make_client(token=TOKEN)
    assert client.headers_for("http://alyx.test/store/x")
    for url in ("http://evil.test/store", "https://alyx.test/x", "http://alyx.test:81/x", "http://alyx.test.evil/"):
        assert client.headers_for(url) == {}
    assert AlyxClient("http://localhost:80", token=TOKEN).headers_for("http://127.0.0.1/store/x")
    with pytest.raises(ValueError, match="not an address of"):
        client.get("http://evil.test/sessions")


def test_lists_are_followed_page_by_page_whatever_host_the_server_names(make_client, alyx):
    alyx.page = 1
    records = make_client(token=TOKEN).rest("sessions", "list")
    assert len({record["id"] for record in records}) == 3
    assert {request.url.host for request in alyx.requests} == {"alyx.test"}


def test_a_limit_ends_the_list(make_client, alyx):
    assert len(make_client(token=TOKEN).rest("sessions", "list", limit=2)) == 2
    assert len(alyx.requests) == 1


def test_pages_are_asked_for_only_when_needed(make_client, alyx):
    alyx.page = 1
    records = make_client(token=TOKEN).iterate("sessions")
    next(records)
    assert len(alyx.requests) == 1


def test_a_server_below_a_path_is_followed(waits):
    def answer(request: httpx.Request) -> httpx.Response:
        last = "offset" in request.url.params
        following = None if last else "http://proxy/alyx/sessions?limit=1&offset=1"
        return httpx.Response(200, json={"results": [{"path": request.url.path}], "next": following})

    client = AlyxClient("http://x/alyx/", token="t", transport=httpx.MockTransport(answer))
    assert client.rest("sessions", "list") == [{"path": "/alyx/sessions"}] * 2


def test_filters_are_written_as_the_server_reads_them(make_client, alyx):
    client = make_client(token=TOKEN)
    client.rest("sessions", "list", subject="KS 014&x", date_range=["a", "b"], histology=True, lab=None)
    assert alyx.requests[-1].url.query == b"subject=KS+014%26x&date_range=a%2Cb&histology=true"


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_asked_again_when_it_says(make_client, alyx, waits, status):
    alyx.answers = [httpx.Response(status, headers={"Retry-After": "3"})] * 2
    assert len(make_client(token=TOKEN).rest("sessions", "list")) == 3
    assert waits == [3, 3]


def test_a_server_that_stays_busy_is_given_up(make_client, alyx, waits):
    alyx.answers = [httpx.Response(429)] * 4
    with pytest.raises(ServerUnavailable, match="busy"):
        make_client(token=TOKEN).rest("sessions", "list")
    assert len(waits) == 3


def test_a_server_that_does_not_answer_is_named(make_client, alyx):
    alyx.answers = [httpx.ConnectError("refused")] * 4
    with pytest.raises(ServerUnavailable, match=r"http://alyx\.test does not answer"):
        make_client(token=TOKEN).rest("sessions", "list")


def test_an_address_where_nobody_ever_answered_is_given_up_within_two_seconds(make_client, alyx, waits):
    alyx.answers = [httpx.ConnectError("refused")] * 4
    with pytest.raises(ServerUnavailable, match="BREGMA_URL"):
        make_client(token=TOKEN).rest("sessions", "list")
    assert len(waits) == 2
    assert sum(waits) < 2


def test_an_address_without_a_protocol_is_told_at_once(waits):
    with pytest.raises(
        ServerUnavailable, match=r"alyx\.test is no folder here, and no address; write http:// or https://"
    ):
        AlyxClient("alyx.test", token="t").rest("sessions", "list")
    assert waits == []


def test_a_server_that_answered_before_is_waited_for(make_client, alyx, waits):
    client = make_client(token=TOKEN)
    client.rest("sessions", "list")
    alyx.answers = [httpx.ConnectError("refused")] * 3
    client.rest("sessions", "list")
    assert len(waits) == 3


def test_a_creation_that_may_have_arrived_is_not_repeated(make_client, alyx):
    alyx.answers = [httpx.ReadTimeout("slow")]
    with pytest.raises(ServerUnavailable):
        make_client(token=TOKEN).rest("sessions", "create", data={})
    assert len(alyx.requests) == 1


def test_a_creation_that_did_not_leave_is_repeated(make_client, alyx):
    alyx.answers = [httpx.ConnectError("refused")]
    record = {"subject": "KS014", "start_time": "2020-01-01T00:00:00", "number": 1}
    assert make_client(token=TOKEN).rest("sessions", "create", data=record)["subject"] == "KS014"


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (
            httpx.Response(403, json={"detail": "You do not have permission.", "status_code": 403}),
            PermissionRefused,
            "Ask",
        ),
        (httpx.Response(404, json={"detail": "No Session matches."}), RecordNotFound, "No Session matches"),
        (
            httpx.Response(404, text="<html>", headers={"Content-Type": "text/html"}),
            RecordNotFound,
            "check it",
        ),
        (httpx.Response(400, json={"lab": ["This field is required."]}), ResponseError, "field is required"),
        (httpx.Response(500, text="<html>", headers={"Content-Type": "text/html"}), ResponseError, "500"),
        (httpx.Response(200, text="<html>", headers={"Content-Type": "text/html"}), ResponseError, "text/html instead"),
    ],
)
def test_refusals_carry_the_words_of_the_server(make_client, alyx, answer, error, words):
    alyx.answers = [answer]
    with pytest.raises(error, match=words) as caught:
        make_client(token=TOKEN).get("/sessions")
    assert isinstance(caught.value, ONEError)
    assert type(pickle.loads(pickle.dumps(caught.value))) is type(caught.value)


def test_every_action_has_its_method_and_address(make_client, alyx):
    client = make_client(token=TOKEN)
    record = {"subject": "KS014", "start_time": "2020-01-01T00:00:00", "number": 1}
    eid = client.rest("sessions", "create", data=record)["id"]
    client.rest("sessions", "partial_update", eid, data={"number": 2})
    assert client.rest("sessions", "read", eid)["number"] == 2
    alyx.answers = [httpx.Response(204)] * 2
    assert client.rest("sessions", "delete", eid) is None
    client.rest("sessions", "update", eid, data=record)
    assert [request.method for request in alyx.requests] == ["POST", "PATCH", "GET", "DELETE", "PUT"]
    assert json.loads(alyx.requests[-1].content) == record


def test_an_unknown_action_or_a_missing_id_is_refused_here(make_client, alyx):
    client = make_client(token=TOKEN)
    with pytest.raises(ValueError, match="choose from list, read"):
        client.rest("sessions", "search")
    with pytest.raises(ValueError, match="needs an id"):
        client.rest("sessions", "read")
    assert alyx.requests == []


def test_many_threads_renew_a_stale_token_once(make_client, alyx):
    client = make_client("anna", "right")
    alyx.tokens.clear()
    alyx.requests.clear()
    threads = [threading.Thread(target=client.rest, args=("sessions", "list")) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert alyx.asked().count("POST /auth-token") == 1


def test_patience_has_a_readable_form():
    assert repr(Retry(attempts=3)) == "Retry(attempts=3, first=3, longest=300.0)"
