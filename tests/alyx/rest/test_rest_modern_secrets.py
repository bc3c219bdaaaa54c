"""Keys of repositories: never in rows, and given to those only whom the server names."""

from __future__ import annotations

import json
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps
from django.db import DataError, IntegrityError, connection, transaction
from rest_framework.test import APIClient

from bregma.alyx.access.models import Scope
from bregma.alyx.access.tokens import create_token
from bregma.alyx.data.environment import key_readers, storage_secrets
from bregma.alyx.data.models import DataRepository
from bregma.alyx.data.secret_names import without_secrets
from bregma.alyx.history.models import Event

if TYPE_CHECKING:
    from tests.alyx.factories import Clients, World

PLACE = {"bucket_name": "bucket", "region_name": "us-east-1"}
KEYS = {"Access key ID": "AKIA", "Secret access key": "s3cret"}
SECRETS: list[Any] = [
    KEYS,
    {**PLACE, "password": "x"},
    {"key": "x"},
    {"login": {"ftp": [{"Passwd": "x"}]}},
    [{"api-key": "x"}],
]


@pytest.fixture
def cloud(world: World, settings: Any) -> DataRepository:
    """Make a repository whose keys the environment holds."""
    settings.BREGMA_STORAGE_SECRETS = {"aws_lab": KEYS}
    return DataRepository.objects.create(name="aws_lab", json=PLACE, data_url="https://bucket.example.org/")


@pytest.mark.parametrize("name", ["root", "alice", "visitor"])
def test_nobody_gets_keys_by_default(client_of: Clients, cloud: DataRepository, name: str) -> None:
    assert client_of(name).get("/data-repository/aws_lab").json()["json"] == PLACE
    rows = client_of(name).get("/data-repository?name=aws_lab").json()["results"]
    assert [row["json"] for row in rows] == [PLACE]


@pytest.mark.parametrize(("name", "gets"), [("alice", True), ("bob", False), ("root", False), ("visitor", False)])
def test_keys_are_given_to_those_who_are_named(
    client_of: Clients, cloud: DataRepository, settings: Any, name: str, gets: bool
) -> None:
    settings.BREGMA_STORAGE_KEY_READERS = frozenset({"alice", "visitor"})
    shown = client_of(name).get("/data-repository/aws_lab").json()["json"]
    assert shown == ({**PLACE, **KEYS} if gets else PLACE)


def test_a_token_that_may_only_read_brings_no_keys(cloud: DataRepository, world: World, settings: Any) -> None:
    settings.BREGMA_STORAGE_KEY_READERS = frozenset({"alice"})
    for scopes, shown in (([Scope.READ], PLACE), ([Scope.REGISTER], {**PLACE, **KEYS})):
        client = APIClient()
        text = create_token(world.people["alice"], name="x", days=1, scopes=scopes)[1]
        client.credentials(HTTP_AUTHORIZATION=f"Token {text}")
        assert client.get("/data-repository/aws_lab").json()["json"] == shown


@pytest.mark.parametrize("value", SECRETS)
def test_a_row_with_secrets_is_refused_with_the_way_out(client_of: Clients, world: World, value: Any) -> None:
    root = client_of("root")
    for answer in (
        root.post("/data-repository", {"name": "new", "json": value}, format="json"),
        root.patch("/data-repository/cloud", {"json": value}, format="json")
        if DataRepository.objects.create(name="cloud")
        else None,
    ):
        assert answer is not None
        assert (answer.status_code, "BREGMA_STORAGE_SECRETS" in str(answer.json())) == (400, True)
        assert "s3cret" not in str(answer.json())
    with pytest.raises((IntegrityError, DataError)), transaction.atomic():
        DataRepository.objects.create(name="x", json=value)


@pytest.mark.parametrize("value", [None, "", PLACE, {"monkey": 1, "keyboard": {"note": "token"}}, ["secret"], 3])
def test_other_json_is_kept(client_of: Clients, world: World, value: Any) -> None:
    answer = client_of("root").post("/data-repository", {"name": "new", "json": value}, format="json")
    assert (answer.status_code, answer.json()["json"]) == (201, value)


def test_secrets_are_taken_out_at_any_depth() -> None:
    assert without_secrets({**PLACE, **KEYS, "a": [{"token": 1, "b": 2}]}) == {**PLACE, "a": [{"b": 2}]}


def test_old_rows_and_their_history_are_cleaned(world: World) -> None:
    step = import_module("bregma.alyx.data.migrations.0008_no_secrets")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE data_datarepository DROP CONSTRAINT datarepository_no_secrets")
    row = DataRepository.objects.create(name="cloud", json={**PLACE, **KEYS})
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with connection.schema_editor() as editor:
        step.take_out(apps, editor)
    row.refresh_from_db()
    assert row.json == PLACE
    events = list(Event.objects.filter(table="data_datarepository", row=str(row.pk)).values("before", "after"))
    assert len(events) == 1
    assert "s3cret" not in json.dumps(events)
    assert events[0]["after"]["name"] == "cloud"


def test_the_environment_names_keys_and_who_has_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    assert (storage_secrets(), key_readers()) == ({}, frozenset())
    monkeypatch.setenv("BREGMA_STORAGE_KEY_READERS", "alice, bob")
    monkeypatch.setenv("BREGMA_STORAGE_SECRETS", json.dumps({"aws_lab": KEYS}))
    assert (storage_secrets(), key_readers()) == ({"aws_lab": KEYS}, {"alice", "bob"})
    file = tmp_path / "secrets.json"
    file.write_text('{"other": {"password": "x"}}')
    monkeypatch.setenv("BREGMA_STORAGE_SECRETS_FILE", str(file))
    assert storage_secrets() == {"other": {"password": "x"}}
    for text in ('{"a": s3cret}', '["s3cret"]', '{"a": "s3cret"}'):
        file.write_text(text)
        with pytest.raises(ValueError, match="BREGMA_STORAGE_SECRETS") as error:
            storage_secrets()
        assert "s3cret" not in str(error.value)
