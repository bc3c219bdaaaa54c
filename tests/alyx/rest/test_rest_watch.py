"""What operators see: request ids, the access log, unknown parameters, health, readiness, metrics."""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from tests.alyx.factories import Clients, World

from bregma.alyx.logs import JsonFormatter
from bregma.alyx.watch import health, metrics
from bregma.alyx.watch.identity import choose_request_id

STRANGER = "10.9.9.9"
PREFIX = "HTTP_X_REQUEST_ID"


def lines_of(caplog: pytest.LogCaptureFixture, name: str = "bregma.access") -> list[dict[str, Any]]:
    return [record.fields for record in caplog.records if record.name == name]  # type: ignore[attr-defined]


@pytest.fixture
def access(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG, logger="bregma.access")
    return caplog


def test_every_answer_has_an_identifier_of_its_own(client_of: Clients) -> None:
    client = client_of("alice")
    asked = [client.get(path).headers["X-Request-ID"] for path in ("/labs", "/labs", "/nothing", "/health")]
    assert len(set(asked)) == 4
    assert all(len(each) == 32 for each in asked)


@pytest.mark.parametrize(
    ("given", "is_trusted", "is_kept"),
    [
        ("req-1234", True, True),
        ("req-1234", False, False),
        ("a b", True, False),
        ("x" * 200, True, False),
        ("a\r\nSet-Cookie: x", True, False),
        ("", True, False),
        (None, True, False),
    ],
)
def test_only_a_trusted_proxy_names_a_request(given: str | None, is_trusted: bool, is_kept: bool) -> None:
    assert (choose_request_id(given, is_trusted=is_trusted) == given) == is_kept


def test_the_identifier_of_the_proxy_is_given_back(client_of: Clients, settings: Any) -> None:
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 1}
    assert client_of("alice").get("/labs", **{PREFIX: "abc-1"}).headers["X-Request-ID"] == "abc-1"


def test_a_fault_names_its_request_in_the_body_and_the_log(
    client_of: Clients, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("no luck")

    written: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: written.append(JsonFormatter().format(record))  # type: ignore[method-assign]
    monkeypatch.setattr("bregma.alyx.misc.api.LabViewSet.get_queryset", fail)
    logging.getLogger("bregma.alyx.api.errors").addHandler(handler)
    client = client_of("alice")
    client.raise_request_exception = False
    try:
        answer = client.get("/labs")
    finally:
        logging.getLogger("bregma.alyx.api.errors").removeHandler(handler)
    assert answer.status_code == 500
    assert answer.json()["request_id"] == answer.headers["X-Request-ID"]
    assert "no luck" not in answer.content.decode()
    assert json.loads(written[0])["request_id"] == answer.headers["X-Request-ID"]


def test_what_the_framework_says_after_the_answer_names_the_request(
    client_of: Clients, caplog: pytest.LogCaptureFixture
) -> None:
    answer = client_of("anonymous").get("/labs")
    (record,) = [record for record in caplog.records if record.name == "django.request"]
    assert json.loads(JsonFormatter().format(record))["request_id"] == answer.headers["X-Request-ID"]


def test_the_access_log_says_what_was_asked_and_no_value(
    client_of: Clients, world: World, access: pytest.LogCaptureFixture
) -> None:
    client_of("alice").get(f"/sessions/{world.session.pk}", {"token": "hunter2", "password": "hunter3"})
    (line,) = lines_of(access)
    assert (line["method"], line["route"], line["status"]) == ("GET", "/sessions/<pk>", 200)
    assert (line["user"], line["parameters"]) == ("alice", ["password", "token"])
    assert line["queries"] > 0
    assert line["ms"] >= line["database_ms"] > 0
    assert "hunter" not in access.text
    assert str(world.session.pk) not in json.dumps(line)


def test_addresses_that_lead_nowhere_share_one_name(client_of: Clients, access: pytest.LogCaptureFixture) -> None:
    client_of("anonymous").get("/sign-in-to/secret-thing")
    (line,) = lines_of(access)
    assert (line["route"], line["status"], line["user"]) == ("unmatched", 404, None)


def test_pages_of_a_person_with_a_session_name_the_person(
    enter: Callable[[str], Client], access: pytest.LogCaptureFixture
) -> None:
    enter("bob").get("/account/")
    assert lines_of(access)[-1]["user"] == "bob"


def test_queries_are_counted_in_a_header_only_on_request(client_of: Clients, settings: Any) -> None:
    client = client_of("alice")
    assert "X-N-Queries" not in client.get("/labs").headers
    settings.BREGMA_COUNT_QUERIES = True
    assert 1 < int(client.get("/labs").headers["X-N-Queries"]) <= 10


@pytest.mark.parametrize(
    ("path", "parameters", "header"),
    [
        ("/labs", {"nme": "x"}, "nme; did you mean name?"),
        ("/sessions", {"qzx": "1", "subjct": "x"}, "qzx, subjct; did you mean subject?"),
        ("/sessions", {"subject": "x", "limit": "1", "offset": "0", "django": "number,1", "format": "json"}, None),
        ("/subjects", {"water_restricted": "true", "lab": "x"}, None),
        ("/water-requirement/KS014", {"start_date": "2024-01-01", "end_date": "2024-01-02"}, None),
        ("/water-requirement/KS014", {"start_dat": "2024-01-01"}, "start_dat; did you mean start_date?"),
        ("/me", {"é\r\n": "x"}, "%C3%A9%0D%0A"),
        ("/labs/mainenlab", {"name": "x"}, "name"),
        ("/sessions", {"cursor": "", "fields": "id"}, None),
    ],
)
def test_parameters_that_mean_nothing_are_named(
    client_of: Clients, path: str, parameters: dict[str, str], header: str | None
) -> None:
    answer = client_of("alice").get(path, parameters)
    assert answer.status_code == 200
    assert answer.headers.get("Bregma-Unknown-Parameters") == header


def test_old_clients_see_the_envelope_that_they_know(client_of: Clients) -> None:
    assert list(client_of("alice").get("/labs", {"nme": "x"}).json()) == ["count", "next", "previous", "results"]


def test_health_asks_nothing_of_the_database(db: None, client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        answer = client.get("/health", REMOTE_ADDR=STRANGER)
    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})
    assert client.post("/health").status_code == 405


def test_ready_says_no_more_than_ready(db: None, client: Client, settings: Any, tmp_path: Path) -> None:
    settings.HOME.make()
    answer = client.get("/ready", REMOTE_ADDR=STRANGER)
    assert (answer.status_code, answer.json()) == (200, {"status": "ready"})


@pytest.mark.parametrize("missing", ["the database", "migrations", "the store"])
def test_not_ready_is_said_without_details(
    db: None, client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, missing: str
) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise OperationalError("host=10.0.0.1 refused")

    def refuse(*_: Any, **__: Any) -> Any:
        raise OSError(28, "No space left on device")

    if missing == "the database":
        monkeypatch.setattr(health, "connection", SimpleNamespace(cursor=fail))
    elif missing == "migrations":
        monkeypatch.setattr(health._migrations, "are_applied", lambda: False)
    else:
        monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    answer = client.get("/ready")
    assert (answer.status_code, answer.json()) == (503, {"status": "not ready"})
    assert missing in caplog.text


@pytest.mark.parametrize(
    ("name", "more", "status"),
    [
        ("anonymous", {}, 200),
        ("anonymous", {"REMOTE_ADDR": STRANGER}, 403),
        ("anonymous", {"HTTP_X_FORWARDED_FOR": "127.0.0.1"}, 403),
        ("anonymous", {"REMOTE_ADDR": STRANGER, "HTTP_AUTHORIZATION": "Bearer s3cret"}, 200),
        ("anonymous", {"REMOTE_ADDR": STRANGER, "HTTP_AUTHORIZATION": "Bearer wrong"}, 403),
        ("root", {"REMOTE_ADDR": STRANGER}, 200),
        ("alice", {"REMOTE_ADDR": STRANGER}, 403),
        ("alice", {}, 403),
        ("visitor", {"REMOTE_ADDR": STRANGER}, 403),
    ],
)
def test_metrics_are_closed_to_strangers(
    client_of: Clients, settings: Any, name: str, more: dict[str, str], status: int
) -> None:
    settings.BREGMA_METRICS_TOKEN = "s3cret"
    assert client_of(name).get("/metrics", **more).status_code == status


def test_without_a_token_set_no_token_opens(client_of: Clients) -> None:
    for header in ("Bearer ", "Bearer", "Bearer None"):
        answer = client_of("anonymous").get("/metrics", REMOTE_ADDR=STRANGER, HTTP_AUTHORIZATION=header)
        assert answer.status_code == 403


def test_behind_a_proxy_this_machine_is_everybody(client_of: Clients, settings: Any) -> None:
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 1}
    assert client_of("anonymous").get("/metrics").status_code == 403


def figure(name: str, **labels: str) -> float:
    return metrics.REGISTRY.get_sample_value(name, labels) or 0.0


def test_requests_are_counted_by_route_and_status(client_of: Clients, world: World) -> None:
    labels = {"method": "GET", "route": "/sessions/<pk>", "status": "200"}
    before = figure("bregma_requests_total", **labels)
    client_of("alice").get(f"/sessions/{world.session.pk}")
    assert figure("bregma_requests_total", **labels) == before + 1
    assert figure("bregma_request_seconds_count", method="GET", route="/sessions/<pk>") >= 1
    assert figure("bregma_database_seconds_total", route="/sessions/<pk>") > 0
    text = client_of("root").get("/metrics").content.decode()
    assert 'bregma_requests_total{method="GET",route="/sessions/<pk>",status="200"}' in text
    assert str(world.session.pk) not in text


def test_registrations_and_refusals_are_counted(
    client_of: Clients, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    files, refused = figure("bregma_registered_files_total"), figure("bregma_throttled_requests_total", route="/labs")
    body = {
        "created_by": "alice",
        "path": "KS014/2024-01-31/001/alf",
        "filenames": "_ibl_trials.table.pqt,_ibl_wheel.position.npy",
    }
    assert client_of("alice").post("/register-file", body, format="json").status_code == 201
    assert figure("bregma_registered_files_total") == files + 2
    monkeypatch.setattr("bregma.alyx.api.throttles.RequestThrottle.rate", "1/minute", raising=False)
    bob = client_of("bob")
    assert [bob.get("/labs").status_code for _ in range(2)] == [200, 429]
    assert figure("bregma_throttled_requests_total", route="/labs") == refused + 1


def test_several_processes_are_summed_up(tmp_path: Path) -> None:
    """Two processes write their figures into the folder that gunicorn's start emptied; a third reads the sum."""
    script = """
import sys
from types import SimpleNamespace
from bregma.alyx.watch import serving
if sys.argv[1] == "start":
    serving.on_starting(None)
    sys.exit()
from prometheus_client import CollectorRegistry, Counter, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
if sys.argv[1] == "count":
    Counter("bregma_x", "x").inc(2)
else:
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    serving.child_exit(None, SimpleNamespace(pid=1))
    print(generate_latest(registry).decode())
"""
    folder = tmp_path / "run" / "metrics"
    folder.mkdir(parents=True)
    (folder / "counter_1.db").write_bytes(b"left by an earlier server")
    environment = {**os.environ, "BREGMA_HOME": str(tmp_path), "PROMETHEUS_MULTIPROC_DIR": str(folder)}

    def run(word: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", script, word], env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout

    run("start")
    assert list(folder.iterdir()) == []
    run("count")
    run("count")
    assert "bregma_x_total 4.0" in run("read")
