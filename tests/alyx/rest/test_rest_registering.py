"""Registering over REST: several sessions at once, other owners, copies that nobody need believe, numbers."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient
from tests.alyx.factories import HASH, Clients, World, make_dataset, make_session

from bregma.alyx.actions.models import Session
from bregma.alyx.actions.services import register_session
from bregma.alyx.data.models import DataRepository, Dataset, FileRecord, Tag
from bregma.alyx.experiments.models import FOV, ImagingType

WHEEL, TRIALS = "alf/_ibl_wheel.position.npy", "alf/_ibl_trials.table.pqt"
OTHER = "f" * 32


def body(*files: str, number: int = 1, **values: Any) -> dict[str, Any]:
    return {"path": f"KS014/2024-01-31/{number:03d}", "filenames": list(files), **values}


def post(client: APIClient, content: Any) -> Any:
    return client.post("/register-file", content, format="json")


def test_one_request_registers_the_files_of_several_sessions(client_of: Clients, world: World) -> None:
    second = make_session(world.subject, number=2)
    answer = post(client_of("alice"), [body(WHEEL, TRIALS), body(WHEEL, number=2)])
    assert answer.status_code == 201
    first, other = answer.json()
    assert [row["name"] for row in first] == ["_ibl_wheel.position.npy", "_ibl_trials.table.pqt"]
    assert [row["session"] for row in other] == [str(second.pk)]


@pytest.mark.parametrize(
    "wrong", [body("alf/foo.bar.npy", number=2), body(WHEEL, number=7), {"path": "KS014"}, "no registration"]
)
def test_of_several_sessions_all_or_none_are_registered(client_of: Clients, world: World, wrong: Any) -> None:
    make_session(world.subject, number=2)
    assert post(client_of("alice"), [body(WHEEL), wrong]).status_code == 400
    assert not Dataset.objects.exists()


def test_a_protected_file_of_one_session_keeps_all_from_being_registered(client_of: Clients, world: World) -> None:
    protected = make_dataset(make_session(world.subject, number=2), tag=Tag.objects.create(name="t", protected=True))
    answer = post(client_of("alice"), [body(WHEEL), body(TRIALS, number=2, hashes=[OTHER])])
    assert answer.status_code == 403
    assert list(Dataset.objects.all()) == [protected]


def test_a_stranger_registers_nothing_in_a_list(client_of: Clients, world: World) -> None:
    assert post(client_of("charlie"), [body(WHEEL)]).status_code == 403
    assert post(client_of("visitor"), [body(WHEEL)]).status_code == 403
    assert not Dataset.objects.exists()


def test_lists_end_with_the_shortest(client_of: Clients, world: World) -> None:
    rows = post(client_of("alice"), body(WHEEL, TRIALS, hashes=[HASH])).json()
    assert [row["name"] for row in rows] == ["_ibl_wheel.position.npy"]


def test_texts_with_commas_are_lists(client_of: Clients, world: World) -> None:
    content = {**body(), "filenames": f"{WHEEL},{TRIALS}", "filesizes": "1,2", "hashes": f"{HASH},{OTHER}"}
    rows = post(client_of("alice"), {**content, "versions": "2.0", "qc": "PASS"}).json()
    assert [(row["file_size"], row["qc"]) for row in rows] == [(1, 10), (2, 10)]
    assert set(Dataset.objects.values_list("hash", "version")) == {(HASH, "2.0"), (OTHER, "2.0")}


@pytest.mark.parametrize("values", [{"exists": True}, {"server_only": True}, {"name": "local_mainenlab"}])
def test_nobody_is_believed_that_the_own_store_has_a_file(
    client_of: Clients, world: World, values: dict[str, Any]
) -> None:
    client = client_of("alice")
    post(client, body(TRIALS))
    rows = post(client, body(WHEEL, **values)).json()
    assert [record["exists"] for record in rows[0]["file_records"]] == [False]
    record = FileRecord.objects.get(dataset__name="_ibl_wheel.position.npy")
    assert client.patch(f"/files/{record.pk}", {"exists": True}, format="json").status_code == 400
    record.refresh_from_db()
    assert record.exists is False


def test_files_of_a_subject_go_to_the_named_repository_or_those_of_its_lab(client_of: Clients, world: World) -> None:
    world.lab.repositories.add(DataRepository.objects.create(name="labserver", data_url="https://a.example.org/"))
    DataRepository.objects.create(name="flatiron", data_url="https://b.example.org/")
    about = {"path": "Subjects/KS014", "content_type": "subjects.subject", "object_id": str(world.subject.pk)}
    client, name = client_of("alice"), "_ibl_subjectTrials.table.pqt"
    places = []
    for values in ({"name": "flatiron"}, {"labs": "mainenlab", "name": "flatiron"}, {}):
        Dataset.objects.all().delete()
        row = post(client, {**about, **values, "filenames": [name]}).json()[0]
        places.append(sorted((one["data_repository"], one["exists"]) for one in row["file_records"]))
    assert places == [[("flatiron", True)], [("flatiron", True), ("labserver", False)], [("labserver", False)]]


def test_only_a_superuser_registers_in_the_name_of_another(client_of: Clients, world: World) -> None:
    assert post(client_of("alice"), body(WHEEL, created_by="bob")).status_code == 403
    assert post(client_of("alice"), body(WHEEL, created_by="alice")).json()[0]["created_by"] == "alice"
    assert post(client_of("root"), body(TRIALS, created_by="bob")).json()[0]["created_by"] == "bob"
    assert set(world.session.users.values_list("username", flat=True)) == {"alice", "bob"}


def test_a_path_of_windows_or_with_a_lab_is_read(client_of: Clients, world: World) -> None:
    paths = [r"KS014\2024-01-31\001\alf", "mainenlab/Subjects/KS014/2024-01-31/001//alf/"]
    for path in paths:
        row = post(client_of("alice"), {"path": path, "filenames": ["_ibl_wheel.position.npy"], "hashes": [HASH]})
        assert row.json()[0]["file_records"][0]["relative_path"] == f"KS014/2024-01-31/001/{WHEEL}"
    assert Dataset.objects.count() == 1


@pytest.mark.parametrize("name", ["", "/", "alf/..", "../../x.y.npy", "alf/\x00.npy"])
def test_a_name_that_is_no_file_is_refused(client_of: Clients, world: World, name: str) -> None:
    answer = post(client_of("alice"), body(WHEEL, name))
    assert answer.status_code == (201 if name == "" else 400)
    assert Dataset.objects.count() == (1 if name == "" else 0)


def test_files_of_a_field_of_view_are_linked_to_it(client_of: Clients, world: World) -> None:
    view = FOV.objects.create(
        session=world.session, name="FOV_00", imaging_type=ImagingType.objects.get_or_create(name="mesoscope")[0]
    )
    post(client_of("alice"), body("alf/FOV_00/mpci.times.npy", WHEEL))
    assert list(view.datasets.values_list("name", flat=True)) == ["mpci.times.npy"]


def test_a_thousand_files_cost_as_many_queries_as_one(client_of: Clients, world: World) -> None:
    client = client_of("alice")
    counts = []
    for names in (["alf/spikes.times.npy"], [f"alf/probe{i:04d}/spikes.times.npy" for i in range(1000)]):
        for digest in (HASH, HASH, OTHER):
            with CaptureQueriesContext(connection) as queries:
                answer = post(client, body(*names, hashes=[digest] * len(names)))
            assert len(answer.json()) == len(names)
            counts.append(len(queries))
    assert max(counts[3:]) <= max(counts[:3]) + 3, counts
    assert max(counts) <= 30
    assert Dataset.objects.count() == FileRecord.objects.count() == 1001


def test_a_revision_takes_the_default_from_one_registered_with_it(client_of: Clients, world: World) -> None:
    client, revised = client_of("alice"), "alf/#v1#/_ibl_trials.table.pqt"
    for names in ([TRIALS], [TRIALS, revised], [revised, TRIALS], [TRIALS]):
        post(client, body(*names, hashes=[HASH] * len(names)))
    defaults = Dataset.objects.filter(default_dataset=True)
    assert [row.revision for row in defaults] == [None]
    post(client, body(revised, hashes=[HASH]))
    assert [str(row.revision) for row in defaults.all()] == ["v1"]


@pytest.mark.parametrize("given", ["next", 3, None, "many"])
def test_a_session_takes_the_number_it_is_given_or_the_next(client_of: Clients, world: World, given: Any) -> None:
    content = {"subject": "KS014", "start_time": "2024-01-31T23:59:00", "number": given}
    answer = client_of("alice").post("/sessions", content, format="json")
    assert (answer.status_code, answer.json().get("number")) == {
        "next": (201, 2),
        3: (201, 3),
        None: (201, None),
        "many": (400, ["A valid integer is required."]),
    }[given]


def test_only_a_new_session_takes_the_next_number(client_of: Clients, world: World) -> None:
    client = client_of("alice")
    url, content = f"/sessions/{world.session.pk}", {"number": "next"}
    assert "only a new session" in client.patch(url, content, format="json").json()["number"][0]
    other = {"subject": "KS014", "start_time": "2024-02-01T00:00:00", "number": "next"}
    assert client.post("/sessions", other, format="json").json()["number"] == 1
    assert client_of("charlie").post("/sessions", other, format="json").status_code == 403


@pytest.mark.django_db(transaction=True)
def test_sixteen_who_ask_at_once_get_sixteen_numbers(world: World) -> None:
    values = {"subject": world.subject, "start_time": world.session.start_time, "number": "next"}

    def ask(_: int) -> int | None:
        try:
            return register_session(values, by=world.people["alice"]).number
        finally:
            connections.close_all()

    with ThreadPoolExecutor(16) as threads:
        numbers = list(threads.map(ask, range(16)))
    assert sorted(number or 0 for number in numbers) == list(range(2, 18))
    assert Session.objects.count() == 17
