"""Chosen columns, pages by cursor and streams: on every list."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.alyx.factories import Clients, World, make_dataset, make_session

from bregma.alyx.api.urls import router
from bregma.alyx.data.models import Dataset, Tag

if TYPE_CHECKING:
    from rest_framework.test import APIClient

    from bregma.alyx.actions.models import Session

LINES = "application/x-ndjson"
ARROW = "application/vnd.apache.arrow.stream"
LISTS = [prefix for prefix, _, _ in router.registry]


def lines(answer: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]


def table(answer: Any) -> pa.Table:
    return pa.ipc.open_stream(io.BytesIO(b"".join(answer.streaming_content))).read_all()


@pytest.fixture
def sessions(world: World) -> list[Session]:
    """Make seven sessions, some of them at the same moment, some with no number."""
    made = [world.session]
    made += [make_session(world.subject, number=n, day=date(2024, 2, 1)) for n in (1, 2, 3)]
    made += [make_session(world.subject, number=n, day=date(2024, 2, n)) for n in (4, 5, 6)]
    return made


# Columns


def test_a_list_shows_only_the_columns_that_are_asked_for(client_of: Clients, world: World) -> None:
    answer = client_of("alice").get("/sessions?fields=number,id")
    assert answer.json()["results"] == [{"id": str(world.session.pk), "number": 1}]
    assert list(answer.json()) == ["count", "next", "previous", "results"]


def test_one_row_shows_only_the_columns_that_are_asked_for(client_of: Clients, world: World) -> None:
    dataset = make_dataset(world.session)
    assert client_of("alice").get(f"/datasets/{dataset.pk}?fields=name,revision").json() == {
        "name": dataset.name,
        "revision": "",
    }


@pytest.mark.parametrize("url", ["/sessions?fields=id,password", "/users/alice?fields=password"])
def test_an_unknown_column_is_refused_with_those_that_there_are(client_of: Clients, url: str) -> None:
    answer = client_of("alice").get(url)
    assert answer.status_code == 400
    assert "'password'" in answer.json()["detail"]
    assert "id, " in answer.json()["detail"]


def test_columns_do_not_change_what_is_written(client_of: Clients) -> None:
    made = client_of("root").post("/tags?fields=nothing", {"name": "new"})
    assert (made.status_code, "id" in made.json()) == (201, True)


def test_what_no_column_needs_is_not_read(client_of: Clients, world: World) -> None:
    counts, alice = [], client_of("alice")
    for url in ("/sessions", "/sessions?fields=id,subject,url", "/sessions?fields=id,projects"):
        with CaptureQueriesContext(connection) as queries:
            assert alice.get(url).status_code == 200
        counts.append(len(queries))
    assert counts[1] < counts[0] == counts[2]


def test_any_columns_of_each_list_can_be_asked_for(client_of: Clients, world: World) -> None:
    make_dataset(world.session, tag=Tag.objects.create(name="release"))
    root = client_of("root")
    for endpoint in LISTS:
        for row in root.get(f"/{endpoint}?limit=1").json()["results"]:
            for names in (list(row)[::2], list(row)[1::2]):
                (found,) = root.get(f"/{endpoint}?limit=1&fields={','.join(names)}").json()["results"]
                assert found == {name: row[name] for name in names}, endpoint


# Cursors


def walk(client: APIClient, url: str, way: str = "next") -> tuple[list[Any], str | None]:
    found, last = [], None
    while url:
        page = client.get(url).json()
        assert list(page) == ["next", "previous", "results"]
        found += [page["results"]]
        last, url = url, page[way]
    return found, last


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 9])
def test_pages_by_cursor_give_each_row_once_in_the_order_of_the_list(
    client_of: Clients, sessions: list[Session], limit: int
) -> None:
    alice = client_of("alice")
    whole = [row["start_time"] for row in alice.get("/sessions").json()["results"]]
    pages, last = walk(alice, f"/sessions?cursor=&limit={limit}")
    rows = [row for page in pages for row in page]
    assert {row["id"] for row in rows} == {str(session.pk) for session in sessions}
    assert [row["start_time"] for row in rows] == whole
    back, _ = walk(alice, last or "", "previous")
    assert [row for page in reversed(back) for row in page] == rows


def test_rows_that_come_in_between_are_neither_missed_nor_given_twice(client_of: Clients, world: World) -> None:
    for number in range(2, 6):
        make_session(world.subject, number=number)
    page = client_of("alice").get("/sessions?cursor=&limit=3").json()
    make_session(world.subject, number=9, day=date(2025, 1, 1))
    rest, _ = walk(client_of("alice"), page["next"])
    numbers = [row["number"] for row in [*page["results"], *rest[0]]]
    assert sorted(numbers) == [1, 2, 3, 4, 5]


def test_empty_values_have_their_place_in_the_order(client_of: Clients, world: World) -> None:
    for number in range(5):
        dataset = make_dataset(world.session, f"_ibl_trials.n{number}.pqt")
        moment = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=number // 2)
        Dataset.objects.filter(pk=dataset.pk).update(created_datetime=None if number % 2 else moment)
    for endpoint in ("datasets", "subjects", "data-notices"):
        answer = client_of("root").get(f"/{endpoint}?limit=1000")
        if answer.status_code != 200:
            continue
        pages, _ = walk(client_of("root"), f"/{endpoint}?cursor=&limit=2")
        assert len([row for page in pages for row in page]) == answer.json()["count"]


def test_pages_by_cursor_do_not_count(client_of: Clients, sessions: list[Session]) -> None:
    with CaptureQueriesContext(connection) as queries:
        client_of("alice").get("/sessions?cursor=")
    assert not [one for one in queries.captured_queries if "COUNT(*)" in one["sql"]]


@pytest.mark.parametrize("url", ["/sessions?cursor=xyz", "/labs?cursor={other}", "/sessions?cursor={other}x"])
def test_a_cursor_of_something_else_is_refused(client_of: Clients, sessions: list[Session], url: str) -> None:
    other = client_of("alice").get("/sessions?cursor=&limit=1").json()["next"].split("cursor=")[1].split("&")[0]
    answer = client_of("alice").get(url.format(other=other))
    assert (answer.status_code, "begin anew" in answer.json()["detail"]) == (400, True)


def test_a_page_by_offset_is_as_it_was(client_of: Clients, sessions: list[Session]) -> None:
    page = client_of("alice").get("/sessions?limit=2&offset=2").json()
    assert list(page) == ["count", "next", "previous", "results"]
    assert page["count"] == 7
    assert page["next"] == "http://testserver/sessions?limit=2&offset=4"


# Streams


def test_every_list_can_be_streamed(client_of: Clients, world: World) -> None:
    make_dataset(world.session, tag=Tag.objects.create(name="release"))
    root = client_of("root")
    for endpoint in LISTS:
        expected = root.get(f"/{endpoint}?limit=9").json()["results"]
        answers = {kind: root.get(f"/{endpoint}?limit=9", HTTP_ACCEPT=kind) for kind in (LINES, ARROW)}
        assert {kind: (one.status_code, one.headers["Content-Type"]) for kind, one in answers.items()} == {
            kind: (200, kind) for kind in answers
        }
        assert lines(answers[LINES]) == expected, endpoint
        found = table(answers[ARROW])
        assert found.num_rows == len(expected), endpoint
        assert not expected or set(found.column_names) >= set(expected[0]), endpoint


def test_a_stream_is_not_capped_and_costs_a_few_queries(client_of: Clients, world: World) -> None:
    Tag.objects.bulk_create(Tag(name=f"tag{i:05}") for i in range(2100))
    with CaptureQueriesContext(connection) as queries:
        found = lines(client_of("alice").get("/tags", HTTP_ACCEPT=LINES))
    assert len(found) == Tag.objects.count()
    assert len(queries) < 14
    assert [row["name"] for row in found] == sorted(row["name"] for row in found)


def test_a_stream_takes_filters_columns_limit_and_offset(client_of: Clients, sessions: list[Session]) -> None:
    answer = client_of("alice").get(
        "/sessions?date_range=2024-02-01,2024-02-01&fields=number&limit=5&offset=1", HTTP_ACCEPT=LINES
    )
    assert len(lines(answer)) == 2
    found = table(client_of("alice").get("/sessions?fields=number,start_time,subject,projects", HTTP_ACCEPT=ARROW))
    kinds = {field.name: str(field.type) for field in found.schema}
    assert kinds == {
        "number": "int64",
        "start_time": "timestamp[us, tz=UTC]",
        "subject": "string",
        "projects": "list<item: string>",
    }
    assert found["subject"].to_pylist() == ["KS014"] * 7


@pytest.mark.parametrize("query", ["fields=nothing", "date_range=x", "cursor=", "limit=x", "django=password,1"])
def test_what_is_wrong_with_a_stream_is_said_before_it_begins(client_of: Clients, world: World, query: str) -> None:
    answer = client_of("alice").get(f"/sessions?{query}", HTTP_ACCEPT=LINES)
    assert (answer.status_code, answer.json()["status_code"]) == (400, 400)
    assert answer.headers["Content-Type"].startswith("application/json")


@pytest.mark.parametrize(("name", "count"), [("alice", 1), ("bob", 1), ("charlie", 1), ("visitor", 0)])
def test_a_stream_gives_what_the_person_may_read(client_of: Clients, world: World, name: str, count: int) -> None:
    assert len(lines(client_of(name).get("/sessions", HTTP_ACCEPT=LINES))) == count
    assert table(client_of(name).get("/sessions", HTTP_ACCEPT=ARROW)).num_rows == count


def test_nothing_is_streamed_to_nobody(client_of: Clients, world: World) -> None:
    answer = client_of("anonymous").get("/sessions", HTTP_ACCEPT=LINES)
    assert (answer.status_code, answer.json()["status_code"]) == (403, 403)


def test_a_row_is_never_streamed(client_of: Clients, world: World) -> None:
    assert client_of("alice").get(f"/sessions/{world.session.pk}", HTTP_ACCEPT=LINES).status_code == 406


@pytest.mark.django_db(transaction=True)
def test_a_stream_goes_on_after_the_transaction_of_a_timed_search(client_of: Clients, world: World) -> None:
    Tag.objects.bulk_create(Tag(name=f"tag{i:05}") for i in range(2100))
    for query in ("", "?django=name__startswith,tag"):
        found = lines(client_of("alice").get(f"/tags{query}", HTTP_ACCEPT=LINES))
        assert [row["name"] for row in found if row["name"].startswith("tag")] == [f"tag{i:05}" for i in range(2100)]
