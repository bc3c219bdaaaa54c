"""What scripts use of a client: lists page by page, kept answers, notices, JSON fields, descriptions, files."""

import logging
import pickle
import stat
import traceback
import zipfile
from datetime import timedelta

import httpx
import pytest
from keyring.errors import KeyringLocked

from bregma.one import AlyxClient, AuthenticationError, ONEError, RecordNotFound, no_cache, sign_in
from bregma.one.server.login import Credentials, SavedLogins
from bregma.one.server.rest_cache import RestCache

TOKEN = "0123456789abcdef0123456789abcdef01234567"
SCHEMA = {
    "paths": {
        "/sessions": {
            "get": {"parameters": [{"name": "subject", "schema": {"type": "string"}}]},
            "post": {"requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/S"}}}}},
        },
        "/sessions/{id}": {"get": {}, "patch": {}},
        "/subjects": {"get": {}},
    },
    "components": {
        "schemas": {"S": {"properties": {"number": {"type": "integer"}, "lab": {}}, "required": ["number"]}}
    },
}


@pytest.fixture
def client(make_client) -> AlyxClient:
    return make_client(token=TOKEN)


@pytest.fixture
def keeping(make_client, tmp_path) -> AlyxClient:
    return make_client(token=TOKEN, cache_dir=tmp_path / "cache", cache_rest="GET")


class Keyring:
    """A keyring in memory, which may be locked."""

    def __init__(self, *, locked: bool = False) -> None:
        self.secrets: dict[tuple[str, str], str] = {}
        self.locked = locked

    def get_password(self, service: str, username: str) -> str | None:
        self.check()
        return self.secrets.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.check()
        self.secrets[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self.check()
        del self.secrets[service, username]

    def check(self) -> None:
        if self.locked:
            raise KeyringLocked("locked")


def test_a_long_list_is_asked_for_as_it_is_read(client, alyx):
    alyx.page = 1
    records = client.rest("sessions", "list")
    assert (len(records), len(alyx.requests)) == (3, 1)
    assert records[-1]["subject"] == "KS015"
    assert len(alyx.requests) == 2
    assert [one["number"] for one in records[:2]] == [1, 1]
    assert len(alyx.requests) == 3
    assert records == list(records) == [*records] == client.rest("sessions", "list")
    assert records + [{}] == [*records, {}]  # noqa: RUF005 - the sum is what is tried
    assert [{}] + records == [{}, *records]  # noqa: RUF005
    assert records[0] in records
    assert pickle.loads(pickle.dumps(records)) == list(records)
    with pytest.raises(IndexError, match="no record 3 among 3"):
        records[3]


def test_a_list_that_became_shorter_ends_and_says_so(client, alyx):
    alyx.page = 1
    records = client.rest("sessions", "list")
    alyx.sessions.popitem()
    assert len(list(records)) == 2
    with pytest.raises(IndexError, match="fewer than when it was first asked"):
        records[2]


def test_a_limit_beyond_a_page_takes_so_many(client, alyx):
    alyx.page = 1
    assert len(client.rest("sessions", "list", limit=2)) == 2
    assert client.rest("sessions", "list", limit=0) == []


def test_pages_without_numbers_are_followed(waits):
    def answer(request: httpx.Request) -> httpx.Response:
        last = "cursor" in request.url.params
        return httpx.Response(
            200, json={"results": [{"last": last}], "next": None if last else "http://x/sessions?cursor=a"}
        )

    client = AlyxClient("http://x", token="t", transport=httpx.MockTransport(answer))
    assert client.rest("sessions", "list") == [{"last": False}, {"last": True}]


def test_get_gives_lists_without_their_wrapping(client, alyx):
    assert [one["subject"] for one in client.get("/sessions?subject=KS015")] == ["KS015"]
    assert client.rest("sessions?subject=KS015") == client.get("/sessions", subject="KS015")
    client.rest("/sessions/", "list", id="x")
    assert alyx.requests[-1].url.params["django"] == "pk,x"


def test_records_are_read_by_their_address_too(client, alyx):
    eid = next(iter(alyx.sessions))
    assert client.rest("sessions", "read", f"http://alyx.test/sessions/{eid}")["id"] == eid


def test_answers_are_not_kept_unless_asked(client, alyx, tmp_path):
    client.rest("sessions", "list")
    client.rest("sessions", "list")
    assert len(alyx.requests) == 2


def test_kept_answers_are_used_until_something_is_written(keeping, alyx, tmp_path):
    eid = next(iter(alyx.sessions))
    for _ in range(2):
        assert keeping.rest("sessions", "read", eid)["number"] == 1
    assert len(alyx.requests) == 1
    keeping.rest("sessions", "partial_update", eid, data={"number": 9})
    assert keeping.rest("sessions", "read", eid)["number"] == 9
    kept = [path for path in (tmp_path / "cache/.rest").iterdir() if path.is_file()]
    assert len(kept) == 1
    assert stat.S_IMODE(kept[0].stat().st_mode) == 0o600
    assert TOKEN not in kept[0].read_text() + kept[0].name


def test_kept_answers_can_be_passed_over(keeping, alyx):
    eid = next(iter(alyx.sessions))
    keeping.rest("sessions", "read", eid)
    with no_cache(keeping) as client:
        assert client is keeping
        keeping.rest("sessions", "read", eid)
    keeping.rest("sessions", "read", eid, no_cache=True)
    keeping.get(f"/sessions/{eid}", clobber=True)
    assert len(alyx.requests) == 4
    keeping.get(f"/sessions/{eid}")
    keeping.clear_rest_cache()
    keeping.get(f"/sessions/{eid}")
    assert len(alyx.requests) == 5


def test_kept_answers_are_of_one_person_and_expire(keeping, make_client, alyx, tmp_path):
    eid = next(iter(alyx.sessions))
    keeping.rest("sessions", "read", eid)
    alyx.tokens.add("another")
    other = make_client(token="another", cache_dir=tmp_path / "cache", cache_rest="GET")
    other.rest("sessions", "read", eid)
    assert len(alyx.requests) == 2
    keeping.rest("sessions", "list", expires=timedelta(seconds=-1))
    keeping.rest("sessions", "list")
    assert len(alyx.requests) == 4


def test_old_answers_are_removed_and_a_damaged_one_is_asked_again(tmp_path, monkeypatch):
    monkeypatch.setattr("bregma.one.server.rest_cache._MOST", 3)
    cache = RestCache(tmp_path)
    for i in range(6):
        cache.keep("me", str(i), i)
    assert len(list(tmp_path.iterdir())) <= 4
    cache.keep("me", "x", {"a": 1})
    assert cache.find("me", "x") == {"a": 1}
    for path in tmp_path.iterdir():
        path.write_text("[")
    assert cache.find("me", "x") is not None
    assert cache.find("me", "x") != {"a": 1}


def test_other_ways_of_keeping_are_refused(make_client):
    with pytest.raises(ValueError, match="cache_rest is None or 'GET', not 'POST'"):
        make_client(token=TOKEN, cache_rest="POST")


def test_keys_of_json_fields_are_changed_one_by_one(client, alyx):
    eid = alyx.add_session("KS014", "2020-01-01", json={"a": 1}, extended_qc=None, narrative="text")
    assert client.json_field_update("sessions", eid, "json", {"b": 2}) == {"a": 1, "b": 2}
    assert client.json_field_update("sessions", eid, field_name="extended_qc", data={"c": 3}) == {"c": 3}
    assert client.json_field_remove_key("sessions", eid, "json", "a") == {"b": 2}
    assert client.json_field_remove_key("sessions", eid, "json", "missing") == {"b": 2}
    assert client.json_field_write("sessions", eid, "json", {"z": 0}) == {"z": 0}
    assert client.json_field_delete("sessions", eid, "json") is None
    assert alyx.sessions[str(eid)]["json"] is None
    with pytest.raises(ValueError, match="is no mapping but 'text'"):
        client.json_field_update("sessions", eid, "narrative", {"a": 1})
    assert alyx.sessions[str(eid)]["narrative"] == "text"


def test_notices_of_a_server_are_logged_once(client, alyx, caplog):
    headers = {"Alyx-API-Notice": "Maintenance on Monday", "Deprecation": "@1700000000"}
    headers |= {"Sunset": "Wed, 11 Nov 2026 11:11:11 GMT", "Link": '<https://alyx.org/news>; rel="deprecation"'}
    alyx.answers = [httpx.Response(200, json=[], headers=headers)] * 2
    with caplog.at_level(logging.INFO, logger="bregma.one.server.notices"):
        client.rest("sessions", "list")
        client.rest("sessions", "list")
    assert [record.getMessage() for record in caplog.records if record.name == "bregma.one.server.notices"] == [
        "Maintenance on Monday; see https://alyx.org/news",
        "/sessions is deprecated (2023-11-14) and goes away (2026-11-11); see https://alyx.org/news",
    ]


def test_parameters_that_a_server_does_not_know_are_named(client, alyx, caplog):
    headers = {"Bregma-Unknown-Parameters": "subjct; did you mean subject?"}
    alyx.answers = [httpx.Response(200, json=[], headers=headers)]
    client.rest("sessions", "list", subjct="KS014")
    assert "/sessions takes no parameter subjct; did you mean subject?" in caplog.text


def test_a_list_of_an_id_takes_free_filters_too(client, alyx):
    client.rest("datasets", "list", id=3, django=["name__icontains,spikes", "session__isnull,True"])
    assert alyx.requests[-1].url.params["django"] == "name__icontains,spikes,session__isnull,True,pk,3"


def test_an_endpoint_that_is_none_is_told_with_those_there_are(client, alyx):
    alyx.answers = [httpx.Response(404, json={"detail": "Not found."}), httpx.Response(200, json=SCHEMA)]
    with pytest.raises(ValueError, match="no endpoint 'session'; choose from sessions, subjects"):
        client.rest("session", "list")


def test_a_detail_beside_a_list_is_a_warning_in_the_log(client, alyx, caplog):
    page = {"count": 0, "next": None, "previous": None, "results": [], "detail": "log in for more"}
    alyx.answers = [httpx.Response(200, json=page)]
    assert client.rest("sessions", "list") == []
    assert "log in for more" in caplog.text


def test_a_server_tells_its_endpoints(client, alyx, capsys):
    alyx.answers = [httpx.Response(200, json=SCHEMA)]
    assert client.rest() == client.list_endpoints() == ["sessions", "subjects"]
    assert client.rest("sessions") == ["list", "create", "read", "partial_update"]
    assert client.rest_schemes.url("sessions", "read") == "/sessions/{id}"
    assert client.rest_schemes.field_names("sessions", "create") == ["number", "lab"]
    client.print_endpoint_info("sessions", "create")
    assert capsys.readouterr().out == "create /sessions\n    number: integer, required\n    lab: any\n"
    assert alyx.asked() == ["GET /api/schema"]
    with pytest.raises(ValueError, match="no endpoint 'nothing'; choose from sessions, subjects"):
        client.rest("nothing")
    with pytest.raises(ValueError, match="sessions has no action 'delete'"):
        client.print_endpoint_info("sessions", "delete")


def test_calls_need_no_description(client, alyx):
    assert len(client.rest("sessions", "list")) == 3
    with pytest.raises(RecordNotFound):
        client.list_endpoints()


def test_ids_times_and_arrays_can_be_sent(client, alyx):
    np = pytest.importorskip("numpy")
    eid = alyx.add_session("KS014", "2020-01-01")
    client.rest("sessions", "partial_update", eid, data={"json": {"id": eid, "x": np.arange(2), "s": {1}}})
    assert alyx.sessions[str(eid)]["json"] == {"id": str(eid), "x": [0, 1], "s": [1]}
    client.patch(f"/sessions/{eid}", '{"number": 4}')
    assert alyx.sessions[str(eid)]["number"] == 4
    with pytest.raises(TypeError, match="cannot be sent as JSON"):
        client.patch(f"/sessions/{eid}", {"x": object()})


def test_files_are_downloaded_by_address_or_path(client, alyx, tmp_path):
    alyx.files["/store/a/x.y.npy"] = b"abc"
    alyx.files["/store/a/z.y.npy"] = b"de"
    path, md5 = client.download_file("a/x.y.npy", target_dir=tmp_path, return_md5=True)
    assert (path, path.read_bytes(), md5) == (tmp_path / "x.y.npy", b"abc", "900150983cd24fb0d6963f7d28e17f72")
    addresses = [f"http://alyx.test/store/a/{name}.y.npy" for name in "xz"]
    assert client.download_file(addresses, target_dir=tmp_path) == [tmp_path / "x.y.npy", tmp_path / "z.y.npy"]
    assert alyx.asked().count("GET /store/a/x.y.npy") == 1


def test_who_a_token_belongs_to_is_asked_once(client, alyx):
    alyx.get_me = lambda _: httpx.Response(200, json={"username": "anna"})
    assert client.username is None
    assert (client.user, client.user) == ("anna", "anna")
    assert alyx.asked() == ["GET /me"]


def test_tokens_go_to_a_keyring_that_works(tmp_path):
    keyring = Keyring()
    logins = SavedLogins(tmp_path / "l.json", keyring)
    logins.save("http://x", Credentials("anna", "right", TOKEN))
    assert TOKEN not in logins.path.read_text()
    assert keyring.secrets == {("bregma", "http://x"): TOKEN}
    loaded = logins.load("http://x")
    assert loaded is not None
    assert (loaded.username, loaded.token, loaded.password) == ("anna", TOKEN, None)
    logins.remove("http://x")
    assert keyring.secrets == {}


def test_a_locked_keyring_stops_nobody_who_signs_in(tmp_path):
    keyring = Keyring(locked=True)
    logins = SavedLogins(tmp_path / "l.json", keyring)
    logins.save("http://x", Credentials("anna", None, TOKEN))
    assert stat.S_IMODE(logins.path.stat().st_mode) == 0o600
    assert logins.load("http://x") == Credentials("anna", None, TOKEN)
    keyring.locked = False
    logins.save("http://x", Credentials("anna", None, TOKEN))
    keyring.locked = True
    with pytest.raises(AuthenticationError, match=r"keyring, which cannot be opened.*set BREGMA_TOKEN"):
        logins.load("http://x")


def test_signing_in_keeps_the_token_and_tells_whose_it_is(make_client, alyx):
    alyx.get_me = lambda _: httpx.Response(200, json={"username": "anna"})
    assert sign_in(token=TOKEN, client=make_client()).user == "anna"
    assert make_client().username == "anna"
    make_client().logout()
    with pytest.raises(AuthenticationError, match="belongs to anna, not to bob"):
        sign_in(username="bob", token=TOKEN, client=make_client())
    with pytest.raises(AuthenticationError, match="no longer valid"):
        sign_in(token="stale", client=make_client())
    assert not make_client().is_logged_in
    sign_in(username="anna", password="right", client=make_client())
    assert make_client().is_logged_in


def test_a_server_without_browser_log_in_names_the_other_ways(make_client, alyx):
    alyx.tokens.add("")
    with pytest.raises(AuthenticationError, match="make a token on its page of your account"):
        sign_in(browser=True, show=print, client=make_client())


def test_authenticate_asks_nothing_when_it_knows_the_token(client, alyx):
    client.authenticate()
    assert alyx.requests == []
    with pytest.raises(AuthenticationError, match="needs a user name and a password"):
        client.authenticate(force=True)


def test_secrets_stay_out_of_logs_errors_and_tracebacks(make_client, alyx, caplog):
    words = ""
    with caplog.at_level(logging.DEBUG):
        client = make_client(token=TOKEN)
        client.rest("sessions", "list")
        for answer in (httpx.Response(403, json={"detail": "no"}), httpx.Response(500), httpx.ReadError("cut")):
            alyx.answers = [answer] * 4
            with pytest.raises(ONEError) as refused:
                client.rest("sessions", "list")
            words += "".join(traceback.format_exception(refused.value)) + repr(refused.value)
        alyx.answers = []
        with pytest.raises(AuthenticationError) as caught:
            make_client("anna", "a-wrong-secret")
    words += "".join(traceback.format_exception(caught.value)) + caplog.text + repr(client) + repr(client.__dict__)
    assert TOKEN not in words
    assert "a-wrong-secret" not in words.replace('make_client("anna", "a-wrong-secret")', "")


def test_tables_are_downloaded_where_they_are_wished(client, alyx, tmp_path):
    alyx.make_tables(tmp_path / "server")
    names = ["datasets.pqt", "insertions.pqt", "sessions.pqt"]
    assert [
        path.name for path in client.download_cache_tables(destination=tmp_path / "a") if path.name in names
    ] == names
    with zipfile.ZipFile(tmp_path / "tables.zip", "w") as archive:
        for name in names:
            archive.write(tmp_path / "a" / name, name)
    found = client.download_cache_tables(str(tmp_path / "tables.zip"), tmp_path / "b")
    assert [path.name for path in found] == names
