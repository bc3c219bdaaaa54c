"""What all endpoints share: pages, permissions, a constant number of queries, a schema that ONE reads."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient
from tests.alyx.factories import World, make_dataset, make_session

from bregma.alyx.actions.models import WaterAdministration, WaterRestriction, Weighing
from bregma.alyx.api.urls import router
from bregma.alyx.data.models import Tag
from bregma.alyx.experiments.models import ProbeInsertion
from bregma.alyx.misc.models import LabLocation
from bregma.alyx.subjects.models import Project, Subject

Clients = Callable[[str], APIClient]
LISTS = sorted(prefix for prefix, _, _ in router.registry)
MEMBERS = ("root", "stock", "alice", "dora", "bob", "charlie")
WRITERS = ("root", "stock", "alice", "dora", "bob")
ENVELOPE = ["count", "next", "previous", "results"]


def fill(world: World, n: int) -> None:
    """Add n rows, with all that hangs on them, to every list."""
    for i in range(n):
        subject = Subject.objects.create(nickname=f"M{i}_{n}", lab=world.lab, responsible_user=world.people["alice"])
        subject.projects.add(Project.objects.create(name=f"p{i}_{n}"))
        session = make_session(subject)
        session.projects.add(subject.projects.get())
        session.users.add(world.people["bob"])
        dataset = make_dataset(session, tag=Tag.objects.create(name=f"t{i}_{n}"))
        insertion = ProbeInsertion.objects.create(session=session, name="probe00")
        insertion.datasets.add(dataset)
        Weighing.objects.create(subject=subject, weight=20, user=world.people["alice"])
        WaterAdministration.objects.create(subject=subject, water_administered=1, session=session)
        WaterRestriction.objects.create(subject=subject)
        LabLocation.objects.create(name=f"rig{i}_{n}", lab=world.lab)


@pytest.mark.parametrize("path", LISTS)
def test_every_list_has_the_envelope_in_order(client_of: Clients, path: str) -> None:
    answer = client_of("alice").get(f"/{path}")
    assert answer.status_code == 200
    assert list(answer.json()) == ENVELOPE


@pytest.mark.parametrize("path", LISTS)
def test_a_list_costs_the_same_few_queries_however_long_it_is(
    client_of: Clients, world: World, path: str, django_assert_max_num_queries: Any
) -> None:
    client = client_of("alice")
    counts = []
    for n in (1, 7):
        fill(world, n)
        with django_assert_max_num_queries(12) as queries:
            assert client.get(f"/{path}").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("path", ["sessions", "subjects", "insertions"])
def test_one_row_costs_a_constant_number_of_queries(
    client_of: Clients, world: World, path: str, django_assert_max_num_queries: Any
) -> None:
    fill(world, 1)
    client = client_of("alice")
    url = client.get(f"/{path}").json()["results"][0]
    key = url.get("nickname") or url["id"]
    with django_assert_max_num_queries(18) as few:
        client.get(f"/{path}/{key}")
    for i in range(5):
        session = Subject.objects.get(nickname="M0_1").actions_sessions.get()
        session.probe_insertion.get().datasets.add(make_dataset(session, f"_ibl_trials.table.x{i}.pqt"))
        Weighing.objects.create(subject=session.subject, weight=20)
    with django_assert_max_num_queries(18) as many:
        client.get(f"/{path}/{key}")
    assert len(few) == len(many)


@pytest.mark.parametrize("path", [*LISTS, "me", "cache/info/", "cache.zip"])
@pytest.mark.parametrize("name", [*MEMBERS, "visitor", "anonymous"])
def test_reading_is_for_accounts(client_of: Clients, path: str, name: str) -> None:
    answer = client_of(name).get(f"/{path}", HTTP_ACCEPT="application/json, */*")
    if answer.streaming:
        assert b"".join(answer.streaming_content)
    assert answer.status_code == (403 if name == "anonymous" else 200)


@pytest.mark.parametrize("path", ["subjects", "sessions", "datasets", "files", "insertions", "weighings", "projects"])
def test_the_public_sees_nothing_that_has_no_public_tag(client_of: Clients, world: World, path: str) -> None:
    fill(world, 1)
    assert client_of("visitor").get(f"/{path}").json()["count"] == 0


def bodies(world: World) -> dict[str, dict[str, Any]]:
    return {
        "weighings": {"subject": "KS014", "weight": 20.5},
        "water-administrations": {"subject": "KS014", "water_administered": 1.2},
        "water-restriction": {"subject": "KS014", "reference_weight": 25},
        "sessions": {"subject": "KS014", "start_time": "2024-03-01T09:00:00", "number": 1},
        "insertions": {"session": str(world.session.pk), "name": "probe00"},
        "datasets": {
            "name": "_ibl_trials.table.pqt",
            "dataset_type": "trials.table",
            "data_format": "parquet",
            "subject": "KS014",
            "date": "2024-01-31",
            "number": 1,
        },
        "register-file": {"path": "KS014/2024-01-31/001", "filenames": ["alf/_ibl_trials.table.pqt"]},
    }


@pytest.mark.parametrize("name", [*MEMBERS, "visitor", "anonymous"])
@pytest.mark.parametrize(
    "path",
    ["weighings", "water-administrations", "water-restriction", "sessions", "insertions", "datasets", "register-file"],
)
def test_writing_to_a_subject_is_for_those_whom_the_policy_lets(
    client_of: Clients, world: World, path: str, name: str
) -> None:
    answer = client_of(name).post(f"/{path}", bodies(world)[path], format="json")
    assert answer.status_code == (201 if name in WRITERS else 403), answer.content
    assert name in WRITERS or answer.json()["status_code"] == 403


@pytest.mark.parametrize("name", [*MEMBERS, "visitor", "anonymous"])
def test_changing_and_deleting_a_session_is_for_the_same_people(client_of: Clients, world: World, name: str) -> None:
    client, path = client_of(name), f"/sessions/{world.session.pk}"
    changed = client.patch(path, {"narrative": "changed"}, format="json")
    deleted = client.delete(path)
    hidden = 404 if name == "visitor" else 403
    expected = (200, 204) if name in WRITERS else (403, 403)
    assert (changed.status_code, deleted.status_code) == expected or changed.status_code == hidden


VOCABULARY = {
    "labs": {"name": "newlab"},
    "data-repository": {"name": "newrepo"},
    "data-repository-type": {"name": "cloud"},
    "data-formats": {"name": "new", "file_extension": ".new"},
    "tags": {"name": "newtag", "protected": True},
    "revisions": {"name": "2024-09-09"},
    "procedures": {"name": "new"},
    "water-type": {"name": "new"},
    "users": {"username": "eve"},
}


@pytest.mark.parametrize("path", VOCABULARY)
@pytest.mark.parametrize("name", [*MEMBERS, "visitor", "anonymous"])
def test_vocabulary_labs_and_accounts_are_for_superusers(client_of: Clients, path: str, name: str) -> None:
    answer = client_of(name).post(f"/{path}", VOCABULARY[path], format="json")
    assert answer.status_code == (201 if name == "root" else 403)


@pytest.mark.parametrize("path", ["projects", "dataset-types"])
@pytest.mark.parametrize("name", [*MEMBERS, "visitor", "anonymous"])
def test_members_make_projects_and_dataset_types(client_of: Clients, path: str, name: str) -> None:
    answer = client_of(name).post(f"/{path}", {"name": "some.thing"}, format="json")
    assert answer.status_code == (201 if name in MEMBERS else 403)


def test_pages_have_250_rows_unless_asked_and_never_more_than_1000(client_of: Clients, world: World) -> None:
    Weighing.objects.bulk_create(Weighing(subject=world.subject, weight=20) for _ in range(1005))
    client = client_of("alice")
    first = client.get("/weighings").json()
    assert (first["count"], len(first["results"]), first["previous"]) == (1005, 250, None)
    assert first["next"] == "http://testserver/weighings?limit=250&offset=250"
    assert len(client.get("/weighings?limit=5000").json()["results"]) == 1000
    assert len(client.get("/weighings?limit=10&offset=1000").json()["results"]) == 5


def test_unknown_parameters_are_ignored_and_unknown_rows_are_404(client_of: Clients, world: World) -> None:
    client = client_of("alice")
    assert client.get("/sessions?nothing=1").json()["count"] == 1
    missing = client.get("/subjects/NOBODY")
    assert missing.json() == {"detail": "No Subject matches the given query.", "status_code": 404}


def test_nobody_makes_themselves_a_stock_manager(client_of: Clients, world: World) -> None:
    assert client_of("alice").patch("/users/alice", {"is_stock_manager": True}, format="json").status_code == 403
    assert client_of("alice").patch("/users/bob", {"email": "x@example.org"}, format="json").status_code == 403
    assert client_of("alice").patch("/users/alice", {"email": "x@example.org"}, format="json").status_code == 200
    assert client_of("root").patch("/users/alice", {"is_stock_manager": True}, format="json").status_code == 200
