"""Requests that no honest client sends are refused with words; none makes the server fail."""

import json
from typing import Any

import pytest
from rest_framework.test import APIClient
from tests.alyx.factories import Clients, World

from bregma.alyx.actions.models import Weighing
from bregma.alyx.api.serializers import WireSerializer

FILE = {"path": "KS014/2024-01-31/001", "filenames": ["_ibl_trials.choice.npy"]}


def send(client: APIClient, path: str, body: Any) -> Any:
    text = body if isinstance(body, str) else json.dumps(body)
    return client.post(path, text, content_type="application/json")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/sessions", {"subject": "KS\x00"}),
        ("/sessions", {"subject": "KS014", "json": {"a": ["b", {"\x00": 1}]}}),
        ("/sessions", {"subject": "KS014", "extended_qc": {"a": "\ud800"}}),
        ("/sessions", '{"subject": "KS014", "json": {"a": 1e999}}'),
        ("/sessions", "[" * 100_000),
        ("/sessions", {"subject": "KS014", "start_time": "9999-12-31T23:59:59-14:00"}),
        ("/sessions", {"subject": "KS014", "start_time": "0001-01-01T00:00:00+14:00"}),
        ("/weighings", {"subject": "KS014", "weight": "nan"}),
        ("/weighings", {"subject": "KS014", "weight": "inf"}),
        ("/register-file", {"path": "KS014/2024-01-31/001", "filenames": ["a.b.npy"], "created_by": "\x00"}),
        ("/register-file", {"path": "KS014/2024-01-31/001", "filenames": ["a\ud800.b.npy"]}),
        *(("/register-file", {**FILE, "filesizes": [size]}) for size in ("inf", 10**400, 2**63)),
        *(("/register-file", text) for text in ("null", "1", '"x"', "[]")),
    ],
)
def test_what_the_database_cannot_hold_is_refused(client_of: Clients, path: str, body: Any) -> None:
    answer = send(client_of("alice"), path, body)
    assert (answer.status_code, answer.json()["status_code"]) == (400, 400)


@pytest.mark.parametrize("path", ["/subjects/%00", "/cache.zip?tag=%00", "/results/subjects/a%00", "/users/a%00b"])
def test_an_address_with_a_zero_character_is_refused(client_of: Clients, path: str) -> None:
    assert client_of("alice").get(path).status_code == 400


def test_a_form_cannot_carry_an_infinite_number(client_of: Clients) -> None:
    answer = client_of("alice").post("/weighings", {"subject": "KS014", "weight": "1e999"}, format="multipart")
    assert (answer.status_code, Weighing.objects.count()) == (400, 0)


@pytest.mark.parametrize(("size", "status"), [(99, 400), (101, 413)])
def test_a_body_too_large_for_memory_is_refused_unread(settings: Any, db: None, size: int, status: int) -> None:
    settings.BREGMA_MOST_BODY_BYTES = 100
    answer = APIClient().post("/auth-token", b"{" + b" " * (size - 1), content_type="application/json")
    assert answer.status_code == status


def test_every_number_and_moment_on_the_wire_is_checked() -> None:
    mapping = {kind.__name__: field.__name__ for kind, field in WireSerializer.serializer_field_mapping.items()}
    assert (mapping["FloatField"], mapping["DateTimeField"]) == ("FiniteFloatField", "NaiveDateTimeField")


def test_the_world_stays_readable(client_of: Clients, world: World) -> None:
    send(client_of("alice"), "/weighings", {"subject": "KS014", "weight": 20.5})
    assert client_of("alice").get("/weighings").json()["count"] == 1
