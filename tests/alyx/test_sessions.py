"""Sessions and subjects over REST."""

from typing import Any

import pytest
from rest_framework.test import APIClient
from tests.alyx.factories import Clients, World, make_dataset

from bregma.alyx.actions.models import Session, WaterAdministration, WaterRestriction, Weighing
from bregma.alyx.data.models import Tag
from bregma.alyx.experiments.models import ProbeInsertion
from bregma.alyx.subjects.models import Subject

DETAIL = (
    "subject users location procedures lab projects type task_protocol number start_time end_time narrative "
    "parent_session n_correct_trials n_trials url extended_qc qc wateradmin_session_related "
    "data_dataset_session_related auto_datetime id json probe_insertion field_of_view notes"
)


def register(client: APIClient, **values: Any) -> Any:
    body = {"subject": "KS014", "start_time": "2024-03-01T09:00:00", "number": 1, **values}
    return client.post("/sessions", body, format="json")


def test_a_session_belongs_to_its_subjects_lab_and_to_who_registers_it(client_of: Clients, world: World) -> None:
    made = register(client_of("alice"), qc="pass", json={"a": 1}).json()
    assert (made["lab"], made["users"], made["qc"]) == ("mainenlab", ["alice"], "PASS")
    assert made["start_time"] == "2024-03-01T09:00:00"
    assert made["url"].endswith(made["id"])
    assert Session.objects.get(pk=made["id"]).start_time.isoformat() == "2024-03-01T09:00:00+00:00"


def test_a_second_session_with_the_same_number_on_a_day_is_refused(client_of: Clients) -> None:
    client = client_of("alice")
    register(client)
    again = register(client, start_time="2024-03-01T15:00:00")
    assert again.status_code == 400
    assert again.json()["non_field_errors"] == ["This subject already has a session with this number on this day."]


@pytest.mark.parametrize(
    ("values", "field", "message"),
    [
        ({"subject": "NOBODY"}, "subject", "Object with nickname=NOBODY does not exist."),
        ({"users": ["nobody"]}, "users", "Object with username=nobody does not exist."),
        ({"qc": "nice"}, "qc", "Invalid qc, choices are: CRITICAL, FAIL, WARNING, NOT_SET, PASS"),
        ({"end_time": "2024-02-29T09:00:00"}, "non_field_errors", "end_time must not be before start_time."),
    ],
)
def test_what_is_wrong_with_a_session_is_named(
    client_of: Clients, values: dict[str, Any], field: str, message: str
) -> None:
    answer = register(client_of("alice"), **values)
    assert answer.status_code == 400
    assert answer.json() == {field: [message], "status_code": 400}


def test_a_nickname_of_two_labs_is_named_as_ambiguous(client_of: Clients, world: World) -> None:
    Subject.objects.create(nickname="KS014", lab=world.other_lab)
    assert "labs mainenlab, otherlab" in register(client_of("alice")).json()["subject"][0]
    assert client_of("alice").get("/subjects/KS014").status_code == 400
    assert client_of("alice").get(f"/subjects/{world.subject.pk}").status_code == 200


def test_a_session_shows_its_datasets_as_the_legacy_wire_does(client_of: Clients, world: World) -> None:
    dataset = make_dataset(world.session)
    revised = make_dataset(world.session, revision="2024-02-02")
    ProbeInsertion.objects.create(session=world.session, name="probe00")
    found = client_of("alice").get(f"/sessions/{world.session.pk}").json()
    assert list(found) == DETAIL.split()
    first, second = sorted(found["data_dataset_session_related"], key=lambda row: row["default_revision"], reverse=True)
    path = f"mainenlab/Subjects/KS014/2024-01-31/001/alf/_ibl_trials.table.{dataset.pk}.pqt"
    assert first == {
        "id": str(dataset.pk),
        "name": "_ibl_trials.table.pqt",
        "dataset_type": "trials.table",
        "data_url": f"http://testserver/store/{path}",
        "url": f"http://testserver/datasets/{dataset.pk}",
        "file_size": 10,
        "hash": dataset.hash,
        "version": "",
        "collection": "alf",
        "revision": "",
        "default_revision": "True",
        "qc": "NOT_SET",
    }
    assert (second["revision"], second["default_revision"]) == (str(revised.revision_id), "False")
    assert [row["name"] for row in found["probe_insertion"]] == ["probe00"]


def test_datasets_that_no_server_holds_are_not_shown(client_of: Clients, world: World) -> None:
    make_dataset(world.session).file_records.update(exists=False)
    assert client_of("alice").get(f"/sessions/{world.session.pk}").json()["data_dataset_session_related"] == []


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("subject=ks014", 1),
        ("subject=other", 0),
        ("date_range=2024-01-31,2024-01-31", 1),
        ("date_range=2024-02-01,2024-02-02", 0),
        ("number=1&lab=mainenlab", 1),
        ("task_protocol=training", 1),
        ("dataset_types=trials.table", 1),
        ("dataset_types=trials.table,spikes.times", 0),
        ("datasets=_ibl_trials.table.pqt&dataset_qc_lte=PASS", 1),
        ("performance_gte=75", 1),
        ("performance_gte=76", 0),
        ("qc=NOT_SET", 1),
        ("tag=rel", 1),
        ("users=alice", 0),
    ],
)
def test_sessions_are_found_by_their_parameters(client_of: Clients, world: World, query: str, count: int) -> None:
    make_dataset(world.session, tag=Tag.objects.create(name="release"))
    Session.objects.update(n_trials=400, n_correct_trials=300)
    assert client_of("alice").get(f"/sessions?{query}").json()["count"] == count


@pytest.mark.parametrize("query", ["date_range=bad,bad", "qc=bad", "id=notauuid", "date_range=2024-01-01"])
def test_parameters_that_make_no_sense_are_400(client_of: Clients, query: str) -> None:
    assert client_of("alice").get(f"/sessions?{query}").status_code == 400


def test_a_session_with_a_protected_dataset_cannot_be_deleted(client_of: Clients, world: World) -> None:
    make_dataset(world.session, tag=Tag.objects.create(name="published", protected=True))
    answer = client_of("alice").delete(f"/sessions/{world.session.pk}")
    assert answer.status_code == 403
    assert '_ibl_trials.table.pqt due to protected tag(s) "published"' in answer.json()["detail"]
    assert client_of("root").delete("/subjects/KS014").status_code == 403
    assert Session.objects.filter(pk=world.session.pk).exists()


def test_a_subject_shows_its_water_and_weight(client_of: Clients, world: World) -> None:
    WaterRestriction.objects.create(subject=world.subject, reference_weight=25, start_time="2024-01-01T00:00:00Z")
    Weighing.objects.create(subject=world.subject, weight=19)
    WaterAdministration.objects.create(subject=world.subject, water_administered=0.5)
    found = client_of("alice").get("/subjects/KS014").json()
    assert found["reference_weight"] == 25
    assert found["expected_water"] == pytest.approx(0.05 * 19)  # below 80 % of 25 g
    assert found["remaining_water"] == pytest.approx(0.05 * 19 - 0.5)
    assert found["last_water_restriction"] == "2024-01-01T00:00:00"
    assert [row["weight"] for row in found["weighings"]] == [19]


@pytest.mark.parametrize(
    ("name", "status"), [("bob", 201), ("stock", 201), ("root", 201), ("dora", 403), ("charlie", 403)]
)
def test_people_of_a_lab_enter_its_subjects(client_of: Clients, name: str, status: int) -> None:
    answer = client_of(name).post("/subjects", {"nickname": "NEW", "lab": "mainenlab"}, format="json")
    assert answer.status_code == status
    assert status != 201 or answer.json()["responsible_user"] == name


@pytest.mark.parametrize(("name", "status"), [("bob", 403), ("dora", 403), ("alice", 200), ("stock", 200)])
def test_only_its_owner_or_a_stock_manager_gives_a_subject_away(client_of: Clients, name: str, status: int) -> None:
    answer = client_of(name).patch("/subjects/KS014", {"responsible_user": "charlie"}, format="json")
    assert answer.status_code == status


def test_only_its_owner_or_a_stock_manager_deletes_a_subject(client_of: Clients, world: World) -> None:
    assert client_of("dora").delete("/subjects/KS014").status_code == 403
    assert client_of("alice").delete("/subjects/KS014").status_code == 204


def test_a_death_ends_the_restriction_of_water(client_of: Clients, world: World) -> None:
    restriction = WaterRestriction.objects.create(subject=world.subject, start_time="2024-01-01T00:00:00Z")
    client_of("alice").patch("/subjects/KS014", {"death_date": "2024-02-01"}, format="json")
    restriction.refresh_from_db()
    assert restriction.end_time.isoformat() == "2024-02-01T00:00:00+00:00"
    late = {"subject": "KS014", "water_administered": 1, "date_time": "2024-02-03T00:00:00"}
    assert "died on 2024-02-01" in client_of("alice").post("/water-administrations", late).json()["non_field_errors"][0]


def test_a_restriction_takes_the_last_weighing_or_says_what_is_missing(client_of: Clients, world: World) -> None:
    client = client_of("alice")
    refused = client.post("/restrict-water", {"subject": "KS014"}, format="json")
    assert "was not weighed in the week before" in refused.json()["non_field_errors"][0]
    client.post("/weighings", {"subject": "KS014", "weight": 24.5})
    assert client.post("/restrict-water", {"subject": "KS014"}, format="json").json()["reference_weight"] == 24.5


def test_a_weight_below_zero_is_refused(client_of: Clients) -> None:
    answer = client_of("alice").post("/weighings", {"subject": "KS014", "weight": -3})
    assert answer.json() == {"weight": ["Ensure this value is greater than or equal to 0."], "status_code": 400}
