"""Tasks over REST: as pipelines make them, find them and say how they went."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.alyx.factories import Clients, make_session

from bregma.alyx.jobs.models import Task
from bregma.alyx.subjects.models import Subject

if TYPE_CHECKING:
    from rest_framework.test import APIClient
    from tests.alyx.factories import World


FIELDS = (
    "id parents session data_repository status name priority io_charge level gpu cpu ram time_out_secs "
    "time_elapsed_secs executable graph log version datetime arguments"
)


def make(client: APIClient, world: World, **values: Any) -> Any:
    return client.post("/tasks", {"name": "extract", "session": str(world.session.pk), **values}, format="json")


def test_a_task_waits_unless_told(client_of: Clients, world: World) -> None:
    made = make(client_of("alice"), world).json()
    assert list(made) == FIELDS.split()
    assert (made["status"], made["session"], made["arguments"]) == ("Waiting", str(world.session.pk), {})


def test_a_task_names_its_parents_and_says_how_it_went(client_of: Clients, world: World) -> None:
    client = client_of("alice")
    first = make(client, world, name="register").json()
    second = make(client, world, parents=[first["id"]], arguments={"k": 1}).json()
    assert second["parents"] == [first["id"]]
    done = client.patch(
        f"/tasks/{second['id']}", {"status": "complete", "time_elapsed_secs": 3.5}, format="json"
    ).json()
    assert (done["status"], done["time_elapsed_secs"], done["parents"]) == ("Complete", 3.5, [first["id"]])
    assert client.delete(f"/tasks/{second['id']}").status_code == 204


@pytest.mark.parametrize(
    ("values", "answer"),
    [
        (
            {"status": "Bad"},
            {
                "status": [
                    "Invalid status, choices are: "
                    "Waiting, Held, Started, Errored, Abandoned, Empty, Incomplete, Complete"
                ]
            },
        ),
        ({"status": 20}, None),
        ({"session": None}, {"session": ["This field may not be null."]}),
        ({"priority": 40000}, None),
        ({"parents": ["00000000-0000-4000-8000-000000000000"]}, None),
    ],
)
def test_what_is_wrong_with_a_task_is_named(
    client_of: Clients, world: World, values: dict[str, Any], answer: dict[str, Any] | None
) -> None:
    refused = make(client_of("alice"), world, **values)
    assert refused.status_code == 400
    assert answer is None or refused.json() == {**answer, "status_code": 400}
    assert set(refused.json()) == {*values, "status_code"}


def test_a_task_needs_a_session(client_of: Clients, world: World) -> None:
    refused = client_of("alice").post("/tasks", {"name": "x", "status": "Waiting"}, format="json")
    assert refused.json() == {"session": ["This field is required."], "status_code": 400}


def test_one_task_with_the_same_arguments_is_in_a_session(client_of: Clients, world: World) -> None:
    client = client_of("alice")
    assert make(client, world, arguments={"k": 1}).status_code == 201
    again = make(client, world, arguments={"k": 1})
    assert again.json()["non_field_errors"] == ["The fields name, session, arguments must make a unique set."]
    assert make(client, world, arguments={"k": 2}).status_code == 201


FILTERS: dict[str, list[str]] = {
    "": ["first", "urgent", "slow"],
    "status=waiting": ["first", "urgent"],
    "status=ERRORED": ["slow"],
    "lab=mainenlab&level=1": ["urgent", "slow"],
    "lab=otherlab": [],
    "graph=g": ["slow"],
    "gpu=1": ["urgent"],
    "name=first": ["first"],
    "executable=a.b": ["slow"],
    "time_out_secs=60": ["slow"],
    "django=level__gte,1,priority__lt,10": ["slow"],
    "django=~status__in,[40,60]": ["first", "urgent"],
    "django=parents__name,first": ["slow"],
}


def test_tasks_are_found_in_the_order_of_work(client_of: Clients, world: World) -> None:
    first = Task.objects.create(name="first", session=world.session, level=0)
    Task.objects.create(name="urgent", session=world.session, level=1, priority=90, gpu=1)
    slow = Task.objects.create(
        name="slow",
        session=world.session,
        level=1,
        priority=5,
        status=40,
        graph="g",
        executable="a.b",
        time_out_secs=60,
    )
    slow.parents.add(first)
    client = client_of("charlie")
    by_parent = {f"parents={first.pk}&session={world.session.pk}": ["slow"]}
    expected = {**FILTERS, **by_parent}
    found = {query: client.get(f"/tasks?{query}").json()["results"] for query in expected}
    assert {query: [row["name"] for row in rows] for query, rows in found.items()} == expected


def test_a_status_that_is_none_is_refused(client_of: Clients) -> None:
    answer = client_of("alice").get("/tasks?status=nothing")
    assert answer.status_code == 400
    assert "choices are: Waiting, Held" in answer.json()["detail"]


def test_a_task_cannot_be_moved_to_the_session_of_a_stranger(client_of: Clients, world: World) -> None:
    other = Subject.objects.create(nickname="X1", lab=world.other_lab, responsible_user=world.people["charlie"])
    task = Task.objects.create(name="a", session=world.session)
    client = client_of("bob")
    assert client.patch(f"/tasks/{task.pk}", {"session": str(make_session(other).pk)}, format="json").status_code == 403
    assert client_of("visitor").get(f"/tasks/{task.pk}").status_code == 404
