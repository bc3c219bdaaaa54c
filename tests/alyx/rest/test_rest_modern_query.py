"""Queries by POST: the answers of the lists, for whoever may read."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient
from tests.alyx.factories import Clients, World, make_dataset, make_session

from bregma.alyx.access.models import Scope
from bregma.alyx.access.tokens import create_token
from bregma.alyx.data.models import Tag


def ask(client: APIClient, endpoint: str, **body: Any) -> Any:
    return client.post(f"/query/{endpoint}", body, format="json")


def test_ten_thousand_ids_need_no_address(client_of: Clients, world: World) -> None:
    wanted = [str(make_session(world.subject, number=n, day=date(2024, 2, n)).pk) for n in (1, 2)]
    ids = [*wanted, *(str(uuid4()) for _ in range(9_998))]
    answer = ask(client_of("alice"), "sessions", ids=ids, fields=["id"])
    assert answer.status_code == 200
    assert list(answer.json()) == ["next", "previous", "results"]
    assert {row["id"] for row in answer.json()["results"]} == set(wanted)
    assert ask(client_of("alice"), "sessions", ids=[*ids, "x"]).status_code == 400


def test_a_query_answers_as_its_list(client_of: Clients, world: World) -> None:
    make_dataset(world.session, tag=Tag.objects.create(name="release"))
    alice = client_of("alice")
    for filters in ({"subject": "KS014"}, {"subject": "x"}, {"django": "name__icontains,trials"}, {"public": False}):
        query = "&".join(f"{name}={value}" for name, value in filters.items())
        assert (
            ask(alice, "datasets", filters=filters).json()["results"]
            == alice.get(f"/datasets?{query}").json()["results"]
        )


def test_a_query_is_paged_by_cursors(client_of: Clients, world: World) -> None:
    for number in range(2, 6):
        make_session(world.subject, number=number)
    body: dict[str, Any] = {"filters": {"subject": "ks014"}, "limit": 2, "fields": ["number"]}
    found = []
    for _ in range(3):
        page = ask(client_of("alice"), "sessions", **body).json()
        found += [row["number"] for row in page["results"]]
        body["cursor"] = page["next"]
    assert (sorted(found), page["next"]) == ([1, 2, 3, 4, 5], None)


def test_a_query_can_be_streamed(client_of: Clients, world: World) -> None:
    answer = client_of("alice").post(
        "/query/sessions", {"ids": [str(world.session.pk)]}, format="json", HTTP_ACCEPT="application/x-ndjson"
    )
    assert [json.loads(line)["id"] for line in answer.getvalue().splitlines()] == [str(world.session.pk)]


@pytest.mark.parametrize(
    ("endpoint", "body", "words"),
    [
        ("sessions", {"filters": {"password": "x"}}, "'password' is nothing that this list takes"),
        ("sessions", {"filter": {}}, "'filter' is nothing that a query takes; choose from ids"),
        ("sessions", {"fields": ["nothing"]}, "fields='nothing'"),
        ("sessions", {"ids": ["x"]}, "“x” is not a valid UUID"),
        ("sessions", {"cursor": "x"}, "cursor='x'"),
        ("sessions", {"filters": {"date_range": "x"}}, "date_range='x'"),
        ("sessions", {"limit": 0}, "limit"),
        ("sessions", [], "Invalid data"),
    ],
)
def test_what_a_query_gets_wrong_is_said(
    client_of: Clients, world: World, endpoint: str, body: Any, words: str
) -> None:
    answer = client_of("alice").post(f"/query/{endpoint}", body, format="json")
    assert answer.status_code == 400
    assert words in json.dumps(answer.json(), ensure_ascii=False)


@pytest.mark.parametrize("endpoint", ["nothing", "water-requirement", "register-file", "query", "me"])
def test_only_lists_are_queried(client_of: Clients, endpoint: str) -> None:
    assert ask(client_of("alice"), endpoint).status_code == 404


@pytest.mark.parametrize(
    ("name", "status", "count"),
    [
        *((name, 200, 2) for name in ("root", "alice", "bob", "charlie")),
        *(("visitor", 200, 1), ("anonymous", 403, 0)),
    ],
)
def test_a_query_gives_what_the_person_may_read(
    client_of: Clients, world: World, name: str, status: int, count: int
) -> None:
    public = make_session(world.subject, number=2)
    make_dataset(public, tag=Tag.objects.create(name="release", public=True))
    answer = ask(client_of(name), "sessions", ids=[str(public.pk), str(world.session.pk)])
    assert answer.status_code == status
    assert status != 200 or len(answer.json()["results"]) == count


def test_a_query_shows_no_more_than_its_list(client_of: Clients, world: World) -> None:
    for name in ("visitor", "charlie"):
        client = client_of(name)
        for endpoint in ("users", "labs", "data-repository"):
            assert ask(client, endpoint).json()["results"] == client.get(f"/{endpoint}").json()["results"]


def test_a_token_that_may_only_read_may_query(world: World) -> None:
    client = APIClient()
    text = create_token(world.people["alice"], name="reads", days=1, scopes=[Scope.READ])[1]
    client.credentials(HTTP_AUTHORIZATION=f"Token {text}")
    assert ask(client, "sessions").status_code == 200
    assert client.post("/tags", {"name": "x"}).status_code == 403


def test_a_query_costs_as_many_statements_for_one_row_as_for_many(client_of: Clients, world: World) -> None:
    counts, alice = [], client_of("alice")
    for number in (2, 30):
        for each in range(number, number + 20):
            make_session(world.subject, number=each)
        with CaptureQueriesContext(connection) as queries:
            assert ask(alice, "sessions", limit=1 if number == 2 else 1000).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 10


def test_the_schema_describes_queries_links_and_streams(client_of: Clients) -> None:
    document = client_of("alice").get("/api/schema", HTTP_ACCEPT="application/vnd.oai.openapi+json").json()
    for path, name in (("/query/{endpoint}", "Query"), ("/resolve", "Resolve")):
        content = document["paths"][path]["post"]["requestBody"]["content"]
        assert content == {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}
        assert document["components"]["schemas"][name]["properties"]
    listed = document["paths"]["/tags"]["get"]
    assert {"fields", "cursor"} <= {one["name"] for one in listed["parameters"]}
    assert listed["responses"]["200"]["content"]["application/x-ndjson"]["schema"]["type"] == "string"
    assert "fields" in {one["name"] for one in document["paths"]["/tags/{name}"]["get"]["parameters"]}
