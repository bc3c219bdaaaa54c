"""What a client would load, in one call, with links that open the files."""

from __future__ import annotations

import hashlib
import re
import time
import urllib.request
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.alyx.factories import Clients, World, make_dataset, make_session

from bregma.alyx.data import download_links
from bregma.alyx.data.models import DataRepository, Dataset, FileRecord, Tag

if TYPE_CHECKING:
    from rest_framework.test import APIClient

    from bregma.store import LocalStore

BYTES = bytes(range(256))
MD5 = hashlib.md5(BYTES).hexdigest()
FOLDER = "mainenlab/Subjects/KS014/2024-01-31/001"


@pytest.fixture
def dataset(world: World, store: LocalStore) -> Dataset:
    """Make a file whose bytes are in the store."""
    dataset = make_dataset(world.session, digest=MD5)
    store.put(f"{FOLDER}/alf/_ibl_trials.table.{dataset.pk}.pqt", [BYTES], size=len(BYTES), md5=MD5)
    return dataset


def resolve(client: APIClient, world: World, **body: Any) -> Any:
    return client.post("/resolve", {"session": str(world.session.pk), **body}, format="json")


def link_to(client: APIClient, world: World, **body: Any) -> str:
    url = urlsplit(resolve(client, world, object="trials", **body).json()["datasets"][0]["url"])
    return f"{url.path}?{url.query}"


# Choosing


def test_an_object_is_found_with_its_rows_and_links(client_of: Clients, world: World, dataset: Dataset) -> None:
    answer = resolve(client_of("alice"), world, object="trials").json()
    assert list(answer) == ["session", "expires", "datasets"]
    assert answer["session"]["id"] == str(world.session.pk)
    (row,) = answer["datasets"]
    assert row.pop("url").startswith(
        f"http://testserver/store/{FOLDER}/alf/_ibl_trials.table.{dataset.pk}.pqt?expires="
    )
    assert row == {
        "id": str(dataset.pk),
        "name": "_ibl_trials.table.pqt",
        "path": "alf/_ibl_trials.table.pqt",
        "collection": "alf",
        "revision": "",
        "default_revision": True,
        "dataset_type": "trials.table",
        "file_size": 10,
        "hash": MD5,
        "version": "",
        "qc": "NOT_SET",
    }


@pytest.mark.parametrize(
    "name", ["KS014/2024-01-31/001", "mainenlab/Subjects/KS014/2024-01-31/001", "/KS014/2024-01-31/1/"]
)
def test_a_session_is_found_by_its_path(client_of: Clients, world: World, dataset: Dataset, name: str) -> None:
    answer = resolve(client_of("alice"), world, session=name, name="_ibl_trials.table.pqt")
    assert [row["id"] for row in answer.json()["datasets"]] == [str(dataset.pk)]


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        ({"object": "trials"}, ["alf/#2024-02-02#/_ibl_trials.table.pqt", "alf/_ibl_trials.choice.npy"]),
        ({"object": "trials", "revision": "2024-01-15"}, ["alf/_ibl_trials.choice.npy", "alf/_ibl_trials.table.pqt"]),
        ({"object": "trials", "attribute": "choice"}, ["alf/_ibl_trials.choice.npy"]),
        ({"object": "tri*", "extension": ["npy", "csv"]}, ["alf/_ibl_trials.choice.npy"]),
        ({"name": "_ibl_trials.choice"}, ["alf/_ibl_trials.choice.npy"]),
        ({"name": "alf/_ibl_trials.table.pqt"}, ["alf/_ibl_trials.table.pqt"]),
        ({"collection": "alf"}, ["alf/#2024-02-02#/_ibl_trials.table.pqt", "alf/_ibl_trials.choice.npy"]),
    ],
)
def test_files_are_chosen_as_one_chooses(client_of: Clients, world: World, body: Any, paths: list[str]) -> None:
    make_dataset(world.session)
    make_dataset(world.session, revision="2024-02-02")
    make_dataset(world.session, "_ibl_trials.choice.npy")
    Dataset.objects.filter(name="_ibl_trials.table.pqt").update(default_dataset=False)
    Dataset.objects.filter(revision__name="2024-02-02").update(default_dataset=True)
    found = [row["path"] for row in resolve(client_of("alice"), world, **body).json()["datasets"]]
    assert sorted(found) == sorted(paths)


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"object": "wheel"}, 404, "there are alf/trials"),
        ({"name": "_ibl_trials.tabel.pqt"}, 404, "did you mean _ibl_trials.table.pqt?"),
        ({"session": "00000000-0000-0000-0000-000000000000"}, 404, "no session"),
        ({"session": "KS014/2024-01-31/002"}, 404, "no session 'KS014/2024-01-31/002'"),
        ({"session": "x"}, 400, "no session in path 'x'"),
        ({"objekt": "trials"}, 400, "'objekt' is nothing that resolve takes; choose from session, name, object"),
        ({"qc": "GOOD"}, 400, "GOOD"),
        ({"expires_in": 86401}, 400, "86400"),
        ({"object": {"a": 1}}, 400, "Expected a text"),
    ],
)
def test_what_is_not_found_is_said(client_of: Clients, world: World, body: Any, status: int, words: str) -> None:
    make_dataset(world.session)
    answer = resolve(client_of("alice"), world, **body)
    assert (answer.status_code, words in str(answer.json())) == (status, True), answer.json()


def test_of_several_each_says_what_was_found(client_of: Clients, world: World, dataset: Dataset) -> None:
    eid = str(world.session.pk)
    bodies = [{"session": eid, "object": "trials"}, {"session": eid, "object": "wheel"}, {"session": "x"}]
    first, second, third = client_of("alice").post("/resolve", bodies, format="json").json()
    assert (len(first["datasets"]), second["status_code"], third["status_code"]) == (1, 404, 400)
    assert client_of("alice").post("/resolve", bodies * 34, format="json").status_code == 400


def test_many_cost_as_many_statements_as_one(client_of: Clients, world: World) -> None:
    bodies = []
    for number in range(2, 12):
        session = make_session(world.subject, number=number, day=date(2024, 3, number))
        for attribute in ("table", "other", "more"):
            make_dataset(session, f"_ibl_trials.{attribute}.pqt")
        bodies.append({"session": f"KS014/2024-03-{number:02}/{number}", "object": "trials"})
    counts, alice = [], client_of("alice")
    for wanted in (bodies[0], bodies):
        with CaptureQueriesContext(connection) as queries:
            answer = alice.post("/resolve", wanted, format="json")
        assert answer.status_code == 200
        counts.append(len(queries))
    assert all(len(one["datasets"]) == 3 for one in answer.json())
    assert counts[0] == counts[1] <= 8


@pytest.mark.parametrize(
    ("name", "status"),
    [("root", 200), ("alice", 200), ("bob", 200), ("charlie", 200), ("visitor", 404), ("anonymous", 403)],
)
def test_files_are_resolved_for_those_who_may_read(
    client_of: Clients, world: World, dataset: Dataset, name: str, status: int
) -> None:
    assert resolve(client_of(name), world, object="trials").status_code == status


def test_the_public_finds_public_files_only(client_of: Clients, world: World, dataset: Dataset) -> None:
    dataset.tags.add(Tag.objects.create(name="release", public=True))
    make_dataset(world.session, "_ibl_trials.choice.npy")
    (row,) = resolve(client_of("visitor"), world, object="trials").json()["datasets"]
    assert (row["id"], client_of("anonymous").get(row["url"]).status_code) == (str(dataset.pk), 200)


def test_files_of_another_server_have_its_address(client_of: Clients, world: World) -> None:
    dataset = make_dataset(world.session)
    elsewhere = DataRepository.objects.create(
        name="far", data_url="https://data.example.org/lab/", globus_is_personal=False
    )
    FileRecord.objects.update(data_repository=elsewhere)
    (row,) = resolve(client_of("alice"), world, object="trials").json()["datasets"]
    path = f"KS014/2024-01-31/001/alf/_ibl_trials.table.{dataset.pk}.pqt"
    assert row["url"] == f"https://data.example.org/lab/{path}"


# Links


def test_a_link_opens_its_file_without_log_in(client_of: Clients, world: World, dataset: Dataset) -> None:
    url = link_to(client_of("alice"), world)
    anonymous = client_of("anonymous")
    assert b"".join(anonymous.get(url).streaming_content) == BYTES
    assert anonymous.head(url).status_code == 200
    part = anonymous.get(url, HTTP_RANGE="bytes=1-3")
    assert (part.status_code, b"".join(part.streaming_content)) == (206, BYTES[1:4])


@pytest.mark.parametrize("method", ["put", "post", "patch", "delete"])
def test_a_link_only_reads(client_of: Clients, world: World, dataset: Dataset, method: str) -> None:
    url = link_to(client_of("alice"), world)
    assert (
        getattr(client_of("anonymous"), method)(url, BYTES, content_type="application/octet-stream").status_code == 401
    )


def test_a_link_that_was_changed_opens_nothing(client_of: Clients, world: World, dataset: Dataset) -> None:
    url, bob = link_to(client_of("alice"), world), world.people["bob"]
    path, query = url.split("?")
    names = dict(part.split("=") for part in query.split("&"))
    changes = [
        {"expires": str(int(names["expires"]) + 1)},
        {"user": bob.pk.hex},
        {"signature": "0" * 64},
        {"signature": ""},
        {"signature": "é"},
        {"expires": "x"},
        {"user": "x"},
    ]
    for change in changes:
        answer = client_of("anonymous").get(path, {**names, **change})
        assert (answer.status_code, answer.json()["status_code"]) == (403, 403), change


def test_a_link_opens_no_other_file(client_of: Clients, world: World, dataset: Dataset) -> None:
    query = link_to(client_of("alice"), world).split("?")[1]
    other = make_dataset(world.session, "_ibl_trials.choice.pqt")
    for key in (f"{FOLDER}/alf/_ibl_trials.choice.{other.pk}.pqt", "x", f"{FOLDER}/alf/_ibl_trials.table.pqt"):
        assert client_of("anonymous").get(f"/store/{key}?{query}").status_code == 403


def test_a_link_ends(client_of: Clients, world: World, dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    url, now = link_to(client_of("alice"), world, expires_in=60), time.time()
    for later, status in ((55, 200), (65, 403)):
        monkeypatch.setattr(download_links.time, "time", lambda later=later: now + later)
        assert client_of("anonymous").get(url).status_code == status


def test_a_link_ends_with_the_account_and_with_the_right_to_read(
    client_of: Clients, world: World, dataset: Dataset
) -> None:
    url, alice = link_to(client_of("alice"), world), world.people["alice"]
    alice.is_public_user = True
    alice.save()
    assert client_of("anonymous").get(url).status_code == 404
    alice.is_active = False
    alice.save()
    assert client_of("anonymous").get(url).status_code == 403


def test_a_link_of_another_installation_opens_nothing(
    client_of: Clients, world: World, dataset: Dataset, settings: Any
) -> None:
    url = link_to(client_of("alice"), world)
    settings.BREGMA_LINK_KEY = b"another"
    assert client_of("anonymous").get(url).status_code == 403


def test_a_link_to_a_revision_is_an_address(client_of: Clients, world: World, store: LocalStore) -> None:
    dataset = make_dataset(world.session, revision="2024-02-02", digest=MD5)
    store.put(f"{FOLDER}/alf/#2024-02-02#/_ibl_trials.table.{dataset.pk}.pqt", [BYTES], size=len(BYTES), md5=MD5)
    assert client_of("anonymous").get(link_to(client_of("alice"), world)).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_the_snippet_of_the_reference_runs(
    world: World, dataset: Dataset, live_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (Path(__file__).parents[3] / "docs" / "reference" / "rest.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    monkeypatch.setenv("BREGMA_URL", live_server.url)
    monkeypatch.setenv("BREGMA_TOKEN", world.token("alice")["Authorization"].removeprefix("Token "))
    names: dict[str, Any] = {}
    exec(code, names)
    assert names["found"]["results"][0]["id"] == str(world.session.pk)
    assert names["row"] == {"name": dataset.name, "file_size": 10}
    with urllib.request.urlopen(names["links"][0]) as file:
        assert file.read() == BYTES
