"""Surgeries over REST: read and changed by those who may, with their effects on the subject."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bregma.alyx.actions.models import ProcedureType, Surgery
from bregma.alyx.misc.models import LabLocation

if TYPE_CHECKING:
    from tests.alyx.factories import Clients, World


FIELDS = "id subject name json narrative start_time end_time outcome_type implant_weight lab location users procedures"


@pytest.fixture
def surgery(world: World) -> Surgery:
    room = LabLocation.objects.create(name="Surgery Room 2", lab=world.lab)
    made = Surgery.objects.create(
        subject=world.subject, lab=world.lab, location=room, implant_weight=1.2, start_time="2024-01-10T09:00:00Z"
    )
    made.users.add(world.people["alice"])
    made.procedures.add(ProcedureType.objects.create(name="Headplate implant of ours"))
    return made


def test_a_surgery_names_its_subject_and_the_rest_by_uuid(client_of: Clients, world: World, surgery: Surgery) -> None:
    found = client_of("charlie").get(f"/surgeries/{surgery.pk}").json()
    assert list(found) == FIELDS.split()
    assert (found["subject"], found["lab"], found["users"]) == (
        "KS014",
        str(world.lab.pk),
        [str(world.people["alice"].pk)],
    )
    assert (found["start_time"], found["implant_weight"]) == ("2024-01-10T09:00:00", 1.2)


FILTERS = {
    "subject=ks014": 1,
    "nickname=KS": 0,
    "users=alice": 1,
    "users=alice,bob": 0,
    "lab=MAINENLAB": 1,
    "location=surgery": 1,
    "date_range=2024-01-10,2024-01-10": 1,
    "procedure=headplate implant of OURS": 1,
    "procedure=headplate": 0,
    "implant_weight=1.2": 1,
    "outcome_type=a": 0,
    "django=implant_weight__gt,2": 0,
}


@pytest.mark.usefixtures("surgery")
def test_surgeries_are_found_by_their_parameters(client_of: Clients) -> None:
    client = client_of("alice")
    assert {query: client.get(f"/surgeries?{query}").json()["count"] for query in FILTERS} == FILTERS


def test_a_changed_surgery_has_its_effects(client_of: Clients, world: World, surgery: Surgery) -> None:
    body = {"implant_weight": 0.5, "outcome_type": "a", "end_time": "2024-01-10T11:00:00"}
    assert client_of("alice").patch(f"/surgeries/{surgery.pk}", body, format="json").json()["implant_weight"] == 0.5
    world.subject.refresh_from_db()
    assert str(world.subject.death_date) == "2024-01-10"


def test_surgeries_are_neither_entered_nor_deleted_over_rest(client_of: Clients, surgery: Surgery) -> None:
    client = client_of("root")
    assert client.post("/surgeries", {"subject": "KS014"}, format="json").status_code == 405
    assert client.delete(f"/surgeries/{surgery.pk}").status_code == 405
    missing = client.get("/surgeries/00000000-0000-4000-8000-000000000000")
    assert missing.json() == {"detail": "No Surgery matches the given query.", "status_code": 404}
